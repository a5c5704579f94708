"""Who holds which role; the rows are filled when all are written anew after the upgrade."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "role",
        sa.Column("cooperation_id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("alternate", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("cooperation_id", "person", "role", "about", name=op.f("pk_role")),
    )
    op.create_index(op.f("ix_role_person_cooperation_id"), "role", ["person", "cooperation_id"])


def downgrade() -> None:
    op.drop_table("role")
