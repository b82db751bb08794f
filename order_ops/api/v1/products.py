"""Products over REST. Annotations are evaluated where they stand, before the function called list takes that name."""

from typing import Any

import frappe

LONGEST_PAGE = 500
FIELDS = (
	"name",
	"article_no",
	"product_name",
	"product_name_zh",
	"specification",
	"model",
	"uom",
	"price",
	"tax_rate",
	"listed",
	"business_unit",
	"modified",
)


@frappe.whitelist(methods=["GET"])
def list(
	listed: int | None = None, modified_since: str | None = None, start: int = 0, limit: int = 100
) -> list[dict[str, Any]]:
	"""Products with price and tax rate, by article number, page by page (E-4.08a)."""
	filters = []
	if listed is not None:
		filters.append(["listed", "=", int(bool(listed))])
	if modified_since:
		filters.append(["modified", ">=", modified_since])
	return frappe.get_list(
		"Ops Product",
		filters=filters,
		fields=[*FIELDS],
		order_by="name asc",
		limit_start=max(0, start),
		limit_page_length=min(max(1, limit), LONGEST_PAGE),
	)
