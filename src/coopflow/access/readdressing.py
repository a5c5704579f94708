"""Changes of people in the directory, with which goes what was sent to an address of before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from coopflow.access.access import Access
from coopflow.application.callers import Caller
from coopflow.directory.directory import Directory
from coopflow.directory.importing import Import, import_file
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


async def import_records(
    directory: Directory, access: Access, by: Caller, wanted: Import, at: datetime
) -> ImportReport:
    """Import a file of people or organisations as ``import_file`` does; addresses as above."""
    report = await import_file(directory, wanted, at)
    if report.kind == "people" and not wanted.dry_run:
        for line in report.lines:
            if line.id is not None and "email" in line.fields:
                await access.readdress(line.id, by)
    return report
