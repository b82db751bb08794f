"""DocTypes and standard records: from the files of the apps into the database."""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import frappe
from frappe.hooks_registry import scrub
from frappe.model import checks
from frappe.model.base_document import get_controller, insert_rows
from frappe.utils import cint, get_datetime

if TYPE_CHECKING:
	from frappe.model.meta import Meta

STANDARD_RECORDS = ("Report", "Print Format", "Workspace", "Number Card", "Dashboard Chart")
KEPT = {"Report": "disabled", "Print Format": "disabled", "Workspace": "is_hidden"}


def read(path: str) -> Any:
	"""The content of a JSON file."""
	with open(path, encoding="utf-8") as file:
		return json.load(file)


def records(app: str, doctype: str) -> Iterator[str]:
	"""The JSON files of this kind in all modules of an app."""
	for module in frappe.get_module_list(app):
		root = frappe.get_app_path(app, scrub(module), scrub(doctype))
		for name in sorted(os.listdir(root)) if os.path.isdir(root) else ():
			path = os.path.join(root, name, f"{name}.json")
			if os.path.exists(path):
				yield path


def insert(values: dict[str, Any]) -> None:
	"""Write a row under the name given, without checks or hooks."""
	insert_rows([frappe.get_doc(values)])


def sync_for(app: str) -> None:
	"""The modules, DocTypes and standard records of one app."""
	modules = set(frappe.get_all("Module Def", pluck="name"))
	for module in frappe.get_module_list(app):
		if module not in modules:
			insert({"doctype": "Module Def", "name": module, "module_name": module, "app_name": app})
	present = dict(frappe.get_all("DocType", fields=["name", "migration_hash"], as_list=True))
	changed = [name for path in records(app, "DocType") if (name := _sync_doctype(path, present))]
	for name in changed:
		make_roles(frappe.get_meta(name))
	for doctype in STANDARD_RECORDS:
		for path in records(app, doctype):
			_import_file(path)


def _sync_doctype(path: str, present: dict[str, str | None]) -> str | None:
	"""Bring a DocType's table and its row up to date; its name if anything was to be done."""
	with open(path, "rb") as file:
		content = file.read()
	digest, definition = hashlib.md5(content, usedforsecurity=False).hexdigest(), json.loads(content)
	name = definition["name"]
	if present.get(name) == digest:
		return None
	frappe.clear_cache(doctype=name)
	frappe.db.updatedb(name)
	values = {key: cint(definition.get(key)) for key in ("istable", "issingle", "is_submittable")}
	values |= {key: definition.get(key) for key in ("module", "autoname")}
	values |= {"custom": 0, "migration_hash": digest}
	if name in present:
		frappe.db.set_value("DocType", name, values)
	else:
		insert({"doctype": "DocType", "name": name, **values})
	module = sys.modules[get_controller(name).__module__]
	if hasattr(module, "on_doctype_update"):
		module.on_doctype_update()
	return name


def make_roles(meta: "Meta") -> None:
	"""Roles that a DocType's permissions name."""
	for role in {row.role for row in meta.permissions}:
		if not frappe.db.exists("Role", role):
			insert({"doctype": "Role", "name": role, "role_name": role, "desk_access": 1})


def _import_file(path: str) -> None:
	"""A standard record, if its file is newer than its row; what users may set is kept."""
	values = read(path)
	doctype, name, kept = values["doctype"], values["name"], KEPT.get(values["doctype"], "modified")
	row = frappe.db.get_value(doctype, name, ["modified", kept], as_dict=True)
	if row and row.modified >= get_datetime(values["modified"]):
		return
	if row:
		frappe.delete_doc(doctype, name, force=True, ignore_permissions=True, ignore_on_trash=True)
		values[kept] = row[kept] if kept != "modified" else values["modified"]
	doc = frappe.get_doc({"creation": values["modified"], **values, "__islocal": 1})
	checks.set_defaults(doc)
	insert_rows([doc])
	for field in doc.meta.plan.tables:
		for each in doc.get(field):
			each.name = None
		insert_rows(doc.get(field))


def remove_orphan_doctypes() -> None:
	"""Rows of DocTypes whose file is gone from an installed app."""
	for name in frappe.get_all("DocType", {"custom": 0}, pluck="name"):
		try:
			frappe.get_meta(name)
		except frappe.DoesNotExistError:
			frappe.db.delete("DocType", {"name": name})
			frappe.clear_cache(doctype=name)
