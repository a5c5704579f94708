"""The directory: programmes, people, who takes part where, and organisations."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_JSON: Final = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table(
        "programme",
        sa.Column("id", sa.String(), nullable=False),
        *_kept(),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("lifecycle", sa.String()),
        sa.Column("policy", sa.String()),
        sa.PrimaryKeyConstraint("id", name="pk_programme"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(), nullable=False),
        *_kept(),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String()),
        sa.Column("email_key", sa.String()),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("notifications", _JSON, nullable=False),
        sa.Column("administrator", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("email_key", name="uq_person_email_key"),
    )
    op.create_table(
        "participation",
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("roles", _JSON, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("programme", "person", name="pk_participation"),
    )
    op.create_index("ix_participation_person", "participation", ["person"])
    op.create_table(
        "organisation",
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        *_kept(),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("college", sa.String()),
        sa.Column("registration", sa.String()),
        sa.Column("website", sa.String()),
        sa.Column("email", sa.String()),
        sa.PrimaryKeyConstraint("programme", "id", name="pk_organisation"),
        sa.UniqueConstraint(
            "programme", "registration", name="uq_organisation_programme_registration"
        ),
    )


def downgrade() -> None:
    for table in ("organisation", "participation", "person", "programme"):
        op.drop_table(table)


def _kept() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
