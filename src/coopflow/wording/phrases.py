"""Writing in a language: words by key, dates, numbers and lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, ClassVar, Final

from coopflow.application.callers import Language
from coopflow.domain.base import Label
from coopflow.domain.calendar import day_over
from coopflow.wording.agreement import agreed
from coopflow.wording.elision import elided
from coopflow.wording.words import WORDS

_MONTHS: Final[Mapping[Language, tuple[str, ...]]] = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "fr": (
        "janv.",
        "févr.",
        "mars",
        "avr.",
        "mai",
        "juin",
        "juil.",
        "août",
        "sept.",
        "oct.",
        "nov.",
        "déc.",
    ),
}
_WHOLE_MONTHS: Final[Mapping[Language, str]] = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
_WEEKDAYS: Final[Mapping[Language, str]] = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
}
_COUNTED: Final[Mapping[str, tuple[tuple[str, str], tuple[str, str]]]] = {
    "day": (("day", "days"), ("jour", "jours")),
    "organisation": (("organisation", "organisations"), ("organisation", "organisations")),
    "entry": (("entry", "entries"), ("écriture", "écritures")),
    "cooperation": (("cooperation", "cooperations"), ("coopération", "coopérations")),
    "answer": (("answer", "answers"), ("réponse", "réponses")),
    "worker": (("worker", "workers"), ("worker", "workers")),
    "delivery": (("delivery", "deliveries"), ("envoi", "envois")),
    "arrival": (("arrival", "arrivals"), ("arrivée", "arrivées")),
    "departure": (("departure", "departures"), ("départ", "départs")),
    "attempt": (("attempt", "attempts"), ("tentative", "tentatives")),
}


class Phrases:
    """The words of one language, and how dates and numbers are written in it."""

    words: ClassVar[Mapping[str, tuple[str, str]]] = WORDS
    """English and French by key."""

    def __init__(self, language: Language, zone: tzinfo = UTC) -> None:
        """Speak a language.

        Args:
            language: which.
            zone: where people live who read it: instants are written as clocks show them there.
        """
        self.language = language
        self.zone = zone

    def __call__(self, key: str, **values: object) -> str:
        """Return the words of a key, filled in; a key that is not known is said as it is."""
        words = self.words.get(key)
        if words is None:
            return key.partition(".")[2].replace("_", " ")
        text = elided(words[1], values) if self.language == "fr" else words[0]
        return text.format(**values)

    def knows(self, key: str) -> bool:
        """Return whether there are words of a key."""
        return key in self.words

    def label(self, label: Label) -> str:
        """Return a label in the language."""
        return label.fr if self.language == "fr" else label.en

    def counted(self, label: Label) -> str:
        """Return what the engine counted, its plurals agreeing with its numbers."""
        return agreed(self.label(label), self.language)

    def count(self, number: int, noun: str) -> str:
        """Write a number of things; in French 0 is singular."""
        forms = _COUNTED[noun][self.language == "fr"]
        is_one = number < 2 if self.language == "fr" else number == 1  # noqa: PLR2004 - grammar
        return f"{number} {forms[0] if is_one else forms[1]}"

    def day(self, instant: date | datetime) -> str:
        """Write a date, for example ``3 Feb 2026``; that of an instant is the one of the zone."""
        if isinstance(instant, datetime):
            instant = instant.astimezone(self.zone)
        month = _MONTHS[self.language][instant.month - 1]
        day = "1er" if self.language == "fr" and instant.day == 1 else instant.day
        return f"{day} {month} {instant.year}"

    def month(self, instant: date | datetime) -> str:
        """Write a month with its year, for example ``February 2026``."""
        if isinstance(instant, datetime):
            instant = instant.astimezone(self.zone)
        return f"{_WHOLE_MONTHS[self.language].split()[instant.month - 1]} {instant.year}"

    def weekday(self, number: int) -> str:
        """Write a day of the week, counted from Monday, which is 0."""
        return _WEEKDAYS[self.language].split()[number]

    def days(self, span: timedelta) -> str:
        """Write a span in whole days."""
        return self.count(span.days, "day")

    def several(self, names: list[str]) -> str:
        """Write a list: ``a, b and c``."""
        if len(names) < 2:  # noqa: PLR2004 - one needs no joining word
            return "".join(names)
        joining = " et " if self.language == "fr" else " and "
        return ", ".join(names[:-1]) + joining + names[-1]

    def moment(self, instant: datetime) -> str:
        """Write an instant to the minute, with the name of the zone."""
        return f"{self.day(instant)} {instant.astimezone(self.zone):%H:%M %Z}"

    def last_day(self, instant: datetime) -> str:
        """Write the last day on which something may be done that is over at an instant."""
        return self.day(day_over(instant) or instant)

    def days_until(self, last: date | datetime, now: datetime) -> int:
        """Count the days from today to another one, by the calendar of the zone."""
        day = last.astimezone(self.zone).date() if isinstance(last, datetime) else last
        return (day - now.astimezone(self.zone).date()).days

    def either(self, names: list[str]) -> str:
        """Write a choice: ``a, b or c``."""
        if len(names) < 2:  # noqa: PLR2004 - one needs no joining word
            return "".join(names)
        joining = " ou " if self.language == "fr" else " or "
        return ", ".join(names[:-1]) + joining + names[-1]

    def value(self, value: Any) -> str:
        """Write the value of a fact: yes or no, a whole number, or a number to two places.

        None is unknown.
        """
        if value is None:
            return self("fact.unknown")
        if isinstance(value, bool):
            return self("fact.true" if value else "fact.false")
        if isinstance(value, float):
            text = f"{value:.2f}".rstrip("0").rstrip(".")
            return text.replace(".", ",") if self.language == "fr" else text
        return str(value)
