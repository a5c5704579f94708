"""Mail to people, and the links that stand in it."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_LONG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT: Final = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "mail",
        sa.Column("id", _LONG, nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("rhythm", sa.String(), nullable=False),
        sa.Column("notice", _LONG, nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_mail"),
        sa.UniqueConstraint("person", "occasion", name="uq_mail_person_occasion"),
    )
    op.create_index("ix_mail_status_due_at", "mail", ["status", "due_at"])
    op.create_table(
        "mail_mark",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", _LONG, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_mail_mark"),
    )
    op.create_table(
        "decision_link",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("cooperation", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_decision_link"),
    )
    op.create_table(
        "unsubscribe_link",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_unsubscribe_link"),
    )
    for table in ("decision_link", "unsubscribe_link"):
        for column in ("person", "expires_at"):
            op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    for table in ("unsubscribe_link", "decision_link", "mail_mark", "mail"):
        op.drop_table(table)
