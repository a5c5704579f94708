"""In which order refusals are looked for: what is unknown before what is wrong with the known."""

from typing import Any

import pytest

from tests.collective import Collective, value_chain
from tests.stages import entrust

RECORD = {"expected": "A", "observed": "B", "why": "C", "lessons": []}


@pytest.fixture(scope="module")
def coop() -> Collective:
    """Return a cooperation in which much is over: what is asked of it is wrong in two ways."""
    coop = Collective(4)
    coop.adopt("value_chain", value_chain())
    coop.ask()
    coop.vote("d", "yes")
    coop.do("fay", "assign_role", person="eva", role="evaluator")
    coop.do("fay", "open_review", review="r", kind="quarterly")
    coop.do("fay", "close_review", review="r", **RECORD)
    coop.do(
        "rep-gamma",
        "raise_disagreement",
        disagreement="x",
        subject="A",
        content="B",
        parties=["gamma", "delta"],
        touches="other",
    )
    coop.do("fay", "suspend_member", organisation="delta", reason="A")
    return coop


@pytest.mark.parametrize(
    ("by", "command", "payload", "code"),
    [
        (
            "fay",
            "open_decision",
            {"subject": "return:animation", "question": "?", "recused": ["nobody"]},
            "unknown_member",
        ),
        (
            "fay",
            "qualify_objection",
            {"decision": "d", "organisation": "nobody", "verdict": "concern"},
            "unknown_member",
        ),
        (
            "fay",
            "integrate_objection",
            {"decision": "d", "organisation": "nobody", "amendment": {}, "material": False},
            "unknown_member",
        ),
        (
            "rep-gamma",
            "delegate_ballot",
            {"source": "gamma", "to": "delta", "decision": "none"},
            "unknown_decision",
        ),
        (
            "rep-gamma",
            "delegate_ballot",
            {"source": "gamma", "to": "nobody", "decision": "d"},
            "unknown_member",
        ),
        (
            "rep-gamma",
            "raise_disagreement",
            {
                "disagreement": "x",
                "subject": "A",
                "content": "B",
                "parties": ["gamma", "nobody"],
                "touches": "other",
            },
            "unknown_member",
        ),
        ("fay", "appoint_mediator", {"disagreement": "x", "person": "fay"}, "unknown_person"),
        (
            "eva",
            "record_measure",
            {"indicator": "none", "value": 1, "organisation": "delta"},
            "unknown_document",
        ),
        (
            "fay",
            "resolve_change",
            {"review": "r", "change": "none", "verdict": "accepted"},
            "unknown_review",
        ),
        (
            "fay",
            "close_review",
            {"review": "r", "measures": ["none"], **RECORD},
            "unknown_document",
        ),
        ("rep-gamma", "veto_decision", {"decision": "d", "organisation": "gamma"}, "forbidden"),
    ],
)
def test_what_is_unknown_or_forbidden_is_said_first(
    coop: Collective, by: str, command: str, payload: dict[str, Any], code: str
) -> None:
    """Each command is wrong in a second way too, which is only said once the first is mended."""
    assert coop.refused(by, command, **payload) == code


def test_the_support_function_is_refused_even_what_is_over() -> None:
    """That it never facilitates its own vote is said before that the vote is over."""
    coop = Collective(4)
    entrust(coop, "alpha")
    coop.do("fay", "assign_role", person="rep-alpha", role="facilitator")
    decision = next(d.id for d in coop.state.decisions.values() if d.subject == "mandate")
    assert coop.refused("rep-alpha", "close_decision", decision=decision) == "forbidden"
    assert coop.refused("fay", "close_decision", decision=decision) == "decision_closed"
