"""Order Ops: the orders of a manufacturer's e-commerce unit and of a wholesaler, each step with its clock."""

__version__ = "0.1.0"
