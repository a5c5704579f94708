"""Who gets in: API tokens, sessions, sign-in links, sign-ins under way, accounts of providers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_AT = sa.DateTime(timezone=True)
_JSON = sa.JSON(none_as_null=True)


def _column(name: str, kind: sa.types.TypeEngine[Any] | None = None) -> sa.Column[Any]:
    return sa.Column(name, kind or sa.String(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "api_token",
        _column("id"),
        _column("digest"),
        _column("name"),
        _column("scopes", _JSON),
        sa.Column("programmes", _JSON, nullable=True),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        _column("made_by"),
        _column("created_at", _AT),
        _column("expires_at", _AT),
        sa.Column("used_at", _AT, nullable=True),
        sa.Column("revoked_at", _AT, nullable=True),
        sa.Column("revoked_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_token_digest")),
    )
    op.create_index(op.f("ix_api_token_owner"), "api_token", ["owner"])
    op.create_index(op.f("ix_api_token_made_by"), "api_token", ["made_by"])
    op.create_table(
        "session",
        _column("id"),
        _column("digest"),
        _column("person"),
        _column("method"),
        _column("started_at", _AT),
        _column("used_at", _AT),
        _column("expires_at", _AT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_session_digest")),
    )
    op.create_index(op.f("ix_session_person"), "session", ["person"])
    op.create_index(op.f("ix_session_expires_at"), "session", ["expires_at"])
    op.create_table(
        "sign_in_link",
        _column("digest"),
        _column("person"),
        _column("created_at", _AT),
        _column("expires_at", _AT),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sign_in_link")),
    )
    op.create_table(
        "sign_in_attempt",
        _column("digest"),
        _column("return_to"),
        _column("expires_at", _AT),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sign_in_attempt")),
    )
    op.create_table(
        "identity",
        _column("issuer"),
        _column("subject"),
        _column("person"),
        _column("linked_at", _AT),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_identity")),
        sa.UniqueConstraint("issuer", "person", name=op.f("uq_identity_issuer_person")),
    )


def downgrade() -> None:
    for table in ("identity", "sign_in_attempt", "sign_in_link", "session", "api_token"):
        op.drop_table(table)
