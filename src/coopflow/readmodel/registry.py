"""The registry of definitions: which lifecycles and policies there are, and who follows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, String, cast, delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.application.engine import Address
from coopflow.definitions.compile import definition_of, digest_of
from coopflow.domain.rulebook import Definition
from coopflow.readmodel.database import Database
from coopflow.readmodel.statements import insert_or_ignore
from coopflow.readmodel.tables import CooperationRow, DefinitionRow
from coopflow.readmodel.views import DefinitionSummary

_LARGEST: Final = 2**63 - 1
"""The largest version that there may be."""

_DIGITS: Final = len(str(_LARGEST))

Kind = Literal["lifecycle", "policy"]


async def register(
    connection: AsyncConnection, address: Address, at: datetime, definitions: Sequence[Definition]
) -> None:
    """Store the lifecycles and policies of definitions that are not there yet; none is changed."""
    seen = {"first_seen_at": at, "first_seen_in": str(address)}
    rows = [row | seen for row in _rows(definitions)]
    # In one order, whatever they are told in: of two who insert the same rows on PostgreSQL one
    # waits for the other, and not each for the other.
    rows.sort(key=itemgetter("kind", "name", "version", "digest"))
    if rows:
        await connection.execute(insert_or_ignore(DefinitionRow, connection.dialect.name), rows)


async def unregistered(
    connection: AsyncConnection, definitions: Sequence[Definition]
) -> tuple[str, ...]:
    """Return the names of the lifecycles and policies that are not stored as they are."""
    missing = [
        f"{row['name']}@{row['version']}"
        for row in _rows(definitions)
        if not await _is_stored(connection, row)
    ]
    return tuple(dict.fromkeys(missing))


async def restore(
    connection: AsyncConnection, address: Address, at: datetime, definitions: Sequence[Definition]
) -> None:
    """Store the lifecycles and policies of definitions, whatever stands under their digests."""
    for row in _rows(definitions):
        if not await _is_stored(connection, row):
            await connection.execute(delete(DefinitionRow).where(*_same(row)))
    await register(connection, address, at, definitions)


async def _is_stored(connection: AsyncConnection, row: dict[str, Any]) -> bool:
    columns = [getattr(DefinitionRow, name) for name in ("author", "content")]
    try:
        found = (await connection.execute(select(*columns).where(*_same(row)))).one_or_none()
    except ValueError:  # no JSON
        return False
    return found is not None and tuple(found) == (row["author"], row["content"])


def _same(row: dict[str, Any]) -> list[ColumnElement[bool]]:
    return [column == row[column.name] for column in DefinitionRow.primary_key()]


def _rows(definitions: Sequence[Definition]) -> list[dict[str, Any]]:
    return [
        {
            "kind": kind,
            "name": content[kind],
            "version": content["version"],
            "digest": digest_of(content),
            "author": content.get("author"),
            "content": content,
        }
        for definition in definitions
        for kind, content in (("lifecycle", definition.lifecycle), ("policy", definition.policy))
    ]


async def contents_of(
    connection: AsyncConnection, kind: Kind, name: str, programme: str | None = None
) -> tuple[dict[str, Any], ...]:
    """Return what is registered as ``name@version``, the first content first; one, or none.

    Args:
        connection: to the database.
        kind: a lifecycle or a policy.
        name: ``name@version``.
        programme: only what this programme knows: what it was the first to bring, else what one of
            its cooperations follows by this name.
    """
    slug, _, version = name.partition("@")
    if not version.isdecimal() or len(version) > _DIGITS or int(version) > _LARGEST:
        return ()
    query = (
        select(DefinitionRow.content)
        .where(
            DefinitionRow.kind == kind,
            DefinitionRow.name == slug,
            DefinitionRow.version == int(version),
        )
        .order_by(DefinitionRow.first_seen_at)
    )
    if programme is None:
        return tuple((await connection.execute(query)).scalars())
    brought = query.where(DefinitionRow.first_seen_in.startswith(f"{programme}/", autoescape=True))
    column = CooperationRow.lifecycle if kind == "lifecycle" else CooperationRow.policy
    followed = query.where(exists().where(CooperationRow.programme == programme, column == name))
    return tuple((await connection.execute(brought)).scalars()) or tuple(
        (await connection.execute(followed)).scalars()
    )


class Registry:
    """Asks for definitions. Every question may raise DatabaseUnavailableError."""

    def __init__(self, database: Database) -> None:
        """Ask a database."""
        self._database = database

    async def all(
        self, kind: Kind | None = None, programme: str | None = None
    ) -> tuple[DefinitionSummary, ...]:
        """List definitions by kind, name and version, with how many cooperations follow each.

        With a programme only those that it was the first to bring, or that its cooperations follow,
        and of the cooperations its own alone are counted.
        """
        called = DefinitionRow.name + "@" + cast(DefinitionRow.version, String)
        followed = (
            select(func.count())
            .select_from(CooperationRow)
            .where(
                ((DefinitionRow.kind == "policy") & (CooperationRow.policy == called))
                | ((DefinitionRow.kind == "lifecycle") & (CooperationRow.lifecycle == called))
            )
        )
        if programme is not None:
            followed = followed.where(CooperationRow.programme == programme)
        names = [name for name in DefinitionSummary.model_fields if name != "followed_by"]
        columns = [getattr(DefinitionRow, name) for name in names]
        count = followed.scalar_subquery()
        query = select(*columns, count.label("followed_by")).order_by(
            DefinitionRow.kind,
            DefinitionRow.name,
            DefinitionRow.version,
            DefinitionRow.first_seen_at,
        )
        if kind is not None:
            query = query.where(DefinitionRow.kind == kind)
        if programme is not None:
            brought = DefinitionRow.first_seen_in.startswith(f"{programme}/", autoescape=True)
            query = query.where(brought | (count > 0))
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings()
            return tuple(DefinitionSummary.model_validate(dict(row)) for row in rows)

    async def contents(
        self, kind: Kind, name: str, programme: str | None = None
    ) -> tuple[dict[str, Any], ...]:
        """Return what is registered as ``name@version``, the first content first; one, or none.

        With a programme it is only what that one knows: what it was the first to bring, else what
        one of its cooperations follows by this name.
        """
        async with self._database.reading() as connection:
            return await contents_of(connection, kind, name, programme)

    async def definition(
        self, lifecycle: str, policy: str, programme: str | None = None
    ) -> Definition | None:
        """Return the definition of a lifecycle and a policy, by ``name@version``, if known.

        With a programme, if known to that one.
        """
        stages = await self.contents("lifecycle", lifecycle, programme)
        numbers = await self.contents("policy", policy, programme)
        return definition_of(stages[0], numbers[0]) if stages and numbers else None
