"""What a paper is, before it is set: titles, paragraphs, tables and pictures as plain values.

Everything that people wrote is text here, never markup. Templates set these values, and nothing in
them can make a template do anything else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

from coopflow.application.callers import Language


@dataclass(frozen=True)
class Run:
    """A piece of text in one style.

    Attributes:
        text: what it says.
        style: ``mono`` for ids and digests, to be compared letter by letter.
        to: the anchor that it links to, within the paper.
    """

    text: str
    style: Literal["plain", "strong", "quiet", "mono"] = "plain"
    to: str | None = None


Rich = tuple[Run, ...]
"""Text in several styles."""


def plain(text: str) -> Rich:
    """Return text without any style."""
    return (Run(text),)


@dataclass(frozen=True)
class Heading:
    """The title of a part; ``anchor`` is what links lead to. Levels begin at 1, none is skipped."""

    block: ClassVar[str] = "heading"
    text: str
    level: int = 1
    anchor: str | None = None


@dataclass(frozen=True)
class Paragraph:
    """Some sentences."""

    block: ClassVar[str] = "paragraph"
    text: Rich


@dataclass(frozen=True)
class Notice:
    """Some sentences that must not be missed."""

    block: ClassVar[str] = "notice"
    text: Rich


@dataclass(frozen=True)
class Bullets:
    """A list."""

    block: ClassVar[str] = "bullets"
    items: tuple[Rich, ...]


@dataclass(frozen=True)
class Particulars:
    """Names with what stands for each; ``is_small`` where there are many that few will read."""

    block: ClassVar[str] = "particulars"
    rows: tuple[tuple[str, Rich], ...]
    is_small: bool = False


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        header: what each column holds.
        rows: the cells.
        widths: of the columns: ``0`` takes what it needs, other numbers share the rest.
        height: of each row at least, in points: room to write in by hand.
    """

    block: ClassVar[str] = "table"
    header: tuple[str, ...]
    rows: tuple[tuple[Rich, ...], ...]
    widths: tuple[float, ...]
    height: float = 0


@dataclass(frozen=True)
class Picture:
    """A drawing, and in words what it shows."""

    block: ClassVar[str] = "picture"
    svg: str
    alternative: str
    caption: str


Block = Heading | Paragraph | Notice | Bullets | Particulars | Table | Picture


@dataclass(frozen=True)
class Paper:
    """A document to print, to sign or to keep.

    Attributes:
        title: what it is.
        cooperation: what it is about; it stands in the header of every page.
        language: the one that it is in.
        at: the instant of which it tells; it is the date of the file, too.
        day: that instant in words.
        blocks: what it holds, in order.
        lead: what stands under the title.
        has_contents: whether a table of contents comes first.
    """

    title: str
    cooperation: str
    language: Language
    at: datetime
    day: str
    blocks: tuple[Block, ...]
    lead: str = ""
    has_contents: bool = field(default=False)

    def as_json(self) -> dict[str, Any]:
        """Return the paper as what templates read."""
        found = {name: getattr(self, name) for name in _STATED}
        return found | {"blocks": [asdict(one) | {"block": one.block} for one in self.blocks]}


_STATED = ("title", "cooperation", "language", "day", "lead", "has_contents")


def texts(lines: Iterable[str]) -> tuple[Rich, ...]:
    """Return lines as they are, each without any style."""
    return tuple(plain(line) for line in lines)
