"""``coopflow policy check``: the checks of a policy, and what they answer about cooperations."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from rich.padding import Padding
from rich.text import Text

from coopflow.application.checking import Checks, beside, installed_checks
from coopflow.checks import kind_of
from coopflow.definitions.compile import compile_definition
from coopflow.definitions.library import load_documents, read_definition
from coopflow.domain.calendar import Span
from coopflow.domain.checks import Outcome, Portrait, failed, portrait_of
from coopflow.entrypoints.cli.failures import REFUSED
from coopflow.entrypoints.cli.looking import look
from coopflow.entrypoints.cli.output import Format, Terminal
from coopflow.entrypoints.cli.words import Phrases
from coopflow.settings import Settings

_SIGNS = {True: ("✓", "green"), False: ("✗", "red"), None: ("?", "yellow")}


def run(
    settings: Settings,
    policy: str,
    cooperations: list[str],
    *,
    lifecycle: str | None,
    output: Format,
) -> int:
    """Ask the checks that a policy reads about cooperations, write the answers, record nothing.

    Without a cooperation the checks are listed. The functions run in this process.

    Returns:
        The exit code: 1 when a check does not hold or is unknown, or nobody has written it.

    Raises:
        UnknownNameError: there is no such policy or lifecycle.
        FaultsError: it cannot be used.
        CheckError: a module with checks cannot be loaded.
        UnknownCooperationError: there is no such cooperation.
        TemporalUnavailableError: the engine does not answer.
    """
    documents = load_documents(lifecycle, policy)
    rules = compile_definition(read_definition(*documents))
    modules = [beside(Path(file)) for file in documents[1].texts]
    checks = installed_checks([*settings.checks, *(one for one in modules if one.is_file())])
    terminal, say = Terminal(), Phrases(settings.language)
    if not rules.checks:
        terminal.note(say("check.none", policy=rules.definition.policy_name))
    if not cooperations:
        return _list(rules.checks, checks, terminal, say, output)
    answered = asyncio.run(_asked(settings, cooperations, rules.checks, checks, terminal))
    if output == "json":
        terminal.json(
            [
                {"cooperation": where, **one.model_dump(mode="json")}
                for where, outcomes in answered.items()
                for one in outcomes
            ]
        )
    for where, outcomes in answered.items() if output == "table" else ():
        terminal.data.print(Text(where, "bold"))
        for one in outcomes:
            _print(one, terminal, say)
    holds = all(one.holds for outcomes in answered.values() for one in outcomes)
    return 0 if holds else REFUSED


async def _asked(
    settings: Settings,
    cooperations: list[str],
    wanted: Iterable[str],
    checks: Checks,
    terminal: Terminal,
) -> dict[str, list[Outcome]]:
    answered: dict[str, list[Outcome]] = {}
    for cooperation in cooperations:
        looked = await look(settings, cooperation, supposing=None)
        portrait = portrait_of(looked.state)
        with terminal.step(str(looked.address)):
            outcomes = [await _ask(check, checks, portrait, terminal) for check in wanted]
        answered[str(looked.address)] = outcomes
    return answered


async def _ask(check: str, checks: Checks, portrait: Portrait, terminal: Terminal) -> Outcome:
    try:
        return await checks.ask(check, portrait)
    except Exception as error:  # noqa: BLE001 - whatever somebody's function raises
        terminal.note(f"{check}: {type(error).__name__}: {error}", "red")
        return failed(check, kind_of(error))


def _list(
    wanted: tuple[str, ...], checks: Checks, terminal: Terminal, say: Phrases, output: Format
) -> int:
    found = {check: checks.by_id.get(check) for check in wanted}
    if output == "json":
        terminal.json(
            [
                {
                    "check": check,
                    "every": one.every.total_seconds() if one else None,
                    "timeout": one.timeout.total_seconds() if one else None,
                    "place": one.place if one else None,
                }
                for check, one in found.items()
            ]
        )
    for check, one in found.items() if output == "table" else ():
        line = Text.assemble((check, "bold"))
        if one is None:
            line.append(f"  {say('check.unwritten')}", "red")
        else:
            line.append(f"  {say('check.every', span=_span(one.every, say))}", "cyan")
            line.append(f"  {one.place}", "dim")
        terminal.data.print(line, soft_wrap=True)
    return REFUSED if None in found.values() else 0


def _span(span: timedelta, say: Phrases) -> str:
    return say.label(Span(days=span.days, hours=span.seconds // 3600).words())


def _print(outcome: Outcome, terminal: Terminal, say: Phrases) -> None:
    sign, style = _SIGNS[outcome.holds]
    said = Text.assemble(
        (f"{sign} ", style), (outcome.check, "bold"), f"  {say.value(outcome.holds)}"
    )
    terminal.data.print(Padding(said, (0, 0, 0, 2)))
    if outcome.reason is not None:
        terminal.data.print(Padding(Text(say.label(outcome.reason), "dim"), (0, 0, 0, 4)))
