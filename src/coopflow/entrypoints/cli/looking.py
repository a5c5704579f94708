"""Looking at a cooperation at any instant, also as if commands had been given that were not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from coopflow import bootstrap
from coopflow.application.engine import Address
from coopflow.application.outlook import Supposed, as_if, told
from coopflow.definitions.compile import compile_family
from coopflow.definitions.supposition import SupposedCommand, load_supposition
from coopflow.domain.roles import PROGRAMME_MANAGER
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.state import Cooperation
from coopflow.entrypoints.cli.cooperations import locate, parse_address
from coopflow.entrypoints.cli.failures import NotFoundError, SupposedInVainError
from coopflow.settings import Settings


class Looked(NamedTuple):
    """A cooperation at an instant, and the rulebook that it follows."""

    address: Address
    rules: Rulebook
    state: Cooperation
    at: datetime


async def look(
    settings: Settings, cooperation: str, *, at: datetime | None = None, supposing: Path | None
) -> Looked:
    """Return a cooperation as it stands, stood or will stand at an instant.

    Commands that are supposed are given now, or at an instant of the past that is looked at, unless
    they say when; then nobody acts until the instant, or that of the last command when it is later.

    Args:
        settings: where the engine and the read model are.
        cooperation: its id, or its programme and id.
        at: the instant; without it, now.
        supposing: a file of commands to suppose.

    Raises:
        FaultsError: the file is at fault.
        SupposedInVainError: a supposed command would be refused.
        UnknownCooperationError: there is no such cooperation.
        NotFoundError: there was none then.
        TemporalUnavailableError: the engine does not answer.
        UnavailableError: the read model, which a look back needs, does not answer.
    """
    commands = load_supposition(supposing) if supposing is not None else ()
    address = parse_address(cooperation) or await _located(settings, cooperation)
    async with bootstrap.connected_engine(settings) as engine:
        head = await engine.journal_head(address)
        state = await engine.state(address)
        rules = compile_family(*await engine.definitions(address))
        as_of = state.as_of or datetime.now(UTC)
        if at is not None and at < as_of:
            await engine.until_projected(address)  # what is not in the journal yet did not happen
            state = await _past(settings, address, at)
    now = as_of if head.mode == "recorded" else max(as_of, datetime.now(UTC))
    begin = min(now, at or now)
    state = told(state, begin, rules)
    supposed = as_if(state, begin, [_supposed(one) for one in commands], rules)
    if supposed.refusals:
        raise SupposedInVainError(
            f"{supposing}:{commands[place].line}: {refusal}"
            for place, refusal in supposed.refusals.items()
        )
    instant = max(supposed.at, at or begin)
    return Looked(address, rules, told(supposed.state, instant, rules), instant)


async def _located(settings: Settings, cooperation: str) -> Address:
    async with bootstrap.reading(settings) as reading:
        return await locate(reading.queries, cooperation)


async def _past(settings: Settings, address: Address, at: datetime) -> Cooperation:
    async with bootstrap.reading(settings) as reading:
        state = await reading.history.state(address, at)
    if state.status == "unopened":
        raise NotFoundError(f"{address} was not open yet on {at:%Y-%m-%d %H:%M} UTC")
    return state


def _supposed(one: SupposedCommand) -> Supposed:
    # Other roles are held in the cooperation: it knows who has them.
    grants = tuple(role for role in one.roles if role == PROGRAMME_MANAGER)
    return Supposed(one.wire, grants)
