"""The smallest app that extends Order Ops: a step kind and a guard, nothing of Order Ops changed."""

__version__ = "1.0.0"
