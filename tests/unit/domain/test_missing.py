"""What is missing, in words: each kind of want, shares and numbers, both languages."""

from __future__ import annotations

import pytest

from coopflow.domain.base import Source
from coopflow.domain.calendar import Span
from coopflow.domain.facts import FACTS, Fact, FactValue, Query
from coopflow.domain.missing import missing, words_of
from coopflow.domain.rulebook import Comparison, Want
from tests.collective import reference_rules

ACTORS = FACTS["map.actors"].model_validate({})
SHARE = FACTS["indicators.current_share"].model_validate({})
ADOPTED = FACTS["document.usable"].model_validate({"kind": "shared_vision"})
SCORE = FACTS["support.feedback"].model_validate({"within": {"months": 12}})


def facts(**values: FactValue) -> dict[str, Fact]:
    return {name: Fact(value) for name, value in values.items()}


def spaced(text: str) -> str:
    """Write a text with ordinary spaces: a percent sign is kept beside its number."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("query", "want", "value", "en", "fr"),
    [
        (ACTORS, (">=", 5), 3, ": 3, at least 5 needed", " : 3, il faut au moins 5"),
        (ACTORS, (">", 5), 5, ": 5, more than 5 needed", " : 5, il faut plus de 5"),
        (ACTORS, ("<=", 5), 6, ": 6, at most 5 allowed", " : 6, 5 au plus"),
        (ACTORS, ("<", 5), 5, ": 5, less than 5 allowed", " : 5, moins de 5"),
        (ACTORS, ("==", 0), 1, ": 1, 0 needed", " : 1, il faut 0"),
        (ACTORS, ("!=", 0), 0, ": 0, anything but 0", " : 0, tout sauf 0"),
        (SHARE, (">=", 2 / 3), 0.5, ": 50 %, at least 66.7 %", " : 50 %, il faut au moins 66,7 %"),
        (SCORE, (">=", 3.5), 2.75, ": 2.75, at least 3.5", " : 2,75, il faut au moins 3,5"),
    ],
)
def test_a_number_that_falls_short_is_said_with_what_is_needed(
    query: Query, want: tuple[Comparison, FactValue], value: FactValue, en: str, fr: str
) -> None:
    """The fact, what it is and what it must be; shares in percent, commas in French."""
    said = missing([Want("one", *want)], {"one": Fact(value)}, {"one": query})
    assert said is not None
    assert spaced(said.en).startswith(words_of(query).en + en)
    assert spaced(said.fr) == words_of(query).fr + fr


@pytest.mark.parametrize(
    ("wanted", "en", "fr"), [(True, "not yet: ", "pas encore : "), (False, "still: ", "encore : ")]
)
def test_what_is_or_is_not_so_is_said(wanted: bool, en: str, fr: str) -> None:  # noqa: FBT001
    """A fact that is true or false is named, and whether it is to come or to go."""
    said = missing([Want("one", "==", wanted)], {"one": Fact(not wanted)}, {"one": ADOPTED})
    assert said is not None
    assert (said.en, said.fr) == (
        f"{en}document adopted and still valid (shared vision)",
        f"{fr}document adopté et encore valable (vision partagée)",
    )


def test_only_what_falls_short_is_said() -> None:
    """Of several wants those that hold are passed over; when all hold nothing is missing."""
    wants = [Want("actors", ">=", 5), Want("adopted", "==", bound=True), Want("share", ">=", 0.6)]
    queries = {"actors": ACTORS, "adopted": ADOPTED, "share": SHARE}
    said = missing(wants, facts(actors=2, adopted=True, share=0.1), queries)
    assert said is not None
    assert spaced(said.en) == (
        "actors on the adopted stakeholder map: 2, at least 5 needed; "
        "share of the indicators with a current value: 10 %, at least 60 % needed"
    )
    assert missing(wants, facts(actors=5, adopted=True, share=0.6), queries) is None


def test_a_stale_document_is_named() -> None:
    """Whoever reads it knows which version is to be renewed."""
    stale = [Source(kind="document", id="stakeholder_map", version=2)]
    said = missing([Want("one", ">=", 5)], {"one": Fact(0)}, {"one": ACTORS}, stale)
    assert said is not None
    assert said.en.endswith("at least 5 needed (stakeholder_map@2: stale)")
    assert said.fr.endswith("il faut au moins 5 (stakeholder_map@2 : périmé)")


@pytest.mark.parametrize(
    ("fact", "parameters", "en"),
    [
        ("chain.least", {"of": "leads"}, "leads of the objective of the value chain that has the"),
        ("roadmap.after_review", {"within": {"months": 12}}, "closed less than 12 months ago"),
        ("roadmap.adjusted_after_review", {"within": {"days": 1}}, "closed less than 1 day ago"),
        ("reviews", {}, "reviews closed"),
        (
            "reviews",
            {"kind": "annual", "within": {"days": 90}, "examined_measures": True},
            "yearly reviews closed less than 90 days ago that examined measures",
        ),
        (
            "reviews",
            {"published": True},
            "reviews closed with a published summary",
        ),
        ("indicators.repeated_share", {"values": 2}, "with at least 2 values"),
        ("decisions.citing_indicator", {"within": {"months": 6}}, "less than 6 months ago"),
        ("meetings", {"kind": "discovery"}, "discovery meetings"),
        (
            "meetings",
            {"minuted": True, "organisations": 3},
            "at least 3 organisations, with minut",
        ),
        (
            "meetings",
            {"within": {"months": 6}, "quorum": "1/2", "minutes_within": {"days": 15}},
            "held less than 6 months ago, of at least 1/2 of the members, with minutes within 15",
        ),
        ("attendance", {"last": 3}, "mean attendance of the last 3 plenaries"),
        ("pulse.score", {"within": {"months": 12}, "answered": "1/2"}, "at least 1/2 answering"),
        ("support.funded", {"months": 6}, "resources secured for 6 months ahead"),
        ("support.funded", {"months": 0}, "resources secured today"),
        ("support.feedback", {"within": {"hours": 2}}, "less than 2 hours ago"),
    ],
)
def test_a_reading_says_its_parameters(fact: str, parameters: dict[str, object], en: str) -> None:
    """Readings of one fact are told apart by what was asked of each, in both languages."""
    words = FACTS[fact].model_validate({"fact": fact, **parameters}).words()
    assert en in words.en
    assert words.fr != words.en


def test_every_reading_of_the_reference_policy_is_told_apart() -> None:
    """No two named readings are called the same."""
    rules = reference_rules()
    for language in ("en", "fr"):
        said = [getattr(rules.queries[name].words(), language) for name in rules.policy.facts]
        assert len(set(said)) == len(said)


def test_spans_are_put_in_words() -> None:
    """One of a thing is singular, and parts are joined."""
    assert Span(months=1, days=2, hours=1).words().en == "1 month and 2 days and 1 hour"
    assert Span(months=1, days=2, hours=1).words().fr == "1 mois et 2 jours et 1 heure"


@pytest.mark.parametrize(
    ("value", "bound", "said"),
    [(0.5999, 0.6, "59.99 %, at least 60 %"), (0.6 - 1e-17, 0.6, "60 %, at least 60 %")],
)
def test_what_falls_short_by_little_is_told_apart(value: float, bound: float, said: str) -> None:
    """Rounding never makes two different numbers look alike; beyond all places it gives up."""
    found = missing([Want("one", ">", bound)], {"one": Fact(value)}, {"one": SHARE})
    assert found is not None
    assert said.partition(",")[0] in spaced(found.en)
