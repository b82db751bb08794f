"""`bench` on the embedded host: each command does what it says, on a site of its own."""

import gzip
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import bench_command

pytestmark = [pytest.mark.embedded_only]
SITE = "commands.localhost"


@pytest.fixture(scope="module")
def other_site(site) -> str:
	"""A second site, without the app."""
	bench_command("new-site", SITE, "--admin-password", "secret")
	return SITE


def on_site(*arguments: str) -> str:
	return bench_command("--site", SITE, *arguments)


def execute(method: str, **kwargs) -> object:
	"""The result of `bench execute`."""
	printed = on_site("execute", method, "--kwargs", json.dumps(kwargs))
	return json.loads(printed) if printed.strip() else None


def test_a_site_of_the_same_name_is_not_overwritten(other_site):
	with pytest.raises(RuntimeError, match="exists already"):
		bench_command("new-site", SITE, "--admin-password", "x")


def test_a_site_that_does_not_exist_is_a_plain_sentence(site):
	with pytest.raises(RuntimeError, match=r"Site nowhere\.localhost does not exist here\.") as error:
		bench_command("--site", "nowhere.localhost", "migrate")
	assert "Traceback" not in str(error.value)


def test_execute_takes_arguments_and_prints_json(other_site):
	assert execute("frappe.client.get_count", doctype="User") == 2
	assert (
		json.loads(on_site("execute", "frappe.utils.add_days", "--args", "['2026-02-28', 1]")) == "2026-03-01"
	)


def test_execute_commits(other_site):
	execute("frappe.client.insert", doc={"doctype": "Role", "role_name": "Ops Tester"})
	assert execute("frappe.client.get_count", doctype="Role", filters={"name": "Ops Tester"}) == 1


def test_install_and_uninstall_leave_nothing_behind(other_site):
	before = row_counts()
	on_site("install-app", "order_ops")
	assert "order_ops" in on_site("list-apps")
	assert row_counts().keys() > before.keys()
	with pytest.raises(RuntimeError):
		subprocess_input("uninstall-app", "order_ops", answer="n\n")
	assert "order_ops" in on_site("list-apps")
	on_site("uninstall-app", "order_ops", "--yes", "--no-backup")
	assert "order_ops" not in on_site("list-apps")
	assert row_counts() == before


def row_counts() -> dict[str, int]:
	"""Every table with the number of its rows."""
	with sqlite3.connect(Path(SITE, "db.sqlite3")) as database:
		names = [row[0] for row in database.execute("select name from sqlite_master where type = 'table'")]
		return {name: database.execute(f"select count(*) from `{name}`").fetchone()[0] for name in names}


def subprocess_input(*arguments: str, answer: str) -> None:
	command = [sys.executable, "-m", "frappe.utils.bench_helper", "frappe", "--site", SITE, *arguments]
	done = subprocess.run(command, input=answer, capture_output=True, text=True)
	if done.returncode:
		raise RuntimeError(done.stderr)


def test_migrate_twice_changes_no_row(other_site):
	on_site("migrate")
	before = dump()
	on_site("migrate")
	assert dump() == before


def dump() -> list[str]:
	with sqlite3.connect(Path(SITE, "db.sqlite3")) as database:
		return list(database.iterdump())


def test_set_config_writes_the_sites_configuration(other_site):
	on_site("set-config", "allow_reads", "true", "--parse")
	on_site("set-config", "greeting", "true")
	config = json.loads(Path(SITE, "site_config.json").read_text())
	assert config["allow_reads"] is True
	assert config["greeting"] == "true"


def test_backup_and_restore_bring_back_database_and_files(other_site):
	folder = Path(SITE, "public", "files")
	folder.mkdir(parents=True, exist_ok=True)
	(folder / "hello.txt").write_text("hello")
	execute("frappe.client.insert", doc={"doctype": "Role", "role_name": "Before Backup"})
	written = dict(line.rsplit(maxsplit=1) for line in on_site("backup", "--with-files").splitlines())
	with gzip.open(written["database"]) as file:
		assert file.read(15) == b"SQLite format 3"
	assert all(os.stat(path).st_mode & 0o077 == 0 for path in written.values()), "for nobody else to read"

	execute("frappe.client.insert", doc={"doctype": "Role", "role_name": "After Backup"})
	(folder / "hello.txt").write_text("changed")
	on_site("restore", written["database"], "--with-public-files", written["public files"])
	assert execute("frappe.client.get_count", doctype="Role", filters={"name": "Before Backup"}) == 1
	assert execute("frappe.client.get_count", doctype="Role", filters={"name": "After Backup"}) == 0
	assert (folder / "hello.txt").read_text() == "hello"


def test_console_has_frappe_connected(other_site):
	command = [sys.executable, "-m", "frappe.utils.bench_helper", "frappe", "--site", SITE, "console"]
	done = subprocess.run(command, input="print(frappe.local.site * 2)\n", capture_output=True, text=True)
	assert SITE * 2 in done.stdout


def test_bench_of_pypi_finds_the_commands(site):
	done = subprocess.run(
		[sys.executable, "-m", "frappe.utils.bench_helper", "get-frappe-commands"],
		capture_output=True,
		text=True,
	)
	assert {"migrate", "new-site", "execute", "serve", "worker", "schedule"} <= set(json.loads(done.stdout))
