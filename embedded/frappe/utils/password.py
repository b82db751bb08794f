"""Passwords: hashed those that are only compared, encrypted those that must be read again."""

import base64
import hashlib
import hmac
import os

from cryptography.fernet import Fernet

import frappe
from frappe.context import get_site_config, local, write_config
from frappe.exceptions import AuthenticationError

_COST = {"n": 2**14, "r": 8, "p": 5}


def hash_password(pwd: str, salt: bytes | None = None) -> str:
	"""scrypt$salt$hash."""
	salt = salt or os.urandom(16)
	digest = hashlib.scrypt(pwd.encode(), salt=salt, dklen=32, maxmem=64 * 2**20, **_COST)
	return f"scrypt${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def verify_password(pwd: str, stored: str) -> bool:
	"""Whether this is the password of the hash."""
	_kind, salt, _digest = stored.split("$")
	return hmac.compare_digest(hash_password(pwd, base64.b64decode(salt)), stored)


def check_password(user: str, pwd: str) -> str:
	"""The user's name when the password is right; who has none costs as much time as who has a wrong one."""
	found = _read("User", user, "password", encrypted=0)
	if not verify_password(pwd, found[0][1] if found else "scrypt$AAAAAAAAAAAAAAAAAAAAAA==$") or not found:
		raise AuthenticationError(frappe._("Incorrect User or Password"))
	return found[0][0]


def update_password(user: str, pwd: str) -> None:
	"""Set a password that is only compared."""
	_write("User", user, "password", hash_password(pwd), encrypted=0)


def set_encrypted_password(doctype: str, name: str, pwd: str, fieldname: str = "password") -> None:
	"""Set a password that can be read again."""
	_write(doctype, name, fieldname, encrypt(pwd), encrypted=1)


def _read(doctype: str, name: str, fieldname: str, encrypted: int) -> tuple:
	return frappe.db.sql(
		"SELECT `name`, `password` FROM `__Auth`"
		" WHERE `doctype` = %s AND `name` = %s AND `fieldname` = %s AND `encrypted` = %s",
		(doctype, name, fieldname, encrypted),
	)


def _write(doctype: str, name: str, fieldname: str, password: str, encrypted: int) -> None:
	remove_encrypted_password(doctype, name, fieldname)
	frappe.db.sql(
		"INSERT INTO `__Auth` (`doctype`, `name`, `fieldname`, `password`, `encrypted`) VALUES (%s, %s, %s, %s, %s)",
		(doctype, name, fieldname, password, encrypted),
	)


def get_decrypted_password(
	doctype: str, name: str, fieldname: str = "password", raise_exception: bool = True
) -> str | None:
	"""A password that can be read again."""
	found = _read(doctype, name, fieldname, encrypted=1)
	if not found and raise_exception:
		text = frappe._("Password not found for {0} {1} {2}").format(doctype, name, fieldname)
		frappe.throw(text, AuthenticationError)
	return decrypt(found[0][1]) if found else None


def remove_encrypted_password(doctype: str, name: str, fieldname: str = "password") -> None:
	"""Forget a password."""
	frappe.db.sql(
		"DELETE FROM `__Auth` WHERE `doctype` = %s AND `name` = %s AND `fieldname` = %s",
		(doctype, name, fieldname),
	)


def encrypt(txt: str) -> str:
	"""The text, encrypted with the site's key."""
	return Fernet(get_encryption_key()).encrypt(txt.encode()).decode()


def decrypt(txt: str) -> str:
	"""The text again."""
	return Fernet(get_encryption_key()).decrypt(txt.encode()).decode()


def get_encryption_key() -> str:
	"""The site's key, made when first asked for."""
	if not local.conf.encryption_key:
		# the file may have one since this context began
		key = get_site_config().encryption_key or Fernet.generate_key().decode()
		write_config(os.path.join(local.site_path, "site_config.json"), encryption_key=key)
		local.conf.encryption_key = key
	return local.conf.encryption_key
