"""Commands that run something: a function, a console, the servers."""

import ast
import json
from collections.abc import Callable

import click

import frappe
from frappe.commands import Context, all_sites, for_each_site
from frappe.utils import background_jobs, scheduler


@click.command("execute")
@click.argument("method")
@click.option("--args", help="the positional arguments: a Python or JSON list")
@click.option("--kwargs", help="the named arguments: a Python or JSON dict")
@for_each_site
def execute(site: str, method: str, args: str | None, kwargs: str | None) -> None:
	"""Call a function by its dotted path as Administrator and print its result as JSON."""
	positional = _literal(args) if args else []
	if not isinstance(positional, list | tuple):
		positional = [positional]
	result = frappe.get_attr(method)(*positional, **(_literal(kwargs) if kwargs else {}))
	frappe.db.commit()
	if result is not None:
		print(frappe.as_json(result))


def _literal(text: str) -> object:
	"""JSON or a Python literal; what is neither is a text."""
	for parse in (json.loads, ast.literal_eval):
		try:
			return parse(text)
		except (ValueError, SyntaxError):
			continue
	return text


@click.command("console")
@for_each_site
def console(site: str) -> None:
	"""An interactive Python in the context of the site."""
	import code

	code.interact(
		f"{site}: `frappe` is connected; frappe.db.commit() keeps what you change.", local={"frappe": frappe}
	)
	frappe.db.rollback()


@click.command("serve")
@click.option("--port", type=int, default=None, help="webserver_port of the configuration, else 8000")
@click.option("--noreload", is_flag=True, hidden=True)
@click.option("--nothreading", is_flag=True, hidden=True)
@click.pass_obj
def serve(context: Context, port: int | None, noreload: bool, nothreading: bool) -> None:
	"""Serve desk, website and REST over HTTP."""
	import frappe.app

	common = frappe.get_site_config(".")
	frappe.app.serve(port=port or common.webserver_port or 8000, site=context.site, sites_path=".")


@click.command("worker")
@click.option("--queue", help="only these queues, by comma")
@click.option("--burst", is_flag=True, help="end when nothing is left to do")
@click.option("--quiet", is_flag=True, hidden=True)
@click.pass_obj
def worker(context: Context, queue: str | None, burst: bool, quiet: bool) -> None:
	"""Run background jobs."""
	background_jobs.start_worker(_served(context), queue.split(",") if queue else None, burst)


@click.command("schedule")
@click.pass_obj
def schedule(context: Context) -> None:
	"""Queue scheduled jobs when they are due."""
	scheduler.start_scheduler(_served(context))


def _served(context: Context) -> Callable[[], list[str]]:
	"""The site named; without one all sites of the bench, those made later, too."""
	return context.sites if context.site else all_sites


COMMANDS = (execute, console, serve, worker, schedule)
