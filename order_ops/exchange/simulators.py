# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""Stand-ins for OA, DMS, SAP and SMS: each message becomes a file, and the system answers at once (D-11).

A company replaces one of them by registering its own function for the channel (see exchange.service). What a
simulator answers follows from the message alone, so a message that is sent twice gets the same answer.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import frappe
from order_ops.exchange import rules
from order_ops.exchange.rules import Outcome


def to_file(message: dict) -> Outcome:
	"""Write the message to the site's private files, where a transfer program may fetch it."""
	_write(message)
	return rules.sent()


def oa(message: dict) -> Outcome:
	"""The office automation system takes the message and gives its document number (E-4.15d)."""
	_write(message)
	return rules.sent({"oa_document_no": _number("OA", message)})


def dms(message: dict) -> Outcome:
	"""The dealer management system enters the order and gives its number (E-4.12a)."""
	_write(message)
	return rules.sent({"dms_order_no": _number("DMS", message)})


def sap(message: dict) -> Outcome:
	"""SAP creates the customer and gives its number (E-4.11g)."""
	_write(message)
	return rules.sent({"sap_customer_no": _number("1", message)})


def _write(message: dict) -> None:
	folder = Path(frappe.get_site_path("private", "files", "exchange", message["channel"].lower()))
	folder.mkdir(parents=True, exist_ok=True)
	content = {
		key: message[key]
		for key in ("message_key", "event", "rule", "subject", "body", "payload", "recipient")
	}
	text = json.dumps(content, ensure_ascii=False, indent=1, default=str)
	(folder / f"{message['name']}.json").write_text(text, encoding="utf-8")


def _number(prefix: str, message: dict) -> str:
	"""Nine digits that belong to this message and no other."""
	digest = hashlib.sha256(message["message_key"].encode()).digest()
	return f"{prefix}{int.from_bytes(digest[:8], 'big') % 10**9:09d}"
