"""What the workflows of a platform ask of cooperations, and how they wait for them.

For workflow code, beside a worker that has the plugin. Nothing here is of a cooperation's own
history: it goes through activities on a task queue beside that of the workflow, with the converter
of the platform. That is why the messages are dataclasses: every converter can write them.

A wait takes one event when it begins and two when it ends, however many years are between: what has
not come yet is a failure of the activity, which Temporal tries again, a minute apart at the most.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar, cast

from pydantic_core import to_jsonable_python
from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.workflow import ChildWorkflowHandle, ParentClosePolicy

from coopflow.application.engine import Address, Reply
from coopflow.domain.refusals import Refusal
from coopflow.temporal import names

_ATTEMPT: Final = timedelta(minutes=2)  # the engine is patient for half a minute
_RETRIES: Final = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2,
    maximum_interval=timedelta(minutes=1),
)

_T = TypeVar("_T")


@dataclass(frozen=True)
class Opening:
    """The command that opens a cooperation, in wire form, with the roles of who gives it."""

    command: dict[str, Any]
    grants: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Order:
    """A command for a cooperation, in wire form, with the roles of who gives it."""

    programme: str
    cooperation: str
    command: dict[str, Any]
    grants: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """What became of a command: a reply without its entries, or a refusal, as plain values."""

    reply: dict[str, Any] | None = None
    refusal: dict[str, Any] | None = None

    def read(self) -> Reply | Refusal:
        """Return which of the two it is."""
        if self.refusal is not None:
            return Refusal(**self.refusal)
        return Reply.model_validate(self.reply)


@dataclass(frozen=True)
class Awaited:
    """What is waited for: a gate, passed after an instant if one is named, or the closing."""

    programme: str
    cooperation: str
    gate: str | None = None
    after: datetime | None = None


@dataclass(frozen=True)
class Passage:
    """A gate was passed; ``stage`` is the one that was entered."""

    gate: str
    stage: str
    at: datetime


@dataclass(frozen=True)
class Ending:
    """A cooperation was closed, in a stage."""

    programme: str
    cooperation: str
    stage: str
    at: datetime


async def open_cooperation(
    command: Mapping[str, Any], grants: Iterable[str] = ()
) -> Reply | Refusal:
    """Open a cooperation by the lifecycle and the policy that the command names.

    Args:
        command: an ``open_cooperation`` in wire form; without an id it is given one.
        grants: roles that its actor holds outside the cooperation, for which you vouch.

    Raises:
        temporalio.exceptions.ActivityError: the workers know no such lifecycle or policy.
    """
    asked = Opening(_identified(command), list(grants))
    return (await _asked(names.PLATFORM_OPEN, asked, Outcome)).read()


async def give(
    address: Address, command: Mapping[str, Any], grants: Iterable[str] = ()
) -> Reply | Refusal:
    """Give a command to a cooperation; it is carried out once, however often this is replayed.

    Args:
        address: the cooperation.
        command: in wire form; without an id it is given one.
        grants: roles that its actor holds outside the cooperation, for which you vouch.

    Returns:
        What it came to. The events that followed stay with the cooperation.

    Raises:
        temporalio.exceptions.ActivityError: there is no such cooperation.
    """
    asked = Order(*address, _identified(command), list(grants))
    return (await _asked(names.PLATFORM_GIVE, asked, Outcome)).read()


async def until_passed(
    address: Address, gate: str, *, after: datetime | None = None
) -> Passage | None:
    """Wait until a cooperation has passed a gate, for as many years as it takes.

    A cooperation that is not there yet is waited for.

    Args:
        address: the cooperation.
        gate: which one.
        after: count only passages after this instant, of a gate that is passed again and again.

    Returns:
        The last such passage; None once the cooperation was closed without one.
    """
    asked = Awaited(*address, gate, after)
    return await _asked(names.PLATFORM_PASSED, asked, cast("type[Passage | None]", Passage | None))


async def until_closed(address: Address) -> Ending:
    """Wait until a cooperation is closed, for as many years as it takes.

    A cooperation that is not there yet is waited for.
    """
    return await _asked(names.PLATFORM_CLOSED, Awaited(*address), Ending)


async def start_cooperation(
    command: Mapping[str, Any],
    grants: Iterable[str] = (),
    *,
    parent_close_policy: ParentClosePolicy = ParentClosePolicy.ABANDON,
    **options: Any,
) -> ChildWorkflowHandle[Any, Ending] | Refusal:
    """Open a cooperation, and start a child workflow that ends when it is closed.

    The child goes with the cooperation; it is not the cooperation, which lives on when the child is
    cancelled. Awaiting the handle waits for the closing.

    Args:
        command: an ``open_cooperation`` in wire form; without an id it is given one.
        grants: roles that its actor holds outside the cooperation, for which you vouch.
        parent_close_policy: what becomes of the child when its parent ends.
        options: others of ``temporalio.workflow.start_child_workflow``.

    Returns:
        The child, or why nothing was opened.

    Raises:
        temporalio.exceptions.ActivityError: the workers know no such lifecycle or policy.
    """
    outcome = await open_cooperation(command, grants)
    if isinstance(outcome, Refusal):
        return outcome
    handle: ChildWorkflowHandle[Any, Ending] = await workflow.start_child_workflow(
        names.WATCH,
        Awaited(str(command["programme"]), str(command["cooperation"])),
        result_type=Ending,
        task_queue=_queue(),
        parent_close_policy=parent_close_policy,
        **options,
    )
    return handle


async def _asked(activity: str, asked: Opening | Order | Awaited, answer: type[_T]) -> _T:
    found: _T = await workflow.execute_activity(
        activity,
        asked,
        result_type=answer,
        task_queue=_queue(),
        start_to_close_timeout=_ATTEMPT,
        retry_policy=_RETRIES,
        summary=_summary(asked),
    )
    return found


def _queue() -> str:
    here = workflow.info().task_queue
    # The child that goes with a cooperation is there already.
    return here if workflow.info().workflow_type == names.WATCH else names.platform_queue(here)


def _summary(asked: Opening | Order | Awaited) -> str:
    if isinstance(asked, Awaited):
        return f"{asked.cooperation}: {asked.gate or 'closing'}"
    return str(asked.command.get("command"))


def _identified(command: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = to_jsonable_python(dict(command))
    return plain if plain.get("id") is not None else {**plain, "id": workflow.uuid4().hex}


def plainly(outcome: Reply | Refusal) -> Outcome:
    """Return what became of a command, as plain values."""
    if isinstance(outcome, Refusal):
        return Outcome(refusal=outcome.model_dump(mode="json"))
    return Outcome(reply=outcome.model_dump(mode="json", exclude={"entries"}))
