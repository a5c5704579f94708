"""Rows of what stands: as many as a state gives rise to, none of what is over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from coopflow.application.tasks import tasks_of
from coopflow.domain.alerts import SEVERITIES
from coopflow.domain.roles import holdings
from coopflow.domain.state import Cooperation, Series
from coopflow.domain.tools import ValueChain

Row = dict[str, Any]
"""The values of a row by column, without the cooperation's id."""


def alert_rows(state: Cooperation) -> Iterator[Row]:
    """Yield the rows of the alerts that stand."""
    for alert in state.alerts.values():
        yield {
            "code": alert.code,
            "about": alert.about,
            "severity": SEVERITIES[alert.code],
            "since": alert.since,
        }


def role_rows(state: Cooperation) -> Iterator[Row]:
    """Yield the rows of the roles that people hold."""
    for holding in holdings(state):
        yield holding._asdict()


def task_rows(state: Cooperation) -> Iterator[Row]:
    """Yield the rows of what the cooperation waits for."""
    for task in tasks_of(state):
        yield {
            "person": task.person,
            "kind": task.kind,
            "about": task.about,
            "organisation": task.organisation,
            "programme": state.programme,
            "role": task.role,
            "command": task.command,
            "subject": task.subject,
            "payload": task.payload,
            "entrusted": [
                {
                    "organisation": one.organisation,
                    "until": one.until.isoformat() if one.until else None,
                }
                for one in task.entrusted
            ],
            "begins_at": task.begins,
            "due_at": task.due,
        }


def action_rows(state: Cooperation) -> Iterator[Row]:
    """Yield the rows of the actions of the living roadmap."""
    for action in state.actions.values():
        yield {
            "id": action.id,
            "title": action.title,
            "objective": action.objective,
            "owner": action.owner,
            "contributors": list(action.contributors),
            "start": action.start,
            "due": action.due,
            "status": action.status,
            "is_open": action.is_open,
        }


def indicator_rows(state: Cooperation) -> Iterator[Row]:
    """Yield the rows of the indicators of the value chain that counts."""
    chain = state.current("value_chain")
    if chain is None or not isinstance(chain.typed, ValueChain):
        return
    for objective in chain.typed.objectives:
        for one in objective.indicators:
            series = state.measures.get(one.id, Series())
            yield {
                "id": one.id,
                "objective": objective.id,
                "definition": one.definition,
                "unit": one.unit,
                "source": one.source,
                "collector": one.collector,
                "frequency": one.frequency,
                "baseline": one.baseline,
                "target": one.target,
                "measured": series.count,
                "measured_at": series.latest[-1].at if series.latest else None,
            }
