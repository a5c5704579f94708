"""What things of a cooperation are called."""

from __future__ import annotations

from coopflow.application.callers import SCOPES
from coopflow.domain.catalogue import EVENTS
from coopflow.wording.occurrence_words import OCCURRENCE_WORDS
from coopflow.wording.words import WORDS


def test_every_kind_of_event_is_called_something() -> None:
    """In both languages, never as on the wire."""
    assert {name.removeprefix("event.") for name in OCCURRENCE_WORDS} == {*EVENTS, "ping"}
    for words in OCCURRENCE_WORDS.values():
        assert not any("_" in one for one in words)


def test_whatever_a_token_allows_is_said_in_words() -> None:
    """In French, too."""
    assert {f"scope.{one}" for one in SCOPES} <= WORDS.keys()
