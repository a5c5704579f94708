from __future__ import annotations

import string
from typing import Any

import pytest

from coopflow.application.callers import Language
from coopflow.domain.catalogue import EVENTS
from coopflow.domain.chain import record
from coopflow.wording.event_words import EVENT_WORDS
from coopflow.wording.phrases import Phrases
from coopflow.wording.telling import Teller
from tests.collective import reference_rules
from tests.integration.readmodel.lives import EXAMPLES, example

ORGANISATIONS = {"alpha": "Association Alpha", "beta": "Beta"}
LANGUAGES: tuple[Language, ...] = ("en", "fr")


def told(kind: str, language: Language = "en", **fields: Any) -> str:
    teller = Teller(reference_rules(), Phrases(language), organisations=ORGANISATIONS)
    return teller.tell(kind, fields)


def names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("kind", EVENTS)
def test_every_event_has_words_in_both_languages(kind: str) -> None:
    """They name the same values."""
    english, french = EVENT_WORDS[f"told.{kind}"]

    assert english != french
    assert names_in(english) == names_in(french)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(path.stem for path in EXAMPLES.glob("*.yaml")))
async def test_every_entry_of_the_examples_can_be_told(name: str, language: Language) -> None:
    """Nothing is left to fill in, and nothing is said as a word of the program."""
    _, entries = await example(name)
    teller = Teller(reference_rules(), Phrases(language))

    for entry in entries:
        event = dict(record(entry)["event"])
        sentence = teller.tell(event.pop("type"), event)
        assert sentence
        assert not {"{", "}"} & set(sentence)
        assert "None" not in sentence
        assert "[" not in sentence


def test_values_are_said_in_words() -> None:
    """Organisations by name, days as people write them, gates and results by their labels."""
    joined = told("member_joined", organisation="alpha")
    verdict = {"gate": "to_animation", "result": "conditional"}
    levels = {"common_plan": 2, "support": 1}
    asked = told("gate_requested", "fr", verdict=verdict, levels=levels)

    assert joined == "Association Alpha is an active member"
    assert asked.endswith("le verdict est : favorable sous réserve, aux niveaux A2 E1")
    assert "Passage à l'animation" in asked


def test_what_is_kept_back_is_said_to_be() -> None:
    """A secret choice is not shown, and not passed over in silence."""
    teller = Teller(None, Phrases("en"))

    sentence = teller.tell("ballot_cast", {"decision": "d", "organisation": "a"}, {"choice"})

    assert sentence == "a answers the decision d: (not shown)"


def test_without_definitions_ids_serve() -> None:
    """A cooperation may follow a lifecycle that is not known here."""
    teller = Teller(None, Phrases("en"))

    assert teller.levels({"b": 2, "a": 1}) == "b2 a1"
    assert teller.labelled("to_animation") == "to_animation"
    assert teller.subject("gate:to_animation") == "gate: to_animation"


@pytest.mark.parametrize(
    ("kind", "fields", "sentence"),
    [
        ("policy_applied", {"policy": "reference@2"}, "The policy reference@2 applies from now on"),
        (
            "action_updated",
            {"action": "a1", "status": "done", "due": "2026-03-01", "owner": "beta"},
            "The action a1 changes: done, 1 Mar 2026, Beta",
        ),
        (
            "check_answered",
            {"check": "registered", "holds": None, "again_at": "2026-03-01T00:00:00Z"},
            "The check registered answers: unknown",
        ),
        (
            "mandate_started",
            {"decision": "d", "terms": {"holder": "beta", "ends_on": "2027-01-31"}},
            "Beta holds the support function until 31 Jan 2027, by the decision d",
        ),
        (
            "mandate_scheduled",
            {"decision": "d", "terms": {"holder": "beta"}},
            "The next mandate of the support function is given to Beta, by the decision d",
        ),
        (
            "rule_replaced",
            {"decision": "d", "rule": {"name": "consent"}, "closes_at": "2026-03-01T00:00:00Z"},
            "Another rule decides d: consent, until 1 Mar 2026",
        ),
    ],
)
def test_events_that_no_example_has(kind: str, fields: dict[str, Any], sentence: str) -> None:
    """Those with values that take some words."""
    assert told(kind, **fields) == sentence
