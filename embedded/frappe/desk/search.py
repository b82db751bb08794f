"""What the desk's inputs ask for while somebody types."""

from typing import Any

import frappe
from frappe import _
from frappe.desk import fields as F


def search_link(doctype: str, txt: str = "", limit: int = 20) -> list[dict[str, str]]:
	"""Documents a Link can point to, found by ID, title and search fields."""
	frappe.has_permission(doctype, "read", throw=True)
	meta = frappe.get_meta(doctype)
	known = F.readable(meta)
	names = [meta.title_field, *(meta.search_fields or "").replace(" ", "").split(",")]
	names = [name for name in dict.fromkeys(names) if name in known]
	where = [
		[doctype, flag, "=", on] for flag, on in (("disabled", 0), ("enabled", 1)) if meta.has_field(flag)
	]
	either = [[doctype, name, "like", f"%{txt}%"] for name in ["name", *names]] if txt else []
	page = {"order_by": "modified desc", "limit_page_length": limit}
	rows = frappe.get_list(doctype, fields=["name", *names], filters=where, or_filters=either, **page)
	found = []
	for row in rows:
		title = row.get(meta.title_field) if meta.show_title_field_in_link else None
		text = title or (_(row.name) if doctype in F.WORDS else row.name)
		hints = dict.fromkeys([row.name, *(str(row[name]) for name in names if row.get(name))])
		found.append({"id": row.name, "text": text, "hint": ", ".join(h for h in hints if h != text)[:120]})
	return found


def fetched_values(doctype: str, fieldname: str, name: str) -> dict[str, Any]:
	"""What `fetch_from` would bring into a form once this link is chosen; the server does it again on save."""
	meta = frappe.get_meta(doctype)
	link = meta.get_field(fieldname)
	if not (name and link and link.fieldtype == "Link" and frappe.has_permission(link.options, "read", name)):
		return {}
	source = F.readable(frappe.get_meta(link.options))
	pairs = [(df, (df.fetch_from or "").split(".")) for df in meta.fields]
	wanted = [(df, path[1]) for df, path in pairs if path[0] == fieldname and path[-1] in source]
	names = ["name", *(theirs for _df, theirs in wanted)]
	row = frappe.db.get_value(link.options, name, names, as_dict=True) or {}
	return {df.fieldname: F.input_text(df, row.get(theirs)) for df, theirs in wanted}


def jump(txt: str) -> list[dict[str, str]]:
	"""Lists, and documents whose ID begins with the text, for the search box in the page's head."""
	txt = txt.strip().lower()
	lists, documents = [], []
	where = {"filters": {"istable": 0}, "fields": ["name", "module"], "limit": 0}
	for row in frappe.get_all("DocType", **where) if txt else []:
		if not frappe.has_permission(row.name, "read"):
			continue
		if txt in _(row.name).lower() or txt in row.name.lower():
			lists.append({"text": _(row.name), "hint": _("List"), "href": f"/app/{F.slug(row.name)}"})
		if len(txt) > 3 and row.module != "Core" and not frappe.get_meta(row.name).issingle:
			where = {"name": ["like", f"{txt}%"]}
			names = frappe.get_list(row.name, filters=where, pluck="name", limit_page_length=3)
			documents += [{"text": n, "hint": _(row.name), "href": F.form_path(row.name, n)} for n in names]
	return lists[:8] + documents[:12]
