"""The order of a queue."""

import unittest
from datetime import date, datetime
from itertools import permutations

from order_ops.timekeeping.queue_rules import BY_ARRIVAL, BY_DUE, BY_URGENCY, KEYS, place_in_queue

TODAY, TOMORROW = date(2026, 11, 20), date(2026, 11, 21)


def order(name, urgency="Normal", due=TODAY, minute=0):
	return name, urgency, due, datetime(2026, 11, 20, 10, minute)


class TestQueue(unittest.TestCase):
	def queue(self, orders, keys=KEYS):
		return "".join(name for name, *rest in sorted(orders, key=lambda o: place_in_queue(*o[1:], keys)))

	def test_urgency_then_due_time_then_arrival(self):  # C-20, G6-03
		orders = [
			order("e", minute=5),
			order("d", minute=4),
			order("f", due=TOMORROW, minute=1),
			order("a", "Urgent", due=TOMORROW, minute=9),
			order("b", "Special", minute=8),
			order("c", "Special", due=TOMORROW, minute=2),
			order("g", due=None),
		]
		for shuffled in list(permutations(orders))[:200]:
			self.assertEqual(self.queue(shuffled), "abcdefg")

	def test_the_policy_names_the_keys(self):  # C-20
		orders = [
			order("a", "Urgent", TOMORROW, 2),
			order("b", "Normal", TODAY, 3),
			order("c", "Special", TOMORROW, 1),
		]
		self.assertEqual(self.queue(orders), "acb")
		self.assertEqual(self.queue(orders, (BY_DUE, BY_URGENCY)), "bac")
		self.assertEqual(self.queue(orders, (BY_ARRIVAL,)), "cab")
		self.assertEqual(self.queue(orders, (BY_URGENCY, BY_ARRIVAL)), "acb")

	def test_who_came_first_goes_first_among_equals(self):  # G6-03
		self.assertEqual(self.queue([order("b", minute=1), order("a")], (BY_URGENCY,)), "ab")
