"""frappe.utils and the small functions of frappe itself."""

import threading
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from freezegun import freeze_time

import frappe
from frappe.utils import (
	add_days,
	add_months,
	add_to_date,
	cint,
	cstr,
	escape_html,
	flt,
	fmt_money,
	format_datetime,
	format_time,
	formatdate,
	get_datetime,
	get_files_path,
	get_time,
	get_url,
	get_url_to_form,
	getdate,
	now,
	now_datetime,
	nowdate,
	pretty_date,
	rounded,
	sanitize_html,
	strip_html,
	today,
	validate_email_address,
	validate_phone_number,
)
from frappe.utils.formatters import format_value
from frappe.utils.password import check_password, decrypt, encrypt, get_decrypted_password, update_password
from frappe.utils.synchronization import filelock

DAY, MOMENT = date(2024, 1, 31), datetime(2024, 1, 31, 5)


def test_values() -> None:
	pairs = [
		(cint("12.7"), 12), (cint("x"), 0), (cint(None), 0), (cint(True), 1), (cint(" 5 "), 5),
		(flt("1,234.5"), 1234.5), (flt("x"), 0.0), (flt(None), 0.0), (flt("12.345", 2), 12.34), (flt(2.675, 2), 2.68),
		(flt(0.125, 2), 0.12), (flt(-2.5, 0), -2.0), (flt(0.1 + 0.2, 2), 0.3), (flt(100.49999999999999, 0), 100.0),
		(rounded(2.5), 2), (rounded(3.5), 4), (rounded(1.45, 1), 1.4), (rounded(1234.5678, -2), 1200),
		(flt(0.125, 2, "Commercial Rounding"), 0.13), (flt(-1.005, 2, "Commercial Rounding"), -1.01),
		(cstr(None), ""), (cstr(5), "5"), (cstr(b"a"), "a"),
		(getdate("2024-01-05"), date(2024, 1, 5)), (getdate(MOMENT), DAY), (getdate("2024-01-05 10:00:00"), date(2024, 1, 5)),
		(get_datetime("2024-01-05"), datetime(2024, 1, 5)), (get_datetime("2024-01-05T10:00:00"), datetime(2024, 1, 5, 10)),
		(get_datetime(DAY), datetime(2024, 1, 31)),
		(get_time("9:5:3"), time(9, 5, 3)), (get_time(timedelta(hours=3)), time(3)), (get_time(MOMENT), time(5)),

		(add_days("2024-01-31", 1), "2024-02-01"), (add_days(DAY, -1), date(2024, 1, 30)), (add_days(MOMENT, 1), datetime(2024, 2, 1, 5)),
		(add_months("2024-01-31", 1), "2024-02-29"), (add_months(DAY, 1), date(2024, 2, 29)),
		(add_to_date("2024-01-01", hours=5), "2024-01-01 05:00:00.000000"), (add_to_date(DAY, days=1, as_string=True), "2024-02-01"),
		(add_to_date(MOMENT, minutes=90), datetime(2024, 1, 31, 6, 30)),
		(frappe.scrub("Sales Order-x"), "sales_order_x"),
		(escape_html("<a href='x'>&\"</a>"), "&lt;a href=&apos;x&apos;&gt;&amp;&quot;&lt;/a&gt;"), (strip_html("<b>x</b> y"), "x y"),
		(sanitize_html("a < b"), "a < b"), (sanitize_html("<a href='javascript:x'>k</a>"), "<a>k</a>"),
		(sanitize_html('x <img src=x onerror="alert(1)"> y'), 'x <img src="x"> y'), (sanitize_html("plain & simple"), "plain & simple"),
		(validate_email_address("A <a@b.co>"), "a@b.co"), (validate_email_address("a@b.co, c@d.ef"), "a@b.co, c@d.ef"),
		(validate_email_address("a@b"), ""), (validate_phone_number("+86 138-0000"), True), (validate_phone_number("abc"), False),
	]  # fmt: skip
	assert [pair for pair in pairs if pair[0] != pair[1]] == []
	assert [
		type(pair[0])
		for pair in pairs
		if isinstance(pair[1], str | date) and type(pair[0]) is not type(pair[1])
	] == []


def test_what_people_read() -> None:
	assert [fmt_money(v) for v in (1234567.891, -1234.5, None, "12.345")] == [
		"1,234,567.89",
		"-1,234.50",
		"0.00",
		"12.34",
	]
	assert fmt_money(1234.5, precision=0) == "1,234" and fmt_money(-0.001) == "0.00"
	assert (
		formatdate("2024-02-03") == "2024-02-03"
		and formatdate("2024-02-03", "dd.MM.yyyy") == "03.02.2024"
		and formatdate(None) == ""
	)
	assert (
		format_datetime("2024-02-03 14:05:06") == "2024-02-03 14:05:06"
		and format_datetime("2024-02-03 14:05:06", "HH:mm") == "14:05"
	)
	assert format_time(timedelta(hours=3, minutes=4)) == "03:04:00"
	assert [format_value(v, {"fieldtype": "Float"}) for v in (12, 12.5, 0.12345, 1234.5)] == [
		"12",
		"12.50",
		"0.123",
		"1,234.50",
	]
	assert (
		format_value("2024-01-02", {"fieldtype": "Date"}) == "2024-01-02"
		and format_value(12.5, {"fieldtype": "Percent"}) == "12.5%"
	)
	assert (
		format_value("a\nb", {"fieldtype": "Small Text"}) == "a<br>b"
		and format_value(None, {"fieldtype": "Data"}) == ""
	)
	assert pretty_date(add_to_date(now_datetime(), hours=-5)) == "5 hours ago"
	assert get_url("/x").endswith("/x") and get_url_to_form("Sales Order", "SO 1").endswith(
		"/sales-order/SO%201"
	)


def test_now_is_the_sites_time_and_can_be_stopped() -> None:
	with freeze_time("2024-06-30 16:30:00"):
		assert now_datetime() == datetime(2024, 7, 1, 0, 30)
		assert (nowdate(), today(), getdate()) == ("2024-07-01", "2024-07-01", date(2024, 7, 1))
		assert now() == "2024-07-01 00:30:00.000000"


@pytest.mark.parametrize(
	("wrong", "error"),
	[
		(lambda: getdate("nonsense"), frappe.ValidationError),
		(lambda: validate_email_address("bad", throw=True), frappe.InvalidEmailAddressError),
		(lambda: validate_phone_number("x", throw=True), frappe.InvalidPhoneNumberError),
		(lambda: frappe.throw("no"), frappe.ValidationError),
		(lambda: frappe.throw("no", frappe.PermissionError), frappe.PermissionError),
		(lambda: frappe.safe_eval("().__class__"), SyntaxError),
		(lambda: frappe.safe_eval("open('/etc/passwd')"), NameError),
	],
)  # fmt: skip
def test_refusals(wrong: Any, error: type[Exception]) -> None:
	with pytest.raises(error):
		wrong()


def test_a_refusal_is_a_message_as_well() -> None:
	frappe.clear_messages()
	with pytest.raises(frappe.ValidationError, match=r"Not {today}"):
		frappe.throw("Not {today}", title="Closed")
	(message,) = frappe.get_message_log()
	assert (message["message"], message["title"], message["indicator"]) == ("Not {today}", "Closed", "red")


def test_json_both_ways() -> None:
	assert (
		frappe.parse_json('{"a": 1}').a == 1
		and frappe.parse_json("[1]") == [1]
		and frappe.parse_json(None) is None
	)
	text = frappe.as_json({"b": 1, "a": MOMENT, "d": timedelta(hours=3), "f": (1, 2)}, indent=None)
	assert text == '{"a": "2024-01-31 05:00:00","b": 1,"d": "3:00:00","f": [1,2]}'
	row = frappe._dict(a=1)
	row.b = 2
	assert row == {"a": 1, "b": 2} and row.nothing is None


def test_expressions() -> None:
	assert frappe.safe_eval("doc.a > 1 and 'x' in doc.b", None, {"doc": frappe._dict(a=2, b=["x"])}) is True


def test_random_texts_differ() -> None:
	assert len(frappe.generate_hash(length=10)) == 10
	assert frappe.generate_hash() != frappe.generate_hash()


def test_paths() -> None:
	assert get_files_path("x.pdf", is_private=1).endswith("private/files/x.pdf")
	assert frappe.get_site_path("locks").endswith("/locks") and frappe.get_app_path(
		"frappe", "hooks.py"
	).endswith("frappe/hooks.py")
	assert "frappe" in frappe.get_installed_apps() and "frappe" in frappe.get_hooks("app_name")
	assert frappe.get_hooks("ops_test_nothing") == [] and frappe.get_hooks("ops_test_nothing", {}) == {}


def test_passwords() -> None:
	before = frappe.db.sql("select password from `__Auth` where name = 'Guest' and fieldname = 'password'")
	assert not before
	update_password("Guest", "s3cret")
	assert check_password("Guest", "s3cret") == "Guest"
	stored = frappe.db.sql("select password from `__Auth` where name = 'Guest' and fieldname = 'password'")
	assert "s3cret" not in stored[0][0]
	for user, pwd in (("Guest", "wrong"), ("nobody", "s3cret")):
		with pytest.raises(frappe.AuthenticationError):
			check_password(user, pwd)
	assert decrypt(encrypt("密码")) == "密码" and encrypt("x") != "x"
	assert get_decrypted_password("User", "Guest", "ops_test", raise_exception=False) is None


def test_a_lock_lets_one_in_at_a_time() -> None:
	seen: list[str] = []
	with filelock("ops_test", timeout=1):
		path = frappe.get_site_path("locks")

		def other() -> None:
			frappe.init(site, sites_path=sites_path)
			try:
				with filelock("ops_test", timeout=1):
					seen.append("in")
			except Exception as error:
				seen.append(type(error).__name__)
			finally:
				frappe.destroy()

		site, sites_path = frappe.local.site, frappe.local.sites_path
		thread = threading.Thread(target=other)
		thread.start()
		thread.join()
	assert path and seen == ["LockTimeoutError"]
