"""The description of this interface, made from the functions themselves (OpenAPI 3.1)."""

from __future__ import annotations

import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import frappe
from order_ops import __version__
from order_ops.api import v1
from order_ops.customers.requests import ADDRESS_FIELDS, BUYER_FIELDS
from order_ops.ordering import requests as order_requests

JSON_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean", dict: "object", list: "array"}
NUMBERS = ("qty", "rate", "freight_amount")
TEXT = {"type": "string"}


@frappe.whitelist(methods=["GET"])
def document() -> dict[str, Any]:
	"""This document."""
	return {
		"openapi": "3.1.0",
		"info": {"title": "Order Ops", "version": __version__, "description": DESCRIPTION},
		"servers": [{"url": frappe.utils.get_url()}],
		"security": [{"token": []}],
		"paths": {path: _operation(method, function) for path, method, function in endpoints()},
		"components": {
			"securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "Authorization"}},
			"schemas": _schemas(),
		},
	}


def endpoints() -> Iterator[tuple[str, str, Callable]]:
	"""Every function of this package that can be called over REST: its path, HTTP method and itself."""
	modules = (info.name for info in pkgutil.iter_modules(v1.__path__))
	for module_name in sorted(name for name in modules if not name.startswith("test_")):
		module = import_module(f"{v1.__name__}.{module_name}")
		for name, function in sorted(vars(module).items()):
			if inspect.isfunction(function) and function in frappe.whitelisted:
				if function.__module__ == module.__name__:
					method = frappe.allowed_http_methods_for_whitelisted_func[function][0]
					yield f"/api/method/{module.__name__}.{name}", method.lower(), function


def _operation(method: str, function: Callable) -> dict[str, Any]:
	hints = typing.get_type_hints(function)
	parameters = [
		(parameter, _schema_of(function.__name__, parameter.name, hints.get(parameter.name, str)))
		for parameter in inspect.signature(function).parameters.values()
	]
	operation = {
		"summary": inspect.getdoc(function),
		"operationId": f"{function.__module__.rsplit('.', 1)[-1]}.{function.__name__}",
		"tags": [function.__module__.rsplit(".", 1)[-1]],
		"responses": {
			"200": {"description": "Done", "content": {"application/json": {"schema": _answer(function)}}},
			"403": {"description": "Not permitted"},
			"417": {"description": "Refused; _server_messages says why, with the rule's ID"},
		},
	}
	if method == "get":
		operation["parameters"] = [
			{"name": p.name, "in": "query", "required": p.default is p.empty, "schema": schema}
			for p, schema in parameters
		]
	elif parameters:
		body = {
			"type": "object",
			"properties": {p.name: schema for p, schema in parameters},
			"required": [p.name for p, _schema in parameters if p.default is p.empty],
		}
		operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
	return {method: operation}


def _schema_of(function: str, parameter: str, hint: Any) -> dict[str, Any]:
	if (function, parameter) == ("create", "orders"):
		one = {"$ref": "#/components/schemas/Order"}
		return {"oneOf": [one, {"type": "array", "items": one, "maxItems": 500}]}
	if (function, parameter) == ("upsert", "customers"):
		return {"type": "array", "items": {"$ref": "#/components/schemas/Customer"}, "maxItems": 500}
	options = [option for option in typing.get_args(hint) or (hint,) if option is not type(None)]
	types = [JSON_TYPES[typing.get_origin(option) or option] for option in options]
	return {"type": types[0] if len(types) == 1 else types}


def _answer(function: Callable) -> dict[str, Any]:
	verdict = {"orders.create": "OrderVerdict"}.get(
		f"{function.__module__.rsplit('.', 1)[-1]}.{function.__name__}"
	)
	message = {"type": "array", "items": {"$ref": f"#/components/schemas/{verdict}"}} if verdict else {}
	return {"type": "object", "properties": {"message": message}}


def _schemas() -> dict[str, Any]:
	address = _object(dict.fromkeys(ADDRESS_FIELDS, TEXT))
	buyer = _object(
		{**dict.fromkeys(BUYER_FIELDS, TEXT), "address": {"$ref": "#/components/schemas/Address"}}
	)
	line = _object(
		{f: {"type": ["number", "string"]} if f in NUMBERS else TEXT for f in order_requests.LINE_FIELDS},
		required=["article_no", "qty"],
	)
	invoice = _object(dict.fromkeys(order_requests.INVOICE_FIELDS, TEXT))
	invoice["properties"]["kind"] = {"type": "string", "enum": [*order_requests.INVOICE_KINDS]}
	payment = _object(dict.fromkeys(order_requests.PAYMENT_FIELDS, TEXT))
	payment["properties"]["status"] = {"type": "string", "enum": [*order_requests.PAYMENT_STATES]}
	order = _object(
		{f: {"type": ["number", "string"]} if f in NUMBERS else TEXT for f in order_requests.ORDER_FIELDS}
		| {
			"received_at": {"type": "string", "format": "date-time"},
			"buyer": {"$ref": "#/components/schemas/Buyer"},
			"ship_to": {"$ref": "#/components/schemas/Address"},
			"items": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Line"}},
			"invoice": invoice,
			"payment": payment,
			"urgency": {"type": "string", "enum": [*order_requests.URGENCIES]},
			"dms_order_type": {"type": "string", "enum": [*order_requests.ORDER_TYPES]},
		},
		required=["external_id", "items"],
	)
	verdict = _object(
		{
			"external_id": TEXT,
			"status": {"type": "string", "enum": ["created", "repeat", "refused"]},
			"order": {"type": ["string", "null"]},
			"orders": {"type": "array", "items": TEXT},
			"code": TEXT,
			"message": TEXT,
			"field": TEXT,
			"row": {"type": ["integer", "null"]},
			"rule": TEXT,
			"problems": {"type": "array", "items": {"type": "object"}},
		},
		required=["external_id", "status", "order", "orders"],
	)
	customer = {**buyer, "required": ["name"]}
	return {
		"Address": address,
		"Buyer": buyer,
		"Customer": customer,
		"Line": line,
		"Order": order,
		"OrderVerdict": verdict,
	}


def _object(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
	return {
		"type": "object",
		"properties": properties,
		"required": required or [],
		"additionalProperties": False,
	}


DESCRIPTION = (
	"Send `Authorization: token <api key>:<api secret>`. Calls that take many things answer with a verdict for each, "
	"in the order sent. A repeated order number with the same content gets the first answer; with other content it is "
	"refused with code `conflict`. Refusals name field, row and the rule of the regulations."
)
