"""What `bench` of PyPI's frappe-bench calls: the frappe commands, and their list.

`python -m frappe.utils.bench_helper frappe --site NAME COMMAND …` works by itself as well, from the bench's
directory, from sites/ or from anywhere.
"""

import json
import os
import sys
from pathlib import Path

import click

from frappe.commands import Context
from frappe.commands.running import COMMANDS as RUNNING
from frappe.commands.site import COMMANDS as SITE


@click.group(name="frappe", commands={command.name: command for command in (*SITE, *RUNNING)})
@click.option("--site", envvar="FRAPPE_SITE", help="the site; `all` for every site of the bench")
@click.pass_context
def frappe_group(context: click.Context, site: str | None) -> None:
	"""The commands that work on a site."""
	context.obj = Context(site)


def main() -> None:
	"""The program: `frappe …`, `get-frappe-commands` or `get-frappe-help`."""
	os.chdir(sites_directory())
	asked = sys.argv[1] if len(sys.argv) > 1 else ""
	if asked == "get-frappe-commands":
		print(json.dumps(sorted(frappe_group.commands)))
	elif asked == "get-frappe-help":
		print(frappe_group.get_help(click.Context(frappe_group)))
	else:
		arguments = sys.argv[2:] if asked == "frappe" else sys.argv[1:]
		frappe_group(arguments, prog_name="bench")


def sites_directory() -> Path:
	"""sites/ of the bench we stand in, or of the bench this Python belongs to."""
	for candidate in (Path(), Path("sites"), Path(sys.prefix).parent / "sites"):
		if (candidate / "apps.txt").exists():
			return candidate
	sys.exit("This is no bench: there is no sites/apps.txt here.")


if __name__ == "__main__":
	main()
