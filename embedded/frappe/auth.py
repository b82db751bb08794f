"""Who is asking: sign-in, sessions by cookie, API keys, and the brake on guessing."""

import base64
import binascii
import hmac
from urllib.parse import quote, unquote

import frappe
from frappe import _
from frappe.sessions import Session, clear_sessions, delete_session, get_expiry_in_seconds
from frappe.utils import cint
from frappe.utils.password import check_password, get_decrypted_password

LOGIN_PATHS = ("/api/method/login", "/api/v1/method/login", "/api/v2/method/login")
UNSAFE_HTTP_METHODS = ("POST", "PUT", "DELETE", "PATCH")
COOKIES = ("sid", "system_user", "full_name", "user_id")


class HTTPRequest:
	"""Sets address, session, language and CSRF protection of the current request."""

	def __init__(self):
		request = frappe.local.request
		frappe.local.request_ip = request.remote_addr or "127.0.0.1"
		if forwarded := request.headers.get("X-Forwarded-For"):
			if frappe.local.request_ip in ("127.0.0.1", "::1"):  # only a proxy on this machine is believed
				frappe.local.request_ip = forwarded.rsplit(",", 1)[-1].strip()
		frappe.local.cookie_manager = CookieManager()
		frappe.local.login_manager = LoginManager()
		frappe.local.lang = get_request_language()
		self.validate_csrf_token()

	def validate_csrf_token(self) -> None:
		"""A writing request of a cookie session proves that it comes from our own page."""
		request, expected = frappe.local.request, frappe.session.data.csrf_token
		if not expected or request.method not in UNSAFE_HTTP_METHODS or request.path in LOGIN_PATHS:
			return
		given = frappe.get_request_header("X-Frappe-CSRF-Token") or frappe.form_dict.pop("csrf_token", "")
		if not frappe.conf.ignore_csrf and not hmac.compare_digest(str(given).encode(), expected.encode()):
			frappe.throw(_("Invalid Request"), frappe.CSRFTokenError)


class LoginManager:
	"""Signs users in and out, or takes up the session that the cookie names."""

	def __init__(self):
		self.user = self.full_name = self.user_type = None
		request = frappe.local.request
		if request.method == "POST" and (request.path in LOGIN_PATHS or frappe.form_dict.cmd == "login"):
			frappe.local.lang = get_request_language()
			self.authenticate(frappe.form_dict.usr, frappe.form_dict.pwd)
			self.post_login()
		else:
			self.make_session(resume=True)

	def login_as(self, user: str) -> None:
		"""Sign in as a user whose identity was proved in another way."""
		self.user = user
		self.post_login()

	def authenticate(self, user: str | None = None, pwd: str | None = None) -> None:
		"""Check a password; the answer to a wrong one does not tell whether the user exists."""
		if not (isinstance(user, str) and isinstance(pwd, str) and user and pwd):
			self.fail(_("Incomplete login details"), user)
		found = frappe.db.get_value("User", user, "name")
		if not found and cint(frappe.get_system_settings("allow_login_using_mobile_number")):
			found = frappe.db.get_value("User", {"mobile_no": user}, "name")
		# what the database takes for the same name is counted as the same name
		trackers = [
			get_login_attempt_tracker(key) for key in (found or user.lower(), frappe.local.request_ip)
		]
		for tracker in trackers:
			if not tracker.is_user_allowed():
				message = _("Your account has been locked and will resume after {0} seconds")
				frappe.throw(message.format(tracker.lock_interval), frappe.SecurityException)
		try:  # an unknown name takes as long as a known one
			self.user = check_password(found or "Guest", pwd)
		except frappe.AuthenticationError:
			for tracker in trackers:
				tracker.add_failure_attempt()
			self.fail(_("Invalid login credentials"), user)
		if not frappe.db.get_value("User", self.user, "enabled"):
			self.fail(_("User disabled or missing"), user)
		for tracker in trackers:
			tracker.add_success_attempt()

	def fail(self, message: str, user: str | None = None) -> None:
		"""Refuse, and remember that somebody tried."""
		frappe.local.response["message"] = message
		add_authentication_log(message, str(user or "")[:140], status="Failed")
		frappe.db.commit()
		raise frappe.AuthenticationError

	def post_login(self) -> None:
		"""Start the session and say where to go from here."""
		from frappe.website.utils import get_home_page

		self.run_trigger("on_login")
		self.make_session()
		add_authentication_log(_("{0} logged in").format(self.full_name), self.user)
		self.run_trigger("on_session_creation")
		desk = self.user_type == "System User"
		frappe.local.response.message = "Logged In" if desk else "No App"
		frappe.local.response.home_page = "/app" if desk else "/" + get_home_page()
		frappe.local.response.full_name = self.full_name

	def make_session(self, resume: bool = False) -> None:
		"""Take up the session of the cookie, or begin a new one for `self.user`."""
		session = frappe.local.session_obj = Session(user=self.user, resume=resume)
		self.user, self.full_name, self.user_type = session.user, session.full_name, session.user_type
		become(self.user)
		frappe.local.session = session.data
		cookies = frappe.local.cookie_manager
		if session.data.sid != "Guest" or "sid" in frappe.local.request.cookies:
			cookies.set_cookie("sid", session.data.sid, max_age=get_expiry_in_seconds(), httponly=True)
		cookies.set_cookie("system_user", "yes" if self.user_type == "System User" else "no")
		cookies.set_cookie("full_name", self.full_name)
		cookies.set_cookie("user_id", self.user)

	def logout(self, arg: str = "", user: str | None = None) -> None:
		"""End this session, or all sessions of another user."""
		if user and user != frappe.session.user:
			return clear_sessions(user)
		self.run_trigger("on_logout")
		delete_session(frappe.session.sid)
		self.user = None
		self.make_session()
		frappe.local.cookie_manager.delete_cookie(COOKIES)

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
	request = frappe.local.request
	wanted = [frappe.form_dict.get("_lang"), unquote(request.cookies.get("preferred_language", ""))]
	if frappe.session.user not in (None, "Guest"):
		wanted.insert(1, frappe.db.get_value("User", frappe.session.user, "language"))
	for code in filter(None, (*wanted, *request.accept_languages.values())):
		for candidate in (str(code), str(code).replace("_", "-").split("-")[0].lower()):
			if frappe.db.get_value("Language", candidate, "enabled", cache=True):
				return candidate
	return frappe.get_system_settings("language") or "en"


class CookieManager:
	"""Collects the cookies that go out with the response."""

	def __init__(self):
		self.cookies: dict[str, dict] = {}
		self.to_delete: set[str] = set()

	def set_cookie(self, key: str, value: str, **options) -> None:
		"""Send a cookie with the response; `options` are those of werkzeug's `set_cookie`."""
		secure = frappe.local.request.scheme == "https"
		self.cookies[key] = {"value": quote(str(value or "")), "samesite": "Lax", "secure": secure, **options}
		self.to_delete.discard(key)

	def delete_cookie(self, keys: str | list[str] | tuple[str, ...]) -> None:
		"""Make the browser drop cookies."""
		for key in [keys] if isinstance(keys, str) else keys:
			self.cookies.pop(key, None)
			self.to_delete.add(key)

	def flush_cookies(self, response) -> None:
		"""Write the collected cookies into the response."""
		for key, options in self.cookies.items():
			response.set_cookie(key, **options)
		for key in self.to_delete:
			response.delete_cookie(key)


@frappe.whitelist()
def get_logged_user() -> str:
	"""The name of the user of this session."""
	return frappe.session.user


def add_authentication_log(
	subject: str, user: str, operation: str = "Login", status: str = "Success"
) -> None:
	"""Write who came, went or was refused into the Activity Log."""
	log = {"user": user, "status": status, "subject": subject, "operation": operation}
	log = frappe.get_doc(doctype="Activity Log", ip_address=frappe.local.request_ip, **log)
	log.insert(ignore_permissions=True, ignore_links=True)


class LoginAttemptTracker:
	"""Counts consecutive failures of one name or address; too many lock it for a while."""

	def __init__(self, key: str, max_consecutive_login_attempts: int = 3, lock_interval: int = 300):
		self.key = f"login_attempts|{key}"
		self.max_failed_logins, self.lock_interval = max_consecutive_login_attempts, lock_interval

	@property
	def login_failed_count(self) -> int:
		"""Failures since the last success or the last pause."""
		return cint(frappe.cache.get_value(self.key, expires=True))

	def add_failure_attempt(self) -> None:
		"""Count one more failure; each one starts the waiting time anew."""
		frappe.cache.set_value(self.key, self.login_failed_count + 1, expires_in_sec=self.lock_interval)

	def add_success_attempt(self) -> None:
		"""Forget the failures."""
		frappe.cache.delete_value(self.key)

	def is_user_allowed(self) -> bool:
		"""May this name or address try again?"""
		return self.login_failed_count <= self.max_failed_logins


def get_login_attempt_tracker(key: str) -> LoginAttemptTracker:
	"""The tracker of a name or address with the limits of System Settings."""
	limit = cint(frappe.get_system_settings("allow_consecutive_login_attempts")) or 5
	return LoginAttemptTracker(key, limit, cint(frappe.get_system_settings("allow_login_after_fail")) or 60)


def validate_auth() -> None:
	"""Honour `Authorization: token key:secret` or `Basic …`; a header that proves nothing is refused."""
	scheme, _sep, value = frappe.get_request_header("Authorization", "").partition(" ")
	if not scheme:
		return
	try:
		value = base64.b64decode(value, validate=True).decode() if scheme.lower() == "basic" else value
	except (binascii.Error, UnicodeDecodeError) as e:
		raise frappe.AuthenticationError from e
	key, separator, secret = value.strip().partition(":")
	if separator and scheme.lower() in ("basic", "token"):
		validate_api_key_secret(key, secret)
	for method in frappe.get_hooks("auth_hooks"):
		frappe.get_attr(method)()
	if frappe.session.user == "Guest":
		raise frappe.AuthenticationError


def validate_api_key_secret(api_key: str, api_secret: str) -> None:
	"""Become the enabled user whose key and secret these are."""
	user = api_key and frappe.db.get_value(
		"User", {"api_key": api_key, "enabled": 1}, ["name", "user_type"], as_dict=True
	)
	expected = user and get_decrypted_password("User", user.name, "api_secret", raise_exception=False)
	if not expected or not hmac.compare_digest(expected.encode(), api_secret.encode()):
		raise frappe.AuthenticationError
	if frappe.session.user == "Guest":
		become(user.name)
		frappe.session.data.user_type = user.user_type
		frappe.local.lang = get_request_language()
		frappe.local.cookie_manager = CookieManager()
