"""What a fact is: a typed reading of the state at an instant, with its source and its validity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal, NamedTuple

from coopflow.domain.base import Label, Shape, Source
from coopflow.domain.calendar import Span, earliest
from coopflow.domain.state import Cooperation, Document
from coopflow.domain.tools import Frequency

FactType = Literal["bool", "int", "double"]
FactValue = bool | int | float


class Fact(NamedTuple):
    """The value of a fact, where it came from, and the instant from which it may be another.

    ``until`` is None when only an event can change the value. Ratios are the float nearest to
    the exact fraction, so that comparing them with a fraction written in CEL is exact. What the
    world answered has the instant ``at`` which it did, and its ``reason``; ``value`` is None when
    it is unknown, which only facts that are true or false can be.
    """

    value: FactValue | None
    sources: tuple[Source, ...] = ()
    until: datetime | None = None
    at: datetime | None = None
    reason: Label | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A state looked at: when, in which reading, and how long measures are current.

    In the forward reading stale documents do not count.
    """

    state: Cooperation
    at: datetime
    forward: bool = False
    current_for: Mapping[Frequency, Span] = field(default_factory=dict)

    def usable(self, kind: str) -> Document | None:
        """Return the adopted version of a kind, if it counts in this reading."""
        document = self.state.current(kind)
        is_stale = document is not None and document.status == "stale"
        return None if self.forward and is_stale else document

    def within(self, instant: datetime, span: Span | None) -> bool:
        """Whether a thing of this age still counts; without a span everything does."""
        return span is None or span.covers(instant, self.at)

    def first_lapse(self, instants: Iterable[datetime], span: Span | None) -> datetime | None:
        """Return when the first of some things ceases to count."""
        first = earliest(*instants)  # what is older lapses sooner
        return None if span is None or first is None else span.after(first)


class Query(Shape):
    """One reading of a published fact: the fact's name and its parameters.

    Subclasses say what type of value they give (``gives``), which fields of the state they read
    (``reads``; a value is remembered while those are unchanged), what they mean (``says``), and
    whether the value is a share of a whole (``is_share``).
    """

    gives: ClassVar[FactType]
    reads: ClassVar[tuple[str, ...]]
    says: ClassVar[Label]
    is_share: ClassVar[bool] = False

    def words(self) -> Label:
        """Say what this reading is, with its parameters, as a noun phrase."""
        return self.says

    def depends_on(self) -> tuple[str, ...]:
        """Return the fields of the state that this reading depends on, or kinds of documents."""
        return self.reads

    def read(self, view: View) -> Fact:
        """Read the fact off the state."""
        raise NotImplementedError(type(self).__name__)


def document_source(document: Document) -> Source:
    """Return a version of a document as a source."""
    return Source(kind="document", id=document.kind, version=document.version)
