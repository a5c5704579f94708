"""Cooperations that tests bring to a stage, by the shortest way, and policies that they vary."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime
from typing import Any

from coopflow.definitions.compile import compile_definition, definition_of
from coopflow.domain.facts import FACTS, FactValue, View
from coopflow.domain.rulebook import Rulebook
from tests.collective import (
    Collective,
    charter,
    identity_sheet,
    reference_rules,
    roadmap,
    stakeholder_map,
    support_model,
    value_chain,
    vision,
)

MISSIONS = ["coordinate", "facilitate", "inform", "fund"]


def varied(
    change: Callable[[dict[str, Any]], None],
    lifecycle: Callable[[dict[str, Any]], None] | None = None,
) -> Rulebook:
    """Return the reference rulebook with its policy, and maybe its lifecycle, changed in place."""
    reference = reference_rules().definition
    policy, stages = copy.deepcopy(reference.policy), copy.deepcopy(reference.lifecycle)
    change(policy)
    if lifecycle is not None:
        lifecycle(stages)
    return compile_definition(definition_of(stages, policy))


def asking(when: str = "checks.page_online", **more: str) -> Rulebook:
    """Return the reference policy whose first level of the common plan asks for a check."""

    def change(policy: dict[str, Any]) -> None:
        criteria = policy["conditions"][0]["criteria"]
        criteria[:] = [
            {
                "id": slug,
                "level": 1,
                "label": {"en": "Online", "fr": "En ligne"},
                "when": expression,
                "remedies": ["describe-members"],
            }
            for slug, expression in {"online": when, **more}.items()
        ]
        for gate in policy["gates"].values():
            gate["minima"]["common_plan"] = 1

    return varied(change)


def meet(
    coop: Collective,
    meeting: str,
    *attendees: str,
    kind: str = "plenary",
    minutes: str | None = "Minutes",
    held_at: datetime | None = None,
) -> list[str]:
    """Record a meeting, minuted at once unless ``minutes`` is None."""
    payload: dict[str, Any] = {"meeting": meeting, "kind": kind, "attendees": list(attendees)}
    if minutes is not None:
        payload["minutes"] = minutes
    if held_at is not None:
        payload["held_at"] = held_at.isoformat()
    return coop.do("fay", "record_meeting", **payload)


def entrust(coop: Collective, holder: str = "alpha", **terms: Any) -> list[str]:
    """Give the support function to an organisation, with no end unless ``ends_on`` says one."""
    by = "rep-alpha"
    coop.do(by, "propose_mandate", holder=holder, **({"missions": MISSIONS} | terms))
    return coop.vote(next(reversed(coop.state.decisions)))


def enforce_charter(coop: Collective, *signatories: str, **changes: Any) -> None:
    """Adopt a charter and have it signed, by the first three members unless others are named."""
    coop.adopt("charter", charter(**changes))
    for organisation in signatories or coop.state.active[:3]:
        coop.do(f"rep-{organisation}", "sign_charter", organisation=organisation)


def review(coop: Collective, name: str, kind: str = "quarterly", **more: Any) -> list[str]:
    """Open and close a review at once."""
    coop.do("fay", "open_review", review=name, kind=kind)
    said = {"expected": "This", "observed": "That", "why": "So", "lessons": ["A lesson"]}
    return coop.do("fay", "close_review", review=name, **(said | more))


def ready_for_structuration(members: int = 4, rules: Rulebook | None = None) -> Collective:
    """Return a cooperation that ``to_structuration`` lets pass, its mandate without an end."""
    coop = Collective(members, rules=rules)
    coop.adopt("shared_vision", vision())
    coop.adopt("identity_sheet", identity_sheet())
    coop.adopt("stakeholder_map", stakeholder_map())
    meet(coop, "first", "alpha", "beta", "gamma")
    entrust(coop)
    return coop


def pass_gate(coop: Collective, gate: str) -> list[str]:
    """Request a gate and ratify it at once."""
    coop.do("rep-alpha", "request_gate", gate=gate)
    return coop.vote(next(reversed(coop.state.decisions)))


def in_structuration(members: int = 4, rules: Rulebook | None = None) -> Collective:
    """Return a cooperation that has just entered its second stage: levels 2 1 1 1 1."""
    coop = ready_for_structuration(members, rules)
    pass_gate(coop, "to_structuration")
    return coop


def ready_for_animation(members: int = 4, rules: Rulebook | None = None) -> Collective:
    """Return a cooperation that ``to_animation`` lets pass: levels 3 2 2 3 2."""
    coop = in_structuration(members, rules)
    coop.adopt("value_chain", value_chain())
    enforce_charter(coop)
    meet(coop, "second", "alpha", "beta", "gamma")
    entrust(coop, hours_month=20, ends_on="2027-12-31")
    return coop


def in_animation(members: int = 4, rules: Rulebook | None = None) -> Collective:
    """Return a cooperation that has just entered its third stage."""
    coop = ready_for_animation(members, rules)
    pass_gate(coop, "to_animation")
    return coop


def ready_for_renewal(members: int = 4, rules: Rulebook | None = None) -> Collective:
    """Return a cooperation in its third stage that ``renewal`` lets pass: levels 4 3 3 3 3."""
    coop = in_animation(members, rules)
    for name, organisation in (("o1-1", "alpha"), ("o1-2", "alpha"), ("o2-1", "beta")):
        coop.do(
            f"rep-{organisation}",
            "record_measure",
            indicator=name,
            value=1,
            organisation=organisation,
        )
    review(coop, "year", "annual", measures=["o1-1"])
    coop.adopt("roadmap", roadmap())
    coop.adopt("support_model", support_model(), by="rep-beta")
    return coop


def read(
    coop: Collective, fact: str, *, forward: bool = False, **parameters: Any
) -> tuple[FactValue | None, list[str]]:
    """Return the value of a fact with its sources as people quote them."""
    view = View(coop.state, coop.at, forward, coop.rules.policy.measures.current_for)
    found = FACTS[fact].model_validate(parameters).read(view)
    return found.value, [str(source) for source in found.sources]
