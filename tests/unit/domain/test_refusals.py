"""Refusals: a code, words, and the facts that explain it."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from coopflow.domain.refusals import CODES, Refusal, RefusedError, refuse


def test_the_codes_of_the_contract_are_all_there() -> None:
    """Codes may be added, never renamed."""
    assert set(CODES) >= {
        "invalid_command",
        "invalid_document",
        "forbidden",
        "unknown_member",
        "unknown_person",
        "unknown_document",
        "unknown_decision",
        "unknown_disagreement",
        "unknown_review",
        "unknown_gate",
        "already_exists",
        "not_in_electorate",
        "invalid_choice",
        "reason_required",
        "decision_closed",
        "rule_not_allowed",
        "too_early",
        "too_late",
        "wrong_stage",
        "wrong_state",
        "cooperation_paused",
        "cooperation_closed",
        "delegation_refused",
        "not_signed",
    }


def test_a_refusal_reads_on_one_line() -> None:
    """Code, words and facts stand in a row; without facts there are no brackets."""
    refusal = Refusal(code="too_early", message="not yet", facts={"decision": "d", "n": 2})
    assert str(refusal) == "too_early: not yet (decision=d, n=2)"
    assert str(Refusal(code="forbidden", message="no")) == "forbidden: no"


def test_a_refusal_has_a_known_code() -> None:
    """A code that the contract does not have is an error."""
    with pytest.raises(ValidationError):
        Refusal.model_validate({"code": "because"})


def test_refusing_abandons_the_turn() -> None:
    """The exception carries the refusal and reads like it."""
    with pytest.raises(RefusedError, match=r"wrong_state: closed \(review=r\)") as caught:
        refuse("wrong_state", "closed", review="r")
    assert caught.value.refusal == Refusal(
        code="wrong_state", message="closed", facts={"review": "r"}
    )
