"""A browser, or a program, in front of the WSGI application of either host."""

import re
import threading
from typing import Any

from werkzeug.test import Client, TestResponse

import frappe

PASSWORD = "Quiet-Harbour-7319"
CSRF = re.compile(r"""csrf_token["']?\s*[:=]\s*["']([0-9a-f]{20,})""")


class Browser:
	"""Requests go through a thread of their own, as behind a server; what the test wrote is committed before."""

	def __init__(self, address: str = "198.51.100.7", **headers: str) -> None:
		import frappe.app

		self.client = Client(frappe.app.application)
		self.headers = {"X-Frappe-Site-Name": frappe.local.site, "X-Forwarded-For": address, **headers}

	def open(self, method: str, path: str, headers: dict | None = None, **options: Any) -> TestResponse:
		"""One request and its response, read to the end."""
		frappe.db.commit()
		answers: list[TestResponse | Exception] = []

		def run() -> None:
			try:
				response = self.client.open(
					path, method=method, headers={**self.headers, **(headers or {})}, **options
				)
				response.get_data()
				response.close()  # a bench gives its connection back here
				answers.append(response)
			except Exception as e:
				answers.append(e)

		thread = threading.Thread(target=run)
		thread.start()
		thread.join()
		frappe.db.rollback()  # the next read sees what the request wrote
		if isinstance(answers[0], Exception):
			raise answers[0]
		return answers[0]

	def get(self, path: str, **options: Any) -> TestResponse:
		return self.open("GET", path, **options)

	def post(self, path: str, **options: Any) -> TestResponse:
		return self.open("POST", path, **options)

	def put(self, path: str, **options: Any) -> TestResponse:
		return self.open("PUT", path, **options)

	def delete(self, path: str, **options: Any) -> TestResponse:
		return self.open("DELETE", path, **options)

	def login(self, user: str, password: str = PASSWORD) -> TestResponse:
		"""Sign in as the login page does."""
		return self.post("/api/method/login", data={"usr": user, "pwd": password})

	def take_csrf_token(self) -> str | None:
		"""Read the token from the first page that shows one, and send it from now on."""
		for page in ("/app", "/me"):
			if found := CSRF.search(self.get(page).get_data(as_text=True)):
				self.headers["X-Frappe-CSRF-Token"] = found[1]
				return found[1]
		return None

	def cookie(self, name: str) -> Any:
		"""A cookie of the jar."""
		return self.client.get_cookie(name)


def signed_in(user: str, **options: Any) -> Browser:
	"""A browser with a session of this user and its token."""
	browser = Browser(**options)
	answer = browser.login(user)
	assert answer.status_code == 200, answer.get_data(as_text=True)
	browser.take_csrf_token()
	return browser


def with_keys(user: str) -> Browser:
	"""A program that sends the user's API key and secret."""
	doc = frappe.get_doc("User", user)
	doc.api_key, doc.api_secret = frappe.generate_hash(length=15), "a-secret-of-the-tests"
	doc.save(ignore_permissions=True)
	return Browser(Authorization=f"token {doc.api_key}:a-secret-of-the-tests")


def make_user(*roles: str, **values: Any) -> str:
	"""A user with a password; the name is new each time."""
	user = frappe.get_doc(
		{
			"doctype": "User",
			"email": f"{frappe.generate_hash(length=10)}@example.com",
			"first_name": "Test",
			"send_welcome_email": 0,
			"new_password": PASSWORD,
			"roles": [{"role": role} for role in roles],
			**values,
		}
	)
	user.flags.no_welcome_mail = True
	return user.insert(ignore_permissions=True).name


def remove_user(user: str) -> None:
	"""Remove a user of a test."""
	frappe.delete_doc("User", user, force=True, ignore_permissions=True, ignore_missing=True)


def make_role(name: str, desk_access: int = 1) -> str:
	"""A role of the tests."""
	if not frappe.db.exists("Role", name):
		frappe.get_doc({"doctype": "Role", "role_name": name, "desk_access": desk_access}).insert(
			ignore_permissions=True
		)
	return name


def make_doctype(name: str, fields: list[dict], permissions: list[dict], **values: Any) -> str:
	"""A throw-away DocType; remove it with `remove_doctype`."""
	remove_doctype(name)
	frappe.get_doc(
		{
			"doctype": "DocType",
			"name": name,
			"module": "Core",
			"custom": 1,
			"fields": fields,
			"permissions": permissions,
			"sort_field": "creation",
			"sort_order": "DESC",
			**values,
		}
	).insert(ignore_permissions=True)
	frappe.db.commit()
	return name


def remove_doctype(name: str) -> None:
	"""Remove a throw-away DocType with its table."""
	if frappe.db.exists("DocType", name):
		frappe.delete_doc("DocType", name, force=True, ignore_permissions=True)
	frappe.db.commit()
	frappe.db.sql_ddl(f"drop table if exists `tab{name}`")
