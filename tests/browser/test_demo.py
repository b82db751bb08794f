"""The demo company's pages in both languages, on a large screen and on a phone."""

import csv
from collections.abc import Iterator
from typing import Any

import pytest

from conftest import ROOT
from order_ops.demo.company import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.embedded_only]
LARGE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LOCALES = {"zh": "zh-CN", "en": "en-US"}
FITS = "document.documentElement.scrollWidth <= window.innerWidth + 1"
NAMES = {"Administrator", "Order Ops"}  # of a user and of the product
DESK = (
	"/app/order-ops",
	"/app/order-policy",
	"/app/ops-sales-order",
	"/app/ops-delivery-note",
	"/app/ops-customer/new",
	"/ops/board",
)


def english() -> set[str]:
	"""The texts that read otherwise in Chinese."""
	files = (ROOT / app / "translations" / "zh.csv" for app in ("order_ops", "embedded/frappe"))
	rows = [row for file in files for row in csv.reader(file.read_text(encoding="utf-8").splitlines()) if row]
	return {row[0] for row in rows} - {row[1] for row in rows} - NAMES


class Reader:
	"""A window on the demo site that lists what is wrong with the pages it opens."""

	def __init__(self, chromium: Any, address: str, language: str) -> None:
		self.address, self.language = address, language
		self.context = chromium.new_context(base_url=address, locale=LOCALES[language])
		self.page = self.context.new_page()
		self.wrong: list[str] = []
		self.english = english()
		self.page.on("console", self._hear)
		self.page.on("pageerror", lambda error: self._note(f"error: {error}"))
		self.page.on("request", self._watch)

	def _note(self, what: str) -> None:
		self.wrong.append(f"{self.page.url}: {what}")

	def _hear(self, message: Any) -> None:
		if message.type == "error":
			self._note(message.text)

	def _watch(self, request: Any) -> None:
		if not request.url.startswith((self.address, "data:", "blob:")):
			self._note(f"asks {request.url}")

	def login(self, user: str, password: str) -> None:
		answer = self.context.request.post("/api/method/login", form={"usr": user, "pwd": password})
		assert answer.ok

	def read(self, path: str) -> str:
		"""Open a page on a large screen, then narrow the window; its text."""
		self.page.set_viewport_size(LARGE)
		answer = self.page.goto(f"{path}?_lang={self.language}", wait_until="networkidle")
		if answer.status != 200:
			self._note(f"status {answer.status}")
		text = self.page.inner_text("body")
		lines = {line.strip() for part in text.split("\n") for line in part.split("\t")}
		if self.language == "zh" and lines & self.english:
			self._note(f"English: {sorted(lines & self.english)}")
		self.page.set_viewport_size(PHONE)
		for _wait in range(20):  # charts take a moment to follow
			if self.page.evaluate(FITS):
				break
			self.page.wait_for_timeout(100)
		else:
			self._note("scrolls sideways")
		return text


@pytest.fixture(params=LOCALES)
def reader(request: pytest.FixtureRequest, chromium: Any, demo: str) -> Iterator[Reader]:
	"""Somebody who reads Chinese, somebody who reads English."""
	window = Reader(chromium, demo, request.param)
	yield window
	window.context.close()


def test_the_login_page(reader: Reader) -> None:
	reader.read("/login")
	assert not reader.wrong, "\n".join(reader.wrong)


def test_the_desk_and_the_board(reader: Reader) -> None:
	reader.login("manager@demo.example", PASSWORD)
	for path in DESK:
		reader.read(path)
	reader.page.goto("/app/ops-sales-order", wait_until="networkidle")
	form = reader.page.locator("a[href*='/app/ops-sales-order/SO-']").first.get_attribute("href")
	reader.read(form)
	assert not reader.wrong, "\n".join(reader.wrong)


def test_each_business_unit_works_under_its_own_regulation(reader: Reader) -> None:
	reader.login("manager@demo.example", PASSWORD)
	text = reader.read("/ops/board")
	for rule in ("G4-3.6.1b", "G4-3.6.2b", "E-4.13c"):  # send waves, what was unsent at close; parts' waves
		assert rule in text
	assert "待市场部答复" in text and "发廊来电改数量" in text  # the hold's reason; the clerk's explanation
	assert not reader.wrong, "\n".join(reader.wrong)


@pytest.mark.parametrize("who", ["clerk", "desk", "reviewer", "sales", "head"])
def test_the_people_of_the_salons_unit_see_only_theirs(reader: Reader, who: str) -> None:
	reader.login(f"salon.{who}@demo.example", PASSWORD)
	text = reader.read("/ops/board")
	assert "G4-4.2a" in text and "E-4.13" not in text
	for path in ("/app/order-ops", "/app/ops-hold", "/app/ops-clock"):
		reader.read(path)
	assert not reader.wrong, "\n".join(reader.wrong)


def test_the_customers_pages(reader: Reader) -> None:
	reader.login("customer@demo.example", PASSWORD)
	assert "SO-" in reader.read("/orders")
	order = reader.page.locator("a.oo-order").first.get_attribute("href")
	text = reader.read(order)
	assert ("已收到您的订单" if reader.language == "zh" else "Order received") in text
	assert not reader.wrong, "\n".join(reader.wrong)


def test_a_customer_writes_on_a_phone(reader: Reader) -> None:  # G7-7.2
	reader.login("customer@demo.example", PASSWORD)
	reader.read("/orders")
	reader.read(reader.page.locator("a.oo-order").first.get_attribute("href"))
	words = f"{{{{ 7 * 7 }}}} {reader.language} " + "long" * 30
	reader.page.fill("#oo-say textarea", words)
	with reader.page.expect_navigation(wait_until="networkidle"):
		reader.page.click("#oo-say button")
	assert reader.page.locator(".oo-thread .oo-said").last.inner_text() == words
	assert reader.page.evaluate(FITS)
	assert not reader.wrong, "\n".join(reader.wrong)
