"""What the desk's inputs ask for while somebody types."""

from __future__ import annotations

import json
from typing import Any

import frappe
from frappe import _
from frappe.desk import fields as F
from frappe.desk.view import permlevels


def search_link(
	doctype: str, txt: str = "", filters: str | None = None, limit: int = 20
) -> list[dict[str, str]]:
	"""Documents a Link can point to, found by ID, title and search fields."""
	if not frappe.db.exists("DocType", doctype):
		return []
	frappe.has_permission(doctype, "read", throw=True)
	meta = frappe.get_meta(doctype)
	extra = [name.strip() for name in (meta.search_fields or "").split(",") if name.strip()]
	levels = permlevels(meta)
	known = {
		df.fieldname
		for df in meta.fields
		if int(df.permlevel or 0) in levels and df.fieldtype not in F.NOT_LISTED
	}
	names = [name for name in dict.fromkeys([meta.title_field, *extra]) if name in known]
	where: list = [[doctype, *condition] for condition in link_filters(filters)]
	if meta.has_field("disabled"):
		where.append([doctype, "disabled", "=", 0])
	if meta.has_field("enabled"):
		where.append([doctype, "enabled", "=", 1])
	either = [[doctype, name, "like", f"%{txt}%"] for name in ["name", *names]] if txt else []
	rows = frappe.get_list(
		doctype, fields=["name", *names], filters=where, or_filters=either, order_by="modified desc",
		limit_page_length=limit,
	)  # fmt: skip
	words = F.translated(frappe._dict(options=doctype))
	found = []
	for row in rows:
		title = row.get(meta.title_field) if meta.title_field and meta.show_title_field_in_link else None
		hints = [str(row[name]) for name in names if row.get(name) and row[name] not in (row.name, title)]
		text = title or (_(row.name) if words else row.name)
		found.append(
			{"id": row.name, "text": text, "hint": ", ".join(([row.name] if title else []) + hints)[:120]}
		)
	return found


def link_filters(filters: str | None) -> list[list]:
	"""The DocField's `link_filters` (JSON rows of DocType, field, operator, value), without the DocType."""
	try:
		rows = json.loads(filters or "[]")
	except ValueError:
		return []
	return [row[1:4] for row in rows if isinstance(row, list) and len(row) >= 4]


def fetched_values(doctype: str, fieldname: str, name: str) -> dict[str, Any]:
	"""What `fetch_from` would bring into a form once this link is chosen."""
	meta = frappe.get_meta(doctype)
	link = meta.get_field(fieldname)
	if (
		not link
		or link.fieldtype != "Link"
		or not name
		or not frappe.has_permission(link.options, "read", name)
	):
		return {}
	wanted = {
		df.fieldname: df.fetch_from.partition(".")[2]
		for df in meta.fields
		if (df.fetch_from or "").startswith(f"{fieldname}.")
	}
	source = frappe.get_meta(link.options)
	levels = permlevels(source)
	wanted = {
		mine: theirs
		for mine, theirs in wanted.items()
		if theirs == "name" or ((df := source.get_field(theirs)) and int(df.permlevel or 0) in levels)
	}
	if not wanted:
		return {}
	row = frappe.db.get_value(link.options, name, list(set(wanted.values())), as_dict=True) or {}
	return {mine: F.input_text(meta.get_field(mine), row.get(theirs)) for mine, theirs in wanted.items()}


def jump(txt: str) -> list[dict[str, str]]:
	"""Lists, workspaces and documents for the search box in the page's head."""
	from frappe.desk.workspace import visible_workspaces

	txt = txt.strip()
	if not txt:
		return []
	places = [(_(w.title or w.name), f"/app/{F.slug(w.name)}", _("Workspace")) for w in visible_workspaces()]
	doctypes = frappe.get_all("DocType", filters={"istable": 0}, fields=["name"], limit=0)
	for row in doctypes:
		places.append((_(row.name), f"/app/{F.slug(row.name)}", _("List")))
	found = [
		{"text": text, "hint": kind, "href": href}
		for text, href, kind in places
		if txt.lower() in text.lower() or txt.lower() in href.replace("-", " ")
	]
	readable = [
		p for p in found if p["hint"] != _("List") or frappe.has_permission(doctype_at(p["href"]), "read")
	]
	return readable[:8] + documents(txt, doctypes)


def doctype_at(href: str) -> str:
	"""The DocType whose list is at this address."""
	return frappe.db.get_value("DocType", {"name": href.rsplit("/", 1)[1].replace("-", " ")}, "name")


def documents(txt: str, doctypes: list[Any]) -> list[dict[str, str]]:
	"""Documents whose ID begins with the text, in the apps' own DocTypes."""
	if len(txt) < 3:
		return []
	own = {
		name for app in frappe.get_installed_apps() if app != "frappe" for name in frappe.get_module_list(app)
	}
	found = []
	for row in doctypes:
		meta = frappe.get_meta(row.name)
		if meta.issingle or meta.module not in own or not frappe.has_permission(row.name, "read"):
			continue
		names = frappe.get_list(
			row.name, filters={"name": ["like", f"{txt}%"]}, pluck="name", limit_page_length=3
		)
		found += [{"text": name, "hint": _(row.name), "href": F.form_path(row.name, name)} for name in names]
	return found[:12]
