"""A verdict that explains itself: what was read, what is missing, and the shortest way to pass."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from coopflow.domain.base import Instant, Label, Shape, Slug
from coopflow.domain.conditions import FactRead, find, is_useful
from coopflow.domain.facts import View
from coopflow.domain.gates import judge
from coopflow.domain.policy import Criterion, Remedy
from coopflow.domain.refusals import refuse
from coopflow.domain.remedies import people_needed, smallest_cover
from coopflow.domain.roles import MATRIX
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation


class CriterionFinding(Shape):
    """A criterion: whether it is met, what it read, what is missing and what remedies that.

    ``remedies`` are those that are of use now; any one of them is enough.
    """

    id: Slug
    label: Label
    condition: Slug | None = None
    level: int | None = None
    met: bool
    stale: bool = False
    waived: bool = False
    error: str | None = None
    missing: Label | None = None
    facts: tuple[FactRead, ...] = ()
    remedies: tuple[Slug, ...] = ()


class RemedyOffer(Shape):
    """Something that would help: the commands, in order, and the roles that may give each.

    ``people`` is how many organisations at least must act.
    """

    id: Slug
    label: Label
    steps: tuple[Slug, ...]
    roles: dict[Slug, tuple[str, ...]]
    people: int = 1
    document: str | None = None


class Examination(Shape):
    """A verdict on a gate that explains itself; nothing is changed by making one.

    ``unmet`` are the guards and criteria that stand in the way. ``remedies`` are all that would
    help with anything that is not met, in the order of the policy; ``shortest`` is the smallest set
    of them that is enough to pass, and among equally small ones the one that takes the fewest
    people. ``advice`` never stands in the way.
    """

    gate: Slug
    label: Label
    at: Instant
    stage: Slug
    result: Literal["pass", "conditional", "fail", "blocked"]
    levels: dict[Slug, int]
    minima: dict[Slug, int]
    short: dict[Slug, int]
    blocked_by: tuple[Slug, ...] = ()
    unmet: tuple[Slug, ...] = ()
    guards: tuple[CriterionFinding, ...] = ()
    criteria: tuple[CriterionFinding, ...] = ()
    remedies: tuple[RemedyOffer, ...] = ()
    shortest: tuple[Slug, ...] = ()
    advice: tuple[CriterionFinding, ...] = ()


def examine(state: Cooperation, gate: str, at: datetime, rules: Rulebook) -> Examination:
    """Check a gate in the forward reading.

    Raises:
        RefusedError: the lifecycle has no such gate (``unknown_gate``).
    """
    known = rules.lifecycle.gate(gate)
    if known is None:
        refuse("unknown_gate", f"there is no gate {gate}", gate=gate)
    view = View(state, at, forward=True, current_for=rules.policy.measures.current_for)
    judged = judge(view, gate, rules)
    asked = rules.gate_policy(gate)
    waived = {one.about for one in state.reservations.values() if one.waived}
    guards = tuple(_said(guard, view, rules, waived=guard.id in waived) for guard in asked.guards)
    criteria = tuple(
        _said(
            criterion,
            view,
            rules,
            condition=condition.id,
            level=criterion.level,
            waived=condition.id in waived,
        )
        for condition, criterion in rules.criteria_asked(gate)
    )
    advice = tuple(_said(piece, view, rules) for piece in rules.policy.advice)
    offers = _offers((*guards, *criteria, *advice), view, rules)
    return Examination(
        gate=gate,
        label=known.label,
        at=at,
        stage=state.stage,
        result=judged.verdict.result,
        levels=judged.levels,
        minima=dict(asked.minima),
        short=judged.verdict.short,
        blocked_by=judged.blocked_by,
        unmet=judged.verdict.unmet,
        guards=guards,
        criteria=criteria,
        remedies=offers,
        shortest=_shortest((*guards, *criteria), offers),
        advice=advice,
    )


def _said(  # noqa: PLR0913 - what a finding says, each by name
    criterion: Criterion,
    view: View,
    rules: Rulebook,
    *,
    condition: str | None = None,
    level: int | None = None,
    waived: bool = False,
) -> CriterionFinding:
    found = find(criterion, view, rules)
    return CriterionFinding(
        id=criterion.id,
        label=criterion.label,
        condition=condition,
        level=level,
        met=found.met,
        stale=found.stale,
        waived=waived and not found.met,
        error=found.error,
        missing=found.missing,
        facts=found.facts,
        remedies=()
        if found.met
        else tuple(slug for slug in criterion.remedies if is_useful(slug, view, rules)),
    )


def _offers(
    found: tuple[CriterionFinding, ...], view: View, rules: Rulebook
) -> tuple[RemedyOffer, ...]:
    """Return what would help with anything that is not met."""
    useful = {slug for one in found for slug in one.remedies}
    return tuple(
        _offer(slug, remedy, people_needed(remedy, view.state, rules))
        for slug, remedy in rules.policy.remedies.items()
        if slug in useful
    )


def _shortest(
    found: tuple[CriterionFinding, ...], offers: tuple[RemedyOffer, ...]
) -> tuple[str, ...]:
    """Return the smallest set of remedies of which every criterion that is not met has one.

    Where nothing remedies one of them, there is no way.
    """
    wanted = [set(one.remedies) for one in found if not one.met]
    if not all(wanted):
        return ()
    return smallest_cover(wanted, {offer.id: offer for offer in offers})


def _roles(step: str) -> tuple[str, ...]:
    """Return who may give a command whatever it is about, or for an organisation of their own."""
    return tuple(role for role, scope in MATRIX[step].items() if scope in {"any", "own"})


def _offer(slug: str, remedy: Remedy, people: int) -> RemedyOffer:
    return RemedyOffer(
        id=slug,
        label=remedy.label,
        steps=remedy.steps,
        roles={step: _roles(step) for step in remedy.steps},
        people=people,
        document=remedy.document,
    )
