"""The registry of definitions; it is filled by what is opened and offered from then on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "definition",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=True),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_seen_in", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "version", "digest", name=op.f("pk_definition")),
    )


def downgrade() -> None:
    op.drop_table("definition")
