"""When digests are sent, and to whom which one. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo
from typing import Final, Literal, get_args

from coopflow.directory.people import Notifications

Rhythm = Literal["daily", "weekly"]
"""How often somebody gets a digest."""

RHYTHMS: Final[tuple[Rhythm, ...]] = get_args(Rhythm)

HOUR: Final = time(7)
"""When digests are sent, by the clocks of where people live."""

MONDAY: Final = 0
"""The day of the weekly ones."""


def latest(rhythm: Rhythm, at: datetime, zone: tzinfo) -> datetime:
    """Return the last instant, at the latest this one, at which digests were to be sent.

    Args:
        rhythm: which digests.
        at: the present instant.
        zone: where people live. Where clocks are put forward over the hour, it is the one after.
    """
    day = at.astimezone(zone).date()
    while True:
        found = datetime.combine(day, HOUR, zone)
        if found <= at and (rhythm == "daily" or day.weekday() == MONDAY):
            return found
        day -= timedelta(days=1)


def rhythm_of(wishes: Notifications) -> Rhythm | None:
    """Return how often somebody is told what awaits them: as the most frequent of their digests.

    None where they wish for no digest of anything.
    """
    wished = set(wishes.model_dump().values())
    return next((one for one in RHYTHMS if one in wished), None)
