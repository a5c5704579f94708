"""Checking a gate at any instant: a question that changes nothing."""

from __future__ import annotations

from datetime import datetime

from coopflow.application.outlook import told
from coopflow.domain.explanation import Examination, examine
from coopflow.domain.refusals import Refusal, RefusedError
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation


def check_gate(
    state: Cooperation, gate: str, at: datetime, rules: Rulebook
) -> Examination | Refusal:
    """Examine a gate as it will stand at an instant, from now on."""
    try:
        stands = told(state, at, rules)
        return examine(stands, gate, at, rules.followed_by(stands))
    except RefusedError as error:
        return error.refusal
