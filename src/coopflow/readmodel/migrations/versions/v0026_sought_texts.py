"""What texts are sought in, in the indexes of portfolios; and indexes of stays by cooperation."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

_KEYS: Final = ("status", "stage", "lifecycle", "policy", "brief", "alerts")
_PLACES: Final = ("territory", "holder")
_FIGURES: Final = ("stage_since", "due_at", "disagreements")
_NARROW: Final = ("territory", "holder", "alerts")
_ORDERS: Final = ("title", "stage_since", "due_at")
_STAYS: Final = ("stage", "seconds")

Indexes = dict[str, tuple[str, ...]]


def upgrade() -> None:
    _drop("outline", _whole(_KEYS) | _narrow())
    sought = sa.Column("sought", sa.String(), nullable=False, server_default=sa.text("''"))
    op.add_column("outline", sought)
    # Rows are filled anew after the upgrade; until then pages answer by these.
    op.execute("UPDATE outline SET sought = searched WHERE length(searched) <= 160")
    _create("outline", _whole((*_KEYS, "sought")) | _narrow("status"))
    _drop("passage", _stays("programme", *_STAYS, "cooperation_id"))
    _create("passage", _stays("programme", *_STAYS) | _stays("cooperation_id", *_STAYS))


def downgrade() -> None:
    _drop("passage", _stays("programme", *_STAYS) | _stays("cooperation_id", *_STAYS))
    _create("passage", _stays("programme", *_STAYS, "cooperation_id"))
    _drop("outline", _whole((*_KEYS, "sought")) | _narrow("status"))
    op.drop_column("outline", "sought")
    _create("outline", _whole(_KEYS) | _narrow())


def _whole(keys: tuple[str, ...]) -> Indexes:
    """Return the indexes that hold all that portfolios are narrowed by."""
    every = (*keys, *_PLACES, *_FIGURES, "cooperation_id")
    ordered = (*keys, *_FIGURES)
    found = {
        f"ix_outline_{one}": ("programme", one, *(other for other in every if other != one))
        for one in _NARROW
    }
    found |= {
        f"ix_outline_by_{one}": (
            *("programme", one, "slug"),
            *(other for other in ordered if other != one),
        )
        for one in _ORDERS
    }
    return {"ix_outline_standing": ("programme", *every), **found}


def _narrow(*more: str) -> Indexes:
    told = (("programme", one, *more) for one in _NARROW)
    return {f"ix_outline_{'_'.join(columns)}": columns for columns in told}


def _stays(*columns: str) -> Indexes:
    return {f"ix_passage_{'_'.join(columns)}": columns}


def _drop(table: str, indexes: Indexes) -> None:
    for name in indexes:
        op.drop_index(op.f(name), table)


def _create(table: str, indexes: Indexes) -> None:
    for name, columns in indexes.items():
        op.create_index(op.f(name), table, list(columns))
