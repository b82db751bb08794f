"""Pages in a real browser: they come up whole, run without an error, and ask nobody else for anything."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.embedded_only]
PHONE = {"width": 390, "height": 844}
DESK = [
	"/app",
	"/app/ops-sales-order",
	"/app/ops-sales-order/new",
	"/app/ops-policy-profile",
]


@pytest.fixture
def desk(visit):
	"""Administrator's window."""
	window = visit()
	window.login("Administrator", "admin")
	return window


def opened(window, path: str):
	"""The page at this path, loaded to the end, nothing wrong with it."""
	window.page.goto(path, wait_until="networkidle")
	assert not window.troubles
	assert not window.strangers, "a page fetched something from elsewhere"
	return window.page


def fits(page) -> bool:
	"""Nothing sticks out to the side."""
	return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")


@pytest.mark.parametrize("path", DESK)
def test_a_desk_page_comes_up_whole(desk, path):
	page = opened(desk, path)
	assert len(page.inner_text("body").strip()) > 50


@pytest.mark.parametrize("path", ["/ops/board", "/ops/calendar", "/ops/policy", "/orders", "/me"])
def test_a_page_of_the_website_comes_up_whole(desk, path):
	page = opened(desk, path)
	assert page.inner_text("body").strip()


@pytest.mark.parametrize(
	"path", ["/login", "/ops/board", "/ops/calendar", "/ops/policy", "/orders", "/app/ops-sales-order"]
)
def test_a_phone_shows_it_without_scrolling_sideways(visit, path):
	window = visit(viewport=PHONE, locale="zh-CN")
	if path != "/login":
		window.login("Administrator", "admin")
	assert fits(opened(window, path))


def test_a_calendars_form_leads_to_its_year(desk):
	page = opened(desk, "/app/ops-calendar/BU-PARTS")
	page.click("a[href^='/ops/calendar']")
	page.wait_for_load_state("networkidle")
	assert page.input_value(".oc select[name=name]") == "BU-PARTS"
	assert page.locator(".oc-month").count() == 12
	assert page.locator(".oc-work").count() > 280  # six days a week


def test_the_login_page_speaks_the_browsers_language(visit):
	chinese = opened(visit(locale="zh-CN"), "/login")
	english = opened(visit(locale="en-US"), "/login")
	assert "登录" in chinese.inner_text("body")
	assert "登录" not in english.inner_text("body")


def test_a_wrong_password_is_said_on_the_page(visit):
	window = visit()
	window.page.goto("/login")
	window.page.fill("input[name=usr], #login_email", "Administrator")
	window.page.fill("input[name=pwd], #login_password", "not the password")
	window.page.keyboard.press("Enter")
	window.page.wait_for_timeout(1000)
	assert "/login" in window.page.url
	assert window.page.locator("[role=alert]:visible").count()
