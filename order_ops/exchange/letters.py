# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What a message says, in the language of whoever reads it (D-15)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import frappe
from order_ops.exchange import rules
from order_ops.wording import retold


def written(words: dict[str, Any], language: str) -> tuple[str, str]:
	"""Subject and body of a message's words for a reader of this language."""
	with speaking(language):
		body = words.get("body") or ""
		lines = [body] if isinstance(body, str) else [rules.line(one, retold) for one in body]
		return rules.line(words["subject"], retold), "\n".join(lines)


def words_of(message: dict) -> dict[str, Any]:
	"""The words a message was queued with."""
	if message["words"]:
		return json.loads(message["words"])
	return {"subject": message["subject"], "body": message["body"]}


@contextmanager
def speaking(language: str) -> Iterator[None]:
	"""Translate into another language than the session's."""
	before = frappe.local.lang
	frappe.local.lang = language
	try:
		yield
	finally:
		frappe.local.lang = before
