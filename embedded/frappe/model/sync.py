"""DocTypes and standard records: from the files of the apps into the database."""

import hashlib
import json
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import frappe
from frappe.hooks_registry import scrub
from frappe.utils import get_datetime, now_datetime

if TYPE_CHECKING:
	from frappe.model.meta import Meta

RECORD_FOLDERS = ("report", "print_format", "workspace")
DASHBOARD_FOLDERS = ("number_card", "dashboard_chart")
KEPT = {"Report": ("disabled",), "Print Format": ("disabled",), "Workspace": ("is_hidden",)}


def clear_doctype(doctype: str) -> None:
	"""Forget what is known of a DocType."""
	from frappe.model.delete_doc import forget_links

	frappe.clear_cache(doctype=doctype)
	forget_links()


def records(app: str, *folders: str) -> Iterator[str]:
	"""The JSON files of these folders in all modules of an app."""
	for module in frappe.get_module_list(app):
		for folder in folders:
			root = frappe.get_app_path(app, scrub(module), folder)
			for name in sorted(os.listdir(root)) if os.path.isdir(root) else ():
				path = os.path.join(root, name, f"{name}.json")
				if os.path.exists(path):
					yield path


def sync_all(force: bool = False) -> None:
	"""All installed apps."""
	for app in frappe.get_installed_apps():
		sync_for(app, force)


def sync_for(app: str, force: bool = False) -> None:
	"""The modules, DocTypes and standard records of one app."""
	make_module_defs(app)
	present = {row.name: row for row in frappe.get_all("DocType", fields=["name", "migration_hash"])}
	changed = [path for path in records(app, "doctype") if sync_doctype(path, force, present)]
	if changed:
		for path in changed:
			make_roles(frappe.get_meta(_read(path)["name"]))
			_call_doctype_update(_read(path)["name"])
	for path in records(app, *RECORD_FOLDERS):
		import_file(path, force)


def sync_dashboards(app: str, force: bool = False) -> None:
	"""The number cards and charts of one app."""
	for path in records(app, *DASHBOARD_FOLDERS):
		import_file(path, force)


def make_module_defs(app: str) -> None:
	"""A Module Def for each line of modules.txt."""
	present = set(frappe.get_all("Module Def", pluck="name"))
	for module in frappe.get_module_list(app):
		if module not in present:
			_insert({"doctype": "Module Def", "name": module, "module_name": module, "app_name": app})


def sync_doctype(path: str, force: bool = False, present: dict | None = None) -> bool:
	"""Bring a DocType's table and its row up to date; whether anything was to be done."""
	with open(path, "rb") as file:
		content = file.read()
	digest, definition = hashlib.md5(content, usedforsecurity=False).hexdigest(), json.loads(content)
	name = definition["name"]
	known = present.get(name) if present is not None else frappe.db.get_value("DocType", name, ["name", "migration_hash"], as_dict=True)
	if known and known.migration_hash == digest and not force:
		return False
	clear_doctype(name)
	frappe.db.updatedb(name)
	values = {key: definition.get(key) or 0 for key in ("istable", "issingle", "is_submittable", "is_virtual")}
	values |= {"module": definition["module"], "autoname": definition.get("autoname"), "custom": 0, "migration_hash": digest}
	if known:
		frappe.db.set_value("DocType", name, values)
	else:
		_insert({"doctype": "DocType", "name": name, **values})
	return True


def _call_doctype_update(doctype: str) -> None:
	from frappe.model.base_document import get_controller

	module = frappe.get_module(get_controller(doctype).__module__)
	if module.__name__.endswith(f".{scrub(doctype)}") and hasattr(module, "on_doctype_update"):
		module.on_doctype_update()


def make_roles(meta: "Meta") -> None:
	"""Roles that a DocType's permissions name."""
	for role in {row.role for row in meta.permissions if row.role}:
		if not frappe.db.exists("Role", role):
			_insert({"doctype": "Role", "name": role, "role_name": role, "desk_access": 1})


def _read(path: str) -> dict[str, Any]:
	with open(path, encoding="utf-8") as file:
		return json.load(file)


def _insert(values: dict[str, Any]) -> Any:
	doc = frappe.get_doc(values)
	doc.__dict__["name"] = values["name"]
	doc.db_insert()
	return doc


def import_file(path: str, force: bool = False) -> bool:
	"""A standard record, if its file is newer than its row; what users may set is kept."""
	values = _read(path)
	doctype, name = values["doctype"], values["name"]
	kept = KEPT.get(doctype, ())
	row = frappe.db.get_value(doctype, name, ["modified", *kept], as_dict=True)
	if row and not force and row.modified and row.modified >= get_datetime(values.get("modified") or now_datetime()):
		return False
	if row:
		frappe.delete_doc(doctype, name, force=True, ignore_permissions=True, for_reload=True, ignore_on_trash=True)
		values.update({key: row[key] for key in kept})
	doc = frappe.get_doc(values)
	doc.flags.update(ignore_permissions=True, ignore_links=True, ignore_mandatory=True, ignore_validate=True)
	_insert_as_written(doc, values)
	return True


def _insert_as_written(doc: Any, values: dict[str, Any]) -> None:
	from frappe.model import checks
	from frappe.model.base_document import insert_rows
	from frappe.model.fieldplan import plan_of
	from frappe.model.naming import make_hash

	checks.set_defaults(doc)
	modified = values.get("modified") or now_datetime()
	doc.__dict__.update(name=values["name"], modified=modified, creation=values.get("creation") or modified)
	insert_rows([doc])
	frappe.db.set_value(doc.doctype, doc.name, "modified", modified, update_modified=False)
	for field in plan_of(doc.meta).tables:
		rows = doc.get(field)
		for row in rows:
			row.__dict__.update(name=make_hash(), parent=doc.name)
		if rows:
			insert_rows(rows)


def remove_orphan_doctypes() -> None:
	"""Rows of DocTypes whose file is gone from an installed app."""
	for name in frappe.get_all("DocType", {"custom": 0}, pluck="name"):
		try:
			frappe.get_meta(name)
		except frappe.DoesNotExistError:
			frappe.db.delete("DocType", {"name": name})
			clear_doctype(name)


def sync_fixtures(app: str) -> None:
	"""The records of an app's `fixtures` folder, through their documents; those that are the same are left alone."""
	root = frappe.get_app_path(app, "fixtures")
	for filename in sorted(os.listdir(root)) if os.path.isdir(root) else ():
		if not filename.endswith(".json"):
			continue
		found = _read(os.path.join(root, filename))
		for values in found if isinstance(found, list) else [found]:
			_sync_fixture(values)


def _sync_fixture(values: dict[str, Any]) -> None:
	own = {k: v for k, v in values.items() if k not in ("modified", "modified_by", "creation", "owner")}
	if not frappe.db.exists(values["doctype"], values.get("name")):
		frappe.get_doc(own).insert(ignore_permissions=True, set_name=values.get("name"))
		return
	doc = frappe.get_doc(values["doctype"], values["name"])
	if not _says_the_same(own, doc.as_dict(convert_dates_to_str=True)):
		doc.update(own)
		doc.save(ignore_permissions=True)


def _says_the_same(wanted: Any, present: Any) -> bool:
	if isinstance(wanted, dict):
		skip = ("modified", "modified_by", "creation", "owner", "name", "parent")
		return all(_says_the_same(v, (present or {}).get(k)) for k, v in wanted.items() if k not in skip)
	if isinstance(wanted, list):
		present = present or []
		return len(wanted) == len(present) and all(map(_says_the_same, wanted, present))
	return str(wanted or "") == str(present or "")
