"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# Written out, not imported: what this revision makes must not change with the models.
INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("cooperation_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("cooperation_id", "code", "about", name=op.f("pk_alert")),
    )
    op.create_table(
        "cooperation",
        sa.Column("cooperation_id", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("territory", sa.String(), nullable=False),
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("lifecycle", sa.String(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("stage_since", INSTANT, nullable=False),
        sa.Column("levels", JSON, nullable=False),
        sa.Column("floor", sa.String(), nullable=True),
        sa.Column("floor_since", INSTANT, nullable=True),
        sa.Column("clocks", JSON, nullable=False),
        sa.Column("reservations", JSON, nullable=False),
        sa.Column("verdict_gate", sa.String(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("verdict_at", INSTANT, nullable=True),
        sa.Column("mandate_holder", sa.String(), nullable=True),
        sa.Column("mandate_ends_on", sa.Date(), nullable=True),
        sa.Column("active_members", sa.Integer(), nullable=False),
        sa.Column("last_plenary_at", INSTANT, nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("as_of", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("cooperation_id", name=op.f("pk_cooperation")),
        sa.UniqueConstraint("programme", "slug", name=op.f("uq_cooperation_programme_slug")),
    )
    op.create_index(op.f("ix_cooperation_slug"), "cooperation", ["slug"])
    op.create_table(
        "decision",
        sa.Column("cooperation_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("rule", JSON, nullable=False),
        sa.Column("quorum", sa.String(), nullable=False),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("document_version", sa.Integer(), nullable=True),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("closes_at", INSTANT, nullable=False),
        sa.Column("electorate", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("open_objections", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("recalled", sa.Boolean(), nullable=False),
        sa.Column("vetoed", sa.Boolean(), nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("arithmetic_fr", sa.Text(), nullable=True),
        sa.Column("arithmetic_en", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("cooperation_id", "id", name=op.f("pk_decision")),
    )
    op.create_table(
        "disagreement",
        sa.Column("cooperation_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("parties", JSON, nullable=False),
        sa.Column("touches", sa.String(), nullable=False),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.Column("entered_at", INSTANT, nullable=False),
        sa.Column("limit_at", INSTANT, nullable=True),
        sa.Column("blocks", sa.Boolean(), nullable=False),
        sa.Column("blocks_until", INSTANT, nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("cooperation_id", "id", name=op.f("pk_disagreement")),
    )
    op.create_table(
        "document",
        sa.Column("cooperation_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("minor", sa.Boolean(), nullable=False),
        sa.Column("authors", JSON, nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("approved_at", INSTANT, nullable=True),
        sa.Column("valid_until", INSTANT, nullable=True),
        sa.Column("stale_since", INSTANT, nullable=True),
        sa.Column("in_force_at", INSTANT, nullable=True),
        sa.Column("signatures", JSON, nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.PrimaryKeyConstraint("cooperation_id", "kind", "version", name=op.f("pk_document")),
    )
    op.create_table(
        "journal",
        sa.Column("cooperation_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(), nullable=True),
        sa.Column("command_id", sa.String(), nullable=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.PrimaryKeyConstraint("cooperation_id", "seq", name=op.f("pk_journal")),
    )
    op.create_table(
        "meeting",
        sa.Column("cooperation_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("held_at", INSTANT, nullable=False),
        sa.Column("attendees", JSON, nullable=False),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.Column("minuted_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("cooperation_id", "id", name=op.f("pk_meeting")),
    )
    op.create_table(
        "member",
        sa.Column("cooperation_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("college", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("status_since", INSTANT, nullable=False),
        sa.Column("moved_at", INSTANT, nullable=True),
        sa.Column("representative", sa.String(), nullable=False),
        sa.Column("alternate", sa.String(), nullable=True),
        sa.Column("profile", JSON, nullable=False),
        sa.PrimaryKeyConstraint("cooperation_id", "id", name=op.f("pk_member")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cooperation_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("recipients", JSON, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "cooperation_id", "seq", "position", name=op.f("uq_outbox_cooperation_id_seq_position")
        ),
    )
    op.create_table(
        "review",
        sa.Column("cooperation_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=True),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("opened_by", sa.String(), nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("changes", JSON, nullable=False),
        sa.Column("measures", JSON, nullable=False),
        sa.Column("summary_published", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("cooperation_id", "id", name=op.f("pk_review")),
    )
    op.create_table(
        "snapshot",
        sa.Column("cooperation_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("shape", sa.String(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("cooperation_id", name=op.f("pk_snapshot")),
    )


def downgrade() -> None:
    op.drop_table("snapshot")
    op.drop_table("review")
    op.drop_table("outbox")
    op.drop_table("member")
    op.drop_table("meeting")
    op.drop_table("journal")
    op.drop_table("document")
    op.drop_table("disagreement")
    op.drop_table("decision")
    op.drop_index(op.f("ix_cooperation_slug"), table_name="cooperation")
    op.drop_table("cooperation")
    op.drop_table("alert")
