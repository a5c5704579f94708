"""``coopflow policy adopt``: a policy proposed to cooperations, as a decision of each."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime
from typing import Any, Final

from rich.text import Text

from coopflow import bootstrap
from coopflow.application.adopting import Proposal, Terms, propose
from coopflow.application.engine import Address, Engine
from coopflow.definitions.library import load_definition
from coopflow.domain.rulebook import Definition
from coopflow.entrypoints.cli.cooperations import locate
from coopflow.entrypoints.cli.failures import REFUSED, UsageError
from coopflow.entrypoints.cli.output import Format, Terminal
from coopflow.entrypoints.cli.words import Phrases
from coopflow.readmodel.queries import Queries
from coopflow.settings import Settings

_AT_ONCE: Final = 8
_PAGE: Final = 200
_STYLES: Final = {
    "proposed": "green",
    "under_way": "yellow",
    "followed": "dim",
    "refused": "red",
    "left_out": "dim",
}


def run(  # noqa: PLR0913 - the options of the command
    settings: Settings,
    policy: str,
    cooperations: list[str],
    *,
    everywhere: bool,
    programme: str | None,
    lifecycle: str | None,
    by: str,
    question: str | None,
    closes_at: datetime | None,
    output: Format,
) -> int:
    """Propose a policy to cooperations, write what came of each, and return the exit code.

    Raises:
        UsageError: neither cooperations nor all of them are named.
        UnknownNameError: there is no such policy or lifecycle.
        FaultsError: it cannot be used.
        UnavailableError: the read model does not answer.
        TemporalUnavailableError: the engine does not answer; what was proposed is.
    """
    if everywhere == bool(cooperations):
        raise UsageError("name cooperations, or say --all (with --programme, all of one)")
    definition = load_definition(lifecycle, policy)
    say = Phrases(settings.language)
    asyncio.run(_check_name(settings, definition))
    asked = question or say("adopt.question", policy=definition.policy_name)
    terms = Terms(by, asked, closes_at)
    terminal = Terminal()
    found = asyncio.run(
        _propose_all(settings, cooperations, programme, definition, terms, terminal)
    )
    if output == "json":
        terminal.json([_as_json(one) for one in found])
    else:
        _print(found, terminal, say)
    return REFUSED if any(one.outcome == "refused" for one in found) else 0


async def _check_name(settings: Settings, definition: Definition) -> None:
    """Keep a name and version from meaning two things: what was offered once is not changed."""
    async with bootstrap.reading(settings) as reading:
        for known in await reading.registry.contents("policy", definition.policy_name):
            if known != definition.policy:
                raise UsageError(
                    f"{definition.policy_name} is registered with other content (coopflow policy "
                    f"show {definition.policy_name}): give yours a new version"
                )


async def _propose_all(  # noqa: PLR0913, PLR0917 - what is proposed, to whom
    settings: Settings,
    named: list[str],
    programme: str | None,
    definition: Definition,
    terms: Terms,
    terminal: Terminal,
) -> list[Proposal]:
    async with bootstrap.reading(settings) as reading:
        addresses = [await locate(reading.queries, one) for one in named]
        left_out: list[Proposal] = []
        if not named:
            lives, say = definition.lifecycle_name, Phrases(settings.language)
            addresses, left_out = await reached(reading.queries, programme, lives, say)
    found: list[Proposal] = []
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(engine: Engine, address: Address) -> Proposal:
        async with room:
            proposal = await propose(engine, address, definition, terms)
        found.append(proposal)
        status.update(f"{len(found)}/{len(addresses)} …")
        return proposal

    with terminal.progress.status("…") as status:
        async with bootstrap.connected_engine(settings) as engine:
            proposed = await asyncio.gather(*(one(engine, address) for address in addresses))
    return [*proposed, *left_out]


async def reached(
    queries: Queries, programme: str | None, lifecycle: str, say: Phrases
) -> tuple[list[Address], list[Proposal]]:
    """Return where a policy can be proposed now, and what lives and is left out, with the reason.

    A cooperation that pauses or closes decides nothing; one of another lifecycle has other gates.
    """
    addresses: list[Address] = []
    left_out: list[Proposal] = []
    after: Address | None = None
    while page := await queries.cooperations(programme=programme, after=after, limit=_PAGE):
        for one in page:
            if one.lifecycle != lifecycle and one.status != "closed":
                why = say("adopt.other_lifecycle", lifecycle=one.lifecycle)
                left_out.append(Proposal(one.address, "left_out", detail=why))
            elif one.status == "active":
                addresses.append(one.address)
            elif one.status != "closed":
                why = say(f"adopt.{one.status}")
                left_out.append(Proposal(one.address, "left_out", detail=why))
        after = page[-1].address
    return addresses, left_out


def _as_json(one: Proposal) -> dict[str, Any]:
    refusal = one.refusal.model_dump(mode="json") if one.refusal is not None else None
    return one._asdict() | {"address": str(one.address), "refusal": refusal}


def _print(found: list[Proposal], terminal: Terminal, say: Phrases) -> None:
    for one in found:
        about = one.decision or one.detail
        line = Text.assemble(
            (say(f"adopt.{one.outcome}"), _STYLES[one.outcome]), f"  {one.address}"
        )
        terminal.data.print(line.append(f"  {about}" if about else "", "dim"), soft_wrap=True)
    counts = Counter(one.outcome for one in found)
    summary = ", ".join(f"{number} {say(f'adopt.{outcome}')}" for outcome, number in counts.items())
    terminal.note(summary or say("head.empty"))
