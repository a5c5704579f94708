"""How urgent alerts are, for portfolios; an index of all that is counted of them at once."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

_STANDS: Final = ("status", "stage", "lifecycle", "policy")
_BRIEF: Final = ("brief", "alerts")
_PLACES: Final = ("territory", "holder")
_FIGURES: Final = ("stage_since", "due_at", "disagreements")
_WHOLE: Final = ("territory", "holder", "alerts")
_ORDERS: Final = ("title", "stage_since", "due_at")
_SEVERITIES: Final = {
    "amber": (
        *("mandate_ending", "document_stale", "attendance_low", "no_plenary"),
        *("decision_lapsed", "review_due", "renewal_due"),
    ),
    "info": ("expiry_soon", "member_moved"),
    "red": ("mandate_lapsed", "cure_soon", "gate_blocked", "guard_failing"),
}

Indexes = dict[str, tuple[str, ...]]


def upgrade() -> None:
    _drop(_whole() | _narrow())
    urgent = sa.Column("urgent", sa.String(), nullable=False, server_default=sa.text("''"))
    op.add_column("outline", urgent)
    # Rows are filled anew after the upgrade; until then pages answer by these.
    op.execute(f"UPDATE outline SET urgent = {_urgent()} WHERE alerts <> ''")  # noqa: S608
    _create(_whole("urgent") | _narrow(*_STANDS))


def downgrade() -> None:
    _drop(_whole("urgent") | _narrow(*_STANDS))
    op.drop_column("outline", "urgent")
    # What is short stands in one of two columns since then.
    op.execute("UPDATE outline SET levels = brief WHERE brief <> ''")
    op.execute("UPDATE outline SET searched = sought WHERE sought <> ''")
    _create(_whole() | _narrow())


def _urgent() -> str:
    """Return what writes how urgent the alerts of a row are, as words between spaces."""
    told = " || ".join(
        f"CASE WHEN {' OR '.join(_has(code) for code in codes)} THEN ' {severity}' ELSE '' END"
        for severity, codes in _SEVERITIES.items()
    )
    return f"{told} || ' '"


def _has(code: str) -> str:
    escaped = code.replace("_", "!_")
    return f"alerts LIKE '% {escaped} %' ESCAPE '!'"


def _whole(*more: str) -> Indexes:
    """Return the indexes that hold all that portfolios are narrowed by."""
    keys = (*_STANDS, *_BRIEF, *more, "sought")
    every = (*keys, *_PLACES, *_FIGURES, "cooperation_id")
    ordered = (*keys, *_FIGURES)
    found = {
        f"ix_outline_{one}": ("programme", one, *(other for other in every if other != one))
        for one in _WHOLE
    }
    found |= {
        f"ix_outline_by_{one}": (
            *("programme", one, "slug"),
            *(other for other in ordered if other != one),
        )
        for one in _ORDERS
    }
    return {"ix_outline_standing": ("programme", *every), **found}


def _narrow(*alerts: str) -> Indexes:
    """Return the indexes where nothing is narrowed but by status, with what that of alerts holds.

    They are made last: of indexes that serve alike, SQLite takes the latest.
    """
    holds = {"territory": ("status",), "holder": ("status",), "alerts": alerts or ("status",)}
    told = (("programme", name, *more) for name, more in holds.items())
    return {f"ix_outline_{'_'.join(columns)}": columns for columns in told}


def _drop(indexes: Indexes) -> None:
    for name in indexes:
        op.drop_index(op.f(name), "outline")


def _create(indexes: Indexes) -> None:
    for name, columns in indexes.items():
        op.create_index(op.f(name), "outline", list(columns))
