"""How soon people wish to be told of what, and how they stop it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from coopflow.directory.directory import Directory
from coopflow.directory.errors import StaleError, UnknownRecordError
from coopflow.directory.people import Frequency, Notifications


def wish(wishes: Notifications, kind: str) -> Frequency:
    """Return how soon somebody wishes to be told of a kind of notice."""
    found: Frequency = getattr(wishes, kind)
    return found


def stopped(wishes: Notifications, kind: str) -> Notifications:
    """Return the wishes of somebody who wants no more mail of a kind.

    Args:
        wishes: theirs until now.
        kind: that of a notice, or ``daily`` or ``weekly`` for all that comes in such digests.
    """
    told: dict[str, Any] = wishes.model_dump()
    if kind in told:
        return Notifications.model_validate(told | {kind: "none"})
    return Notifications.model_validate(
        {name: "none" if value == kind else value for name, value in told.items()}
    )


async def stop(directory: Directory, person: str, kind: str, at: datetime) -> bool:
    """Let somebody get no more mail of a kind, from now on; harmless when repeated.

    Args:
        directory: where their wishes are kept.
        person: whose.
        kind: as of ``stopped``.
        at: the present instant.

    Returns:
        Whether there is such a person.

    Raises:
        DatabaseUnavailableError: the database does not answer.
    """
    while True:
        try:
            found = await directory.person(person)
            told = stopped(found.notifications, kind).model_dump()
            await directory.change_person(person, {"notifications": told}, at, found.version)
        except UnknownRecordError:
            return False
        except StaleError:
            continue  # somebody has just changed the person: look at their wishes again
        return True
