"""The `bench` commands, and what they share."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any

import click

import frappe


@dataclass
class Context:
	"""What was said before the command's name."""

	site: str | None

	def sites(self) -> list[str]:
		"""The sites asked for: the one named, all of them, or the bench's default."""
		if self.site == "all":
			return all_sites()
		site = self.site or frappe.get_site_config(".").default_site
		if not site:
			raise click.ClickException("Name a site: bench --site NAME …, or set default_site.")
		if not os.path.exists(os.path.join(site, "site_config.json")):
			raise click.ClickException(f"Site {site} does not exist here.")
		return [site]


def all_sites() -> list[str]:
	"""Every site of the bench."""
	return sorted(entry.name for entry in os.scandir(".") if is_site(entry.name))


def is_site(name: str) -> bool:
	"""Is there a site of this name?"""
	return os.path.isfile(os.path.join(name, "site_config.json"))


@contextmanager
def connected(site: str) -> Iterator[None]:
	"""The context of a site, as Administrator; what was not committed is rolled back."""
	frappe.init(site)
	try:
		frappe.connect()
		yield
	finally:
		frappe.destroy()


def for_each_site(command: Callable) -> Callable:
	"""Run a command once for each site asked for, connected and committed."""

	@click.pass_obj
	@wraps(command)
	def run(context: Context, *args: Any, **kwargs: Any) -> None:
		for site in context.sites():
			with connected(site):
				command(site, *args, **kwargs)
				frappe.db.commit()

	return run
