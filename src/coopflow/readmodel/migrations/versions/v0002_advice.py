"""Which advice is followed; the rows are filled when they are written anew after the upgrade."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("cooperation") as table:
        table.add_column(
            sa.Column(
                "advice", sa.JSON(none_as_null=True), nullable=False, server_default=sa.text("'[]'")
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("cooperation") as table:
        table.drop_column("advice")
