"""How long a cooperation has been in each stage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, NamedTuple

from coopflow.pictures.drawing import Drawing
from coopflow.pictures.lettering import LEADING, MAIN, SMALL, width_of, wrapped
from coopflow.pictures.picture import Frame, Picture
from coopflow.pictures.plot import empty
from coopflow.pictures.telling import about, listed, sentence
from coopflow.wording.phrases import Phrases

_EDGE: Final = 3
_BAR: Final = 20
_APART: Final = 12
_LEAST: Final = 2


class Stay(NamedTuple):
    """A stage, how long it took, and whether one is still in it."""

    label: str
    span: timedelta
    is_current: bool = False


def stays_picture(stays: Sequence[Stay], say: Phrases, frame: Frame) -> Picture:
    """Draw how long each stage took, from the first to the last.

    Args:
        stays: in the order in which they came; a stage may come again.
        say: the language.
        frame: where it goes.
    """
    title = say("picture.stays")
    header = (say("head.stage"), say("picture.time"))
    rows = tuple((one.label, _written(one, say)) for one in stays)
    if not stays:
        words = say("picture.empty")
        return Picture(empty(frame, title, words), f"{title}. {sentence(words)}", header, rows)
    told = listed(say, (about(say, label, days) for label, days in rows))
    text = f"{title}. {told}."
    drawing = Drawing(frame)
    room = max(width_of(words, SMALL) for _, words in rows) + 10
    wide = frame.width - 2 * _EDGE - room
    longest = max((one.span for one in stays), default=timedelta()).total_seconds() or 1
    y = 2.0
    for one, (_, words) in zip(stays, rows, strict=True):
        look = "p-strong" if one.is_current else "p-ink"
        lines = wrapped(one.label, frame.width - 2 * _EDGE, MAIN, most=2, bold=one.is_current)
        y = drawing.lines(look, _EDGE, y + MAIN, lines) - MAIN * LEADING + 8
        long = max(wide * max(one.span.total_seconds(), 0) / longest, _LEAST)
        drawing.rect("p-bar-now" if one.is_current else "p-bar", _EDGE, y, long, _BAR, 3)
        drawing.text("p-ink", _EDGE + long + 8, y + 15, words, size=SMALL)
        y += _BAR + _APART
    return Picture(drawing.finished(frame.width, y - 6, title, text), text, header, rows)


def _written(one: Stay, say: Phrases) -> str:
    days = say.days(one.span)
    return say("picture.so_far", days=days) if one.is_current else days
