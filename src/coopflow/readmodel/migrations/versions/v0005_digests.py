"""The chain of the journal; and no more people in it that were erased before."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_JSON: Final = sa.JSON(none_as_null=True)
_WHO: Final = ("person", "representative", "alternate", "author")

_journal = sa.table(
    "journal",
    sa.column("cooperation_id", sa.String()),
    sa.column("seq", sa.Integer()),
    sa.column("actor", sa.String()),
    sa.column("type", sa.String()),
    sa.column("data", _JSON),
)


def upgrade() -> None:
    for column in (
        sa.Column("previous", sa.String(), nullable=True),
        sa.Column("salts", _JSON, nullable=False, server_default=sa.text("'{}'")),
        sa.Column("withheld", _JSON, nullable=False, server_default=sa.text("'{}'")),
    ):
        op.add_column("journal", column)
    for erased in _erased():
        _forget(erased.cooperation_id, erased.seq, erased.data)


def downgrade() -> None:
    for erased in _erased():
        # Nobody can say any more who it was: the digest is that of the tombstone.
        tombstone = erased.data["tombstone"]
        digest = _digest(erased.cooperation_id, tombstone)
        _write(erased, data={"digest": digest, "tombstone": tombstone})
    for column in ("withheld", "salts", "previous"):
        op.drop_column("journal", column)


def _erased() -> list[sa.Row[Any]]:
    found = sa.select(_journal).where(_journal.c.type == "person_erased")
    return list(op.get_bind().execute(found.order_by(_journal.c.cooperation_id, _journal.c.seq)))


def _forget(cooperation: str, until: int, erased: dict[str, str]) -> None:
    """Put the tombstone where a journal names a person that was erased."""
    digest, tombstone = erased["digest"], erased["tombstone"]

    def swapped(value: Any) -> Any:
        is_it = isinstance(value, str) and _digest(cooperation, value) == digest
        return tombstone if is_it else value

    rows = sa.select(_journal).where(
        _journal.c.cooperation_id == cooperation, _journal.c.seq <= until
    )
    for row in list(op.get_bind().execute(rows)):
        data = {name: swapped(value) if name in _WHO else value for name, value in row.data.items()}
        if row.seq == until:
            data = {"person": tombstone, "tombstone": tombstone}
        if data != row.data or swapped(row.actor) != row.actor:
            _write(row, data=data, actor=swapped(row.actor))


def _write(row: sa.Row[Any], **values: Any) -> None:
    this = (_journal.c.cooperation_id == row.cooperation_id, _journal.c.seq == row.seq)
    op.get_bind().execute(sa.update(_journal).where(*this).values(**values))


def _digest(cooperation: str, person: str) -> str:
    slug = cooperation.partition("/")[2]
    return hashlib.sha256(f"{slug}:{person}".encode()).hexdigest()
