"""How often somebody may ask: by caller, by address without one, and for failed sign-ins."""

from __future__ import annotations

import math
import time
from typing import Final, Literal

import structlog
from limits import RateLimitItem, parse
from limits.aio.storage import Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from limits.storage import storage_from_string

from coopflow.domain.base import Shape

Kind = Literal["caller", "address", "failures"]
"""Who is counted: a caller that is known, an address that shows nothing, failures of an address."""

_log = structlog.get_logger(__name__)


def _once(limit: RateLimitItem) -> RateLimitItem:
    return type(limit)(1, limit.multiples, limit.namespace)


class RateOptions(Shape):
    """How often, each as ``600/minute``; None for as often as anybody likes.

    Attributes:
        caller: each caller.
        address: each address that asks without saying who it is.
        failures: each address that shows what lets nobody in.
        storage: where it is counted: ``memory://`` of one process, or what several share, such as
            ``redis://HOST``.
    """

    caller: str | None = "600/minute"
    address: str | None = "60/minute"
    failures: str | None = "10/minute"
    storage: str = "memory://"


class Count(Shape):
    """How often somebody has asked.

    Attributes:
        kind: who was counted.
        limit: how often they may within the window.
        window: its length in seconds; it moves.
        remaining: how often they still may.
        wait: in how many seconds they may once more than now.
        exceeded: whether they asked once too often.
        told: whether they have been told so before, within the window.
    """

    kind: Kind
    limit: int
    window: int
    remaining: int
    wait: int
    exceeded: bool
    told: bool


class Rates:
    """Counts. Where that cannot be done because the storage is away, nobody is kept out."""

    def __init__(self, options: RateOptions | None = None) -> None:
        """Count as the options say.

        Raises:
            ValueError: a limit is not one, or the storage is not known or not installed.
        """
        options = options or RateOptions()
        stated: dict[Kind, str | None] = {
            "caller": options.caller,
            "address": options.address,
            "failures": options.failures,
        }
        self._limits: Final[dict[Kind, RateLimitItem]] = {
            kind: parse(text) for kind, text in stated.items() if text is not None
        }
        try:
            storage = storage_from_string(f"async+{options.storage}", wrap_exceptions=True)
        except Exception as error:  # each storage has errors of its own
            raise ValueError(f"rates cannot be counted in that storage: {error}") from error
        assert isinstance(storage, Storage)
        self._counter = MovingWindowRateLimiter(storage)

    async def count(self, kind: Kind, who: str) -> Count | None:
        """Count one request; None where there is no limit."""
        limit = self._limits.get(kind)
        if limit is None:
            return None
        try:
            within = await self._counter.hit(limit, kind, who)
            resets_at, remaining = await self._counter.get_window_stats(limit, kind, who)
            told = not within and not await self._counter.hit(_once(limit), kind, who, "told")
        except StorageError as error:
            _log.warning("requests cannot be counted", error=type(error.storage_error).__name__)
            return None
        wait = max(1, math.ceil(resets_at - time.time()))
        return Count(
            kind=kind,
            limit=limit.amount,
            window=limit.get_expiry(),
            remaining=max(0, remaining),
            wait=wait,
            exceeded=not within,
            told=told,
        )
