"""``coopflow journal``: the journal of a cooperation as a file that proves itself."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from rich.table import Table
from rich.text import Text

from coopflow import bootstrap, signing
from coopflow.application.engine import Address
from coopflow.application.journal_file import Report, Summary, Writer, verify
from coopflow.domain.chain import GENESIS, digest_of
from coopflow.domain.lines import Fault, exported, secret_decision
from coopflow.entrypoints.cli.cooperations import locate
from coopflow.entrypoints.cli.failures import REFUSED, UsageError
from coopflow.entrypoints.cli.output import Format, Terminal
from coopflow.entrypoints.cli.progress import bar
from coopflow.entrypoints.cli.words import Phrases
from coopflow.settings import Settings

_STDIN: Final = Path("-")


def export(settings: Settings, cooperation: str, *, to: Path | None, sign: Path | None) -> None:
    """Write the journal of a cooperation, to a file or stdout.

    Raises:
        SigningKeyError: the key cannot be used.
        NotFoundError: there is no such cooperation.
        UsageError: the file cannot be written, or several cooperations are meant.
        UnavailableError: the read model does not answer.
    """
    key = None if sign is None else signing.SigningKey.at(sign)
    terminal, say = Terminal(), Phrases(settings.language)
    with written(to) as file:
        count = asyncio.run(_export(settings, cooperation, file, key, terminal))
    if to is not None:
        terminal.note(say("journal.exported", entries=say.count(count, "entry"), file=to))


async def _export(
    settings: Settings,
    cooperation: str,
    file: BinaryIO,
    key: signing.SigningKey | None,
    terminal: Terminal,
) -> int:
    async with bootstrap.reading(settings) as reading:
        address = await locate(reading.queries, cooperation)
    async with bootstrap.reading(settings) as reading, reading.history.journal(address) as journal:
        last = journal.last
        head = GENESIS if last.previous is None else digest_of(last)
        writer = Writer(address, last.seq, head, datetime.now(UTC))
        secret: set[str] = set()
        with bar(terminal) as progress:
            task = progress.add_task("", total=last.seq)
            file.write(writer.header())
            async for page in journal.pages():
                for entry in page:
                    kept = exported(entry, secret)
                    decision = secret_decision(kept["event"])
                    secret |= {decision} if decision else set()
                    file.write(writer.entry(kept))
                progress.advance(task, len(page))
            file.write(writer.closing(key.sign if key else None))
    return last.seq


def check(settings: Settings, file: Path, *, key: Path | None, output: Format) -> int:
    """Verify a file, and say what it holds or what is wrong with it.

    Returns:
        The exit code.

    Raises:
        SigningKeyError: the key cannot be used.
        UsageError: the file cannot be read.
    """
    expected = None if key is None else signing.public_key(key)
    try:
        with _opened(file) as source:
            report = verify(source, signing.is_genuine, expected)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    terminal, say = Terminal(), Phrases(settings.language)
    if output == "json":
        summary = report.summary
        signed_by = summary.signed_by if summary else None
        extra = {"key_id": signing.fingerprint(signed_by)} if signed_by else {}
        terminal.json(report.model_dump(mode="json") | {"is_sound": not report.faults} | extra)
    elif report.summary is not None:
        _draw(report.summary, terminal, say)
    else:
        _complain(file, report, terminal, say)
    return REFUSED if report.faults else 0


def key(settings: Settings, file: Path) -> None:
    """Write the public key that goes with the private key of a file; make one when there is none.

    Raises:
        SigningKeyError: the key cannot be used, or none can be made.
    """
    terminal, say = Terminal(), Phrases(settings.language)
    is_new = not file.exists()
    found = signing.SigningKey.make(file) if is_new else signing.SigningKey.at(file)
    sys.stdout.write(found.public_pem)
    said = "journal.key_made" if is_new else "journal.key_there"
    terminal.note(say(said, file=file, id=signing.fingerprint(found.public)))


# --- files ----------------------------------------------------------------------------------------


@contextlib.contextmanager
def written(to: Path | None) -> Iterator[BinaryIO]:
    """Write to stdout, or to a file that is there only once it is whole."""
    if to is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{to.name}-", dir=to.parent)
    except OSError as error:
        raise UsageError(f"{to} cannot be written: {error.strerror}") from error
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            yield opened
            opened.flush()
            os.fsync(descriptor)
        draft.replace(to)
    except OSError as error:
        raise UsageError(f"{to} cannot be written: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    if file == _STDIN:
        yield sys.stdin.buffer
    else:
        with file.open("rb") as opened:
            yield opened


# --- words ----------------------------------------------------------------------------------------


def _draw(summary: Summary, terminal: Terminal, say: Phrases) -> None:
    address = Address(summary.programme, summary.cooperation)
    terminal.data.print(Text.assemble(("✓ ", "green"), (say("journal.sound"), "bold")))
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(say("head.cooperation"), str(address))
    span = f"{say.moment(summary.first_at)} → {say.moment(summary.last_at)}"
    table.add_row(say("journal.entries"), f"{summary.entries}  {span}")
    table.add_row(say("journal.head"), summary.head)
    table.add_row(say("journal.exported_at"), summary.exported_at)
    table.add_row(say("journal.withheld"), str(summary.withheld))
    table.add_row(say("journal.erased"), str(summary.erased))
    table.add_row(say("journal.signature"), _signature(summary, say))
    terminal.data.print(table)
    if summary.unlinked:
        terminal.data.print(Text(say("journal.unlinked", last=summary.unlinked), "yellow"))


def _signature(summary: Summary, say: Phrases) -> str:
    if summary.signed_by is None:
        return say("journal.not_signed")
    said = "journal.signed" if summary.is_known else "journal.signed_by_somebody"
    return say(said, id=signing.fingerprint(summary.signed_by))


def _complain(file: Path, report: Report, terminal: Terminal, say: Phrases) -> None:
    title = (say("journal.unsound", file=file), "bold")
    terminal.data.print(Text.assemble(("✗ ", "red"), title), soft_wrap=True)
    for fault in report.faults:
        line = Text.assemble((f"  {_place(fault, say)}", "dim"), _words(fault, say))
        terminal.data.print(line, soft_wrap=True)


def _place(fault: Fault, say: Phrases) -> str:
    parts = []
    if fault.line is not None:
        parts.append(say("journal.line", line=fault.line))
    if fault.last is not None:
        parts.append(say("journal.entries_from", first=fault.entry, last=fault.last))
    elif fault.entry is not None:
        parts.append(say("journal.entry", entry=fault.entry))
    if fault.field is not None:
        parts.append(fault.field)
    return ", ".join(parts) + (": " if say.language == "en" else " : ") if parts else ""


def _words(fault: Fault, say: Phrases) -> str:
    code = "changed_among" if fault.code == "changed" and fault.last else fault.code
    return say(f"fault.{code}", expected=fault.expected, found=fault.found)
