"""The feed. It begins here: what is in the journals already is not announced any more."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_LONG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "feed",
        sa.Column("position", _LONG, nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("cooperation_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_feed"),
        sa.UniqueConstraint("cooperation_id", "seq", name="uq_feed_cooperation_id_seq"),
    )
    op.create_index("ix_feed_programme_position", "feed", ["programme", "position"])


def downgrade() -> None:
    op.drop_table("feed")
