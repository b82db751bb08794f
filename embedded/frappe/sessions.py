"""Sessions: a row in tabSessions for each signed-in browser; guests have none."""

import json
from datetime import timedelta

import frappe
from frappe.utils import cint, get_datetime, now_datetime

WRITE_AFTER = timedelta(minutes=10)


class Session:
	"""The session of this request: the one its cookie names, or a new one for a user."""

	def __init__(self, user: str | None = None):
		self.data = frappe._dict(user="Guest", sid="Guest", data=frappe._dict())
		self.last_update = self.stored = None
		if user is None:
			self.resume()
		elif user != "Guest":
			self.start(user)

	def resume(self) -> None:
		"""Take up the session that the `sid` cookie names, if it is alive and its user enabled."""
		sid = frappe.local.request.cookies.get("sid", "Guest")
		if sid == "Guest":
			return
		found = frappe.db.sql(
			"""select s.user, s.sessiondata, s.lastupdate, u.user_type, u.full_name, u.language
			from `tabSessions` s join `tabUser` u on u.name = s.user where s.sid = %s and u.enabled = 1""",
			(sid,),
			as_dict=True,
		)
		alive_since = now_datetime() - timedelta(seconds=get_expiry_in_seconds())
		if not found or get_datetime(found[0].lastupdate) < alive_since:
			frappe.local.response["session_expired"] = 1
			return
		self.last_update, self.stored = get_datetime(found[0].lastupdate), found[0].sessiondata
		self._become(found[0].user, sid, json.loads(self.stored), found[0])

	def _become(self, user: str, sid: str, data: dict, row: frappe._dict) -> None:
		name = row.full_name or user
		data.update(user=user, user_type=row.user_type, full_name=name, lang=row.language)
		self.data = frappe._dict(user=user, sid=sid, data=frappe._dict(data))

	def start(self, user: str) -> None:
		"""Begin a new session; its name is new, whatever cookie the browser had."""
		row = frappe.db.get_value("User", user, ["user_type", "full_name", "language"], as_dict=True)
		ip = frappe.local.request_ip
		self._become(user, frappe.generate_hash(), {"session_ip": ip}, row)
		self.last_update, self.stored = now_datetime(), json.dumps(self.data.data)
		frappe.db.sql(
			"""insert into `tabSessions` (user, sid, sessiondata, ipaddress, lastupdate, status)
			values (%s, %s, %s, %s, %s, 'Active')""",
			(user, self.data.sid, self.stored, ip, self.last_update),
		)
		frappe.db.set_value("User", user, "last_login", self.last_update, update_modified=False)

	def update(self) -> None:
		"""Store changed data, and now and then that the session is alive, in a transaction of its own."""
		data = json.dumps(self.data.data)
		if frappe.session.sid != self.data.sid or self.last_update is None:
			return
		if data != self.stored or now_datetime() - self.last_update > WRITE_AFTER:
			frappe.local.read_only = False
			frappe.db.sql(
				"update `tabSessions` set sessiondata = %s, lastupdate = %s where sid = %s",
				(data, now_datetime(), self.data.sid),
			)
			frappe.db.commit()


def get_csrf_token() -> str:
	"""The token that this session's pages send with writing requests; made when first asked for."""
	data = frappe.session.data
	data.csrf_token = data.csrf_token or frappe.generate_hash()
	return data.csrf_token


def get_expiry_in_seconds() -> int:
	"""How long a session lives unused: `session_expiry` of System Settings, hours:minutes."""
	expiry = frappe.get_system_settings("session_expiry") or "170:00"
	hours, minutes = [*expiry.split(":"), "0"][:2]
	return cint(hours) * 3600 + cint(minutes) * 60


def delete_session(sid: str) -> None:
	"""End one session."""
	frappe.db.sql("delete from `tabSessions` where sid = %s", (sid,))


def clear_expired_sessions() -> None:
	"""Drop the rows of sessions that nobody will take up again."""
	limit = now_datetime() - timedelta(seconds=get_expiry_in_seconds())
	frappe.db.sql("delete from `tabSessions` where lastupdate < %s", (limit,))
