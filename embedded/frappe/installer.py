"""Making, migrating and removing sites; installing and removing apps."""

import json
import os
from typing import Any

import frappe
from frappe.context import write_config
from frappe.hooks_registry import forget_apps
from frappe.model import sync
from frappe.modules.patch_handler import PatchType, get_patches_from_app, run_all, update_patch_log

ROLES = {"Administrator": 1, "System Manager": 1, "Desk User": 1, "All": 0, "Guest": 0}
RECORDS = (
	{"doctype": "User", "name": "Administrator", "email": "admin@example.com", "user_type": "System User"},
	{"doctype": "User", "name": "Guest", "email": "guest@example.com", "user_type": "Website User"},
	{"doctype": "Language", "name": "en", "language_code": "en", "language_name": "English"},
	{"doctype": "Language", "name": "zh", "language_code": "zh", "language_name": "简体中文"},
	{"doctype": "Currency", "name": "CNY", "currency_name": "CNY", "symbol": "¥", "fraction": "Fen",
		"fraction_units": 100, "smallest_currency_fraction_value": 0.01},
)  # fmt: skip
SETTINGS = {"time_zone": "Asia/Shanghai", "language": "en", "currency": "CNY", "country": "China"}


def make_site(site: str, *, db_type: str = "sqlite", admin_password: str = "admin", **database: Any) -> None:
	"""A fresh site: its folder, its database, and what every site has."""
	for folder in ("private/files", "private/backups", "public/files", "locks", "logs"):
		os.makedirs(os.path.join(site, folder), exist_ok=True)
	known = ("db_name", "db_password", "db_host", "db_port", "db_socket")
	config = {"db_type": db_type, **{key: database[key] for key in known if database.get(key)}}
	if db_type == "mariadb":
		from frappe.database.mariadb import create_database

		config |= create_database(site, config, **{k: v for k, v in database.items() if k not in config})
	write_config(os.path.join(site, "site_config.json"), **config)
	frappe.init(site, force=True)
	frappe.connect()
	try:
		_install_frappe(admin_password)
		frappe.db.commit()
	finally:
		frappe.destroy()


def _install_frappe(admin_password: str) -> None:
	"""The host's own DocTypes, users, roles and settings."""
	from frappe.utils.password import update_password

	frappe.flags.in_install = frappe.flags.in_install_db = "frappe"
	frappe.db.create_core_tables()
	for path in sync.records("frappe", "DocType"):
		frappe.db.updatedb(sync.read(path)["name"])
	frappe.flags.in_install_db = None
	set_installed_apps(["frappe"])
	for role, desk_access in ROLES.items():
		sync.insert({"doctype": "Role", "name": role, "role_name": role, "desk_access": desk_access})
	for record in RECORDS:
		sync.insert({"enabled": 1, "first_name": record["name"], "full_name": record["name"], **record})
	admin = frappe.get_doc("User", "Administrator")
	admin.append("roles", {"role": "System Manager"})
	admin.update_children()
	sync.sync_for("frappe")
	frappe.get_doc("System Settings").update(SETTINGS).save()
	update_password("Administrator", admin_password)
	sync_jobs()
	frappe.flags.in_install = None


def set_installed_apps(apps: list[str]) -> None:
	"""Note which apps the site has."""
	frappe.db.set_global("installed_apps", json.dumps(apps))
	forget_apps()
	frappe.clear_cache()


def sync_jobs() -> None:
	"""The scheduled jobs of the installed apps."""
	from frappe.core.doctype.scheduled_job_type import scheduled_job_type

	scheduled_job_type.sync_jobs()


def run_hooks(hook: str, app: str | None = None) -> list[Any]:
	"""Call what one app, or every installed one, registered; also while the app is on its way in or out."""
	paths = (path.rpartition(".") for path in frappe.get_hooks(hook, app_name=app))
	return [getattr(frappe.get_module(module), function)() for module, _dot, function in paths]


def install_app(name: str) -> None:
	"""Install an app on the site: its modules, DocTypes, records, and what its hooks do."""
	if name not in frappe.get_all_apps():
		raise ImportError(f"App {name} is not in apps.txt")
	installed = frappe.get_installed_apps()
	if name in installed:
		print(f"App {name} is installed already")
		return
	frappe.flags.in_install = name
	try:
		if False in run_hooks("before_install", name):
			return
		set_installed_apps([*installed, name])
		sync.sync_for(name)
		for patch_type in PatchType:  # a fresh site needs none of them
			for patch in get_patches_from_app(name, patch_type):
				update_patch_log(patch)
		run_hooks("after_install", name)
		sync_jobs()
	finally:
		frappe.flags.in_install = None
	frappe.clear_cache()


def migrate() -> None:
	"""Patches, schema, standard records; a second run changes nothing."""
	frappe.clear_cache()
	run_all(PatchType.pre_model_sync)
	frappe.db.create_core_tables()
	for app in frappe.get_installed_apps():
		sync.sync_for(app)
	frappe.db.commit()
	run_all(PatchType.post_model_sync)
	sync_jobs()
	sync.remove_orphan_doctypes()
	run_hooks("after_migrate")
	frappe.db.commit()
	frappe.clear_cache()


def remove_app(app_name: str) -> None:
	"""Remove an app: its records, DocTypes and tables, and what its hooks undo."""
	if app_name not in frappe.get_installed_apps():
		print(f"App {app_name} is not installed")
		return
	modules = frappe.get_all("Module Def", {"app_name": app_name}, pluck="name")
	doctypes = frappe.get_all("DocType", {"module": ("in", modules)}, ["name", "issingle"])
	run_hooks("before_uninstall", app_name)
	_remove_records(modules, [row.name for row in doctypes])
	for row in doctypes:
		print(f"removing DocType {row.name}")
		frappe.db.delete("DocType", {"name": row.name})
		if row.issingle:
			frappe.db.sql("DELETE FROM `tabSingles` WHERE `doctype` = %s", row.name)
		else:
			frappe.db.drop_table(row.name)
	frappe.db.delete("Module Def", {"app_name": app_name})
	set_installed_apps([app for app in frappe.get_installed_apps() if app != app_name])
	sync_jobs()
	frappe.db.commit()
	frappe.clear_cache()


def _remove_records(modules: list[str], doctypes: list[str]) -> None:
	"""Standard records of the modules, and what hangs on the DocTypes."""
	found = [(doctype, "module", modules) for doctype in sync.STANDARD_RECORDS]
	hanging = {"Workflow": "document_type", "User Permission": "allow", "File": "attached_to_doctype",
		"Comment": "reference_doctype", "Version": "ref_doctype"}  # fmt: skip
	found += [(doctype, field, doctypes) for doctype, field in hanging.items()]
	for doctype, field, values in found:
		for name in frappe.get_all(doctype, {field: ("in", values)}, pluck="name"):
			frappe.delete_doc(doctype, name, force=True, ignore_permissions=True)
	frappe.db.sql("DELETE FROM `__Auth` WHERE `doctype` IN %s", (tuple(doctypes),))
