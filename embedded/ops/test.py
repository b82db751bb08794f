"""bin/test: set everything up, then run the suite on the embedded host or on a real bench."""

import argparse
import subprocess
import sys
from pathlib import Path

from . import setup
from .on_bench import Bench, BenchNotReady
from .setup import ROOT, SetupError, Steps

USAGE = """bin/test [--long] [--db mariadb] [pytest options and paths]
       bin/test --host bench --bench DIR [--site NAME] [--long] [pytest options and paths]"""
NOT_READY = 75


def main() -> int:
	"""The command; pytest's exit code, 1 where the set-up fails, 75 where the bench is not ready for it."""
	options, pytest_options = _options()
	steps = Steps()
	try:
		if options.host == "bench":
			return Bench(Path(options.bench).resolve(), steps).run_suite(options.site, pytest_options)
		setup.python_packages(steps, tests=True)
		setup.debian_packages(steps, setup.PRINTING, "PDF printing and Chinese fonts")
		setup.debian_packages(steps, setup.BROWSER, "browser tests")
		steps.say("running the suite on the embedded host")
		return subprocess.call([setup.PYTHON, "-m", "pytest", *pytest_options], cwd=ROOT)
	except SetupError as error:
		print(f"\n{error}", file=sys.stderr)
		return NOT_READY if isinstance(error, BenchNotReady) else 1
	except KeyboardInterrupt:
		return 130


def _options() -> tuple[argparse.Namespace, list[str]]:
	parser = argparse.ArgumentParser(
		prog="bin/test",
		usage=USAGE,
		allow_abbrev=False,
		description="Set up and run the suite. What is not named here goes to pytest.",
	)
	parser.add_argument("--host", choices=("embedded", "bench"), default="embedded")
	parser.add_argument("--bench", metavar="DIR", help="the bench's directory")
	parser.add_argument(
		"--site", help="a site of that bench with order_ops, for tests; else one is made and dropped"
	)
	options, rest = parser.parse_known_args()
	if options.host == "bench" and not options.bench:
		parser.error("--host bench needs --bench DIR")
	return options, [_from_anywhere(option) for option in rest]


def _from_anywhere(option: str) -> str:
	"""A path (or path::test) as an absolute one; any other option as it is."""
	path, colons, test = option.partition("::")
	return f"{Path(path).resolve()}{colons}{test}" if Path(path).exists() else option
