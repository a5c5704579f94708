"""What cooperations show to everybody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "publication",
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("cooperation", sa.String(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("chosen_by", sa.String(), nullable=True),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("programme", "cooperation", name=op.f("pk_publication")),
    )
    op.create_index(op.f("ix_publication_chosen_by"), "publication", ["chosen_by"])


def downgrade() -> None:
    op.drop_table("publication")
