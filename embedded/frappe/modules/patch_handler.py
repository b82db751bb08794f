"""Patches: the lines of an app's patches.txt, each run once on a site."""

import configparser
import os
from enum import Enum

import frappe


class PatchType(Enum):
	"""Before or after the DocTypes are brought up to date."""

	pre_model_sync = "pre_model_sync"
	post_model_sync = "post_model_sync"


def get_patches_from_app(app: str, patch_type: PatchType) -> list[str]:
	"""The patches of an app, in their order."""
	path = frappe.get_app_path(app, "patches.txt")
	parser = configparser.ConfigParser(allow_no_value=True, delimiters="\n")
	parser.optionxform = str
	parser.read(path, encoding="utf-8")
	return list(parser[patch_type.value]) if os.path.exists(path) else []


def run_all(patch_type: PatchType) -> None:
	"""Run what has not been run yet, each patch in its own transaction."""
	done = set(frappe.get_all("Patch Log", pluck="patch"))
	for app in frappe.get_installed_apps():
		for patch in get_patches_from_app(app, patch_type):
			if patch not in done:
				frappe.get_attr(f"{patch.split('#')[0].strip()}.execute")()
				update_patch_log(patch)
				frappe.db.commit()


def update_patch_log(patch: str) -> None:
	"""Note that a patch was run."""
	frappe.get_doc(doctype="Patch Log", patch=patch).insert(ignore_permissions=True)
