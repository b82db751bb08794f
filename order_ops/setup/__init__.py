# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What a site needs before the first order: made when missing, never overwritten, removed with the app.

Installing and migrating run the same function, so what is added here reaches new and old sites alike.
"""

from __future__ import annotations

from order_ops.policy import modules, rule_book
from order_ops.setup import channels, holds, leftovers, policies, regions, regulations, roles, workflows


def before_install() -> None:
	"""Make the portal's role first: a role that a DocType names would be made with access to the desk."""
	roles.make()


def after_install() -> None:
	"""Make what is missing."""
	make_missing()


def after_migrate() -> None:
	"""Make what is missing; a second migrate changes no row."""
	make_missing()


def make_missing() -> None:
	"""Roles, delivery map, calendars and profiles, channels, kinds of holds, workflows: each only where it is missing."""
	roles.make()
	rule_book.load()
	regulations.make()
	regions.make()
	policies.make()
	channels.make()
	holds.make()
	workflows.make()
	modules.follow()


def before_uninstall() -> None:
	"""Remove what does not go with the app's own tables: workflows, jobs, and roles that only this app uses."""
	workflows.remove()
	roles.remove()
	leftovers.remove()
