"""By what portfolios are narrowed, ordered and counted; filled anew after the upgrade."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_INSTANT: Final = sa.DateTime(timezone=True)
_LONG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INDEXES: Final = (
    ("outline", ["programme", "title", "slug"]),
    ("outline", ["programme", "stage_since", "slug"]),
    ("outline", ["programme", "due_at", "slug"]),
    ("outline", ["programme", "status", "stage", "lifecycle", "policy"]),
    ("outline", ["programme", "territory"]),
    ("outline", ["programme", "holder"]),
    ("outline", ["programme", "alerts"]),
    ("due", ["programme", "at", "cooperation_id", "kind", "about"]),
    ("passage", ["programme", "stage", "seconds"]),
    ("task", ["programme", "begins_at"]),
    ("task", ["programme", "person", "begins_at"]),
    ("task", ["programme", "organisation", "begins_at"]),
)
_GONE: Final = (
    ("cooperation", ["programme", "title", "slug"]),
    ("alert", ["code"]),
    ("alert", ["severity"]),
)
"""What outlines do instead; a title of any length does not fit into an index of PostgreSQL."""


def upgrade() -> None:
    names = ("programme", "slug", "title", "territory", "lifecycle", "policy", "status", "stage")
    _make(
        "outline",
        *(_text(name) for name in names),
        _text("searched", sa.Text()),
        _column("stage_since", _INSTANT),
        _text("levels", sa.Text()),
        _text("alerts"),
        _text("holder"),
        _column("disagreements", sa.Integer()),
        _column("due_at", _INSTANT),
        key=(),
    )
    _make(
        "due",
        _text("kind"),
        _text("about"),
        _text("programme"),
        _text("subject", sa.Text()),
        _text("organisation"),
        _column("at", _INSTANT),
        key=("kind", "about"),
    )
    _make(
        "passage",
        _column("seq", sa.Integer()),
        _text("programme"),
        _text("stage"),
        _text("next_stage"),
        _column("since", _INSTANT),
        _column("until", _INSTANT),
        _column("seconds", _LONG),
        key=("seq",),
    )
    for table, columns in _GONE:
        op.drop_index(op.f(_index(table, columns)), table)
    for table, columns in _INDEXES:
        op.create_index(op.f(_index(table, columns)), table, columns)
    op.drop_index(op.f("ix_level_programme_status_stage_condition_level"), "level")
    op.drop_table("level")
    op.drop_column("cooperation", "searched")


def downgrade() -> None:
    searched = sa.Column("searched", sa.Text(), nullable=False, server_default=sa.text("''"))
    op.add_column("cooperation", searched)
    _make(
        "level",
        _text("condition"),
        _column("level", sa.Integer()),
        _text("programme"),
        _text("stage"),
        _text("status"),
        key=("condition",),
    )
    columns = ["programme", "status", "stage", "condition", "level"]
    op.create_index(op.f(_index("level", columns)), "level", columns)
    for table, columns in reversed(_INDEXES):
        op.drop_index(op.f(_index(table, columns)), table)
    for table, columns in _GONE:
        op.create_index(op.f(_index(table, columns)), table, columns)
    for table in ("passage", "due", "outline"):
        op.drop_table(table)


def _index(table: str, columns: list[str]) -> str:
    return f"ix_{table}_{'_'.join(columns)}"


def _text(name: str, kind: sa.String | None = None) -> sa.Column[Any]:
    return sa.Column(name, kind or sa.String(), nullable=False)


def _column(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _make(table: str, *columns: sa.Column[Any], key: tuple[str, ...]) -> None:
    op.create_table(
        table,
        sa.Column("cooperation_id", sa.String(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("cooperation_id", *key, name=op.f(f"pk_{table}")),
    )
