"""Scenario files: a cooperation's life written down, as dated steps with what must hold after each.

The models say what a file may hold; ``load_scenario`` gives a scenario that is ready to be run,
with the line of every step, so that whoever runs it can say where an expectation broke.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)

from coopflow.definitions.faults import Fault, FaultsError, first
from coopflow.definitions.validation import validate
from coopflow.definitions.yaml import SCENARIO, DataPath, Document, load
from coopflow.domain.base import Count, Instant, Label, Shape, Slug
from coopflow.domain.checks import Outcome
from coopflow.domain.facts.checks import CheckId
from coopflow.domain.refusals import Code
from coopflow.domain.state import CooperationStatus, DocumentStatus, Result, Role
from coopflow.domain.tools import Kind

AlertCode = Literal[
    "mandate_lapsed",
    "cure_soon",
    "gate_blocked",
    "guard_failing",
    "mandate_ending",
    "document_stale",
    "attendance_low",
    "no_plenary",
    "decision_lapsed",
    "expiry_soon",
    "member_moved",
    "review_due",
    "renewal_due",
]
DisagreementState = Literal[
    "raised",
    "dialogue",
    "facilitation",
    "mediation",
    "collective_decision",
    "separation",
    "closed",
]
VerdictName = Literal["pass", "conditional", "fail", "blocked"]
Level = Annotated[int, Field(ge=0, le=4)]


def _by_shape(value: object) -> str:
    """Tell what is meant by what is written, so that a fault is said once."""
    return "list" if isinstance(value, list) else "mapping" if isinstance(value, dict) else "word"


Levels = Annotated[
    Annotated[tuple[Level, ...], Tag("list")] | Annotated[dict[Slug, Level], Tag("mapping")],
    Discriminator(_by_shape),
]
"""Levels in the order of the policy's conditions, or some of them by name."""

FREE: Final = "x-"
"""What begins the keys at the top of a file that everybody may use as they like."""


_SAID_BESIDE: Final = {"command": "do", "actor": "by", "at": "at"}


def _text(value: object) -> object:
    if not isinstance(value, str):
        message = "should be a date and a time, for example 2026-01-20T09:00Z"
        raise ValueError(message)  # noqa: TRY004 - pydantic turns ValueError into a located fault
    return value


At = Annotated[
    Instant,
    BeforeValidator(_text),
    WithJsonSchema(
        {"type": "string", "examples": ["2026-01-20T09:00Z"], "pattern": r"^\d{4}-\d{2}-\d{2}T"}
    ),
]
"""An instant written out; numbers are no instants."""

_AT: Final[TypeAdapter[datetime]] = TypeAdapter(At)

DocumentName = Annotated[str, Field(pattern=rf"^(?:{'|'.join(get_args(Kind))})(?:@[1-9][0-9]*)?$")]
"""A kind of document, or one version of it: ``charter@2``."""


DateOrNone = Annotated[
    Annotated[date, Tag("date")] | Annotated[Literal["none"], Tag("none")],
    Discriminator(lambda value: "none" if value == "none" else "date"),
]
"""A date, or the word ``none``."""


class Person(Shape):
    """Who acts. Apart from ``programme_manager`` this is for reading: commands give roles."""

    roles: tuple[Literal[Role, "programme_manager"], ...] = ()
    represents: Slug | None = None


class GateExpectation(Shape):
    """What checking a gate at that instant must give."""

    name: Slug
    verdict: VerdictName | None = None
    unmet: tuple[Slug, ...] | None = None
    short: dict[Slug, Level] | None = None


class Expectation(Shape):
    """What must hold after a step; what is None is not looked at.

    ``mandate`` and ``reservation`` are ``none`` when there must be none.
    """

    refused: Code | None = None
    stage: Slug | None = None
    status: CooperationStatus | None = None
    levels: Levels | None = None
    forward: Levels | None = None
    verdict: VerdictName | None = None
    gate: GateExpectation | None = None
    documents: dict[DocumentName, DocumentStatus] | None = None
    decisions: dict[Slug, Literal[Result, "open"]] | None = None
    disagreements: dict[Slug, DisagreementState] | None = None
    blocking: bool | None = None
    clocks: dict[Slug, date] | None = None
    mandate: Slug | None = None
    members: Count | None = None
    alerts: tuple[AlertCode, ...] | None = None
    reservation: DateOrNone | None = None
    events: tuple[Slug, ...] | None = None


class CommandEntry(Shape):
    """One command: who gives it, which, and its payload."""

    by: Slug
    do: Slug
    payload: Annotated[dict[str, Any], Field(alias="with")] = Field(default_factory=dict)


Commands = Annotated[
    Annotated[Slug, Tag("word")]
    | Annotated[tuple[CommandEntry, ...], Field(min_length=1), Tag("list")],
    Discriminator(_by_shape),
]
"""A command, or several at one instant."""


def _no_number(value: object) -> object:
    # To Python 1 is true, and 0 is false.
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


CheckValue = Annotated[Literal[True, False, "unknown"], BeforeValidator(_no_number)]
"""What a check answers: whether it holds, or ``unknown``."""


class StepEntry(Shape):
    """One step of a file: an instant, one command, several or none, and what must hold then.

    ``checks`` are answers that checks of the policy give at that instant, before the commands.
    """

    at: At
    checks: dict[CheckId, CheckValue] = Field(default_factory=dict)
    by: Slug | None = None
    do: Commands | None = None
    payload: Annotated[dict[str, Any] | None, Field(alias="with")] = None
    expect: Expectation = Expectation()


class ScenarioFile(Shape):
    """A cooperation's life written down: dated steps, and what must hold after each."""

    model_config = ConfigDict(json_schema_extra={"patternProperties": {f"^{FREE}": {}}})

    scenario: Slug
    title: Label
    lifecycle: Slug
    policy: Slug
    people: dict[Slug, Person] = Field(default_factory=dict)
    steps: Annotated[tuple[StepEntry, ...], Field(min_length=1)]


@dataclass(frozen=True)
class Act:
    """A command to be given at a step; ``payload`` is plain data, of whatever shape."""

    line: int
    by: str
    do: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class Step:
    """A step ready to be run; ``number`` and ``line`` count from 1."""

    number: int
    line: int
    at: Instant
    acts: tuple[Act, ...]
    expect: Expectation
    outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """A scenario ready to be run; ``file`` is the path as the caller gave it."""

    file: str
    name: str
    title: Label
    lifecycle: str
    policy: str
    people: dict[str, Person]
    steps: tuple[Step, ...]


def load_scenario(path: Path) -> Scenario:
    """Read a scenario file.

    Raises:
        FaultsError: it is at fault; carries every fault.
    """
    return read_scenario(load(path, SCENARIO))


def read_scenario(document: Document) -> Scenario:
    """Make a scenario of a document.

    Raises:
        FaultsError: it is at fault; carries every fault.
    """
    data = {key: value for key, value in document.data.items() if not key.startswith(FREE)}
    found = validate(ScenarioFile, document, data)
    faults = [*document.faults, *first(_step_faults(document, data.get("steps")))]
    if isinstance(found, list):
        raise FaultsError([*faults, *found])
    if faults:
        raise FaultsError(faults)
    return Scenario(
        file=document.file,
        name=found.scenario,
        title=found.title,
        lifecycle=found.lifecycle,
        policy=found.policy,
        people=found.people,
        steps=tuple(_step(document, index, entry) for index, entry in enumerate(found.steps)),
    )


def _step(document: Document, index: int, entry: StepEntry) -> Step:
    line = document.place(("steps", index)).line
    if isinstance(entry.do, tuple):
        acts = tuple(
            Act(document.place(("steps", index, "do", i)).line, one.by, one.do, one.payload)
            for i, one in enumerate(entry.do)
        )
    elif entry.do is None or entry.by is None:
        acts = ()
    else:
        acts = (Act(line, entry.by, entry.do, entry.payload or {}),)
    outcomes = tuple(
        Outcome(check=check, holds=None if value == "unknown" else value)
        for check, value in entry.checks.items()
    )
    return Step(index + 1, line, entry.at, acts, entry.expect, outcomes)


def _step_faults(document: Document, steps: Any) -> Iterator[Fault]:
    latest: datetime | None = None
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        if isinstance(step, dict):
            yield from _command_faults(document, ("steps", index), step)
            at = written_instant(step.get("at"))
            if at and latest and at < latest:
                message = f"time goes back: an earlier step is at {latest:%Y-%m-%dT%H:%MZ}"
                yield document.fault(("steps", index, "at"), message, "put the steps in order")
            latest = max(latest or at, at) if at else latest


def written_instant(value: Any) -> datetime | None:
    """Return an instant as it is written in a file, or None for what is none."""
    try:
        return _AT.validate_python(value)
    except ValidationError:
        return None


def _command_faults(document: Document, path: DataPath, step: dict[str, Any]) -> Iterator[Fault]:
    do, expect = step.get("do"), step.get("expect")
    if isinstance(do, str) and step.get("by") is None:
        yield document.fault(path, "a command needs by: who gives it")
    lonely = [(*path, key) for key in ("by", "with") if key in step and not isinstance(do, str)]
    for key in lonely:
        remedy = "move it into each command" if do else "say what to do, or leave it out"
        place = document.key_place(key)
        yield document.fault(key, "belongs to no command", remedy, place=place)
    yield from misplaced(document, (*path, "with"), step.get("with"))
    for index, entry in enumerate(do if isinstance(do, list) else ()):
        if isinstance(entry, dict):
            yield from misplaced(document, (*path, "do", index, "with"), entry.get("with"))
    single = isinstance(do, str) or (isinstance(do, list) and len(do) == 1)
    if isinstance(expect, dict) and "refused" in expect and not single:
        key = (*path, "expect", "refused")
        message = "only a step with a single command may be refused"
        yield document.fault(key, message, place=document.key_place(key))


def misplaced(document: Document, path: DataPath, payload: Any) -> Iterator[Fault]:
    """Yield the keys of a payload that are said beside it."""
    for key in payload if isinstance(payload, dict) else ():
        if key in _SAID_BESIDE:
            message = f"{key} is said beside the payload, not in it"
            place = document.key_place((*path, key))
            yield document.fault(
                (*path, key), message, f"say it with {_SAID_BESIDE[key]}", place=place
            )
