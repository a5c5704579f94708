"""Changes of people in the directory, with which goes what was sent to an address of before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from coopflow.access.access import Access
from coopflow.application.callers import Caller
from coopflow.directory.directory import Directory
from coopflow.directory.importing import import_file
from coopflow.directory.people import Person
from coopflow.directory.planning import ImportReport


async def change_person(  # noqa: PLR0913, PLR0917 - as of Directory.change_person, and by whom
    directory: Directory,
    access: Access,
    by: Caller,
    person: str,
    changes: Mapping[str, Any],
    at: datetime,
    expected: int | None = None,
) -> Person:
    """Change fields of a person; with an e-mail address end links that it got, and sessions.

    Raises as ``Directory.change_person`` does.
    """
    before = await directory.person(person)
    found = await directory.change_person(person, changes, at, expected)
    if found.email != before.email:
        await access.readdress(person, by)
    return found


async def import_records(  # noqa: PLR0913, PLR0917 - as of import_file, and by whom
    directory: Directory,
    access: Access,
    by: Caller,
    file: str,
    content: bytes,
    at: datetime,
    *,
    programme: str | None = None,
    isolated: bool = False,
    dry_run: bool = False,
) -> ImportReport:
    """Import a file of people or organisations as ``import_file`` does; addresses as above."""
    report = await import_file(
        directory, file, content, at, programme=programme, isolated=isolated, dry_run=dry_run
    )
    if report.kind == "people" and not dry_run:
        for line in report.lines:
            if line.id is not None and "email" in line.fields:
                await access.readdress(line.id, by)
    return report
