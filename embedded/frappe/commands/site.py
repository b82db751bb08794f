"""Commands that make, change, save and remove a site."""

import json

import click

import frappe
from frappe.commands import Context, connected, for_each_site, is_site
from frappe.context import write_config
from frappe.utils import backups


@click.command("new-site")
@click.argument("site")
@click.option("--db-type", type=click.Choice(["sqlite", "mariadb"]), default="sqlite", show_default=True)
@click.option("--db-name")
@click.option("--db-password")
@click.option("--db-host")
@click.option("--db-port", type=int)
@click.option("--db-socket")
@click.option("--db-root-username", "--mariadb-root-username", default="root")
@click.option("--db-root-password", "--mariadb-root-password", default="")
@click.option("--mariadb-user-host-login-scope", "login_scope", default="localhost")
@click.option("--admin-password", help="asked for when it is not given")
@click.option("--install-app", "apps", multiple=True, help="install this app as well")
@click.option("--set-default", is_flag=True, help="make it the bench's default site")
def new_site(
	site: str, db_type: str, admin_password: str | None, apps: tuple[str, ...], set_default: bool,
	**database: str | int | None,
) -> None:  # fmt: skip
	"""Make a site."""
	from frappe.installer import install_app, make_site

	if is_site(site):
		raise click.ClickException(f"Site {site} exists already.")
	if admin_password is None:
		admin_password = click.prompt("Administrator's password", hide_input=True, confirmation_prompt=True)
	make_site(site, db_type=db_type, admin_password=admin_password, **database)
	with connected(site):
		for app in apps:
			install_app(app)
		frappe.db.commit()
	if set_default:
		write_config("common_site_config.json", default_site=site)
	print(f"Site {site} is made.")


@click.command("list-apps")
@for_each_site
def list_apps(site: str) -> None:
	"""The apps installed on a site, with their versions."""
	for app in frappe.get_installed_apps():
		print(f"{app:20} {getattr(frappe.get_module(app), '__version__', '')}")


@click.command("install-app")
@click.argument("apps", nargs=-1, required=True)
@for_each_site
def install_app(site: str, apps: tuple[str, ...]) -> None:
	"""Install apps on a site."""
	from frappe.installer import install_app

	for app in apps:
		install_app(app)


@click.command("uninstall-app")
@click.argument("app")
@click.option("--yes", "-y", is_flag=True, help="do not ask")
@click.option("--no-backup", is_flag=True)
@for_each_site
def uninstall_app(site: str, app: str, yes: bool, no_backup: bool) -> None:
	"""Remove an app and all its data from a site."""
	from frappe.installer import remove_app

	if not yes:
		click.confirm(f"All documents of {app} on {site} will be lost. Go on?", abort=True)
	if not no_backup:
		backups.new_backup()
	remove_app(app)


@click.command("migrate")
@for_each_site
def migrate(site: str) -> None:
	"""Run patches, bring the schema and the standard records up to date."""
	from frappe.installer import migrate

	print(f"Migrating {site}")
	migrate()


@click.command("set-config")
@click.argument("key")
@click.argument("value")
@click.option("--global", "-g", "everywhere", is_flag=True, help="in common_site_config.json")
@click.option("--parse", "-p", is_flag=True, help="the value is JSON")
@click.pass_obj
def set_config(context: Context, key: str, value: str, everywhere: bool, parse: bool) -> None:
	"""Set a value of the site's configuration."""
	setting = json.loads(value) if parse else value
	folders = ["."] if everywhere else context.sites()
	for folder in folders:
		write_config(f"{folder}/{'common_' if everywhere else ''}site_config.json", **{key: setting})


@click.command("backup")
@click.option("--with-files", is_flag=True, help="public and private files, too")
@click.option("--backup-path", help="where to, instead of private/backups")
@for_each_site
def backup(site: str, with_files: bool, backup_path: str | None) -> None:
	"""Save the database (and the files) of a site that may be running."""
	for kind, path in backups.new_backup(with_files, backup_path).items():
		print(f"{kind:14} {path}")


@click.command("restore")
@click.argument("database", type=click.Path(exists=True))
@click.option("--with-public-files", "public", type=click.Path(exists=True))
@click.option("--with-private-files", "private", type=click.Path(exists=True))
@click.option("--force", is_flag=True, help="accepted, as on a bench")
@click.pass_obj
def restore(context: Context, database: str, public: str | None, private: str | None, force: bool) -> None:
	"""Put a backup in the place of a site's database (and files)."""
	(site,) = context.sites()
	frappe.init(site)
	backups.restore(database, public, private)
	frappe.destroy()
	with connected(site):
		frappe.clear_cache()
		frappe.db.commit()
	print(f"Site {site} is restored.")


COMMANDS = (new_site, list_apps, install_app, uninstall_app, migrate, set_config, backup, restore)
