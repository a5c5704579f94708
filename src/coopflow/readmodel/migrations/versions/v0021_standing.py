"""Indexes that hold all that is asked: where cooperations stand, and for whom they wait."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0021"
down_revision = "0020"

_WHOM: Final = ("person", "organisation")
_BEFORE: Final = ("begins_at",)
_AFTER: Final = ("begins_at", "due_at", "cooperation_id")
_STANDING: Final = ("programme", "status", "stage", "lifecycle", "policy")
_MORE: Final = ("alerts", "territory", "holder", "stage_since", "due_at", "disagreements")
_NARROW: Final = "ix_outline_programme_status_stage_lifecycle_policy"
_WIDE: Final = "ix_outline_standing"


def upgrade() -> None:
    _change(_BEFORE, _AFTER)
    op.drop_index(op.f(_NARROW), "outline")
    op.create_index(op.f(_WIDE), "outline", [*_STANDING, *_MORE])


def downgrade() -> None:
    op.drop_index(op.f(_WIDE), "outline")
    op.create_index(op.f(_NARROW), "outline", [*_STANDING])
    _change(_AFTER, _BEFORE)


def _change(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    for whom in _WHOM:
        op.drop_index(op.f(_index(whom, before)), "task")
        op.create_index(op.f(_index(whom, after)), "task", ["programme", whom, *after])


def _index(whom: str, columns: tuple[str, ...]) -> str:
    return f"ix_task_programme_{whom}_{'_'.join(columns)}"
