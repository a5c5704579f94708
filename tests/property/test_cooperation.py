"""Whatever people do, whenever they do it: what always holds of a cooperation.

The invariants are explained in docs/explanation/invariants.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from copy import copy
from datetime import timedelta
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any, Final

from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from coopflow.application.gate_check import check_gate
from coopflow.application.tasks import KINDS, tasks_of
from coopflow.application.tasks import READS as TASK_READS
from coopflow.application.verification import differing_parts
from coopflow.domain.advice import following
from coopflow.domain.alerts import spans
from coopflow.domain.calendar import end_of
from coopflow.domain.catalogue import COMMANDS
from coopflow.domain.clocks import minima
from coopflow.domain.commands import parse
from coopflow.domain.conditions import levels
from coopflow.domain.cooperation import UNOPENED, advance, decide, evolve, follow, next_due
from coopflow.domain.events import Entry
from coopflow.domain.facts import View
from coopflow.domain.refusals import CODES, Refusal
from coopflow.domain.roles import holdings, is_permitted, roles_of
from coopflow.domain.shedding import reads_of, shed
from coopflow.domain.state import Cooperation
from coopflow.readmodel.rows import PARTS, Standing
from tests.collective import Collective, reference_rules
from tests.deeds import DOCUMENTS, GATES, PAYLOADS, PEOPLE, Chances, within_reach
from tests.stages import in_animation, in_structuration, ready_for_renewal
from tests.tasks import done

TICK = timedelta(microseconds=1)
RULEBOOK = reference_rules()
READS = reads_of(RULEBOOK)
CURRENT_FOR = RULEBOOK.policy.measures.current_for
BEGINNINGS: tuple[Callable[[], Collective], ...] = (
    lambda: Collective(4),
    in_structuration,
    in_animation,
    ready_for_renewal,
)
SPANS = [timedelta(0), TICK, *(timedelta(days=days) for days in (1, 3, 7, 14, 20, 60, 200, 400))]


def grants_of(person: str) -> tuple[str, ...]:
    """Return what somebody holds outside of the cooperation."""
    return ("programme_manager",) if person == "pam" else ()


class Life:
    """A cooperation lived at random, with what is checked against it.

    ``shadow`` is folded from the journal as it reads after travelling as JSON, and so is ``lean``,
    which lets go of what no rule reads; ``travelled`` is the state after it has travelled.
    """

    def __init__(self, coop: Collective) -> None:
        """Begin with every role held by somebody."""
        self.coop = coop
        self.stayed = self.shadow = self.lean = UNOPENED
        self.checked = 0
        self.closed = False
        for person, role in (("med", "mediator"), ("eva", "evaluator")):
            coop.do("fay", "assign_role", person=person, role=role)
        self.travel()
        self.fold()

    @classmethod
    @cache
    def begun(cls, beginning: Callable[[], Collective]) -> Life:
        """Return a life that nobody may go on with, only copies of it."""
        return cls(beginning())

    def copy(self) -> Life:
        """Return the same life, to be gone on with."""
        other = copy(self)
        other.coop = copy(self.coop)
        other.coop.journal = [*self.coop.journal]
        other.coop.state = self.coop.state.remembering_nothing()
        other.travel()
        return other

    def fold(self) -> None:
        """Fold what is new in the journal, after it has travelled."""
        for number, entry in enumerate(self.coop.journal[self.checked :], self.checked + 1):
            assert entry.seq == number
            read = Entry.model_validate_json(entry.model_dump_json())
            assert read == entry
            self.shadow = evolve(self.shadow, read)
            self.lean = evolve(self.lean, read)
        self.lean = shed(self.lean, READS)
        self.checked = len(self.coop.journal)

    def travel(self) -> None:
        """Write the state down and read it again, unless that was done before."""
        if self.stayed is not self.coop.state:
            self.stayed = self.coop.state
            self.text = self.stayed.model_dump_json()
            self.travelled = Cooperation.model_validate_json(self.text)

    def give(self, by: str, name: str, payload: dict[str, Any]) -> bool:
        """Give a command to the states that stayed and that travelled; say if it was accepted."""
        note(f"{self.coop.at.isoformat()} {by}: {name} {payload}")
        raw = {**payload, "command": name, "actor": by, "at": self.coop.at.isoformat()}
        command = parse(raw)
        if isinstance(command, Refusal):
            assert command.code == "invalid_command"
            return False
        before = self.coop.state
        outcome = decide(before, command, RULEBOOK, grants_of(by))
        assert decide(self.travelled, command, RULEBOOK, grants_of(by)) == outcome
        assert before.model_dump_json() == self.text
        self.fold()
        told = decide(self.lean, command, RULEBOOK, grants_of(by))
        if isinstance(outcome, Refusal):
            assert isinstance(told, Refusal)
            assert told.code == outcome.code or "long ago" in (told.message or "")
        else:
            assert told == outcome
        if isinstance(outcome, Refusal):
            assert outcome.code in CODES
            assert outcome.message
            self.coop.wait(until=self.coop.at)  # what fell due is told all the same
        else:
            self.coop._take(outcome)
        self.travel()
        return not isinstance(outcome, Refusal)

    def whoever_may(self, name: str, payload: dict[str, Any]) -> list[str]:
        """Return who is permitted to give a command, for the sake of giving it."""
        command = parse({**payload, "command": name, "actor": "zoe", "at": "2026-01-01T00:00Z"})
        if isinstance(command, Refusal):
            return []
        state = self.coop.state
        return [
            person
            for person in PEOPLE
            if is_permitted(command.but(actor=person), state, grants_of(person))
        ]

    def agree(self, slug: str) -> None:
        """Let everybody agree to a decision, in a meeting."""
        decision = self.coop.state.decisions[slug]
        agreed = next((one for one in ("consent", "yes") if one in decision.rule.choices), None)
        ballots = dict.fromkeys(decision.electors, agreed) if agreed else {}
        self.give("fay", "record_session_vote", {"decision": slug, "ballots": ballots})

    def waiting(self, subject: str = "") -> list[str]:
        """Return the open decisions, on a subject if one is given."""
        return [
            slug
            for slug, one in self.coop.state.decisions.items()
            if one.is_open and one.subject.startswith(subject)
        ]


def somebody_asks(life: Life, of: Chances) -> None:
    """Anybody asks anything."""
    name = of.one_of(*COMMANDS)
    life.give(of.person(), name, PAYLOADS[name](of))


def somebody_who_may_asks(life: Life, of: Chances) -> None:
    """Somebody who may asks for something that could be done."""
    for _ in range(3):
        name = of.one_of(*within_reach(life.coop.state))
        payload = PAYLOADS[name](of)
        if life.give(of.one_of(*(life.whoever_may(name, payload) or PEOPLE)), name, payload):
            return
        of = Chances(of.pick, life.coop.state, life.coop.at)


def the_members_answer(life: Life, of: Chances) -> None:
    """Some of those who are waited for answer an open decision, each as they like."""
    for slug in life.waiting()[: of.one_of(1, 2)]:
        decision = life.coop.state.decisions[slug]
        for organisation in decision.waited_for[: of.one_of(1, 2, 9)]:
            ballot = {"decision": slug, "organisation": organisation, "reason": "A reason"}
            ballot["choice"] = of.one_of(*decision.rule.choices)
            life.give(f"rep-{organisation}", "cast_ballot", ballot)


def a_disagreement_climbs(life: Life, of: Chances) -> None:
    """Members disagree and go some way up the ladder, with a mediator if they come so far."""
    state, slug = life.coop.state, f"d{len(life.coop.state.disagreements)}"
    if len(state.active) < of.one_of(2, 3):
        return
    one, two = state.active[:2]
    about = {"disagreement": slug}
    raised = {"subject": "A matter", "content": "Some words", "touches": "money", "blocking": True}
    life.give(f"rep-{one}", "raise_disagreement", {**about, **raised, "parties": [one, two]})
    verdict = of.one_of("accept", "emergency")
    triaged = {**about, "verdict": verdict, "blocking": of.chance()}
    steps: list[tuple[str, str, dict[str, Any]]] = [("fay", "triage_disagreement", triaged)]
    if verdict == "accept":
        steps += [(f"rep-{one}", "escalate_disagreement", about)] * 2
    steps.append(("fay", "appoint_mediator", {**about, "person": "med"}))
    for party in (one, two):
        steps.append((f"rep-{party}", "accept_mediator", {**about, "organisation": party}))
    ends = {**about, "outcome": of.one_of("none", "partial"), "agreed_text": "In part"}
    steps += [("med", "conclude_mediation", ends), (f"rep-{two}", "escalate_disagreement", about)]
    for by, name, payload in steps[: of.one_of(*range(1, len(steps) + 1))]:
        life.give(by, name, payload)


def a_document_is_adopted(life: Life, of: Chances) -> None:
    """A complete document is written and put to the members, who agree."""
    kind = of.one_of(*DOCUMENTS)
    content = {"kind": kind, "content": DOCUMENTS[kind](), "minor": of.chance()}
    if life.give("fay", "draft_document", content) and life.give(
        "fay", "submit_document", {"kind": kind}
    ):
        life.agree(life.waiting(f"document:{kind}")[0])
    if kind == "charter":
        for organisation in life.coop.state.active[: of.one_of(1, 3, 9)]:
            life.give(f"rep-{organisation}", "sign_charter", {"organisation": organisation})


def a_gate_is_passed(life: Life, of: Chances) -> None:
    """A gate is requested, and ratified if it is put to the members."""
    gate = of.one_of(*GATES)
    by = of.one_of(*(life.whoever_may("request_gate", {"gate": gate}) or PEOPLE))
    if life.give(by, "request_gate", {"gate": gate}):
        for slug in life.waiting(f"gate:{gate}"):
            life.agree(slug)


def the_members_agree(life: Life, of: Chances) -> None:
    """Everybody agrees to an open decision."""
    if waiting := life.waiting():
        life.agree(of.one_of(*waiting))


def time_passes(life: Life, of: Chances) -> None:
    """In one jump or in many: the same happens."""
    coop, span = life.coop, of.one_of(*SPANS)
    at_once = advance(coop.state, coop.at + span, RULEBOOK)
    state, looked = coop.state, []
    for share in (of.one_of(0, 0.1, 0.3), of.one_of(0.4, 0.5, 0.9), 1):
        for entry in advance(state, coop.at + span * share, RULEBOOK):
            state = evolve(state, entry)
            looked.append(entry)
    assert tuple(looked) == at_once
    coop.wait(until=coop.at + span)


def time_passes_to_what_is_next(life: Life, of: Chances) -> None:
    """The very instant at which something happens, or the last one before it."""
    due = next_due(life.coop.state, life.coop.at, RULEBOOK)
    if due is not None:
        life.coop.wait(until=max(life.coop.at, due - of.one_of(timedelta(0), TICK)))


STEPS = [
    somebody_asks,
    *[somebody_who_may_asks] * 6,
    a_document_is_adopted,
    a_gate_is_passed,
    a_disagreement_climbs,
    the_members_agree,
    the_members_answer,
    time_passes,
    time_passes_to_what_is_next,
]


class Lives(RuleBasedStateMachine):
    """Cooperations lived at random, looked at after every step."""

    life: Life

    @initialize(beginning=st.sampled_from(BEGINNINGS))
    def begin(self, beginning: Callable[[], Collective]) -> None:
        """Begin somewhere in the life of a cooperation."""
        self.life = Life.begun(beginning).copy()

    @rule(chance=st.integers(0, 2**24 - 1))
    def go_on(self, chance: int) -> None:
        """Take one step; a number settles all its choices, so that lives differ widely."""
        coop = self.life.coop
        pick = Random(chance ^ coop.state.seq).choice  # noqa: S311 - nothing is secret
        pick(STEPS)(self.life, Chances(pick, coop.state, coop.at))
        self.life.travel()

    @invariant()
    def the_journal_leads_to_the_state(self) -> None:
        """Entries are numbered without gaps, travel as JSON, and fold to the same state."""
        life, journal, state = self.life, self.life.coop.journal, self.life.coop.state
        life.fold()
        assert life.shadow == life.travelled == state
        assert (state.seq, state.as_of) == (journal[-1].seq, journal[-1].at)
        assert all(one.at <= two.at for one, two in pairwise(journal[-100:]))

    @invariant()
    def what_was_worked_out_can_be_worked_out_again(self) -> None:
        """Levels, advice and alerts are the same for a state that travelled."""
        coop, state, at = self.life.coop, self.life.coop.state, self.life.coop.at
        ahead = View(self.life.travelled, at, forward=True, current_for=CURRENT_FOR)
        assert list(levels(ahead, RULEBOOK).levels.values()) == coop.levels(forward=True)
        if state.status != "closed":
            holding = View(self.life.travelled, at, current_for=CURRENT_FOR)
            assert state.levels == levels(holding, RULEBOOK).levels
            assert state.advice == following(holding, RULEBOOK).followed
            assert set(state.alerts) == {
                f"{one.code}:{one.about}"
                for one in spans(self.life.travelled, RULEBOOK, at)
                if one.since <= at and (one.until is None or at < one.until)
            }

    @invariant()
    def who_holds_a_role_is_told_as_the_rules_see_it(self) -> None:
        """The roles listed as counting are those by which commands are permitted."""
        state = self.life.coop.state
        held = {(one.person, one.role) for one in holdings(state) if one.counts}
        assert held == {
            (person, role)
            for person in {*PEOPLE, *(one.person for one in holdings(state))}
            for role in roles_of(person, state)
        }

    @invariant()
    def what_awaits_somebody_is_accepted_from_them(self) -> None:
        """Every task that has begun is done by its command, given by whom it awaits."""
        coop, state = self.life.coop, self.life.coop.state
        assert {*Cooperation.model_fields} >= {*TASK_READS}
        for task in tasks_of(state):
            assert task.kind in KINDS
            if task.begins <= coop.at:
                command = done(task, state, coop.at)
                assert is_permitted(command, state, grants_of(command.actor)), task
                outcome = decide(state, command, RULEBOOK, grants_of(command.actor))
                assert not isinstance(outcome, Refusal), (task, outcome)

    @invariant()
    def nobody_is_forgotten_who_is_to_answer(self) -> None:
        """Each elector that is waited for is asked, or another one that answers for it."""
        state = self.life.coop.state
        asked = defaultdict[str, set[str]](set)
        for task in tasks_of(state):
            if task.command == "cast_ballot":
                asked[task.about] |= {task.organisation, *(o for o, _ in task.entrusted)}
        if state.status in {"active", "closing"}:
            for slug, decision in state.decisions.items():
                if decision.is_open:
                    assert asked[slug] == {*decision.waited_for}

    @invariant()
    def nobody_can_tell_what_was_let_go(self) -> None:
        """A state that lets go of the past is looked at, and goes on, as one that does not."""
        self.life.fold()
        state, lean, at = self.life.coop.state, self.life.lean, self.life.coop.at
        assert shed(lean, READS) is lean
        assert shed(state, READS).model_dump() == lean.model_dump()
        for part in PARTS:
            if isinstance(part, Standing):
                assert part.keyed(lean) == part.keyed(state)
        assert differing_parts(state, lean) == ()
        assert Cooperation.model_validate_json(lean.model_dump_json()) == lean
        for gate in GATES:
            assert check_gate(lean, gate, at, RULEBOOK) == check_gate(state, gate, at, RULEBOOK)
        until = at + timedelta(days=120)
        assert advance(lean, until, RULEBOOK) == advance(state, until, RULEBOOK)
        for person in PEOPLE[state.seq % 3 :: 3]:
            erase = parse({"command": "erase_person", "actor": "pam", "person": person, "at": at})
            assert not isinstance(erase, Refusal)
            grants = grants_of("pam")
            told = decide(lean, erase, RULEBOOK, grants)
            assert told == decide(state, erase, RULEBOOK, grants)
            if not isinstance(told, Refusal):
                erased = follow(lean.remembering_nothing(), told)
                assert isinstance(decide(erased, erase, RULEBOOK, grants), Refusal)

    @invariant()
    def nothing_is_overdue(self) -> None:
        """What is next lies ahead, and something happens then and not before."""
        state, at = self.life.coop.state, self.life.coop.at
        due = next_due(state, at, RULEBOOK)
        if due is not None:
            assert due > at
            assert advance(state, due - TICK, RULEBOOK) == ()
            assert advance(state, due, RULEBOOK)
        if state.status == "closed":
            assert due is None
            return
        for decision in state.decisions.values():
            assert not decision.is_open or decision.closes_at > at or state.is_frozen
        mandate = state.mandate
        assert mandate is None or mandate.ends_on is None or end_of(mandate.ends_on) > at
        for versions in state.documents.values():
            for one in versions:
                if one.status in {"approved", "in_force"}:
                    assert one.valid_until is None or one.valid_until > at

    @invariant()
    def what_is_short_is_watched(self) -> None:
        """A condition below its minimum has a clock or a reservation, any other has no clock."""
        state = self.life.coop.state
        if state.status == "active":
            floor = minima(state, RULEBOOK)
            short = {name for name, least in floor.items() if state.levels[name] < least}
            assert set(state.clocks) <= short <= {*state.clocks, *state.reservations}
            assert not set(state.clocks) & set(state.reservations)

    @invariant()
    def electorates_are_frozen(self) -> None:
        """Only electors answer, and nobody who is recused."""
        for decision in self.life.coop.state.decisions.values():
            assert {*decision.ballots, *decision.objections} <= set(decision.electors)
            assert not set(decision.recused) & set(decision.electors)

    @invariant()
    def what_is_closed_stays_closed(self) -> None:
        """A closed cooperation never opens again."""
        status = self.life.coop.state.status
        assert not self.life.closed or status == "closed"
        self.life.closed = status == "closed"


TestLives = Lives.TestCase
# A life is a dozen steps, each looked at from all sides: a tenth of the profile's cases, but for
# the nightly one, are as many steps as elsewhere.
_PROFILE: Final = settings().max_examples
TestLives.settings = settings(
    stateful_step_count=12,
    max_examples=_PROFILE if _PROFILE >= 20_000 else max(20, _PROFILE // 10),
)
