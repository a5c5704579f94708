"""What is wrong with a file, with the place of each fault."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final, NamedTuple

_LISTED: Final = 12


class Fault(NamedTuple):
    """One thing that is wrong with a file; lines and columns count from 1.

    Attributes:
        file: the file as the caller named it.
        line: the line of the key or value.
        column: its column, in characters.
        path: the place in the structure, ``conditions[0].criteria[2].when``; empty for the whole.
        message: what is wrong.
        remedy: what to do about it; empty when the message says it.
    """

    file: str
    line: int
    column: int
    path: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        """Write the fault on one line: ``FILE:LINE:COLUMN: path: message``."""
        where = f"{self.path}: " if self.path else ""
        remedy = f" ({self.remedy})" if self.remedy else ""
        return f"{self.file}:{self.line}:{self.column}: {where}{self.message}{remedy}"


class FaultsError(Exception):
    """A file, or two that belong together, cannot be used; carries every fault found."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Carry the faults, in the order of the files and of their lines."""
        self.faults = tuple(sorted(faults, key=lambda fault: fault[:3]))
        super().__init__("\n".join(map(str, self.faults)))


def suggestion(word: str, known: Iterable[str], *, otherwise: str = "") -> str:
    """Return ``did you mean …?`` for a misspelt word, or ``otherwise`` when nothing is near."""
    near = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else otherwise


def listing(words: Iterable[str]) -> str:
    """Return ``known: a, b, c`` for words that may be written, cut short when there are many."""
    known = list(words)
    shown = [*known[:_LISTED], "…"] if len(known) > _LISTED else known
    return f"known: {', '.join(shown)}" if shown else ""
