"""What people have typed into forms and not sent yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "unsent_text",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("cooperation", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "person", "programme", "cooperation", "form", name="pk_unsent_text"
        ),
    )
    op.create_index("ix_unsent_text_saved_at", "unsent_text", ["saved_at"])


def downgrade() -> None:
    op.drop_table("unsent_text")
