"""Files of a site: public ones for everybody, private ones for those who may read what they belong to."""

import base64
import hashlib
import mimetypes
import os
import re
import unicodedata
from typing import Any

from werkzeug.utils import safe_join

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint

DEFAULT_MAX_FILE_SIZE = 25 * 1024 * 1024
MAX_NAME_BYTES = 180
URL_PREFIXES = ("/files/", "/private/files/")


class File(Document):
	"""A stored file, or a link to one elsewhere."""

	def before_insert(self) -> None:
		"""Write the content, if there is any, before the row exists."""
		self.folder = self.folder or "Home"
		content = self._given_content()
		if content is not None:
			self.save_file(content)
		elif not self.is_folder:
			self.validate_access_to_existing()

	def validate(self) -> None:
		"""A File never points outside the site's folders, and its privacy follows its address."""
		before = self.get_doc_before_save()
		if before and before.file_url != self.file_url:
			self.validate_access_to_existing()
		elif (
			before and cint(before.is_private) != cint(self.is_private) and self._path_of(self.file_url or "")
		):
			self.move_between_public_and_private()
		self.validate_file_url()
		self.validate_attachment_reference()
		self.set_file_type()

	def after_delete(self) -> None:
		"""The content goes with the last File that shares it, once the deletion is final."""
		if not (self.file_url or "").startswith(URL_PREFIXES):
			return
		if frappe.db.exists("File", {"file_url": self.file_url, "name": ("!=", self.name)}):
			return
		path = self.get_full_path()
		frappe.db.after_commit.add(lambda: os.path.exists(path) and os.remove(path))

	def _given_content(self) -> bytes | None:
		content = self.get("content")
		self.content = None
		if content is None:
			return None
		if self.get("decode"):
			content = base64.b64decode(content.partition(",")[2] if "," in str(content)[:200] else content)
		return content.encode() if isinstance(content, str) else content

	def validate_file_url(self) -> None:
		"""Only /files/…, /private/files/… below the site's folder, or a web address."""
		if not self.file_url or self.file_url.startswith(("http://", "https://")):
			return
		if self._path_of(self.file_url) is None:
			frappe.throw(_("URL must start with http:// or https://, /files/ or /private/files/"))
		self.is_private = int(self.file_url.startswith("/private/"))

	def validate_attachment_reference(self) -> None:
		"""Files are attached by those who may write the document."""
		if self.attached_to_field and not re.fullmatch(r"\w+", self.attached_to_field):
			frappe.throw(_("The fieldname you've specified in Attached To Field is invalid"))
		before = self.get_doc_before_save()
		now = (self.attached_to_doctype, self.attached_to_name)
		if all(now) and not self.flags.ignore_permissions:
			if not before or (before.attached_to_doctype, before.attached_to_name) != now:
				frappe.get_doc(*now).check_permission("write")

	def validate_access_to_existing(self) -> None:
		"""Nobody gets at a private file by writing its address into a File of his own."""
		from frappe.utils.response import may_read_private_file

		url = self.file_url or ""
		if not url.startswith(URL_PREFIXES):
			return
		path = self._path_of(url)
		if path is None or not os.path.isfile(path):
			frappe.throw(
				_("File {0} does not exist").format(frappe.utils.escape_html(url)), FileNotFoundError
			)
		if (
			url.startswith("/private/")
			and frappe.session.user != "Administrator"
			and not may_read_private_file(url)
		):
			raise frappe.PermissionError(_("You don't have permission to access this file"))
		with open(path, "rb") as f:
			self._describe(f.read())
		self.file_name = self.file_name or os.path.basename(path)

	def save_file(self, content: bytes, ignore_existing_file_check: bool = False) -> None:
		"""Store the content under a safe name; the same content is stored once."""
		self.check_max_file_size(content)
		self.file_name = safe_file_name(self.file_name or os.path.basename(self.file_url or "") or "file")
		self._describe(content)
		self.is_private = cint(self.is_private)
		same = frappe.get_all(
			"File",
			filters={"content_hash": self.content_hash, "is_private": self.is_private},
			pluck="file_url",
			limit=1,
		)
		if (
			same
			and not ignore_existing_file_check
			and (path := self._path_of(same[0]))
			and os.path.isfile(path)
		):
			self.file_url = same[0]
			return
		folder = _folder(self.is_private)
		os.makedirs(folder, exist_ok=True)
		path = self._write_new(folder, content)
		frappe.db.after_rollback.add(lambda: os.path.exists(path) and os.remove(path))
		self.file_url = URL_PREFIXES[self.is_private] + os.path.basename(path)

	def _write_new(self, folder: str, content: bytes) -> str:
		"""Write under a name that was free; two uploads at once never share one."""
		stem, extension = os.path.splitext(self.file_name)
		for name in (
			self.file_name,
			f"{stem}{self.content_hash[-6:]}{extension}",
			f"{stem}-{frappe.generate_hash(length=12)}{extension}",
		):
			path = os.path.abspath(os.path.join(folder, name))
			try:
				with open(path, "xb") as f:
					f.write(content)
				return path
			except FileExistsError:
				continue
		raise FileExistsError(self.file_name)

	def _describe(self, content: bytes) -> None:
		self.content_hash = get_content_hash(content)
		self.file_size = len(content)

	def check_max_file_size(self, content: bytes) -> None:
		"""Refuse what is larger than the site takes."""
		limit = get_max_file_size()
		if len(content) > limit:
			frappe.throw(
				_("File size exceeded the maximum allowed size of {0} MB").format(round(limit / 1048576, 1)),
				frappe.MaxFileSizeReachedError,
			)

	def set_file_type(self) -> None:
		"""PDF, PNG, …"""
		extension = self.get_extension()[1].lstrip(".").upper()
		guessed = mimetypes.guess_type(self.file_name or "")[0]
		self.file_type = (extension or (mimetypes.guess_extension(guessed or "") or "").lstrip(".").upper())[
			:140
		] or None

	def move_between_public_and_private(self) -> None:
		"""Move the content when the privacy changes; others who share it keep their copy."""
		with open(self.get_full_path(), "rb") as f:
			content = f.read()
		old_url, old_path = self.file_url, self.get_full_path()
		self.save_file(content)
		if not frappe.db.exists("File", {"file_url": old_url, "name": ("!=", self.name)}):
			frappe.db.after_commit.add(lambda: os.path.exists(old_path) and os.remove(old_path))
		if self.attached_to_doctype and self.attached_to_name and self.attached_to_field:
			frappe.db.set_value(
				self.attached_to_doctype, self.attached_to_name, self.attached_to_field, self.file_url
			)

	def get_content(self, encodings: list[str] | None = None) -> str | bytes:
		"""The content: text if it is text, else bytes."""
		if self.is_folder:
			frappe.throw(_("Cannot get file contents of a Folder"))
		with open(self.get_full_path(), "rb") as f:
			content = f.read()
		for encoding in encodings or ["utf-8-sig", "utf-8"]:
			try:
				return content.decode(encoding)
			except UnicodeDecodeError:
				continue
		return content

	def get_full_path(self) -> str:
		"""Where the content lies on disk."""
		path = self._path_of(self.file_url or "")
		if path is None:
			frappe.throw(
				_("File {0} is not stored here").format(frappe.utils.escape_html(self.file_url or ""))
			)
		return path

	@staticmethod
	def _path_of(url: str) -> str | None:
		for private, prefix in enumerate(URL_PREFIXES):
			if url.startswith(prefix):
				return safe_join(os.path.abspath(_folder(private)), url.removeprefix(prefix))
		return None

	def exists_on_disk(self) -> bool:
		"""Is the content there?"""
		return os.path.exists(self.get_full_path())

	def get_extension(self) -> tuple[str, str]:
		"""Stem and extension of the name."""
		return os.path.splitext(self.file_name or "")


def has_permission(doc: Any, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	"""Public files are read by all, private ones by their owner and by who may have the document."""
	user = user or frappe.session.user
	if user == "Administrator" or ptype == "create" or (user != "Guest" and doc.owner == user):
		return True
	reading = ptype in ("read", "select", "print", "export")
	if reading and not doc.is_private:
		return True
	if not (doc.attached_to_doctype and doc.attached_to_name):
		return False
	if not frappe.db.exists(doc.attached_to_doctype, doc.attached_to_name):
		return False
	document = frappe.get_doc(doc.attached_to_doctype, doc.attached_to_name)
	return bool(document.has_permission("read" if reading else "write", user=user))


def _folder(is_private: int | bool) -> str:
	return frappe.get_site_path("private" if is_private else "public", "files")


def get_max_file_size() -> int:
	"""The largest file that the site takes, in bytes."""
	megabytes = cint(frappe.db.get_single_value("System Settings", "max_file_size"))
	return megabytes * 1048576 or cint(frappe.conf.max_file_size) or DEFAULT_MAX_FILE_SIZE


def get_content_hash(content: bytes | str) -> str:
	"""What tells two contents apart."""
	content = content.encode() if isinstance(content, str) else content
	return hashlib.sha256(content).hexdigest()


def safe_file_name(name: str) -> str:
	"""The name without folders, control characters and what file systems or headers dislike."""
	name = unicodedata.normalize("NFC", os.path.basename(str(name).replace("\\", "/")))
	name = re.sub(r"[\x00-\x1f\x7f<>:\"|?*#%&{}$!'`@+=;,]", "", name).strip(" .")
	stem, extension = os.path.splitext(name)
	while len((stem + extension).encode()) > MAX_NAME_BYTES and stem:
		stem = stem[:-1]
	return (stem + extension) or "file"


def get_permission_query_conditions(user: str | None = None) -> str:
	"""In lists people see their own files; a document shows its own attachments to its readers."""
	user = user or frappe.session.user
	if user == "Administrator" or "System Manager" in frappe.get_roles(user):
		return ""
	return f"`tabFile`.`owner` = {frappe.db.escape(user)}"
