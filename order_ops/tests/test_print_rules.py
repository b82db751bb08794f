from __future__ import annotations

import unittest

from hypothesis import given
from hypothesis import strategies as st

from order_ops import print_rules


class TestBarCode(unittest.TestCase):
	def test_a_number_becomes_its_symbols(self):  # G3-4.1
		# start B, "A" = 33, check (104 + 33) mod 103 = 34, stop: read by a scanner library as "A"
		self.assertEqual("".join(map(str, print_rules.code_128("A"))), "2112141113231311232331112")

	def test_every_symbol_is_eleven_modules_wide(self):
		widths = print_rules.code_128("DN-261122-7K3QZX")
		self.assertEqual(sum(widths), (16 + 3) * 11 + 2)

	def test_what_has_no_symbol_is_refused(self):
		for text in ("", "发货单", "\t"):
			with self.assertRaises(ValueError):
				print_rules.code_128(text)

	def test_it_is_drawn_as_bars(self):
		svg = print_rules.code_128_svg("A")
		self.assertEqual(svg.count("<rect"), 13)
		self.assertIn('viewBox="0 0 46 10"', svg)


class TestLines(unittest.TestCase):
	def test_chinese_characters_are_one_em_wide(self):
		self.assertEqual(print_rules.lines_needed("起" * 14, 14), 1)
		self.assertEqual(print_rules.lines_needed("起" * 15, 14), 2)

	def test_nothing_takes_a_line_and_breaks_take_theirs(self):
		self.assertEqual(print_rules.lines_needed(None, 14), 1)
		self.assertEqual(print_rules.lines_needed("a\nb\n", 14), 3)


class TestSheets(unittest.TestCase):
	def cut(self, rows, first=10, other=10, tail=3):
		return print_rules.cut_into_sheets(range(rows), [1] * rows, first, other, tail)

	def test_what_fits_stays_on_one_sheet(self):
		self.assertEqual([len(s) for s in self.cut(7)], [7])

	def test_the_tail_takes_rows_along_when_it_has_no_room(self):
		self.assertEqual([len(s) for s in self.cut(8)], [5, 3])
		self.assertEqual([len(s) for s in self.cut(10)], [7, 3])

	def test_one_row_more_begins_a_sheet(self):
		self.assertEqual([len(s) for s in self.cut(11)], [10, 1])

	def test_no_rows_make_one_empty_sheet(self):
		self.assertEqual(self.cut(0), [[]])

	@given(st.lists(st.integers(1, 6), max_size=80))
	def test_no_row_is_lost_and_no_sheet_overflows(self, heights):
		sheets = print_rules.cut_into_sheets(list(enumerate(heights)), heights, 20, 20, 8)
		self.assertEqual([row for sheet in sheets for row in sheet], list(enumerate(heights)))
		used = [sum(height for _n, height in sheet) for sheet in sheets]
		self.assertTrue(all(total <= 20 for total in used))
		self.assertTrue(used[-1] + 8 <= 20 or len(sheets[-1]) == 1 or len(sheets[-1]) == 3)
