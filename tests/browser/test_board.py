"""The order board on a wall, on a desk and on a phone, in both languages; and the bell of the desk."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from order_ops.demo.company import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.embedded_only]
SIZES = {"wall": (1920, 1080), "desk": (1440, 900), "phone": (390, 844)}
FITS = "document.documentElement.scrollWidth <= window.innerWidth + 1"


class Window:
	"""A window of somebody at the demo company that notes what goes wrong in it."""

	def __init__(
		self, chromium: Any, address: str, user: str, locale: str = "en-US", size: str = "desk"
	) -> None:
		width, height = SIZES[size]
		self.context = chromium.new_context(
			base_url=address, locale=locale, viewport={"width": width, "height": height}
		)
		self.page, self.wrong = self.context.new_page(), []
		self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
		self.page.on("console", lambda said: said.type == "error" and self.wrong.append(said.text))
		login = {"usr": user, "pwd": PASSWORD}
		assert self.context.request.post("/api/method/login", form=login).ok

	def open(self, path: str) -> Any:
		assert self.page.goto(path, wait_until="networkidle").status == 200
		return self.page


@pytest.fixture
def window(chromium: Any, demo: str) -> Iterator[Any]:
	"""Opens windows and closes them."""
	opened = []

	def open_window(user: str = "manager@demo.example", **options: str) -> Window:
		opened.append(Window(chromium, demo, user, **options))
		return opened[-1]

	yield open_window
	for one in opened:
		one.context.close()
		assert not one.wrong, one.wrong


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("locale", "words"), [("zh-CN", "订单看板"), ("en-US", "Order Board")])
def test_it_is_read_on_every_screen(window: Any, size: str, locale: str, words: str) -> None:
	page = window(size=size, locale=locale).open(f"/ops/board?_lang={locale[:2]}")
	assert words in page.inner_text("h1")
	assert page.evaluate(FITS)
	assert page.locator(".ob-profile").count() and page.locator(".ob-wave").count() >= 3
	tops = page.evaluate(
		"[...document.querySelectorAll('.ob-alarm.red, .ob-waves, .ob-lanes')].map((one) => one.getBoundingClientRect().top)"
	)
	assert tops[0] == min(tops), "breaches stand first"
	small = page.evaluate(
		"Math.min(...[...document.querySelectorAll('.ob-card, .ob-wave strong')].map((one) => parseFloat(getComputedStyle(one).fontSize)))"
	)
	assert small >= (13 if size == "wall" else 11)


def test_it_is_filtered_by_role_and_leads_to_documents_and_rules(window: Any) -> None:
	page = window().open("/ops/board?role=Warehouse+Keeper")
	assert len(set(page.locator(".ob-lane .ob-owner").all_inner_texts())) == 1
	with page.expect_navigation(url="**role=BU+Finance*", wait_until="networkidle"):
		page.select_option("select[name=role]", "BU Finance")
	assert "E-4.15b" not in page.inner_text("#ob-profiles")
	page.goto("/ops/board", wait_until="networkidle")
	rule = page.locator("a.ob-rule").first
	expected = rule.inner_text()
	with page.expect_navigation(wait_until="networkidle"):
		rule.click()
	assert "/ops-rule/" in page.url and expected in page.inner_text("body")


def test_it_reloads_by_itself_and_says_when_it_cannot(window: Any) -> None:
	one = window()
	one.page.clock.install()
	page = one.open("/ops/board?unit=GONGQI")
	with page.expect_response(lambda answer: "board.state?unit=GONGQI" in answer.url) as answer:
		page.clock.run_for(30_000)
	assert answer.value.status == 200
	assert page.locator("#ob-stale").is_hidden()
	page.route(re.compile(r"board\.state"), lambda route: route.abort())
	page.clock.run_for(30_000)
	page.wait_for_selector("#ob-stale:not([hidden])")
	one.wrong.clear()  # the request that was cut off


def test_the_bell_tells_what_is_new_and_forgets_what_was_read(window: Any) -> None:
	page = window("leader@demo.example").open("/app")
	unread = int(page.inner_text(".bell-count"))
	page.click(".bell")
	with page.expect_navigation(wait_until="networkidle"):
		page.locator(".news a[data-read]").first.click()
	assert "/app/" in page.url and int(page.inner_text(".bell-count")) == unread - 1
	page.click(".bell")
	with page.expect_navigation():
		page.click("[data-read-all]")
	assert not page.locator(".bell-count").count()
