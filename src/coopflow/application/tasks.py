"""What a cooperation waits for: from whom, until when, and which command would do it.

Read off the state alone, so that it can be kept beside it. Everything that is listed is accepted
from whom it is listed for, once it ``begins``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from coopflow.domain.base import Label
from coopflow.domain.calendar import end_of
from coopflow.domain.roles import (
    EVALUATOR,
    FACILITATOR,
    MEDIATOR,
    PROGRAMME_MANAGER,
    REPRESENTATIVE,
    SUPPORT,
)
from coopflow.domain.state import Cooperation, Decision, Delegation, Disagreement, Review

KINDS: Final[Mapping[str, Label]] = {
    "answer": Label(en="Answer a decision", fr="Répondre à une décision"),
    "object": Label(
        en="Object before silence counts as agreement",
        fr="S'opposer avant que le silence vaille accord",
    ),
    "qualify_objection": Label(en="Qualify an objection", fr="Qualifier une objection"),
    "integrate_objection": Label(en="Integrate an objection", fr="Intégrer une objection"),
    "sign_charter": Label(en="Sign the charter", fr="Signer la charte"),
    "triage_disagreement": Label(en="Triage a disagreement", fr="Orienter un désaccord"),
    "settle_disagreement": Label(en="Settle a disagreement", fr="Régler un désaccord"),
    "appoint_mediator": Label(en="Propose a mediator", fr="Proposer une médiation"),
    "accept_mediator": Label(en="Accept the mediator", fr="Accepter la médiation"),
    "conclude_mediation": Label(en="Conclude a mediation", fr="Conclure une médiation"),
    "ask_collective": Label(
        en="Ask the collective to decide", fr="Demander au collectif de trancher"
    ),
    "put_to_members": Label(
        en="Put a disagreement to the members", fr="Soumettre un désaccord aux membres"
    ),
    "end_separation": Label(en="Settle a separation", fr="Conclure une séparation"),
    "confirm_follow_up": Label(
        en="Say whether what closed a disagreement holds",
        fr="Dire si ce qui a clos un désaccord tient",
    ),
    "open_review": Label(en="Open a review", fr="Ouvrir un bilan"),
    "resolve_change": Label(en="Resolve a proposed change", fr="Statuer sur un changement"),
    "close_review": Label(en="Close a review", fr="Clore un bilan"),
    "cosign_waiver": Label(en="Cosign a waiver", fr="Cosigner une dérogation"),
    "update_action": Label(
        en="Say how an overdue action stands", fr="Faire le point sur une action"
    ),
    "propose_mandate": Label(en="Propose the next mandate", fr="Proposer le prochain mandat"),
    "renew_document": Label(en="Renew a stale document", fr="Renouveler un document périmé"),
    "request_renewal": Label(en="Request the renewal", fr="Demander le renouvellement"),
    "close_cooperation": Label(en="Close the cooperation", fr="Clore la coopération"),
}
"""The kinds of tasks, and what they are called."""

BY_DAY: Final = frozenset({"propose_mandate", "sign_charter", "update_action"})
"""Kinds of tasks that are due by a day, at the end of which they are over; others at an instant."""


class Entrusted(NamedTuple):
    """An organisation whose vote another one gives, until an instant where there is one."""

    organisation: str
    until: datetime | None


class Task(NamedTuple):
    """Something that a cooperation waits for from a person, or from whoever holds a role outside.

    Attributes:
        kind: one of ``KINDS``.
        command: what would do it.
        about: what tells it from others of its kind: a decision, a disagreement, a gate, …
        subject: what it is about, for people; nothing that is sealed.
        payload: the part of the command that is settled already.
        begins: it is not waited for before.
        due: until when; None for no end.
        person: who may do it; empty where a role outside the cooperation may.
        role: as what, as ``roles`` names them.
        organisation: for which organisation, where it is for one.
        entrusted: the organisations that answer by it, too.
    """

    kind: str
    command: str
    about: str
    subject: str
    payload: dict[str, str]
    begins: datetime
    due: datetime | None = None
    person: str = ""
    role: str = ""
    organisation: str = ""
    entrusted: tuple[Entrusted, ...] = ()


READS: Final = (
    "status",
    "as_of",
    "stage_since",
    "members",
    "roles",
    "mandate",
    "next_mandate",
    "documents",
    "decisions",
    "delegations",
    "actions",
    "reviews",
    "disagreements",
    "gates",
    "alerts",
)
"""The fields of the state that tasks are read off."""


def tasks_of(state: Cooperation) -> Iterator[Task]:
    """Yield what a cooperation waits for; nothing while it pauses or once it is closed."""
    if state.status in {"active", "closing"}:
        for source in _SOURCES:
            yield from source(state)


def _for_members(
    state: Cooperation, organisations: Iterable[str], task: Task, *, named: bool = True
) -> Iterator[Task]:
    """Yield a task for all who speak for an organisation, which the command names or not."""
    for slug in organisations:
        member = state.members.get(slug)
        if member is None or member.status == "left":
            continue
        payload = task.payload | ({"organisation": slug} if named else {})
        for person in dict.fromkeys(member.people):
            yield task._replace(
                person=person, role=REPRESENTATIVE, organisation=slug, payload=payload
            )


def _for_roles(state: Cooperation, task: Task, *roles: str) -> Iterator[Task]:
    """Yield a task for all who hold one of some roles assigned in the cooperation, each once."""
    for person, held in state.roles.items():
        role = next((one for one in roles if one in held), None)
        if role is not None:
            yield task._replace(person=person, role=role)


def _for_support(state: Cooperation, task: Task, *roles: str) -> Iterator[Task]:
    """Yield a task for the support function, and for the facilitator and others of some roles."""
    others = list(_for_roles(state, task, FACILITATOR, *roles))
    yield from others
    holder = state.members.get(state.mandate.holder) if state.mandate else None
    if holder is not None and holder.status != "left":
        known = {one.person for one in others}
        for person in dict.fromkeys(holder.people):
            if person not in known:
                yield task._replace(person=person, role=SUPPORT)


# --- decisions ------------------------------------------------------------------------------------


def _of_decisions(state: Cooperation) -> Iterator[Task]:
    for one in state.decisions.values():
        if one.is_open:
            yield from _answers(state, one)
            yield from _objections(state, one)


def _answers(state: Cooperation, decision: Decision) -> Iterator[Task]:
    task = Task(
        kind="object" if decision.rule.name == "silence" else "answer",
        command="cast_ballot",
        about=decision.id,
        subject=decision.question or decision.subject,
        payload={"decision": decision.id},
        begins=decision.opened_at,
        due=decision.closes_at,
    )
    waited_for = decision.waited_for
    holders = {slug: _holder(state, decision, slug) for slug in waited_for}
    for slug in waited_for:
        given = holders[slug]
        begins = decision.opened_at
        if given is not None:
            ends = end_of(given.until) if given.until else None
            if ends is None or ends >= decision.closes_at:
                continue  # the holder answers
            begins = ends
        entrusted = tuple(
            Entrusted(other, end_of(by.until) if by.until else None)
            for other, by in holders.items()
            if by is not None and by.to == slug
        )
        mine = task._replace(begins=begins, entrusted=entrusted)
        yield from _for_members(state, (slug,), mine)


def _holder(state: Cooperation, decision: Decision, elector: str) -> Delegation | None:
    """Return the delegation by which another elector, who has yet to answer, gives a vote."""
    assert state.as_of is not None
    covering = [
        one for one in state.delegations.get(elector, ()) if one.covers(decision.id, state.as_of)
    ]
    covering.sort(key=lambda one: one.decision is None)  # one for this decision goes before
    return covering[0] if covering and covering[0].to in decision.waited_for else None


def _objections(state: Cooperation, decision: Decision) -> Iterator[Task]:
    if decision.rule.name != "consent":
        return
    holder = state.mandate.holder if state.mandate else None
    is_own_vote = decision.subject in {"mandate", "document:support_model"}
    for slug in decision.open_objections:
        objection = decision.objections[slug]
        task = Task(
            kind="integrate_objection",
            command="integrate_objection",
            about=f"{decision.id}/{slug}",
            subject=decision.question or decision.subject,
            payload={"decision": decision.id, "organisation": slug},
            begins=objection.at,
            due=decision.closes_at,
        )
        yield from _for_roles(state, task, FACILITATOR)
        if objection.status == "raised":
            first = task._replace(kind="qualify_objection", command="qualify_objection")
            for one in _for_roles(state, first, FACILITATOR):
                # Who is in support does not facilitate the vote on its own mandate.
                if not (is_own_vote and holder in state.represented_by(one.person)):
                    yield one


def _is_decided(state: Cooperation, *subjects: str) -> bool:
    """Whether a decision on one of some subjects is under way."""
    return any(one.is_open and one.subject in subjects for one in state.decisions.values())


def _of_waivers(state: Cooperation) -> Iterator[Task]:
    for gate, record in state.gates.items():
        waiver, asked = record.waiver, record.requested_at
        if waiver is None or waiver.cosigned or asked is None:
            continue
        if state.stage_since is not None and asked < state.stage_since:
            continue  # it was asked of another stage
        decision = state.decisions.get(waiver.decision)
        yield Task(
            kind="cosign_waiver",
            command="cosign_waiver",
            about=gate,
            subject=gate,
            payload={"gate": gate},
            begins=asked,
            due=decision.closes_at if decision and decision.is_open else None,
            role=PROGRAMME_MANAGER,
        )


# --- disagreements --------------------------------------------------------------------------------


def _of_disagreements(state: Cooperation) -> Iterator[Task]:
    for one in state.disagreements.values():
        yield from _ON_LADDER[one.state](state, one)


def _on_ladder(one: Disagreement, kind: str, command: str) -> Task:
    return Task(
        kind=kind,
        command=command,
        about=one.id,
        subject=one.subject,
        payload={"disagreement": one.id},
        begins=one.entered_at,
        due=one.limit,
    )


def _raised(state: Cooperation, one: Disagreement) -> Iterator[Task]:
    task = _on_ladder(one, "triage_disagreement", "triage_disagreement")
    yield from _for_roles(state, task, FACILITATOR)


def _in_dialogue(state: Cooperation, one: Disagreement) -> Iterator[Task]:
    task = _on_ladder(one, "settle_disagreement", "settle_disagreement")
    yield from _for_members(state, one.parties, task, named=False)


def _in_facilitation(state: Cooperation, one: Disagreement) -> Iterator[Task]:
    task = _on_ladder(one, "settle_disagreement", "settle_disagreement")
    yield from _for_roles(state, task, FACILITATOR)


def _in_mediation(state: Cooperation, one: Disagreement) -> Iterator[Task]:
    if one.asking:
        task = _on_ladder(one, "ask_collective", "escalate_disagreement")
        yield from _for_members(state, one.parties, task, named=False)
    elif one.mediator is None:
        task = _on_ladder(one, "appoint_mediator", "appoint_mediator")
        if not any(_could_mediate(state, one, person) for person in state.roles):
            task = task._replace(command="assign_role", payload={"role": MEDIATOR})
        yield from _for_roles(state, task, FACILITATOR)
    elif asked := [party for party in one.parties if party not in one.accepted_by]:
        task = _on_ladder(one, "accept_mediator", "accept_mediator")
        yield from _for_members(state, asked, task)
    elif MEDIATOR in state.roles.get(one.mediator, ()):
        task = _on_ladder(one, "conclude_mediation", "conclude_mediation")
        yield task._replace(person=one.mediator, role=MEDIATOR)


def _could_mediate(state: Cooperation, one: Disagreement, person: str) -> bool:
    """Whether somebody is a mediator here, and of no party."""
    own = state.represented_by(person)
    is_party = any(party in own for party in one.parties)
    return MEDIATOR in state.roles[person] and not is_party


def _before_the_members(state: Cooperation, one: Disagreement) -> Iterator[Task]:
    subject = f"disagreement:{one.id}"
    if not _is_decided(state, subject):
        task = _on_ladder(one, "put_to_members", "open_decision")
        yield from _for_support(state, task._replace(payload={"subject": subject}))


def _in_separation(state: Cooperation, one: Disagreement) -> Iterator[Task]:
    yield from _for_support(state, _on_ladder(one, "end_separation", "record_lasting_disagreement"))


def _closed(state: Cooperation, one: Disagreement) -> Iterator[Task]:
    if one.limit is None and not one.followed_up:
        yield from _for_support(state, _on_ladder(one, "confirm_follow_up", "confirm_follow_up"))


_ON_LADDER: Final[Mapping[str, Callable[[Cooperation, Disagreement], Iterator[Task]]]] = {
    "raised": _raised,
    "dialogue": _in_dialogue,
    "facilitation": _in_facilitation,
    "mediation": _in_mediation,
    "collective_decision": _before_the_members,
    "separation": _in_separation,
    "closed": _closed,
}


# --- reviews, documents, actions, the mandate -----------------------------------------------------


def _of_reviews(state: Cooperation) -> Iterator[Task]:
    for review in state.reviews.values():
        if review.is_open:
            yield from _in_review(state, review)
    for alert in state.alerts.values():
        is_open = any(one.is_open and one.kind == alert.about for one in state.reviews.values())
        if alert.code == "review_due" and not is_open:
            task = Task(
                kind="open_review",
                command="open_review",
                about=alert.about,
                subject=alert.about,
                payload={"kind": alert.about},
                begins=alert.since,
            )
            yield from _for_support(state, task, *_evaluators(alert.about))


def _evaluators(kind: str) -> tuple[str, ...]:
    return (EVALUATOR,) if kind == "evaluation" else ()


def _in_review(state: Cooperation, review: Review) -> Iterator[Task]:
    task = Task(
        kind="resolve_change",
        command="resolve_change",
        about=review.id,
        subject=review.kind,
        payload={"review": review.id},
        begins=review.opened_at,
    )
    waiting = [change for change in review.changes.values() if change.status == "open"]
    for change in waiting:
        asked = task._replace(
            about=f"{review.id}/{change.id}",
            subject=change.text,
            payload=task.payload | {"change": change.id},
        )
        yield from _for_support(state, asked, *_evaluators(review.kind))
    if not waiting:
        close = task._replace(kind="close_review", command="close_review")
        yield from _for_support(state, close, *_evaluators(review.kind))


def _of_documents(state: Cooperation) -> Iterator[Task]:
    charter = state.newest("charter", "approved", "in_force", "stale")
    if charter is not None and charter.status != "stale" and charter.approved_at is not None:
        task = Task(
            kind="sign_charter",
            command="sign_charter",
            about=f"charter-{charter.version}",
            subject="charter",
            payload={},
            begins=charter.approved_at,
            due=charter.valid_until,
        )
        asked = [slug for slug in state.active if slug not in charter.signatures]
        yield from _for_members(state, asked, task)
    for alert in state.alerts.values():
        if alert.code == "document_stale":
            newest = state.newest(alert.about)
            if newest is None or newest.status not in {"draft", "submitted"}:
                task = Task(
                    kind="renew_document",
                    command="draft_document",
                    about=alert.about,
                    subject=alert.about,
                    payload={"kind": alert.about},
                    begins=alert.since,
                )
                yield from _for_support(state, task)


def _of_actions(state: Cooperation) -> Iterator[Task]:
    for action in state.actions.values():
        owner = state.members.get(action.owner)
        if action.is_open and owner is not None and owner.is_active:
            due = end_of(action.due)
            task = Task(
                kind="update_action",
                command="update_action",
                about=action.id,
                subject=action.title,
                payload={"action": action.id},
                begins=due,
                due=due,
            )
            yield from _for_members(state, (action.owner,), task, named=False)


def _of_support(state: Cooperation) -> Iterator[Task]:
    standing = {alert.code: alert for alert in state.alerts.values()}
    ending = standing.get("mandate_lapsed") or standing.get("mandate_ending")
    is_seen_to = state.next_mandate or _is_decided(state, "mandate", "document:support_model")
    if ending is not None and state.active and not is_seen_to:
        ends_on = state.mandate.ends_on if state.mandate else None
        task = Task(
            kind="propose_mandate",
            command="propose_mandate",
            about="support",
            subject="mandate",
            payload={},
            begins=ending.since,
            due=end_of(ends_on) if ends_on else None,
        )
        yield from _for_support(state, task)
    renewal = standing.get("renewal_due")
    if renewal is not None and not _is_decided(state, f"gate:{renewal.about}"):
        task = Task(
            kind="request_renewal",
            command="request_gate",
            about=renewal.about,
            subject=renewal.about,
            payload={"gate": renewal.about},
            begins=renewal.since,
        )
        yield from (one for one in _for_support(state, task) if one.role == SUPPORT)
    if state.status == "closing" and state.stage_since is not None:
        task = Task(
            kind="close_cooperation",
            command="close_cooperation",
            about=state.id,
            subject=state.title,
            payload={},
            begins=state.stage_since,
        )
        yield from _for_support(state, task)


_SOURCES: Final[tuple[Callable[[Cooperation], Iterator[Task]], ...]] = (
    _of_decisions,
    _of_waivers,
    _of_disagreements,
    _of_reviews,
    _of_documents,
    _of_actions,
    _of_support,
)
