"""``coopflow scenario run``: scenarios run in memory or on Temporal, and what does not hold."""

from __future__ import annotations

import asyncio
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final, Literal

from rich.text import Text

from coopflow import bootstrap
from coopflow.application.engine import Address, Engine
from coopflow.application.memory import MemoryEngine
from coopflow.application.scenario_files import Prepared, Problem, Report, prepare
from coopflow.application.scenario_runner import address_of
from coopflow.definitions.faults import Fault, FaultsError
from coopflow.domain.events import Entry
from coopflow.domain.state import UNOPENED, Cooperation
from coopflow.entrypoints.cli import drawing
from coopflow.entrypoints.cli.failures import REFUSED
from coopflow.entrypoints.cli.output import Format, Terminal
from coopflow.readmodel.views import JournalLine

Job = tuple[Path, str | None]
"""A scenario file, and the policy to run it by instead of the one that it names."""

_DIGESTS: Final = {"previous", "salts", "withheld"}


def run(jobs: list[Job], *, on: Literal["memory", "temporal"], output: Format) -> int:
    """Run scenarios, write what came of them, and return the exit code.

    Raises:
        FaultsError: files are at fault; nothing was run.
        TemporalUnavailableError: the server could not be started.
    """
    prepared = _load(jobs)
    terminal = Terminal()
    reports = asyncio.run(_run_all(prepared, on, terminal))
    if output == "json":
        terminal.json([_json(report) for report in reports])
    else:
        for report in reports:
            _print(report, terminal)
    return REFUSED if any(report.problems for report in reports) else 0


def _json(report: Report) -> dict[str, Any]:
    """Write a whole report as JSON values."""
    return {
        "file": report.scenario.file,
        "scenario": report.scenario.name,
        "ok": not report.problems,
        "steps": report.steps,
        "problems": [
            {"line": line, "step": step, "problem": text} for line, step, text in report.problems
        ],
        "final": summary(report.state),
        # Without digests: those of a trial mean nothing, and memory makes none.
        "events": [entry.model_dump(mode="json", exclude=_DIGESTS) for entry in report.entries],
    }


def summary(state: Cooperation) -> dict[str, Any]:
    """Return where a cooperation stands, as JSON values."""
    return {
        "programme": state.programme,
        "cooperation": state.id,
        "title": state.title,
        "stage": state.stage,
        "status": state.status,
        "levels": dict(state.levels),
        "members": list(state.active),
        "mandate": state.mandate.holder if state.mandate else None,
        "clocks": {name: one.until.isoformat() for name, one in state.clocks.items()},
        "reservations": {name: one.until.isoformat() for name, one in state.reservations.items()},
        "alerts": sorted(state.alerts),
        "seq": state.seq,
        "as_of": state.as_of.isoformat() if state.as_of else None,
    }


def _load(jobs: list[Job]) -> list[Prepared]:
    """Read and check everything first: all faults of all files at once."""
    faults: list[Fault] = []
    prepared: list[Prepared] = []
    for file, policy in jobs:
        try:
            prepared.append(prepare(file, policy))
        except FaultsError as error:
            # Two scenarios may name the same policy.
            faults += [fault for fault in error.faults if fault not in faults]
    if faults:
        raise FaultsError(faults)
    return prepared


async def _run_all(prepared: list[Prepared], on: str, terminal: Terminal) -> list[Report]:
    reports: list[Report] = []
    if on == "memory":
        for one in prepared:
            engine = MemoryEngine({one.rules.definition.digest: one.rules})
            reports.append(await _run(one, engine, terminal))
        return reports
    for batch in _batches(prepared):
        async with bootstrap.trial_engine(terminal.step) as running:
            for one in batch:
                report = await _run(one, running.engine, terminal)
                await _compare_journal(report, running)
                reports.append(report)
    return reports


def _batches(prepared: list[Prepared]) -> list[list[Prepared]]:
    """Split scenarios so that no two about one cooperation meet on the same engine."""
    batches: list[list[Prepared]] = []
    taken: set[Address] = set()
    for one in prepared:
        address = address_of(one.scenario)
        if not batches or address in taken:
            batches.append([])
            taken = set()
        batches[-1].append(one)
        taken.add(address)
    return batches


async def _run(prepared: Prepared, engine: Engine, terminal: Terminal) -> Report:
    scenario = prepared.scenario
    report = Report(scenario)
    total = len(scenario.steps)
    with terminal.progress.status(f"{scenario.name} …") as status:
        async for result in prepared.run_on(engine).steps():
            report.note(result)
            status.update(f"{scenario.name}: step {report.steps} of {total} …")
    return report


async def _compare_journal(report: Report, running: bootstrap.Running) -> None:
    """Hold the rows of the journal against the events; what differs is a problem of the last step.

    Secret choices and sealed content are kept back by the read model, and not compared.
    """
    address = Address(report.state.programme, report.state.id)
    if report.state is UNOPENED:
        return
    await running.engine.until_projected(address)
    rows: list[JournalLine] = []
    while page := await running.queries.journal(address, after=rows[-1].seq if rows else 0):
        rows += page
    pairs = zip_longest(report.entries, rows)
    differing = [
        number
        for number, (entry, row) in enumerate(pairs, start=1)
        if entry is None or row is None or not _is_row_of(row, entry)
    ]
    if differing:
        last = report.scenario.steps[-1]
        problem = (
            f"expected the journal to hold the {len(report.entries)} events, got {len(rows)} rows, "
            f"different from no. {differing[0]} on"
        )
        report.problems.append(Problem(last.line, last.number, problem))


def _is_row_of(row: JournalLine, entry: Entry) -> bool:
    told = entry.event.model_dump(mode="json", exclude={"type", *row.redacted})
    shown = (row.seq, row.at, row.actor, row.command_id, row.type, row.data)
    return shown == (entry.seq, entry.at, entry.by, entry.command, entry.event.type, told)


def _print(report: Report, terminal: Terminal) -> None:
    for problem in report.lines():
        terminal.data.print(Text(problem), soft_wrap=True)
    state = report.state
    broken = f"{len(report.problems)} not as expected, " if report.problems else ""
    told = f"  {broken}{report.steps} steps, {len(report.entries)} events, {state.stage} ["
    mark = ("✗ ", "red") if report.problems else ("✓ ", "green")
    line = Text.assemble(mark, (report.scenario.name, "bold"), told)
    line.append_text(drawing.levels_text(state.levels)).append("]")
    terminal.data.print(line, soft_wrap=True)
