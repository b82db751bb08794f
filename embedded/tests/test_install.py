"""Installing, migrating and removing an app, in a bench of its own with an app made for the test."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.no_site
SITE = "own.localhost"
DOCTYPE = {
	"doctype": "DocType", "name": "Tiny Thing", "module": "Tiny", "autoname": "field:title", "modified": "2026-01-01 00:00:00",
	"fields": [
		{"fieldname": "title", "fieldtype": "Data", "label": "Title"},
		{"fieldname": "rows", "fieldtype": "Table", "label": "Rows", "options": "Tiny Row"},
	],
	"permissions": [{"role": "Tiny Keeper", "read": 1, "write": 1, "create": 1}],
}  # fmt: skip
ROW = {
	"doctype": "DocType", "name": "Tiny Row", "module": "Tiny", "istable": 1, "modified": "2026-01-01 00:00:00",
	"fields": [{"fieldname": "n", "fieldtype": "Int", "label": "N"}],
}  # fmt: skip
REPORT = {
	"doctype": "Report", "name": "Tiny Report", "report_name": "Tiny Report", "module": "Tiny", "is_standard": "Yes",
	"report_type": "Script Report", "ref_doctype": "Tiny Thing", "modified": "2026-01-01 00:00:00", "disabled": 0,
	"roles": [{"role": "Tiny Keeper"}],
}  # fmt: skip
HOOKS = """
app_name = "tiny"
before_install = "tiny.steps.before_install"
after_install = "tiny.steps.after_install"
after_migrate = "tiny.steps.after_migrate"
before_uninstall = "tiny.steps.before_uninstall"
scheduler_events = {"daily": ["tiny.steps.nightly"]}
"""
STEPS = """
import frappe
def note(step):
	def run():
		there = [dt for dt in ("Tiny Thing",) if frappe.db.table_exists(dt, cached=False)]
		with open("steps.txt", "a") as file:
			print(step, len(there), file=file)
	return run
before_install, after_install, after_migrate, before_uninstall, nightly = map(
	note, "before_install after_install after_migrate before_uninstall nightly".split())
"""
PATCH = """
import frappe
def execute():
	with open("steps.txt", "a") as file:
		print("patch {0}", frappe.get_meta("Tiny Thing").has_field("more"), "more" in frappe.db.get_table_columns("Tiny Thing"), file=file)
"""


class Bench:
	"""A sites directory and an app beside it."""

	def __init__(self, folder: Path) -> None:
		self.sites, self.app = folder / "sites", folder / "apps" / "tiny"
		self.sites.mkdir()
		(self.sites / "apps.txt").write_text("frappe\ntiny\n")
		(self.sites / "common_site_config.json").write_text("{}")
		files = {
			"hooks.py": HOOKS, "steps.py": STEPS, "modules.txt": "Tiny\n", "patches.txt": "[pre_model_sync]\n[post_model_sync]\n",
			"__init__.py": "", "tiny/__init__.py": "", "tiny/doctype/__init__.py": "", "patches/__init__.py": "",
			"patches/early.py": PATCH.format("early"), "patches/late.py": PATCH.format("late"),
		}  # fmt: skip
		for path, text in files.items():
			self.write(path, text)
		for definition in (DOCTYPE, ROW):
			self.record("doctype", definition)
			name = definition["name"]
			scrubbed = name.lower().replace(" ", "_")
			body = f"from frappe.model.document import Document\nclass {name.replace(' ', '')}(Document):\n\tpass\n"
			self.write(f"tiny/doctype/{scrubbed}/{scrubbed}.py", body)
			self.write(f"tiny/doctype/{scrubbed}/__init__.py", "")
		self.record("report", REPORT)

	def write(self, path: str, text: str) -> None:
		target = self.app / path
		target.parent.mkdir(parents=True, exist_ok=True)
		target.write_text(text)

	def record(self, folder: str, values: dict) -> None:
		name = values["name"].lower().replace(" ", "_")
		self.write(f"tiny/{folder}/{name}/{name}.json", json.dumps(values))

	def run(self, code: str) -> str:
		"""Run Python on the site; what it printed."""
		program = f"import frappe, json\nfrappe.init({SITE!r}, sites_path='.')\nfrappe.connect()\n{code}\nfrappe.db.commit()\nfrappe.destroy()\n"
		return self._python("-c", program)

	def command(self, *arguments: str) -> str:
		"""Run a `bench` command."""
		return self._python("-m", "frappe.utils.bench_helper", "frappe", *arguments)

	def _python(self, *arguments: str) -> str:
		root = Path(__file__).parents[1]
		done = subprocess.run(
			[sys.executable, *arguments], cwd=self.sites, capture_output=True, text=True,
			env={"PYTHONPATH": f"{root}:{self.app.parent}", "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
		)  # fmt: skip
		assert done.returncode == 0, done.stderr
		return done.stdout.strip()

	def steps(self) -> list[str]:
		"""What the app's hooks noted since last asked."""
		path = self.sites / "steps.txt"
		found = path.read_text().splitlines() if path.exists() else []
		path.unlink(missing_ok=True)
		return found

	def names(self, doctype: str) -> list[str]:
		return json.loads(
			self.run(f"print(json.dumps(frappe.get_all({doctype!r}, pluck='name', order_by='name')))")
		)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
	"""A bench with a site that has the app."""
	bench = Bench(tmp_path_factory.mktemp("bench"))
	bench.command("new-site", SITE, "--admin-password", "admin")
	bench.before = {
		doctype: bench.names(doctype) for doctype in ("DocType", "Module Def", "Report", "Scheduled Job Type")
	}
	bench.command("--site", SITE, "install-app", "tiny")
	return bench


def test_install(bench):
	assert bench.steps() == ["before_install 0", "after_install 1"]
	assert "Tiny Keeper" in bench.names("Role")
	assert "Tiny Report" in bench.names("Report")
	assert "steps.nightly" in bench.names("Scheduled Job Type")


def test_migrate_runs_patches_around_the_schema(bench):
	bench.write(
		"patches.txt",
		"[pre_model_sync]\ntiny.patches.early\n[post_model_sync]\ntiny.patches.late\n",
	)
	changed = {
		**DOCTYPE,
		"fields": [
			*DOCTYPE["fields"],
			{"fieldname": "more", "fieldtype": "Int", "label": "More", "search_index": 1},
		],
	}
	bench.record("doctype", changed)
	bench.command("--site", SITE, "migrate")
	assert bench.steps() == [
		"patch early True False",
		"patch late True True",
		"after_migrate 1",
	]
	bench.command("--site", SITE, "migrate")
	assert bench.steps() == ["after_migrate 1"]


def test_a_standard_record_is_read_again_when_its_file_is_newer(bench):
	bench.run("frappe.db.set_value('Report', 'Tiny Report', 'disabled', 1, update_modified=False)")
	bench.record("report", {**REPORT, "add_total_row": 1})
	bench.command("--site", SITE, "migrate")
	read = "print(frappe.db.get_value('Report', 'Tiny Report', ['add_total_row', 'disabled']))"
	assert bench.run(read) == "(0, 1)"
	bench.record("report", {**REPORT, "add_total_row": 1, "modified": "2026-02-01 00:00:00"})
	bench.command("--site", SITE, "migrate")
	assert bench.run(read) == "(1, 1)", "what a user set is kept"


def test_a_failing_patch_stops_the_migration_and_leaves_nothing(bench):
	bench.write(
		"patches/broken.py",
		"import frappe\ndef execute():\n\tfrappe.get_doc(doctype='Tiny Thing', title='half').insert()\n\traise ValueError('broken')\n",
	)
	before = (bench.app / "patches.txt").read_text()
	bench.write("patches.txt", before + "tiny.patches.broken\n")
	with pytest.raises(AssertionError, match="broken"):
		bench.command("--site", SITE, "migrate")
	assert bench.names("Tiny Thing") == []
	bench.write("patches.txt", before)
	bench.steps()


def test_uninstall_leaves_nothing_behind(bench):
	bench.command("--site", SITE, "uninstall-app", "tiny", "--yes", "--no-backup")
	assert bench.steps() == ["before_uninstall 1"]
	for doctype, names in bench.before.items():
		assert bench.names(doctype) == names
	tables = bench.run("print([t for t in frappe.db.get_tables(cached=False) if 'Tiny' in t])")
	assert tables == "[]"
	bench.command("--site", SITE, "install-app", "tiny")
	assert bench.names("Tiny Thing") == []
