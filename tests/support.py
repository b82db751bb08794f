"""What fixtures and tests share."""

import subprocess
import sys


def bench_command(*arguments: str) -> str:
	"""Run a `bench` command in the present sites/ directory; what it printed."""
	command = [sys.executable, "-m", "frappe.utils.bench_helper", "frappe", *arguments]
	done = subprocess.run(command, capture_output=True, text=True)
	if done.returncode:
		raise RuntimeError(f"bench {' '.join(arguments)}: {done.stdout}\n{done.stderr}")
	return done.stdout
