"""DocTypes and standard records: from the files of the apps into the database."""

import hashlib
import json
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import frappe
from frappe.hooks_registry import scrub
from frappe.model import checks
from frappe.model.base_document import get_controller, insert_rows
from frappe.model.fieldplan import plan_of
from frappe.utils import cint, cstr, get_datetime

if TYPE_CHECKING:
	from frappe.model.meta import Meta

KEPT = {"Report": "disabled", "Print Format": "disabled", "Workspace": "is_hidden"}
TRACKS = ("modified", "modified_by", "creation", "owner", "name", "parent")


def clear_doctype(doctype: str) -> None:
	"""Forget what is known of a DocType."""
	from frappe.model.delete_doc import forget_links

	frappe.clear_cache(doctype=doctype)
	forget_links()


def read(path: str) -> Any:
	"""The content of a JSON file."""
	with open(path, encoding="utf-8") as file:
		return json.load(file)


def records(app: str, *folders: str) -> Iterator[str]:
	"""The JSON files of these folders in all modules of an app."""
	for module in frappe.get_module_list(app):
		for folder in folders:
			root = frappe.get_app_path(app, scrub(module), folder)
			for name in sorted(os.listdir(root)) if os.path.isdir(root) else ():
				path = os.path.join(root, name, f"{name}.json")
				if os.path.exists(path):
					yield path


def insert(values: dict[str, Any]) -> None:
	"""Write a row under the name given, without checks or hooks."""
	insert_rows([frappe.get_doc(values)])


def sync_for(app: str, force: bool = False) -> None:
	"""The modules, DocTypes and standard records of one app."""
	modules = set(frappe.get_all("Module Def", pluck="name"))
	for module in frappe.get_module_list(app):
		if module not in modules:
			insert({"doctype": "Module Def", "name": module, "module_name": module, "app_name": app})
	present = dict(frappe.get_all("DocType", fields=["name", "migration_hash"], as_list=True))
	changed = [name for path in records(app, "doctype") if (name := sync_doctype(path, force, present))]
	for name in changed:
		make_roles(frappe.get_meta(name))
		module = frappe.get_module(get_controller(name).__module__)
		if module.__name__.endswith(f".{scrub(name)}") and hasattr(module, "on_doctype_update"):
			module.on_doctype_update()
	for path in records(app, "report", "print_format", "workspace"):
		import_file(path, force)


def sync_dashboards(app: str, force: bool = False) -> None:
	"""The number cards and charts of one app."""
	for path in records(app, "number_card", "dashboard_chart"):
		import_file(path, force)


def sync_doctype(path: str, force: bool = False, present: dict[str, str | None] | None = None) -> str | None:
	"""Bring a DocType's table and its row up to date; its name if anything was to be done."""
	with open(path, "rb") as file:
		content = file.read()
	digest, definition = hashlib.md5(content, usedforsecurity=False).hexdigest(), json.loads(content)
	name = definition["name"]
	if present is None:
		present = dict(frappe.get_all("DocType", {"name": name}, ["name", "migration_hash"], as_list=True))
	if present.get(name) == digest and not force:
		return None
	clear_doctype(name)
	frappe.db.updatedb(name)
	values = {
		key: cint(definition.get(key)) for key in ("istable", "issingle", "is_submittable", "is_virtual")
	}
	values |= {key: definition.get(key) for key in ("module", "autoname")}
	values |= {"custom": 0, "migration_hash": digest}
	if name in present:
		frappe.db.set_value("DocType", name, values)
	else:
		insert({"doctype": "DocType", "name": name, **values})
	return name


def make_roles(meta: "Meta") -> None:
	"""Roles that a DocType's permissions name."""
	for role in {row.role for row in meta.permissions}:
		if not frappe.db.exists("Role", role):
			insert({"doctype": "Role", "name": role, "role_name": role, "desk_access": 1})


def import_file(path: str, force: bool = False) -> bool:
	"""A standard record, if its file is newer than its row; what users may set is kept."""
	values = read(path)
	doctype, name, kept = values["doctype"], values["name"], KEPT.get(values["doctype"], "modified")
	row = frappe.db.get_value(doctype, name, ["modified", kept], as_dict=True)
	if row and not force and row.modified >= get_datetime(values["modified"]):
		return False
	if row:
		frappe.delete_doc(doctype, name, force=True, ignore_permissions=True, ignore_on_trash=True)
		values[kept] = row[kept] if kept != "modified" else values["modified"]
	doc = frappe.get_doc({"creation": values["modified"], **values, "__islocal": 1})
	checks.set_defaults(doc)
	insert_rows([doc])
	for field in plan_of(doc.meta).tables:
		rows = doc.get(field)
		for row in rows:
			row.name = None
		insert_rows(rows)
	return True


def remove_orphan_doctypes() -> None:
	"""Rows of DocTypes whose file is gone from an installed app."""
	for name in frappe.get_all("DocType", {"custom": 0}, pluck="name"):
		try:
			frappe.get_meta(name)
		except frappe.DoesNotExistError:
			frappe.db.delete("DocType", {"name": name})
			clear_doctype(name)


def sync_fixtures(app: str) -> None:
	"""The records of an app's `fixtures`, through their documents; those that are the same are left alone."""
	root = frappe.get_app_path(app, "fixtures")
	for filename in sorted(os.listdir(root)) if os.path.isdir(root) else ():
		found = read(os.path.join(root, filename)) if filename.endswith(".json") else []
		for values in found if isinstance(found, list) else [found]:
			_sync_fixture(values)


def _sync_fixture(values: dict[str, Any]) -> None:
	own = {key: value for key, value in values.items() if key not in TRACKS}
	if not frappe.db.exists(values["doctype"], values.get("name")):
		frappe.get_doc(own).insert(ignore_permissions=True, set_name=values.get("name"))
		return
	doc = frappe.get_doc(values["doctype"], values["name"])
	if not _says_the_same(own, doc.as_dict(convert_dates_to_str=True)):
		doc.update(own).save(ignore_permissions=True)


def _says_the_same(wanted: Any, present: Any) -> bool:
	if isinstance(wanted, dict):
		return all(
			_says_the_same(value, present.get(key)) for key, value in wanted.items() if key not in TRACKS
		)
	if isinstance(wanted, list):
		present = present or []
		return len(wanted) == len(present) and all(map(_says_the_same, wanted, present))
	return cstr(wanted or "") == cstr(present or "")
