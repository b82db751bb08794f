"""Making and removing sites; installing and removing apps."""

import json
import os
import shutil
from typing import Any

import frappe
from frappe import _
from frappe.hooks_registry import forget_apps
from frappe.model import sync
from frappe.modules.patch_handler import mark_as_executed

STANDARD_ROLES = (("Administrator", 1), ("System Manager", 1), ("Desk User", 1), ("All", 0), ("Guest", 0))
LANGUAGES = (("en", "English"), ("zh", "简体中文"))


def make_site(
	site: str, *, db_type: str = "sqlite", admin_password: str = "admin", force: bool = False, **database: Any
) -> None:
	"""A fresh site: its folder, its database, and what every site has."""
	if os.path.exists(site):
		if not force:
			raise frappe.ValidationError(f"Site {site} exists already")
		drop_database(site, root_login=database.get("db_root_username"), root_password=database.get("db_root_password"))
		shutil.rmtree(site)
	for folder in ("private/files", "private/backups", "public/files", "locks", "logs"):
		os.makedirs(os.path.join(site, folder))
	config = {"db_type": db_type}
	config |= {key: value for key, value in database.items() if value and key in ("db_name", "db_password", "db_host", "db_port", "db_socket")}
	if db_type == "mariadb":
		from frappe.database.mariadb import create_database

		config |= create_database(site, config, **{k: v for k, v in database.items() if k not in config})
	with open(os.path.join(site, "site_config.json"), "w", encoding="utf-8") as file:
		json.dump(config, file, indent=1, sort_keys=True)
	frappe.init(site, force=True)
	frappe.connect()
	try:
		install_frappe(admin_password)
		frappe.db.commit()
	finally:
		frappe.destroy()


def install_frappe(admin_password: str) -> None:
	"""The host's own DocTypes, users, roles and settings."""
	from frappe.utils.password import update_password

	frappe.flags.in_install = frappe.flags.in_install_db = "frappe"
	frappe.db.create_core_tables()
	for path in sync.records("frappe", "doctype"):
		frappe.db.updatedb(sync._read(path)["name"])
	frappe.flags.in_install_db = None
	set_installed_apps(["frappe"])
	for role, desk_access in STANDARD_ROLES:
		_insert("Role", role, role_name=role, desk_access=desk_access)
	_insert("User", "Administrator", email="admin@example.com", first_name="Administrator", full_name="Administrator", user_type="System User", enabled=1)
	_insert("User", "Guest", email="guest@example.com", first_name="Guest", full_name="Guest", user_type="Website User", enabled=1)
	admin = frappe.get_doc("User", "Administrator")
	admin.append_roles("System Manager")
	admin.update_children()
	for code, name in LANGUAGES:
		_insert("Language", code, language_code=code, language_name=name, enabled=1)
	_insert("Currency", "CNY", currency_name="CNY", enabled=1, symbol="¥", fraction="Fen", fraction_units=100, smallest_currency_fraction_value=0.01, number_format="#,###.##")
	sync.sync_for("frappe")
	settings = frappe.get_doc("System Settings")
	settings.update({"time_zone": "Asia/Shanghai", "language": "en", "currency": "CNY", "setup_complete": 1, "country": "China"})
	settings.flags.ignore_permissions = True
	settings.save()
	update_password("Administrator", admin_password)
	sync_jobs()
	frappe.flags.in_install = None


def _insert(doctype: str, name: str, **values: Any) -> None:
	sync._insert({"doctype": doctype, "name": name, **values})


def set_installed_apps(apps: list[str]) -> None:
	"""Note which apps the site has."""
	frappe.db.set_global("installed_apps", json.dumps(apps))
	forget_apps()
	frappe.clear_cache()


def sync_jobs() -> None:
	"""The scheduled jobs of the installed apps."""
	from frappe.core.doctype.scheduled_job_type.scheduled_job_type import sync_jobs

	sync_jobs()


def _run_hooks(hook: str, app: str | None = None, *args: Any) -> list[Any]:
	return [frappe.get_attr(path)(*args) for path in frappe.get_hooks(hook, app_name=app)]


def install_app(name: str, verbose: bool = False, set_as_patched: bool = True, force: bool = False) -> None:
	"""Install an app on the site: its modules, DocTypes, records, and what its hooks do."""
	for required in frappe.get_hooks("required_apps", app_name=name):
		install_app(required.rsplit("/", 1)[-1], verbose=verbose)
	if name not in frappe.get_all_apps():
		raise ImportError(f"App {name} is not in apps.txt")
	installed = frappe.get_installed_apps()
	if name in installed and not force:
		print(f"App {name} is installed already")
		return
	frappe.flags.in_install = name
	frappe.flags.ignore_in_install = False
	try:
		_install(name, installed)
	finally:
		frappe.flags.in_install = None
	frappe.clear_cache()
	_run_hooks("after_sync", name)


def _install(name: str, installed: list[str]) -> None:
	if any(verdict is False for verdict in _run_hooks("before_install", name)):
		return
	_run_hooks("before_app_install", None, name)
	set_installed_apps([*installed, *({name} - set(installed))])
	sync.sync_for(name)
	frappe.get_doc("Portal Settings").sync_menu()
	mark_as_executed(name)
	_run_hooks("after_install", name)
	_run_hooks("after_app_install", None, name)
	sync_jobs()
	sync.sync_fixtures(name)
	sync.sync_dashboards(name)


def remove_app(app_name: str, dry_run: bool = False, yes: bool = False, no_backup: bool = False, force: bool = False) -> None:
	"""Remove an app: its records, DocTypes and tables, and what its hooks undo."""
	if app_name not in frappe.get_installed_apps() and not force:
		print(f"App {app_name} is not installed")
		return
	modules = frappe.get_all("Module Def", {"app_name": app_name}, pluck="name")
	doctypes = frappe.get_all("DocType", {"module": ("in", modules or [""])}, ["name", "issingle"])
	for row in doctypes:
		print(f"removing DocType {row.name}")
	if dry_run:
		return
	_run_hooks("before_uninstall", app_name)
	_run_hooks("before_app_uninstall", None, app_name)
	frappe.flags.in_uninstall = True
	_remove_records(modules, doctypes)
	for row in doctypes:
		frappe.db.delete("DocType", {"name": row.name})
		if row.issingle:
			frappe.db.sql("DELETE FROM `tabSingles` WHERE `doctype` = %s", (row.name,))
		else:
			frappe.db.drop_table(row.name)
	frappe.db.delete("Module Def", {"app_name": app_name})
	set_installed_apps([app for app in frappe.get_installed_apps() if app != app_name])
	sync_jobs()
	frappe.get_doc("Portal Settings").sync_menu()
	for path in frappe.get_hooks("after_uninstall", app_name=app_name):
		module, function = path.rsplit(".", 1)
		getattr(frappe.get_module(module), function)()
	_run_hooks("after_app_uninstall", None, app_name)
	frappe.flags.in_uninstall = False
	frappe.db.commit()
	frappe.clear_cache()


def _remove_records(modules: list[str], doctypes: list[Any]) -> None:
	"""Standard records of the modules, and what hangs on the DocTypes."""
	names = [row.name for row in doctypes]
	found = [(doctype, {"module": ("in", modules or [""])}) for doctype in ("Report", "Print Format", "Workspace", "Number Card", "Dashboard Chart")]
	found += [("Workflow", {"document_type": ("in", names or [""])}), ("User Permission", {"allow": ("in", names or [""])})]
	for doctype, filters in found:
		for name in frappe.get_all(doctype, filters, pluck="name"):
			frappe.delete_doc(doctype, name, force=True, ignore_permissions=True)
	for doctype, field in (("Comment", "reference_doctype"), ("Version", "ref_doctype"), ("File", "attached_to_doctype")):
		frappe.db.delete(doctype, {field: ("in", names or [""])})
	frappe.db.sql("DELETE FROM `__Auth` WHERE `doctype` IN %s", (tuple(names or [""]),))


def drop_database(site: str, *, root_login: str | None = None, root_password: str | None = None) -> None:
	"""Remove the site's database."""
	with open(os.path.join(site, "site_config.json"), encoding="utf-8") as file:
		config = frappe._dict(json.load(file))
	if config.db_type == "mariadb":
		from frappe.database.mariadb import drop_database as drop

		drop(config, root_login=root_login, root_password=root_password)
		return
	from frappe.database.dialects import forget_engines

	forget_engines()
	for suffix in ("", "-wal", "-shm"):
		path = os.path.join(site, (config.db_file or "db.sqlite3") + suffix)
		if os.path.exists(path):
			os.remove(path)
