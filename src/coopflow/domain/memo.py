"""Remembering what was worked out from a state, for as long as what it depends on is unchanged.

States share structure, so that "unchanged" is a comparison of identities. What is remembered
travels from a state to those after it; it never decides anything, only saves working it out again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from operator import is_, itemgetter
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from coopflow.domain.state import Cooperation
from coopflow.domain.tools import TOOLS

KINDS: Final = frozenset(TOOLS)
"""The kinds of documents, each a part of the state of its own."""

_Result = TypeVar("_Result")


class Lasting(Protocol):
    """Something that holds until an instant, or until an event when there is none."""

    @property
    def until(self) -> datetime | None:
        """The first instant at which it may be otherwise."""
        ...


_Lasting = TypeVar("_Lasting", bound=Lasting)


class _Remembered(NamedTuple):
    of: object
    parts: tuple[object, ...]
    since: datetime | None
    result: Any


_Parts = Callable[[Cooperation], tuple[object, ...]]


@cache
def _parts_of(reads: tuple[str, ...]) -> _Parts:
    """Return what reads parts of a state: worked out once, since it is asked all the time."""
    fields = [name for name in reads if name not in KINDS]
    kinds = [name for name in reads if name in KINDS]
    if not kinds and len(fields) > 1:
        of = itemgetter(*fields)
        return lambda state: of(state.__dict__)
    return lambda state: (
        *map(state.__dict__.__getitem__, fields),
        *map(state.documents.get, kinds),
    )


def remember(
    state: Cooperation,
    key: object,
    of: object,
    reads: tuple[str, ...],
    work_out: Callable[[], _Result],
) -> _Result:
    """Return what was worked out before from the same parts of a state, or work it out now.

    Args:
        state: where it is read off.
        key: what it is called.
        of: what it belongs to; another object is another matter.
        reads: the fields of the state that it depends on, and nothing else; a kind of document
            stands for the versions of that kind.
        work_out: how it is worked out.
    """
    parts = _parts_of(reads)(state)
    known = state.memo.get(key)
    if isinstance(known, _Remembered) and known.of is of and all(map(is_, parts, known.parts)):
        result: _Result = known.result
        return result
    result = work_out()
    state.memo[key] = _Remembered(of, parts, None, result)
    return result


def remember_at(  # noqa: PLR0913, PLR0917 - hot: keywords cost
    state: Cooperation,
    key: object,
    of: object,
    reads: tuple[str, ...],
    at: datetime,
    work_out: Callable[[], _Lasting],
) -> _Lasting:
    """Do the same for what also depends on the instant, and says until when it holds."""
    parts = _parts_of(reads)(state)
    known = state.memo.get(key)
    if (
        isinstance(known, _Remembered)
        and known.of is of
        and known.since is not None
        and known.since <= at
        and all(map(is_, parts, known.parts))
    ):
        result: _Lasting = known.result
        if result.until is None or at < result.until:
            return result
    result = work_out()
    state.memo[key] = _Remembered(of, parts, at, result)
    return result
