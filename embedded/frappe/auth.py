"""Who is asking: sign-in, sessions by cookie, API keys, and the brake on guessing."""

import base64
import binascii
import hmac
from typing import Any
from urllib.parse import quote, unquote

from werkzeug.wrappers import Request, Response

import frappe
from frappe import _
from frappe.sessions import Session, delete_session, get_expiry_in_seconds
from frappe.utils import cint
from frappe.utils.password import check_password, get_decrypted_password

LOGIN_PATHS = ("/api/method/login", "/api/v1/method/login", "/api/v2/method/login")
UNSAFE_HTTP_METHODS = ("POST", "PUT", "DELETE", "PATCH")
COOKIES = ("sid", "system_user", "full_name", "user_id")


def take_up(request: Request) -> None:
	"""Set address, session, language and user of a request, and refuse one that another site made us send."""
	local = frappe.local
	local.request_ip = request.remote_addr or "127.0.0.1"
	if forwarded := request.headers.get("X-Forwarded-For"):
		if local.request_ip in ("127.0.0.1", "::1"):  # only a proxy on this machine is believed
			local.request_ip = forwarded.rsplit(",", 1)[-1].strip()
	local.cookies = {}
	if request.method == "POST" and (request.path in LOGIN_PATHS or frappe.form_dict.cmd == "login"):
		local.lang = get_request_language()
		sign_in(frappe.form_dict.usr, frappe.form_dict.pwd)
	else:
		begin(Session())
	local.lang = get_request_language()
	validate_csrf_token(request)
	validate_auth()


def validate_csrf_token(request: Request) -> None:
	"""A writing request of a cookie session proves that it comes from our own page."""
	expected = frappe.session.data.csrf_token
	if not expected or request.method not in UNSAFE_HTTP_METHODS or request.path in LOGIN_PATHS:
		return
	given = request.headers.get("X-Frappe-CSRF-Token") or frappe.form_dict.pop("csrf_token", "")
	if not hmac.compare_digest(str(given).encode(), expected.encode()):
		frappe.throw(_("Invalid Request"), frappe.CSRFTokenError)


# signing in and out


def sign_in(usr: Any, pwd: Any) -> None:
	"""Begin a session with a password; the answer to a wrong one does not tell whether the user exists."""
	if not (isinstance(usr, str) and isinstance(pwd, str) and usr and pwd):
		_fail(_("Incomplete login details"), usr)
	found = frappe.db.get_value("User", usr, "name")
	limit = cint(frappe.get_system_settings("allow_consecutive_login_attempts")) or 5
	pause = cint(frappe.get_system_settings("allow_login_after_fail")) or 60
	# what the database takes for the same name is counted as the same name
	counters = [f"login_attempts|{key}" for key in (found or usr.lower(), frappe.local.request_ip)]
	if any(cint(frappe.cache.get_value(key)) > limit for key in counters):
		message = _("Your account has been locked and will resume after {0} seconds")
		frappe.throw(message.format(pause), frappe.SecurityException)
	try:  # an unknown name takes as long as a known one
		user = check_password(found or "Guest", pwd)
	except frappe.AuthenticationError:
		for key in counters:  # each failure starts the waiting time anew
			frappe.cache.set_value(key, cint(frappe.cache.get_value(key)) + 1, expires_in_sec=pause)
		_fail(_("Invalid login credentials"), usr)
	if not frappe.db.get_value("User", user, "enabled"):
		_fail(_("User disabled or missing"), usr)
	for key in counters:
		frappe.cache.delete_value(key)
	_welcome(user)


def _fail(message: str, user: Any) -> None:
	"""Refuse, and remember that somebody tried."""
	frappe.local.response["message"] = message
	_record(message, str(user or "")[:140], "Failed")
	frappe.db.commit()
	raise frappe.AuthenticationError


def _welcome(user: str) -> None:
	"""Start the session and say where to go from here."""
	from frappe.website.utils import get_home_page

	begin(Session(user))
	name, desk = frappe.session.data.full_name, frappe.session.data.user_type == "System User"
	_record(_("{0} logged in").format(name), user, "Success")
	home_page = "/app" if desk else "/" + get_home_page()
	message = "Logged In" if desk else "No App"
	frappe.local.response.update(message=message, home_page=home_page, full_name=name)


def _record(subject: str, user: str, status: str) -> None:
	"""Write who came or was refused into the Activity Log."""
	log = {"user": user, "status": status, "subject": subject, "operation": "Login"}
	log = frappe.get_doc(doctype="Activity Log", ip_address=frappe.local.request_ip, **log)
	log.insert(ignore_permissions=True, ignore_links=True)


def begin(session: Session) -> None:
	"""Go on in this session, and let the browser know it."""
	frappe.local.session_obj, data = session, session.data
	become(data.user)
	frappe.local.session = data
	if data.sid != "Guest" or "sid" in frappe.local.request.cookies:
		set_cookie("sid", data.sid, max_age=get_expiry_in_seconds(), httponly=True)
	set_cookie("system_user", "yes" if data.data.user_type == "System User" else "no")
	set_cookie("full_name", data.data.full_name or data.user)
	set_cookie("user_id", data.user)


def logout() -> None:
	"""End this session."""
	delete_session(frappe.session.sid)
	begin(Session("Guest"))
	frappe.local.cookies = dict.fromkeys(COOKIES)


def become(user: str) -> None:
	"""Go on as this user with the same form."""
	form_dict = frappe.local.form_dict
	frappe.set_user(user)
	frappe.local.form_dict = form_dict


@frappe.whitelist()
def get_logged_user() -> str:
	"""The name of the user of this session."""
	return frappe.session.user


def get_request_language() -> str:
	"""`_lang` of the request, the user's own, the cookie's, the browser's, else the site's language."""
	request = frappe.local.request
	wanted = [frappe.form_dict.get("_lang"), unquote(request.cookies.get("preferred_language", ""))]
	if frappe.session.user not in (None, "Guest"):
		wanted.insert(1, frappe.db.get_value("User", frappe.session.user, "language"))
	for code in filter(None, (*wanted, *request.accept_languages.values())):
		for candidate in (str(code), str(code).replace("_", "-").split("-")[0].lower()):
			if frappe.db.get_value("Language", candidate, "enabled", cache=True):
				return candidate
	return frappe.get_system_settings("language") or "en"


# cookies


def set_cookie(key: str, value: str, **options: Any) -> None:
	"""Send a cookie with the response; `options` are those of werkzeug's `set_cookie`."""
	secure = frappe.local.request.scheme == "https"
	options = {"value": quote(str(value or "")), "samesite": "Lax", "secure": secure, **options}
	frappe.local.cookies[key] = options


def flush_cookies(response: Response) -> None:
	"""Write the cookies into the response; those without a value are dropped by the browser."""
	for key, options in (getattr(frappe.local, "cookies", None) or {}).items():
		response.set_cookie(key, **options) if options else response.delete_cookie(key)


# API keys


def validate_auth() -> None:
	"""Honour `Authorization: token key:secret` or `Basic …`; a header that proves nothing is refused."""
	scheme, _sep, value = frappe.local.request.headers.get("Authorization", "").partition(" ")
	if not scheme:
		return
	try:
		value = base64.b64decode(value, validate=True).decode() if scheme.lower() == "basic" else value
	except (binascii.Error, UnicodeDecodeError) as e:
		raise frappe.AuthenticationError from e
	key, separator, secret = value.strip().partition(":")
	if not key or not separator or scheme.lower() not in ("basic", "token"):
		raise frappe.AuthenticationError
	validate_api_key_secret(key, secret)


def validate_api_key_secret(api_key: str, api_secret: str) -> None:
	"""Become the enabled user whose key and secret these are."""
	wanted = {"api_key": api_key, "enabled": 1}
	user = frappe.db.get_value("User", wanted, ["name", "user_type"], as_dict=True)
	expected = user and get_decrypted_password("User", user.name, "api_secret", raise_exception=False)
	if not expected or not hmac.compare_digest(expected.encode(), api_secret.encode()):
		raise frappe.AuthenticationError
	if frappe.session.user == "Guest":
		become(user.name)
		frappe.session.data.user_type = user.user_type
		frappe.local.lang, frappe.local.cookies = get_request_language(), {}
