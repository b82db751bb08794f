"""The house keeps its shape: layers, pure rules, one app for both hosts, a small host."""

import ast
import io
import os
import subprocess
import sys
import tokenize
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
	"""Lines of code; blank lines, comments and docstrings are not counted, so that nobody saves on words."""
	assert sum(lines_of_code(path) for path in (ROOT / "embedded" / "frappe").rglob("*.py")) < 9000


def lines_of_code(path: Path) -> int:
	source = path.read_text(encoding="utf-8")
	words = set()
	for node in ast.walk(ast.parse(source)):
		if isinstance(
			node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
		) and ast.get_docstring(node, clean=False):
			words |= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
	silent = {
		tokenize.COMMENT,
		tokenize.NL,
		tokenize.NEWLINE,
		tokenize.INDENT,
		tokenize.DEDENT,
		tokenize.ENDMARKER,
	}
	code = set()
	for token in tokenize.generate_tokens(io.StringIO(source).readline):
		if token.type not in silent:
			code |= set(range(token.start[0], token.end[0] + 1))
	return len(code - words)


@pytest.mark.parametrize("command", ["check", "format --check"])
def test_ruff_has_nothing_to_say(command):
	ruff = Path(sys.executable).with_name("ruff")
	done = run(str(ruff), *command.split(), "--no-cache", ".")
	assert done.returncode == 0, done.stdout[-3000:]
