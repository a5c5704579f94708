"""``coopflow policy list|show``: the policies that cooperations follow or were offered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from rich.text import Text

from coopflow import bootstrap
from coopflow.definitions.compile import compile_definition
from coopflow.domain.rulebook import Rulebook
from coopflow.entrypoints.cli.failures import NotFoundError
from coopflow.entrypoints.cli.output import Format, Terminal
from coopflow.entrypoints.cli.words import Phrases
from coopflow.readmodel.registry import Registry
from coopflow.settings import Settings
from coopflow.wording.naming import known_rules

_T = TypeVar("_T")


def _ask(settings: Settings, question: Callable[[Registry], Awaitable[_T]]) -> _T:
    async def ask() -> _T:
        async with bootstrap.reading(settings) as reading:
            return await question(reading.registry)

    return asyncio.run(ask())


def list_all(settings: Settings, *, output: Format) -> None:
    """Write the policies that are registered, with how many cooperations follow each."""
    found = _ask(settings, lambda registry: registry.all("policy"))
    terminal = Terminal()
    if output == "json":
        terminal.json([one.model_dump(mode="json") for one in found])
        return
    say = Phrases(settings.language)
    for one in found:
        line = Text.assemble((f"{one.name}@{one.version}", "bold"), f"  {one.digest[:12]}")
        line.append(f"  {say.count(one.followed_by, 'cooperation')}", "cyan")
        line.append(f"  {say.day(one.first_seen_at)}, {one.first_seen_in}", "dim")
        line.append(f"  {one.author}" if one.author else "", "dim")
        terminal.data.print(line, soft_wrap=True)
    if not found:
        terminal.note(say("registry.empty"))


def show(settings: Settings, policy: str) -> None:
    """Write the content of a registered policy, ``name@version`` or the latest of a name, as JSON.

    Raises:
        NotFoundError: there is none.
    """

    async def question(registry: Registry) -> dict[str, Any]:
        known = await registry.all("policy")
        latest = [one.version for one in known if one.name == policy][-1:]
        name = f"{policy}@{latest[0]}" if latest else policy
        found = await registry.contents("policy", name)
        if not found:
            listed = ", ".join(f"{one.name}@{one.version}" for one in known) or "none"
            raise NotFoundError(f"no policy {policy} is registered; there are: {listed}")
        return found[0]

    Terminal().json(_ask(settings, question))


def rules_of(settings: Settings, lifecycle: str, policy: str) -> Rulebook | None:
    """Return the rulebook that a cooperation follows: from the files here, else as registered.

    Args:
        settings: where the read model is.
        lifecycle: ``name@version``.
        policy: likewise.
    """
    here = known_rules(lifecycle, policy)
    if here is not None:
        return here
    found = _ask(settings, lambda registry: registry.definition(lifecycle, policy))
    return compile_definition(found) if found else None
