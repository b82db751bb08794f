"""Backups of a site that may be running, and putting one back."""

import gzip
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import frappe


def new_backup(with_files: bool = False, backup_path: str | None = None) -> dict[str, str]:
	"""Save the connected site; what was written, by kind."""
	folder = Path(backup_path or frappe.get_site_path("private", "backups"))
	folder.mkdir(parents=True, exist_ok=True)
	stem = f"{datetime.now():%Y%m%d_%H%M%S}-{frappe.local.site.replace('.', '_')}"
	written = {"database": folder / f"{stem}-database.{_suffix()}.gz"}
	(_dump_sqlite if _suffix() == "sqlite3" else _dump_mariadb)(written["database"])
	written["config"] = folder / f"{stem}-site_config_backup.json"
	shutil.copy(frappe.get_site_path("site_config.json"), written["config"])
	if with_files:
		for kind in ("public", "private"):
			written[f"{kind} files"] = folder / f"{stem}-{'private-' if kind == 'private' else ''}files.tar"
			with tarfile.open(written[f"{kind} files"], "w") as archive:
				os.makedirs(frappe.get_site_path(kind, "files"), exist_ok=True)
				archive.add(frappe.get_site_path(kind, "files"), arcname="files")
	for path in written.values():
		path.chmod(0o600)
	return {kind: str(path) for kind, path in written.items()}


def restore(database_file: str, public_files: str | None = None, private_files: str | None = None) -> None:
	"""Put a backup in the place of the initialised site's database and files."""
	with tempfile.TemporaryDirectory() as folder:
		plain = Path(folder, "database")
		opened = gzip.open if database_file.endswith(".gz") else open
		with opened(database_file, "rb") as source, plain.open("wb") as target:
			shutil.copyfileobj(source, target)
		(_load_sqlite if _suffix() == "sqlite3" else _load_mariadb)(plain)
	for kind, archive in (("public", public_files), ("private", private_files)):
		if archive:
			with tarfile.open(archive) as files:
				files.extractall(frappe.get_site_path(kind), filter="data")


def _suffix() -> str:
	return "sqlite3" if frappe.conf.db_type == "sqlite" else "sql"


def _dump_sqlite(path: Path) -> None:
	"""SQLite's own backup: a consistent copy while others read and write."""
	with tempfile.NamedTemporaryFile(dir=path.parent) as copy:
		source, target = sqlite3.connect(frappe.get_site_path("db.sqlite3")), sqlite3.connect(copy.name)
		source.backup(target)
		target.close()
		source.close()
		with gzip.open(path, "wb") as archive:
			shutil.copyfileobj(copy, archive)


def _load_sqlite(path: Path) -> None:
	source, target = sqlite3.connect(path), sqlite3.connect(frappe.get_site_path("db.sqlite3"), timeout=30)
	if source.execute("pragma integrity_check").fetchone() != ("ok",):
		frappe.throw("The backup is damaged; nothing was changed.")
	source.backup(target)
	target.close()
	source.close()


def _dump_mariadb(path: Path) -> None:
	options = ("--single-transaction", "--quick", "--routines")
	with gzip.open(path, "wb") as archive:
		with _mariadb("mariadb-dump", *options, stdout=subprocess.PIPE) as dump:
			shutil.copyfileobj(dump.stdout, archive)
	if dump.returncode:
		path.unlink()
		frappe.throw("mariadb-dump failed; there is no backup.")


def _load_mariadb(path: Path) -> None:
	with path.open("rb") as source:
		if _mariadb("mariadb", stdin=source).wait():
			frappe.throw("mariadb failed; the database is not restored.")


def _mariadb(program: str, *options: str, **streams: Any) -> subprocess.Popen:
	"""A client at work; the password goes through the environment: a command line is for all to see."""
	conf, where = frappe.conf, [f"--socket={frappe.conf.db_socket}"]
	if not conf.db_socket:
		where = [f"--host={conf.db_host or '127.0.0.1'}", f"--port={conf.db_port or 3306}"]
	user = f"--user={conf.db_user or conf.db_name}"
	command = [program, "--no-defaults", *where, user, *options, conf.db_name]
	return subprocess.Popen(command, env={**os.environ, "MYSQL_PWD": conf.db_password or ""}, **streams)
