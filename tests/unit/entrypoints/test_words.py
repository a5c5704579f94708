from __future__ import annotations

import string
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from coopflow.domain.alerts import SEVERITIES
from coopflow.domain.base import Label
from coopflow.domain.catalogue import COMMANDS, EVENTS
from coopflow.domain.disagreements import DISAGREEMENT, Reader
from coopflow.domain.explanation import Examination
from coopflow.domain.policy import SUBJECTS, ReviewKind
from coopflow.domain.roles import ROLES
from coopflow.domain.state import CooperationStatus, DocumentStatus, MemberStatus, Result
from coopflow.domain.tools import Kind
from coopflow.domain.voting import RULE_NAMES, _Rule
from coopflow.entrypoints.cli.words import Phrases
from coopflow.wording.journey import _TOLD

WORDS = Phrases.words
COMPUTED = {"organisations", "count", "present", "active", "holder", "rule"}
"""What the journey adds to the fields of an event."""


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", WORDS)
def test_both_languages_say_the_same(key: str) -> None:
    """English and French are filled in by the same values, and neither is empty."""
    english, french = WORDS[key]
    assert english
    assert french
    assert places(english) == places(french)


@pytest.mark.parametrize(
    ("prefix", "vocabulary"),
    [
        ("verdict", get_args(Examination.model_fields["result"].annotation)),
        ("result", get_args(Result)),
        ("status", get_args(CooperationStatus)),
        ("member", get_args(MemberStatus)),
        ("version", get_args(DocumentStatus)),
        ("document", get_args(Kind)),
        ("review", get_args(ReviewKind)),
        ("rule", RULE_NAMES),
        ("role", ROLES),
        ("alert", SEVERITIES),
        ("command", COMMANDS),
        ("subject", SUBJECTS),
        ("choice", {one for rule in _Rule.__subclasses__() for one in rule.choices}),
        ("step", DISAGREEMENT.states),
        ("reader", get_args(Reader)),
    ],
)
def test_every_word_of_the_domain_has_words(prefix: str, vocabulary: Any) -> None:
    """What the domain can say, the command line can say in both languages."""
    assert {f"{prefix}.{word}" for word in vocabulary} <= set(WORDS)


@pytest.mark.parametrize("kind", _TOLD)
def test_the_words_of_an_event_name_its_fields(kind: str) -> None:
    """A milestone is filled in from fields that its event has."""
    fields = set(EVENTS[kind].model_fields)
    for text in WORDS[f"journey.{kind}"]:
        assert places(text) <= fields | COMPUTED


def test_dates_counts_and_lists() -> None:
    """Each language writes dates, numbers of things and lists in its own way."""
    english, french = Phrases("en"), Phrases("fr")
    day = date(2026, 2, 3)
    assert (english.day(day), french.day(day)) == ("3 Feb 2026", "3 févr. 2026")
    first = date(2026, 2, 1)
    assert (english.day(first), french.day(first)) == ("1 Feb 2026", "1er févr. 2026")
    moment = datetime(2026, 2, 3, 9, 5, tzinfo=UTC)
    assert english.moment(moment) == "3 Feb 2026 09:05 UTC"
    assert [english.count(n, "day") for n in (0, 1, 2)] == ["0 days", "1 day", "2 days"]
    assert [french.count(n, "day") for n in (0, 1, 2)] == ["0 jour", "1 jour", "2 jours"]
    assert english.days(timedelta(days=2, hours=5)) == "2 days"
    assert english.several(["a", "b", "c"]) == "a, b and c"
    assert french.several(["a", "b"]) == "a et b"
    assert english.several(["a"]) == "a"
    assert french.either(["a", "b", "c"]) == "a, b ou c"
    assert english.either([]) == ""


def test_plurals_agree_with_the_number_before_them() -> None:
    """What a label leaves open is settled; without a number it stays open."""
    label = Label(
        en="0 objection(s) left, 1 concern(s), level(s) asked",
        fr="0 objection(s) encore ouverte(s), 2 réserve(s), 3 niveau(x)",
    )
    assert Phrases("en").counted(label) == "0 objections left, 1 concern, level asked"
    assert Phrases("fr").counted(label) == "0 objection encore ouverte, 2 réserves, 3 niveaux"
    assert Phrases("en").label(Label(en="item(s)", fr="élément(s)")) == "item(s)"


def test_values_of_facts() -> None:
    """Truth values are words, numbers have two places at most and the language's comma."""
    english, french = Phrases("en"), Phrases("fr")
    assert [english.value(value) for value in (True, False, 3, 0.5, 2.0, 5 / 6)] == [
        "yes",
        "no",
        "3",
        "0.5",
        "2",
        "0.83",
    ]
    assert french.value(5 / 6) == "0,83"
    assert [french.value(value) for value in (True, False)] == ["oui", "non"]


def test_what_has_no_words_is_spelled() -> None:
    """A word that a later version brings is shown as it is, rather than not at all."""
    assert Phrases("en")("alert.roof_on_fire") == "roof on fire"
    assert Phrases("fr").label(Label(fr="Étape", en="Stage")) == "Étape"


def test_instants_are_written_as_clocks_show_them_where_people_live() -> None:
    """The day may be another one there."""
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    assert Phrases("fr", ZoneInfo("Europe/Paris")).moment(late) == "2 juil. 2026 01:30 CEST"
    assert Phrases("en").moment(late) == "1 Jul 2026 23:30 UTC"
    assert Phrases("en", ZoneInfo("Europe/Paris")).day(late) == "2 Jul 2026"
