from __future__ import annotations

import pytest

from coopflow.application.callers import Language
from coopflow.papers.identity import identity_sheet
from tests.collective import Collective
from tests.collective import identity_sheet as content
from tests.papers import about, life_of, lived, words_of, young


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ("Fiche d'identité", "Pour les habitants", "collectivité territoriale")),
        ("en", ("Identity sheet", "For the inhabitants", "local authority")),
    ],
)
async def test_the_sheet_says_who_the_cooperation_is(
    language: Language, words: tuple[str, ...]
) -> None:
    """What was adopted, how it stands and who its members are, in the language of the reader."""
    life = await lived()
    said = words_of(identity_sheet(about(life, language)))

    for one in (*words, "Halve canteen waste in five years", "Commune de Valbrume", "A4 B4 C3"):
        assert one in said


def test_before_there_is_a_sheet_it_says_what_is_known() -> None:
    """And that none was adopted."""
    said = words_of(identity_sheet(about(young())))

    assert "No identity sheet has been adopted yet" in said
    assert "An issue" in said
    assert "nobody yet" in said
    assert "The cooperation has no active member yet." in said


def test_a_draft_is_for_those_inside() -> None:
    """A funder reads what was adopted, and does not see that there is more."""
    coop = Collective(3)
    coop.do("rep-alpha", "draft_document", kind="identity_sheet", content={"title": "Secret plan"})
    coop.do(
        "rep-alpha",
        "draft_document",
        kind="identity_sheet",
        content=content(transformation="A secret change"),
    )
    life = life_of(coop.journal)

    inside = words_of(identity_sheet(about(life, "en", "representative")))
    outside = words_of(identity_sheet(about(life, "en", "funder")))

    assert "A secret change" in inside
    assert "has not been adopted by the members" in inside
    assert "A secret change" not in outside
    assert "No identity sheet has been adopted yet" in outside


def test_what_a_draft_leaves_out_is_said_to_be() -> None:
    """Each part has its place, stated or not."""
    coop = Collective(3)
    coop.do("rep-alpha", "draft_document", kind="identity_sheet", content={"title": "A beginning"})

    said = words_of(identity_sheet(about(life_of(coop.journal))))

    assert said.count("not stated") >= 8
