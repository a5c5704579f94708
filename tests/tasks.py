"""Doing what awaits somebody: the command that a task names, with what is left to say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from coopflow.application.tasks import Task
from coopflow.domain.commands import Command, parse
from coopflow.domain.refusals import Refusal
from coopflow.domain.state import Cooperation

_SAID: dict[str, dict[str, Any]] = {
    "qualify_objection": {"verdict": "concern"},
    "integrate_objection": {"amendment": {}, "material": False},
    "triage_disagreement": {"verdict": "accept"},
    "settle_disagreement": {"agreed_text": "Both"},
    "conclude_mediation": {"outcome": "none"},
    "open_decision": {"question": "Which way?"},
    "resolve_change": {"verdict": "accepted"},
    "close_review": {"expected": "A", "observed": "B", "why": "C", "lessons": []},
    "cosign_waiver": {"reason": "It is worth it"},
    "update_action": {"status": "done"},
    "propose_mandate": {"missions": ["coordinate"]},
    "draft_document": {"content": {}},
    "close_cooperation": {"report": "What remains"},
}


def done(task: Task, state: Cooperation, at: datetime, manager: str = "pam") -> Command:
    """Return the command that does a task, given by whom it awaits."""
    said = dict(_SAID.get(task.command, {}))
    if task.command == "cast_ballot":
        said |= {"choice": state.decisions[task.about].rule.choices[0], "reason": "Because"}
    elif task.command == "propose_mandate":
        said["holder"] = state.active[0]
    elif task.command == "appoint_mediator":
        parties = set(state.disagreements[task.about].parties)
        said["person"] = next(
            person
            for person, held in state.roles.items()
            if "mediator" in held and parties.isdisjoint(state.represented_by(person))
        )
    elif task.command == "assign_role":
        said["person"] = "somebody-new"
    raw = {**task.payload, **said, "command": task.command, "at": at.isoformat()}
    found = parse(raw | {"actor": task.person or manager})
    assert not isinstance(found, Refusal), (task, found)
    return found
