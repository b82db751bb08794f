"""What every document is held against before it is written."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import frappe
from frappe import _
from frappe.model.base_document import BaseDocument
from frappe.model.fieldplan import NO_VALUE_TYPES, TABLE_TYPES, plan_of
from frappe.utils import cint, cstr, flt, get_datetime, now_datetime, strip_html

if TYPE_CHECKING:
	from frappe.model.document import Document

RAW_TYPES = frozenset({"Attach", "Attach Image", "Barcode", "Code", "JSON", "Password"})


def with_rows(doc: BaseDocument) -> Iterator[BaseDocument]:
	"""The document and its rows."""
	yield doc
	yield from doc.get_all_children()


def _place(doc: BaseDocument) -> str:
	"""`Row #3: ` for a child row."""
	return f"{_('Row')} #{doc.idx}: " if doc.meta.istable else ""


# defaults


def set_defaults(doc: BaseDocument) -> None:
	"""Fill what is missing in a new document, and in new rows, with the fields' default values."""
	for one in with_rows(doc):
		if not one.is_new():
			continue
		for fieldname, df in plan_of(one.meta).defaults.items():
			if one.__dict__.get(fieldname) is None and df.fieldtype not in NO_VALUE_TYPES:
				value = default_value(df, doc)
				if value is not None:
					one.set(fieldname, value)


def default_value(df: Any, doc: BaseDocument) -> Any:
	"""A field's default: a constant, today, now, the user, or another field's value."""
	default = cstr(df.get("default"))
	word = default.lower()
	if word == "__user" or (word == "user" and df.options == "User"):
		return frappe.session.user
	if df.fieldtype == "Date" and word in ("today", "__today"):
		return frappe.utils.nowdate()
	if df.fieldtype == "Datetime" and word in ("now", "today"):
		return now_datetime()
	if df.fieldtype == "Time" and word in ("", "now"):
		return frappe.utils.nowtime()
	if df.fieldtype == "Select" and not word:
		return (df.options or "").split("\n")[0] or None
	if default.startswith(":"):
		return None
	if df.fieldtype in ("Check", "Int"):
		return cint(default)
	if df.fieldtype in ("Float", "Currency", "Percent"):
		return flt(default)
	return default


def single_values(doc: "Document") -> dict[str, Any]:
	"""The stored values of a Single, defaults where nothing is stored yet."""
	rows = frappe.db.sql("SELECT `field`, `value` FROM `tabSingles` WHERE `doctype` = %s", (doc.doctype,))
	plan = plan_of(doc.meta)
	convert = {**plan.converters, **plan.moments, "modified": get_datetime, "creation": get_datetime}
	stored = {field: convert[field](value) if field in convert and value else value for field, value in rows}
	if not stored:
		for fieldname, df in plan.defaults.items():
			stored[fieldname] = default_value(df, doc)
	stored["name"] = doc.doctype
	stored.setdefault("owner", "Administrator")
	return stored


# names


def check_name(doc: BaseDocument) -> None:
	"""A name is short, not empty, and has no `<` or `>`."""
	from frappe.model.naming import validate_name

	doc.name = validate_name(doc.doctype, doc.name)


# values


def check_values(doc: "Document") -> None:
	"""All checks of the fields' values, in the document and its rows."""
	_check_mandatory(doc)
	_check_data_options(doc)
	_check_selects(doc)
	_check_non_negative(doc)
	_check_lengths(doc)
	for one in with_rows(doc):
		_sanitize(one)


def _empty(df: Any, value: Any) -> bool:
	if value is None or value == "" or value == []:
		return True
	if df.fieldtype in ("Text Editor", "HTML Editor"):
		return not strip_html(value).strip() and "<img" not in value
	return isinstance(value, str) and not value.strip()


def _check_mandatory(doc: "Document") -> None:
	if doc.flags.ignore_mandatory:
		return
	missing = []
	for one in with_rows(doc):
		for df in plan_of(one.meta).mandatory:
			value = one.get(df.fieldname)
			if not _empty(df, value):
				continue
			label = _(df.label or df.fieldname)
			if one.meta.istable and one is not doc:
				text = f"{_('Error')}: {frappe.bold(_(one.doctype))} {_('Row')} #{one.idx}: {_('Value missing for')}: {label}"
			elif df.fieldtype in TABLE_TYPES:
				text = f"{_('Error')}: {_('Data missing in table')}: {label}"
			else:
				text = f"{_('Error')}: {_('Value missing for')} {_(doc.doctype)}: {label}"
			missing.append((df.fieldname, text))
	if not missing:
		return
	for _fieldname, text in missing:
		frappe.msgprint(text)
	fields = ", ".join(field for field, _text in missing)
	raise frappe.MandatoryError(f"[{doc.doctype}, {doc.name}]: {fields}")


def _check_data_options(doc: "Document") -> None:
	for one in with_rows(doc):
		for df, option in plan_of(one.meta).data_options:
			value = one.get(df.fieldname)
			if not value:
				continue
			if option == "Email":
				frappe.utils.validate_email_address(value, throw=True)
			elif option == "Phone":
				frappe.utils.validate_phone_number(value, throw=True)
			elif option == "Name":
				frappe.utils.validate_name(value, throw=True)
			else:
				frappe.utils.validate_url(value, throw=True)


def _check_selects(doc: "Document") -> None:
	if frappe.flags.in_import:
		return
	for one in with_rows(doc):
		for df, options in plan_of(one.meta).selects:
			value = one.get(df.fieldname)
			if value is None or value == "" or cstr(value) in options or not any(options):
				continue
			value = cstr(value).strip()
			if value in options:
				one.set(df.fieldname, value)
				continue
			choices = '", "'.join(_(o) for o in (df.options or "").split("\n") if o)
			frappe.throw(
				_('{0} {1} cannot be "{2}". It should be one of "{3}"').format(_place(one).strip(), _(df.label), value, choices).strip()
			)


def _check_non_negative(doc: "Document") -> None:
	for one in with_rows(doc):
		for df in plan_of(one.meta).non_negative:
			if flt(one.get(df.fieldname)) < 0:
				label = frappe.bold(_(df.label))
				place = f" {_('in row')} {one.idx}" if one.meta.istable else ""
				frappe.throw(_("Value cannot be negative for {0}: {1}").format(_(one.doctype) + place, label), frappe.NonNegativeError)


def _check_lengths(doc: "Document") -> None:
	for one in with_rows(doc):
		data = one.__dict__
		for df, longest in plan_of(one.meta).lengths:
			value = data.get(df.fieldname)
			if isinstance(value, str) and len(value) > longest:
				place = f"{_(one.doctype)}, {_('Row')} {one.idx}" if one.meta.istable else f"{_(one.doctype)} {one.name}"
				frappe.throw(
					_("{0}: '{1}' ({3}) will get truncated, as max characters allowed is {2}").format(
						place, frappe.bold(_(df.label)), longest, value
					),
					frappe.CharacterLengthExceededError,
					title=_("Value too big"),
				)


def _sanitize(doc: BaseDocument) -> None:
	"""Take what a browser would run out of the texts."""
	if frappe.flags.in_install:
		return
	from frappe.utils.html_utils import sanitize_html

	data, plan = doc.__dict__, plan_of(doc.meta)
	for fieldname in plan.columns:
		value = data.get(fieldname)
		if not isinstance(value, str) or ("<" not in value and ">" not in value):
			continue
		df = plan.stored.get(fieldname)
		if df and (df.get("ignore_xss_filter") or df.fieldtype in RAW_TYPES):
			continue
		if df and doc.docstatus.is_submitted() and not df.get("allow_on_submit") and not doc.is_new():
			continue
		data[fieldname] = sanitize_html(value, linkify=bool(df) and df.fieldtype == "Text Editor")


def save_passwords(doc: "Document") -> None:
	"""Encrypt Password fields away; the row keeps stars."""
	from frappe.utils.password import remove_encrypted_password, set_encrypted_password

	for fieldname in plan_of(doc.meta).passwords:
		value = doc.get(fieldname)
		if not value:
			if not doc.is_new():
				remove_encrypted_password(doc.doctype, doc.name, fieldname)
		elif set(value) != {"*"}:
			set_encrypted_password(doc.doctype, doc.name, value, fieldname)
			doc.set(fieldname, "*" * len(value))


# links


def check_links(doc: "Document") -> None:
	"""Every Link names an existing document; fields fetched from it are filled in. One query per linked DocType."""
	if doc.flags.ignore_links or doc._action == "cancel":
		return
	wanted: dict[str, set[str]] = {}
	places: list[tuple[BaseDocument, Any, str, str]] = []
	for one in with_rows(doc):
		plan, data = plan_of(one.meta), one.__dict__
		for df in plan.links:
			if value := data.get(df.fieldname):
				places.append((one, df, df.options, cstr(value)))
		for df in plan.dynamic_links:
			value = data.get(df.fieldname)
			if not value:
				continue
			doctype = data.get(df.options)
			if not doctype:
				frappe.throw(_("{0} must be set first").format(_(one._label(df.options))))
			places.append((one, df, doctype, cstr(value)))
	fetch: dict[str, set[str]] = {}
	for one, df, doctype, value in places:
		wanted.setdefault(doctype, set()).add(value)
		fetch.setdefault(doctype, set()).update(source for _df, source in plan_of(one.meta).fetches.get(df.fieldname, ()))
	found = {doctype: _linked_rows(doctype, names, fetch[doctype]) for doctype, names in wanted.items()}
	bad, cancelled = [], []
	for one, df, doctype, value in places:
		row = found[doctype].get(value) or found[doctype].get(value.casefold())
		text = f"{_place(one)}{_(df.label or df.fieldname)}: {value}"
		if not row:
			# as on a bench: a link that other fields are fetched from is not refused
			if df.fieldname not in plan_of(one.meta).fetches:
				bad.append(text)
			continue
		if row["name"] != one.get(df.fieldname) and isinstance(row["name"], str):
			one.set(df.fieldname, row["name"])
		if row.get("docstatus") == 2 and one.meta.is_submittable and df.fieldname != "amended_from":
			cancelled.append(text)
		_set_fetched(one, df, row)
	if bad:
		frappe.throw(_("Could not find {0}").format(", ".join(bad)), frappe.LinkValidationError)
	if cancelled:
		frappe.throw(_("Cannot link cancelled document: {0}").format(", ".join(cancelled)), frappe.CancelledLinkError)


def _linked_rows(doctype: str, names: set[str], fetch: set[str]) -> dict[str, dict[str, Any]]:
	"""name (also in lower case) -> what is known of it."""
	try:
		meta = frappe.get_meta(doctype)
	except frappe.DoesNotExistError:
		return {}
	if meta.issingle:
		return {doctype: {"name": doctype}}
	columns = ["name", *(field for field in fetch if field in plan_of(meta).columns and field != "name")]
	if meta.is_submittable:
		columns.append("docstatus")
	plain = len(columns) == 1
	cache = frappe.db.value_cache.setdefault(("names", doctype), {}) if plain else {}
	out = {name: cache[name] for name in names if name in cache}
	missing = [name for name in names if name not in out]
	if missing:
		marks = ", ".join(["%s"] * len(missing))
		query = f"SELECT {', '.join(f'`{c}`' for c in columns)} FROM `tab{doctype}` WHERE `name` IN ({marks})"
		for row in frappe.db.sql(query, tuple(missing), as_dict=True):
			key = cstr(row["name"])
			out[key] = out[key.casefold()] = cache[key] = row
	return out


def _set_fetched(doc: BaseDocument, link: Any, row: dict[str, Any]) -> None:
	for df, source in plan_of(doc.meta).fetches.get(link.fieldname, ()):
		if source not in row or (df.get("fetch_if_empty") and doc.get(df.fieldname)):
			continue
		if doc.docstatus.is_submitted() and not df.get("allow_on_submit") and not doc.is_new():
			continue
		doc.set(df.fieldname, row[source])


# what may not change


def _same(before: Any, after: Any, fieldtype: str) -> bool:
	if fieldtype in ("Float", "Currency", "Percent"):
		return flt(before, 9) == flt(after, 9)
	if fieldtype in ("Int", "Check"):
		return cint(before) == cint(after)
	return (before or "") == (after or "")


def check_constants(doc: "Document") -> None:
	"""Fields that are set only once keep their value."""
	before = doc.get_doc_before_save()
	if doc.is_new() or not before:
		return
	for df in plan_of(doc.meta).constants:
		old, new = before.get(df.fieldname), doc.get(df.fieldname)
		if df.fieldtype in TABLE_TYPES:
			same = _same_rows(old or [], new or [])
		else:
			same = _same(_typed(doc, df, old), _typed(doc, df, new), df.fieldtype)
		if not same:
			label = frappe.bold(_(df.label))
			frappe.throw(_("Value cannot be changed for {0}").format(label), frappe.CannotChangeConstantError)


def _typed(doc: BaseDocument, df: Any, value: Any) -> Any:
	plan = plan_of(doc.meta)
	convert = plan.converters.get(df.fieldname) or plan.moments.get(df.fieldname)
	return convert(value) if convert and value not in (None, "") else value


def _same_rows(before: list, after: list) -> bool:
	if len(before) != len(after):
		return False
	for old, new in zip(before, after, strict=True):
		for df in plan_of(new.meta).stored.values():
			if not _same(_typed(old, df, old.get(df.fieldname)), _typed(new, df, new.get(df.fieldname)), df.fieldtype):
				return False
	return True


def check_update_after_submit(doc: "Document") -> None:
	"""A submitted document changes only in fields that allow it."""
	before = doc.get_doc_before_save()
	_compare_submitted(doc, before)
	for df in doc.meta.get_table_fields():
		old = {row.name: row for row in before.get(df.fieldname) or ()}
		rows = doc.get(df.fieldname) or []
		for row in rows:
			if row.name in old and not row.is_new():
				_compare_submitted(row, old[row.name])
		if not df.get("allow_on_submit") and {row.name for row in rows} != set(old):
			_refuse_change(df, len(old), len(rows))


def _compare_submitted(doc: BaseDocument, before: BaseDocument) -> None:
	for df in plan_of(doc.meta).stored.values():
		if df.get("allow_on_submit"):
			continue
		old, new = before.get(df.fieldname), doc.get(df.fieldname)
		if not _same(_typed(doc, df, old), _typed(doc, df, new), df.fieldtype):
			_refuse_change(df, old, new, doc)


def _refuse_change(df: Any, old: Any, new: Any, doc: BaseDocument | None = None) -> None:
	place = _place(doc) if doc is not None else ""
	frappe.throw(
		place + _("Not allowed to change {0} after submission from {1} to {2}").format(
			frappe.bold(_(df.label)), frappe.bold(cstr(old)), frappe.bold(cstr(new))
		),
		frappe.UpdateAfterSubmitError,
		title=_("Cannot Update After Submit"),
	)


def reset_forbidden_fields(doc: "Document") -> None:
	"""Fields of a permission level the user may not write go back to what they were."""
	if doc.flags.ignore_permissions or frappe.flags.in_install or frappe.session.user == "Administrator":
		return
	plans = [plan_of(doc.meta), *(plan_of(frappe.get_meta(child)) for child in plan_of(doc.meta).tables.values())]
	if not any(plan.high_permlevel for plan in plans):
		return
	allowed = set(doc.get_permlevel_access())
	before = None if doc.is_new() else doc.get_latest()
	_reset(doc, before, allowed)
	if before is None:  # as on a bench: rows of a new document are taken as they are
		return
	for df in doc.meta.get_table_fields():
		old = {row.name: row for row in before.get(df.fieldname) or ()}
		for row in doc.get(df.fieldname) or ():
			_reset(row, old.get(row.name), allowed)


def _reset(doc: BaseDocument, before: BaseDocument | None, allowed: set[int]) -> None:
	for df in plan_of(doc.meta).high_permlevel:
		if cint(df.permlevel) in allowed:
			continue
		if before is not None:
			doc.set(df.fieldname, before.get(df.fieldname))
		elif df.fieldtype in TABLE_TYPES:
			doc.set(df.fieldname, [])
		else:
			doc.set(df.fieldname, default_value(df, doc) if df.fieldname in plan_of(doc.meta).defaults else None)
