"""Versions of definitions of up to 63 bits, as definitions may state them; SQLite holds them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_LARGEST_BEFORE = 2**31 - 1


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("definition", "version", type_=sa.BigInteger(), existing_nullable=False)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        # What does not fit is left out: the read model before this one could not hold it either.
        version = sa.column("version", sa.BigInteger())
        op.execute(sa.delete(sa.table("definition", version)).where(version > _LARGEST_BEFORE))
        op.alter_column("definition", "version", type_=sa.Integer(), existing_nullable=False)
