"""The house keeps its shape: layers, pure rules, one app for both hosts, a small host."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.embedded_only, pytest.mark.no_site]


def run(*command: str, **environment: str) -> subprocess.CompletedProcess:
	return subprocess.run(
		command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, **environment}
	)


def test_imports_go_downwards_and_rules_import_no_frappe():
	lint_imports = Path(sys.executable).with_name("lint-imports")
	done = run(str(lint_imports), "--no-cache", PYTHONPATH=str(ROOT))
	assert done.returncode == 0, done.stdout + done.stderr


def test_every_rules_module_works_where_there_is_no_frappe():
	modules = [
		str(path.relative_to(ROOT).with_suffix("")).replace("/", ".")
		for path in (ROOT / "order_ops").glob("*/rules.py")
	]
	assert modules
	program = f"import sys; sys.modules['frappe'] = None\nimport {', '.join(modules)}"
	done = run(sys.executable, "-c", program)
	assert done.returncode == 0, done.stderr


def test_the_app_never_asks_which_host_it_is_on():
	asking = [
		str(path)
		for path in (ROOT / "order_ops").rglob("*.py")
		if "tests" not in path.parts and not path.name.startswith("test_")
		if "embedded" in path.read_text(encoding="utf-8").lower()
	]
	assert not asking


def test_the_host_stays_small():
	files = (ROOT / "embedded" / "frappe").rglob("*.py")
	assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files) < 9000


@pytest.mark.parametrize("command", ["check", "format --check"])
def test_ruff_has_nothing_to_say(command):
	ruff = Path(sys.executable).with_name("ruff")
	done = run(str(ruff), *command.split(), "--no-cache", ".")
	assert done.returncode == 0, done.stdout[-3000:]
