"""Texts in the reader's language: the apps' translations/*.csv, then the site's own Translation records."""

import csv
import os

from frappe.context import local
from frappe.hooks_registry import get_app_path, get_installed_apps

_files: dict[tuple[tuple[str, ...], str], dict[str, str]] = {}


def translate(msg: str, lang: str | None = None, context: str | None = None) -> str:
	"""The text in this language (the context's own by default); what has no translation stays as it is."""
	if not getattr(local, "initialised", False):
		return msg
	lang = lang or local.lang
	text = str(msg).strip()
	for messages in (_own_translations(lang), _file_translations(lang)):
		found = (context and messages.get(f"{text}:{context}")) or messages.get(text)
		if found:
			return found
	return msg


def _file_translations(lang: str) -> dict[str, str]:
	apps = tuple(get_installed_apps())
	if (apps, lang) not in _files:
		_files[apps, lang] = messages = {}
		for each in _with_parent(lang):
			for app in apps:
				messages.update(_read(get_app_path(app, "translations", f"{each}.csv")))
	return _files[apps, lang]


def _with_parent(lang: str) -> list[str]:
	"""zh, zh-TW of zh-TW."""
	return list(dict.fromkeys((lang.split("-")[0], lang)))


def _read(path: str) -> dict[str, str]:
	if not os.path.exists(path):
		return {}
	with open(path, encoding="utf-8", newline="") as file:
		rows = [row for row in csv.reader(file) if len(row) > 1 and row[1]]
	return {f"{row[0]}:{row[2]}" if len(row) > 2 and row[2] else row[0]: row[1] for row in rows}


def _own_translations(lang: str) -> dict[str, str]:
	known = local.request_cache.setdefault("translations", {})
	if local.db and lang not in known:
		known[lang] = messages = {}
		fields = ["source_text", "translated_text", "context", "language"]
		if local.db.table_exists("Translation"):
			rows = local.db.get_values("Translation", {"language": ["in", _with_parent(lang)]}, fields)
			for source, text, context, _language in sorted(rows, key=lambda row: row[3] == lang):
				messages[f"{source}:{context}" if context else source] = text
	return known.get(lang, {})


def clear_cache() -> None:
	"""Read the translations afresh."""
	_files.clear()
	local.request_cache.pop("translations", None)
