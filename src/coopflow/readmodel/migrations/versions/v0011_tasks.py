"""What awaits whom; the rows are filled when all are written anew after the upgrade."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_INSTANT: Final = sa.DateTime(timezone=True)
_JSON: Final = sa.JSON(none_as_null=True)
_ANSWERS: Final = sa.text("type = 'ballot_cast'")


def upgrade() -> None:
    op.create_table(
        "task",
        sa.Column("cooperation_id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("command", sa.String(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("payload", _JSON, nullable=False),
        sa.Column("entrusted", _JSON, nullable=False),
        sa.Column("begins_at", _INSTANT, nullable=False),
        sa.Column("due_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint(
            "cooperation_id", "person", "kind", "about", "organisation", name=op.f("pk_task")
        ),
    )
    op.create_index(op.f("ix_task_person_programme"), "task", ["person", "programme"])
    op.create_index(
        "ix_journal_answers",
        "journal",
        ["actor", "at"],
        sqlite_where=_ANSWERS,
        postgresql_where=_ANSWERS,
    )


def downgrade() -> None:
    op.drop_index("ix_journal_answers", "journal")
    op.drop_table("task")
