# Copyright (c) 2026, Order Ops contributors
# License: MIT. See LICENSE

"""What keeps a profile from being activated: everything that is missing, at once (B-01, G2-03, C-01, C-02)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import time

from order_ops.policy import rules
from order_ops.policy.rules import Policy, Step, Tier, Wave
from order_ops.problems import Problem, _

ONE_MONTH = range(1, 32)
UNSET = time.max  # a row without a time


@dataclass(frozen=True)
class Site:
	"""What a site has that a profile may name."""

	has_working_time: bool
	roles: Collection[str] = ()
	modules: Collection[str] = ()
	handlers: Collection[str] = ()
	step_kinds: Collection[str] = ()


# purpose of a cut-off -> when a profile needs one (C-01)
NEEDED_CUTOFFS: dict[str, Callable[[Policy], bool]] = {
	rules.INVOICE_DONE: lambda policy: policy.invoice_trigger == "DeliveryNote",
	rules.POS_ORDER: lambda policy: any(row.channel == "POS" for row in policy.channels),
	rules.ONLINE_PAYMENT: lambda policy: policy.settlement_cycle == "BillingDay",
	rules.EXPRESS_T0: lambda policy: policy.special_delivery,
	rules.EXPRESS_T1: lambda policy: policy.special_delivery,
}


def problems(policy: Policy, site: Site, versions: Iterable[Policy] = ()) -> list[Problem]:
	"""Everything that is missing or wrong in a profile that is to be activated; versions are those of its code."""
	found = [
		*_profile_problems(policy, site, versions),
		*_cutoff_problems(policy),
		*_wave_problems(policy, site),
	]
	for row, step in enumerate(policy.steps, start=1):
		found += [problem.at(row=row) for problem in _step_problems(step, policy, site)]
	found += [*_duty_problems(policy), *_tier_problems(policy), *_other_problems(policy, site)]
	return [*found, *_role_problems(policy, site)]


def named_roles(policy: Policy) -> Iterator[tuple[str, int | None, str, str]]:
	"""Every role that a profile names: the part it stands in, row, field and role."""
	for place in ("maintained_by", "activated_by", "return_inspector_role", "refusal_signed_by"):
		yield "", None, place, getattr(policy, place)
	tables: tuple[tuple[str, Sequence, tuple[str, ...]], ...] = (
		(_("Steps"), policy.steps, ("owner_role", "escalate_to")),
		(_("Duties"), policy.duties, ("owner_role",)),
		(_("Approval Tiers"), policy.tiers, ("role",)),
		(_("Penalties"), policy.penalties, ("confirmed_by",)),
		(_("Ways of Changing an Order"), policy.change_routes, ("role",)),
	)
	for part, table, places in tables:
		for row, value in enumerate(table, start=1):
			for place in places:
				yield part, row, place, getattr(value, place)


def _profile_problems(policy: Policy, site: Site, versions: Iterable[Policy]) -> Iterator[Problem]:
	if not site.has_working_time:
		text = _("Calendar {0} has no working time: give it a working period")
		yield Problem("calendar", text, (policy.calendar,), "calendar", rule="D-03")
	for other in versions:
		before = other.status == rules.ACTIVE and other.version < policy.version
		if before and policy.effective_from < other.effective_from:
			text = _("Version {0} takes effect at {1}: let this one take effect after it")
			args = (other.version, other.effective_from.strftime("%Y-%m-%d %H:%M"))
			yield Problem("effective_from", text, args, "effective_from", rule="G3-7")


def _cutoff_problems(policy: Policy) -> Iterator[Problem]:
	for row, cutoff in enumerate(policy.cutoffs, start=1):
		implied = policy.implied_cutoff(cutoff.purpose)
		if implied and replace(cutoff, rule=implied.rule) != implied:
			text = _("Cut-offs, row {0}: {1} is at {2} by the order cut-off and the waves; remove the row")
			args = (row, cutoff.purpose, f"{implied.at_time:%H:%M}")
			yield Problem("cutoff", text, args, "at_time", row, "C-01")
		if any(other.purpose == cutoff.purpose for other in policy.cutoffs[: row - 1]):
			text = _("Cut-offs, row {0}: {1} stands there twice")
			yield Problem("repeated", text, (row, cutoff.purpose), "purpose", row, "C-01")
	for purpose, is_needed in NEEDED_CUTOFFS.items():
		if is_needed(policy) and not policy.cutoff(purpose):
			text = _("There is no cut-off for {0}: add a row to the cut-offs")
			yield Problem("cutoff_missing", text, (purpose,), "cutoffs", rule="C-01")


def _wave_problems(policy: Policy, site: Site) -> Iterator[Problem]:
	for row, wave in enumerate(policy.waves, start=1):
		earlier = policy.waves[: row - 1]
		if any(other.wave == wave.wave for other in earlier):
			text = _("Waves, row {0}: {1} stands there twice")
			yield Problem("repeated", text, (row, wave.wave), "wave", row, "D-10")
		yield from _time_problems(wave, row, [other for other in earlier if other.kind == wave.kind])
		if wave.handler not in site.handlers and (wave.handler or wave.kind == rules.PROCESS):
			text = _("Waves, row {0}: no app registers the wave handler {1}")
			yield Problem("handler", text, (row, wave.handler), "handler", row, "E-4.13c")
		if wave.kind == rules.REVIEW:
			yield from _feed_problems(wave, row, policy)
	process = [wave for wave in policy.waves if wave.kind == rules.PROCESS]
	if process and (process[-1].cutoff, process[-1].boundary) != (
		policy.order_cutoff,
		policy.cutoff_boundary,
	):
		text = _("The last wave must close at the order cut-off {0}, on the same side of the boundary")
		yield Problem("cutoff", text, (f"{policy.order_cutoff:%H:%M}",), "order_cutoff", rule="E-3.4a")


def _time_problems(wave: Wave, row: int, earlier: Sequence[Wave]) -> Iterator[Problem]:
	if wave.at_close:
		return
	if wave.cutoff == UNSET:
		text = _("Waves, row {0}: {1} has no time: give its cut-off, or let it close with work")
		yield Problem("time", text, (row, wave.wave), "cutoff", row, "C-01")
	elif earlier and (earlier[-1].at_close or wave.cutoff <= earlier[-1].cutoff):
		text = _("Waves, row {0}: put the waves in the order of their cut-offs")
		yield Problem("order", text, (row,), "cutoff", row, "E-4.13c")


def _feed_problems(wave: Wave, row: int, policy: Policy) -> Iterator[Problem]:
	fed = policy.wave(wave.feeds) if wave.feeds else None
	if fed is None or fed.kind != rules.SEND:
		text = _("Waves, row {0}: {1} feeds no sending wave: name the one that takes what it reviewed")
		yield Problem("feeds", text, (row, wave.wave), "feeds", row, "C-02")
	elif not fed.at_close and (wave.at_close or fed.cutoff < wave.cutoff):
		text = _("Waves, row {0}: {1} closes after {2}, which it feeds")
		yield Problem("feeds", text, (row, wave.wave, fed.wave), "feeds", row, "C-02")


def _step_problems(step: Step, policy: Policy, site: Site) -> Iterator[Problem]:
	if sum(other.step == step.step for other in policy.steps) > 1:
		yield Problem("repeated", _("Steps: {0} stands there twice"), (step.step,), "step", rule=step.rule)
	if not step.owner_role:
		text = _("Step {0} has no owner: name a role")
		yield Problem("owner", text, (step.step,), "owner_role", rule=step.rule)
	if step.basis in rules.DURATIONS and step.minutes <= 0:
		text = _("Step {0} has no time: say how many minutes")
		yield Problem("minutes", text, (step.step,), "minutes", rule=step.rule)
	if step.basis in rules.AT_A_TIME and step.at_time is None:
		yield Problem("at_time", _("Step {0} has no time of day"), (step.step,), "at_time", rule=step.rule)
	if step.basis == rules.WAVE and policy.wave(step.step) is None:
		text = _("Step {0} is due with a wave of the same code, which this profile does not have")
		yield Problem("wave", text, (step.step,), "step", rule=step.rule)
	if step.basis == rules.NEXT_WAVE and all(wave.kind != step.wave_kind for wave in policy.waves):
		text = _("Step {0} is due with the next wave of a kind that this profile does not have")
		yield Problem("wave", text, (step.step,), "wave_kind", rule=step.rule)
	if step.basis == rules.DAY_OF_MONTH and step.day_of_month not in ONE_MONTH:
		text = _("Step {0} has no day of the month: give a number from 1 to 31")
		yield Problem("day_of_month", text, (step.step,), "day_of_month", rule=step.rule)
	if step.basis == rules.OTHER and step.step_kind not in site.step_kinds:
		text = _("Step {0}: no app registers the step kind {1}")
		yield Problem("step_kind", text, (step.step, step.step_kind), "step_kind", rule=step.rule)


def _duty_problems(policy: Policy) -> Iterator[Problem]:
	for link in rules.LINKS:
		duties = [duty for duty in policy.duties if duty.link == link]
		if not duties:
			text = _("Duties: nobody owns the link {0} of an order: add a row")
			yield Problem("duty_missing", text, (link,), "duties", rule="G2-03")
		elif not all(duty.owner_role and duty.department for duty in duties):
			text = _("Duties: {0} has no department or no owner role")
			yield Problem("duty_owner", text, (link,), "owner_role", rule="G2-03")


def _tier_problems(policy: Policy) -> Iterator[Problem]:
	ladders: dict[tuple[str, int], list[tuple[int, Tier]]] = {}
	for row, tier in enumerate(policy.tiers, start=1):
		ladders.setdefault((tier.document, tier.sequence), []).append((row, tier))
		if not tier.role and not tier.user:
			text = _("Approval Tiers, row {0}: nobody approves here: name a role or a user")
			yield Problem("approver", text, (row,), "role", row, "B-01")
	for ladder in ladders.values():
		end = ladder[0][1].amount_from * 0
		for place, (row, tier) in enumerate(ladder):
			is_last = place == len(ladder) - 1
			if (
				tier.amount_from != end
				or (is_last and tier.amount_to)
				or (not is_last and not tier.amount_to)
			):
				text = _(
					"Approval Tiers, row {0}: the tiers of a turn go from 0 upwards without gap or overlap"
				)
				yield Problem("tiers", text, (row,), "amount_from", row, "C-10")
			end = tier.amount_to


def _other_problems(policy: Policy, site: Site) -> Iterator[Problem]:
	if not policy.modules:
		text = _("Modules: name those that orders under this profile need")
		yield Problem("modules", text, (), "modules", rule="E-2")
	for row, module in enumerate(policy.modules, start=1):
		if module not in site.modules:
			text = _("Modules, row {0}: there is no module {1}")
			yield Problem("module", text, (row, module), "module", row, "E-2")
	for row, kept in enumerate(policy.retention, start=1):
		if kept.years < max(1, kept.least_years):
			text = _("Retention, row {0}: the records are kept at least {1} years")
			yield Problem(
				"retention", text, (row, max(1, kept.least_years)), "years", row, kept.rule or "C-19"
			)
	if policy.settlement_cycle == "Monthly" and policy.settlement_day not in ONE_MONTH:
		text = _("Settlement has no day of the month: give a number from 1 to 31")
		yield Problem("settlement", text, (), "settlement_day", rule="C-12")
	if policy.settlement_cycle == "Cycle" and policy.settlement_days < 1:
		text = _("Settlement has no cycle: say how many days it has")
		yield Problem("settlement", text, (), "settlement_days", rule="C-12")


def _role_problems(policy: Policy, site: Site) -> Iterator[Problem]:
	for part, row, place, role in named_roles(policy):
		if not role or role in site.roles:
			continue
		if row is None:
			yield Problem("role", _("There is no role {0}"), (role,), place, rule="D-10")
		else:
			text = _("{0}, row {1}: there is no role {2}")
			yield Problem("role", text, (part, row, role), place, row, "D-10")
