"""What portfolios show; the rows are filled when all are written anew after the upgrade."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_INSTANT: Final = sa.DateTime(timezone=True)
_JSON: Final = sa.JSON(none_as_null=True)


def upgrade() -> None:
    _make(
        "levels",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("levels", _JSON, nullable=False),
        key=("seq",),
    )
    _make(
        "level",
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        key=("condition",),
    )
    _make(
        "action",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("objective", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("contributors", _JSON, nullable=False),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        key=("id",),
    )
    _make(
        "indicator",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("objective", sa.String(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("collector", sa.String(), nullable=False),
        sa.Column("frequency", sa.String(), nullable=False),
        sa.Column("baseline", _JSON, nullable=True),
        sa.Column("target", _JSON, nullable=True),
        sa.Column("measured", sa.Integer(), nullable=False),
        sa.Column("measured_at", _INSTANT, nullable=True),
        key=("id",),
    )
    _make(
        "measure",
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=True),
        sa.Column("at", _INSTANT, nullable=False),
        key=("indicator", "number"),
    )
    op.add_column("cooperation", sa.Column("secured_until", sa.Date(), nullable=True))
    for table, columns in _INDEXES:
        op.create_index(op.f(_index(table, columns)), table, columns)


def downgrade() -> None:
    for table, columns in reversed(_INDEXES):
        op.drop_index(op.f(_index(table, columns)), table)
    op.drop_column("cooperation", "secured_until")
    for table in ("measure", "indicator", "action", "level", "levels"):
        op.drop_table(table)


_INDEXES: Final = (
    ("level", ["programme", "status", "stage", "condition", "level"]),
    ("alert", ["code"]),
    ("alert", ["severity"]),
    ("cooperation", ["programme", "title", "slug"]),
)


def _index(table: str, columns: list[str]) -> str:
    return f"ix_{table}_{'_'.join(columns)}"


def _make(table: str, *columns: sa.Column[object], key: tuple[str, ...]) -> None:
    op.create_table(
        table,
        sa.Column("cooperation_id", sa.String(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("cooperation_id", *key, name=op.f(f"pk_{table}")),
    )
