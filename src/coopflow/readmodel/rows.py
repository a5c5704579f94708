"""From a state to rows: pure functions, and what a run of entries changed of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any, Final, NamedTuple

from coopflow.application.tasks import READS as TASK_READS
from coopflow.application.tasks import tasks_of
from coopflow.domain.alerts import SEVERITIES
from coopflow.domain.roles import holdings
from coopflow.domain.state import (
    UNOPENED,
    Cooperation,
    Decision,
    Disagreement,
    Document,
    Meeting,
    Member,
    Review,
)
from coopflow.readmodel.tables import (
    AlertRow,
    Base,
    DecisionRow,
    DisagreementRow,
    DocumentRow,
    MeetingRow,
    MemberRow,
    ReviewRow,
    RoleRow,
    TaskRow,
)

Row = dict[str, Any]
"""The values of a row by column, without the cooperation's id."""


def cooperation_row(state: Cooperation) -> Row:
    """Return what the table of cooperations holds of an opened cooperation."""
    verdicts = [
        (record.requested_at, record.verdict)
        for record in state.gates.values()
        if record.requested_at is not None and record.verdict is not None
    ]
    verdict_at, verdict = max(verdicts, key=itemgetter(0), default=(None, None))
    plenaries = [one.held_at for one in state.meetings.values() if one.kind == "plenary"]
    return {
        "programme": state.programme,
        "slug": state.id,
        "title": state.title,
        "territory": state.territory,
        "issue": state.issue,
        "lifecycle": state.lifecycle,
        "policy": state.policy,
        "status": state.status,
        "opened_at": state.opened_at,
        "stage": state.stage,
        "stage_since": state.stage_since,
        "levels": state.levels,
        "floor": state.floor,
        "floor_since": state.floor_since,
        "clocks": {name: clock.until.isoformat() for name, clock in state.clocks.items()},
        "reservations": [one.model_dump(mode="json") for one in state.reservations.values()],
        "advice": list(state.advice),
        "verdict_gate": verdict and verdict.gate,
        "verdict": verdict and verdict.result,
        "verdict_at": verdict_at,
        "mandate_holder": state.mandate.holder if state.mandate else None,
        "mandate_ends_on": state.mandate.ends_on if state.mandate else None,
        "active_members": len(state.active),
        "last_plenary_at": max(plenaries, default=None),
        "seq": state.seq,
        "as_of": state.as_of,
    }


def member_row(member: Member) -> Row:
    """Return the row of a member."""
    return {
        "id": member.id,
        "name": member.name,
        "category": member.category,
        "college": member.college,
        "status": member.status,
        "status_since": member.standings[-1].since,
        "moved_at": member.moved_at,
        "representative": member.representative,
        "alternate": member.alternate,
        "profile": member.profile.model_dump(mode="json"),
    }


def document_row(document: Document) -> Row:
    """Return the row of one version of a document."""
    return {
        "kind": document.kind,
        "version": document.version,
        "status": document.status,
        "minor": document.minor,
        "authors": list(document.authors),
        "decision": document.decision,
        "approved_at": document.approved_at,
        "valid_until": document.valid_until,
        "stale_since": document.stale_since,
        "in_force_at": document.in_force_at,
        "signatures": list(document.signatures),
        "content": document.content,
    }


def decision_row(decision: Decision) -> Row:
    """Return the row of a decision: how many chose what, never who.

    Of a secret ballot the numbers are those that its outcome states: watching them while it is
    open, or seeing those of one that was broken off, would tell single choices.
    """
    counts = Counter(ballot.choice for ballot in decision.ballots.values())
    is_counted = decision.result in {"adopted", "rejected"}
    shown = {} if decision.secret and not is_counted else dict(sorted(counts.items()))
    said = decision.arithmetic
    return {
        "id": decision.id,
        "subject": decision.subject,
        "question": decision.question,
        "rule": decision.rule.model_dump(mode="json"),
        "quorum": str(decision.quorum),
        "secret": decision.secret,
        "document_version": decision.document,
        "opened_at": decision.opened_at,
        "closes_at": decision.closes_at,
        "electorate": len(decision.electors),
        "answers": len(decision.ballots),
        "counts": shown,
        "open_objections": len(decision.open_objections),
        "result": decision.result,
        "recalled": decision.recalled,
        "vetoed": decision.vetoed,
        "closed_at": decision.closed_at,
        "arithmetic_fr": said.fr if said else None,
        "arithmetic_en": said.en if said else None,
    }


def meeting_row(meeting: Meeting) -> Row:
    """Return the row of a meeting."""
    return {
        "id": meeting.id,
        "kind": meeting.kind,
        "held_at": meeting.held_at,
        "attendees": list(meeting.attendees),
        "active": len(meeting.active),
        "minuted_at": meeting.minuted_at,
    }


def review_row(review: Review) -> Row:
    """Return the row of a review."""
    return {
        "id": review.id,
        "kind": review.kind,
        "period": review.period,
        "opened_at": review.opened_at,
        "opened_by": review.by,
        "closed_at": review.closed_at,
        "changes": [change.model_dump(mode="json") for change in review.changes.values()],
        "measures": list(review.measures),
        "summary_published": review.summary_published,
    }


def disagreement_row(disagreement: Disagreement) -> Row:
    """Return the row of a disagreement."""
    return {
        "id": disagreement.id,
        "subject": disagreement.subject,
        "state": disagreement.state,
        "parties": list(disagreement.parties),
        "touches": disagreement.touches,
        "raised_at": disagreement.raised_at,
        "entered_at": disagreement.entered_at,
        "limit_at": disagreement.limit,
        "blocks": disagreement.blocks,
        "blocks_until": disagreement.blocks_until,
        "outcome": disagreement.outcome,
    }


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


class Part(NamedTuple):
    """A part of the state that has a table of its own, one row for each thing in it.

    The rows stay, since a state may forget what is long past.
    """

    table: type[Base]
    field: str
    row: Callable[[Any], Row]

    def things(self, state: Cooperation) -> Mapping[Any, Any]:
        """Return the things of this part by their keys."""
        if self.field == "documents":
            return {
                (kind, document.version): document
                for kind, versions in state.documents.items()
                for document in versions
            }
        found: Mapping[Any, Any] = getattr(state, self.field)
        return found

    def rows(self, state: Cooperation) -> Iterator[Row]:
        """Yield the rows of all things that are in a state."""
        yield from map(self.row, self.things(state).values())


class Standing(NamedTuple):
    """A table of what stands as long as the state gives rise to it: its rows come and go.

    ``reads`` are the fields of the state that they depend on. Nothing that a state may let go of
    gives rise to a row.
    """

    table: type[Base]
    reads: tuple[str, ...]
    rows: Callable[[Cooperation], Iterable[Row]]

    def keyed(self, state: Cooperation) -> dict[Any, Row]:
        """Return the rows by their keys."""
        names = [
            column.name for column in self.table.primary_key() if column.name != "cooperation_id"
        ]
        return {tuple(row[name] for name in names): row for row in self.rows(state)}


PARTS: Final[tuple[Part | Standing, ...]] = (
    Part(MemberRow, "members", member_row),
    Part(DocumentRow, "documents", document_row),
    Part(DecisionRow, "decisions", decision_row),
    Part(MeetingRow, "meetings", meeting_row),
    Part(ReviewRow, "reviews", review_row),
    Part(DisagreementRow, "disagreements", disagreement_row),
    Standing(AlertRow, ("alerts",), alert_rows),
    Standing(RoleRow, ("roles", "members", "mandate", "disagreements"), role_rows),
    Standing(TaskRow, TASK_READS, task_rows),
)
"""Everything that has rows beside the row of the cooperation itself."""


class Changes:
    """What changed from one state to the next, and on to the last, in each part."""

    def __init__(self) -> None:
        """Start without any."""
        self._changed: dict[str, dict[Any, Any]] = {
            part.field: {} for part in PARTS if isinstance(part, Part)
        }
        self._first: Cooperation | None = None
        self._last = UNOPENED

    def note(self, before: Cooperation, after: Cooperation) -> None:
        """Note what is another thing after than before, by identity: states share what stays."""
        self._first, self._last = self._first or before, after
        for part in PARTS:
            if isinstance(part, Standing):
                continue  # only the first state and the last matter
            if getattr(before, part.field) is getattr(after, part.field):
                continue
            old, changed = part.things(before), self._changed[part.field]
            for key, thing in part.things(after).items():
                if old.get(key) is not thing:
                    changed[key] = thing

    def upserts(self, part: Part | Standing) -> list[Row]:
        """Return the rows of a part to be written."""
        if isinstance(part, Part):
            return [part.row(thing) for thing in self._changed[part.field].values()]
        old, new = self._ends(part)
        return [row for key, row in new.items() if old.get(key) != row]

    def deletions(self, part: Part | Standing) -> list[Row]:
        """Return the rows of a part to be deleted."""
        if isinstance(part, Part):
            return []
        old, new = self._ends(part)
        return [row for key, row in old.items() if key not in new]

    def _ends(self, part: Standing) -> tuple[dict[Any, Row], dict[Any, Row]]:
        """Return the rows of what stood at first, and of what stands at last."""
        first, last = self._first or self._last, self._last
        if all(getattr(first, name) is getattr(last, name) for name in part.reads):
            return {}, {}
        return part.keyed(first), part.keyed(last)
