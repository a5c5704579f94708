from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from coopflow.application.callers import Language
from coopflow.papers.about import NoSuchPaperError
from coopflow.papers.lives import Life
from coopflow.papers.paper import Heading, Paper, Picture, Table
from coopflow.papers.report import report
from coopflow.papers.typesetting import typeset
from coopflow.papers.words import PaperPhrases
from coopflow.papers.years import Year
from tests.collective import Collective, roadmap, support_model, value_chain
from tests.papers import about, life_of, lived, words_of, young
from tests.pdfs import assert_accessible


def of_year(life: Life, year: int, language: Language = "en", *roles: str) -> Paper:
    """Return the report of a year, made a day after the last entry."""
    told = Life(tuple(one for one in life.entries if one.at.year <= year))
    it = replace(about(told, language, *roles), at=about(life).at)
    return report(it, life, year)


def table(paper: Paper, *header: str) -> list[list[str]]:
    """Return the rows of the table that begins with some headers."""
    found = next(
        one
        for one in paper.blocks
        if isinstance(one, Table) and one.header[: len(header)] == header
    )
    return [["".join(run.text for run in cell) for cell in row] for row in found.rows]


def headings(paper: Paper) -> list[str]:
    return [one.text for one in paper.blocks if isinstance(one, Heading)]


async def test_it_tells_a_year() -> None:
    """Gates with their days, levels with their trend, decisions, meetings and values."""
    paper = of_year(await lived(), 2027)

    milestones = table(paper, "Date", "What")
    assert [
        "15 Jun 2027",
        "The gate “Yearly renewal” is passed; the stage is “Running and sustaining”",
    ] in milestones
    assert table(paper, "Condition")[0] == ["A A common plan of action", "3", "4", "↑ +1"]
    assert table(paper, "Condition")[3] == ["D Continuous communication", "3", "3", "= same"]
    assert [row[2] for row in table(paper, "Date", "Subject")] == ["adopted"] * 7
    assert table(paper, "Date", "Kind", "Active members present")[1][2] == "3 of 4"
    assert table(paper, "Indicator")[0] == [
        "Plate waste per meal (g)",
        "–",
        "92 (18 Jan 2027)",
        "–",
        "1",
    ]
    assert table(paper, "Source")[0] == ["Commune", "18,000", "yes", "31 Dec 2027"]


async def test_milestones_name_decisions_and_say_why_mandates_end_in_the_language() -> None:
    """No id, and no word of the engine in English."""
    life = await lived()
    told = [
        row[1]
        for year in sorted({one.at.year for one in life.entries})
        for row in table(of_year(life, year, "fr"), "Date", "Quoi")
    ]
    started = [one for one in told if "tient la fonction de soutien" in one]
    assert started
    assert all("par la décision « " in one for one in started)
    teller = about(life, "fr").teller
    ended = {"holder": "x", "reason": "its last day is over"}
    assert teller.tell("mandate_ended", ended).endswith("prend fin : son dernier jour est passé")


async def test_the_first_year_begins_with_nothing() -> None:
    """And what came later is not in it."""
    paper = of_year(await lived(), 2026, "fr")
    said = words_of(paper)

    assert "pas encore ouverte" in said
    assert {row[1] for row in table(paper, "Condition")} == {"–"}
    assert "331 sur 345" in said
    assert "2027" not in {row[0][-4:] for row in table(paper, "Date", "Quoi")}
    assert [row for row in table(paper, "Action") if "en retard" in row[3]] == []


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_it_is_accessible(language: Language) -> None:
    """With its picture told in words, in both languages."""
    paper = of_year(await lived(), 2026, language)

    pdf = assert_accessible(typeset(paper), language)

    (figure,) = pdf.structure.all("Figure")
    assert figure.alternative
    assert list(pdf.structure.all("H1"))


def test_indicators_are_drawn_as_they_developed_up_to_the_end_of_the_year() -> None:
    """Those of two values and more, in words too, with letters that no face has as numbers."""
    coop = Collective(3)
    chain = value_chain()
    first = chain["objectives"][0]["indicators"][0]
    first |= {"definition": "Meals", "baseline": 120, "target": "all \U0001f33b of them"}
    coop.adopt("value_chain", chain)
    for value in (110, 90.5):
        coop.wait(days=200)
        coop.do("rep-alpha", "record_measure", indicator="o1-1", value=value, organisation="alpha")
    coop.do("rep-beta", "record_measure", indicator="o2-1", value=7, organisation="beta")
    life = life_of(coop.journal)

    drawn = [one for one in of_year(life, 2027).blocks if isinstance(one, Picture)]
    pdf = assert_accessible(typeset(of_year(life, 2027, "fr")), "fr")

    assert [one.caption for one in drawn[1:]] == ["Meals (units)"]
    assert "2 values; latest: 90.5 on 5 Feb 2027" in drawn[1].alternative
    told = [one.alternative or "" for one in pdf.structure.all("Figure")]
    assert "cible : all [U+1F33B] of them" in told[1]
    assert len([one for one in of_year(life, 2026).blocks if isinstance(one, Picture)]) == 1


async def test_disagreements_are_counted_and_no_more() -> None:
    """Neither their subject nor their content is in it."""
    life = await lived("deux-rives-aubresque")
    raised = [dict(one.event) for one in life.entries if one.event.type == "disagreement_raised"]
    assert raised
    years = {one.at.year for one in life.entries}

    for year in years:
        said = words_of(of_year(life, year))
        for one in raised:
            assert one["content"] not in said
    assert "Raised in the year" in words_of(of_year(life, min(years)))


def test_what_a_reader_may_not_read_is_not_in_it() -> None:
    """A funder has no open decision in it, and no review whose summary was not published."""
    coop = Collective(3)
    coop.ask("open-one", question="Shall we tell nobody?")
    coop.ask("closed-one", question="Shall we meet?")
    coop.vote("closed-one", "yes")
    coop.do("fay", "open_review", review="r", kind="exceptional")
    coop.do("fay", "close_review", review="r", expected="A", observed="B", why="C", lessons=["D"])
    life = life_of(coop.journal)

    inside = of_year(life, 2026, "en", "facilitator")
    outside = of_year(life, 2026, "en", "funder")

    assert "decision closes: question" in words_of(inside)
    assert "decision closes: question" not in words_of(outside)
    assert "Shall we meet?" in words_of(outside)
    assert "exceptional review" in words_of(inside)
    assert "exceptional review" not in words_of(outside)
    with pytest.raises(NoSuchPaperError):
        of_year(life, 2026, "en", "mediator")


def test_what_is_late_and_what_is_due_is_told() -> None:
    """As of the end of the year, or of the day of the report while it goes on."""
    coop = Collective(3)
    coop.adopt("value_chain", value_chain())
    coop.adopt("roadmap", roadmap())
    coop.adopt("support_model", support_model())
    life = life_of(coop.journal)
    paper = of_year(life, 2026)

    assert table(paper, "Action")
    assert "Sources of money" in headings(paper)
    assert "action due: " in words_of(paper)


def test_a_young_cooperation_has_a_report() -> None:
    """It says that nothing happened."""
    life = young()
    paper = of_year(life, 2026)

    assert words_of(paper).count("Nothing in this year.") >= 4
    assert "Nothing has a date yet." in words_of(paper)
    assert "still lacking" in words_of(paper)
    for year in (2025, 2027):
        with pytest.raises(NoSuchPaperError):
            of_year(life, year) if year > 2026 else report(about(life), life, year)


async def test_a_year_that_goes_on_ends_where_the_report_is_made() -> None:
    """What is told is what had happened by then."""
    life = await lived()
    at = datetime(2026, 6, 1, tzinfo=UTC)
    year = Year(2026, life.until(at), at)

    assert not year.is_over
    assert year.end == at
    assert year.after.stage == "structuration"
    assert year.days == 131
    assert all(one.held_at <= at for one in year.meetings)
    assert not year.reviews
    assert not year.covers(None)


def test_years_are_those_of_where_people_live() -> None:
    """What happens before midnight in UTC is of the next year further east."""
    coop = Collective(3)
    coop.wait(days=364, hours=14.5)
    assert coop.at == datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    coop.ask("late", question="Shall we meet?")
    coop.vote("late", "yes")
    life = life_of(coop.journal)
    paris = ZoneInfo("Europe/Paris")
    it = replace(about(life), say=PaperPhrases("en", paris))

    old, new = Year(2026, life, it.at, paris), Year(2027, life, it.at, paris)

    assert [len(one.decisions) for one in (old, new)] == [0, 1]
    assert (old.days, old.is_over, new.is_over) == (364, True, False)
    row = table(report(it, life, 2027), "Date", "Subject")[0]
    assert row[:2] == ["1 Jan 2027", "Shall we meet?"]


async def test_support_that_ended_counts_until_then() -> None:
    """Days on which nobody held the function are not counted."""
    coop = Collective(3)
    terms = {"holder": "alpha", "missions": ["coordinate"]}
    coop.do("fay", "propose_mandate", decision="m", **terms)
    coop.vote("m")
    coop.wait(days=10)
    coop.do("fay", "end_mandate", reason="Tired")
    coop.wait(days=10)
    at = coop.at
    year = Year(2026, life_of(coop.journal), at)

    assert year.days_with_support == 10
    assert year.days == 20
