from __future__ import annotations

import json
from typing import Any

import pytest

from coopflow.domain.catalogue import COMMANDS, EVENTS
from coopflow.domain.marks import Mark, holders, marked
from coopflow.domain.state import Cooperation
from tests.collective import Collective
from tests.ladder import at_step

SECRET = {"d"}

SEALED = {
    "ballot_cast": {"choice", "reason"},
    "cast_ballot": {"choice", "reason"},
    "disagreement_closed": {"agreed_text"},
    "disagreement_raised": {"content"},
    "effect_suspended": {"reason"},
    "objection_qualified": {"reason"},
    "qualify_objection": {"reason"},
    "raise_disagreement": {"content"},
    "record_session_vote": {"ballots"},
    "settle_disagreement": {"agreed_text"},
    "veto_decision": {"reason"},
}
"""What the contract wants sealed, by commands and events: any other field is for everyone."""


def test_what_the_contract_wants_sealed_is_marked() -> None:
    """Answers and reasons, content and settlements; the reason of a veto is such content."""
    found = {kind: holders(shape, Mark.SEALED) for kind, shape in {**COMMANDS, **EVENTS}.items()}
    assert {kind: set(names) for kind, names in found.items() if names} == SEALED


def test_in_a_state_it_is_with_the_answers() -> None:
    """Of disagreements nothing sealed is in the state, so ballots and objections are all."""
    assert holders(Cooperation, Mark.SEALED) == {"ballots", "objections"}


def test_what_is_sealed_of_a_state_stands_within_these() -> None:
    """Nothing that is marked lies elsewhere."""
    coop = at_step("raised", Collective(3))
    coop.do(
        "rep-alpha", "open_decision", decision="q", subject="other", question="?", rule="consent"
    )
    coop.do(
        "rep-beta", "cast_ballot", decision="q", organisation="beta", choice="objection", reason="r"
    )
    raw = json.loads(coop.state.model_dump_json())
    pointers = [pointer for mark, pointer, _ in marked(Cooperation, raw) if mark is Mark.SEALED]
    assert pointers == [
        "/decisions/q/ballots/beta/choice",
        "/decisions/q/ballots/beta/reason",
        "/decisions/q/objections/beta/reason",
    ]


def test_who_holds_people_is_found_too() -> None:
    """Keys of an object count, and lists, at any depth."""
    assert {"people", "roles", "authors", "members"} <= holders(Cooperation, Mark.PERSON)


@pytest.mark.parametrize(
    ("kind", "data", "kept_back"),
    [
        ("ballot_cast", {"decision": "d", "choice": "no", "reason": "r"}, ("choice", "reason")),
        ("ballot_cast", {"decision": "e", "choice": "no", "reason": "r"}, ()),
        ("objection_qualified", {"decision": "d", "reason": "r"}, ("reason",)),
        ("objection_qualified", {"decision": "e", "reason": "r"}, ()),
        ("decision_opened", {"decision": "d", "question": "?"}, ()),
        ("disagreement_raised", {"subject": "s", "content": "c"}, ("content",)),
        ("disagreement_closed", {"outcome": "settled", "agreed_text": "t"}, ("agreed_text",)),
        ("disagreement_closed", {"outcome": "agreement", "agreed_text": "t"}, ()),
        ("effect_suspended", {"decision": "e", "reason": "r"}, ("reason",)),
        ("document_drafted", {"kind": "charter", "content": {}}, ()),
    ],
)
def test_what_is_not_for_everyone_is_kept_back(
    kind: str, data: dict[str, Any], kept_back: tuple[str, ...]
) -> None:
    """Secret answers and what is said in a disagreement; what a mediation agreed on leaves it."""
    assert EVENTS[kind].kept_back(data, SECRET) == kept_back
