"""``coopflow doctor``: is all there that coopflow needs, and what to do if not."""

from __future__ import annotations

import asyncio
import importlib.metadata
import os
import platform
import re
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, NamedTuple

from rich.table import Table
from rich.text import Text

from coopflow import bootstrap
from coopflow.application.engine import UnavailableError
from coopflow.application.verification import Lag
from coopflow.entrypoints.cli.doctor_words import french
from coopflow.entrypoints.cli.failures import UNAVAILABLE
from coopflow.entrypoints.cli.output import Format, Terminal
from coopflow.readmodel.errors import DatabaseUrlError
from coopflow.sealing.errors import KeysError
from coopflow.settings import Settings, SettingsError
from coopflow.temporal.embedded import find_server_binary
from coopflow.temporal.errors import (
    DeploymentError,
    TemporalSettingsError,
    TemporalUnavailableError,
)

_OLDEST: Final = (3, 11)
_COUNTED: Final = 1000
_ASKED: Final = 100
_BEHIND: Final = timedelta(seconds=60)
_FULL: Final = 80  # percent
_SIGNS: Final = {
    "ok": ("✓", "green"),
    "note": ("·", "yellow"),
    "missing": ("✗", "red"),
}


class Finding(NamedTuple):
    """What was found about one thing that coopflow needs.

    Attributes:
        name: what was looked at.
        status: ``note`` is not there and not needed yet.
        detail: what was found.
        remedy: what to do about it; empty when nothing.
    """

    name: str
    status: Literal["ok", "note", "missing"]
    detail: str
    remedy: str = ""


class _BehindError(Exception):
    """The read model is behind by more than a moment; says how far."""


class _FullError(Exception):
    """A cooperation has little room left for its state and what waits; says which."""


def examine(settings: Settings, *, output: Format) -> int:
    """Look at everything, write what was found, and return the exit code."""
    findings = asyncio.run(_examine(settings))
    terminal = Terminal()
    if output == "json":
        terminal.json([finding._asdict() for finding in findings])
    else:
        table = Table.grid(padding=(0, 1))
        for found in findings:
            finding = found if settings.language == "en" else _french(found)
            detail = Text(finding.detail)
            if finding.remedy:
                detail.append(f"\n→ {finding.remedy}", "cyan")
            table.add_row(Text(*_SIGNS[finding.status]), Text(finding.name, "bold"), detail)
        terminal.data.print(table)
    return UNAVAILABLE if any(finding.status == "missing" for finding in findings) else 0


def _french(found: Finding) -> Finding:
    return Finding(french(found.name), found.status, french(found.detail), french(found.remedy))


async def _examine(settings: Settings) -> list[Finding]:
    is_cluster = bootstrap.names_cluster(settings)
    keys = _keys(settings, is_cluster=is_cluster)
    engine = await _engine(settings, is_cluster=is_cluster)
    findings = [
        _python(),
        _packages(),
        _server(is_needed=not is_cluster),
        _state_dir(settings),
        await _database(settings),
        keys,
        engine,
        *([await _versions(settings)] if settings.deployment else []),
        await _mail(settings),
    ]
    if findings[-1].status != "note":
        findings.append(await _mail_queue(settings))
    if keys.status == engine.status == "ok":  # else there is nobody to ask
        findings.append(await _tried("Read model", lambda: _read_model(settings)))
    return findings


async def _mail(settings: Settings) -> Finding:
    try:
        reached = await bootstrap.reach_mail(settings)
    except SettingsError as error:
        return Finding("Mail", "missing", "the address of the server is not one", str(error))
    except UnavailableError as error:
        what, _, remedy = str(error).partition(": ")
        return Finding("Mail", "missing", what, remedy)
    if reached is None:
        remedy = "set COOPFLOW_SMTP_URL, COOPFLOW_MAIL_FROM and COOPFLOW_PUBLIC_URL to send some"
        return Finding("Mail", "note", "none is sent: there is no server", remedy)
    return Finding("Mail", "ok", reached)


async def _mail_queue(settings: Settings) -> Finding:
    try:
        found = await bootstrap.mails_of(settings)
    except (UnavailableError, DatabaseUrlError):
        return Finding("Mail queue", "note", "the database does not say")
    oldest = f", the oldest since {found.oldest:%Y-%m-%d %H:%MZ}" if found.oldest else ""
    error = f", the last error: {found.last_error}" if found.last_error else ""
    detail = f"{found.waiting} waiting{oldest}, {found.failed} failed{error}"
    if found.failed or found.last_error:
        remedy = "see what the server says, and what docs/how-to/mail.md says of it"
        return Finding("Mail queue", "note", detail, remedy)
    return Finding("Mail queue", "ok", detail)


def _python() -> Finding:
    version = platform.python_version()
    if sys.version_info < _OLDEST:
        wanted = ".".join(map(str, _OLDEST))
        return Finding("Python", "missing", version, f"use Python {wanted} or later")
    return Finding("Python", "ok", f"{version}, {sys.executable}")


def _packages() -> Finding:
    if not _is_installed("coopflow"):
        remedy = "install the checkout: pip install --editable ."
        return Finding("Packages", "missing", "coopflow runs without being installed", remedy)
    required = importlib.metadata.requires("coopflow") or []
    names = [
        match.group()
        for line in required
        if "extra ==" not in line and (match := re.match(r"[A-Za-z0-9._-]+", line))
    ]
    absent = [name for name in names if not _is_installed(name)]
    if absent:
        remedy = f"pip install {' '.join(absent)}"
        return Finding("Packages", "missing", f"absent: {', '.join(absent)}", remedy)
    version = importlib.metadata.version("coopflow")
    return Finding("Packages", "ok", f"coopflow {version} and the {len(names)} that it needs")


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _server(*, is_needed: bool) -> Finding:
    try:
        program = find_server_binary()
    except TemporalUnavailableError as error:
        return Finding("Temporal program", "missing" if is_needed else "note", str(error))
    return Finding("Temporal program", "ok", str(program))


def _state_dir(settings: Settings) -> Finding:
    place = settings.state_dir.absolute()
    there = place
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        remedy = "make it writable, or name another one (COOPFLOW_STATE_DIR)"
        return Finding("State directory", "missing", f"{place}: {there} is not writable", remedy)
    detail = str(place) if there == place else f"{place}, made when it is needed"
    return Finding("State directory", "ok", detail)


async def _database(settings: Settings) -> Finding:
    file = settings.database_file
    if file is not None and not file.exists():
        return Finding("Database", "note", f"{file}, made when it is needed")

    async def open_it() -> str:
        async with bootstrap.reading(settings) as reading:
            count = len(await reading.queries.cooperations(limit=_COUNTED))
            many = " or more" if count == _COUNTED else ""
            return f"{file or 'the one of COOPFLOW_DATABASE_URL'}, {count}{many} cooperations"

    return await _tried("Database", open_it)


def _keys(settings: Settings, *, is_cluster: bool) -> Finding:
    file, is_given = settings.own_keys_file, settings.keys is not None
    if not (is_given or is_cluster or settings.keys_file or file.exists()):
        return Finding("Keys", "note", f"{file}, made when the engine first starts")
    try:
        ring = bootstrap.key_ring(settings)
    except KeysError as error:
        return Finding("Keys", "missing", str(error))
    sets = ring.sets()
    current = [f"{sets.default.current} by default"] if sets.default else []
    current += [f"{one.current} for {name}" for name, one in sets.programmes.items()]
    return Finding("Keys", "ok", f"{ring.source}, encrypts with {', '.join(current)}")


async def _engine(settings: Settings, *, is_cluster: bool) -> Finding:
    found = await _tried("Engine", lambda: bootstrap.reach_engine(settings))
    if found.status == "missing" and not is_cluster:
        return Finding("Engine", "note", "not running here", "start it: coopflow dev")
    return found


async def _versions(settings: Settings) -> Finding:
    """Look whether every cooperation has workers of the version that it runs on."""
    try:
        async with bootstrap.deployment(settings) as deployment:
            versions = await deployment.versions()
    except (DeploymentError, TemporalUnavailableError, TemporalSettingsError) as error:
        return Finding("Versions", "note", str(error))
    used = [one for one in versions if one.cooperations or one.standing == "current"]
    detail = "; ".join(
        f"{one.build_id} ({one.standing}): {one.cooperations} cooperations, {one.workers} workers"
        for one in used
    )
    stranded = [one.build_id for one in used if one.is_stranded]
    if stranded:
        remedy = (
            f"start workers of {' and '.join(stranded)} until it is drained (coopflow deployment "
            "drain), or let the current version take over (--take-over)"
        )
        return Finding("Versions", "missing", detail, remedy)
    return Finding("Versions", "ok", detail)


async def _read_model(settings: Settings) -> str:
    """Say how far the read model follows the cooperations opened last, and how full these are.

    Raises:
        _BehindError: it does not follow, though the database answers.
        _FullError: one of them has little room left.
    """
    found = await bootstrap.lag(settings, _ASKED)
    said = _followed(found)
    if found.fullest is not None:
        said += f"; the fullest has taken {found.taken} % of its room ({found.fullest})"
    if found.taken >= _FULL:
        raise _FullError(said)
    return said


def _followed(found: Lag) -> str:
    asked = f"of {found.looked_at} cooperations asked"
    if not found.behind:
        return f"follows up to the last entry {asked}"
    said = f"{found.entries} entries wait, of {found.behind} {asked}"
    if found.since is None:
        return f"{said}; all of them imported pasts"
    age = datetime.now(UTC) - found.since
    said += f"; the oldest for {age.total_seconds():.0f} s ({found.oldest})"
    if age >= _BEHIND:
        raise _BehindError(said)
    return said


async def _tried(name: str, attempt: Callable[[], Awaitable[str]]) -> Finding:
    unusable = (
        UnavailableError,
        DatabaseUrlError,
        KeysError,
        TemporalUnavailableError,
        TemporalSettingsError,
    )
    try:
        return Finding(name, "ok", await attempt())
    except _BehindError as error:
        remedy = "look at the database and at the worker's log, then: coopflow readmodel verify"
        return Finding(name, "missing", str(error), remedy)
    except _FullError as error:
        remedy = (
            "it refuses commands once it is full: let the read model catch up, and see "
            "which drafts are long (coopflow coop show)"
        )
        return Finding(name, "missing", str(error), remedy)
    except unusable as error:
        return Finding(name, "missing", str(error))
