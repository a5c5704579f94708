"""The values of an indicator over time, with where it began and where it is to come."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from coopflow.pictures.figures import drawable, figure, marks, seconds
from coopflow.pictures.lettering import MAIN, width_of
from coopflow.pictures.picture import Frame, Picture
from coopflow.pictures.plot import Plot, empty
from coopflow.pictures.telling import listed
from coopflow.wording.phrases import Phrases

_HEIGHT: Final = 170
_CLOSE: Final = 8  # points nearer than that are drawn without discs
_MOST_TOLD: Final = 12


class ValueAt(NamedTuple):
    """A value when it was recorded; None for one that is missing."""

    at: date
    value: float | None


Stated = float | str | None
"""A baseline or a target as a value chain states it: a number, words, or nothing."""


def values_picture(  # noqa: PLR0913 - what is drawn, for whom, and where
    label: str,
    values: Sequence[ValueAt],
    say: Phrases,
    frame: Frame,
    *,
    unit: str = "",
    baseline: Stated = None,
    target: Stated = None,
) -> Picture:
    """Draw how an indicator has developed.

    Args:
        label: what the indicator is called.
        values: in any order.
        say: the language.
        frame: where it goes.
        unit: of the values.
        baseline: where it began.
        target: where it is to come; words are written below.
    """
    points = sorted(values, key=lambda one: seconds(one.at))
    known = [_Known(one.at, found) for one in points if (found := drawable(one.value)) is not None]
    title = f"{label} ({unit})" if unit else label
    stated = [
        _Stated(look, say(said, value=_said(value, say)), drawable(value))
        for look, said, value in (
            ("p-base", "picture.baseline", baseline),
            ("p-mark", "picture.target", target),
        )
        if value is not None
    ]
    text = _told(title, known, [one.words for one in stated], say)
    header = (say("picture.date"), say("picture.value"))
    rows = tuple((say.day(one.at), _said(drawable(one.value), say)) for one in points)
    if not known:
        return Picture(empty(frame, title, say("picture.no_values")), text, header, rows)
    lines = [one.level for one in stated if one.level is not None]
    plot = Plot(
        frame,
        say,
        days=[one.at for one in points],
        levels=marks([*(one.value for one in known), *lines]),
        written=lambda level: figure(say, level),
        height=_HEIGHT,
    )
    for one in stated:
        if one.level is not None:
            plot.across(one.look, one.level)
    _series(plot, points)
    _latest(plot, known, say)
    latest = say("picture.latest", value=figure(say, known[-1].value))
    others = [("" if one.level is None else one.look, one.words) for one in stated]
    plot.key([("p-point", latest), *others])
    svg = plot.drawing.finished(frame.width, plot.bottom, title, text)
    return Picture(svg, text, header, rows)


class _Known(NamedTuple):
    at: date
    value: float


class _Stated(NamedTuple):
    look: str
    words: str
    level: float | None


def _said(value: Stated, say: Phrases) -> str:
    if value is None:
        return say("picture.missing")
    if isinstance(value, str):
        return value
    return figure(say, value) if math.isfinite(value) else say("picture.missing")


def _series(plot: Plot, points: Sequence[ValueAt]) -> None:
    """Draw the line, interrupted where values are missing, and its points where there is room."""
    runs: list[list[tuple[float, float]]] = [[]]
    for one in points:
        value = drawable(one.value)
        if value is None:
            runs.append([])
        else:
            runs[-1].append((plot.x.at(seconds(one.at)), plot.y.at(value)))
    for run in runs:
        if len(run) > 1:
            plot.drawing.polyline("p-series", run)
    places = [place for run in runs for place in run]
    room = (plot.x.end - plot.x.start) / len(places)
    for place in places if room >= _CLOSE else places[-1:]:
        plot.drawing.circle("p-point", place, 4)


def _latest(plot: Plot, known: Sequence[_Known], say: Phrases) -> None:
    """Write the latest value beside its point, on the side where the line does not come from."""
    at, value = known[-1]
    x, y = plot.x.at(seconds(at)), plot.y.at(value)
    words = figure(say, value)
    half = width_of(words, MAIN, bold=True) / 2
    middle = min(max(x, plot.x.start + half), plot.width - half - 2)
    falls = len(known) > 1 and known[-2].value > value
    is_below = falls and y + 24 < plot.y.start
    plot.drawing.text("p-strong", middle, y + 22 if is_below else y - 10, words, anchor="middle")


def _told(title: str, known: Sequence[_Known], stated: Sequence[str], say: Phrases) -> str:
    if not known:
        return listed(say, [title, say("picture.no_values"), *stated]) + "."
    told = [say("picture.from", value=figure(say, one.value), at=say.day(one.at)) for one in known]
    count = len(known)
    found = [
        title,
        say("picture.one_value") if count == 1 else say("picture.values", count=count),
        say("picture.latest", value=told[-1]),
    ]
    if count > 1:
        numbers = [one.value for one in known]
        least, most = figure(say, min(numbers)), figure(say, max(numbers))
        found.append(say("picture.range", least=least, most=most))
    if 1 < count <= _MOST_TOLD:
        found.append(", ".join(told))
    return listed(say, [*found, *stated]) + "."
