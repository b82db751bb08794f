"""Expressions written by administrators: they compute, and reach nothing but what they are given."""

import ast
import functools
from types import CodeType
from typing import Any

import frappe
from frappe.types.frappedict import _dict

_FORBIDDEN = (ast.Lambda, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.JoinedStr)
_HIDDEN = ("_", "gi_", "cr_", "ag_", "tb_", "f_", "co_", "func_", "format", "mro")
_BUILTINS = {
	each.__name__: each
	for each in (abs, all, any, bool, dict, enumerate, float, int, isinstance, len, list, max, min, range, round, set,
		sorted, str, sum, tuple, zip)
}  # fmt: skip


@functools.lru_cache(maxsize=1024)
def _compile(code: str) -> CodeType:
	tree = ast.parse(code.strip(), "<safe_eval>", "eval")
	for node in ast.walk(tree):
		if isinstance(node, _FORBIDDEN):
			raise SyntaxError(f"{type(node).__name__} is not allowed in an expression")
		name = getattr(node, "attr", getattr(node, "id", ""))
		if name.startswith(_HIDDEN):
			raise SyntaxError(f'"{name}" is not allowed in an expression')
	return compile(tree, "<safe_eval>", "eval")


def safe_eval(code: str, eval_globals: dict | None = None, eval_locals: dict | None = None) -> Any:
	"""The value of an expression over the names given."""
	names = {**(eval_globals or {}), **(eval_locals or {}), "__builtins__": _BUILTINS}
	return eval(_compile(code), names)


def get_workflow_safe_globals() -> dict[str, Any]:
	"""What a transition's condition may use."""
	utils = {
		name: getattr(frappe.utils, name) for name in ("now_datetime", "add_to_date", "get_datetime", "now")
	}
	database = {name: getattr(frappe.db, name) for name in ("get_value", "get_list")}
	return {"frappe": _dict(db=_dict(database), session=frappe.session, utils=_dict(utils))}
