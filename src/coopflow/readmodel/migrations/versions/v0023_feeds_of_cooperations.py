"""Calendar feeds of one cooperation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    with op.batch_alter_table("calendar_feed") as table:
        table.add_column(sa.Column("programme", sa.String(), nullable=True))
        table.add_column(sa.Column("cooperation", sa.String(), nullable=True))


def downgrade() -> None:
    # Whoever made one meant that cooperation alone: it must not show more from now on.
    op.execute("DELETE FROM calendar_feed WHERE cooperation IS NOT NULL")
    with op.batch_alter_table("calendar_feed") as table:
        table.drop_column("cooperation")
        table.drop_column("programme")
