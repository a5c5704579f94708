"""What reaches a workflow past the client: rejected or answered, and no task of it ever fails."""

from __future__ import annotations

from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import RPCError, WorkflowQueryFailedError, WorkflowUpdateFailedError

from coopflow.temporal import names
from tests.temporal_engine import Bench

pytestmark = pytest.mark.server

DEEP: Any = 1
for _ in range(200):
    DEEP = [DEEP]

ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**40,
    1e308,
    "",
    "\0",
    "é" * 1000,
    "x" * 1_000_000,
    [],
    [[]],
    DEEP,
    {},
    {"": ""},
    {"command": None},
    {"command": {"command": "cast_ballot"}},
    {"command": {"command": "cast_ballot", "actor": ["fay"], "decision": {"d": 1}}},
    {"command": {"command": "record_pulse", "actor": "fay", "score": 10**400}},
    {"command": {"command": "record_pulse", "actor": "\0", "score": "NaN", "answers": -1}},
    {"command": {"command": "draft_document", "actor": "rep-alpha", "kind": "x", "content": DEEP}},
    {"command": {"command": "close_cooperation", "actor": "fay", "report": "x" * 300_000}},
    {"command": {"command": "erase_person", "actor": "pam", "person": "nobody"}, "grants": [1]},
    {"command": {}, "grants": "programme_manager"},
    {"commands": []},
    {"commands": [{"command": {}}, None]},
    {"commands": [{"command": {"command": "cast_ballot", "actor": "fay"}}] * 40},
    {"at": "never"},
    {"at": "2026-01-01T00:00:00Z"},
    {"at": "9999-12-31T23:59:59Z", "outcomes": []},
    {"at": "2026-01-01T00:00:00Z", "outcomes": [{"check": "../x", "holds": "yes"}]},
    {"at": "2026-01-01T00:00:00Z", "outcomes": [{"check": "a", "every": "P1000Y"}]},
    {"definition": {}},
    {"definition": {"lifecycle": {}, "policy": {}, "digest": ""}},
    {"definition": {"lifecycle": {"lifecycle": 1}, "policy": {"policy": []}, "digest": "0" * 64}},
    {"definition": {"lifecycle": DEEP, "policy": None, "digest": None}},
    {"gate": "\0"},
    {"gate": "renewal", "at": "0001-01-01T00:00:00Z"},
    {"gate": "renewal", "at": "9999-12-31T23:59:59+00:00", "now": "x"},
)
"""What nobody sends who means well; some of it has the shape of what people do send."""

UPDATES = (names.COMMAND, names.COMMANDS, names.TELL, names.OFFER, names.ANSWER, names.GO_LIVE)
QUERIES = (
    names.STATE,
    names.DEFINITIONS,
    names.CARRIED,
    names.CHECK_GATE,
    names.JOURNAL_HEAD,
    "coopflow.no_such_query",
)


@pytest.mark.parametrize("mode", ["live", "recorded"])
async def test_no_message_fails_a_workflow_task(engine_room: Bench, mode: Any) -> None:
    """Every update and query takes anything, and the cooperation goes on as before."""
    more: dict[str, Any] = {"at": "2026-01-01T00:00:00Z"} if mode == "recorded" else {}
    address = await engine_room.open(mode, **more)
    workflow = engine_room.workflow(address)
    answered, rejected = 0, 0
    for odd in ODD:
        for update in UPDATES:
            try:
                await workflow.execute_update(update, odd)
                answered += 1
            except WorkflowUpdateFailedError:
                rejected += 1
        for query in QUERIES:
            try:
                await workflow.query(query, odd)
                answered += 1
            except (WorkflowQueryFailedError, RPCError):
                rejected += 1
    assert answered
    assert rejected > len(ODD)
    history = await workflow.fetch_history()
    kinds = {event.event_type for event in history.events}
    assert EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED not in kinds
    assert EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT not in kinds
    state = await engine_room.engine.state(address)
    assert (state.status, list(state.members)) == ("active", ["alpha", "beta", "gamma"])
