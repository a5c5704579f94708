"""What is wrong with a file, with the place of each fault."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from itertools import islice
from typing import Final, NamedTuple, TypeVar

MAX_FAULTS: Final = 100
"""How many faults are told at once: nobody mends more before looking again."""

_LISTED: Final = 12
_COMPARED: Final = 5000  # characters of the word times words
_LONGEST_WORD: Final = 40
_LONGEST_TEXT: Final = 1000
_MORE: Final = "there are more faults"
_Item = TypeVar("_Item")


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
        text = f"{self.file}:{self.line}:{self.column}: {where}{self.message}{remedy}"
        return " ".join(text.splitlines())  # a key of several lines would look like other faults


class FaultsError(Exception):
    """A file, or two that belong together, cannot be used; carries the faults found.

    Of more than ``MAX_FAULTS`` it carries so many, and one that says that there are more.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Carry the faults, in the order of the files and of their lines."""
        found = sorted(faults, key=lambda fault: fault[:3])
        if len(found) > MAX_FAULTS:
            last = found[MAX_FAULTS - 1]
            more = last._replace(path="", message=_MORE, remedy="mend those above first")
            found[MAX_FAULTS:] = [more]
        self.faults = tuple(found)
        super().__init__("\n".join(map(str, self.faults)))


def first(faults: Iterable[_Item]) -> list[_Item]:
    """Return what is enough to tell: no further fault is looked for once there are too many.

    One more than ``MAX_FAULTS``, so that ``FaultsError`` can say that there are more.
    """
    return list(islice(faults, MAX_FAULTS + 1))


def shortened(text: str) -> str:
    """Return a text that fits a fault: what is quoted may be as long as a file."""
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"


def suggestion(word: str, known: Collection[str], *, otherwise: str = "") -> str:
    """Return ``did you mean …?`` for a misspelt word, or ``otherwise`` when nothing is near.

    Comparing is slow: no word longer than names are is compared, and none with very many.
    """
    if len(word) > _LONGEST_WORD or len(word) * len(known) > _COMPARED:
        return otherwise
    near = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else otherwise


def listing(words: Iterable[str]) -> str:
    """Return ``known: a, b, c`` for words that may be written, cut short when there are many."""
    known = list(islice(words, _LISTED + 1))
    shown = [*known[:_LISTED], "…"] if len(known) > _LISTED else known
    return f"known: {', '.join(shown)}" if shown else ""
