"""Texts in the reader's language."""

from collections.abc import Callable

import pytest

import frappe
from frappe import _


@pytest.fixture
def own() -> Callable[..., None]:
	"""Enter a translation of the site's own."""

	def enter(source: str, text: str, context: str | None = None, language: str = "zh") -> None:
		values = {
			"doctype": "Translation",
			"language": language,
			"source_text": source,
			"translated_text": text,
			"context": context,
		}
		frappe.get_doc(values).insert()

	return enter


def test_a_text_without_translation_stays() -> None:
	assert _("Ops Test nothing", lang="zh") == "Ops Test nothing"
	assert _("") == ""


def test_the_sites_own_translation_wins(own: Callable[..., None]) -> None:
	own("Ops Test Hold", "保留")
	own("Ops Test Hold", "暂停", context="Order")
	assert _("Ops Test Hold") == "Ops Test Hold"
	assert _("Ops Test Hold", lang="zh") == "保留"
	assert _("Ops Test Hold", lang="zh", context="Order") == "暂停"
	assert _("Ops Test Hold", lang="zh", context="Other") == "保留"
	frappe.local.lang = "zh"
	assert _("Ops Test Hold") == "保留"
	assert _(" Ops Test Hold ") == "保留"


def test_the_text_is_filled_in_after_it_is_translated(own: Callable[..., None]) -> None:
	own("Ops Test {0} of {1}", "{1} 的 {0}")
	assert _("Ops Test {0} of {1}", lang="zh").format("A", "B") == "B 的 A"


def test_the_sites_language_is_a_setting_of_the_system() -> None:
	assert frappe.get_system_settings("language") == frappe.db.get_single_value("System Settings", "language")
