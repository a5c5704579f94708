"""The eight tools: the content of each typed document, and what must hold to submit it.

A draft may leave required fields out; what it does state must be of the right shape. Submitting
asks for the whole. The fields are those of the contract, after the tools that La Fonda describes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Any, Final, Literal

from pydantic import Discriminator, Field, Tag, ValidationError, model_validator

from coopflow.domain.base import Day, Label, Ratio, Shape, Slug, Text
from coopflow.domain.voting import RULE_NAMES, Rule

Category = Literal["state", "local_authority", "association", "business", "research", "individuals"]
MISSIONS: Final = ("coordinate", "facilitate", "inform", "fund", "measure", "reorient")
Mission = Literal["coordinate", "facilitate", "inform", "fund", "measure", "reorient"]
ActionStatus = Literal["planned", "running", "done", "replanned", "dropped"]
Frequency = Literal["monthly", "quarterly", "half_yearly", "yearly"]
Texts = tuple[Text, ...]
SomeTexts = Annotated[tuple[Text, ...], Field(min_length=1)]
SomeOrganisations = Annotated[tuple[Slug, ...], Field(min_length=1)]

Fault = tuple[str, str]
"""A faulty field: its path within the content, and what is wrong with it."""


class ToolContent(Shape):
    """What the documents of every kind have in common: rules over the whole content."""

    def faults(self, members: frozenset[str]) -> Iterator[Fault]:  # noqa: ARG002 - others use it
        """Yield what keeps a complete content from being submitted.

        Args:
            members: the ids of the active members.
        """
        yield from ()


Number = Annotated[float, Field(allow_inf_nan=False)]

Amount = Annotated[
    Annotated[Number, Tag("<number>")] | Annotated[Text, Tag("<text>")],
    Discriminator(lambda value: "<text>" if isinstance(value, str) else "<number>"),
]
"""What an indicator starts from or is to reach: a number, or words such as ``below 10 %``."""


class SharedVision(ToolContent):
    """The future that the collective wants, built together."""

    issue: Text
    territory: Text
    horizon_year: Annotated[int, Field(ge=1900, le=3000)]
    desired_future: Text
    trends: Texts = ()
    scenarios: Texts = ()
    values: Texts = ()
    contributors: SomeOrganisations
    dissent_notes: Texts = ()

    def faults(self, members: frozenset[str]) -> Iterator[Fault]:
        """At least three contributors, all of them active members."""
        if len(set(self.contributors)) < 3:  # noqa: PLR2004 - the contract's completeness rule
            yield "contributors", "at least 3 different organisations must have contributed"
        yield from _not_members("contributors", self.contributors, members)


class Actor(Shape):
    """One actor on the map."""

    name: Text
    category: Category
    missions: Text
    scope: Text
    current_actions: Texts = ()
    constraints: Texts = ()
    assets: Texts = ()
    status: Literal["member", "invited", "to_approach", "affected"]
    influence: Annotated[int, Field(ge=1, le=5)] | None = None


class Link(Shape):
    """A tie between two actors of the map."""

    source: Text = Field(alias="from")
    target: Text = Field(alias="to")
    kind: Literal["alliance", "complementarity", "tension"]


class StakeholderMap(ToolContent):
    """Who acts on the issue or is concerned by it, and who is missing."""

    actors: Annotated[tuple[Actor, ...], Field(min_length=1)]
    links: tuple[Link, ...] = ()
    missing_voices: Text

    def faults(self, members: frozenset[str]) -> Iterator[Fault]:  # noqa: ARG002
        """Links join actors that the map lists."""
        names = {actor.name for actor in self.actors}
        for index, link in enumerate(self.links):
            for side, name in (("from", link.source), ("to", link.target)):
                if name not in names:
                    yield f"links[{index}].{side}", f"the map lists no actor named {name}"


class Goals(Shape):
    """What the cooperation wants for inhabitants, for the territory and for itself."""

    inhabitants: Text
    territory: Text
    collective: Text


class IdentitySheet(ToolContent):
    """The cooperation on one page: what it transforms, for whom, with which levers."""

    title: Text
    transformation: Text
    beneficiaries: SomeTexts
    levers: SomeTexts
    goals: Goals
    members: SomeOrganisations
    support_holder: Slug
    start: Day
    public_contact: Text
    funders: Texts = ()


class Indicator(Shape):
    """What is measured, by whom and how often."""

    id: Slug
    definition: Text
    unit: Text
    source: Text
    collector: Slug
    frequency: Frequency
    baseline: Amount | None = None
    target: Amount | None = None


class Objective(Shape):
    """Why, how and with whom: one line of the value chain."""

    id: Slug
    why: Text
    lead: Slug | None = None
    levers: SomeTexts
    contributors: SomeOrganisations
    complementarities: Texts = ()
    questions: Texts = ()
    indicators: tuple[Indicator, ...] = ()


class ValueChain(ToolContent):
    """How the members' actions lead to the changes that they want."""

    objectives: Annotated[tuple[Objective, ...], Field(min_length=1)]

    def faults(self, members: frozenset[str]) -> Iterator[Fault]:  # noqa: ARG002
        """Ids of objectives and of indicators are unique."""
        yield from _repeated("objectives", [objective.id for objective in self.objectives])
        indicators = [one.id for objective in self.objectives for one in objective.indicators]
        for name, times in Counter(indicators).items():
            if times > 1:
                yield "objectives.indicators", f"the indicator id {name} is used {times} times"


class Commitment(Shape):
    """What one member brings."""

    member: Slug
    text: Text
    resource: Text | None = None


class Body(Shape):
    """A body of the collective: who sits in it and what it may do."""

    name: Text
    composition: Text
    mandate: Text


class DecisionRule(Shape):
    """How one kind of question is decided, and how when that fails."""

    subject: Text
    rule: Rule
    quorum: Ratio
    fallback: Rule


class VetoRight(Shape):
    """An organisation that may suspend decisions on some subjects."""

    holder: Slug
    subjects: Annotated[tuple[Text, ...], Field(min_length=1)]


class Charter(ToolContent):
    """The rules that the members give themselves: a living tool, not a contract at law."""

    purpose: Text
    principles: SomeTexts
    commitments: Annotated[tuple[Commitment, ...], Field(min_length=1)]
    bodies: Annotated[tuple[Body, ...], Field(min_length=1)]
    roles: SomeTexts
    decision_rules: Annotated[tuple[DecisionRule, ...], Field(min_length=1)]
    vetoes: tuple[VetoRight, ...] = ()
    joining: Text
    leaving: Text
    exclusion: Text
    disagreement_procedure: Text
    confidentiality: Text
    data_sharing: Text
    term_end: Day
    amendment_rule: Text


class Experiment(Shape):
    """What an action tries out, and what was learnt."""

    hypothesis: Text | None = None
    learning: Text | None = None


class Action(Shape):
    """One line of the roadmap."""

    id: Slug
    title: Text
    objective: Slug
    owner: Slug
    contributors: tuple[Slug, ...] = ()
    start: Day | None = None
    due: Day
    status: ActionStatus
    resources: Text | None = None
    depends_on: tuple[Slug, ...] = ()
    deliverable: Text | None = None
    experiment: Experiment | None = None

    @property
    def is_open(self) -> bool:
        """Whether the action is still to be done."""
        return self.status in {"planned", "running", "replanned"}

    @property
    def is_joint(self) -> bool:
        """Whether somebody besides the owner contributes."""
        return any(contributor != self.owner for contributor in self.contributors)


class Roadmap(ToolContent):
    """Who does what until when, for which objective."""

    actions: Annotated[tuple[Action, ...], Field(min_length=1)]

    def faults(self, members: frozenset[str]) -> Iterator[Fault]:  # noqa: ARG002
        """Ids are unique, dependencies exist and form no cycle."""
        ids = [action.id for action in self.actions]
        yield from _repeated("actions", ids)
        for index, action in enumerate(self.actions):
            for other in action.depends_on:
                if other not in ids:
                    yield f"actions[{index}].depends_on", f"there is no action {other}"
        try:
            TopologicalSorter({a.id: a.depends_on for a in self.actions}).prepare()
        except CycleError as error:
            yield "actions", f"actions depend on each other: {' -> '.join(error.args[1])}"


class ReviewRecord(ToolContent):
    """The record of a closed review: what was expected, what happened, what was learnt."""

    review: Slug
    kind: Text
    expected: Text
    observed: Text
    why: Text
    lessons: Texts = ()
    measures: tuple[Slug, ...] = ()
    beneficiary_voice: Text | None = None
    summary_published: bool = False
    changes: tuple[dict[str, Any], ...] = ()


class MissionHolder(Shape):
    """Who carries one mission of the support function, and how many hours a month."""

    holder: Slug
    hours: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None


class BudgetItem(Shape):
    """One source of money for the support function."""

    source: Text
    amount: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    secured: bool
    until: Day


class Feedback(Shape):
    """A dated score, out of five, that the members gave the support function.

    The day is written ``date``; ``at`` and ``on`` are understood as well.
    """

    day: Day = Field(alias="date")
    score: Annotated[float, Field(ge=0, le=5, allow_inf_nan=False)]
    organisation: Slug | None = None
    comment: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_word_for_the_day(cls, raw: Any) -> Any:
        if not isinstance(raw, dict) or "date" in raw:
            return raw
        return {("date" if name in {"at", "on"} else name): value for name, value in raw.items()}


class SupportModel(ToolContent):
    """Who carries the support function, with which missions, means and handover."""

    hosting: Literal["dedicated", "shared", "distributed"]
    missions: Annotated[dict[Mission, MissionHolder], Field(min_length=1)]
    holder: Slug
    deputy: Slug
    accountable_to: Text
    mandate_start: Day
    mandate_end: Day
    hours_month: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    budget: tuple[BudgetItem, ...] = ()
    handover_plan: Text
    feedback: tuple[Feedback, ...] = ()

    def faults(self, members: frozenset[str]) -> Iterator[Fault]:
        """All six missions are held; the holder is a member, the deputy somebody else."""
        for mission in MISSIONS:
            if mission not in self.missions:
                yield f"missions.{mission}", "nobody holds this mission"
        if self.deputy == self.holder:
            yield "deputy", "the deputy must be another organisation than the holder"
        if self.mandate_end < self.mandate_start:
            yield "mandate_end", "the mandate ends before it starts"
        yield from _not_members("holder", (self.holder,), members)


TOOLS: Final[Mapping[str, type[ToolContent]]] = {
    "shared_vision": SharedVision,
    "stakeholder_map": StakeholderMap,
    "identity_sheet": IdentitySheet,
    "value_chain": ValueChain,
    "charter": Charter,
    "roadmap": Roadmap,
    "feedback_loop": ReviewRecord,
    "support_model": SupportModel,
}
"""The content of each kind of document."""

Kind = Literal[
    "shared_vision",
    "stakeholder_map",
    "identity_sheet",
    "value_chain",
    "charter",
    "roadmap",
    "feedback_loop",
    "support_model",
]

KIND_LABELS: Final[Mapping[str, Label]] = {
    "shared_vision": Label(en="shared vision", fr="vision partagée"),
    "stakeholder_map": Label(en="stakeholder map", fr="cartographie des parties prenantes"),
    "identity_sheet": Label(en="identity sheet", fr="fiche d'identité"),
    "value_chain": Label(en="value chain", fr="chaîne de valeur"),
    "charter": Label(en="cooperation charter", fr="charte de coopération"),
    "roadmap": Label(en="roadmap", fr="feuille de route"),
    "feedback_loop": Label(en="feedback loop", fr="boucle de rétroaction"),
    "support_model": Label(en="support model", fr="modélisation de la fonction de soutien"),
}
"""What each kind is called."""

FREQUENCY_LABELS: Final[Mapping[str, Label]] = {
    "monthly": Label(en="monthly", fr="mensuel"),
    "quarterly": Label(en="quarterly", fr="trimestriel"),
    "half_yearly": Label(en="half-yearly", fr="semestriel"),
    "yearly": Label(en="yearly", fr="annuel"),
}
"""What each frequency of an indicator is called."""


_INCOMPLETE: Final = frozenset({"missing", "too_short", "string_too_short"})


def draft_faults(kind: str, content: Mapping[str, Any]) -> list[Fault]:
    """Return the faults of what a draft states; what it leaves out is no fault."""
    return [fault for fault, lacks in _validate(kind, content)[1] if not lacks]


def read(kind: str, content: Mapping[str, Any]) -> ToolContent | None:
    """Return a complete content as a typed value, or None while something is missing."""
    return _validate(kind, content)[0]


def submission_faults(
    kind: str, content: Mapping[str, Any], members: frozenset[str]
) -> list[Fault]:
    """Return all that keeps a content from being submitted.

    Args:
        kind: one of the eight kinds.
        content: what the draft states.
        members: the ids of the active members.
    """
    typed, faults = _validate(kind, content)
    return list(typed.faults(members)) if typed is not None else [fault for fault, _ in faults]


def _validate(
    kind: str, content: Mapping[str, Any]
) -> tuple[ToolContent | None, list[tuple[Fault, bool]]]:
    """Return the typed content, or its faults, each with whether something is only left out."""
    try:
        return TOOLS[kind].model_validate(content), []
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
    faulty = [fault["loc"] for fault in found]
    return None, [
        ((path_of(fault["loc"]), fault["msg"]), fault["type"] in _INCOMPLETE)
        for fault in found
        # A list is said to be too short when its items are at fault: those are named themselves.
        if fault["type"] != "too_short" or not any(_under(fault["loc"], one) for one in faulty)
    ]


def _under(location: tuple[int | str, ...], other: tuple[int | str, ...]) -> bool:
    return len(other) > len(location) and other[: len(location)] == location


def path_of(location: Iterable[int | str]) -> str:
    """Write the place of a fault as people write paths: ``objectives[0].indicators[1].unit``."""
    path, before = "", ""
    for step in location:
        # pydantic names what it took a value for, which the document does not hold.
        is_tag = before in {"rule", "fallback"} and step in RULE_NAMES
        if not is_tag and step not in {"[key]", "<number>", "<text>"}:
            path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
        before = "" if isinstance(step, int) else step
    return path


def _not_members(
    path: str, organisations: tuple[str, ...], members: frozenset[str]
) -> Iterator[Fault]:
    for index, organisation in enumerate(organisations):
        if organisation not in members:
            place = path if len(organisations) == 1 else f"{path}[{index}]"
            yield place, f"{organisation} is not an active member"


def _repeated(path: str, ids: list[str]) -> Iterator[Fault]:
    for name, times in Counter(ids).items():
        if times > 1:
            yield path, f"the id {name} is used {times} times"
