"""The recorded histories."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from temporalio.client import WorkflowHistory

from tests.replay.record import HISTORIES

PATHS: Final = sorted(HISTORIES.rglob("*.json"))
"""Their files."""


def events(path: Path) -> list[dict[str, Any]]:
    """Return the events of a recorded history, as JSON."""
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["events"]
    return found


def recorded(path: Path) -> WorkflowHistory:
    """Return a recorded history, to be replayed."""
    started = events(path)[0]["workflowExecutionStartedEventAttributes"]
    return WorkflowHistory.from_json(started["workflowId"], path.read_text(encoding="utf-8"))
