"""What the read model answers can be asked through the client."""

from __future__ import annotations

from inspect import iscoroutinefunction

from coopflow.client.platform import Coopflow
from coopflow.client.questions import CooperationQuestions
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.registry import Registry

CALLED: dict[str, str] = {
    "cooperation": "detail",
    "cooperations_of": "involvements",
    "all": "definitions",
}
"""Questions that are called otherwise by who has one cooperation, or all, in hand."""

NOT_ASKED = {
    "cooperations_at": "a detail is asked of each, or the portfolio of all",
    "members_at": "the members are asked of each",
    "contents": "its definition is, whole",
    "is_current": "it is for those who operate the platform",
    "parts": "it is for letting somebody in, by the roles that count and those that do not yet",
}
"""Questions that are for other parts of the engine, with the reason."""


def test_every_question_has_a_method() -> None:
    """A question of the read model is a method of the client: adding one takes one more there."""
    answered = {*dir(CooperationQuestions), *dir(Coopflow)}
    asked = {
        name
        for kind in (Queries, Registry)
        for name in dir(kind)
        if iscoroutinefunction(getattr(kind, name)) and not name.startswith("_")
    }
    wanted = {CALLED.get(one, one) for one in asked}
    advice = "add a method to client/questions.py or overview.py, or a reason to NOT_ASKED"
    assert wanted - answered <= NOT_ASKED.keys(), advice
