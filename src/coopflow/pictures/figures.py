"""Figures of charts: how they are written, where marks stand on an axis, what lies between them."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple

from coopflow.wording.phrases import Phrases

_HUGE: Final = 1e15
_LARGEST: Final = sys.float_info.max
_TINY: Final = 1e-4
_SUPERSCRIPTS: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def figure(say: Phrases, value: float) -> str:
    """Write a number: thousands apart, few decimals, and powers of ten where it is beyond reading.

    Args:
        say: the language.
        value: a finite number.
    """
    size = abs(value)
    if size >= _HUGE or 0 < size < _TINY:
        part, _, power = f"{value:.2e}".partition("e")
        raised = str(int(power)).translate(_SUPERSCRIPTS)
        written = f"{part.rstrip('0').rstrip('.')}\u00a0×\u00a010{raised}"
    else:
        written = _decimals(value)
    written = written.replace("-", "−")
    if say.language == "fr":
        return written.replace(",", "\u202f").replace(".", ",")
    return written


def _decimals(value: float) -> str:
    size = abs(value)
    places = 0 if size >= 1000 else 2 if size >= 1 else 4  # noqa: PLR2004 - what people read
    text = f"{value:,.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def drawable(value: float | str | None) -> float | None:
    """Return a number that can be drawn; None for words, for nothing and for what has no end."""
    if value is None or isinstance(value, str) or not math.isfinite(value):
        return None
    return float(value)


class Scale(NamedTuple):
    """Where numbers are on an axis.

    Attributes:
        low: the number at its beginning.
        high: the one at its end.
        start: where it begins, in pixels.
        end: where it ends.
    """

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return where a number is."""
        # Halved first: the span of two numbers may be larger than numbers get.
        span = self.high / 2 - self.low / 2
        share = (value / 2 - self.low / 2) / span if span else 0.5
        return self.start + min(max(share, 0.0), 1.0) * (self.end - self.start)


def marks(values: Iterable[float], most: int = 5, *, whole: bool = False) -> tuple[float, ...]:
    """Return round numbers from below the least value to above the most, two at least.

    Args:
        values: what is to lie between them, one at least.
        most: about how many steps there are.
        whole: whether only whole numbers are meant.
    """
    found = list(values)
    low, high = min(found), max(found)
    if low == high:
        pad = abs(low) / 2 or 1.0
        low, high = max(low - pad, -_LARGEST), min(high + pad, _LARGEST)
        if found[0] > 0:
            low = max(low, 0.0)
    elif 0 < low < high / 2:
        low = 0.0
    elif low / 2 < high < 0:
        high = 0.0
    if not math.isfinite(high - low):
        return (low, high)
    step = _step((high - low) / most)
    if whole:
        step = float(max(1, math.ceil(step)))
    first, last = math.floor(low / step), math.ceil(high / step)
    if not all(map(math.isfinite, (first * step, last * step))):
        return (low, high)
    return tuple(number * step for number in range(first, last + 1))


def _step(least: float) -> float:
    power = 10.0 ** math.floor(math.log10(least)) if least > 0 else 0.0
    if power == 0:
        return 5e-324
    return next((times * power for times in (1, 2, 2.5, 5) if times * power >= least), 10 * power)


# --- time -----------------------------------------------------------------------------------------

_DAYS: Final = (1, 2, 7, 14)
_MONTHS: Final = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 3600)


def instant_of(day: date) -> datetime:
    """Return an instant, that of its beginning for a day."""
    if isinstance(day, datetime):
        return day if day.tzinfo else day.replace(tzinfo=UTC)
    return datetime.combine(day, time(), UTC)


def seconds(day: date) -> float:
    """Return when something was as a number, for a scale."""
    return instant_of(day).timestamp()


def time_marks(first: date, last: date, most: int, say: Phrases) -> list[tuple[float, str]]:
    """Return days between two, with what they are called on an axis: days, months or years."""
    start, end = instant_of(first).astimezone(say.zone), instant_of(last).astimezone(say.zone)
    span = (end - start).days
    for every in _DAYS:
        if span / every < most and span <= 60:  # noqa: PLR2004 - beyond, months are clearer
            return _days(start, end, every, say)
    months = (end.year - start.year) * 12 + end.month - start.month
    every = next((one for one in _MONTHS if months / one < most), _MONTHS[-1])
    return _months(start, end, every, say)


def _days(start: datetime, end: datetime, every: int, say: Phrases) -> list[tuple[float, str]]:
    here = start.replace(hour=0, minute=0, second=0, microsecond=0)
    found = []
    while here <= end:
        if here >= start or here.date() == start.date():
            found.append((max(here, start).timestamp(), " ".join(say.day(here).split()[:-1])))
        here += timedelta(days=every)
    return found


def _months(start: datetime, end: datetime, every: int, say: Phrases) -> list[tuple[float, str]]:
    found = []
    number = -(-(start.year * 12 + start.month - 1) // every) * every
    while number <= end.year * 12 + end.month - 1:
        here = datetime(number // 12, number % 12 + 1, 1, tzinfo=start.tzinfo)
        if start <= here <= end:
            month = " ".join(say.day(here).split()[1:])
            found.append((here.timestamp(), str(here.year) if every >= 12 else month))  # noqa: PLR2004
        number += every
    return found
