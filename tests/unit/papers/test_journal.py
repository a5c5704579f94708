from __future__ import annotations

import re

import pytest

from coopflow.domain.chain import digest
from coopflow.papers import journal as paper_of
from coopflow.papers.about import NoSuchPaperError
from coopflow.papers.journal import journal
from coopflow.papers.lives import Life
from coopflow.papers.paper import Paper, Rich, Table
from tests.collective import Collective, value_chain
from tests.journals import life as told_life
from tests.papers import about, life_of, lived, words_of


def rows(paper: Paper) -> list[tuple[Rich, ...]]:
    return [row for one in paper.blocks if isinstance(one, Table) for row in one.rows]


async def test_every_entry_is_told() -> None:
    """Number, instant, sentence, who and the beginning of the digest; the last digest in full."""
    life = await lived()
    paper = journal(about(life, "fr", people={"fabien": "Fabien Roche"}), life)
    told = rows(paper)

    assert [int(row[0][0].text) for row in told] == list(range(1, len(life.entries) + 1))
    assert [row[4][0].text for row in told] == [digest(one)[:16] for one in life.records]
    assert digest(life.records[-1]) in words_of(paper)
    assert told[0][1][0].text == "20 janv. 2026 09:00"
    assert told[1][2][0].text == "Fabien Roche reçoit le rôle : facilitation"
    assert {row[3][0].text for row in told} >= {"Fabien Roche", "automatiquement", "ines"}


def test_what_is_kept_back_is_not_in_it() -> None:
    """A secret choice, its reason, the content of a disagreement, and people who were erased."""
    life = Life(told_life())
    said = words_of(journal(about(life), life))

    assert "Alpha answers the decision “A question?”: (not shown)" in said
    assert "Too much at once" not in said
    assert "Nobody told us" not in said


def test_things_are_called_as_people_call_them() -> None:
    """Decisions by question or subject, disagreements, meetings, reviews with their changes."""
    coop = Collective(3)
    coop.ask("d1", question="Shall we meet?")
    coop.adopt("value_chain", value_chain())
    coop.do("fay", "record_meeting", meeting="m1", kind="plenary", held_at=coop.at, attendees=[])
    coop.do("rep-alpha", "record_measure", indicator="o1-1", value=7, organisation="alpha")
    coop.do("fay", "open_review", review="r1", kind="annual", period="2026")
    propose = {"review": "r1", "change": "c1", "target": "roadmap", "text": "Plant more"}
    coop.do("fay", "propose_change", **propose)
    coop.do("fay", "resolve_change", review="r1", change="c1", verdict="accepted")
    life = life_of(coop.journal)

    said = words_of(journal(about(life), life))

    for one in ("The decision “Shall we meet?” is opened", "“Value chain, version 1”"):
        assert one in said
    assert "(plenary, 1 Jan 2026)" in said
    assert "for the indicator “A definition”" in said
    assert "A change to “roadmap” is proposed (yearly review, 2026): Plant more" in said
    assert "A change that was proposed (yearly review, 2026) is accepted: Plant more" in said
    assert not {"d1", "m1", "r1", "c1", "o1-1"}.intersection(re.findall(r"[\w-]+", said))


def test_it_is_for_those_who_may_read_the_journal() -> None:
    """A funder has none."""
    life = life_of(Collective(3).journal)

    with pytest.raises(NoSuchPaperError):
        journal(about(life, "en", "funder"), life)


def test_a_long_one_comes_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each says which entries it holds, and of how many; progress is told."""
    monkeypatch.setattr(paper_of, "MOST_ENTRIES", 4)
    monkeypatch.setattr(paper_of, "_EVERY", 2)
    life = life_of(Collective(3).journal)
    heard: list[tuple[int, int]] = []

    first = journal(about(life), life, progress=lambda *one: heard.append(one))
    second = journal(about(life), life, after=4)

    assert [int(row[0][0].text) for row in rows(first)] == [1, 2, 3, 4]
    assert f"no. 5 to 8 of {len(life.entries)}" in second.lead
    assert heard == [(2, 4), (4, 4), (4, 4)]
    with pytest.raises(NoSuchPaperError):
        journal(about(life), life, after=len(life.entries))


def test_a_journal_without_digests_says_that_nothing_proves_it() -> None:
    """Those of before digests were kept."""
    life = Life(tuple(Collective().journal))

    said = words_of(journal(about(life), life))

    assert "nothing proves it" in said
    assert "–" in {row[4][0].text for row in rows(journal(about(life), life))}
