from __future__ import annotations

from dataclasses import replace

import pytest

from coopflow.application.callers import Language
from coopflow.papers import typesetting
from coopflow.papers.charter import charter
from coopflow.papers.identity import identity_sheet
from coopflow.papers.journal import journal
from coopflow.papers.paper import Heading, Paper, Paragraph, Picture, Run, plain
from coopflow.papers.typesetting import TypesettingError, typeset
from tests.collective import Collective
from tests.papers import about, hostile, life_of, lived, young
from tests.pdfs import assert_accessible

LANGUAGES: tuple[Language, ...] = ("fr", "en")
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">'
    '<rect width="10" height="10"/></svg>'
)


def paper(*texts: str) -> Paper:
    """Return a paper that says something."""
    whole = identity_sheet(about(young()))
    return replace(whole, blocks=(Heading("A part"), *(Paragraph(plain(one)) for one in texts)))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_papers_are_accessible(language: Language) -> None:
    """PDF/UA-1, tagged, in their language, with their title, headings and headers of tables."""
    life = await lived()
    it = about(life, language)

    sheet = assert_accessible(typeset(identity_sheet(it)), language)
    to_sign = assert_accessible(typeset(charter(it, life)), language)
    told = assert_accessible(typeset(journal(it, life)), language)

    assert "Halve canteen waste in five years" in sheet.text
    assert to_sign.title.endswith(" – Bocage Gourmand")
    assert "Bocage Gourmand" in to_sign.artifacts
    table = next(told.structure.all("Table"))
    first = next(one.text.strip() for one in table.all("TH"))
    assert first == ("N°" if language == "fr" else "No.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_write_is_shown_as_they_wrote_it(language: Language) -> None:
    """No markup of theirs is carried out, whatever it looks like, and nothing breaks the page."""
    life = hostile()
    it = about(life, language)

    sheet = assert_accessible(typeset(identity_sheet(it)), language)
    to_sign = assert_accessible(typeset(charter(it, life)), language)
    told = assert_accessible(typeset(journal(it, life)), language)

    for text in (sheet.text, to_sign.text, told.text):
        assert '#read("/etc/passwd")' in text
        assert "root:" not in text
    assert "$x$ _y_ *a* `code` <label> @ref \\ // /* = -" in sheet.text
    assert "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" in sheet.text
    said = sheet.text.replace("\u200d", "")
    assert "[U+1F33B][U+1F468][U+1F469][U+1F467] [U+65E5][U+672C][U+8A9E]" in said
    assert {*"\u05e9\u05dc\u05d5\u05dd\u0645\u0631\u062d\u0628\u0627"} <= {*sheet.text}
    assert "\u202e" not in sheet.text


def test_a_young_cooperation_has_papers() -> None:
    """However little there is to say."""
    life = young()

    assert_accessible(typeset(identity_sheet(about(life))), "en")
    assert_accessible(typeset(journal(about(life), life)), "en")


def test_the_same_paper_is_the_same_file() -> None:
    """Byte by byte: whoever makes it again for that instant can compare."""
    life = life_of(Collective(3).journal)

    assert typeset(identity_sheet(about(life))) == typeset(identity_sheet(about(life)))


def test_a_picture_has_an_alternative_text() -> None:
    """Who cannot see it reads what it shows."""
    whole = replace(paper(), blocks=(Heading("A part"), Picture(SVG, "A black square", "Square")))

    pdf = assert_accessible(typeset(whole), "en")

    (figure,) = pdf.structure.all("Figure")
    assert figure.alternative == "A black square"


def test_links_lead_to_headings() -> None:
    """Within the paper, and assistive technology finds them."""
    whole = replace(
        paper(),
        blocks=(
            Heading("A part"),
            Paragraph((Run("see "), Run("entry 1", to="entry-1"))),
            Heading("Entry 1", anchor="entry-1"),
        ),
        has_contents=True,
    )

    pdf = assert_accessible(typeset(whole), "en")

    assert "see entry 1" in " ".join(pdf.text.split())
    assert list(pdf.structure.all("Link"))


def test_letters_below_what_faces_cover_are_named_by_their_number() -> None:
    """Also those that are found out only when the whole is set."""
    pdf = assert_accessible(typeset(paper("a\x01b", "c\x02")), "en")

    assert "a[U+0001]b" in pdf.text
    assert "c[U+0002]" in pdf.text


def test_what_cannot_be_set_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a word of what people wrote."""
    broken = replace(paper(), blocks=(Heading("A part"), Picture("<svg>", "A secret", "A secret")))
    with pytest.raises(TypesettingError) as caught:
        typeset(broken)
    assert "secret" not in str(caught.value)

    monkeypatch.setattr(typesetting, "_TRIES", 1)
    with pytest.raises(TypesettingError, match="letters"):
        typeset(paper("a\x01"))
