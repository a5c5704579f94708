"""What a policy does, tried out in memory: for tests that policy authors write.

``run_scenario`` runs a scenario file. ``Trial`` is one cooperation whose time the test tells: years
pass in milliseconds. Nothing here needs a server, a database, a clock, an event loop or pytest.

The plugin for pytest, which comes with coopflow, runs the ``*.scenario.yaml`` that it finds.
"""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from coopflow.application.engine import Address, Reply
from coopflow.application.memory import MemoryEngine
from coopflow.application.scenario_files import Problem, Report, prepare
from coopflow.definitions.compile import compile_definition
from coopflow.definitions.library import load_definition, policy_beside
from coopflow.definitions.scenario import written_instant
from coopflow.domain.checks import Outcome, Portrait, portrait_of
from coopflow.domain.events import Entry
from coopflow.domain.explanation import Examination
from coopflow.domain.refusals import Refusal, RefusedError
from coopflow.domain.roles import PROGRAMME_MANAGER
from coopflow.domain.state import Cooperation

__all__ = ["Problem", "RefusedError", "Report", "Trial", "run_scenario"]

_HERE: Final = Address("trial", "trial")

_SAID_BESIDE: Final = {
    "command": "the command is the second argument",
    "actor": "the person who gives the command is the first argument",
    "at": "say when with trial.at(…).give(…)",
}

_T = TypeVar("_T")


def run_scenario(path: str | Path, policy: str | Path | None = None) -> Report:
    """Run a scenario in memory; a test asserts that the report has no ``problems``.

    Args:
        path: the file.
        policy: the name or the file of a policy to run it by. Without it, that is the policy beside
            the scenario (``NAME.yaml`` for ``NAME.scenario.yaml`` and ``NAME.….scenario.yaml``), or
            else the one that the scenario names.

    Raises:
        UnknownNameError: there is no policy of the name that was given.
        FaultsError: the scenario, its lifecycle or its policy is at fault; carries every fault with
            its file, line and column.
    """
    file = Path(path)
    return _finished(_run(file, policy or policy_beside(file)))


async def _run(file: Path, policy: str | Path | None) -> Report:
    prepared = prepare(file, policy)
    report = Report(prepared.scenario)
    engine = MemoryEngine({prepared.rules.definition.digest: prepared.rules})
    async for result in prepared.run_on(engine).steps():
        report.note(result)
    return report


class Trial:
    """A cooperation in memory, open, without members, that lives by a policy.

    Commands are those of scenarios: ``docs/how-to/test-a-policy.md`` shows some, the shipped
    ``examples/`` all.

    Args:
        policy: the name or the file of a policy.
        lifecycle: the name or the file of a lifecycle; by default the one that the policy is for.
        start: when the cooperation is opened: an instant as scenarios write it, or a ``datetime``
            with a time zone.
        manager: the person who manages the programme and opens the cooperation.
        facilitator: the person who facilitates it.

    Raises:
        UnknownNameError: there is no policy or lifecycle of that name.
        FaultsError: one of the files is at fault; carries every fault with its place.
        ValueError: the start is no instant.
    """

    def __init__(
        self,
        policy: str | Path = "reference",
        *,
        lifecycle: str | Path | None = None,
        start: str | datetime = "2026-01-01T09:00Z",
        manager: str = "manager",
        facilitator: str = "facilitator",
    ) -> None:
        self._now = _instant(start)
        self._manager = manager
        rules = compile_definition(load_definition(lifecycle, policy))
        self._engine = MemoryEngine({rules.definition.digest: rules})
        opening = {
            "command": "open_cooperation",
            "actor": manager,
            "at": self._now.isoformat(),
            "programme": _HERE.programme,
            "cooperation": _HERE.cooperation,
            "title": "A trial",
            "issue": "What none can solve alone",
            "territory": "Here",
            "lifecycle": rules.lifecycle.lifecycle,
            "policy": rules.policy.policy,
            "facilitator": facilitator,
        }
        _accepted(_finished(self._engine.open(rules.definition, opening, [PROGRAMME_MANAGER])))

    # --- letting something happen -----------------------------------------------------------------

    def until(self, when: str | datetime) -> tuple[Entry, ...]:
        """Let time pass, and return what happened by itself.

        Args:
            when: an instant as scenarios write it (``2026-02-01T09:00Z``), or a ``datetime`` with a
                time zone, such as ``trial.now + timedelta(days=90)``.

        Raises:
            ValueError: it is no instant, or one that has passed.
        """
        instant = _instant(when)
        if instant < self._now:
            raise ValueError(f"time goes back to {when}: it is {self._now:%Y-%m-%dT%H:%MZ} already")
        self._now = instant
        return _accepted(_finished(self._engine.tell(_HERE, instant)))

    def at(self, when: str | datetime) -> Self:
        """Let time pass, and go on: ``trial.at("2026-02-01T09:00Z").give(…)``.

        Raises:
            ValueError: as ``until``.
        """
        self.until(when)
        return self

    def give(self, by: str, command: str, /, **payload: Any) -> tuple[Entry, ...]:
        """Give a command now, and return what came of it.

        Args:
            by: the person who gives it.
            command: its name.
            **payload: what it carries. A key that is a word of Python goes into a mapping:
                ``**{"from": "school", "to": "bakery"}``.

        Raises:
            RefusedError: it was refused, for the reason in ``refusal``; nothing changed.
            ValueError: the payload says who, what or when.
        """
        __tracebackhide__ = True  # a failing test shows the line of its author
        return _accepted(self._give(by, command, payload))

    def refused(self, by: str, command: str, /, **payload: Any) -> Refusal:
        """Give a command that must be refused now, and return the reason: its ``code`` tells most.

        Raises:
            AssertionError: it was accepted.
            ValueError: the payload says who, what or when.
        """
        __tracebackhide__ = True
        outcome = self._give(by, command, payload)
        if isinstance(outcome, Refusal):
            return outcome
        happened = ", ".join(entry.event.type for entry in outcome.entries)
        raise AssertionError(
            f"expected {command} by {by} to be refused, got {happened or 'nothing'}"
        )

    def answer(self, check: str, *, holds: bool | None) -> tuple[Entry, ...]:
        """Let a check of the policy answer now, and return what came of it.

        Args:
            check: its id.
            holds: the answer; None when it is unknown.

        Raises:
            RefusedError: the policy does not read such a check, or the cooperation rests.
            TypeError: the answer is neither true nor false nor None.
        """
        __tracebackhide__ = True
        if not isinstance(holds, bool | None):
            raise TypeError(f"holds is {holds!r}: write True, False, or None for unknown")
        outcome = Outcome(check=check, holds=holds)
        return _accepted(_finished(self._engine.answer(_HERE, [outcome], self._now)))

    def _give(self, by: str, command: str, payload: dict[str, Any]) -> Reply | Refusal:
        raw = {"command": command, "actor": by, "at": self._now.isoformat()}
        for key in raw.keys() & payload.keys():
            raise ValueError(f"{key} is no part of a payload: {_SAID_BESIDE[key]}")
        grants = [PROGRAMME_MANAGER] if by == self._manager else []
        return _finished(self._engine.execute(_HERE, raw | payload, grants))

    # --- looking ----------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The instant up to which time has passed."""
        return self._now

    @property
    def state(self) -> Cooperation:
        """The cooperation as it is now: stage, members, documents, decisions, clocks, alerts."""
        return _finished(self._engine.state(_HERE))

    @property
    def portrait(self) -> Portrait:
        """What checks are asked of now: call the function of one with it."""
        return portrait_of(self.state)

    @property
    def levels(self) -> dict[str, int]:
        """The level of each condition now, in the order of the policy."""
        return dict(self.state.levels)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All that has happened, from the opening on; ``entry.event.type`` says what."""
        return _finished(self._engine.journal(_HERE))

    def check_gate(self, gate: str) -> Examination:
        """Check a gate now, changing nothing; ``result``, ``unmet`` and ``short`` say most.

        Raises:
            RefusedError: the lifecycle has no such gate.
        """
        found = _finished(self._engine.check_gate(_HERE, gate, self._now))
        if isinstance(found, Refusal):
            raise RefusedError(found)
        return found


def _instant(when: str | datetime) -> datetime:
    instant = written_instant(when) if isinstance(when, str) else when
    if instant is None or instant.tzinfo is None:
        raise ValueError(
            f"{when} is no instant: write a date, a time and a zone, for example 2026-02-01T09:00Z"
        )
    return instant.astimezone(UTC)


def _accepted(outcome: Reply | Refusal) -> tuple[Entry, ...]:
    __tracebackhide__ = True
    if isinstance(outcome, Refusal):
        raise RefusedError(outcome)
    return outcome.entries


def _finished(work: Coroutine[Any, Any, _T]) -> _T:
    """Carry out what the engine in memory is asked for: it waits for nothing.

    It needs no event loop, so that it can be asked within one, and leaves that of a test alone.
    """
    try:
        work.send(None)
    except StopIteration as done:
        result: _T = done.value
        return result
    raise AssertionError("the engine in memory waits for nothing")
