"""Facts about the documents: what is adopted, and what it states."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar, Final, Literal

from coopflow.domain.base import Label, Source
from coopflow.domain.facts.base import Fact, FactType, Query, View, document_source
from coopflow.domain.tools import (
    KIND_LABELS,
    Charter,
    IdentitySheet,
    Kind,
    StakeholderMap,
    ValueChain,
)


class _DocumentQuery(Query):
    gives: ClassVar[FactType] = "int"


class Usable(_DocumentQuery):
    """Whether a kind of document is adopted and counts in this reading."""

    fact: Literal["document.usable"] = "document.usable"
    kind: Kind
    gives: ClassVar[FactType] = "bool"
    reads: ClassVar[tuple[str, ...]] = ("documents",)
    says: ClassVar[Label] = Label(
        fr="le document est adopté et encore valable", en="the document is adopted and still valid"
    )

    def depends_on(self) -> tuple[str, ...]:
        """Return the kind: only its versions matter."""
        return (self.kind,)

    def words(self) -> Label:
        """Name the kind."""
        kind = KIND_LABELS[self.kind]
        return Label(
            en=f"document adopted and still valid ({kind.en})",
            fr=f"document adopté et encore valable ({kind.fr})",
        )

    def read(self, view: View) -> Fact:
        """Read whether the adopted version counts."""
        document = view.usable(self.kind)
        return Fact(document is not None, (document_source(document),) if document else ())


class VisionContributors(_DocumentQuery):
    """How many organisations contributed to a version of the vision, drafts included."""

    fact: Literal["vision.contributors"] = "vision.contributors"
    reads: ClassVar[tuple[str, ...]] = ("shared_vision",)
    says: ClassVar[Label] = Label(
        fr="organisations ayant contribué à la vision, même à l'état d'ébauche",
        en="organisations that contributed to the vision, even a draft",
    )

    def read(self, view: View) -> Fact:
        """Count the contributors of the version in which there are most."""
        counted = [
            (len(set(version.content.get("contributors", ()))), version.version, version)
            for version in view.state.documents.get("shared_vision", ())
            if version.status in {"draft", "submitted", "approved"}
            or (version.status == "stale" and not view.forward)
        ]
        if not counted:
            return Fact(0)
        count, _, version = max(counted, key=lambda entry: entry[:2])
        return Fact(count, (document_source(version),))


class SheetGoals(_DocumentQuery):
    """How many of its three goals the adopted identity sheet states."""

    fact: Literal["sheet.goals"] = "sheet.goals"
    reads: ClassVar[tuple[str, ...]] = ("identity_sheet",)
    says: ClassVar[Label] = Label(
        fr="buts énoncés par la fiche d'identité adoptée",
        en="goals stated by the adopted identity sheet",
    )

    def read(self, view: View) -> Fact:
        """Count the goals; an adopted sheet has all three, since submission asks for them."""
        document = view.usable("identity_sheet")
        if document is None or not isinstance(document.typed, IdentitySheet):
            return Fact(0)
        return Fact(len(type(document.typed.goals).model_fields), (document_source(document),))


class MapActors(_DocumentQuery):
    """How many actors the adopted map lists."""

    fact: Literal["map.actors"] = "map.actors"
    reads: ClassVar[tuple[str, ...]] = ("stakeholder_map",)
    says: ClassVar[Label] = Label(
        fr="acteurs sur la cartographie adoptée", en="actors on the adopted stakeholder map"
    )

    def read(self, view: View) -> Fact:
        """Count the actors."""
        document = view.usable("stakeholder_map")
        if document is None or not isinstance(document.typed, StakeholderMap):
            return Fact(0)
        return Fact(len(document.typed.actors), (document_source(document),))


class MapCategories(_DocumentQuery):
    """In how many categories the actors of the adopted map are."""

    fact: Literal["map.categories"] = "map.categories"
    reads: ClassVar[tuple[str, ...]] = ("stakeholder_map",)
    says: ClassVar[Label] = Label(
        fr="catégories d'acteurs sur la cartographie adoptée",
        en="categories of actors on the adopted stakeholder map",
    )

    def read(self, view: View) -> Fact:
        """Count the categories."""
        document = view.usable("stakeholder_map")
        if document is None or not isinstance(document.typed, StakeholderMap):
            return Fact(0)
        return Fact(
            len({actor.category for actor in document.typed.actors}), (document_source(document),)
        )


_COUNTED: Final[Mapping[str, Label]] = {
    "leads": Label(en="leads", fr="chefs de file"),
    "levers": Label(en="levers", fr="leviers"),
    "contributors": Label(en="contributing organisations", fr="organisations contributrices"),
    "questions": Label(en="evaluation questions", fr="questions évaluatives"),
    "indicators": Label(en="indicators", fr="indicateurs"),
}


class ChainLeast(_DocumentQuery):
    """The least number of something that any objective of the adopted value chain has."""

    fact: Literal["chain.least"] = "chain.least"
    of: Literal["leads", "levers", "contributors", "questions", "indicators"]
    reads: ClassVar[tuple[str, ...]] = ("value_chain",)
    says: ClassVar[Label] = Label(
        fr="le plus petit nombre par objectif de la chaîne de valeur adoptée",
        en="the least number per objective of the adopted value chain",
    )

    def words(self) -> Label:
        """Name what is counted."""
        counted = _COUNTED[self.of]
        return Label(
            en=f"{counted.en} of the objective of the value chain that has the fewest",
            fr=f"{counted.fr} de l'objectif de la chaîne de valeur qui en a le moins",
        )

    def read(self, view: View) -> Fact:
        """Take the least over the objectives; 0 without an adopted value chain."""
        document = view.usable("value_chain")
        if document is None or not isinstance(document.typed, ValueChain):
            return Fact(0)
        counts = []
        for objective in document.typed.objectives:
            if self.of == "leads":
                counts.append(int(objective.lead is not None))
            else:
                counts.append(len(set(getattr(objective, self.of))))
        return Fact(min(counts), (document_source(document),))


class ChainComplementarities(_DocumentQuery):
    """How many complementarities the adopted value chain states in all."""

    fact: Literal["chain.complementarities"] = "chain.complementarities"
    reads: ClassVar[tuple[str, ...]] = ("value_chain",)
    says: ClassVar[Label] = Label(
        fr="complémentarités énoncées par la chaîne de valeur adoptée",
        en="complementarities stated by the adopted value chain",
    )

    def read(self, view: View) -> Fact:
        """Count them over all objectives."""
        document = view.usable("value_chain")
        if document is None or not isinstance(document.typed, ValueChain):
            return Fact(0)
        return Fact(
            sum(len(objective.complementarities) for objective in document.typed.objectives),
            (document_source(document),),
        )


class CharterInForce(_DocumentQuery):
    """Whether a charter is in force."""

    fact: Literal["charter.in_force"] = "charter.in_force"
    gives: ClassVar[FactType] = "bool"
    reads: ClassVar[tuple[str, ...]] = ("charter",)
    says: ClassVar[Label] = Label(fr="une charte est en vigueur", en="a charter is in force")

    def read(self, view: View) -> Fact:
        """Read whether the charter was signed by enough, and counts."""
        document = view.usable("charter")
        if document is None or document.in_force_at is None:
            return Fact(value=False)
        return Fact(value=True, sources=(document_source(document),))


class CharterToSign(_DocumentQuery):
    """Whether an adopted charter may still be signed."""

    fact: Literal["charter.to_sign"] = "charter.to_sign"
    gives: ClassVar[FactType] = "bool"
    reads: ClassVar[tuple[str, ...]] = ("charter", "members")
    says: ClassVar[Label] = Label(
        fr="une charte adoptée attend des signatures", en="an adopted charter awaits signatures"
    )

    def read(self, view: View) -> Fact:
        """Read whether an active member has not signed the newest adopted version."""
        document = view.state.newest("charter", "approved", "in_force")
        if document is None:
            return Fact(value=False)
        missing = any(one not in document.signatures for one in view.state.active)
        return Fact(value=missing, sources=(document_source(document),))


class CharterProcedure(_DocumentQuery):
    """Whether the charter in force says how disagreements are treated."""

    fact: Literal["charter.disagreement_procedure"] = "charter.disagreement_procedure"
    gives: ClassVar[FactType] = "bool"
    reads: ClassVar[tuple[str, ...]] = ("charter",)
    says: ClassVar[Label] = Label(
        fr="la charte en vigueur prévoit une procédure de désaccord",
        en="the charter in force has a disagreement procedure",
    )

    def read(self, view: View) -> Fact:
        """Read the procedure of the charter in force."""
        document = view.usable("charter")
        if document is None or document.in_force_at is None:
            return Fact(value=False)
        typed = document.typed
        stated = isinstance(typed, Charter) and bool(typed.disagreement_procedure)
        return Fact(stated, (document_source(document),))


class CharterSignedShare(_DocumentQuery):
    """Which share of the active members has signed the adopted charter."""

    fact: Literal["charter.signed_share"] = "charter.signed_share"
    is_share: ClassVar[bool] = True
    gives: ClassVar[FactType] = "double"
    reads: ClassVar[tuple[str, ...]] = ("charter", "members")
    says: ClassVar[Label] = Label(
        fr="part des membres actifs ayant signé la charte",
        en="share of the active members that signed the charter",
    )

    def read(self, view: View) -> Fact:
        """Divide the active signatories by the active members."""
        document, active = view.usable("charter"), view.state.active
        if document is None or not active:
            return Fact(0.0)
        signed = [organisation for organisation in active if organisation in document.signatures]
        return Fact(
            float(Fraction(len(signed), len(active))),
            (document_source(document), *(Source(kind="member", id=org) for org in signed)),
        )


DOCUMENT_FACTS = (
    Usable,
    VisionContributors,
    SheetGoals,
    MapActors,
    MapCategories,
    ChainLeast,
    ChainComplementarities,
    CharterInForce,
    CharterToSign,
    CharterProcedure,
    CharterSignedShare,
)
