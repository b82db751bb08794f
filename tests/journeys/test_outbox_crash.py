"""The outbox's worker is killed while it sends; started again, it sends every message and none twice (D-11, D-15)."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import frappe
from order_ops.exchange import rules, service
from order_ops.exchange.rules import said
from order_ops.tests import factories
from order_ops.timekeeping import clock

START = datetime(2026, 3, 2, 10)
LEASE = timedelta(minutes=rules.LEASE_MINUTES)
TEXTS, NOTICES = 120, 30
ROLE = "Platform Logistics Group"
READERS = ("one@crash.test", "two@crash.test")

# The child flushes the outbox; its gateway keeps each key once and tells how often it was asked. When told to, the
# child kills itself before its n-th statement, or in the middle of its n-th call of the gateway.
CHILD = """
import os, signal, sys
import frappe
site, at, folder, statements, calls = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
frappe.init(site)
frappe.connect()
from order_ops.exchange import rules, service
from order_ops.timekeeping import clock
done = {"statement": 0, "call": 0}
def count(what, last):
	done[what] += 1
	if done[what] == last:
		os.kill(os.getpid(), signal.SIGKILL)
def gateway(message):
	with open(os.path.join(folder, "asked"), "a") as log:
		log.write(message["message_key"] + chr(10))
	open(os.path.join(folder, message["message_key"]), "w").close()
	count("call", calls)
	return rules.sent()
database = frappe.db.__class__
name = "_count" if hasattr(database, "_count") else "sql"
original = getattr(database, name)
def counted(self, *args, **kwargs):
	count("statement", statements)
	return original(self, *args, **kwargs)
setattr(database, name, counted)
frappe.gateway = gateway
hooks = frappe.get_hooks
frappe.get_hooks = lambda hook=None, *args, **kwargs: (
	{"SMS": ["frappe.gateway"], "Desk": ["order_ops.exchange.channels.desk"]}
	if hook == "order_ops_message_channels" else hooks(hook, *args, **kwargs)
)
with clock.pinned(at):
	service.flush()
print(done["statement"])
"""


class Outbox:
	"""Messages to a gateway and to two people's desks, and a worker that may be killed."""

	def __init__(self, tag: str, folder: Path) -> None:
		self.tag, self.folder, self.at = tag, folder, START
		with clock.pinned(START):
			service.queue(
				{
					"message_key": f"{tag}-{n}",
					"event": "Crash Test",
					"channel": "SMS" if n < TEXTS else "Desk",
					"recipient_role": ROLE,
					"subject": said("{0} waits", f"<{tag}-{n}>"),
				}
				for n in range(TEXTS + NOTICES)
			)
		frappe.db.commit()

	def flush(self, statements: int = 0, calls: int = 0) -> int:
		"""Flush in another process, when the last worker's lease is over; returns the statements, -9 when killed."""
		frappe.db.rollback()
		options = (frappe.local.site, str(self.at), str(self.folder), str(statements), str(calls))
		child = subprocess.run(
			[sys.executable, "-c", CHILD, *options],
			capture_output=True,
			text=True,
			timeout=300,
			cwd=os.getcwd(),
		)
		assert child.returncode in (0, -signal.SIGKILL), child.stderr[-2000:]
		self.at += LEASE
		return int(child.stdout.split()[-1]) if child.returncode == 0 else child.returncode

	def asked(self) -> Counter:
		"""How often the gateway was given each key."""
		return Counter((self.folder / "asked").read_text().split())

	def check(self) -> None:
		"""Everything has arrived, and nothing twice."""
		keys = {f"{self.tag}-{n}" for n in range(TEXTS)}
		assert {path.name for path in self.folder.iterdir()} - {"asked"} == keys
		sent = {"message_key": ("like", f"{self.tag}-%"), "status": "Sent"}
		assert frappe.db.count("Ops Message", sent) == TEXTS + NOTICES
		for reader in READERS:
			told = " ".join(
				f"{notice.subject} {notice.email_content}"
				for notice in frappe.get_all(
					"Notification Log", {"for_user": reader}, ["subject", "email_content"]
				)
			)
			counts = {told.count(f"{self.tag}-{n}&gt;") for n in range(TEXTS, TEXTS + NOTICES)}
			assert counts == {1}


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator:
	"""Makes outboxes, and clears up."""
	tags = []
	frappe.set_user("Administrator")
	for reader in READERS:
		factories.make_user(reader, ROLE)

	def make(tag: str) -> Outbox:
		tags.append(tag)
		folder = tmp_path / tag
		folder.mkdir()
		return Outbox(tag, folder)

	yield make
	frappe.db.rollback()
	frappe.db.delete("Notification Log", {"for_user": ("in", READERS)})
	for tag in tags:
		frappe.db.delete("Ops Message", {"message_key": ("like", f"{tag}-%")})
	for reader in READERS:
		frappe.db.delete("Has Role", {"parent": reader})
		frappe.db.delete("User", {"name": reader})
	frappe.db.commit()


def test_undisturbed_each_is_sent_once(outbox):  # D-15
	calm = outbox("CALM")
	assert calm.flush() < TEXTS + 4 * NOTICES
	calm.check()
	assert set(calm.asked().values()) == {1}


def test_killed_again_and_again_none_is_lost_and_none_comes_twice(outbox):  # D-11, D-15
	box = outbox("KILLED")
	for kill in ({"statements": 2}, {"statements": 9}, {"statements": 25}, {"statements": 50}, {"calls": 1}):
		assert box.flush(**kill) == -signal.SIGKILL, kill
	for kill in ({"calls": 20}, {"calls": 60}, {"calls": 51}):
		box.flush(**kill)
	box.flush()
	box.check()
	assert max(box.asked().values()) > 1  # the worker did die with messages in its hands
	before = box.asked()
	box.flush()
	assert box.asked() == before
