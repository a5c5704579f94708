"""``coopflow gate check``: the verdict that a gate would give, and everything behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Final

from rich.console import RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from coopflow.application.gate_check import check_gate
from coopflow.domain.base import Source
from coopflow.domain.conditions import FactRead
from coopflow.domain.explanation import CriterionFinding, Examination, RemedyOffer
from coopflow.domain.refusals import Refusal
from coopflow.entrypoints.cli import drawing
from coopflow.entrypoints.cli.failures import RefusedByEngineError, UsageError
from coopflow.entrypoints.cli.looking import Looked, look
from coopflow.entrypoints.cli.output import Format, Terminal
from coopflow.entrypoints.cli.words import Phrases
from coopflow.settings import Settings
from coopflow.wording.naming import Names

_INDENT: Final = 4


def check(  # noqa: PLR0913 - the options of the command
    settings: Settings,
    cooperation: str,
    *,
    gate: str | None,
    at: datetime | None,
    supposing: Path | None,
    explain: bool,
    output: Format,
) -> None:
    """Examine a gate at an instant, and write what was found.

    Raises:
        FaultsError: the file of supposed commands is at fault.
        NotFoundError: there was no such cooperation then.
        RefusedByEngineError: there is no such gate.
        SupposedInVainError: a supposed command would be refused.
        UnknownCooperationError: there is no such cooperation.
        UsageError: no gate is named and none leads on.
        TemporalUnavailableError: the engine does not answer.
    """
    terminal = Terminal()
    say = Phrases(settings.language)
    instant = at.replace(tzinfo=UTC) if at else None
    looked = asyncio.run(look(settings, cooperation, at=instant, supposing=supposing))
    found = check_gate(looked.state, gate or _next_gate(looked), looked.at, looked.rules)
    if isinstance(found, Refusal):
        raise RefusedByEngineError(found)
    if output == "json":
        terminal.json(found.model_dump(mode="json"))
        return
    names = Names(looked.rules.followed_by(looked.state), say)
    if not explain:
        terminal.data.print(drawing.gate(found, names, say))
        terminal.note(say("gate.hint"))
        return
    for part in explanation(found, names, say):
        terminal.data.print(part)


def _next_gate(looked: Looked) -> str:
    gates = looked.rules.lifecycle.gates_from(looked.state.stage)
    if not gates:
        raise UsageError(f"no gate leads out of {looked.state.stage}: name one with --gate")
    return gates[0].id


def explanation(found: Examination, names: Names, say: Phrases) -> Iterator[RenderableType]:
    """Draw a verdict with each criterion, the facts that it reads, and the shortest way to pass.

    Remedies are numbered, those of the shortest way first, and findings point to them.
    """
    offers = {offer.id: offer for offer in found.remedies}
    others = [slug for slug in offers if slug not in found.shortest]
    order = {slug: number for number, slug in enumerate((*found.shortest, *others), start=1)}
    yield Rule(drawing.verdict_title(found, say), style="dim", align="left")
    yield Text(f"{names.stage(found.stage)}, {say('gate.at', at=say.moment(found.at))}", "dim")
    if found.blocked_by:
        yield drawing.blocked(found, say)
    for condition, group in groupby(found.criteria, key=lambda one: one.condition or ""):
        yield ""
        yield drawing.condition_row(condition, found, names, say)
        yield from _findings(group, order, say)
    for title, findings in (("gate.guards", found.guards), ("gate.advice", found.advice)):
        if findings:
            yield ""
            yield Text(say(title), "bold")
            yield from _findings(findings, order, say)
    yield ""
    yield Text(say("gate.shortest"), "bold")
    yield from _first(found, say)
    for slug in found.shortest:
        yield from _remedy(order[slug], offers[slug], say)
    if others:
        yield ""
        yield Text(say("gate.others"), "bold")
    for slug in others:
        yield from _remedy(order[slug], offers[slug], say)


def _first(found: Examination, say: Phrases) -> Iterator[Text]:
    """Say what comes before the remedies, or that there are none."""
    if found.blocked_by:
        yield Text(f"  {say('gate.unblock', disagreements=', '.join(found.blocked_by))}", "red")
    if found.result == "pass":
        yield Text(f"  {say('gate.nothing_missing')}", "green")
    elif found.unmet and not found.shortest:
        yield Text(f"  {say('gate.no_way')}", "red")


def _findings(
    findings: Iterable[CriterionFinding], order: dict[str, int], say: Phrases
) -> Iterator[RenderableType]:
    for finding in findings:
        numbers = sorted(order[one] for one in finding.remedies)
        remedied = Text(f"→ {', '.join(map(str, numbers))}", "cyan") if numbers else ""
        yield Padding(drawing.finding_row(finding, say, remedied), (0, 0, 0, 2))
        missing = say.label(finding.missing) if finding.missing is not None else ""
        if missing:
            yield Padding(Text(missing, "yellow"), (0, 0, 0, 6))
        for fact in finding.facts:
            yield Padding(_read(fact, say), (0, 0, 0, 6))
            if fact.reason is not None and say.label(fact.reason) not in missing:
                yield Padding(Text(say.label(fact.reason), "dim"), (0, 0, 0, 8))


def _read(fact: FactRead, say: Phrases) -> Text:
    """Say what a fact is, where it came from, and of an answer when it was given."""
    colon = " : " if say.language == "fr" else ": "
    said = Text.assemble(
        (f"{say.label(fact.label)}{colon}", "dim"), (say.value(fact.value), "bold")
    )
    said.append(f"  ← {_named(fact.sources, say) or say('gate.no_source')}", "dim")
    said.append(f", {say.day(fact.at)}" if fact.at else "", "dim")
    return said


def _named(sources: Iterable[Source], say: Phrases) -> str:
    """Write sources as people quote them, those of a kind together."""
    words = []
    for kind, group in groupby(sources, key=lambda source: source.kind):
        ids = [one.id if one.version is None else f"{one.id}@{one.version}" for one in group]
        listed = ", ".join(ids)
        words.append(listed if kind == "document" else f"{say(f'source.{kind}')} {listed}")
    return "; ".join(words)


def _remedy(number: int, offer: RemedyOffer, say: Phrases) -> Iterator[RenderableType]:
    title = Table.grid(padding=(0, 1))
    title.add_column(width=4, justify="right", no_wrap=True)
    label = Text(say.label(offer.label), "bold")
    if offer.people > 1:
        label.append(f"  ≥ {say.count(offer.people, 'organisation')}", "not bold dim")
    title.add_row(Text(f"{number}.", "cyan"), label)
    yield title
    steps = Table.grid(padding=(0, 2))
    steps.add_column(no_wrap=True)
    for roles, group in groupby(offer.steps, key=lambda step: offer.roles[step]):
        who = say.either([say(f"role.{role}") for role in roles])
        steps.add_row(Text(", ".join(group), "cyan"), Text(who, "dim"))
    yield Padding(steps, (0, 0, 0, 5))
