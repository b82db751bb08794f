"""Files of a site: public ones for everybody, private ones for those who may read what they belong to."""

import base64
import hashlib
import os
import re
import unicodedata
from typing import Any

from werkzeug.utils import safe_join

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint
from frappe.utils.response import may_read_private_file

PREFIXES = ("/files/", "/private/files/")
DEFAULT_MAX_FILE_SIZE = 25 * 1024 * 1024


class File(Document):
	"""A stored file, or a link to one elsewhere."""

	def before_insert(self) -> None:
		"""Write the content, if there is any, before the row exists."""
		content, self.content = self.get("content"), None
		if content is None:
			return self.validate_access_to_existing()
		if self.get("decode"):
			content = base64.b64decode(content.rpartition(",")[2])
		self.save_file(content.encode() if isinstance(content, str) else content)

	def validate(self) -> None:
		"""A File points to nothing outside the site's folders and is attached by who may write the document."""
		before = self.get_doc_before_save()
		if before and before.file_url != self.file_url:
			self.validate_access_to_existing()
		elif before and cint(before.is_private) != cint(self.is_private) and self._path():
			self.save_file(self._read())
			self._remove_unless_shared(before.file_url)
		if self.file_url and not self.file_url.startswith(("http://", "https://")):
			if not self._path():
				frappe.throw(_("URL must start with http:// or https://, /files/ or /private/files/"))
			self.is_private = int(self.file_url.startswith("/private/"))
		self.file_type = os.path.splitext(self.file_name or "")[1][1:].upper()[:140] or None
		reference = (self.attached_to_doctype, self.attached_to_name)
		if all(reference) and not self.flags.ignore_permissions:
			if not before or (before.attached_to_doctype, before.attached_to_name) != reference:
				frappe.get_doc(*reference).check_permission("write")

	def after_delete(self) -> None:
		"""The content goes with the last File that shares it, once the deletion is final."""
		self._remove_unless_shared(self.file_url or "")

	def _remove_unless_shared(self, url: str) -> None:
		path, others = _path_of(url), {"file_url": url, "name": ("!=", self.name)}
		if path and not frappe.db.exists("File", others):
			frappe.db.after_commit.add(lambda: os.path.exists(path) and os.remove(path))

	def validate_access_to_existing(self) -> None:
		"""Nobody gets at a private file by writing its address into a File of his own."""
		path = self._path()
		if not path or not os.path.isfile(path):
			return
		if self.file_url.startswith("/private/") and not may_read_private_file(self.file_url):
			raise frappe.PermissionError(_("You don't have permission to access this file"))
		content = self._read()
		self.content_hash, self.file_size = get_content_hash(content), len(content)
		self.file_name = self.file_name or os.path.basename(path)

	def save_file(self, content: bytes) -> None:
		"""Store the content under a safe name; the same content is stored once."""
		limit = cint(frappe.get_system_settings("max_file_size")) * 1048576
		limit = limit or cint(frappe.conf.max_file_size) or DEFAULT_MAX_FILE_SIZE
		if len(content) > limit:
			message = _("File size exceeded the maximum allowed size of {0} MB")
			frappe.throw(message.format(round(limit / 1048576, 1)), frappe.MaxFileSizeReachedError)
		self.file_name = safe_file_name(self.file_name or "file")
		self.content_hash, self.file_size = get_content_hash(content), len(content)
		same = {"content_hash": self.content_hash, "is_private": cint(self.is_private)}
		for url in frappe.get_all("File", filters=same, pluck="file_url"):
			if os.path.isfile(_path_of(url) or ""):
				self.file_url = url
				return
		path = self._write_new(content)
		frappe.db.after_rollback.add(lambda: os.path.exists(path) and os.remove(path))
		self.file_url = PREFIXES[cint(self.is_private)] + os.path.basename(path)

	def _write_new(self, content: bytes) -> str:
		folder = frappe.utils.get_files_path(is_private=cint(self.is_private))
		os.makedirs(folder, exist_ok=True)
		stem, extension = os.path.splitext(self.file_name)
		for mark in ("", self.content_hash[-6:], frappe.generate_hash(length=12)):
			try:  # "x": two uploads at once never share a name
				with open(path := os.path.abspath(os.path.join(folder, stem + mark + extension)), "xb") as f:
					f.write(content)
				return path
			except FileExistsError:
				continue
		raise FileExistsError(self.file_name)

	def get_content(self, encodings: list[str] | None = None) -> str | bytes:
		"""The content: text if it is text, else bytes."""
		content = self._read()
		for encoding in encodings or ["utf-8-sig"]:
			try:
				return content.decode(encoding)
			except UnicodeDecodeError:
				continue
		return content

	def _read(self) -> bytes:
		with open(self.get_full_path(), "rb") as f:
			return f.read()

	def get_full_path(self) -> str:
		"""Where the content lies on disk."""
		if not (path := self._path()):
			frappe.throw(
				_("File {0} is not stored here").format(frappe.utils.escape_html(self.file_url or ""))
			)
		return path

	def _path(self) -> str | None:
		return _path_of(self.file_url or "")


def _path_of(url: str) -> str | None:
	for is_private, prefix in enumerate(PREFIXES):
		if url.startswith(prefix):
			folder = os.path.abspath(frappe.utils.get_files_path(is_private=is_private))
			return safe_join(folder, url.removeprefix(prefix))
	return None


def get_content_hash(content: bytes) -> str:
	"""What tells two contents apart."""
	return hashlib.sha256(content).hexdigest()


def safe_file_name(name: str) -> str:
	"""The name without folders, control characters and what file systems, addresses or headers dislike."""
	name = unicodedata.normalize("NFC", os.path.basename(str(name).replace("\\", "/")))
	stem, extension = os.path.splitext(re.sub(r"[\x00-\x1f\x7f<>:\"|?*#%&{}$!'`@+=;,]", "", name).strip(" ."))
	return (stem.encode()[:180].decode(errors="ignore") + extension[:20]) or "file"


def has_permission(doc: Any, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	"""Public files are read by all, private ones by their owner and by who may have the document."""
	user, reading = user or frappe.session.user, ptype in ("read", "select", "print", "export")
	if user == "Administrator" or ptype == "create" or (user != "Guest" and doc.owner == user):
		return True
	if reading and not doc.is_private:
		return True
	if not doc.attached_to_name or not frappe.db.exists(doc.attached_to_doctype, doc.attached_to_name):
		return False
	document = frappe.get_doc(doc.attached_to_doctype, doc.attached_to_name)
	return bool(document.has_permission("read" if reading else "write", user=user))


def get_permission_query_conditions(user: str | None = None) -> str:
	"""In lists people see their own files; a document's attachments are shown with the document."""
	if "System Manager" in frappe.get_roles(user):
		return ""
	return f"`tabFile`.`owner` = {frappe.db.escape(user or frappe.session.user)}"
