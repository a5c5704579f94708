"""Indexes that hold all that portfolios are narrowed by, whatever they begin with."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

_KEYS: Final = ("status", "stage", "lifecycle", "policy")
_BRIEF: Final = ("brief", "alerts")
_PLACES: Final = ("territory", "holder")
_FIGURES: Final = ("stage_since", "due_at", "disagreements")
_WHOLE: Final = (*_KEYS, *_BRIEF, *_PLACES, *_FIGURES, "cooperation_id")
_ORDERED: Final = (*_KEYS, *_BRIEF, *_FIGURES)
_OUTLINE: Final = {
    "ix_outline_standing": _WHOLE,
    **{
        f"ix_outline_{one}": (one, *(other for other in _WHOLE if other != one))
        for one in ("territory", "holder", "alerts")
    },
    **{
        f"ix_outline_by_{one}": (one, "slug", *(other for other in _ORDERED if other != one))
        for one in ("title", "stage_since", "due_at")
    },
}
_BEFORE: Final = {
    "ix_outline_standing": (*_KEYS, "alerts", *_PLACES, *_FIGURES),
    **{
        f"ix_outline_programme_{one}_slug": (one, "slug")
        for one in ("title", "stage_since", "due_at")
    },
}
_STAYS: Final = ("stage", "seconds")


def upgrade() -> None:
    _drop("outline", _BEFORE)
    brief = sa.Column("brief", sa.String(), nullable=False, server_default=sa.text("''"))
    op.add_column("outline", brief)
    # Rows are filled anew after the upgrade; until then pages answer by these.
    op.execute("UPDATE outline SET brief = levels WHERE length(levels) <= 200")
    _create("outline", _OUTLINE)
    _drop("passage", {_stays(*_STAYS): _STAYS})
    _create("passage", {_stays(*_STAYS, "cooperation_id"): (*_STAYS, "cooperation_id")})


def downgrade() -> None:
    _drop("passage", {_stays(*_STAYS, "cooperation_id"): _STAYS})
    _create("passage", {_stays(*_STAYS): _STAYS})
    _drop("outline", _OUTLINE)
    op.drop_column("outline", "brief")
    _create("outline", _BEFORE)


def _stays(*columns: str) -> str:
    return f"ix_passage_programme_{'_'.join(columns)}"


def _drop(table: str, indexes: dict[str, tuple[str, ...]]) -> None:
    for name in indexes:
        op.drop_index(op.f(name), table)


def _create(table: str, indexes: dict[str, tuple[str, ...]]) -> None:
    for name, columns in indexes.items():
        op.create_index(op.f(name), table, ["programme", *columns])
