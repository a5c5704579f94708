"""Files of people and organisations: imported as a whole or not at all, and exported."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.definitions.faults import FaultsError
from coopflow.directory import rows
from coopflow.directory.columns import ORGANISATIONS, PEOPLE, named
from coopflow.directory.directory import Directory, join
from coopflow.directory.people import ProgrammeRole, new_person_id
from coopflow.directory.planning import Holdings, ImportReport, K, Place, Plan, S, Step, report
from coopflow.directory.presence import presence
from coopflow.directory.rows import ORGANISATION, PERSON, Kind
from coopflow.directory.sheets import Sheet, header_of, read_sheet, write_sheet
from coopflow.directory.tables import (
    OrganisationRow,
    ParticipationRow,
    ProgrammeRow,
)

_AT_ONCE: Final = 500


class Import(NamedTuple):
    """An import that is asked for.

    Attributes:
        file: the name of the file, for messages.
        content: what it holds.
        programme: the one that its lines belong to unless they name it themselves.
        isolated: keep to that programme, as one who manages no other has to.
        dry_run: only tell what would be done.
    """

    file: str
    content: bytes
    programme: str | None = None
    isolated: bool = False
    dry_run: bool = False


async def import_file(directory: Directory, wanted: Import, at: datetime) -> ImportReport:
    """Import a file of people or of organisations; the latter has a column of categories.

    Saying it again changes nothing more. A column that is missing leaves things as they are.

    Args:
        directory: into which.
        wanted: what, and how.
        at: when.

    Raises:
        FaultsError: something is wrong with the file; says what, with lines and columns, and
            nothing is written.
        DatabaseUnavailableError: the database does not answer.
    """
    header = header_of(wanted.file, wanted.content)
    if any(named(ORGANISATIONS, name) == ORGANISATIONS[2] for name in header):
        sheet = read_sheet(wanted.file, wanted.content, ORGANISATIONS)
        return await _import(directory, ORGANISATION, sheet, wanted, at)
    sheet = read_sheet(wanted.file, wanted.content, PEOPLE)
    return await _import(directory, PERSON, sheet, wanted, at)


async def export_people(directory: Directory, programme: str | None = None) -> str:
    """Write the people of a programme, or all of them, as a file that can be imported.

    Somebody who takes part in several programmes has a line for each.
    """
    async with directory.reading() as connection:
        where = [] if programme is None else [ParticipationRow.programme == programme]
        found = select(ParticipationRow.__table__).where(*where)
        places: dict[str, list[Any]] = {}
        for row in await connection.execute(found.order_by(ParticipationRow.programme)):
            places.setdefault(row.person, []).append(row)
        people = await rows.page(connection, PERSON, limit=None)
    header = [column.field for column in PEOPLE]
    lines: list[list[str | None]] = []
    for person in people:
        own = places.get(person.id, [])
        said = person.model_dump() | person.notifications.model_dump()
        for place in own or ([] if programme else [None]):
            said |= {
                "programme": place.programme if place else "",
                "roles": "|".join(place.roles) if place else "",
            }
            lines.append([said[field] for field in header])
    return write_sheet(header, lines)


async def export_organisations(directory: Directory, programme: str | None = None) -> str:
    """Write the organisations of a programme, or all of them, as a file that can be imported."""
    where = [] if programme is None else [OrganisationRow.programme == programme]
    async with directory.reading() as connection:
        found = await rows.page(connection, ORGANISATION, *where, limit=None)
    header = [column.field for column in ORGANISATIONS]
    lines = [[one.model_dump()[field] for field in header] for one in found]
    return write_sheet(header, lines)


async def _import(
    directory: Directory, kind: Kind[S, K], sheet: Sheet, wanted: Import, at: datetime
) -> ImportReport:
    async with directory.reading() if wanted.dry_run else directory.writing() as connection:
        holdings = await _holdings(connection, kind, sheet)
        programme, isolated = wanted.programme, wanted.isolated
        plan = Plan(kind, sheet, holdings, new_person_id, programme, isolated=isolated)
        steps, faults = plan.steps()
        if faults:
            raise FaultsError(faults)
        if not wanted.dry_run:
            await _write(connection, kind, steps, at)
    return report(steps, kind, dry_run=wanted.dry_run)


async def _holdings(connection: AsyncConnection, kind: Kind[S, K], sheet: Sheet) -> Holdings[K]:
    """Read what a file names, by id or by what only one record has."""
    records: dict[Place, K] = {}
    named_by = {
        "id": [line.text("id") for line in sheet.lines],
        kind.own_column: [kind.own_key(line.text(kind.own)) for line in sheet.lines],
    }
    for name, said in named_by.items():
        for some in _parts({*said} - {""}):
            is_named = rows.column(kind, name).in_(some)
            for one in await rows.page(connection, kind, is_named, limit=None):
                records[Place(getattr(one, "programme", None), one.id)] = one
    roles: dict[str, dict[str, tuple[ProgrammeRole, ...]]] = {}
    present: dict[str, frozenset[str]] = {}
    if kind is PERSON:
        for some in _parts({*named_by["id"], *(place.id for place in records)} - {""}):
            present |= await presence(connection, some)
        for some in _parts({place.id for place in records}):
            query = select(ParticipationRow.__table__).where(ParticipationRow.person.in_(some))
            for row in await connection.execute(query):
                roles.setdefault(row.person, {})[row.programme] = tuple(row.roles)
    programmes = (await connection.execute(select(ProgrammeRow.id))).scalars()
    return Holdings(records, frozenset(programmes), roles, present)


async def _write(
    connection: AsyncConnection, kind: Kind[S, K], steps: Sequence[Step[S]], at: datetime
) -> None:
    before = {step.place: step.before for step in reversed(steps)}
    after = {step.place: step.after for step in steps}
    changed = [place for place in after if before[place] not in (None, after[place])]
    # What two records exchange is let go of before either takes it.
    for place in changed:
        letting_go = update(kind.table).where(*_is(kind, place))
        await connection.execute(letting_go.values({kind.own_column: None}))
    kept = {"version": 1, "updated_at": at}
    added = [
        {**rows.values_of(kind, after[place]), **_key(place), **kept}
        for place in after
        if before[place] is None
    ]
    if added:
        await connection.execute(insert(kind.table), added)
    for place in changed:
        values = rows.values_of(kind, after[place])
        version = rows.column(kind, "version") + 1
        change = update(kind.table).where(*_is(kind, place))
        await connection.execute(change.values(**values, version=version, updated_at=at))
    for step in steps:
        if step.changes_roles and step.programme is not None:
            await join(connection, step.programme, step.place.id, step.roles, at)


def _key(place: Place) -> dict[str, str]:
    within = {} if place.programme is None else {"programme": place.programme}
    return {"id": place.id, **within}


def _is(kind: Kind[S, K], place: Place) -> list[ColumnElement[bool]]:
    return [rows.column(kind, name) == value for name, value in _key(place).items()]


def _parts(values: Collection[str]) -> Iterator[list[str]]:
    """Yield values in as many parts as databases take them."""
    ordered = sorted(values)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]
