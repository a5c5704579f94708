"""How far operations have come, and files that are made for people."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_LONG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON: Final = sa.JSON(none_as_null=True)
_INSTANT: Final = sa.DateTime(timezone=True)


def upgrade() -> None:
    for name in ("done", "total"):
        op.add_column("operation", sa.Column(name, sa.Integer(), nullable=True))
    op.create_table(
        "made_file",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("cooperation", sa.String(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("kind", "form", "language")),
        sa.Column("extents", _JSON, nullable=False),
        sa.Column("operation", sa.String(), nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("media_type", sa.String(), nullable=True),
        sa.Column("size", _LONG, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_made_file")),
    )
    op.create_index(op.f("ix_made_file_owner_created_at"), "made_file", ["owner", "created_at"])
    op.create_index(op.f("ix_made_file_expires_at"), "made_file", ["expires_at"])
    op.create_table(
        "made_part",
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("file", "number", name=op.f("pk_made_part")),
    )


def downgrade() -> None:
    op.drop_table("made_part")
    op.drop_table("made_file")
    for name in ("total", "done"):
        op.drop_column("operation", name)
