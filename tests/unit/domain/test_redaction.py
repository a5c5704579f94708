from __future__ import annotations

from typing import Any

import pytest

from coopflow.domain.catalogue import EVENTS
from coopflow.domain.redaction import sealed

SECRET = {"d"}


@pytest.mark.parametrize(
    ("kind", "data", "kept_back"),
    [
        ("ballot_cast", {"decision": "d", "choice": "no", "reason": "r"}, ("choice", "reason")),
        ("ballot_cast", {"decision": "e", "choice": "no", "reason": "r"}, ()),
        ("objection_qualified", {"decision": "d", "reason": "r"}, ("reason",)),
        ("decision_opened", {"decision": "d", "question": "?"}, ()),
        ("disagreement_raised", {"subject": "s", "content": "c"}, ("content",)),
        ("disagreement_closed", {"outcome": "settled", "agreed_text": "t"}, ("agreed_text",)),
        ("disagreement_closed", {"outcome": "agreement", "agreed_text": "t"}, ()),
        ("document_drafted", {"kind": "charter", "content": {}}, ()),
    ],
)
def test_what_nobody_may_read_is_kept_back(
    kind: str, data: dict[str, Any], kept_back: tuple[str, ...]
) -> None:
    """Secret choices and what is said in a disagreement stay in the journal."""
    assert sealed(kind, data, SECRET) == kept_back


def test_the_names_of_what_is_kept_back_are_those_of_the_events() -> None:
    """A field that is renamed in the domain must not slip through."""
    for kind, names in {
        "ballot_cast": {"decision", "choice", "reason"},
        "objection_qualified": {"decision", "reason"},
        "disagreement_raised": {"content"},
        "disagreement_closed": {"outcome", "agreed_text"},
    }.items():
        assert names <= EVENTS[kind].model_fields.keys(), kind
