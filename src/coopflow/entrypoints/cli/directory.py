"""``coopflow directory|programme|person``: who is in the directory, and files of them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from rich.text import Text

from coopflow import bootstrap
from coopflow.access.grants import OPERATOR
from coopflow.access.readdressing import import_records
from coopflow.directory.directory import Directory
from coopflow.directory.importing import Import, export_organisations, export_people
from coopflow.directory.organisations import Organisation
from coopflow.directory.people import PROGRAMME_ROLES, Person, PersonStated, new_person_id
from coopflow.directory.planning import ImportReport
from coopflow.directory.programmes import Programme, ProgrammeStated
from coopflow.directory.sheets import MAX_BYTES
from coopflow.domain.base import Shape
from coopflow.entrypoints.cli.failures import UsageError
from coopflow.entrypoints.cli.output import Format, Terminal
from coopflow.entrypoints.cli.words import Phrases
from coopflow.settings import Settings

Listed = Literal["people", "organisations"]

_STYLES: Final = {"added": "green", "changed": "yellow", "unchanged": "dim"}
_SHOWN: Final = 50

_T = TypeVar("_T")


def _ask(settings: Settings, question: Callable[[Directory], Awaitable[_T]]) -> _T:
    async def ask() -> _T:
        async with bootstrap.directory(settings) as directory:
            return await question(directory)

    return asyncio.run(ask())


def import_csv(
    settings: Settings, file: Path, *, programme: str | None, dry_run: bool, output: Format
) -> None:
    """Import a file of people or organisations, and write what was done about each line.

    Raises:
        FaultsError: something is wrong with the file; nothing was written.
        UsageError: there is no such file.
        UnavailableError: the directory does not answer.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None

    wanted = Import(str(file), content, programme, dry_run=dry_run)

    async def take_in() -> ImportReport:
        async with bootstrap.directory(settings) as directory, bootstrap.access(settings) as access:
            return await import_records(directory, access, OPERATOR, wanted, datetime.now(UTC))

    report = asyncio.run(take_in())
    terminal, say = Terminal(), Phrases(settings.language)
    if output == "json":
        terminal.json(report.model_dump(mode="json"))
    else:
        _print_report(report, terminal, say)


def _print_report(report: ImportReport, terminal: Terminal, say: Phrases) -> None:
    changing = [line for line in report.lines if line.outcome != "unchanged"]
    for line in changing[:_SHOWN]:
        told = Text.assemble((say(f"directory.{line.outcome}"), _STYLES[line.outcome]))
        told.append(f"  {line.id or say('directory.new_id')}", "bold")
        told.append(f"  {line.name}")
        told.append(f"  {', '.join(line.fields)}" if line.fields else "", "dim")
        terminal.data.print(told, soft_wrap=True)
    if len(changing) > _SHOWN:
        terminal.data.print(Text(say("directory.more", count=len(changing) - _SHOWN), "dim"))
    counts = report.model_dump(include={"added", "changed", "unchanged"})
    terminal.note(say("directory.dry" if report.dry_run else "directory.done", **counts))


def export(settings: Settings, listed: Listed, *, programme: str | None, to: Path | None) -> None:
    """Write people or organisations as a file that can be imported, by default to stdout.

    Raises:
        UsageError: the file cannot be written.
        UnavailableError: the directory does not answer.
    """
    write = export_people if listed == "people" else export_organisations
    text = _ask(settings, lambda directory: write(directory, programme))
    if to is None:
        sys.stdout.buffer.write(text.encode())
        return
    try:
        to.write_bytes(text.encode())
    except OSError as error:
        raise UsageError(f"{to} cannot be written: {error.strerror}") from None


def list_all(settings: Settings, listed: Listed, *, programme: str | None, output: Format) -> None:
    """Write the people or organisations of a programme, or all of them.

    Raises:
        UnavailableError: the directory does not answer.
    """

    async def question(directory: Directory) -> list[Person] | list[Organisation]:
        if listed == "people":
            return await _people(directory, programme)
        return await _organisations(directory, programme)

    found = _ask(settings, question)
    terminal, say = Terminal(), Phrases(settings.language)
    if output == "json":
        terminal.json(_data(found))
        return
    for one in found:
        line = Text.assemble((one.id, "bold"), f"  {one.name}")
        line.append(f"  {one.email}" if one.email else "", "cyan")
        if isinstance(one, Organisation):
            line.append(f"  {one.programme}  {say(f'category.{one.category}')}", "dim")
        elif one.administrator:
            line.append(f"  {say('directory.administrator')}", "yellow")
        terminal.data.print(line, soft_wrap=True)
    if not found:
        terminal.note(say("directory.empty"))


async def _people(directory: Directory, programme: str | None) -> list[Person]:
    found: list[Person] = []
    while page := await directory.people(programme, after=found[-1].id if found else None):
        found += page
    return found


async def _organisations(directory: Directory, programme: str | None) -> list[Organisation]:
    named = [one.id for one in await _programmes(directory)] if programme is None else [programme]
    found: list[Organisation] = []
    for one in named:
        after = None
        while page := await directory.organisations(one, after=after):
            found += page
            after = page[-1].id
    return found


async def _programmes(directory: Directory) -> list[Programme]:
    found: list[Programme] = []
    while page := await directory.programmes(after=found[-1].id if found else None):
        found += page
    return found


def add_programme(settings: Settings, programme: str, stated: dict[str, Any]) -> None:
    """Add a programme to the directory.

    Raises:
        DirectoryError: it cannot be added; says why.
        UnavailableError: the directory does not answer.
    """
    read = ProgrammeStated.read({"name": programme} | _given(stated))
    _ask(settings, lambda directory: directory.add_programme(programme, read, datetime.now(UTC)))
    say = Phrases(settings.language)
    Terminal().note(say("directory.programme_added", id=programme))


def list_programmes(settings: Settings, *, output: Format) -> None:
    """Write the programmes of the directory.

    Raises:
        UnavailableError: the directory does not answer.
    """
    found = _ask(settings, _programmes)
    terminal, say = Terminal(), Phrases(settings.language)
    if output == "json":
        terminal.json(_data(found))
        return
    for one in found:
        line = Text.assemble((one.id, "bold"), f"  {one.name}")
        follows = " ".join(name for name in (one.lifecycle, one.policy) if name)
        line.append(f"  {follows}" if follows else "", "dim")
        terminal.data.print(line, soft_wrap=True)
    if not found:
        terminal.note(say("directory.empty"))


def add_person(
    settings: Settings,
    person: str | None,
    stated: dict[str, Any],
    *,
    programme: str | None,
    roles: list[str],
) -> None:
    """Add a person to the directory, and write their id.

    Raises:
        UsageError: a role is not known, or has no programme.
        DirectoryError: they cannot be added; says why.
        UnavailableError: the directory does not answer.
    """
    held = [one for one in PROGRAMME_ROLES if one in roles]
    if unknown := {*roles} - {*held}:
        known = ", ".join(PROGRAMME_ROLES)
        raise UsageError(f"there is no role {', '.join(sorted(unknown))} in programmes: {known}")
    if held and programme is None:
        raise UsageError("roles are held in a programme: name it with --programme")
    name = person or new_person_id()
    read = PersonStated.read(_given(stated))
    _ask(
        settings,
        lambda directory: directory.add_person(
            name, read, datetime.now(UTC), programme=programme, roles=held
        ),
    )
    Terminal().data.print(Text(name), soft_wrap=True)


def show_person(settings: Settings, person: str, *, output: Format) -> None:
    """Write what the directory knows of a person, named by id or by e-mail address.

    Raises:
        UnknownRecordError: there is none.
        UnavailableError: the directory does not answer.
    """

    async def question(directory: Directory) -> tuple[Person, dict[str, tuple[str, ...]]]:
        found = await directory.person_by_email(person) if "@" in person else None
        found = found or await directory.person(person)
        return found, {**await directory.roles_of(found.id)}

    found, roles = _ask(settings, question)
    terminal, say = Terminal(), Phrases(settings.language)
    if output == "json":
        terminal.json(found.model_dump(mode="json") | {"programmes": roles})
        return
    line = Text.assemble((found.id, "bold"), f"  {found.name}")
    line.append(f"  {found.email}" if found.email else "", "cyan")
    line.append(f"  {found.language}", "dim")
    line.append(f"  {say('directory.administrator')}" if found.administrator else "", "yellow")
    terminal.data.print(line, soft_wrap=True)
    for programme, held in roles.items():
        words = say.several([say(f"role.{role}") for role in held]) or say("directory.takes_part")
        terminal.data.print(Text(f"  {programme}: {words}"), soft_wrap=True)
    for kind, frequency in found.notifications:
        terminal.data.print(
            Text(f"  {say(f'notice.{kind}')}: {say(f'frequency.{frequency}')}", "dim"),
            soft_wrap=True,
        )


def _given(stated: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stated.items() if value is not None}


def _data(found: Iterable[Shape]) -> list[Any]:
    return [one.model_dump(mode="json") for one in found]
