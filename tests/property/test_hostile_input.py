"""Whatever is sent is accepted or refused: no command, however odd, is an error of the engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from datetime import datetime
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from coopflow.domain.catalogue import COMMANDS
from coopflow.domain.checks import Outcome
from coopflow.domain.commands import parse
from coopflow.domain.cooperation import decide, follow, learn
from coopflow.domain.refusals import Refusal
from coopflow.domain.state import Cooperation
from tests.collective import Collective
from tests.deeds import PAYLOADS, PEOPLE, Chances
from tests.stages import asking, in_animation

WORDS = (
    *("alpha", "beta", "delta", "nobody", "rep-alpha", "fay", "pam", "d", "quorum-of-nothing"),
    *("shared_vision", "charter", "value_chain", "roadmap", "support_model", "o1-1", "a1"),
    *("to_structuration", "to_animation", "renewal", "consent", "yes", "objection", "other"),
    *("gate:renewal", "policy:reference@1", "policy:x@9", "closing", "return:impulsion", "money"),
    *("2026-01-01", "2999-12-31", "1900-01-01T00:00Z", "2026-13-45", "-1", "1/0", "2/3"),
)
"""Words that mean something in places, and nothing in most."""

NASTY = ("", " ", "\0", "\ud800", "a\u202eb", "é" * 200, "x" * 70_000, "../x", "{}", "null", "\n")
TEXTS = st.sampled_from(WORDS) | st.sampled_from(NASTY) | st.text(max_size=8)
NUMBERS = st.sampled_from((0, 1, -1, 2**31, 2**63, 10**40, 0.5, -0.0, 1e308)) | st.integers(0, 9)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@cache
def lives() -> tuple[Collective, ...]:
    """Return cooperations to send commands to: new, and in its last stage with much behind it."""
    new = Collective(3, rules=asking())
    old = in_animation()
    old.ask("d")
    return new, old


@st.composite
def commands(draw: st.DrawFn, state: Cooperation, at: datetime) -> dict[str, Any]:
    """Draw a command: one that could be meant, mostly with something else in one of its places."""
    name: str = draw(st.sampled_from(sorted(COMMANDS)))
    meant = PAYLOADS[name](Chances(lambda of: draw(st.sampled_from(of)), state, at))
    payload = deepcopy(meant)  # what is changed below may be shared
    places = list(places_of(payload))
    if places and draw(st.sampled_from((True, True, True, False))):
        *way, last = draw(st.sampled_from(places))
        inner: Any = payload
        for step in way:
            inner = inner[step]
        inner[last] = draw(VALUES)
    if draw(st.sampled_from((True, *[False] * 9))):
        payload[draw(TEXTS)] = draw(VALUES)
    actor = draw(st.sampled_from((*PEOPLE, *PEOPLE, None)))
    return {**payload, "actor": draw(VALUES) if actor is None else actor, "command": name}


def places_of(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the places within a payload, each as the steps that lead there."""
    steps: Iterable[Any] = ()
    if isinstance(value, dict):
        steps = list(value)
    elif isinstance(value, list):
        steps = range(len(value))
    for step in steps:
        yield (*way, step)
        yield from places_of(value[step], (*way, step))


def held(before: Cooperation, coop: Collective, raw: dict[str, Any]) -> Cooperation:
    """Give a command; what is accepted can be written, and everything else is refused."""
    parsed = parse({"at": coop.at.isoformat(), **raw})
    if isinstance(parsed, Refusal):
        assert parsed.code == "invalid_command"
        to_json(parsed, fallback=str)
        return before
    decided = decide(before, parsed, coop.rules, ("programme_manager",))
    if isinstance(decided, Refusal):
        to_json(decided, fallback=str)
        return before
    after = follow(before, decided)
    assert Cooperation.model_validate_json(to_json(after)) == after
    return after


@pytest.mark.parametrize("life", range(2), ids=["new", "old"])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_every_command_is_accepted_or_refused(life: int, data: st.DataObject) -> None:
    """One after the other, in a young cooperation and in an old one."""
    coop = lives()[life]
    state = coop.state
    for _ in range(data.draw(st.integers(1, 5))):
        state = held(state, coop, data.draw(commands(state, coop.at)))


@settings(max_examples=50, deadline=None)
@given(check=TEXTS, holds=VALUES, every=VALUES)
def test_every_answer_is_taken_or_refused(check: str, holds: Any, every: Any) -> None:
    """What is no answer is told by the model; one of another check is refused."""
    coop = lives()[0]
    try:
        outcome = Outcome.model_validate({"check": check, "holds": holds, "every": every})
    except ValueError:
        return
    learnt = learn(coop.state, [outcome], coop.at, coop.rules)
    assert isinstance(learnt, Refusal) or outcome.check == "page-online"
