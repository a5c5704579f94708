"""``coopflow readmodel verify|rebuild``: is the read model what it should be, and making it so."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from rich.text import Text

from coopflow import bootstrap
from coopflow.application.engine import Address
from coopflow.application.verification import Finding, Report, Verifier
from coopflow.entrypoints.cli.cooperations import locate, parse_address
from coopflow.entrypoints.cli.failures import REFUSED, NotFoundError, UsageError
from coopflow.entrypoints.cli.output import Format, Terminal
from coopflow.entrypoints.cli.progress import bar
from coopflow.entrypoints.cli.words import Phrases
from coopflow.settings import Settings


def verify(
    settings: Settings,
    cooperations: Sequence[str],
    *,
    programme: str | None,
    database_only: bool,
    output: Format,
) -> int:
    """Compare the read model with the journal and the workflows; write what is wrong.

    Returns:
        The exit code.

    Raises:
        NotFoundError: nobody knows a cooperation that was named.
        UnavailableError: the database or the engine does not answer.
    """
    return _go_through(
        settings,
        cooperations,
        lambda verifier, address: verifier.verify(address),
        programme=programme,
        database_only=database_only,
        output=output,
    )


def rebuild(
    settings: Settings,
    cooperations: Sequence[str],
    *,
    everything: bool,
    database_only: bool,
    output: Format,
) -> int:
    """Restore the read model from the journal and the workflows; write what was wrong and is left.

    Returns:
        The exit code.

    Raises:
        UsageError: neither cooperations nor all of them were named, or both.
        NotFoundError: nobody knows a cooperation that was named.
        UnavailableError: the database or the engine does not answer.
    """
    if everything == bool(cooperations):
        raise UsageError("name the cooperations to rebuild, or --all of them")
    return _go_through(
        settings,
        cooperations,
        lambda verifier, address: verifier.rebuild(address, always=bool(cooperations)),
        programme=None,
        database_only=database_only,
        output=output,
    )


def _go_through(  # noqa: PLR0913 - the options of both commands
    settings: Settings,
    cooperations: Sequence[str],
    look: Callable[[Verifier, Address], Awaitable[Report | None]],
    *,
    programme: str | None,
    database_only: bool,
    output: Format,
) -> int:
    """Do the same with one cooperation after the other, and write what comes of each."""
    writer = _Writer(output, Phrases(settings.language))

    async def work() -> None:
        async with bootstrap.verifier(settings, database_only=database_only) as verifier:
            chosen = await _chosen(settings, verifier, cooperations, programme)
            with bar(writer.terminal) as progress:
                task = progress.add_task("", total=len(cooperations) or await verifier.count())
                async for address in chosen:
                    report = await look(verifier, address)
                    writer.take(address, report, was_named=bool(cooperations))
                    progress.advance(task)

    asyncio.run(work())
    return writer.end()


async def _chosen(
    settings: Settings, verifier: Verifier, cooperations: Sequence[str], programme: str | None
) -> AsyncIterator[Address]:
    if not cooperations:
        return verifier.addresses(programme)
    named = [parse_address(one) or await _located(settings, one) for one in cooperations]

    async def each() -> AsyncIterator[Address]:
        for address in named:
            yield address

    return each()


async def _located(settings: Settings, cooperation: str) -> Address:
    async with bootstrap.reading(settings) as reading:
        try:
            return await locate(reading.queries, cooperation)
        except NotFoundError as error:
            raise NotFoundError(
                f"{error}. If it is the read model that has lost it, write PROGRAMME/{cooperation}"
            ) from error


class _Writer:
    """Writes each report as it comes: nothing is kept but numbers."""

    def __init__(self, output: Format, say: Phrases) -> None:
        self.terminal = Terminal()
        self._output = output
        self._say = say
        self._counts: Counter[str] = Counter()

    def take(self, address: Address, report: Report | None, *, was_named: bool) -> None:
        """Write what was found about a cooperation; sound ones are counted."""
        if report is None:
            if was_named:
                raise NotFoundError(f"neither the read model nor a workflow knows {address}")
            return  # its workflow waits to be opened, or has just gone
        if self._output == "json":
            begin = ",\n" if self._counts["all"] else "[\n"
            sys.stdout.write(begin + report.model_dump_json())
        self._counts["all"] += 1
        self._counts["wrong"] += bool(report.findings)
        self._counts["mended"] += bool(report.mended)
        self._counts["gone"] += report.is_gone
        self._counts["waiting"] += report.waiting
        if self._output == "table":
            for sign, style, findings in (
                ("✓", "green", report.mended),
                ("✗", "red", report.findings),
            ):
                for one in findings:
                    line = Text.assemble((f"{sign} ", style), (f"{address}  ", "bold"))
                    line.append(self._words(one))
                    self.terminal.data.print(line, soft_wrap=True)

    def end(self) -> int:
        """Write what comes last, and return the exit code."""
        counts = self._counts
        if self._output == "json":
            sys.stdout.write("\n]\n" if counts["all"] else "[]\n")
        else:
            sound = counts["all"] - counts["wrong"]
            everything = self._say.count(counts["all"], "cooperation")
            said = [self._say("verify.sound", sound=sound, all=everything)]
            said += [
                self._say(f"verify.{name}", count=counts[name])
                for name in ("mended", "gone", "waiting")
                if counts[name]
            ]
            self.terminal.data.print(Text("; ".join(said)), soft_wrap=True)
        return REFUSED if counts["wrong"] else 0

    def _words(self, one: Finding) -> str:
        last = one.last or one.first
        entries = "entry" if last == one.first else "entries"
        values: dict[str, Any] = {
            "row": " ".join(filter(None, (one.table, one.row))),
            "parts": ", ".join(one.parts),
            "entries": self._say(f"verify.{entries}", first=one.first, last=last),
        }
        return self._say(f"finding.{one.kind}", **values)
