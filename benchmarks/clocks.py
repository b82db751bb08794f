"""What clocks cost on either host: a sweep among 10,000 and among 1,000,000 clocks, the due times of 10,000 orders.

	env/bin/python benchmarks/clocks.py SITE [--sites sites]                               (embedded host)
	../frappe-bench/env/bin/python benchmarks/clocks.py SITE --sites ../frappe-bench/sites (a bench)
	bench --site SITE execute order_ops.demo.clock_speed.figures                           (either)

What it makes is removed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
try:
	metadata.distribution("frappe")
except metadata.PackageNotFoundError:
	sys.path.insert(0, str(ROOT / "embedded"))
sys.path.insert(0, str(ROOT))

import frappe  # noqa: E402


def main() -> None:
	"""Run the benchmarks and print their figures as JSON."""
	parser = argparse.ArgumentParser(
		description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
	)
	parser.add_argument("site")
	parser.add_argument("--sites", default=str(ROOT / "sites"))
	options = parser.parse_args()
	os.chdir(options.sites)
	frappe.init(options.site, sites_path=".")
	frappe.connect()
	try:
		from order_ops.demo import clock_speed

		print(json.dumps(clock_speed.figures(), indent=1))
	finally:
		frappe.db.rollback()
		frappe.destroy()


if __name__ == "__main__":
	main()
