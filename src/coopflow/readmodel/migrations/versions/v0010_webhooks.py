"""Webhooks: who is told, what is to be told, and what came of it."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_LONG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON: Final = sa.JSON(none_as_null=True)
_INSTANT: Final = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("cooperation", sa.String(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("types", _JSON, nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("previous_secret", sa.Text(), nullable=True),
        sa.Column("previous_until", _INSTANT, nullable=True),
        sa.Column("since", _LONG, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("disabled_at", _INSTANT, nullable=True),
        sa.Column("disabled_reason", sa.String(), nullable=True),
        sa.Column("succeeded_at", _INSTANT, nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_endpoint"),
    )
    op.create_index("ix_webhook_endpoint_programme", "webhook_endpoint", ["programme"])
    op.create_table(
        "webhook_delivery",
        sa.Column("id", _LONG, nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("endpoint_id", sa.String(), nullable=False),
        sa.Column("position", _LONG, nullable=True),
        sa.Column("cooperation_id", sa.String(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_delivery"),
        sa.UniqueConstraint(
            "endpoint_id", "position", name="uq_webhook_delivery_endpoint_id_position"
        ),
    )
    op.create_index(
        "ix_webhook_delivery_endpoint_id_status_due_at",
        "webhook_delivery",
        ["endpoint_id", "status", "due_at"],
    )
    op.create_index("ix_webhook_delivery_status_due_at", "webhook_delivery", ["status", "due_at"])
    op.create_table(
        "webhook_attempt",
        sa.Column("id", _LONG, nullable=False),
        sa.Column("delivery_id", _LONG, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_attempt"),
    )
    op.create_index("ix_webhook_attempt_delivery_id", "webhook_attempt", ["delivery_id"])
    op.create_table(
        "webhook_relay",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", _LONG, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_webhook_relay"),
    )


def downgrade() -> None:
    for table in ("webhook_relay", "webhook_attempt", "webhook_delivery", "webhook_endpoint"):
        op.drop_table(table)
