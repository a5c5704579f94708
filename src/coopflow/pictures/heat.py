"""A portfolio as numbers: for each condition and stage the mean level, and of how many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from coopflow.pictures.drawing import Drawing
from coopflow.pictures.lettering import LEADING, MAIN, SMALL, fits, wrapped
from coopflow.pictures.levels import TOP
from coopflow.pictures.picture import Frame, Picture
from coopflow.pictures.plot import empty
from coopflow.pictures.telling import about, sentence
from coopflow.wording.phrases import Phrases

_EDGE: Final = 3
_ROW: Final = 46
_NARROWEST: Final = 62
_WIDEST: Final = 130


class Count(NamedTuple):
    """How many cooperations of a stage have a level in a condition."""

    stage: str
    condition: str
    level: int
    cooperations: int


class Named(NamedTuple):
    """The id of a stage or a condition, and what it is called."""

    id: str
    label: str


class _Cell(NamedTuple):
    mean: float
    of: int


def heat_picture(
    counts: Iterable[Count],
    stages: Sequence[Named],
    conditions: Sequence[Named],
    say: Phrases,
    frame: Frame,
) -> Picture:
    """Draw the mean level of each condition in each stage, with how many cooperations that is of.

    Args:
        counts: what there is; what is of no such stage or condition is left out.
        stages: columns, from left to right.
        conditions: rows, from top to bottom.
        say: the language.
        frame: where it goes.
    """
    title = say("picture.portfolio")
    cells = _cells(counts)
    header = (say("picture.condition"), *(one.label for one in stages))
    rows = tuple(
        (row.label, *(_written(cells.get((one.id, row.id)), say) for one in stages))
        for row in conditions
    )
    if not stages or not conditions:
        words = say("picture.empty")
        return Picture(empty(frame, title, words), f"{title}. {sentence(words)}", header, rows)
    lines = [
        about(
            say,
            row[0],
            ", ".join(f"{one.label} {cell}" for one, cell in zip(stages, row[1:], strict=True)),
        )
        for row in rows
    ]
    text = f"{title}. {say('picture.mean_told')} " + ". ".join(lines) + "."
    drawing = Drawing(frame)
    width, low = _Field(drawing, frame.width, say).draw(stages, conditions, cells)
    return Picture(drawing.finished(width, low, title, text), text, header, rows)


def _cells(counts: Iterable[Count]) -> Mapping[tuple[str, str], _Cell]:
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for one in counts:
        total, count = sums.get((one.stage, one.condition), (0, 0))
        sums[one.stage, one.condition] = (
            total + one.level * one.cooperations,
            count + one.cooperations,
        )
    return {key: _Cell(total / count, count) for key, (total, count) in sums.items() if count}


def _written(cell: _Cell | None, say: Phrases) -> str:
    if cell is None:
        return say("picture.none")
    return say("picture.mean_of", mean=_mean(cell.mean, say), count=cell.of)


def _mean(mean: float, say: Phrases) -> str:
    text = f"{mean:.1f}"
    return text.replace(".", ",") if say.language == "fr" else text


class _Field:
    """Columns and rows of cells, the names of rows at their left or, where it is narrow, above."""

    def __init__(self, drawing: Drawing, width: float, say: Phrases) -> None:
        self._drawing = drawing
        self._width = width
        self._say = say

    def draw(
        self,
        stages: Sequence[Named],
        conditions: Sequence[Named],
        cells: Mapping[tuple[str, str], _Cell],
    ) -> tuple[float, float]:
        """Draw it, and return how wide and high it is."""
        names = min(self._width * 0.34, 230)
        each = (self._width - names - 2 * _EDGE) / len(stages)
        is_beside = each >= _NARROWEST and all(
            fits(one.label, names - 14, SMALL + 1) for one in conditions
        )
        if not is_beside:
            names = 0.0
            each = max((self._width - 2 * _EDGE) / len(stages), _NARROWEST)
        each = min(each, _WIDEST)
        left = _EDGE + names
        low = self._heads(stages, left, each)
        for row in conditions:
            low = self._name(row.label, names, low) if is_beside else self._above(row.label, low)
            for number, one in enumerate(stages):
                self._cell(cells.get((one.id, row.id)), left + number * each, low, each)
            low += _ROW
        return max(left + each * len(stages) + _EDGE, self._width), low + _EDGE

    def _heads(self, stages: Sequence[Named], left: float, each: float) -> float:
        """Write the names of the columns; where they do not fit, numbers that are told above."""
        labels, low = [one.label for one in stages], 4.0
        if not all(fits(label, each - 8, SMALL) for label in labels):
            told = [f"{number}. {label}" for number, label in enumerate(labels, start=1)]
            labels = [str(number) for number in range(1, len(labels) + 1)]
            for words in told:
                lines = wrapped(words, self._width - 2 * _EDGE, SMALL, most=2)
                low = self._drawing.lines("p-ink", _EDGE, low + SMALL, lines, size=SMALL) - SMALL
            low += 8
        heads = [wrapped(label, each - 8, SMALL) for label in labels]
        tall = max(map(len, heads)) * SMALL * LEADING
        for number, lines in enumerate(heads):
            y = low + SMALL + tall - len(lines) * SMALL * LEADING
            x = left + (number + 0.5) * each
            self._drawing.lines("p-ink", x, y, lines, size=SMALL, anchor="middle")
        return low + tall + 4

    def _name(self, label: str, names: float, low: float) -> float:
        lines = wrapped(label, names - 14, SMALL + 1, most=3)
        y = low + _ROW / 2 + 5 - (len(lines) - 1) * (SMALL + 1) * LEADING / 2
        self._drawing.lines("p-ink", _EDGE, y, lines, size=SMALL + 1)
        return low

    def _above(self, label: str, low: float) -> float:
        lines = wrapped(label, self._width - 2 * _EDGE, SMALL, most=2)
        self._drawing.lines("p-ink", _EDGE, low + SMALL + 6, lines, size=SMALL)
        return low + len(lines) * SMALL * LEADING + 11

    def _cell(self, cell: _Cell | None, x: float, y: float, each: float) -> None:
        middle = x + each / 2
        if cell is None:
            self._drawing.rect("p-missing", x + 1.5, y + 1.5, each - 3, _ROW - 3, 4)
            self._drawing.text("p-quiet", middle, y + _ROW / 2 + 5, "–", anchor="middle")
            return
        heat = min(max(int(cell.mean + 0.5), 0), TOP)
        self._drawing.rect(f"p-heat-{heat}", x + 1.5, y + 1.5, each - 3, _ROW - 3, 4)
        ink = f"p-heat-ink-{heat}"
        mean = _mean(cell.mean, self._say)
        self._drawing.text(ink, middle, y + 21, mean, size=MAIN + 1, anchor="middle")
        self._drawing.text(ink, middle, y + 36, f"({cell.of})", size=SMALL, anchor="middle")
