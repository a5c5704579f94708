from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

from coopflow.domain.decisions import OpenDecision
from coopflow.domain.policy import subject_kind
from coopflow.domain.state import Objection
from coopflow.domain.voting import RULE_NAMES, Rule
from coopflow.wording.event_words import EVENT_WORDS
from coopflow.wording.ruling import ANSWERS, EFFECTS, OBJECTIONS, RULES

AT = datetime(2030, 1, 1, tzinfo=UTC)
KINDS = {
    "admission",
    "closing",
    "disagreement",
    "document",
    "exclusion",
    "gate",
    "mandate",
    "money",
    "other",
    "policy",
    "return",
    "waiver",
}


def test_every_rule_is_explained() -> None:
    """Also what may be answered under each."""
    rules = get_args(get_args(Rule)[0])
    choices = {choice for rule in rules for choice in rule.choices}

    assert set(RULES) == set(RULE_NAMES)
    assert set(ANSWERS) == choices


def test_every_subject_has_an_effect_and_words() -> None:
    """Those that a decision may be opened on, and no others."""
    for kind in KINDS:
        about = f"{kind}:charter"
        opened = OpenDecision(actor="a", at=AT, subject=about, question="?")
        assert subject_kind(opened.subject) == kind
    assert set(EFFECTS) == KINDS
    assert {key.partition(".")[2] for key in EVENT_WORDS if key.startswith("matter.")} >= KINDS


def test_every_standing_of_an_objection_has_words() -> None:
    """From raised to upheld."""
    assert set(OBJECTIONS) == set(get_args(Objection.model_fields["status"].annotation))
