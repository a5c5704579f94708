"""Checks in Python: what a policy asks of the world, written as functions.

A module beside a policy, ``NAME_checks.py`` beside ``NAME.yaml``, or a package that an entry point
of the group ``coopflow.policies`` names, holds functions like this one::

    @check("charter-online", every="7d", timeout="10s")
    async def charter_online(portrait: Portrait) -> Answer:
        ...
        return yes(en="the page answers", fr="la page répond")

The policy reads the answer as ``checks.charter_online``. A worker asks the function, which may be
``async`` or not, in a thread, when the check is new, when the portrait has changed and when
``every`` has passed. What it raises is tried again for some minutes; then the answer is
unknown. Where the answer cannot be found out it says so itself, with ``unknown``.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import re
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, Final

from coopflow.domain.base import Label
from coopflow.domain.checks import LONGEST, SHORTEST, Organisation, Outcome, Portrait
from coopflow.domain.facts.checks import is_check_id

LONGEST_TIMEOUT: Final = timedelta(seconds=60)
"""The longest time that a check may take."""

LONGEST_REASON: Final = 500
"""How many characters of a reason are kept."""

_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION: Final = re.compile(r"(\d{1,5})([smhdw])", re.ASCII)
_LONGEST_NAME: Final = 60
_MOST_THREADS: Final = 64
_ROOM: Final = threading.BoundedSemaphore(_MOST_THREADS)


class CheckError(ValueError):
    """A check that is not written as it must be; says which and what to write."""


@dataclass(frozen=True)
class Answer:
    """What a check found out, and why that is so, in both languages or in one for both.

    Attributes:
        holds: whether it holds; None when that cannot be found out.
        en: the reason in English.
        fr: the reason in French.
    """

    holds: bool | None
    en: str = ""
    fr: str = ""

    def reason(self) -> Label | None:
        """Return the reason; a language that is left out says what the other one says."""
        en, fr = self.en.strip(), self.fr.strip()
        if not (en or fr):
            return None
        return Label(en=_shortened(en or fr), fr=_shortened(fr or en))


def yes(*, en: str = "", fr: str = "") -> Answer:
    """Answer that it holds, and why."""
    return Answer(holds=True, en=en, fr=fr)


def no(*, en: str = "", fr: str = "") -> Answer:
    """Answer that it does not hold, and why."""
    return Answer(holds=False, en=en, fr=fr)


def unknown(*, en: str = "", fr: str = "") -> Answer:
    """Answer that it cannot be found out, and why."""
    return Answer(holds=None, en=en, fr=fr)


Function = Callable[[Portrait], "Answer | bool | Awaitable[Answer | bool]"]


@dataclass(frozen=True)
class Check:
    """A function that answers a check; calling it calls the function.

    Attributes:
        id: what policies call it: small letters, digits and hyphens.
        every: how long an answer stands.
        timeout: how long the function may take.
    """

    id: str
    every: timedelta
    timeout: timedelta
    function: Function = field(repr=False)

    def __call__(self, portrait: Portrait) -> Answer | bool | Awaitable[Answer | bool]:
        """Call the function as it is."""
        return self.function(portrait)

    async def ask(self, portrait: Portrait) -> Outcome:
        """Ask it, and say what that came to.

        Args:
            portrait: what it is asked about.

        Raises:
            TimeoutError: it took longer than it may. What does not end then goes on in its thread,
                and keeps nobody waiting.
            CheckError: it gave no answer, or wanted to end the process.
            Exception: whatever the function raises.
        """
        limit = self.timeout.total_seconds()
        async with asyncio.timeout(limit):
            given = await _in_thread(partial(_called, self.function, portrait, limit))
        if isinstance(given, bool):
            given = Answer(given)
        if not isinstance(given, Answer) or not isinstance(given.holds, bool | None):
            kind = type(given).__name__
            raise CheckError(f"{self.id}: gave {kind}; return True, False, yes, no or unknown")
        return Outcome(check=self.id, holds=given.holds, reason=given.reason(), every=self.every)

    @property
    def place(self) -> str:
        """Where the function is written, as people look it up."""
        code = getattr(inspect.unwrap(self.function), "__code__", None)
        return f"{code.co_filename}:{code.co_firstlineno}" if code else repr(self.function)


def check(id: str, *, every: str, timeout: str = "20s") -> Callable[[Function], Check]:  # noqa: A002
    """Make a function answer a check.

    Args:
        id: what policies call it, small letters, digits and hyphens; they read ``checks.<id>``
            with ``_`` for ``-``.
        every: how long an answer stands, as ``30d``, ``12h``, ``1w``; an hour at least.
        timeout: how long the function may take, as ``20s``; a minute at most.

    Raises:
        CheckError: one of them is not so.
    """
    if not is_check_id(id):
        raise CheckError(f"{id!r} is no id of a check; write small letters, digits and hyphens")
    interval = _duration(id, "every", every, SHORTEST, LONGEST)
    limit = _duration(id, "timeout", timeout, timedelta(seconds=1), LONGEST_TIMEOUT)

    def decorated(function: Function) -> Check:
        return Check(id, interval, limit, function)

    return decorated


def kind_of(error: BaseException) -> str:
    """Return what an error is called, of which nothing else is told: it may be about people."""
    if isinstance(error, CheckError) and error.__cause__ is not None:
        error = error.__cause__
    return type(error).__name__[:_LONGEST_NAME]


def _called(function: Function, portrait: Portrait, limit: float) -> Any:
    """Call a function to its end; an ``async`` one has a loop of its own, which it may block."""
    given = function(portrait)
    return asyncio.run(asyncio.wait_for(given, limit)) if inspect.isawaitable(given) else given


async def _in_thread(call: Callable[[], Any]) -> Any:
    """Call a function in a thread of its own, for which nothing waits when it never returns.

    Raises:
        CheckError: very many of such threads hang.
    """
    if not _ROOM.acquire(blocking=False):
        raise CheckError(f"{_MOST_THREADS} functions of checks run or hang; restart the worker")
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Any] = loop.create_future()

    def settle(set_it: Callable[[Any], None], value: Any) -> None:
        if not answer.done():  # it may have been given up
            set_it(value)

    def run() -> None:
        settled: tuple[Callable[[Any], None], Any]
        try:
            settled = answer.set_result, call()
        except BaseException as error:  # noqa: BLE001 - raised where the answer is waited for
            settled = answer.set_exception, _tame(error)
        finally:
            _ROOM.release()
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, *settled)

    threading.Thread(target=run, name="check", daemon=True).start()
    return await answer


def _tame(error: BaseException) -> Exception:
    """Return an error that ends no process, and that a future takes."""
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    tamed = CheckError(f"raised {type(error).__name__}")
    tamed.__cause__ = error
    return tamed


def _duration(
    whose: str,
    key: str,
    written: str,
    least: timedelta,
    most: timedelta,
) -> timedelta:
    match = _DURATION.fullmatch(written)
    if match is None:
        raise CheckError(f"{whose}: {key} is {written!r}; write a number and s, m, h, d or w: 30d")
    found = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if not least <= found <= most:
        raise CheckError(f"{whose}: {key} is {written}; it lies between {least} and {most}")
    return found


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_REASON else f"{text[: LONGEST_REASON - 1]}…"


__all__ = [
    "Answer",
    "Check",
    "CheckError",
    "Organisation",
    "Portrait",
    "check",
    "no",
    "unknown",
    "yes",
]
