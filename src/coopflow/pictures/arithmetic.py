"""The arithmetic of a decision: answers, those that are missing, and what it takes to adopt."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Final, NamedTuple

from coopflow.domain.voting import (
    AbsoluteMajority,
    QualifiedMajority,
    Rule,
    SimpleMajority,
    Unanimity,
)
from coopflow.pictures.drawing import Drawing
from coopflow.pictures.figures import Scale
from coopflow.pictures.lettering import MAIN, SMALL, width_of
from coopflow.pictures.picture import Frame, Picture
from coopflow.pictures.plot import empty
from coopflow.pictures.telling import about, listed, sentence
from coopflow.wording.phrases import Phrases

_LOOKS: Final[Mapping[str, str]] = {
    "yes": "p-yes",
    "consent": "p-yes",
    "concern": "p-other",
    "stand_aside": "p-other",
    "abstain": "p-abstain",
    "no": "p-no",
    "objection": "p-no",
    "block": "p-no",
}
"""What may be chosen, in the order in which it is drawn."""

_EDGE: Final = 4
_BAR: Final = 34
_ROW: Final = 20
_BOX: Final = 14


class _Part(NamedTuple):
    look: str
    words: str
    number: int
    hatch: str


def arithmetic_picture(  # noqa: PLR0913 - what is drawn, for whom, and where
    question: str,
    counts: Mapping[str, int],
    electorate: int,
    say: Phrases,
    frame: Frame,
    *,
    answers: int | None = None,
    quorum: Fraction | None = None,
    rule: Rule | None = None,
) -> Picture:
    """Draw how answers stand against the quorum and what the rule asks for.

    Args:
        question: what is decided.
        counts: answers by choice; empty while they are secret.
        electorate: how many may answer.
        say: the language.
        frame: where it goes.
        answers: how many answered; by default as counted.
        quorum: the share of the electorate that must answer; None where none is needed.
        rule: how answers are counted; a line is drawn for rules of numbers alone.
    """
    title = question
    answered = sum(counts.values()) if answers is None else max(answers, sum(counts.values()))
    parts = _parts(counts, answered, electorate, say)
    header = (say("picture.answer"), say("picture.number"))
    rows = tuple((one.words, str(one.number)) for one in parts)
    whole = sum(one.number for one in parts)
    if not whole:
        words = say("picture.no_electors")
        return Picture(empty(frame, title, words), f"{title}. {sentence(words)}", header, rows)
    needed = None if quorum is None else max(1, math.ceil(quorum * electorate))
    yes_needed = _yes_needed(rule, counts, electorate) if counts or not answered else None
    text = _told(title, parts, answered, electorate, needed, yes_needed, say)
    drawing = Drawing(frame)
    low = _drawn(drawing, frame, parts, needed, yes_needed, say)
    return Picture(drawing.finished(frame.width, low, title, text), text, header, rows)


def _parts(
    counts: Mapping[str, int], answered: int, electorate: int, say: Phrases
) -> tuple[_Part, ...]:
    order = [*_LOOKS, *(choice for choice in counts if choice not in _LOOKS)]
    found = [
        _Part(
            look := _LOOKS.get(choice, "p-other"),
            say(f"choice.{choice}"),
            counts[choice],
            {"p-no": "slant", "p-other": "dots"}.get(look, ""),
        )
        for choice in order
        if choice in counts
    ]
    secret = answered - sum(counts.values())
    if secret:
        found.append(_Part("p-answered", say("picture.secret"), secret, ""))
    waiting = max(electorate - answered, 0)
    return (*found, _Part("p-missing", say("picture.waiting"), waiting, ""))


def _yes_needed(rule: Rule | None, counts: Mapping[str, int], electorate: int) -> int | None:
    """Return how many have to say yes as answers stand; None where that is no mere number."""
    yes, no = counts.get("yes", 0), counts.get("no", 0)
    match rule:
        case SimpleMajority():
            return no + 1
        case AbsoluteMajority():
            return electorate // 2 + 1
        case Unanimity(strict=True):
            return electorate
        case QualifiedMajority(base="electorate"):
            return max(1, math.ceil(rule.threshold * electorate))
        case QualifiedMajority():
            return max(1, math.ceil(rule.threshold * (yes + no)))
        case _:
            return None


def _told(  # noqa: PLR0913, PLR0917 - all that the picture says
    title: str,
    parts: tuple[_Part, ...],
    answered: int,
    electorate: int,
    needed: int | None,
    yes_needed: int | None,
    say: Phrases,
) -> str:
    found = [about(say, one.words, str(one.number)) for one in parts]
    if needed is not None:
        held = say("picture.held" if answered >= needed else "picture.not_held", count=needed)
        found.append(say("picture.quorum_told", answers=answered, electorate=electorate, held=held))
    if yes_needed is not None:
        found.append(say("picture.yes_needed", count=yes_needed))
    return f"{about(say, title, listed(say, found))}."


def _drawn(  # noqa: PLR0913, PLR0917 - as above
    drawing: Drawing,
    frame: Frame,
    parts: tuple[_Part, ...],
    needed: int | None,
    yes_needed: int | None,
    say: Phrases,
) -> float:
    """Draw the bar with its marks and what they mean; return where that ends."""
    whole = sum(one.number for one in parts)
    scale = Scale(0, whole, _EDGE, frame.width - _EDGE)
    top = 28.0 if yes_needed is not None else 8.0
    done = 0
    for one in parts:
        left, right = scale.at(done), scale.at(done + one.number)
        done += one.number
        if not one.number:
            continue
        drawing.rect(one.look, left, top, right - left, _BAR)
        if one.hatch:
            _hatch(drawing, one.hatch, left, top, right - left, _BAR)
        _numbered(drawing, one, (left + right) / 2, top, right - left)
    low = top + _BAR
    if yes_needed is not None:
        words = say("picture.yes_needed", count=yes_needed)
        drawing.head((scale.at(yes_needed), top - 1), "down")
        _beside(drawing, scale.at(yes_needed), top - 14, words, frame)
    if needed is not None:
        words = say("picture.quorum", count=needed)
        drawing.head((scale.at(needed), low + 1), "up")
        _beside(drawing, scale.at(needed), low + 24, words, frame)
        low += 28
    return _key(drawing, frame, parts, low + 24, say)


def _beside(drawing: Drawing, x: float, y: float, words: str, frame: Frame) -> None:
    half = width_of(words, SMALL) / 2
    middle = min(max(x, half + 2), frame.width - half - 2)
    drawing.text("p-ink", middle, y, words, size=SMALL, anchor="middle")


def _numbered(drawing: Drawing, one: _Part, middle: float, top: float, room: float) -> None:
    """Write the number of a part onto it, where it has room; on a plate where it is hatched."""
    words = str(one.number)
    wide = width_of(words, MAIN, bold=True)
    if room < wide + 6:
        return
    if one.hatch:
        drawing.rect(one.look, middle - wide / 2 - 5, top + 6, wide + 10, _BAR - 12, 4)
    look = "p-strong" if one.look == "p-missing" else "p-on-dark"
    drawing.text(look, middle, top + _BAR / 2 + 5, words, anchor="middle")


def _hatch(  # noqa: PLR0913, PLR0917 - as of a rectangle
    drawing: Drawing, kind: str, x: float, y: float, width: float, height: float
) -> None:
    drawing.hatched("dots" if kind == "dots" else "slant", x, y, width, height)


def _key(drawing: Drawing, frame: Frame, parts: tuple[_Part, ...], y: float, say: Phrases) -> float:
    x = float(_EDGE)
    for one in parts:
        words = about(say, one.words, str(one.number))
        wide = _BOX + 6 + width_of(words, SMALL)
        if x > _EDGE and x + wide > frame.width:
            x, y = float(_EDGE), y + _ROW
        drawing.rect(one.look, x, y - _BOX + 3, _BOX, _BOX)
        if one.hatch:
            _hatch(drawing, one.hatch, x, y - _BOX + 3, _BOX, _BOX)
        drawing.text("p-ink", x + _BOX + 6, y, words, size=SMALL)
        x += wide + 18
    return y + 9
