"""Documents: drafting, submitting, adoption, signatures, validity and what comes after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from fractions import Fraction
from typing import Any, Literal

from coopflow.domain.base import Instant, Slug, StatedInstant
from coopflow.domain.calendar import end_of
from coopflow.domain.commands import Command
from coopflow.domain.decisions import (
    EffectAbandoned,
    EffectSuspended,
    ProposalRevised,
    TakesEffect,
    open_decision,
    recuse,
)
from coopflow.domain.events import Entry, Event
from coopflow.domain.lifecycle import Move, StateMachine
from coopflow.domain.marks import Person
from coopflow.domain.members import active_member
from coopflow.domain.objections import ObjectionIntegrated
from coopflow.domain.refusals import refuse
from coopflow.domain.rulebook import Rulebook
from coopflow.domain.second_calls import DecisionRecalled
from coopflow.domain.state import Cooperation, Document
from coopflow.domain.tools import (
    Charter,
    Kind,
    SupportModel,
    draft_faults,
    submission_faults,
)
from coopflow.domain.turn import Due, Fire, Rank, Turn
from coopflow.domain.voting import Rule

DOCUMENT = StateMachine(
    "document",
    "draft",
    [
        Move("submit", "draft", "submitted"),
        Move("return", "submitted", "draft"),
        *(Move("suspend", status, "submitted") for status in ("approved", "in_force", "stale")),
        Move("approve", "submitted", "approved"),
        Move("come_into_force", "approved", "in_force"),
        Move("go_stale", "approved", "stale"),
        Move("go_stale", "in_force", "stale"),
        Move("expire", "stale", "expired"),
        *(
            Move("supersede", status, "superseded")
            for status in ("draft", "approved", "in_force", "stale", "expired")
        ),
    ],
)
"""The status of a version; only a charter comes into force."""


class DocumentDrafted(Event):
    """A new version of a document was written."""

    type: Literal["document_drafted"] = "document_drafted"
    kind: Kind
    version: int
    content: dict[str, Any]
    minor: bool = False
    author: Person

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Add the version."""
        version = Document(
            kind=self.kind,
            version=self.version,
            status="draft",
            minor=self.minor,
            authors=(self.author,),
            content=self.content,
        )
        versions = (*state.documents.get(self.kind, ()), version)
        return {"documents": {**state.documents, self.kind: versions}}


class _AboutVersion(Event):
    kind: Kind
    version: int

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:
        versions = tuple(
            known.but(**self.becomes(known, state, entry))
            if known.version == self.version
            else known
            for known in state.documents[self.kind]
        )
        return {"documents": {**state.documents, self.kind: versions}}

    def becomes(self, document: Document, state: Cooperation, entry: Entry) -> dict[str, Any]:
        """Return the fields of the version that change."""
        raise NotImplementedError


class DocumentSubmitted(_AboutVersion):
    """A version was put to a decision."""

    type: Literal["document_submitted"] = "document_submitted"
    decision: Slug

    def becomes(self, document: Document, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Point to the decision."""
        return {"status": "submitted", "decision": self.decision}


class DocumentReturned(_AboutVersion):
    """A version was not adopted as it is and is a draft again."""

    type: Literal["document_returned"] = "document_returned"

    def becomes(self, document: Document, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Make it a draft."""
        return {"status": "draft", "decision": None}


class DocumentApproved(_AboutVersion):
    """A version was adopted; a minor correction keeps when, and after what, the text was."""

    type: Literal["document_approved"] = "document_approved"
    decision: Slug
    approved_at: Instant
    approved_seq: int | None = None
    valid_until: Instant | None = None

    def becomes(self, document: Document, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Start its validity."""
        return {
            "status": "approved",
            "approved_at": self.approved_at,
            "approved_seq": self.approved_seq or entry.seq,
            "valid_until": self.valid_until,
        }


class DocumentSuspended(_AboutVersion):
    """What was adopted is suspended by a veto; what it had replaced counts again."""

    type: Literal["document_suspended"] = "document_suspended"
    restores: dict[int, Literal["approved", "in_force", "stale"]]

    def changes(self, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Put the version back to being submitted, and earlier ones to what they were."""
        status = {**self.restores, self.version: "submitted"}
        versions = tuple(
            known.but(status=status[known.version]) if known.version in status else known
            for known in state.documents[self.kind]
        )
        return {"documents": {**state.documents, self.kind: versions}}


class DocumentSuperseded(_AboutVersion):
    """A later version took the place of this one."""

    type: Literal["document_superseded"] = "document_superseded"

    def becomes(self, document: Document, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Take it out of count."""
        return {"status": "superseded"}


class DocumentWentStale(_AboutVersion):
    """The validity of a version is over; for a while it still holds what was reached."""

    type: Literal["document_went_stale"] = "document_went_stale"
    since: Instant

    def becomes(self, document: Document, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Note since when."""
        return {"status": "stale", "stale_since": self.since}


class DocumentExpired(_AboutVersion):
    """A stale version counts as absent."""

    type: Literal["document_expired"] = "document_expired"

    def becomes(self, document: Document, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Take it out of count."""
        return {"status": "expired"}


class CharterSigned(_AboutVersion):
    """An organisation signed the charter."""

    type: Literal["charter_signed"] = "charter_signed"
    organisation: Slug

    def becomes(self, document: Document, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Add the signature."""
        return {"signatures": (*document.signatures, self.organisation)}


class CharterCameIntoForce(_AboutVersion):
    """Enough members have signed the charter."""

    type: Literal["charter_came_into_force"] = "charter_came_into_force"

    def becomes(self, document: Document, state: Cooperation, entry: Entry) -> dict[str, Any]:  # noqa: ARG002
        """Remember how large the collective was then."""
        return {
            "status": "in_force",
            "in_force_at": entry.at,
            "members_at_force": len(state.active),
            "moves_at_force": state.members_moved,
        }


def _refuse_faults(kind: str, faults: list[tuple[str, str]]) -> None:
    if faults:
        refuse(
            "invalid_document",
            "; ".join(f"{path}: {problem}" for path, problem in faults),
            kind=kind,
            faults=[{"path": path, "problem": problem} for path, problem in faults],
        )


class DraftDocument(Command):
    """Write the next version of a document."""

    command: Literal["draft_document"] = "draft_document"
    kind: Kind
    content: dict[str, Any]
    minor: bool = False

    def decide(self, turn: Turn) -> None:
        """Keep it as a draft; it may be incomplete, but what it states must be well formed."""
        if self.kind == "feedback_loop":
            refuse("wrong_state", "a feedback loop is written by closing a review", kind=self.kind)
        _refuse_faults(self.kind, draft_faults(self.kind, self.content))
        draft(turn, self.kind, self.content, self.actor, minor=self.minor)


def draft(
    turn: Turn, kind: Kind, content: dict[str, Any], author: str, *, minor: bool = False
) -> int:
    """Add the next version of a kind and return its number."""
    newest = turn.state.newest(kind)
    version = newest.version + 1 if newest else 1
    turn.emit(
        DocumentDrafted(kind=kind, version=version, content=content, minor=minor, author=author)
    )
    return version


class SubmitDocument(Command):
    """Put the newest draft to a decision."""

    command: Literal["submit_document"] = "submit_document"
    kind: Kind
    decision: Slug | None = None
    rule: Rule | None = None
    closes_at: StatedInstant | None = None

    def decide(self, turn: Turn) -> None:
        """Submit a complete draft; its decision opens."""
        state = turn.state
        newest = state.newest(self.kind, "draft")
        if newest is None:
            refuse("unknown_document", f"there is no draft of {self.kind}", kind=self.kind)
        waiting = state.newest(self.kind, "submitted")
        if waiting is not None:
            refuse(
                "wrong_state",
                f"version {waiting.version} awaits its decision",
                kind=self.kind,
                decision=waiting.decision,
            )
        _refuse_faults(self.kind, submission_problems(state, self.kind, newest.content))
        submit(turn, newest, decision=self.decision, rule=self.rule, closes_at=self.closes_at)


def submission_problems(
    state: Cooperation, kind: str, content: dict[str, Any]
) -> list[tuple[str, str]]:
    """Return what keeps a content from being submitted, in itself and beside other documents.

    Args:
        state: the cooperation.
        kind: one of the eight kinds.
        content: what a version states.

    Returns:
        Where in the content, such as ``actions[0].objective``, and what is wrong there.
    """
    faults = submission_faults(kind, content, frozenset(state.active))
    if kind == "roadmap" and not faults:
        chain = state.current("value_chain")
        known = {one["id"] for one in chain.content["objectives"]} if chain else set()
        faults += [
            (f"actions[{index}].objective", f"the value chain has no objective {name}")
            for index, name in enumerate(action["objective"] for action in content["actions"])
            if name not in known
        ]
    return faults


def submit(
    turn: Turn,
    document: Document,
    *,
    decision: str | None = None,
    rule: Rule | None = None,
    closes_at: datetime | None = None,
) -> None:
    """Open the decision on a version and mark it as submitted."""
    recused: tuple[str, ...] = ()
    if isinstance(document.typed, SupportModel):
        recused = (document.typed.holder,)
    open_decision(
        turn,
        subject=f"document:{document.kind}",
        slug=decision,
        rule=rule,
        closes_at=closes_at,
        recused=recused,
        document=document.version,
    )
    opened = next(reversed(turn.state.decisions))
    turn.emit(DocumentSubmitted(kind=document.kind, version=document.version, decision=opened))


class SignCharter(Command):
    """Sign the charter for one's own organisation."""

    command: Literal["sign_charter"] = "sign_charter"
    organisation: Slug

    def speaks_for(self, state: Cooperation) -> tuple[str, ...]:  # noqa: ARG002
        """One's own organisation."""
        return (self.organisation,)

    def decide(self, turn: Turn) -> None:
        """Sign the newest adopted version."""
        active_member(turn.state, self.organisation)
        charter = turn.state.newest("charter", "approved", "in_force", "stale")
        if charter is None:
            refuse("unknown_document", "no charter has been adopted", kind="charter")
        if self.organisation in charter.signatures:
            refuse(
                "already_exists",
                f"{self.organisation} has signed version {charter.version}",
                organisation=self.organisation,
                version=charter.version,
            )
        turn.emit(
            CharterSigned(kind="charter", version=charter.version, organisation=self.organisation)
        )


def on_decision_closed(turn: Turn, event: Event) -> None:
    """Approve the version that was decided on, or return it to its authors."""
    assert isinstance(event, TakesEffect)
    document = _decided_on(turn.state, event.decision)
    if document is None:
        return
    if event.result == "adopted":
        approve(turn, document, event.decision)
    else:
        turn.emit(DocumentReturned(kind=document.kind, version=document.version))


def on_effect_suspended(turn: Turn, event: Event) -> None:
    """Suspend the version that was vetoed, unless a later one has replaced it."""
    assert isinstance(event, EffectSuspended)
    document = _decided_on(turn.state, event.decision)
    if document is None or document.status not in {"approved", "in_force", "stale"}:
        return
    replaced = replaced_by(turn.state.documents[document.kind], document.version)
    restores = {replaced.version: _as_it_was(replaced)} if replaced else {}
    turn.emit(DocumentSuspended(kind=document.kind, version=document.version, restores=restores))


def replaced_by(versions: Iterable[Document], number: int) -> Document | None:
    """Return the version that another one took the place of, if it did: the last one adopted."""
    adopted = [
        one
        for one in versions
        if one.version < number
        and one.approved_at is not None
        and one.status not in {"draft", "submitted"}
    ]
    return adopted[-1] if adopted and adopted[-1].status == "superseded" else None


def _as_it_was(document: Document) -> Literal["approved", "in_force", "stale"]:
    if document.stale_since is not None:
        return "stale"
    return "approved" if document.in_force_at is None else "in_force"


def on_effect_abandoned(turn: Turn, event: Event) -> None:
    """Return the vetoed version to its authors."""
    assert isinstance(event, EffectAbandoned)
    document = _decided_on(turn.state, event.decision)
    if document is not None and document.status == "submitted":
        turn.emit(DocumentReturned(kind=document.kind, version=document.version))


def _decided_on(state: Cooperation, decision: str) -> Document | None:
    decided = state.decisions[decision]
    subject, _, kind = decided.subject.partition(":")
    if subject != "document" or decided.document is None:
        return None
    return state.version(kind, decided.document)


def approve(turn: Turn, document: Document, decision: str) -> None:
    """Adopt a version; earlier ones are superseded, of charters only once it is in force."""
    before = turn.state.newest(document.kind, "approved", "in_force", "stale", "expired")
    corrected = before if document.minor else None
    approved_at = (corrected.approved_at if corrected else None) or turn.at
    turn.emit(
        DocumentApproved(
            kind=document.kind,
            version=document.version,
            decision=decision,
            approved_at=approved_at,
            approved_seq=corrected.approved_seq if corrected else None,
            valid_until=_valid_until(turn.rules, document, approved_at),
        )
    )
    _supersede_before(turn, document, keep_in_force=True)


def _valid_until(rules: Rulebook, document: Document, approved_at: datetime) -> datetime | None:
    span = rules.policy.documents.kinds[document.kind].valid
    ends = [span.after(approved_at)] if span else []
    if isinstance(document.typed, Charter):
        ends.append(end_of(document.typed.term_end))
    return min(ends, default=None)


def _supersede_before(turn: Turn, document: Document, *, keep_in_force: bool) -> None:
    versions = turn.state.documents[document.kind]
    for earlier in [one for one in versions if one.version < document.version]:
        if keep_in_force and earlier.in_force_at is not None:
            continue
        if DOCUMENT.after(earlier.status, "supersede") is not None:
            turn.emit(DocumentSuperseded(kind=earlier.kind, version=earlier.version))


def on_objection_integrated(turn: Turn, event: Event) -> None:
    """Write the amended proposal as the next version, which takes the place of the earlier one."""
    assert isinstance(event, ObjectionIntegrated)
    earlier = _decided_on(turn.state, event.decision)
    if earlier is None:
        return
    content = earlier.content | event.amendment
    _refuse_faults(earlier.kind, submission_problems(turn.state, earlier.kind, content))
    author = turn.by or earlier.authors[-1]
    turn.emit(DocumentReturned(kind=earlier.kind, version=earlier.version))
    version = draft(turn, earlier.kind, content, author, minor=earlier.minor)
    turn.emit(ProposalRevised(decision=event.decision, document=version))
    turn.emit(DocumentSubmitted(kind=earlier.kind, version=version, decision=event.decision))
    amended = turn.state.version(earlier.kind, version).typed
    if isinstance(amended, SupportModel):
        recuse(turn, event.decision, amended.holder)


def on_decision_recalled(turn: Turn, event: Event) -> None:
    """Submit again the version that a second call is about."""
    assert isinstance(event, DecisionRecalled)
    document = _decided_on(turn.state, event.decision)
    if document is None:
        return
    waiting = turn.state.newest(document.kind, "submitted")
    if document.status != "draft" or waiting is not None:
        refuse(
            "wrong_state",
            f"version {document.version} of {document.kind} is {document.status} by now",
            decision=event.decision,
            kind=document.kind,
        )
    turn.emit(
        DocumentSubmitted(kind=document.kind, version=document.version, decision=event.decision)
    )


def settle(turn: Turn) -> None:
    """Let a charter come into force once enough have signed, or go stale once many moved."""
    state, numbers = turn.state, turn.rules.policy.documents
    waiting = state.newest("charter", "approved")
    if waiting is not None and waiting.in_force_at is None and state.active:
        signed = sum(1 for organisation in state.active if organisation in waiting.signatures)
        if Fraction(signed, len(state.active)) >= numbers.signed_share:
            turn.emit(CharterCameIntoForce(kind="charter", version=waiting.version))
            _supersede_before(turn, waiting, keep_in_force=False)
    for charter in turn.state.documents.get("charter", ()):
        if charter.status == "in_force":
            moved = turn.state.members_moved - charter.moves_at_force
            if moved > numbers.turnover_share * charter.members_at_force:
                turn.emit(DocumentWentStale(kind="charter", version=charter.version, since=turn.at))


def due(state: Cooperation, rules: Rulebook) -> Iterator[Due]:
    """Yield the ends of validity, and of what may still hold after it."""
    for versions in state.documents.values():
        for document in versions:
            if document.status in {"approved", "in_force"} and document.valid_until is not None:
                yield Due(document.valid_until, Rank.EXPIRY, _going_stale(document))
            elif document.status == "stale" and document.stale_since is not None:
                end = rules.policy.documents.stale_for.after(document.stale_since)
                yield Due(end, Rank.EXPIRY, _expiring(document))


def _going_stale(document: Document) -> Fire:
    def fire(turn: Turn) -> None:
        since = document.valid_until or turn.at
        turn.emit(DocumentWentStale(kind=document.kind, version=document.version, since=since))

    return fire


def _expiring(document: Document) -> Fire:
    def fire(turn: Turn) -> None:
        turn.emit(DocumentExpired(kind=document.kind, version=document.version))

    return fire
