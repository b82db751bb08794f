"""What installing an app leaves on a site, and that migrating again changes nothing."""

import json
from pathlib import Path

import pytest

import frappe
from frappe.modules.patch_handler import PatchType, get_patches_from_app

APP = "order_ops"


def files(*folders: str) -> list[dict]:
	"""The standard records of the app's modules."""
	found = []
	for module in frappe.get_module_list(APP):
		for folder in folders:
			for path in sorted(Path(frappe.get_module_path(module), folder).glob("*/*.json")):
				found.append(json.loads(path.read_text(encoding="utf-8")))
	return found


def test_the_app_is_installed_with_its_modules():
	assert APP in frappe.get_installed_apps()
	modules = frappe.get_all("Module Def", {"app_name": APP}, pluck="name")
	assert sorted(modules) == sorted(frappe.get_module_list(APP))


def test_every_doctype_has_its_row_its_table_and_its_roles():
	for definition in files("doctype"):
		name = definition["name"]
		row = frappe.db.get_value("DocType", name, ["module", "custom", "istable", "issingle"], as_dict=True)
		assert row and (row.module, row.custom) == (definition["module"], 0)
		assert (row.istable, row.issingle) == (definition.get("istable", 0), definition.get("issingle", 0))
		if not row.issingle:
			columns = set(frappe.db.get_table_columns(name))
			assert set(frappe.get_meta(name).get_valid_columns()) <= columns
		for permission in definition.get("permissions", ()):
			assert frappe.db.exists("Role", permission["role"])


def test_standard_records_are_there():
	for record in files("report", "print_format", "workspace", "number_card", "dashboard_chart"):
		assert frappe.db.exists(record["doctype"], record["name"]), record["name"]


def test_a_fresh_site_needs_no_patches():
	done = set(frappe.get_all("Patch Log", pluck="patch"))
	for patch_type in PatchType:
		assert set(get_patches_from_app(APP, patch_type)) <= done


@pytest.mark.embedded_only
def test_migrating_again_changes_no_row(bench):
	def everything() -> dict[str, list[str]]:
		frappe.db.rollback()
		tables = sorted(frappe.db.get_tables(cached=False))
		return {table: sorted(map(str, frappe.db.sql(f"select * from `{table}`"))) for table in tables}

	bench("migrate")
	before = everything()
	bench("migrate")
	after = everything()
	assert [table for table in after if after[table] != before.get(table)] == []
