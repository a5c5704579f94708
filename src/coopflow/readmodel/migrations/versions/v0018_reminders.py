"""Who was reminded of what by whom, and views of portfolios that people saved."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_INSTANT: Final = sa.DateTime(timezone=True)
_TASK: Final = ("cooperation_id", "person", "kind", "about", "organisation")
_VIEW: Final = ("programme", "person", "name")


def upgrade() -> None:
    op.create_table(
        "reminder",
        *(sa.Column(name, sa.String(), nullable=False) for name in _TASK),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("batch", sa.String(), nullable=False),
        sa.Column("sent_by", sa.String(), nullable=False),
        sa.Column("sent_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint(*_TASK, "day", name=op.f("pk_reminder")),
    )
    op.create_index(op.f("ix_reminder_batch_person"), "reminder", ["batch", "person"])
    op.create_index(op.f("ix_reminder_day"), "reminder", ["day"])
    op.create_table(
        "saved_view",
        *(sa.Column(name, sa.String(), nullable=False) for name in _VIEW),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("saved_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint(*_VIEW, name=op.f("pk_saved_view")),
    )


def downgrade() -> None:
    op.drop_table("saved_view")
    op.drop_table("reminder")
