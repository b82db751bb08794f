"""The context of a piece of work: which site, which user, which request, which transaction."""

import json
import os
import secrets
from typing import Any

from werkzeug.local import Local, release_local

from frappe.exceptions import IncorrectSitePath
from frappe.types.frappedict import _dict

local = Local()

conf = local("conf")
db = local("db")
flags = local("flags")
form_dict = local("form_dict")
message_log = local("message_log")
request = local("request")
response = local("response")
session = local("session")


def init(site: str, sites_path: str = ".", force: bool = False) -> None:
	"""Begin the context of a site; nothing is connected yet."""
	if getattr(local, "initialised", False) and not force:
		return
	if getattr(local, "db", None):
		local.db.close()
	local.site = site
	local.sites_path = sites_path
	local.site_path = os.path.join(sites_path, site or "")
	local.flags = _dict()
	local.conf = get_site_config()
	local.all_apps = None
	local.lang = local.conf.lang or "en"
	local.db = None
	local.request = None
	local.request_ip = None
	local.response = _dict(docs=[])
	local.form_dict = _dict()
	local.session = _dict(user=None, sid=None, data=_dict())
	local.message_log = []
	local.read_only = False
	local.document_cache = {}
	local.request_cache = {}
	local.role_permissions = {}
	local.initialised = True


def get_site_config(sites_path: str | None = None, site_path: str | None = None) -> _dict:
	"""common_site_config.json with the site's own site_config.json on top."""
	sites_path = sites_path or getattr(local, "sites_path", ".")
	site_path = getattr(local, "site_path", None) if site_path is None else site_path
	config = _dict(_read_json(os.path.join(sites_path, "common_site_config.json")) or {})
	if site_path:
		site = _read_json(os.path.join(site_path, "site_config.json"))
		if site is None and local.site:
			raise IncorrectSitePath(f"Site {local.site} does not exist")
		config.update(site)
	config.db_type = config.db_type or "sqlite"
	return config


def _read_json(path: str) -> dict | None:
	if not os.path.exists(path):
		return None
	with open(path, encoding="utf-8") as file:
		return json.load(file)


def write_config(path: str, **values: Any) -> None:
	"""Set values of a configuration file; who reads it meanwhile sees the old one or the new one."""
	config = {**(_read_json(path) or {}), **values}
	with open(f"{path}.new", "w", encoding="utf-8") as file:
		json.dump(config, file, indent=1, sort_keys=True)
	os.replace(f"{path}.new", path)


def destroy() -> None:
	"""End the context: close the database, forget everything."""
	if getattr(local, "db", None):
		local.db.close()
	release_local(local)


def set_user(username: str) -> None:
	"""Go on as this user."""
	local.session.user = username
	local.session.sid = username
	local.session.data = _dict()
	local.form_dict = _dict()
	local.role_permissions = {}


def generate_hash(length: int = 56) -> str:
	"""A random string of hexadecimal digits."""
	return secrets.token_hex(length)[:length]
