"""Patches: the lines of an app's patches.txt, each run once on a site."""

import configparser
import os
from enum import Enum

import frappe


class PatchType(Enum):
	"""Before or after the DocTypes are brought up to date."""

	pre_model_sync = "pre_model_sync"
	post_model_sync = "post_model_sync"


def get_patches_from_app(app: str, patch_type: PatchType | None = None) -> list[str]:
	"""The patches of an app, in their order."""
	path = frappe.get_app_path(app, "patches.txt")
	if not os.path.exists(path):
		return []
	parser = configparser.ConfigParser(allow_no_value=True, delimiters="\n")
	parser.optionxform = str
	with open(path, encoding="utf-8") as file:
		parser.read_file(file)
	sections = [patch_type] if patch_type else list(PatchType)
	return [patch for section in sections for patch in parser[section.value]]


def mark_as_executed(app: str) -> None:
	"""A fresh site needs none of the patches."""
	done = set(frappe.get_all("Patch Log", pluck="patch"))
	for patch in get_patches_from_app(app):
		if patch not in done:
			update_patch_log(patch)


def run_all(skip_failing: bool = False, patch_type: PatchType | None = None) -> None:
	"""Run what has not been run yet, each patch in its own transaction."""
	done = set(frappe.get_all("Patch Log", {"skipped": 0}, pluck="patch"))
	for app in frappe.get_installed_apps():
		for patch in get_patches_from_app(app, patch_type):
			if patch in done:
				continue
			try:
				run_single(patch)
			except Exception:
				frappe.db.rollback()
				if not skip_failing:
					raise
				update_patch_log(patch, skipped=True)
				frappe.db.commit()
				print(f"Patch failed and was skipped: {patch}")


def run_single(patch: str) -> None:
	"""Run one patch and note it."""
	frappe.flags.in_patch = True
	try:
		line = patch.split("#", 1)[0].strip()
		if line.startswith("execute:"):
			exec(line.removeprefix("execute:"), {"frappe": frappe})
		else:
			frappe.get_attr(f"{line}.execute")()
		update_patch_log(patch)
		frappe.db.commit()
	finally:
		frappe.flags.in_patch = False


def update_patch_log(patch: str, skipped: bool = False) -> None:
	"""Note that a patch was run."""
	frappe.get_doc(
		doctype="Patch Log",
		patch=patch,
		skipped=int(skipped),
		traceback=frappe.get_traceback() if skipped else None,
	).insert(ignore_permissions=True)
