"""CSV as spreadsheets write it: read with the place of every cell, and written so that they may.

UTF-8 with or without a mark at its beginning; commas, semicolons or tabs between cells, whichever
the header has. On the way out a cell that a spreadsheet would take for a formula gets an apostrophe
in front, and loses it again on the way in; a number stays one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from coopflow.definitions.faults import Fault, FaultsError, listing, suggestion
from coopflow.directory.columns import Column, named

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_LINES: Final = 10_000
"""How much one file may hold; larger ones are taken in parts."""

_DELIMITERS: Final = ";,\t"
_FORMULA: Final = re.compile("[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")  # the wide ones too
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_SAVE_AS: Final = "save it as CSV in UTF-8"


class Cell(NamedTuple):
    """What stands in one cell, and where: the number of its column counts from 1."""

    text: str
    column: int


class Line(NamedTuple):
    """A line of a file: its number in the file, and its cells by field."""

    number: int
    cells: dict[str, Cell]

    def text(self, field: str) -> str:
        """Return what the cell of a field says; nothing where there is no such column."""
        cell = self.cells.get(field)
        return cell.text if cell else ""


class Sheet(NamedTuple):
    """A file that was read: its name, the fields of its header, and its lines."""

    file: str
    fields: tuple[str, ...]
    lines: tuple[Line, ...]

    def fault(self, line: Line, field: str, message: str, remedy: str = "") -> Fault:
        """Return what is wrong with a cell; of a field without a column, with the line."""
        cell = line.cells.get(field)
        return Fault(self.file, line.number, cell.column if cell else 1, field, message, remedy)


def header_of(file: str, content: bytes) -> tuple[str, ...]:
    """Return the names in the header of a file, as they stand there.

    Raises:
        FaultsError: it is no such file, or too large.
    """
    return next(_rows(file, content))[1]


def read_sheet(file: str, content: bytes, columns: tuple[Column, ...]) -> Sheet:
    """Read a file.

    Args:
        file: its name, for messages.
        content: what it holds.
        columns: those that it may have, in any order.

    Raises:
        FaultsError: it is no such file, or too large, or its header or a line is wrong.
    """
    rows = _rows(file, content)
    first, header = next(rows)
    faults: list[Fault] = []
    found: dict[int, Column] = {}
    for place, name in enumerate(header, 1):
        column = named(columns, name)
        fault = ""
        if column is None:
            known = [one.field for one in columns]
            remedy = suggestion(name, known, otherwise=listing(known))
            faults.append(Fault(file, first, place, "", f"there is no column {name!r}", remedy))
        elif column in found.values():
            fault = f"the column {column.field} is there twice"
            faults.append(Fault(file, first, place, name, fault, "leave one out"))
        else:
            found[place] = column
    lines: list[Line] = []
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            told = f"there are {len(cells)} cells here, and {len(header)} in the header"
            remedy = "quote cells that hold the separator"
            faults.append(Fault(file, number, min(len(cells), len(header)), "", told, remedy))
            continue
        if len(lines) == MAX_LINES:
            told = f"more than {MAX_LINES} lines"
            faults.append(Fault(file, number, 1, "", told, "import it in parts"))
            break
        lines.append(Line(number, dict(_cells(cells, found))))
    if faults:
        raise FaultsError(faults)
    return Sheet(file, tuple(one.field for one in found.values()), tuple(lines))


def write_sheet(header: Sequence[str], lines: Iterable[Sequence[str | None]]) -> str:
    """Write a file: UTF-8 to be, commas between cells, no cell that is taken for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_shielded(cell or "") for cell in line] for line in lines)
    return text.getvalue()


def _cells(cells: Sequence[str], found: dict[int, Column]) -> Iterator[tuple[str, Cell]]:
    for place, column in found.items():
        text = _unshielded(cells[place - 1]).strip()
        yield column.field, Cell(column.value(text), place)


def _shielded(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def _unshielded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell


def _rows(file: str, content: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield lines with their numbers; the header comes first, and is there."""
    text = _text(file, content)
    top = next((line for line in text.splitlines() if line.strip()), "")
    if not top:
        raise FaultsError([Fault(file, 1, 1, "", "the file is empty", "begin with a header")])
    delimiter = max(_DELIMITERS, key=top.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    is_header = True
    try:
        for row in reader:
            if not is_header or any(cell.strip() for cell in row):
                yield number, tuple(row)
                is_header = False
            number = reader.line_num + 1
    except csv.Error as error:
        remedy = "look for a quotation mark that is not closed or not doubled"
        raise FaultsError([Fault(file, number, 1, "", f"no CSV: {error}", remedy)]) from None


def _text(file: str, content: bytes) -> str:
    if len(content) > MAX_BYTES:
        told = f"the file has {len(content)} bytes, at most {MAX_BYTES} are read"
        raise FaultsError([Fault(file, 1, 1, "", told, "import it in parts")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        fault = Fault(file, line, column, "", "this is not UTF-8", _SAVE_AS)
        raise FaultsError([fault]) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise FaultsError([Fault(file, line, 1, "", "this is no text", _SAVE_AS)])
    return text
