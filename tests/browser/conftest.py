"""A served site and a real Chromium."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support import bench_command

CHROMIUM = "/usr/bin/chromium"
QUIET = (
	*("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
	*("--disable-component-update", "--disable-sync"),
)


@contextmanager
def served(site: str) -> Iterator[str]:
	"""Serve a site on a free port; its address."""
	with socket.socket() as probe:
		probe.bind(("127.0.0.1", 0))
		port = probe.getsockname()[1]
	command = [sys.executable, "-m", "frappe.utils.bench_helper", "frappe", "--site", site, "serve"]
	server = subprocess.Popen([*command, "--port", str(port), "--noreload"], stdout=subprocess.DEVNULL)
	try:
		deadline = time.monotonic() + 30
		while socket.socket().connect_ex(("127.0.0.1", port)):
			assert server.poll() is None and time.monotonic() < deadline, "the site is not served"
			time.sleep(0.1)
		yield f"http://127.0.0.1:{port}"
	finally:
		server.terminate()
		server.wait()


@pytest.fixture(scope="session")
def address(site: str) -> Iterator[str]:
	"""Where the test site is served while the browser tests run."""
	with served(site) as where:
		yield where


@pytest.fixture(scope="session")
def demo(site: str) -> Iterator[str]:
	"""Where the demo company's site is served, with a day of work on it."""
	bench_command("new-site", "demo.localhost", "--admin-password", "admin", "--db-type", "sqlite")
	bench_command("--site", "demo.localhost", "install-app", "order_ops")
	for step in ("order_ops.demo.load", "order_ops.demo.play_day"):
		bench_command("--site", "demo.localhost", "execute", step)
	with served("demo.localhost") as where:
		yield where


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
	"""Debian's Chromium, headless."""
	playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed here")
	if not shutil.which(CHROMIUM):
		pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
	with playwright.sync_playwright() as driver:
		browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
		yield browser
		browser.close()


class Visit:
	"""A browser window that remembers what went wrong in it and where it asked."""

	def __init__(self, chromium: Any, address: str, **options: Any) -> None:
		import frappe

		frappe.db.commit()  # the server must see what the test wrote, and be able to write
		self.page = chromium.new_context(base_url=address, **options).new_page()
		self.troubles: list[str] = []
		self.strangers: list[str] = []
		self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
		self.page.on("response", lambda answer: self._note(answer.status, answer.url))
		self.page.on("request", lambda request: self._watch(request.url, address))

	def _note(self, status: int, url: str) -> None:
		if status >= 400:
			self.troubles.append(f"{status} {url}")

	def _watch(self, url: str, address: str) -> None:
		if not url.startswith((address, "data:", "blob:")):
			self.strangers.append(url)

	def login(self, user: str, password: str) -> Any:
		"""Sign in through the login page as a person does."""
		self.page.goto("/login")
		self.page.fill("input[name=usr], #login_email", user)
		self.page.fill("input[name=pwd], #login_password", password)
		self.page.keyboard.press("Enter")
		self.page.wait_for_url(lambda url: "/login" not in url)
		return self.page


@pytest.fixture
def visit(chromium: Any, address: str) -> Iterator[Any]:
	"""Open a window: visit(), or visit(viewport={"width": 390, "height": 844}, locale="zh-CN")."""
	visits = []

	def open_window(**options: Any) -> Visit:
		visits.append(Visit(chromium, address, **options))
		return visits[-1]

	yield open_window
	for window in visits:
		window.page.context.close()
