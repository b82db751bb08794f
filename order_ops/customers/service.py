"""Customer records, many at once: look up by key, create, bring up to date."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import frappe
from frappe import _
from order_ops import rows
from order_ops.customers import rules
from order_ops.customers.exceptions import CustomerDetailsInvalid
from order_ops.customers.identifiers import tidy_code, tidy_phone
from order_ops.customers.rules import INDIVIDUAL, ORGANISATION, Address, Buyer, Known, Register
from order_ops.exchange import service as exchange
from order_ops.policy import service as policies
from order_ops.problems import Problem
from order_ops.problems import _ as mark
from order_ops.timekeeping import clock
from order_ops.wording import refuse

NAME_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ADDRESS_FIELDS = tuple(Address.__dataclass_fields__)


def new_name() -> str:
	"""A number for a new customer; drawn, so that nobody waits for a counter."""
	return "CU-" + "".join(secrets.choice(NAME_LETTERS) for _i in range(8))


# --- looking up ----------------------------------------------------------------------------------------------------


def register_for(buyers: Iterable[Buyer]) -> Register:
	"""The active customers whom one of the buyers' keys names, in one query (E-4.11b)."""
	buyers = list(buyers)
	keys = {
		"identity_key": {rules.identity(buyer.kind, buyer.code) for buyer in buyers},
		"external_id": {buyer.external_id for buyer in buyers},
		"mobile": {tidy_phone(buyer.mobile) for buyer in buyers},
	}
	either = [[field, "in", sorted(values - {""})] for field, values in keys.items() if values - {""}]
	return Register(known(either)) if either else Register([])


def known(either: list[list[Any]], limit: int = 0) -> list[Known]:
	"""The active customers for whom one of the conditions holds."""
	found = frappe.get_all(
		"Ops Customer",
		filters={"status": "Active"},
		or_filters=either,
		fields=[
			"name",
			"customer_kind",
			"customer_name",
			"organisation_code",
			"id_number",
			"mobile",
			"tax_no",
			"external_id",
			"missing_fields",
			"policy_code",
		],
		order_by="name",
		limit_page_length=limit,
	)
	return [_known(row) for row in found]


def _known(row: Mapping[str, Any]) -> Known:
	code = row["id_number"] if row["customer_kind"] == INDIVIDUAL else row["organisation_code"]
	return Known(
		id=row["name"],
		kind=row["customer_kind"],
		name=row["customer_name"] or "",
		code=code or "",
		mobile=row["mobile"] or "",
		tax_no=row["tax_no"] or "",
		external_id=row["external_id"] or "",
		missing=tuple(filter(None, (row["missing_fields"] or "").split(", "))),
		policy_code=row["policy_code"] or "",
	)


def default_addresses(customers: Iterable[str]) -> dict[str, Address]:
	"""Where each customer's goods usually go, in one query (E-4.10f)."""
	wanted = sorted({name for name in customers if name})
	if not wanted:
		return {}
	found = frappe.get_all(
		"Ops Customer Address",
		filters={"parent": ("in", wanted), "parenttype": "Ops Customer"},
		fields=["parent", *ADDRESS_FIELDS],
		order_by="is_default asc, idx desc",
	)
	return {row.parent: Address(**{f: row[f] or "" for f in ADDRESS_FIELDS}) for row in found}


# --- what a record says, as plain values ---------------------------------------------------------------------------


def buyer_of(record: Mapping[str, Any]) -> Buyer:
	"""A customer record as the rules see it; the default address is the one that counts (E-4.10c-j)."""
	individual = record.get("customer_kind") == INDIVIDUAL
	addresses = sorted(record.get("addresses") or [], key=lambda row: not row.get("is_default"))
	address = {f: addresses[0].get(f) or "" for f in ADDRESS_FIELDS} if addresses else {}
	return Buyer(
		kind=record.get("customer_kind") or "",
		name=(record.get("person_name") if individual else record.get("company_name")) or "",
		code=(record.get("id_number") if individual else record.get("organisation_code")) or "",
		mobile=record.get("mobile") or "",
		tax_no=record.get("tax_no") or "",
		external_id=record.get("external_id") or "",
		responsible_person=record.get("responsible_person") or "",
		responsible_contact=record.get("responsible_contact") or "",
		address=Address(**address),
	)


def fields_of(buyer: Buyer) -> dict[str, Any]:
	"""The record's fields for what a buyer says of himself, tidied (E-4.10c-j)."""
	values = {
		"customer_kind": buyer.kind or ORGANISATION,
		"mobile": tidy_phone(buyer.mobile) or None,
		"tax_no": tidy_code(buyer.tax_no) or None,
		"external_id": buyer.external_id or None,
	}
	if values["customer_kind"] == INDIVIDUAL:
		return values | {"person_name": buyer.name, "id_number": tidy_code(buyer.code) or None}
	return values | {
		"company_name": buyer.name,
		"organisation_code": tidy_code(buyer.code) or None,
		"responsible_person": buyer.responsible_person or None,
		"responsible_contact": tidy_phone(buyer.responsible_contact) or None,
	}


def derived(buyer: Buyer, policy_code: str | None = None, active: bool = True) -> dict[str, Any]:
	"""The fields nobody types: names to show and to compare by, completeness, identity (E-4.10b, E-4.11b/c)."""
	policy = policies.resolve(policy_code, at=clock.now())
	missing = rules.missing_of(buyer, policy.require_individual_id)
	return {
		"customer_name": buyer.name,
		"match_name": rules.match_name(buyer.name)[:140],
		"profile_complete": int(not missing),
		"missing_fields": ", ".join(missing),
		"identity_key": (rules.identity(buyer.kind, buyer.code) or None) if active else None,
	}


# --- creating and bringing up to date ------------------------------------------------------------------------------


def create(
	buyers: Sequence[Buyer], extra: Sequence[Mapping[str, Any]] | None = None, ask_sap: bool = True
) -> list[str]:
	"""A record per buyer with few statements; SAP is asked for the numbers still missing (E-4.11g).

	Whom somebody else creates at the same moment is taken as he is: code and channel number are unique.
	"""
	extra = extra or [{}] * len(buyers)
	customers, addresses = {}, []
	for buyer, more in zip(buyers, extra, strict=True):
		refuse(rules.problems_of(buyer) + problems_of_new(buyer), CustomerDetailsInvalid)
		buyer = _with_region(buyer)
		name = new_name()
		customers[name] = {
			"name": name,
			"status": "Active",
			**fields_of(buyer),
			**more,
			**derived(buyer, more.get("policy_code")),
		}
		if buyer.address != Address():
			addresses.append(_address_row(name, buyer.address))
	rows.insert_many("Ops Customer", customers.values(), ignore_duplicates=True)
	taken = _owners_of_keys(customers)
	names = [taken.get(name, name) for name in customers]
	rows.insert_many("Ops Customer Address", [row for row in addresses if row["parent"] not in taken])
	if ask_sap:
		ask_sap_for_numbers(
			[row for name, row in customers.items() if name not in taken and not row.get("sap_customer_no")]
		)
	return names


def _owners_of_keys(customers: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
	"""Which of the new records lost their unique key to another one, and to whom."""
	found = set(frappe.get_all("Ops Customer", filters={"name": ("in", list(customers))}, pluck="name"))
	owners = {}
	for name in customers.keys() - found:
		for key in ("identity_key", "external_id", "sap_customer_no"):
			value = customers[name].get(key)
			# a locking read sees what was committed since this transaction began
			if value and (owner := frappe.db.get_value("Ops Customer", {key: value}, for_update=True)):
				owners[name] = owner
	return owners


def update(name: str, buyer: Buyer, more: Mapping[str, Any] | None = None) -> bool:
	"""Bring one record up to date with what is given; what is not given stays. Returns whether anything changed."""
	doc = frappe.get_doc("Ops Customer", name)
	given = {field: value for field, value in {**fields_of(buyer), **(more or {})}.items() if value}
	if not buyer.kind:
		given.pop("customer_kind", None)
	changed = {field: value for field, value in given.items() if doc.get(field) != value}
	doc.update(changed)
	address = _with_region(buyer).address
	if address != Address() and address != buyer_of(doc).address:
		for row in doc.addresses:
			row.is_default = 0
		doc.append("addresses", {"is_default": 1, **{f: getattr(address, f) for f in ADDRESS_FIELDS}})
		changed["addresses"] = True
	if changed:
		doc.save(ignore_version=False)  # old and new value are the evidence (E-4.11e)
	return bool(changed)


def upsert(buyers: Sequence[Buyer], extra: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
	"""Create whom no key recognises, bring the others up to date: (created | updated | unchanged, name) per row."""
	register = register_for(buyers)
	found = [register.find(buyer) for buyer in buyers]
	first: dict[str, int] = {}  # of several rows about one new customer the first creates him
	for i, buyer in enumerate(buyers):
		if found[i] is None:
			first.setdefault(rules.identity(buyer.kind, buyer.code) or buyer.external_id or f"row {i}", i)
	created = create([buyers[i] for i in first.values()], [extra[i] for i in first.values()])
	names = dict(zip(first.values(), created, strict=True))
	results = []
	for i, (buyer, customer) in enumerate(zip(buyers, found, strict=True)):
		if i in names:
			results.append(("created", names[i]))
			continue
		key = rules.identity(buyer.kind, buyer.code) or buyer.external_id
		name = customer.id if customer else names[first[key]]
		results.append(("updated" if update(name, buyer, extra[i]) else "unchanged", name))
	return results


def ask_sap_for_numbers(customers: Iterable[Mapping[str, Any]]) -> None:
	"""Send new customers to SAP, which answers with their numbers; one message each, however often asked (E-4.11g)."""
	exchange.queue(
		[
			{
				"message_key": f"SAP:Customer Create:{customer['name']}",
				"event": "Customer Create",
				"rule": "E-4.11g",
				"channel": "SAP",
				"reference_doctype": "Ops Customer",
				"reference_name": customer["name"],
				"subject": _("New customer {0}").format(customer["customer_name"]),
				"payload": {
					"customer": customer["name"],
					"kind": customer["customer_kind"],
					"name": customer["customer_name"],
					"code": customer.get("organisation_code") or "",
					"tax_no": customer.get("tax_no") or "",
				},
			}
			for customer in customers
		]
	)


def in_channel(buyer: Buyer, channel: str | None) -> Buyer:
	"""A customer's number counts within the channel that gave it (E-4.11b)."""
	if not (channel and buyer.external_id):
		return buyer
	return replace(buyer, external_id=f"{channel}:{buyer.external_id}")


def problems_of_new(buyer: Buyer) -> list[Problem]:
	"""What keeps a buyer from being a customer on file: nobody to call him by, no place on the map (E-4.10d, f)."""
	problems = []
	if not buyer.name:
		problems.append(Problem("missing", mark("The name is missing"), (), "name", rule="E-4.10d"))
	province = buyer.address.province
	if province and policies.regions_of([province])[province] is None:
		text = mark("{0} is no province of the delivery map")
		problems.append(Problem("province", text, (province,), "address.province", rule="E-4.10f"))
	return problems


def _with_region(buyer: Buyer) -> Buyer:
	province = buyer.address.province
	if not province:
		return buyer
	region = policies.regions_of([province])[province]
	return replace(buyer, address=replace(buyer.address, province=region.name))


def _address_row(customer: str, address: Address) -> dict[str, Any]:
	return {
		"parent": customer,
		"parenttype": "Ops Customer",
		"parentfield": "addresses",
		"idx": 1,
		"is_default": 1,
		**{field: getattr(address, field) or None for field in ADDRESS_FIELDS},
	}
