from __future__ import annotations

import hashlib

import pytest

from coopflow.domain.chain import canonical, digest
from coopflow.papers.about import NoSuchPaperError
from coopflow.papers.charter import charter, text_digest
from coopflow.papers.paper import Paper, Table
from tests.collective import Collective
from tests.collective import charter as content
from tests.papers import about, life_of, lived, words_of


def signed(*organisations: str) -> Collective:
    coop = Collective(4)
    coop.adopt("charter", content())
    coop.sign(*organisations)
    return coop


def table(paper: Paper, header: str) -> Table:
    """Return the table whose header has a cell."""
    return next(one for one in paper.blocks if isinstance(one, Table) and header in one.header)


def test_it_has_lines_for_those_who_have_not_signed() -> None:
    """And says when the others did, by which entry of the journal."""
    coop = signed("alpha", "gamma")
    life = life_of(coop.journal)

    paper = charter(about(life), life)

    to_sign = table(paper, "Signature")
    assert [row[0][0].text for row in to_sign.rows] == ["Beta", "Delta"]
    assert to_sign.height > 30
    done = table(paper, "Signed on")
    assert [row[0][0].text for row in done.rows] == ["Alpha", "Gamma"]
    entry = next(one for one in life.records if one["event"]["type"] == "charter_signed")
    assert done.rows[0][2][0].text == f"{entry['seq']} "
    assert done.rows[0][2][1].text == digest(entry)[:16]


def test_it_states_the_version_and_the_digest_of_the_text() -> None:
    """Who has the text can work the digest out: it is the SHA-256 of its canonical JSON."""
    life = life_of(signed().journal)
    said = words_of(charter(about(life), life))
    text = life.state.version("charter", 1).content

    assert hashlib.sha256(canonical(text)).hexdigest() in said
    assert text_digest(text) in said
    assert "Version 1, to be signed by the members" in said


async def test_all_have_signed() -> None:
    """Then nothing is left to sign, and it says since when it is in force."""
    life = await lived()
    paper = charter(about(life, "fr"), life)
    said = words_of(paper)

    assert "Tous les membres actifs ont signé." in said
    assert "En vigueur depuis" in said
    assert "majorité qualifiée (2/3)" in said


def test_an_older_version_says_that_it_was_replaced() -> None:
    """By its number it can still be had."""
    coop = signed("alpha", "beta", "gamma")
    coop.adopt("charter", content(purpose="A later purpose"))
    coop.sign("alpha", "beta", "gamma")
    life = life_of(coop.journal)

    older = words_of(charter(about(life), life, 1))
    newest = words_of(charter(about(life), life))

    assert "A later version has taken the place of this one." in older
    assert "A later purpose" in newest


def test_a_draft_cannot_be_signed() -> None:
    """It says so, has no lines, and is not for those outside."""
    coop = Collective(3)
    coop.do("rep-alpha", "draft_document", kind="charter", content={"purpose": "To begin"})
    life = life_of(coop.journal)

    paper = charter(about(life, "en", "facilitator"), life)

    assert "it cannot be signed yet" in words_of(paper)
    assert not [one for one in paper.blocks if isinstance(one, Table)]
    with pytest.raises(NoSuchPaperError, match="unknown_document"):
        charter(about(life, "en", "funder"), life)
    with pytest.raises(NoSuchPaperError, match="unknown_document"):
        charter(about(life, "en", "facilitator"), life, 2)


def test_who_may_not_read_the_journal_reads_who_has_signed() -> None:
    """The document says it; by which entry is for those inside."""
    life = life_of(signed("alpha").journal)

    said = words_of(charter(about(life, "en", "funder"), life))

    assert "Alpha" in said
    assert "Signed on" not in said
    assert "Written by the journal entry" not in said
