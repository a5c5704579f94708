"""A letter: what a mail says, in one language, before it is set as text and as HTML."""

from __future__ import annotations

from coopflow.application.callers import Language
from coopflow.domain.base import Shape


class Fact(Shape):
    """A line of what is known: a label and its value."""

    label: str
    value: str


class Item(Shape):
    """An entry of a list; ``url`` leads to it, where something can be done."""

    title: str
    details: tuple[str, ...] = ()
    url: str | None = None


class Section(Shape):
    """A list under a heading; ``more`` says that there is more of it elsewhere."""

    title: str
    items: tuple[Item, ...]
    more: str | None = None


class Action(Shape):
    """What to do: a button with an address, and what has to be known of it."""

    label: str
    url: str
    note: str = ""


class Letter(Shape):
    """A letter.

    Attributes:
        language: in which it is written.
        subject: the line that stands in lists of mails.
        title: what it is about, as its heading.
        greeting: with the name of the person.
        paragraphs: what it says.
        facts: what is known of it.
        action: what to do.
        sections: lists, in digests.
        because: why the person gets it.
        stop: how to get no more of its kind; None where it was asked for by hand.
    """

    language: Language
    subject: str
    title: str
    greeting: str
    paragraphs: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    action: Action | None = None
    sections: tuple[Section, ...] = ()
    because: str
    stop: Action | None = None
