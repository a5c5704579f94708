"""How far the read model is behind, as one worker sees it: said once, and again when it is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from coopflow.application.engine import Address
from coopflow.metrics import Behind

THRESHOLD: Final = timedelta(seconds=60)
"""The age of the oldest waiting entry from which the read model counts as behind."""

_AGAIN: Final = timedelta(minutes=10)
_FORGOTTEN: Final = timedelta(minutes=3)  # another worker has taken it over, and its retries

_log = structlog.get_logger(__name__)


@dataclass
class _Waiting:
    since: datetime
    entries: int
    noted: datetime


class LagWatch:
    """Notes what cooperations still wait to tell, and logs when it is much and when it is over."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Watch, by a clock."""
        self._now = now
        self._waiting: dict[Address, _Waiting] = {}
        self._behind_since: datetime | None = None
        self._said: datetime | None = None

    def note(self, address: Address, since: datetime | None, left: int) -> float:
        """Note what an attempt to tell entries has left.

        Args:
            address: the cooperation.
            since: the instant of its oldest entry that waited; None for an imported past.
            left: how many of its entries wait now.

        Returns:
            The age of that entry in seconds, 0 for an imported past.
        """
        now = self._now()
        age = max(now - since, timedelta()) if since else timedelta()
        if left and since:
            self._waiting[address] = _Waiting(since, left, now)
        else:
            self._waiting.pop(address, None)
        self._forget(now)
        self._say(now)
        return age.total_seconds()

    def behind(self) -> Behind:
        """Return the age of the oldest entry that waits, and how many do."""
        now = self._now()
        self._forget(now)
        waiting = self._waiting.values()
        oldest = min((one.since for one in waiting), default=now)
        return Behind((now - oldest).total_seconds(), sum(one.entries for one in waiting))

    def _forget(self, now: datetime) -> None:
        for old in [one for one, it in self._waiting.items() if now - it.noted > _FORGOTTEN]:
            del self._waiting[old]

    def _say(self, now: datetime) -> None:
        waiting = self._waiting.values()
        oldest = min((one.since for one in waiting), default=now)
        if not waiting and self._behind_since is not None:
            seconds = round((now - self._behind_since).total_seconds())
            _log.info("the read model has caught up", seconds=seconds)
            self._behind_since = self._said = None
        elif now - oldest >= THRESHOLD and (self._said is None or now - self._said >= _AGAIN):
            _log.warning(
                "the read model is behind",
                seconds=round((now - oldest).total_seconds()),
                count=sum(one.entries for one in waiting),
                about=f"{len(self._waiting)} cooperations",
            )
            self._behind_since = self._behind_since or oldest
            self._said = now
