"""What the mail server said last of a mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    with op.batch_alter_table("mail") as table:
        table.add_column(sa.Column("said", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("mail") as table:
        table.drop_column("said")
