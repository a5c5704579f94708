"""Giving a command to a cooperation on behalf of a caller, and what is answered."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from coopflow.application.callers import Caller
from coopflow.application.engine import (
    Address,
    Reply,
    UnavailableError,
    UnknownCooperationError,
)
from coopflow.domain.base import Shape
from coopflow.domain.refusals import Refusal
from coopflow.domain.roles import PROGRAMME_MANAGER
from coopflow.entrypoints.http.commands.opening import definition_named
from coopflow.entrypoints.http.commands.table import CommandRoute
from coopflow.entrypoints.http.problems import ProblemError, refused
from coopflow.readmodel.views import JournalLine
from coopflow.sealing.errors import KeysError
from coopflow.services import Services
from coopflow.temporal.errors import EngineFaultError

PATIENCE: Final = 5.0
"""How many seconds an answer waits until what came of a command can be read."""

_TOO_LONG: Final = 1.0
_FIRST_LOOK: Final = 0.01
_LONGEST_PAUSE: Final = 0.2
_SHOWN: Final = 200
_FAILURES: Final = (UnavailableError, UnknownCooperationError, EngineFaultError, KeysError)


class CommandAnswer(Shape):
    """What an accepted command came to.

    Attributes:
        seq_from: the number of its first entry in the journal.
        seq_to: that of its last entry; before the first one when it changed nothing.
        duplicate: it had been accepted before, by the same key.
        entries: those entries, as far as the caller may read them and they can be read yet.
    """

    seq_from: int
    seq_to: int
    duplicate: bool
    entries: tuple[JournalLine, ...]


@dataclass(frozen=True)
class Order:
    """A command that somebody wants to give.

    Attributes:
        route: which command.
        address: of the cooperation; of the one to be opened too.
        caller: who asks.
        key: tells this order from others of the same caller.
        payload: the payload of the command, with what its path says.
        actor: in whose name; None for the caller's own.
        expected_seq: the number of the last entry that the caller knows, if that matters.
        reads_journal: whether the caller may read all that follows, or only what they caused.
    """

    route: CommandRoute
    address: Address
    caller: Caller
    key: str
    payload: Mapping[str, Any]
    actor: str | None = None
    expected_seq: int | None = None
    reads_journal: bool = True


@dataclass(frozen=True)
class Done:
    """An order that was accepted: the answer, and where the thing is that it created."""

    answer: CommandAnswer
    created: str | None


def actor_of(caller: Caller, actor: str | None) -> str:
    """Return in whose name a command is given.

    Raises:
        ProblemError: the caller may not give it in that name.
    """
    wanted = actor or caller.person
    if wanted is None:
        raise ProblemError(
            "forbidden", "the token is nobody's: say in `actor` in whose name, with the scope act"
        )
    if not caller.may_speak_for(wanted):
        raise ProblemError("scope_missing", facts={"scopes": ["act"]})
    return wanted


def command_id(caller: Caller, key: str) -> str:
    """Return the id of a command that a caller sends with a key: the same for the same."""
    sent = f"{caller.name}\n{key}".encode()
    return f"http-{hashlib.sha256(sent).hexdigest()[:40]}"


async def grants_of(
    services: Services, programme: str, caller: Caller, actor: str
) -> tuple[str, ...]:
    """Return the roles that count for what is done in a programme, beside those of cooperations.

    Those of the caller, who answers for what is done in the name of others, and of these others,
    as the directory knows them.
    """
    own = caller.grants(programme)
    if actor == caller.person:
        return own
    theirs = (await services.directory.roles_of(actor)).get(programme, ())
    return tuple(dict.fromkeys((*own, *theirs)))


async def carry_out(services: Services, order: Order) -> Done:
    """Give a command, and wait until what came of it can be read, for a while.

    Raises:
        ProblemError: it was refused, or may not be given.
        UnavailableError: the engine or the database does not answer. Sending it again is harmless.
    """
    actor = actor_of(order.caller, order.actor)
    name = order.route.command
    wire = {
        **order.payload,
        "command": name,
        "actor": actor,
        "id": command_id(order.caller, order.key),
    }
    grants = await grants_of(services, order.address.programme, order.caller, actor)
    # Of what is held in the programme only its management counts within a cooperation.
    inside = tuple(role for role in grants if role == PROGRAMME_MANAGER)
    if name == "open_cooperation":
        wire["programme"] = order.address.programme
        definition = await definition_named(
            services.registry, order.address.programme, wire["lifecycle"], wire["policy"]
        )
        outcome = await services.engine.open(definition, wire, grants)
    else:
        outcome = await _execute(services, order, wire, inside)
    if isinstance(outcome, Refusal):
        raise refused(outcome)
    return await _told(services, order, outcome, wire["id"])


async def _execute(
    services: Services, order: Order, wire: Mapping[str, Any], grants: tuple[str, ...]
) -> Reply | Refusal:
    try:
        return await services.engine.execute(order.address, wire, grants, order.expected_seq)
    except UnknownCooperationError:
        # It is in the read model, or the caller would not have come here.
        if (await services.queries.cooperation(order.address)).status != "closed":
            raise
        return Refusal(code="cooperation_closed", message="the cooperation is closed")


async def _told(services: Services, order: Order, reply: Reply, given: str) -> Done:
    await _until_read(services, order.address, reply.seq_to)
    wanted = max(reply.seq_to - reply.seq_from + 1, 0)
    lines = (
        await services.queries.journal(
            order.address, after=reply.seq_from - 1, limit=min(wanted, _SHOWN)
        )
        if wanted
        else ()
    )
    seen = [one for one in lines if order.reads_journal or one.command_id == given]
    answer = CommandAnswer(
        seq_from=reply.seq_from,
        seq_to=reply.seq_to,
        duplicate=reply.duplicate,
        entries=tuple(seen),
    )
    return Done(answer, _created(order.route, lines, given))


async def _until_read(services: Services, address: Address, seq: int) -> None:
    """Wait until the read model has an entry, or patience runs out."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            if await services.engine.until_written(address, seq):
                return
            pause, hurried = _FIRST_LOOK, time.monotonic()
            while not await _is_read(services, address, seq):
                if time.monotonic() - hurried > _TOO_LONG:
                    # It was to be written by a process that has ended since. It was accepted in any
                    # case, and is answered so, whatever comes of this.
                    hurried = time.monotonic()
                    with contextlib.suppress(*_FAILURES):
                        await services.engine.hurry(address)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)


async def _is_read(services: Services, address: Address, seq: int) -> bool:
    try:
        return (await services.queries.cooperation(address)).seq >= seq
    except UnknownCooperationError:  # it has just been opened
        return False


def _created(route: CommandRoute, lines: tuple[JournalLine, ...], given: str) -> str | None:
    """Return where the thing is that a command created, below the cooperation."""
    if route.created is None:
        return None
    for line in lines:
        if line.type == route.created.event and line.command_id == given:
            return route.created.path.format_map(line.data)
    return None
