"""By what cooperations are searched, and when members joined; filled anew after the upgrade."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    # A worker of the version before may still write rows, without it.
    searched = sa.Column("searched", sa.Text(), nullable=False, server_default=sa.text("''"))
    op.add_column("cooperation", searched)
    op.add_column("member", sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("member", "joined_at")
    op.drop_column("cooperation", "searched")
