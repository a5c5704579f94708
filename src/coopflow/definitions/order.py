"""Which of two values, rules, readings or criteria asks for more, where that is certain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from coopflow.definitions.terms import NOTHING, PARAMETERS
from coopflow.domain.base import Label, Shape
from coopflow.domain.calendar import Span, add_months
from coopflow.domain.facts import Query
from coopflow.domain.missing import asked, words_of
from coopflow.domain.rulebook import Want

_MONTHS: Final = tuple(add_months(datetime(2000, 1, 1, tzinfo=UTC), month) for month in range(48))
"""Where spans are laid on: months of every length begin there, a leap year among them."""


class Part(NamedTuple):
    """A part of a criterion that differs: 1 stricter, -1 looser, None for all that is neither."""

    sign: int | None
    label: Label


class Asked(NamedTuple):
    """Something that a criterion asks for, with its reading; made by ``of``."""

    want: Want
    query: Query

    @classmethod
    def of(cls, want: Want, query: Query) -> Asked:
        """Bring together a want and its reading; of whole numbers more than 3 is at least 4."""
        step = {">": 1, "<": -1}.get(want.comparison)
        if step and query.gives == "int":
            want = Want(want.name, ">=" if step > 0 else "<=", want.bound + step)
        return cls(want, query)

    @property
    def side(self) -> int:
        """1 when a larger value meets it as well, -1 when a smaller one does, else 0."""
        if isinstance(self.want.bound, bool):
            return 1 if self.want.bound else -1
        return {">": 1, "<": -1}.get(self.want.comparison[0], 0)

    @property
    def bound(self) -> tuple[float, bool]:
        """What is greater where more is asked, given the side."""
        return self.side * self.want.bound, self.want.comparison in {">", "<"}

    def words(self, *, in_full: bool = True) -> Label:
        """Say what is asked; not in full, only of which reading."""
        what, is_flag = words_of(self.query), isinstance(self.want.bound, bool)
        if is_flag and not self.want.bound:
            return Label(en=f"not {what.en}", fr=f"sans : {what.fr}")
        if is_flag or not in_full:
            return what
        needed = asked(self.want, self.query)
        return Label(en=f"{what.en}: {needed.en}", fr=f"{what.fr} : {needed.fr}")

    def differs(self, new: Asked, *, alone: bool) -> Part:
        """Say what becomes of this; unless it stands alone, the reading is named."""
        sign = None
        if self.side:
            reading = times(growth(self.query, new.query), self.side)
            sign = together((_order(self.bound, new.bound), reading))
        if words_of(self.query) != words_of(new.query):
            in_full = self.want[1:] != new.want[1:]
            return Part(sign, arrow(self.words(in_full=in_full), new.words(in_full=in_full)))
        label = arrow(
            asked(self.want, self.query, beside=new.want.bound),
            asked(new.want, new.query, beside=self.want.bound),
        )
        if not alone:
            what = words_of(self.query)
            label = Label(en=f"{what.en}: {label.en}", fr=f"{what.fr} : {label.fr}")
        return Part(sign, label)


_ALIKE: Final[tuple[Callable[[Asked], object], ...]] = (
    lambda one: (type(one.query), words_of(one.query), one.want[1:]),
    lambda one: (one.query, one.side),
    lambda one: (type(one.query), one.side),
)
"""In what two wants may be alike: in all, in reading and side, in fact and side."""


def compare(old: list[Asked], new: list[Asked]) -> Iterator[Part]:
    """Compare what two conjunctions ask for, the most alike with each other."""
    alone, left, right = len(old) == len(new) == 1, list(old), list(new)
    for alike in _ALIKE:
        for one in tuple(left):
            other = next((other for other in right if alike(other) == alike(one)), None)
            if other is not None:
                left.remove(one)
                right.remove(other)
                if _ALIKE[0](one) != _ALIKE[0](other):
                    yield one.differs(other, alone=alone)
    yield from (Part(-1, arrow(one.words(), NOTHING)) for one in left)
    yield from (Part(1, arrow(NOTHING, one.words())) for one in right)


def growth(old: Any, new: Any) -> int | None:
    """Return 1 when it becomes more, -1 when less, 0 when it stays, None when nobody can tell.

    A rule or a reading becomes more when it asks for more; None is without a limit.
    """
    signs: Iterable[int | None]
    if old == new:
        signs = ()
    elif old is None or new is None:
        signs = [1 if new is None else -1]
    elif isinstance(old, Span):
        signs = [_order(old.after(month), new.after(month)) for month in _MONTHS]
    elif isinstance(old, tuple):
        signs = [_order(one in old, one in new) for one in (*old, *new)]
    elif isinstance(old, Shape):
        signs = [None] if type(old) is not type(new) else _parameters(old, new)
    else:
        signs = [None if isinstance(old, str) else _order(old, new)]
    return together(signs)


def _parameters(old: Shape, new: Shape) -> Iterator[int | None]:
    (_, kind), *parameters = old  # rules and readings say first which one they are
    for name, value in parameters:
        other, sense = getattr(new, name), PARAMETERS.get(f"{kind}.{name}")
        if value != other:
            yield times(growth(value, other), sense) if sense else None


def _order(old: Any, new: Any) -> int:
    return int(new > old) - int(new < old)


def times(sign: int | None, sense: int) -> int | None:
    """Turn a growth by the sense that more of it has."""
    return None if sign is None else sign * sense


def together(signs: Iterable[int | None]) -> int | None:
    """Return where all point that are not 0; None when they disagree or one is None."""
    found = set(signs) - {0}
    return found.pop() if len(found) == 1 else None if found else 0


def arrow(old: Label, new: Label) -> Label:
    """Write from what to what."""
    return Label(en=f"{old.en} → {new.en}", fr=f"{old.fr} → {new.fr}")
