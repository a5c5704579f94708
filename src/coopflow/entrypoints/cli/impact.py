"""``coopflow policy impact``: what a policy would change for every cooperation that lives."""

from __future__ import annotations

import asyncio
import csv
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final, Literal

from rich.table import Table
from rich.text import Text

from coopflow import bootstrap
from coopflow.application.impact import Impact, impact_on
from coopflow.definitions.compile import compile_definition
from coopflow.definitions.library import load_definition
from coopflow.domain.catalogue import EVENTS
from coopflow.domain.rulebook import Definition, Rulebook
from coopflow.domain.state import Cooperation
from coopflow.entrypoints.cli import drawing
from coopflow.entrypoints.cli.output import Terminal
from coopflow.entrypoints.cli.progress import bar
from coopflow.entrypoints.cli.words import Phrases
from coopflow.settings import Settings
from coopflow.wording.naming import Names

ImpactFormat = Literal["table", "json", "csv"]

_ALONE_UP_TO: Final = 200
"""So many are looked at in this process: starting others takes as long."""

_SHOWN: Final = 40
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take the beginning of a cell for; an apostrophe before it makes it text."""


def run(
    settings: Settings,
    policy: str,
    *,
    lifecycle: str | None,
    programme: str | None,
    output: ImpactFormat,
) -> None:
    """Evaluate a policy against every cooperation of the read model, and write what it changes.

    Raises:
        UnknownNameError: there is no such policy or lifecycle.
        FaultsError: it cannot be used.
        UnavailableError: the read model does not answer.
    """
    definition = load_definition(lifecycle, policy)
    terminal = Terminal()
    tally = Tally(definition)
    writer = _Writer(output, terminal)
    asyncio.run(_evaluate(settings, definition, programme, tally, writer, terminal))
    writer.end(tally, Names(compile_definition(definition), Phrases(settings.language)))
    if output == "table":
        tally.draw(terminal, Phrases(settings.language))


class Tally:
    """How many cooperations a policy would concern, and how."""

    def __init__(self, definition: Definition) -> None:
        """Count for a definition."""
        self.definition = definition
        self.counts: Counter[str] = Counter()
        self.verdicts: Counter[str] = Counter()

    def add(self, one: Impact | None) -> None:
        """Count one cooperation; None is one of another lifecycle."""
        self.counts["all"] += 1
        if one is None:
            self.counts["other_lifecycle"] += 1
            return
        for name in ("lost", "gained", "clocks"):
            self.counts[name] += bool(getattr(one, name))
        self.counts["unchanged"] += one.is_none
        if one.verdict is not None:
            self.verdicts[one.verdict] += 1

    def draw(self, terminal: Terminal, say: Phrases) -> None:
        """Write the counts."""
        table = Table.grid(padding=(0, 2))
        table.add_column(justify="right")
        table.add_column()
        for name in ("all", "other_lifecycle", "unchanged", "lost", "gained", "clocks"):
            if self.counts[name] or name == "all":
                table.add_row(Text(str(self.counts[name]), "bold"), say(f"impact.{name}"))
        for verdict, number in sorted(self.verdicts.items()):
            words = say("impact.verdict", verdict=say(f"verdict.{verdict}"))
            table.add_row(Text(str(number), drawing.VERDICT_STYLES[verdict]), words)
        terminal.data.print(table)


class _Writer:
    """Writes each impact as it comes: nothing is kept but what a table shows."""

    def __init__(self, output: ImpactFormat, terminal: Terminal) -> None:
        self._output = output
        self._terminal = terminal
        self._csv = csv.writer(sys.stdout)
        self._shown: list[Impact] = []
        self._begun = False

    def take(self, one: Impact) -> None:
        """Write it, or keep it for the table."""
        if self._output == "csv":
            if not self._begun:
                self._csv.writerow(Impact.model_fields)
            self._csv.writerow(_cell(value) for value in one.model_dump(mode="json").values())
        elif self._output == "json":
            sys.stdout.write(("[\n" if not self._begun else ",\n") + one.model_dump_json())
        elif not one.is_none and len(self._shown) < _SHOWN:
            self._shown.append(one)
        self._begun = True

    def end(self, tally: Tally, names: Names) -> None:
        """Write what comes last."""
        if self._output == "json":
            sys.stdout.write("\n]\n" if self._begun else "[]\n")
        for one in self._shown:
            self._terminal.data.print(_line(one, names))
        more = tally.counts["all"] - tally.counts["unchanged"] - tally.counts["other_lifecycle"]
        if self._shown and more > len(self._shown):
            self._terminal.data.print(Text(f"… +{more - len(self._shown)}", "dim"))
        if self._shown:
            self._terminal.data.print()


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name}={level}" for name, level in value.items())
    text = " ".join(value) if isinstance(value, list) else str(value or "")
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(one: Impact, names: Names) -> Text:
    before = drawing.levels_text(one.levels, fell=frozenset(one.lost))
    after = drawing.levels_text(one.levels_after, frozenset(one.gained), frozenset(one.lost))
    text = Text.assemble((one.title, "bold"), (f"  {one.programme}/{one.cooperation}  ", "dim"))
    text.append_text(before).append(" → ").append_text(after)
    for condition in one.clocks:
        text.append(f"  ◷ {names.condition(condition).label}", "red")
    return text


# --- evaluating -----------------------------------------------------------------------------------


async def _evaluate(  # noqa: PLR0913, PLR0917 - what is evaluated, and where it goes
    settings: Settings,
    definition: Definition,
    programme: str | None,
    tally: Tally,
    writer: _Writer,
    terminal: Terminal,
) -> None:
    at = datetime.now(UTC).isoformat()
    async with bootstrap.reading(settings) as reading:
        total = await reading.history.count_live(programme)
        with bar(terminal) as progress:
            task = progress.add_task("", total=total)
            async with _workers(definition, total) as workers:
                pages = reading.history.live(programme)
                async for found in _in_order(pages, workers, definition, at):
                    for one in found:
                        impact = None if one is None else Impact.model_validate_json(one)
                        tally.add(impact)
                        if impact is not None:
                            writer.take(impact)
                    progress.advance(task, len(found))


@asynccontextmanager
async def _workers(definition: Definition, total: int) -> AsyncIterator[Executor | None]:
    """Start processes to share the work, where there is enough of it."""
    if total <= _ALONE_UP_TO:
        yield None
        return
    with ProcessPoolExecutor(
        max_workers=os.cpu_count() or 1,
        initializer=_prepare,
        initargs=(definition.model_dump_json(),),
    ) as pool:
        yield pool


async def _in_order(
    pages: AsyncIterator[tuple[str, ...]], workers: Executor | None, definition: Definition, at: str
) -> AsyncIterator[list[str | None]]:
    """Yield what pages come to, in order; only a few are under way at a time."""
    if workers is None:
        rules = compile_definition(definition)
        async for page in pages:
            yield [_looked_at(state, at, rules) for state in page]
        return
    loop = asyncio.get_running_loop()
    waiting: list[asyncio.Future[list[str | None]]] = []
    async for page in pages:
        waiting.append(loop.run_in_executor(workers, _page, page, at))
        if len(waiting) > 2 * (os.cpu_count() or 1):
            yield await waiting.pop(0)
    for one in waiting:
        yield await one


_prepared: dict[str, Rulebook] = {}


def _prepare(definition: str) -> None:
    """Compile the definition once in each process."""
    assert EVENTS, "the catalogue registers all commands and events"
    _prepared["rules"] = compile_definition(Definition.model_validate_json(definition))


def _page(states: tuple[str, ...], at: str) -> list[str | None]:
    return [_looked_at(state, at, _prepared["rules"]) for state in states]


def _looked_at(stored: str, at: str, rules: Rulebook) -> str | None:
    state = Cooperation.model_validate_json(stored)
    if state.lifecycle != rules.definition.lifecycle_name:
        return None
    return impact_on(state, datetime.fromisoformat(at), rules).model_dump_json()
