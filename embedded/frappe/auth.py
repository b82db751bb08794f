"""Who is asking: sign-in, sessions by cookie, API keys, and the brake on guessing."""

import base64
import binascii
import hmac
from typing import ClassVar
from urllib.parse import quote, unquote

import frappe
from frappe import _
from frappe.sessions import Session, clear_sessions, delete_session
from frappe.utils import cint
from frappe.utils.password import check_password, get_decrypted_password

LOGIN_PATHS = ("/api/method/login", "/api/v1/method/login", "/api/v2/method/login")
UNSAFE_HTTP_METHODS = ("POST", "PUT", "DELETE", "PATCH")
LOOPBACK = (None, "127.0.0.1", "::1")


class HTTPRequest:
	"""Sets address, session, language and CSRF protection of the current request."""

	def __init__(self):
		frappe.local.request_ip = client_ip(frappe.local.request)
		frappe.local.cookie_manager = CookieManager()
		frappe.local.login_manager = LoginManager()
		frappe.local.lang = get_request_language()
		self.validate_csrf_token()

	def validate_csrf_token(self) -> None:
		"""A writing request of a cookie session proves that it comes from our own page."""
		if frappe.local.request.method not in UNSAFE_HTTP_METHODS or frappe.conf.ignore_csrf:
			return
		expected = frappe.local.session.data.csrf_token
		if not expected or frappe.local.request.path in LOGIN_PATHS:
			return
		given = frappe.get_request_header("X-Frappe-CSRF-Token") or frappe.form_dict.pop("csrf_token", None)
		if not hmac.compare_digest(str(given or "").encode(), expected.encode()):
			frappe.throw(_("Invalid Request"), frappe.CSRFTokenError)


def client_ip(request) -> str:
	"""The caller's address; only a proxy on this machine is believed about it."""
	forwarded = request.headers.get("X-Forwarded-For")
	if forwarded and request.remote_addr in LOOPBACK:
		return forwarded.rsplit(",", 1)[-1].strip()
	return request.remote_addr or "127.0.0.1"


class LoginManager:
	"""Signs users in and out, or takes up the session that the cookie names."""

	def __init__(self):
		self.user = self.full_name = self.user_type = None
		request = frappe.local.request
		if request.method == "POST" and (request.path in LOGIN_PATHS or frappe.form_dict.cmd == "login"):
			self.login()
		else:
			self.make_session(resume=True)

	def login(self) -> None:
		"""Sign in with `usr` and `pwd` of the form."""
		user, pwd = frappe.form_dict.get("usr"), frappe.form_dict.get("pwd")
		self.authenticate(user=user, pwd=pwd)
		self.post_login()

	def login_as(self, user: str) -> None:
		"""Sign in as a user whose identity was proved in another way."""
		self.user = user
		self.post_login()

	def authenticate(self, user: str | None = None, pwd: str | None = None) -> None:
		"""Check a password; the answer to a wrong one does not tell whether the user exists."""
		if not (isinstance(user, str) and isinstance(pwd, str) and user and pwd):
			self.fail(_("Incomplete login details"), user)
		trackers = [
			get_login_attempt_tracker(user.lower()),
			get_login_attempt_tracker(frappe.local.request_ip),
		]
		for tracker in trackers:
			if not tracker.is_user_allowed():
				seconds = tracker.lock_interval
				message = _("Your account has been locked and will resume after {0} seconds").format(seconds)
				frappe.throw(message, frappe.SecurityException)
		found = self.find_user(user)
		try:
			# a name that does not exist takes as long as one that does
			self.user = check_password(found or "Guest", pwd)
		except frappe.AuthenticationError:
			found = None
		if not found or found == "Guest":
			for tracker in trackers:
				tracker.add_failure_attempt()
			self.fail(_("Invalid login credentials"), user)
		if found != "Administrator" and not frappe.db.get_value("User", found, "enabled"):
			self.fail(_("User disabled or missing"), user)
		for tracker in trackers:
			tracker.add_success_attempt()

	@staticmethod
	def find_user(user: str) -> str | None:
		"""The User behind what was typed: the e-mail address, or the mobile number where that is allowed."""
		if name := frappe.db.get_value("User", user, "name"):
			return name
		if cint(frappe.db.get_single_value("System Settings", "allow_login_using_mobile_number")):
			return frappe.db.get_value("User", {"mobile_no": user}, "name")
		return None

	def fail(self, message: str, user: str | None = None) -> None:
		"""Refuse, and remember that somebody tried."""
		frappe.local.response["message"] = message
		add_authentication_log(message, str(user or "")[:140], status="Failed")
		frappe.db.commit()
		raise frappe.AuthenticationError

	def post_login(self) -> None:
		"""Start the session and say where to go from here."""
		self.run_trigger("on_login")
		if cint(frappe.db.get_single_value("System Settings", "deny_multiple_sessions")):
			clear_sessions(self.user, force=True)
		self.make_session()
		add_authentication_log(_("{0} logged in").format(self.full_name), self.user, status="Success")
		self.run_trigger("on_session_creation")
		desk = self.user_type == "System User"
		frappe.local.response["message"] = "Logged In" if desk else "No App"
		frappe.local.response["home_page"] = "/app" if desk else self.get_home_page()
		frappe.local.response["full_name"] = self.full_name

	@staticmethod
	def get_home_page() -> str:
		"""The first page of a portal user."""
		from frappe.website.utils import get_home_page

		return "/" + get_home_page()

	def make_session(self, resume: bool = False) -> None:
		"""Take up the session of the cookie, or begin a new one for `self.user`."""
		session = Session(user=self.user, resume=resume)
		frappe.local.session_obj = session
		self.user, self.full_name, self.user_type = session.user, session.full_name, session.user_type
		become(self.user)
		frappe.local.session = session.data
		frappe.local.cookie_manager.init_cookies(self.full_name, self.user_type)

	def logout(self, arg: str = "", user: str | None = None) -> None:
		"""End this session, or all sessions of another user."""
		user = user or frappe.session.user
		self.run_trigger("on_logout")
		if user == frappe.session.user:
			delete_session(frappe.session.sid, user)
			self.clear_cookies()
			self.user = "Guest"
			self.make_session()
		else:
			clear_sessions(user)

	def clear_cookies(self) -> None:
		"""Make the browser forget who it was."""
		clear_cookies()

	def run_trigger(self, event: str = "on_login") -> None:
		"""Call what apps registered for the event."""
		for method in frappe.get_hooks(event):
			frappe.get_attr(method)(login_manager=self)


def become(user: str) -> None:
	"""Go on as this user with the same form."""
	form_dict = frappe.local.form_dict
	frappe.set_user(user)
	frappe.local.form_dict = form_dict


def get_request_language() -> str:
	"""`_lang` of the request, the user's own, the cookie's, the browser's, else the site's language."""
	known = set(frappe.get_all("Language", filters={"enabled": 1}, pluck="name")) or {"en", "zh"}
	request = frappe.local.request
	wanted = [frappe.form_dict.get("_lang")]
	if frappe.session.user not in (None, "Guest"):
		wanted.append(frappe.db.get_value("User", frappe.session.user, "language"))
	wanted.append(unquote(request.cookies.get("preferred_language", "")))
	wanted.extend(request.accept_languages.values())
	for code in wanted:
		if not isinstance(code, str):
			continue
		for candidate in (code, code.replace("_", "-"), code.replace("_", "-").split("-")[0].lower()):
			if candidate in known:
				return candidate
	return frappe.db.get_single_value("System Settings", "language") or "en"


class CookieManager:
	"""Collects the cookies that go out with the response."""

	READABLE: ClassVar = ("system_user", "full_name", "user_id", "user_lang")

	def __init__(self):
		self.cookies: dict[str, dict] = {}
		self.to_delete: list[str] = []

	def init_cookies(self, full_name: str, user_type: str) -> None:
		"""The session's cookie, closed to scripts, and what pages may read about the user."""
		from frappe.sessions import get_expiry_in_seconds

		session = frappe.local.session
		if session.sid != "Guest" or "sid" in frappe.local.request.cookies:
			self.set_cookie("sid", session.sid, max_age=get_expiry_in_seconds(), httponly=True)
		self.set_cookie("system_user", "yes" if user_type == "System User" else "no")
		self.set_cookie("full_name", full_name)
		self.set_cookie("user_id", session.user)

	def set_cookie(
		self, key: str, value: str, expires=None, secure=None, httponly=False, samesite="Lax", max_age=None
	) -> None:
		"""Send a cookie with the response."""
		if secure is None:
			secure = frappe.local.request.scheme == "https"
		self.cookies[key] = {
			"value": value, "expires": expires, "secure": secure, "httponly": httponly,
			"samesite": samesite, "max_age": max_age,
		}  # fmt: skip
		if key in self.to_delete:
			self.to_delete.remove(key)

	def delete_cookie(self, to_delete: str | list[str]) -> None:
		"""Make the browser drop cookies."""
		for key in [to_delete] if isinstance(to_delete, str) else to_delete:
			self.cookies.pop(key, None)
			if key not in self.to_delete:
				self.to_delete.append(key)

	def flush_cookies(self, response) -> None:
		"""Write the collected cookies into the response."""
		for key, options in self.cookies.items():
			response.set_cookie(key, **{**options, "value": quote(str(options["value"] or "").encode())})
		for key in self.to_delete:
			response.delete_cookie(key)


def clear_cookies() -> None:
	"""Drop the session's cookies, if this request has cookies at all."""
	if getattr(frappe.local, "cookie_manager", None):
		frappe.local.cookie_manager.delete_cookie(["sid", *CookieManager.READABLE])


@frappe.whitelist()
def get_logged_user() -> str:
	"""The name of the user of this session."""
	return frappe.session.user


def add_authentication_log(
	subject: str, user: str, operation: str = "Login", status: str = "Success"
) -> None:
	"""Write who came, went or was refused into the Activity Log."""
	log = frappe.get_doc(
		{
			"doctype": "Activity Log",
			"user": user,
			"status": status,
			"subject": subject,
			"operation": operation,
		}
	)
	log.ip_address = frappe.local.request_ip
	log.insert(ignore_permissions=True, ignore_links=True)


class LoginAttemptTracker:
	"""Counts consecutive failures of one name or address; too many lock it for a while."""

	def __init__(self, key: str, max_consecutive_login_attempts: int = 3, lock_interval: int = 300):
		self.key = f"login_attempts|{key}"
		self.max_failed_logins = max_consecutive_login_attempts
		self.lock_interval = lock_interval

	def add_failure_attempt(self) -> None:
		"""Count one more failure; each one starts the waiting time anew."""
		frappe.cache.set_value(self.key, self.login_failed_count + 1, expires_in_sec=self.lock_interval)

	def add_success_attempt(self) -> None:
		"""Forget the failures."""
		frappe.cache.delete_value(self.key)

	@property
	def login_failed_count(self) -> int:
		"""Failures since the last success or the last pause."""
		return cint(frappe.cache.get_value(self.key, expires=True))

	def is_user_allowed(self) -> bool:
		"""May this name or address try again?"""
		return self.login_failed_count <= self.max_failed_logins


def get_login_attempt_tracker(key: str) -> LoginAttemptTracker:
	"""The tracker of a name or address with the limits of System Settings."""
	settings = frappe.get_cached_doc("System Settings")
	limit = cint(settings.allow_consecutive_login_attempts) or 5
	return LoginAttemptTracker(key, limit, cint(settings.allow_login_after_fail) or 60)


def validate_auth() -> None:
	"""Honour `Authorization: token key:secret` or `Basic …`; a header that proves nothing is refused."""
	scheme, _sep, value = frappe.get_request_header("Authorization", "").partition(" ")
	if not scheme:
		return
	try:
		if scheme.lower() == "basic":
			value = base64.b64decode(value, validate=True).decode()
		if scheme.lower() in ("basic", "token"):
			key, separator, secret = value.strip().partition(":")
			if separator:
				validate_api_key_secret(key, secret)
	except (binascii.Error, UnicodeDecodeError) as e:
		raise frappe.AuthenticationError from e
	for method in frappe.get_hooks("auth_hooks"):
		frappe.get_attr(method)()
	if frappe.session.user in ("", "Guest"):
		raise frappe.AuthenticationError


def validate_api_key_secret(api_key: str, api_secret: str) -> None:
	"""Become the enabled user whose key and secret these are."""
	user = api_key and frappe.db.get_value("User", {"api_key": api_key, "enabled": 1}, "name")
	expected = user and get_decrypted_password("User", user, "api_secret", raise_exception=False)
	if not expected or not hmac.compare_digest(expected.encode(), api_secret.encode()):
		raise frappe.AuthenticationError
	if frappe.session.user == "Guest":
		become(user)
		frappe.local.lang = get_request_language()
		frappe.local.cookie_manager = CookieManager()
