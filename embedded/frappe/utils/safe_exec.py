"""Expressions written by administrators: they compute, and reach nothing but what they are given."""

import ast
import functools
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
	if local.db.dialect.is_write(str(query)):
		raise frappe.PermissionError("Query must be of SELECT or read-only WITH type.")
	return frappe.db.sql(query, *args, **kwargs)


def get_safe_globals() -> dict[str, Any]:
	"""What templates may use."""
	from frappe.utils.formatters import format_value

	db, utils = frappe.db, frappe.utils
	names = (
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
		{name: each for name, each in vars(utils.data).items() if callable(each) and not name.startswith("_")}
	)
	helpers.update({name: getattr(utils, name) for name in (
		"get_url", "get_url_to_form", "get_link_to_form", "get_fullname", "md_to_html", "sanitize_html", "cast")})  # fmt: skip
	user = local.session.user
	face = _dict(
		_=frappe._, _dict=_dict, flags=local.flags, form_dict=local.form_dict, form=local.form_dict, lang=local.lang,
		session=_dict(user=user, csrf_token=local.session.data.csrf_token if local.session.data else ""), user=user,
		request=local.request, response=local.response, conf=_dict(developer_mode=local.conf.developer_mode),
		db=_dict({name: getattr(db, name) for name in names}, sql=read_sql), utils=helpers, full_name=user and utils.get_fullname(),
		format=format_value, format_value=format_value,
		format_date=utils.global_date_format, date_format=utils.get_user_date_format(),
	)  # fmt: skip
	for name in ("get_doc", "get_cached_doc", "get_meta", "get_list", "get_all", "get_system_settings", "get_hooks", "bold",
		"render_template", "msgprint", "throw", "as_json", "parse_json", "scrub", "has_permission", "get_roles"):  # fmt: skip
		face[name] = getattr(frappe, name)
	return {"frappe": face, "_": frappe._, "json": _dict(loads=frappe.parse_json, dumps=frappe.as_json),
		"dict": dict, "scrub": frappe.scrub, "dev_server": local.dev_server}  # fmt: skip
