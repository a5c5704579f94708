"""Tables for spreadsheets as workbooks (XLSX), in the words of people.

Every cell is of the type of what it holds. What people wrote is text and stays text: nothing in a
workbook is computed. Instants are as clocks show them where people live: workbooks know no zones.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from fractions import Fraction
from typing import Any, Final, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from coopflow.application.callers import Language
from coopflow.domain.base import Label
from coopflow.entrypoints.spreadsheets import (
    HOLDER,
    INDICATORS,
    PORTFOLIO,
    Column,
    Speech,
    decision_columns,
    values_of,
)
from coopflow.readmodel.views import DecisionView, IndicatorView
from coopflow.wording.things import capital

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MOST_ROWS: Final = 1_048_575
"""How many rows a sheet holds below its header."""

_LONGEST: Final = 32_767  # characters in a cell
_WIDEST: Final = 60
_LEAST: Final = 8
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DAYS: Final[Mapping[Language, str]] = {"fr": "dd/mm/yyyy", "en": "d mmm yyyy"}
_TITLES: Final = {
    "portfolio": Label(en="Portfolio", fr="Portefeuille"),
    "decisions": Label(en="Decisions", fr="Décisions"),
    "indicators": Label(en="Indicators", fr="Indicateurs"),
}


class _Formats(NamedTuple):
    header: Format
    day: Format
    instant: Format
    share: Format


class Book:
    """A workbook of one sheet that grows row by row, and takes no more memory for more rows."""

    def __init__(
        self,
        title: str,
        columns: Sequence[Column],
        speech: Speech,
        names: Mapping[str, str] | None = None,
    ) -> None:
        """Begin it.

        Args:
            title: of the sheet.
            columns: from left to right; those that tell rows apart for programs come last.
            speech: how it is told.
            names: of the numbers that columns hold by their names, with what these are called:
                each has a column of its own.
        """
        self._columns = sorted(columns, key=lambda one: one.tells_apart)
        self._speech = speech
        self._names = dict(names or {})
        self._content = io.BytesIO()
        # Rows go to a file for the time being, which is deleted in the end.
        self._book = Workbook(self._content, {"constant_memory": True})
        self._book.set_properties({"title": title})
        day = _DAYS[speech.say.language]
        self._formats = _Formats(
            self._book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
            self._book.add_format({"num_format": day}),
            self._book.add_format({"num_format": f"{day} hh:mm"}),
            self._book.add_format({"num_format": "0.##%"}),
        )
        self._sheet = self._book.add_worksheet(title)
        self._sheet.freeze_panes(1, 1)
        heads = self._heads()
        self._widths = [max(_LEAST, min(len(head) + 2, _WIDEST // 3)) for head in heads]
        for place, head in enumerate(heads):
            self._sheet.write_string(0, place, head, self._formats.header)
        self._rows = 0

    def _heads(self) -> list[str]:
        say = self._speech.say
        colon = " : " if say.language == "fr" else ": "
        found: list[str] = []
        for column in self._columns:
            label = capital(say.label(column.label))
            each = [f"{label}{colon}{called}" for called in self._names.values()]
            found += each if column.spreads else [label]
        return found

    def add(self, rows: Iterable[Any]) -> None:
        """Write rows below those that are there.

        Raises:
            OverflowError: there are more than a sheet holds.
        """
        for row in rows:
            self._rows += 1
            if self._rows > MOST_ROWS:
                raise OverflowError
            cells: list[Any] = []
            for column in self._columns:
                value = column.said(row, self._speech) if column.said else column.of(row)
                each = [value.get(name) for name in self._names] if column.spreads else [value]
                cells += each
            for place, cell in enumerate(cells):
                self._write(place, cell)

    def _write(self, place: int, value: Any) -> None:
        at = (self._rows, place)
        match value:
            case None:
                return
            case bool():
                self._sheet.write_boolean(*at, value)
            case Fraction():
                self._sheet.write_number(*at, float(value), self._formats.share)
            case int() | float() if math.isfinite(value):
                self._sheet.write_number(*at, value)
            case datetime():
                naive = value.astimezone(self._speech.say.zone).replace(tzinfo=None)
                self._sheet.write_datetime(*at, naive, self._formats.instant)
                self._widths[place] = max(self._widths[place], 17)
            case date():
                midnight = datetime.combine(value, time())
                self._sheet.write_datetime(*at, midnight, self._formats.day)
                self._widths[place] = max(self._widths[place], 11)
            case _:
                text = _NOT_XML.sub("", str(value))
                if len(text) > _LONGEST:
                    text = text[: _LONGEST - 1] + "…"
                self._sheet.write_string(*at, text)
                self._widths[place] = max(self._widths[place], min(len(text) + 2, _WIDEST))

    def finished(self) -> bytes:
        """Return the file; nothing is added afterwards."""
        last = len(self._widths) - 1
        for place, width in enumerate(self._widths):
            self._sheet.set_column(place, place, width)
        self._sheet.autofilter(0, 0, self._rows, last)
        self._book.close()
        return self._content.getvalue()


def portfolio_book(conditions: Iterable[str], speech: Speech) -> Book:
    """Begin a portfolio, to which rows are added: levels have a column for each condition."""
    called = {one: speech.names.condition(one) for one in conditions}
    names = {one: f"{name.letter} {name.label}" for one, name in called.items()}
    return _book("portfolio", (HOLDER, *PORTFOLIO), speech, names)


def decisions_book(decisions: Sequence[DecisionView], speech: Speech) -> bytes:
    """Return a register of decisions: counts have a column for each choice."""
    choices = {choice: speech.say(f"choice.{choice}") for one in decisions for choice in one.counts}
    book = _book("decisions", decision_columns(speech.say.language), speech, choices)
    book.add(decisions)
    return book.finished()


def indicators_book(indicators: Iterable[IndicatorView], speech: Speech) -> bytes:
    """Return indicators: one row for each value, one for each indicator without any."""
    book = _book("indicators", INDICATORS, speech)
    book.add(values_of(indicators))
    return book.finished()


def _book(
    kind: str,
    columns: Sequence[Column],
    speech: Speech,
    names: Mapping[str, str] | None = None,
) -> Book:
    return Book(speech.say.label(_TITLES[kind]), columns, speech, names)
