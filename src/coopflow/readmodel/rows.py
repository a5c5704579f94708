"""From a state to rows: pure functions, and what a run of entries changed of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any, Final, NamedTuple

from coopflow.application.tasks import READS as TASK_READS
from coopflow.domain.state import (
    UNOPENED,
    Cooperation,
    Decision,
    Disagreement,
    Document,
    Measure,
    Meeting,
    Member,
    Review,
)
from coopflow.readmodel.outlines import (
    DUE_READS,
    OUTLINE_READS,
    due_rows,
    outline_rows,
    passage_row,
    secured_until,
)
from coopflow.readmodel.standing_rows import (
    Row,
    action_rows,
    alert_rows,
    indicator_rows,
    role_rows,
    task_rows,
)
from coopflow.readmodel.tables import (
    ActionRow,
    AlertRow,
    Base,
    DecisionRow,
    DisagreementRow,
    DocumentRow,
    DueRow,
    IndicatorRow,
    LevelsRow,
    MeasureRow,
    MeetingRow,
    MemberRow,
    OutlineRow,
    PassageRow,
    ReviewRow,
    RoleRow,
    TaskRow,
)


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
        "secured_until": secured_until(state),
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
        "joined_at": member.joined_at,
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


def measure_row(measure: Measure) -> Row:
    """Return the row of a value of an indicator, but for its place in the series."""
    return {
        "value": measure.value,
        "organisation": measure.organisation,
        "period": measure.period,
        "at": measure.at,
    }


def levels_row(before: Cooperation, after: Cooperation) -> Row | None:  # noqa: ARG001 - as all trails
    """Return the row of the levels that a cooperation has come to."""
    return {"seq": after.seq, "at": after.as_of, "levels": after.levels}


class Part(NamedTuple):
    """A part of the state that has a table of its own, one row for each thing in it.

    The rows stay, since a state may forget what is long past. ``key`` are the columns that a thing
    is told by which does not know them itself.
    """

    table: type[Base]
    field: str
    row: Callable[[Any], Row]
    key: tuple[str, ...] = ()

    def things(self, state: Cooperation) -> Mapping[Any, Any]:
        """Return the things of this part by their keys."""
        if self.field == "documents":
            return {
                (kind, document.version): document
                for kind, versions in state.documents.items()
                for document in versions
            }
        if self.field == "measures":
            return {
                (indicator, number): measure
                for indicator, series in state.measures.items()
                for number, measure in enumerate(
                    series.latest, series.count - len(series.latest) + 1
                )
            }
        found: Mapping[Any, Any] = getattr(state, self.field)
        return found

    def rows(self, state: Cooperation) -> Iterator[Row]:
        """Yield the rows of all things that are in a state."""
        yield from (self.row_of(key, thing) for key, thing in self.things(state).items())

    def row_of(self, key: Any, thing: Any) -> Row:
        """Return the row of a thing."""
        told = dict(zip(self.key, key, strict=True)) if self.key else {}
        return told | self.row(thing)


class Trail(NamedTuple):
    """A table of what a part of the state has been: a row for each time it became another.

    ``row`` is given the state before and the one after; where it returns None there is no row.
    """

    table: type[Base]
    field: str
    row: Callable[[Cooperation, Cooperation], Row | None]


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


PARTS: Final[tuple[Part | Standing | Trail, ...]] = (
    Part(MemberRow, "members", member_row),
    Part(DocumentRow, "documents", document_row),
    Part(DecisionRow, "decisions", decision_row),
    Part(MeetingRow, "meetings", meeting_row),
    Part(ReviewRow, "reviews", review_row),
    Part(DisagreementRow, "disagreements", disagreement_row),
    Part(MeasureRow, "measures", measure_row, key=("indicator", "number")),
    Trail(LevelsRow, "levels", levels_row),
    Standing(AlertRow, ("alerts",), alert_rows),
    Standing(RoleRow, ("roles", "members", "mandate", "disagreements"), role_rows),
    Standing(TaskRow, TASK_READS, task_rows),
    Trail(PassageRow, "stage_since", passage_row),
    Standing(OutlineRow, OUTLINE_READS, outline_rows),
    Standing(DueRow, DUE_READS, due_rows),
    Standing(ActionRow, ("actions",), action_rows),
    Standing(IndicatorRow, ("documents", "measures"), indicator_rows),
)
"""Everything that has rows beside the row of the cooperation itself."""


class Changes:
    """What changed from one state to the next, and on to the last, in each part."""

    def __init__(self) -> None:
        """Start without any."""
        self._changed: dict[str, dict[Any, Row]] = {part.table.__tablename__: {} for part in PARTS}
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
            changed = self._changed[part.table.__tablename__]
            if isinstance(part, Trail):
                row = part.row(before, after)
                if row is not None:
                    changed[after.seq] = row
                continue
            old = part.things(before)
            for key, thing in part.things(after).items():
                if old.get(key) is not thing:
                    changed[key] = part.row_of(key, thing)

    def upserts(self, part: Part | Standing | Trail) -> list[Row]:
        """Return the rows of a part to be written."""
        if not isinstance(part, Standing):
            return list(self._changed[part.table.__tablename__].values())
        old, new = self._ends(part)
        return [row for key, row in new.items() if old.get(key) != row]

    def deletions(self, part: Part | Standing | Trail) -> list[Row]:
        """Return the rows of a part to be deleted."""
        if not isinstance(part, Standing):
            return []
        old, new = self._ends(part)
        return [row for key, row in old.items() if key not in new]

    def _ends(self, part: Standing) -> tuple[dict[Any, Row], dict[Any, Row]]:
        """Return the rows of what stood at first, and of what stands at last."""
        first, last = self._first or self._last, self._last
        if all(getattr(first, name) is getattr(last, name) for name in part.reads):
            return {}, {}
        return part.keyed(first), part.keyed(last)
