"""Texts in the reader's language: the apps' translations/*.csv, then the site's own Translation records."""

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager

from frappe.context import local
from frappe.hooks_registry import get_all_apps, get_app_path, get_installed_apps

_files: dict[tuple[tuple[str, ...], str], dict[str, str]] = {}


def translate(msg: str, lang: str | None = None, context: str | None = None) -> str:
	"""The text in this language (the context's own by default); what has no translation stays as it is."""
	lang = lang or getattr(local, "lang", None) or "en"
	text = str(msg).strip()
	for messages in (_own_translations(lang), _file_translations(lang)):
		if messages:
			found = (context and messages.get(f"{text}:{context}")) or messages.get(text)
			if found:
				return found
	return msg


def _file_translations(lang: str) -> dict[str, str]:
	if not getattr(local, "initialised", False):
		return {}
	apps = tuple(get_installed_apps() if local.db is not None else get_all_apps())
	if (apps, lang) not in _files:
		messages: dict[str, str] = {}
		for each in dict.fromkeys((get_parent_language(lang), lang)):
			for app in apps if each else ():
				messages.update(_read(get_app_path(app, "translations", f"{each}.csv")))
		_files[apps, lang] = messages
	return _files[apps, lang]


def _read(path: str) -> dict[str, str]:
	if not os.path.exists(path):
		return {}
	with open(path, encoding="utf-8", newline="") as file:
		rows = [row for row in csv.reader(file) if len(row) > 1 and row[1]]
	return {f"{row[0]}:{row[2]}" if len(row) > 2 and row[2] else row[0]: row[1] for row in rows}


def _own_translations(lang: str) -> dict[str, str]:
	if getattr(local, "db", None) is None:
		return {}
	known = local.request_cache.setdefault("translations", {})
	if lang not in known:
		known[lang] = {}
		if local.db.table_exists("Translation"):
			rows = local.db.get_values("Translation", {"language": ["in", list(filter(None, (get_parent_language(lang), lang)))]},
				["source_text", "translated_text", "context", "language"], order_by=None)  # fmt: skip
			for source, text, context, _language in sorted(rows, key=lambda row: row[3] == lang):
				known[lang][f"{source}:{context}" if context else source] = text
	return known[lang]


def get_parent_language(lang: str) -> str | None:
	"""zh of zh-TW."""
	return lang.split("-")[0] if "-" in (lang or "") else None


def get_user_lang(user: str | None = None) -> str:
	"""The language of a user, else of the site."""
	user = user or local.session.user
	own = local.db.get_value("User", user, "language", cache=True) if user and user != "Guest" else None
	return own or local.db.get_default("lang") or local.conf.lang or "en"


@contextmanager
def print_language(language: str | None) -> Iterator[None]:
	"""Speak another language for the length of a block."""
	before, local.lang = local.lang, language or local.lang
	try:
		yield
	finally:
		local.lang = before


def clear_cache() -> None:
	"""Read the translations afresh."""
	_files.clear()
	local.request_cache.pop("translations", None)
