"""Whole days that were spent in stages, worked out by the database and held by indexes."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

_LONG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_DAY: Final = 86_400
_EPOCH: Final = {
    "sqlite": "CAST(strftime('%s', stage_since) AS INTEGER)",
    "postgresql": "CAST(floor(EXTRACT(epoch FROM stage_since AT TIME ZONE 'UTC')) AS BIGINT)",
}
_STAYED: Final = ("programme", "stage", "stage_day", "status", "stage_epoch")
_SPENT: Final = (("programme", "stage"), ("cooperation_id", "stage"))


def upgrade() -> None:
    for columns in _SPENT:
        _drop("passage", (*columns, "seconds"))
    _work_out("passage", "days", f"seconds / {_DAY}")
    for columns in _SPENT:
        _create("passage", (*columns, "days"))
    epoch = _EPOCH[op.get_bind().dialect.name]
    _work_out("outline", "stage_epoch", epoch)
    _work_out("outline", "stage_day", f"{epoch} / {_DAY}")
    _create("outline", _STAYED)


def downgrade() -> None:
    _drop("outline", _STAYED)
    for name in ("stage_day", "stage_epoch"):
        op.drop_column("outline", name)
    for columns in _SPENT:
        _drop("passage", (*columns, "days"))
    op.drop_column("passage", "days")
    for columns in _SPENT:
        _create("passage", (*columns, "seconds"))


def _work_out(table: str, name: str, told: str) -> None:
    """Add a column that the database works out of others, whoever writes them."""
    # SQLite adds no stored ones, and holds the others in indexes; PostgreSQL knows stored ones.
    is_stored = op.get_bind().dialect.name == "postgresql"
    worked_out = sa.Computed(told, persisted=is_stored)
    op.add_column(table, sa.Column(name, _LONG, worked_out, nullable=False))


def _drop(table: str, columns: tuple[str, ...]) -> None:
    op.drop_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table)


def _create(table: str, columns: tuple[str, ...]) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))
