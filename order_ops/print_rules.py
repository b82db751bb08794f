"""What a printed form needs and no engine gives alike everywhere: sheets cut beforehand, and a bar code."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import ceil
from typing import TypeVar

Row = TypeVar("Row")

# Millimetres of an A4 sheet with 10 mm margins, measured on the rendered forms.
BODY_ROOM, TAIL, ROW, EXTRA_LINE = 202.0, 50.0, 6.9, 4.4

# Bar and space widths of the Code 128 symbols 0-106, six digits each; the stop symbol has a seventh bar of 2.
CODE_128 = (
	"212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222"
	"123122123221223211221132221231213212223112312131311222321122321221312212322112322211212123212321"
	"232121111323131123131321112313132113132311211313231113231311112133112331132131113123113321133121"
	"313121211331231131213113213311213131311123311321331121312113312311332111314111221411431111111224"
	"111422121124121421141122141221112214112412122114122411142112142211241211221114413111241112134111"
	"111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141114113"
	"114311411113411311113141114131311141411131211412211214211232233111"
)
START_B, STOP = 104, 106


def code_128(text: str) -> list[int]:
	"""Widths of bars and spaces in turn, code set B, for printable ASCII."""
	values = [ord(char) - 32 for char in text]
	if not text or min(values) < 0 or max(values) > 94:
		raise ValueError(text)
	check = (START_B + sum(place * value for place, value in enumerate(values, 1))) % 103
	symbols = [START_B, *values, check, STOP]
	return [int(d) for s in symbols for d in CODE_128[6 * s : 6 * s + 6]] + [2]


def code_128_svg(text: str, height_mm: int = 11, module_mm: float = 0.25) -> str:
	"""The bar code as inline SVG: plain rectangles, which every print engine draws."""
	widths = code_128(text)
	edges = [0]
	for width in widths:
		edges.append(edges[-1] + width)
	bars = "".join(
		f'<rect x="{a}" y="0" width="{b - a}" height="10"/>' for a, b in list(pairwise(edges))[::2]
	)
	return (
		f'<svg xmlns="http://www.w3.org/2000/svg" width="{edges[-1] * module_mm:g}mm" height="{height_mm}mm"'
		f' viewBox="0 0 {edges[-1]} 10" preserveAspectRatio="none">{bars}</svg>'
	)


def text_width(text: str) -> float:
	"""Width in ems: a Chinese character is one, a Latin capital 0.68, anything else 0.56."""
	return sum(
		1.0 if unicodedata.east_asian_width(c) in "WF" else 0.68 if c.isupper() else 0.56 for c in text
	)


def lines_needed(text: str | None, width_em: float) -> int:
	"""How many lines a text takes in a column; on the safe side, for it decides where a sheet ends."""
	return sum(max(1, ceil(text_width(part) / width_em)) for part in (text or "").split("\n"))


def cut_into_sheets(
	rows: Sequence[Row], heights: Iterable[float], first: float, other: float, tail: float
) -> list[list[Row]]:
	"""Rows per sheet. The last sheet keeps room for the tail, and never carries the tail alone."""
	sheets: list[list[Row]] = [[]]
	used, room = 0.0, first
	for row, height in zip(rows, heights, strict=True):
		if sheets[-1] and used + height > room:
			sheets.append([])
			used, room = 0.0, other
		sheets[-1].append(row)
		used += height
	if used + tail > room and len(sheets[-1]) > 1:
		stay = max(1, len(sheets[-1]) - 3)
		sheets.append(sheets[-1][stay:])
		del sheets[-2][stay:]
	return sheets


def row_height(*cells: tuple[str, float]) -> float:
	"""Millimetres that a row takes, from its texts and the widths of their columns in ems."""
	return ROW + (max(lines_needed(text, width) for text, width in cells) - 1) * EXTRA_LINE


def extra(text: str | None, width_em: float) -> float:
	"""Millimetres that a text takes beyond its first line."""
	return (lines_needed(text, width_em) - 1) * EXTRA_LINE
