"""Sessions: a row in tabSessions for each signed-in browser; guests have none."""

import json
from datetime import timedelta

import frappe
from frappe.utils import cint, get_datetime, now_datetime

DEFAULT_EXPIRY = "170:00"
WRITE_AFTER = timedelta(minutes=10)


class Session:
	"""The session of this request: taken up by its cookie, or begun for a user."""

	def __init__(self, user: str | None = None, resume: bool = False):
		self.data = frappe._dict(user="Guest", sid="Guest", data=frappe._dict())
		self.user, self.full_name, self.user_type = "Guest", "Guest", "Website User"
		self.last_update = None
		self._written = None
		if resume:
			self.resume()
		elif user and user != "Guest":
			self.start(user)

	def resume(self) -> None:
		"""Take up the session that the `sid` cookie names, if it is alive and its user enabled."""
		sid = frappe.local.request.cookies.get("sid")
		if not sid or sid == "Guest":
			return
		row = frappe.db.sql(
			"""select s.user, s.sessiondata, s.lastupdate, u.enabled, u.user_type, u.full_name, u.language
			from `tabSessions` s join `tabUser` u on u.name = s.user where s.sid = %s""",
			(sid,),
			as_dict=True,
		)
		if not row or not row[0].enabled or self._is_expired(row[0].lastupdate):
			frappe.local.response["session_expired"] = 1
			return
		row = row[0]
		self.last_update = get_datetime(row.lastupdate)
		self._written = row.sessiondata
		self._become(row.user, sid, frappe._dict(json.loads(row.sessiondata or "{}")), row)

	@staticmethod
	def _is_expired(last_update) -> bool:
		return now_datetime() - get_datetime(last_update) > timedelta(seconds=get_expiry_in_seconds())

	def _become(self, user: str, sid: str, data: frappe._dict, row) -> None:
		self.user, self.full_name, self.user_type = user, row.full_name or user, row.user_type
		data.update(
			{"user": user, "user_type": row.user_type, "full_name": self.full_name, "lang": row.language}
		)
		self.data = frappe._dict(user=user, sid=sid, data=data)

	def start(self, user: str) -> None:
		"""Begin a new session; its name is new, whatever cookie the browser had."""
		row = frappe.db.get_value("User", user, ["user_type", "full_name", "language"], as_dict=True)
		request = frappe.local.request
		data = frappe._dict(
			session_ip=frappe.local.request_ip, device=frappe.form_dict.get("device") or "desktop"
		)
		self._become(user, frappe.generate_hash(), data, row)
		self.last_update = now_datetime()
		self._written = json.dumps(self.data.data)
		frappe.db.sql(
			"""insert into `tabSessions` (user, sid, sessiondata, ipaddress, lastupdate, status)
			values (%s, %s, %s, %s, %s, 'Active')""",
			(user, self.data.sid, self._written, frappe.local.request_ip, self.last_update),
		)
		frappe.db.set_value(
			"User", user,
			{"last_login": self.last_update, "last_ip": frappe.local.request_ip, "last_active": self.last_update},
			update_modified=False,
		)  # fmt: skip
		if request:
			self._drop_surplus_sessions(user)

	@staticmethod
	def _drop_surplus_sessions(user: str) -> None:
		"""No more browsers at once than the User allows: the oldest are signed out."""
		allowed = cint(frappe.db.get_value("User", user, "simultaneous_sessions"))
		if allowed:
			for sid in _sids_of(user)[allowed:]:
				delete_session(sid, user)

	def update(self, force: bool = False) -> None:
		"""Store changed data, and from time to time that the session is alive, in a transaction of its own."""
		if self.data.sid == "Guest" or frappe.session.sid != self.data.sid or self.last_update is None:
			return
		data = json.dumps(self.data.data)
		alive = now_datetime() - self.last_update > WRITE_AFTER
		if data == self._written and not alive and not force:
			return
		frappe.local.read_only = False
		self._written, self.last_update = data, now_datetime()
		frappe.db.sql(
			"update `tabSessions` set sessiondata = %s, lastupdate = %s where sid = %s",
			(data, self.last_update, self.data.sid),
		)
		frappe.db.commit()


def get_csrf_token() -> str:
	"""The token that this session's pages send with writing requests."""
	data = frappe.local.session.data
	if not data.csrf_token:
		data.csrf_token = frappe.generate_hash()
	return data.csrf_token


def generate_csrf_token() -> str:
	"""A new token for this session."""
	frappe.local.session.data.csrf_token = frappe.generate_hash()
	return frappe.local.session.data.csrf_token


def get_expiry_period() -> str:
	"""How long a session lives unused, as hours:minutes."""
	return frappe.db.get_single_value("System Settings", "session_expiry") or DEFAULT_EXPIRY


def get_expiry_in_seconds(expiry: str | None = None) -> int:
	"""How long a session lives unused, in seconds."""
	hours, _separator, minutes = (expiry or get_expiry_period()).partition(":")
	return cint(hours) * 3600 + cint(minutes.split(":")[0]) * 60


def delete_session(sid: str, user: str | None = None, reason: str = "Session Expired") -> None:
	"""End one session."""
	frappe.db.sql("delete from `tabSessions` where sid = %s", (sid,))


def clear_sessions(user: str | None = None, keep_current: bool = False, force: bool = False) -> None:
	"""End the sessions of a user (this one may stay), for instance after a change of password."""
	user = user or frappe.session.user
	for sid in _sids_of(user):
		if not (keep_current and sid == frappe.session.sid):
			delete_session(sid, user)


def _sids_of(user: str) -> list[str]:
	rows = frappe.db.sql("select sid from `tabSessions` where user = %s order by lastupdate desc", (user,))
	return [row[0] for row in rows]


def clear_expired_sessions() -> None:
	"""Drop the rows of sessions that nobody will take up again."""
	limit = now_datetime() - timedelta(seconds=get_expiry_in_seconds())
	frappe.db.sql("delete from `tabSessions` where lastupdate < %s", (limit,))
