from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopflow.pictures.drawing import Drawing, escaped
from coopflow.pictures.lettering import fits, width_of, wrapped
from coopflow.pictures.palette import HEAT, PAINTS
from coopflow.pictures.picture import Frame, Picture, wide_and_narrow
from coopflow.pictures.plot import empty
from tests.pictures import assert_tidy

_SHEET = Path("src/coopflow/entrypoints/web/static/pictures.css")


@given(st.text())
def test_whatever_is_written_can_be_read_as_xml(text: str) -> None:
    """Nothing that people write ends the text, and what XML cannot hold is left out."""
    root = ET.fromstring(f"<a b='{escaped(text)}'>{escaped(text)}</a>")  # noqa: S314 - ours
    assert not list(root)
    assert (root.text or "").replace("\n", "") == re.sub(
        "[^\t\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text
    )


@given(st.text(), st.integers(0, 400), st.integers(1, 4))
def test_lines_are_as_few_and_as_short_as_asked_for(text: str, width: int, most: int) -> None:
    """A word that is wider than a line is broken; a single letter always stands."""
    lines = wrapped(text, width, most=most)
    assert len(lines) <= most
    for line in lines:
        assert width_of(line) <= width or len(line.rstrip("…")) <= 1


def test_lines_break_at_spaces_and_end_with_an_ellipsis() -> None:
    """A space that keeps words together does so."""
    assert wrapped("one two three", 60) == ["one two", "three"]
    assert wrapped("one two three", 60, most=1) == ["one t…"]
    assert wrapped("le 3\u00a0févr.\u00a02026", 110) == ["le", "3\u00a0févr.\u00a02026"]
    assert wrapped("", 60) == []


def test_words_fit_when_none_is_broken_or_left_out() -> None:
    """A long word does not fit, whatever the number of lines."""
    assert fits("one two", 60)
    assert not fits("one two three four", 60, most=1)
    assert not fits("incomprehensibilities", 60, most=9)


@pytest.mark.parametrize("text", ["漢字", "😀", "é", "e\u0301", "\u200b", "Ж"])
def test_any_letter_has_a_width(text: str) -> None:
    """Marks above letters take no room of their own, wide letters more than others."""
    assert 0 <= width_of(text, 10) <= 22


def test_a_page_is_given_both_widths() -> None:
    """Ids differ between the two, and the stylesheet shows one of them."""
    html = wide_and_narrow(lambda frame: Picture(empty(frame, "a", "b"), "b"), "x")
    assert html.count('id="x-wide-title"') == 1
    assert html.count('id="x-narrow-title"') == 1
    sheet = _SHEET.read_text()
    assert ".p-wide { display: none; }" in sheet
    assert ".p-narrow { display: none; }" in sheet


def test_a_hostile_prefix_is_escaped_too() -> None:
    """Whatever ids begin with, they stay attributes."""
    drawing = Drawing(Frame('"><script>', 100))
    drawing.hatched("slant", 0, 0, 10, 10)
    assert "<script>" not in drawing.finished(100, 100, "<b>", "</svg>")


def test_an_empty_picture_says_so() -> None:
    """There is something to see where there is nothing to show."""
    assert_tidy(empty(Frame("p", 328), "title", "nothing yet"))


# --- colours --------------------------------------------------------------------------------------


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _themes() -> dict[str, tuple[str, str]]:
    pattern = r"--p-([\w-]+): (?:var\(--[\w-]+, )?light-dark\((#\w{6}), (#\w{6})\)"
    return {name: (light, dark) for name, light, dark in re.findall(pattern, _SHEET.read_text())}


@pytest.mark.parametrize("theme", [0, 1])
def test_words_and_lines_stand_out_in_both_themes(theme: int) -> None:
    """Words by 4.5 to 1, what else carries meaning by 3 to 1."""
    colour = {name: pair[theme] for name, pair in _themes().items()}
    grounds = (colour["ground"], colour["accent-soft"])
    for ground in grounds:
        assert _contrast(colour["ink"], ground) >= 4.5
        assert _contrast(colour["quiet"], ground) >= 4.5
    for name in ("line", "accent", "warn", "good", "danger", "quiet"):
        assert _contrast(colour[name], colour["ground"]) >= 3, name
    for name in ("good", "danger", "warn", "quiet", "accent"):
        assert _contrast(colour["on-dark"], colour[name]) >= 4.5, name
    for level in range(5):
        ink = colour["ink" if level < 3 else "on-dark"]
        assert _contrast(ink, colour[f"heat-{level}"]) >= 4.5, level


def test_what_a_picture_brings_along_is_the_light_theme() -> None:
    """A document without the stylesheet has the same colours, and inks that stand out on them."""
    light = {pair[0] for pair in _themes().values()}
    drawn = {value for look in PAINTS.values() for value in look.values() if value.startswith("#")}
    assert drawn <= light
    for level, fill in enumerate(HEAT):
        assert _contrast(PAINTS[f"p-heat-ink-{level}"]["fill"], fill) >= 4.5


def test_the_stylesheet_knows_every_class() -> None:
    """What is drawn is recoloured, and nothing else."""
    named = set(re.findall(r"\.(p-[\w-]+)", _SHEET.read_text()))
    assert named - {"p-wide", "p-narrow"} == set(PAINTS)
