"""bin/test: set everything up, then run the suite on the embedded host or on a real bench."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from . import setup
from .setup import ROOT, SetupError, Steps

USAGE = """bin/test [--host embedded] [--long] [--db mariadb] [pytest options and paths]
       bin/test --host bench --bench DIR --site NAME [--long] [pytest options and paths]"""


def main() -> int:
	"""The command; pytest's exit code."""
	options, rest = _options()
	steps = Steps()
	try:
		if options.host == "bench":
			return _on_bench(steps, Path(options.bench).resolve(), options.site, rest)
		setup.python_packages(steps, tests=True)
		setup.debian_packages(steps, setup.PRINTING, "PDF printing and Chinese fonts")
		setup.debian_packages(steps, setup.BROWSER, "browser tests")
		steps.say("running the suite on the embedded host")
		return subprocess.call([setup.PYTHON, "-m", "pytest", *rest], cwd=ROOT)
	except SetupError as error:
		print(f"\n{error}", file=sys.stderr)
		return 1


def _options() -> tuple[argparse.Namespace, list[str]]:
	parser = argparse.ArgumentParser(prog="bin/test", usage=USAGE, allow_abbrev=False)
	parser.add_argument("--host", choices=("embedded", "bench"), default="embedded")
	parser.add_argument("--bench", help="the bench's directory")
	parser.add_argument("--site", help="a site of that bench with order_ops installed; tests write to it")
	options, rest = parser.parse_known_args()
	if options.host == "bench" and not (options.bench and options.site):
		parser.error("--host bench needs --bench DIR and --site NAME")
	return options, rest


def _on_bench(steps: Steps, bench: Path, site: str, rest: list[str]) -> int:
	"""The same tests with the bench's own Python, its Frappe, its MariaDB and its Redis; the code is this tree's."""
	python = bench / "env" / "bin" / "python"
	if not python.exists() or not (bench / "sites" / site).is_dir():
		raise SetupError(f"{bench} is no bench with a site {site}.")
	if subprocess.call([python, "-c", "import freezegun, hypothesis, pytest"], stderr=subprocess.DEVNULL):
		steps.say("installing pytest, freezegun and hypothesis into the bench's environment")
		_install_test_tools(python)
	surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "ORDER_OPS_SITE": site}
	steps.say(f"migrating {site}, then running the suite on the bench")
	bench_command = [python, "-m", "frappe.utils.bench_helper", "frappe", "--site", site]
	setup.run([*bench_command, "migrate"], "bench migrate", cwd=bench / "sites", env=surroundings)
	where = [f"--rootdir={ROOT}", f"--config-file={ROOT / 'pyproject.toml'}"]
	if not any(Path(argument.split("::")[0]).exists() for argument in rest):
		where += [ROOT / "order_ops", ROOT / "tests"]
	rest = [str(Path(argument).resolve()) if Path(argument).exists() else argument for argument in rest]
	command = [python, "-m", "pytest", "--host=bench", *where, *rest]
	return subprocess.call([str(part) for part in command], cwd=bench / "sites", env=surroundings)


def _install_test_tools(python: Path) -> None:
	tools = ["pytest>=8,<10", "freezegun>=1.5,<2", "hypothesis>=6.100,<7"]
	if uv := setup.find_uv():
		setup.run([uv, "pip", "install", "--python", python, *tools], "Installing the test tools")
	else:
		setup.run([python, "-m", "pip", "install", *tools], "Installing the test tools")


if __name__ == "__main__":
	sys.exit(main())
