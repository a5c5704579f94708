"""Rows that portfolios are narrowed, ordered and counted by: outlines, dues, passages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from coopflow.domain.alerts import SEVERITIES
from coopflow.domain.calendar import end_of
from coopflow.domain.state import Cooperation
from coopflow.domain.tools import SupportModel
from coopflow.readmodel.folding import unaccented

NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""When that is due which has no date: after everything else."""

SORTED: Final = 200
"""So many characters of a title count for its place: indexes hold no more."""

NAMED: Final = 120
"""So many characters of a territory count when it is compared."""

BRIEF: Final = 200
"""Levels that take so many characters at most are in indexes; others are looked up."""

SOUGHT: Final = 160
"""So it is with what texts are sought in, whose letters may take four bytes each."""

OUTLINE_READS: Final = (
    "as_of",
    "title",
    "territory",
    "lifecycle",
    "policy",
    "status",
    "stage",
    "stage_since",
    "levels",
    "alerts",
    "disagreements",
    "mandate",
    "documents",
    "decisions",
    "actions",
    "clocks",
    "reservations",
)
"""The fields of the state that an outline is read off."""

DUE_READS: Final = (
    "status",
    "alerts",
    "disagreements",
    "mandate",
    "documents",
    "decisions",
    "actions",
    "clocks",
    "reservations",
)
"""The fields of the state that dues are read off."""

_LIVING: Final = frozenset({"active", "paused", "closing"})

Row = dict[str, Any]


def sorted_by(title: str) -> str:
    """Return by what a title is put in order: whatever its case and accents."""
    return unaccented(title)[:SORTED]


def words(of: Mapping[str, int] | frozenset[str]) -> str:
    """Write names, or names with their levels, so that each can be found between spaces."""
    told = [f"{name}:{level}" for name, level in of.items()] if isinstance(of, Mapping) else of
    return "".join(f" {one}" for one in sorted(told)) + " " if told else ""


def levelled(levels: Mapping[str, int]) -> Row:
    """Return levels where indexes hold them, or, if they are long, where they are looked up."""
    return _kept("brief", "levels", words(levels), BRIEF)


def searched(title: str, territory: str, slug: str) -> Row:
    """Return what texts are sought in, as :func:`levelled` does levels."""
    return _kept("sought", "searched", unaccented(f"{title}\n{territory}\n{slug}"), SOUGHT)


def alerted(codes: Iterable[str]) -> Row:
    """Return the codes of alerts, and how urgent they are."""
    told = frozenset(codes)
    return {"alerts": words(told), "urgent": words(frozenset(SEVERITIES[one] for one in told))}


def _kept(short: str, long: str, told: str, most: int) -> Row:
    """Return a text in one of two columns: a row is narrow, for all are gone through."""
    return {short: told, long: ""} if len(told) <= most else {short: "", long: told}


def outline_rows(state: Cooperation) -> Iterator[Row]:
    """Yield the one row by which portfolios find a cooperation; none before it is opened."""
    if state.stage_since is None or state.as_of is None:
        return
    as_of = state.as_of
    coming = [one["at"] for one in due_rows(state) if one["at"] > as_of]
    yield {
        "programme": state.programme,
        "slug": state.id,
        "title": sorted_by(state.title),
        **searched(state.title, state.territory, state.id),
        "territory": state.territory[:NAMED],
        "lifecycle": state.lifecycle,
        "policy": state.policy,
        "status": state.status,
        "stage": state.stage,
        "stage_since": state.stage_since,
        **levelled(state.levels),
        **alerted(alert.code for alert in state.alerts.values()),
        "holder": state.mandate.holder if state.mandate else "",
        "disagreements": sum(1 for one in state.disagreements.values() if one.state != "closed"),
        "due_at": min(coming, default=NEVER),
    }


def due_rows(state: Cooperation) -> Iterator[Row]:
    """Yield what is due in a cooperation and when; nothing once it is closed."""
    if state.status in _LIVING:
        for kind, about, subject, organisation, at in _dues(state):
            yield {
                "kind": kind,
                "about": about,
                "programme": state.programme,
                "subject": subject,
                "organisation": organisation,
                "at": at,
            }


_Due = tuple[str, str, str, str, datetime]
"""What is due: its kind, about what, its subject, whom it concerns, and when."""


def _dues(state: Cooperation) -> Iterator[_Due]:
    yield from _of_decisions(state)
    yield from _of_documents(state)
    for action in state.actions.values():
        if action.is_open:
            yield "action_due", action.id, action.title, action.owner, end_of(action.due)
    for clock in state.clocks.values():
        yield "cure_clock", clock.condition, clock.condition, "", clock.until
    for reservation in state.reservations.values():
        yield "reservation", reservation.about, reservation.about, "", reservation.until
    for alert in state.alerts.values():
        if alert.code in {"review_due", "renewal_due"}:
            yield alert.code, alert.about, alert.about, "", alert.since
    if state.mandate is not None and state.mandate.ends_on is not None:
        holder = state.mandate.holder
        yield "mandate_ends", "support", holder, holder, end_of(state.mandate.ends_on)
    until = secured_until(state)
    if until is not None:
        yield "funding_ends", "support", "", "", end_of(until)


def _of_decisions(state: Cooperation) -> Iterator[_Due]:
    for one in state.decisions.values():
        if one.is_open:
            yield "decision_closes", one.id, one.question or one.subject, "", one.closes_at
    for dispute in state.disagreements.values():
        if dispute.state != "closed" and dispute.limit is not None:
            yield "disagreement_limit", dispute.id, dispute.subject, "", dispute.limit


def _of_documents(state: Cooperation) -> Iterator[_Due]:
    for kind, versions in state.documents.items():
        for document in versions:
            if document.status in {"approved", "in_force"} and document.valid_until is not None:
                about = f"{kind}-{document.version}"
                yield "document_expires", about, kind, "", document.valid_until


def secured_until(state: Cooperation) -> date | None:
    """Return the last day for which the support function has resources that are secured."""
    model = state.current("support_model")
    if model is None or not isinstance(model.typed, SupportModel):
        return None
    return max((item.until for item in model.typed.budget if item.secured), default=None)


def passage_row(before: Cooperation, after: Cooperation) -> Row | None:
    """Return the row of the stay in a stage that has ended; None for the first coming."""
    since, until = before.stage_since, after.stage_since
    if since is None or until is None:
        return None
    return {
        "seq": after.seq,
        "programme": after.programme,
        "stage": before.stage,
        "next_stage": after.stage,
        "since": since,
        "until": until,
        "seconds": int((until - since).total_seconds()),
    }
