"""Files of JSON lines that prove themselves: read line by line, each in canonical form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, Protocol

from coopflow.domain.chain import canonical
from coopflow.domain.lines import Code

LONGEST: Final = 4 * 1024 * 1024
"""The longest line that is read, in bytes: twice of what Temporal takes for an entry."""

DEEPEST: Final = 64
"""How deep values may stand within each other in a line."""


class Source(Protocol):
    """Something whose lines are read one after the other."""

    def readline(self, size: int, /) -> bytes:
        """Return a line with its end, or the next ``size`` bytes of it; nothing at the end."""
        ...


class Line(NamedTuple):
    """A line: its number, what it says, or else why that cannot be told."""

    number: int
    value: dict[str, Any]
    fault: Code | None
    size: int = 0


class Lines:
    """Reads lines one after the other.

    Attributes:
        number: that of the last line that was read.
    """

    def __init__(self, source: Source) -> None:
        self.number = 0
        self._source = source
        self._sum = hashlib.sha256()
        self._last = b""

    @property
    def sum_before(self) -> str:
        """The SHA-256 of all lines before the last one that was read."""
        return self._sum.hexdigest()

    def __iter__(self) -> Iterator[Line]:
        return self

    def __next__(self) -> Line:
        self._sum.update(self._last)
        self._last = line = self._source.readline(LONGEST + 1)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > LONGEST:
            while line and not line.endswith(b"\n"):  # to where the next one begins
                self._sum.update(line)
                self._last = line = self._source.readline(LONGEST)
            return Line(self.number, {}, "too_long")
        if not line.endswith(b"\n"):
            return Line(self.number, {}, "cut_short")
        try:
            value = json.loads(line[:-1].decode(), parse_constant=_refuse_constant)
            if not isinstance(value, dict):
                return Line(self.number, {}, "not_json")
            if _is_deep(value, DEEPEST):
                return Line(self.number, {}, "too_deep")
            is_canonical = canonical(value) == line[:-1]
        except (ValueError, RecursionError):
            return Line(self.number, {}, "not_json")
        return Line(self.number, value, None if is_canonical else "not_canonical", len(line))


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _is_deep(value: Any, depth: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value
    if not isinstance(value, (dict, list)):
        return False
    return depth == 0 or any(_is_deep(one, depth - 1) for one in inner)
