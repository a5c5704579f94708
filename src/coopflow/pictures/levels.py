"""The level of a condition over time, with the minimum that the next gate asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from coopflow.pictures.figures import instant_of, seconds
from coopflow.pictures.picture import Frame, Picture
from coopflow.pictures.plot import Plot, empty
from coopflow.pictures.telling import sentence
from coopflow.wording.phrases import Phrases

TOP: Final = 4
"""The highest level of a condition."""

_HEIGHT: Final = 120


class LevelSince(NamedTuple):
    """A level, and since when it holds."""

    at: date
    level: int


def levels_picture(  # noqa: PLR0913 - what is drawn, for whom, and where
    label: str,
    changes: Sequence[LevelSince],
    say: Phrases,
    frame: Frame,
    *,
    minimum: int | None = None,
    until: date | None = None,
) -> Picture:
    """Draw how the level of a condition has changed.

    Args:
        label: what the condition is called.
        changes: each level with its beginning, in any order.
        say: the language.
        frame: where it goes.
        minimum: what the next gate asks for.
        until: until when it is known: the last level holds until then.
    """
    steps = sorted(changes, key=lambda one: seconds(one.at))
    title = say("picture.levels", what=label)
    text = f"{title}. {_told(steps, say, minimum)}"
    header = (say("picture.date"), say("picture.level"))
    rows = tuple((say.day(one.at), str(one.level)) for one in steps)
    if not steps:
        return Picture(empty(frame, title, say("picture.no_values")), text, header, rows)
    last = max(steps[-1].at, until or steps[-1].at, key=seconds)
    plot = Plot(
        frame,
        say,
        days=[*(one.at for one in steps), last],
        levels=range(TOP + 1),
        written=str,
        height=_HEIGHT,
    )
    if minimum is not None:
        plot.across("p-mark", minimum)
    points: list[tuple[float, float]] = []
    for one in steps:
        x, y = plot.x.at(seconds(one.at)), plot.y.at(one.level)
        if points:
            points.append((x, points[-1][1]))
        points.append((x, y))
    points.append((plot.x.at(seconds(last)), points[-1][1]))
    plot.drawing.polyline("p-series", points)
    plot.drawing.circle("p-point", points[-1], 5)
    now = say("picture.level_now", level=steps[-1].level)
    asked = say("picture.minimum", minimum=minimum)
    plot.key([("p-point", now), *([("p-mark", asked)] if minimum is not None else [])])
    svg = plot.drawing.finished(frame.width, plot.bottom, title, text)
    return Picture(svg, text, header, rows)


def _told(steps: Sequence[LevelSince], say: Phrases, minimum: int | None) -> str:
    if not steps:
        return sentence(say("picture.no_values"))
    level = steps[-1].level
    now = say("picture.level_now", level=level)
    if minimum is not None:
        asked = say("picture.minimum", minimum=minimum)
        lacking = minimum - level
        held = say("picture.reached") if lacking <= 0 else say("picture.lacking", lacking=lacking)
        now += f", {asked}, {held}"
    before = [say("picture.from", value=one.level, at=say.day(instant_of(one.at))) for one in steps]
    return f"{now}. {', '.join(before)}."
