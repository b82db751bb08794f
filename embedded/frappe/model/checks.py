"""What every document is held against before it is written."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import frappe
from frappe import _
from frappe.database.columns import CONVERTERS, NUMBERS
from frappe.database.dialects import FIELD_KINDS
from frappe.model import table_fields
from frappe.model.base_document import BaseDocument
from frappe.permissions import get_permlevel_access
from frappe.utils import cstr, flt, get_datetime, now_datetime, nowdate, nowtime, strip_html
from frappe.utils.html_utils import sanitize_html
from frappe.utils.password import remove_encrypted_password, set_encrypted_password

if TYPE_CHECKING:
	from frappe.model.document import Document

RAW_TYPES = ("Attach", "Attach Image", "Code", "Password")
FORMATS = {"Email": frappe.utils.validate_email_address, "Phone": frappe.utils.validate_phone_number}


def _place(doc: BaseDocument) -> str:
	return f"{_('Row')} #{doc.idx}: " if doc.meta.istable else ""


# defaults


def set_defaults(doc: BaseDocument) -> None:
	"""Fill what is missing in a new document, and in new rows, with the fields' default values."""
	for one in (doc, *doc.get_all_children()):
		if one.is_new():
			for df in one.meta.plan.defaults:
				if one.__dict__.get(df.fieldname) is None:
					one.__dict__[df.fieldname] = default_value(df)


def default_value(df: Any) -> Any:
	"""A field's default: a constant, today, now, the user, or the first option."""
	default = cstr(df.default)
	word = default.lower()
	if word == "__user":
		return frappe.session.user
	if df.fieldtype == "Date" and word == "today":
		return nowdate()
	if df.fieldtype == "Datetime" and word in ("now", "today"):
		return now_datetime()
	if df.fieldtype == "Time" and word in ("", "now"):
		return nowtime()
	if df.fieldtype == "Select" and not word:
		return df.options.split("\n")[0] or None
	kind = FIELD_KINDS.get(df.fieldtype)
	return CONVERTERS[kind](default) if kind in NUMBERS else default or None


def single_values(doc: "Document") -> dict[str, Any]:
	"""The stored values of a Single, defaults where nothing is stored yet."""
	values = frappe.db.get_singles_dict(doc.doctype, cast=True)
	values = values or {df.fieldname: default_value(df) for df in doc.meta.plan.defaults}
	return {"owner": "Administrator", **values, "name": doc.doctype}


# values


def check_values(doc: "Document") -> None:
	"""All checks of the fields' values, in the document and its rows."""
	rows = [doc, *doc.get_all_children()]
	if not doc.flags.ignore_mandatory:
		_check_mandatory(doc, rows)
	for one in rows:
		_check_formats(one)
		_check_selects(one)
		_check_non_negative(one)
		_check_lengths(one)
		_sanitize(one)


def _is_empty(df: Any, value: Any) -> bool:
	if df.fieldtype in ("Text Editor", "HTML Editor") and value:
		return not strip_html(value).strip() and "<img" not in value
	return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _check_mandatory(doc: "Document", rows: list[BaseDocument]) -> None:
	missing = []
	for one in rows:
		for df in one.meta.plan.mandatory:
			if not _is_empty(df, one.get(df.fieldname)):
				continue
			missing.append(df.fieldname)
			what = _("Data missing in table") if df.fieldtype in table_fields else _("Value missing for")
			if one is not doc:
				what = f"{frappe.bold(_(one.doctype))} {_place(one)}{what}"
			elif df.fieldtype not in table_fields:
				what = f"{what} {_(one.doctype)}"
			frappe.msgprint(f"{_('Error')}: {what}: {_(df.label or df.fieldname)}")
	if missing:
		raise frappe.MandatoryError(f"[{doc.doctype}, {doc.name}]: {', '.join(missing)}")


def _check_formats(doc: BaseDocument) -> None:
	for df, kind in doc.meta.plan.formats:
		if kind in FORMATS and doc.get(df.fieldname):
			FORMATS[kind](doc.get(df.fieldname), throw=True)


def _check_selects(doc: BaseDocument) -> None:
	for df, options in doc.meta.plan.selects:
		value = cstr(doc.get(df.fieldname)).strip()
		if value and value not in options:
			choices = '", "'.join(_(option) for option in df.options.split("\n") if option)
			text = _('{0} {1} cannot be "{2}". It should be one of "{3}"')
			frappe.throw(text.format(_place(doc).strip(), _(df.label), value, choices).strip())


def _check_non_negative(doc: BaseDocument) -> None:
	for df in doc.meta.plan.non_negative:
		if flt(doc.get(df.fieldname)) < 0:
			text = _("Value cannot be negative for {0}: {1}").format(_(doc.doctype), frappe.bold(_(df.label)))
			frappe.throw(_place(doc) + text, frappe.NonNegativeError)


def _check_lengths(doc: BaseDocument) -> None:
	for df, longest in doc.meta.plan.lengths:
		value = doc.__dict__.get(df.fieldname)
		if isinstance(value, str) and len(value) > longest:
			which = f", {_('Row')} {doc.idx}" if doc.meta.istable else f" {doc.name}"
			text = _("{0}: '{1}' ({3}) will get truncated, as max characters allowed is {2}")
			text = text.format(_(doc.doctype) + which, frappe.bold(_(df.label)), longest, value)
			frappe.throw(text, frappe.CharacterLengthExceededError, title=_("Value too big"))


def _sanitize(doc: BaseDocument) -> None:
	"""Take what a browser would run out of the texts."""
	data, plan = doc.__dict__, doc.meta.plan
	for fieldname in plan.columns if not frappe.flags.in_install else ():
		value = data.get(fieldname)
		if not isinstance(value, str) or ("<" not in value and ">" not in value):
			continue
		df = plan.stored.get(fieldname)
		if not (df and (df.ignore_xss_filter or df.fieldtype in RAW_TYPES)):
			data[fieldname] = sanitize_html(value)


def save_passwords(doc: "Document") -> None:
	"""Encrypt Password fields away; the row keeps stars."""
	for fieldname in doc.meta.plan.passwords:
		value = doc.get(fieldname)
		if value and set(value) != {"*"}:
			set_encrypted_password(doc.doctype, doc.name, value, fieldname)
			doc.set(fieldname, "*" * len(value))
		elif not value and not doc.is_new():
			remove_encrypted_password(doc.doctype, doc.name, fieldname)


# links


def check_links(doc: "Document") -> None:
	"""Links name existing documents; what is fetched is filled in. One query per linked DocType."""
	if doc.flags.ignore_links or doc._action == "cancel":
		return
	places, fetched = list(_links_of(doc)), {}
	for one, df, doctype in places:
		names, columns = fetched.setdefault(doctype, (set(), set()))
		names.add(cstr(one.get(df.fieldname)))
		columns.update(source for _df, source in one.meta.plan.fetches.get(df.fieldname, ()))
	found = {doctype: _linked_rows(doctype, *wanted) for doctype, wanted in fetched.items()}
	missing, cancelled = [], []
	for one, df, doctype in places:
		value = cstr(one.get(df.fieldname))
		row = found[doctype].get(value) or found[doctype].get(value.casefold())
		text = f"{_place(one)}{_(df.label or df.fieldname)}: {value}"
		if row:
			one.set(df.fieldname, row["name"])
			_set_fetched(one, df, row)
			if row.get("docstatus") == 2 and one.meta.is_submittable and df.fieldname != "amended_from":
				cancelled.append(text)
		elif df.fieldname not in one.meta.plan.fetches:  # else, as on a bench, it is not refused
			missing.append(text)
	if missing:
		frappe.throw(_("Could not find {0}").format(", ".join(missing)), frappe.LinkValidationError)
	if cancelled:
		frappe.throw(
			_("Cannot link cancelled document: {0}").format(", ".join(cancelled)), frappe.CancelledLinkError
		)


def _links_of(doc: "Document") -> Iterator[tuple[BaseDocument, Any, str]]:
	"""(document or row, field, linked DocType) of every link that is set."""
	for one in (doc, *doc.get_all_children()):
		plan, data = one.meta.plan, one.__dict__
		for df in plan.links:
			if data.get(df.fieldname):
				yield one, df, df.options
		for df in plan.dynamic_links:
			if data.get(df.fieldname):
				if not data.get(df.options):
					frappe.throw(_("{0} must be set first").format(_(one.meta.get_label(df.options))))
				yield one, df, data[df.options]


def _linked_rows(doctype: str, names: set[str], fetch: set[str]) -> dict[str, dict[str, Any]]:
	"""name (also in lower case) -> what is known of it."""
	try:
		meta = frappe.get_meta(doctype)
	except frappe.DoesNotExistError:
		return {}
	if meta.issingle:
		return {doctype: {"name": doctype}}
	columns = ["name", *(field for field in fetch - {"name"} if field in meta.plan.columns)]
	columns += ["docstatus"] if meta.is_submittable else []
	known = frappe.db.value_cache.setdefault(("names", doctype), {}) if columns == ["name"] else {}
	if unknown := [name for name in names if name not in known]:
		wanted = ", ".join(f"`{column}`" for column in columns)
		marks = ", ".join(["%s"] * len(unknown))
		query = f"SELECT {wanted} FROM `tab{doctype}` WHERE `name` IN ({marks})"
		for row in frappe.db.sql(query, unknown, as_dict=True):
			name = cstr(row["name"])
			known[name] = known[name.casefold()] = row
	return known


def _set_fetched(doc: BaseDocument, link: Any, row: dict[str, Any]) -> None:
	for df, source in doc.meta.plan.fetches.get(link.fieldname, ()):
		kept = (df.fetch_if_empty and doc.get(df.fieldname)) or (
			doc.docstatus == 1 and not df.allow_on_submit and not doc.is_new()
		)
		if source in row and not kept:
			doc.set(df.fieldname, row[source])


# what may not change


def same(doc: BaseDocument, df: Any, before: Any, after: Any) -> bool:
	"""Whether two values of a field are equal, in the field's type."""
	if df.fieldtype in table_fields:
		rows = list(zip(before or (), after or (), strict=False))
		return len(before or ()) == len(after or ()) and all(not changes(old, new) for old, new in rows)
	if df.fieldtype in ("Float", "Currency", "Percent"):
		return flt(before, 9) == flt(after, 9)
	return (typed(doc, df.fieldname, before) or None) == (typed(doc, df.fieldname, after) or None)


def typed(doc: BaseDocument, fieldname: str, value: Any) -> Any:
	"""A field's value in the field's type."""
	plan = doc.meta.plan
	convert = plan.numbers.get(fieldname) or plan.moments.get(fieldname)
	return convert(value) if convert and value not in (None, "") else value


def changes(old: BaseDocument, new: BaseDocument) -> list[tuple[Any, Any, Any]]:
	"""(field, before, after) of every stored field that differs."""
	pairs = ((df, old.get(name), new.get(name)) for name, df in new.meta.plan.stored.items())
	return [(df, before, after) for df, before, after in pairs if not same(new, df, before, after)]


def check_constants(doc: "Document") -> None:
	"""Fields that are set only once keep their value; so do the owner and the time of creation."""
	before = doc.get_doc_before_save()
	if doc.is_new() or not before or doc.meta.issingle:
		return
	labels = [
		df.label
		for df in doc.meta.plan.constants
		if not same(doc, df, before.get(df.fieldname), doc.get(df.fieldname))
	]
	if not doc.creation or get_datetime(doc.creation) != get_datetime(before.creation):
		labels.append("Created On")
	if doc.owner != before.owner:
		labels.append("Created By")
	if labels:
		text = _("Value cannot be changed for {0}").format(frappe.bold(_(labels[0])))
		frappe.throw(text, frappe.CannotChangeConstantError)


def check_update_after_submit(doc: "Document") -> None:
	"""A submitted document changes only in fields that allow it."""
	before = doc.get_doc_before_save()
	old = {row.name: row for row in (before, *before.get_all_children())}
	for one in (doc, *doc.get_all_children()):
		for df, was, now in changes(old[one.name], one) if one.name in old else ():
			if not df.allow_on_submit:
				_refuse_change(one, df, was, now)
	for df in doc.meta.get_table_fields():
		was, now = ({row.name for row in one.get(df.fieldname) or ()} for one in (before, doc))
		if was != now and not df.allow_on_submit:
			_refuse_change(doc, df, len(was), len(now))


def _refuse_change(doc: BaseDocument, df: Any, old: Any, new: Any) -> None:
	text = _("Not allowed to change {0} after submission from {1} to {2}")
	text = text.format(*(frappe.bold(cstr(part)) for part in (_(df.label), old, new)))
	frappe.throw(_place(doc) + text, frappe.UpdateAfterSubmitError, title=_("Cannot Update After Submit"))


def reset_forbidden_fields(doc: "Document") -> None:
	"""Fields of a permission level the user may not write go back to what they were."""
	if doc.flags.ignore_permissions or frappe.flags.in_install or frappe.session.user == "Administrator":
		return
	tables = doc.meta.plan.tables.values()
	if not any(meta.plan.high_permlevel for meta in (doc.meta, *map(frappe.get_meta, tables))):
		return
	before, allowed = doc.get_doc_before_save(), get_permlevel_access(doc.meta, "write")
	old = {row.name: row for row in (before, *before.get_all_children())} if before else {}
	# as on a bench: rows of a new document are taken as they are
	for one in (doc, *doc.get_all_children()) if before else (doc,):
		for df in one.meta.plan.high_permlevel:
			if df.permlevel not in allowed:
				default = default_value(df) if df in one.meta.plan.defaults else None
				one.set(df.fieldname, old[one.name].get(df.fieldname) if one.name in old else default)
