"""A decision as its page shows it: its rule, where it stands, what will come of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final, NamedTuple

from pydantic import TypeAdapter

from coopflow.application.deliberation import ABOUT_DECISIONS, Deliberation, deliberation_of
from coopflow.definitions.compile import compile_definition
from coopflow.definitions.diff import Difference, differences
from coopflow.domain.base import Label
from coopflow.domain.decisions import tally
from coopflow.domain.policy import subject_kind
from coopflow.domain.state import Ballot, MandateTerms
from coopflow.domain.tools import Charter, read
from coopflow.domain.vetoes import SUSPENDABLE
from coopflow.domain.voting import Outcome, Rule, rule_words, settle
from coopflow.entrypoints.web.cooperation import CooperationPage
from coopflow.entrypoints.web.records.hand import Hand, Offer, facilitates_support
from coopflow.entrypoints.web.records.things import people_in, title_of
from coopflow.readmodel.chronicle import Narrowing
from coopflow.readmodel.views import DecisionView, JournalLine, MemberView
from coopflow.wording.ruling import EFFECTS, RULES

_RULE: Final[TypeAdapter[Rule]] = TypeAdapter(Rule)
_POLICIES: Final = Narrowing(types=("cooperation_opened", "policy_applied"))


class Answer(NamedTuple):
    """How an organisation answered, or that it has not.

    Attributes:
        organisation: its id.
        ballot: its answer; None while it has none.
        is_told: whether what it chose may be told.
        holder: who gives its vote; None when it does so itself.
    """

    organisation: str
    ballot: Ballot | None
    is_told: bool
    holder: str | None


class Chance(NamedTuple):
    """An organisation that the reader may answer for.

    Attributes:
        member: the organisation.
        ballot: what it has answered; None while it has not.
        holder: whom it entrusted its vote to; None for nobody.
        entrusted: the organisations that answer by it, too.
    """

    member: MemberView
    ballot: Ballot | None
    holder: str | None
    entrusted: tuple[str, ...]


@dataclass(frozen=True)
class Decided:
    """A decision for one reader.

    Attributes:
        view: as everyone may see it.
        title: what is asked.
        about: what it is about, in words; empty where the title says so.
        rule: how it is decided.
        story: how it went; None for who may not read the journal.
        lines: the entries about it, for who may read the journal.
    """

    view: DecisionView
    title: str
    about: str
    rule: Rule
    story: Deliberation | None
    lines: tuple[JournalLine, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it takes answers."""
        return self.view.result is None

    @property
    def kind(self) -> str:
        """What its subject is of."""
        return subject_kind(self.view.subject)

    @property
    def rule_named(self) -> Label:
        """Name the rule with its parameters."""
        return rule_words(self.rule)

    @property
    def rule_said(self) -> Label:
        """Say what the rule asks for."""
        return RULES[self.rule.name]

    @property
    def effect(self) -> Label:
        """Say what follows when it is adopted."""
        return EFFECTS[self.kind]

    @property
    def choices(self) -> tuple[str, ...]:
        """What may be answered."""
        return self.rule.choices

    @property
    def terms(self) -> MandateTerms | None:
        """The mandate that it is about, where it is about one."""
        return self.story.decision.terms if self.story else None

    @property
    def about_link(self) -> str:
        """Where the thing is that it is about, below the cooperation; empty for nowhere."""
        _, _, thing = self.view.subject.partition(":")
        match self.kind:
            case "document" if self.view.document_version is not None:
                return f"/documents/{thing}/{self.view.document_version}"
            case "disagreement":
                return f"/disagreements/{thing}"
            case "gate" | "waiver":
                return f"/gates/{thing}"
            case "admission" | "exclusion":
                return "/people"
            case _:
                return ""

    @property
    def quorum(self) -> Fraction | None:
        """The share of the electorate that has to answer; None where none has to."""
        return Fraction(self.view.quorum) if self.rule.needs_quorum else None

    @property
    def needed(self) -> int | None:
        """How many have to answer; None where none has to."""
        if self.quorum is None:
            return None
        return max(1, -(-self.quorum.numerator * self.view.electorate // self.quorum.denominator))

    @property
    def is_disclosed(self) -> bool:
        """Whether answers may be told."""
        return not self.view.secret and (self.story is None or not self.story.kept_back)

    @property
    def foreseen(self) -> Outcome | None:
        """What would come of it if nobody answered any more; None where that is not to be told."""
        if not self.is_open or self.story is None or not self.is_disclosed:
            return None
        decision = self.story.decision
        return settle(decision.rule, decision.quorum, tally(decision))

    @property
    def answers(self) -> tuple[Answer, ...]:
        """How the organisations answered, those that have not last."""
        if self.story is None:
            return ()
        decision = self.story.decision
        at = decision.closed_at or decision.closes_at
        found = [
            Answer(
                elector,
                ballot := decision.ballots.get(elector),
                self.is_disclosed,
                ballot.holder if ballot else self.story.holder(elector, at),
            )
            for elector in decision.electors
        ]
        return tuple(sorted(found, key=lambda one: one.ballot is None))

    @property
    def waited_for(self) -> tuple[str, ...]:
        """Who has yet to answer."""
        return self.story.decision.waited_for if self.story else ()

    def chances(self, hand: Hand, now: datetime) -> tuple[Chance, ...]:
        """Return for whom a reader may answer, if the decision is open."""
        if not self.is_open or self.story is None or not hand.may("cast_ballot", "own"):
            return ()
        story, electors = self.story, self.story.decision.electors
        holders = {one: story.holder(one, now) for one in electors}
        return tuple(
            Chance(
                member,
                story.decision.ballots.get(member.id),
                holders[member.id],
                tuple(one for one, by in holders.items() if by == member.id),
            )
            for member in hand.speaks_for(electors)
        )


async def decided(page: CooperationPage, view: DecisionView) -> Decided:
    """Return a decision for the reader of a page."""
    about = ""
    if view.question and subject_kind(view.subject) != "other":
        about = title_of(page, view.but(question=None))
    lines: tuple[JournalLine, ...] = ()
    if page.may("journal"):
        lines = await page.services.chronicle.about(
            page.sight.address, "decision", view.id, ABOUT_DECISIONS
        )
        await page.know(people_in(lines))
    story = deliberation_of(view.id, lines) if lines else None
    rule = _RULE.validate_python(view.rule)
    return Decided(view, title_of(page, view), about, rule, story, lines)


def offers(found: Decided, page: CooperationPage, hand: Hand) -> tuple[Offer, ...]:
    """Return what else a reader may do about a decision, beside answering."""
    view, given = found.view, {"decision": found.view.id}
    offered: list[Offer] = []
    may_facilitate = facilitates_support(hand, page, view.subject)
    if found.is_open and may_facilitate:
        if hand.may("record_session_vote"):
            words = Label(en="Record a vote in a meeting", fr="Consigner un vote en séance")
            offered.append(Offer("record_session_vote", words, given))
        is_complete = found.rule.may_close_early and view.answers >= view.electorate
        if hand.may("close_decision") and is_complete:
            offered.append(Offer("close_decision", Label(en="Close it", fr="La clore"), given))
        if hand.may("cancel_decision"):
            words = Label(en="Take the question back", fr="Retirer la question")
            offered.append(Offer("cancel_decision", words, given, "danger"))
    can_recall = view.result == "lapsed" and not view.recalled and may_facilitate
    if can_recall and hand.may("recall_decision"):
        words = Label(en="Call a second time", fr="Appeler une seconde fois")
        offered.append(Offer("recall_decision", words, given))
    return tuple(offered)


async def veto_offers(
    found: Decided, page: CooperationPage, hand: Hand, now: datetime
) -> tuple[Offer, ...]:
    """Return the vetoes that a reader holds by the charter against what was adopted, in time."""
    view, closed = found.view, found.view.closed_at
    if view.result != "adopted" or view.vetoed or closed is None or page.rules is None:
        return ()
    if found.kind not in SUSPENDABLE or not hand.may("veto_decision", "own"):
        return ()
    if now >= page.rules.policy.decisions.veto_within.after(closed):
        return ()
    documents = await page.services.queries.documents(page.sight.address)
    charters = [one for one in documents if one.kind == "charter" and one.status == "in_force"]
    if not charters:
        return ()
    charter = charters[-1]
    whole = await page.services.queries.document(page.sight.address, "charter", charter.version)
    typed = read("charter", whole.content) if whole else None
    assert typed is None or isinstance(typed, Charter)
    names = {view.subject, *view.subject.split(":")}
    holders = {one.holder for one in typed.vetoes if names & set(one.subjects)} if typed else set()
    words = Label(en="Veto it, with a reason", fr="Y opposer un veto motivé")
    return tuple(
        Offer("veto_decision", words, {"decision": view.id, "organisation": one.id}, "danger")
        for one in hand.speaks_for(holders & set(charter.signatures))
    )


def objection_offers(
    found: Decided, page: CooperationPage, hand: Hand, organisation: str
) -> tuple[Offer, ...]:
    """Return what a reader may do about the objection of an organisation."""
    if found.story is None or not found.is_open:
        return ()
    given = {"decision": found.view.id, "organisation": organisation}
    objection = found.story.decision.objections[organisation]
    offered: list[Offer] = []
    if not objection.is_open:
        return ()
    if (
        objection.status == "raised"
        and hand.may("qualify_objection")
        and facilitates_support(hand, page, found.view.subject)
    ):
        words = Label(en="Qualify it", fr="La qualifier")
        offered.append(Offer("qualify_objection", words, given, "primary"))
    if hand.may("integrate_objection"):
        words = Label(
            en="Change the proposal to meet it", fr="Modifier la proposition pour y répondre"
        )
        offered.append(Offer("integrate_objection", words, given))
    if hand.speaks_for([organisation]) and hand.may("withdraw_objection", "own"):
        words = Label(en="Take it back", fr="La retirer")
        offered.append(Offer("withdraw_objection", words, given))
    return tuple(offered)


async def policy_differences(
    page: CooperationPage, found: Decided
) -> tuple[Difference, ...] | None:
    """Return what differs by a policy that is put to a decision; None where one is not known."""
    wanted = found.view.subject.partition(":")[2]
    detail, registry = page.detail, page.services.registry
    lines = await page.services.chronicle.latest(
        page.sight.address, _POLICIES, before=_opened(found.lines), limit=1
    )
    before = lines[0].data["policy"] if lines else detail.policy
    both = [
        await registry.definition(detail.lifecycle, one, detail.programme)
        for one in (before, wanted)
    ]
    if both[0] is None or both[1] is None:
        return None
    return differences(compile_definition(both[0]), compile_definition(both[1]))


def _opened(lines: tuple[JournalLine, ...]) -> int | None:
    return lines[0].seq if lines else None
