"""Expressions written by administrators: they compute, and reach nothing but what they are given."""

import ast
import functools
from collections.abc import Callable
from types import CodeType
from typing import Any

import frappe
from frappe.context import local
from frappe.types.frappedict import _dict

_NODES = (
	ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd, ast.BinOp, ast.Add, ast.Sub,
	ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In,
	ast.NotIn, ast.Is, ast.IsNot, ast.Call, ast.keyword, ast.Attribute, ast.Subscript, ast.Slice, ast.Name, ast.Load,
	ast.Store, ast.Constant, ast.IfExp, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.SetComp, ast.DictComp,
	ast.GeneratorExp, ast.comprehension, ast.Starred,
)  # fmt: skip
_HIDDEN = ("_", "gi_", "cr_", "ag_", "tb_", "f_", "co_", "func_")
_BUILTINS = {
	"None": None, "True": True, "False": False, "abs": abs, "all": all, "any": any, "bool": bool, "dict": dict,
	"enumerate": enumerate, "float": float, "int": int, "isinstance": isinstance, "len": len, "list": list, "max": max,
	"min": min, "range": range, "round": round, "set": set, "sorted": sorted, "str": str, "sum": sum, "tuple": tuple,
	"zip": zip,
}  # fmt: skip


@functools.lru_cache(maxsize=1024)
def _compile(code: str) -> CodeType:
	tree = ast.parse(code.strip(), "<safe_eval>", "eval")
	for node in ast.walk(tree):
		name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
		if not isinstance(node, _NODES):
			raise SyntaxError(f"{type(node).__name__} is not allowed in an expression")
		if name.startswith(_HIDDEN) or (
			isinstance(node, ast.Attribute) and name in ("format", "format_map", "mro")
		):
			raise SyntaxError(f'"{name}" is not allowed in an expression')
	return compile(tree, "<safe_eval>", "eval")


def safe_eval(code: str, eval_globals: dict | None = None, eval_locals: dict | None = None) -> Any:
	"""The value of an expression over the names given."""
	names = {**(eval_globals or {}), **(eval_locals or {}), "__builtins__": _BUILTINS}
	return eval(_compile(code), names)


def get_workflow_safe_globals() -> dict[str, Any]:
	"""What a transition's condition may use."""
	utils = frappe.utils
	return {
		"frappe": _dict(
			db=_dict(get_value=frappe.db.get_value, get_list=frappe.db.get_list),
			session=frappe.session,
			utils=_dict(
				now_datetime=utils.now_datetime,
				add_to_date=utils.add_to_date,
				get_datetime=utils.get_datetime,
				now=utils.now,
			),
		)
	}


def read_sql(query: str, *args: Any, **kwargs: Any) -> Any:
	"""Rows of a reading statement."""
	query = str(query).strip()
	if not query.lower().startswith(("select", "with")) or local.db.dialect.is_write(query):
		raise frappe.PermissionError("Query must be of SELECT or read-only WITH type.")
	return local.db.sql(query, *args, **kwargs)


class SafeFace(_dict):
	"""What templates know as `frappe`: functions, and what belongs to the context that asks."""

	__slots__ = ()

	def __getattr__(self, key: str) -> Any:
		return _OF_THE_CONTEXT[key]() if key in _OF_THE_CONTEXT else self.get(key)


_OF_THE_CONTEXT: dict[str, Callable[[], Any]] = {
	"user": lambda: local.session.user,
	"full_name": lambda: frappe.utils.get_fullname(),
	"session": lambda: _dict(
		user=local.session.user, csrf_token=(local.session.data or {}).get("csrf_token") or ""
	),
	"lang": lambda: local.lang,
	"flags": lambda: local.flags,
	"form_dict": lambda: local.form_dict,
	"form": lambda: local.form_dict,
	"request": lambda: local.request,
	"response": lambda: local.response,
	"conf": lambda: _dict(developer_mode=local.conf.developer_mode),
	"date_format": lambda: frappe.utils.get_user_date_format(),
}


def _of_the_database(name: str) -> Callable:
	return lambda *args, **kwargs: getattr(local.db, name)(*args, **kwargs)


def get_safe_globals() -> dict[str, Any]:
	"""What templates may use; the same for every context."""
	utils = frappe.utils
	reading = (
		"get_value",
		"get_all",
		"get_list",
		"get_single_value",
		"get_default",
		"count",
		"exists",
		"escape",
	)
	helpers = _dict(
		{name: each for name, each in vars(utils.data).items() if callable(each) and name[0] != "_"}
	)
	for name in (
		"get_url",
		"get_url_to_form",
		"get_link_to_form",
		"get_fullname",
		"md_to_html",
		"sanitize_html",
	):
		helpers[name] = getattr(utils, name)
	face = SafeFace(
		_=frappe._, _dict=_dict, db=_dict({name: _of_the_database(name) for name in reading}, sql=read_sql),
		utils=helpers, format=frappe.format_value, format_date=utils.global_date_format,
	)  # fmt: skip
	for name in ("get_doc", "get_cached_doc", "get_meta", "get_list", "get_all", "get_system_settings", "get_hooks", "bold",
		"render_template", "msgprint", "throw", "as_json", "parse_json", "scrub", "has_permission", "get_roles",
		"format_value"):  # fmt: skip
		face[name] = getattr(frappe, name)
	return {
		"frappe": face,
		"_": frappe._,
		"json": _dict(loads=frappe.parse_json, dumps=frappe.as_json),
		"dict": dict,
		"scrub": frappe.scrub,
	}
