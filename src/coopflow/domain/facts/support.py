"""Facts about the support function: the mandate that runs, its model and its means."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field

from coopflow.domain.base import Label, Source
from coopflow.domain.calendar import Span, add_months, end_of, start_of
from coopflow.domain.facts.base import Fact, FactType, Query, View, document_source
from coopflow.domain.state import Document, Mandate
from coopflow.domain.tools import BudgetItem, SupportModel

_DAY: Final = timedelta(days=1)
_TICK: Final = timedelta(microseconds=1)


def _mandate_source(mandate: Mandate) -> tuple[Source, ...]:
    if mandate.decision is None:
        return (Source(kind="mandate", id=mandate.holder),)
    return (Source(kind="decision", id=mandate.decision),)


class _MandateQuery(Query):
    reads: ClassVar[tuple[str, ...]] = ("mandate",)


class MandateRunning(_MandateQuery):
    """Whether a mandate given by a decision runs."""

    fact: Literal["mandate.running"] = "mandate.running"
    gives: ClassVar[FactType] = "bool"
    says: ClassVar[Label] = Label(
        fr="un mandat donné par une décision est en cours", en="a mandate given by a decision runs"
    )

    def read(self, view: View) -> Fact:
        """Read the mandate."""
        mandate = view.state.mandate
        if mandate is None or mandate.decision is None:
            return Fact(value=False)
        return Fact(value=True, sources=_mandate_source(mandate))


class MandateMissions(_MandateQuery):
    """How many missions the running mandate states."""

    fact: Literal["mandate.missions"] = "mandate.missions"
    gives: ClassVar[FactType] = "int"
    says: ClassVar[Label] = Label(
        fr="missions énoncées par le mandat en cours", en="missions stated by the running mandate"
    )

    def read(self, view: View) -> Fact:
        """Count them."""
        mandate = view.state.mandate
        return Fact(len(set(mandate.missions)), _mandate_source(mandate)) if mandate else Fact(0)


class MandateHours(_MandateQuery):
    """How many hours a month the running mandate states."""

    fact: Literal["mandate.hours_month"] = "mandate.hours_month"
    gives: ClassVar[FactType] = "double"
    says: ClassVar[Label] = Label(
        fr="heures par mois énoncées par le mandat en cours",
        en="hours per month stated by the running mandate",
    )

    def read(self, view: View) -> Fact:
        """Read them; 0 when none are stated."""
        mandate = view.state.mandate
        if mandate is None or not mandate.hours_month:
            return Fact(0.0)
        return Fact(float(mandate.hours_month), _mandate_source(mandate))


class MandateEnd(_MandateQuery):
    """Whether the running mandate states when it ends."""

    fact: Literal["mandate.has_end"] = "mandate.has_end"
    gives: ClassVar[FactType] = "bool"
    says: ClassVar[Label] = Label(
        fr="le mandat en cours a une date de fin", en="the running mandate states its end"
    )

    def read(self, view: View) -> Fact:
        """Read the end."""
        mandate = view.state.mandate
        if mandate is None or mandate.ends_on is None:
            return Fact(value=False)
        return Fact(value=True, sources=_mandate_source(mandate))


class _ModelQuery(Query):
    reads: ClassVar[tuple[str, ...]] = ("support_model",)

    def _model(self, view: View) -> tuple[Document, SupportModel] | None:
        document = view.usable("support_model")
        if document is None or not isinstance(document.typed, SupportModel):
            return None
        return document, document.typed

    def _secured(self, model: SupportModel) -> tuple[BudgetItem, ...]:
        return tuple(item for item in model.budget if item.secured)


class ModelMissions(_ModelQuery):
    """How many missions are held in the adopted support model."""

    fact: Literal["support.missions"] = "support.missions"
    gives: ClassVar[FactType] = "int"
    says: ClassVar[Label] = Label(
        fr="missions tenues selon le modèle de la fonction de soutien",
        en="missions held in the adopted support model",
    )

    def read(self, view: View) -> Fact:
        """Count them."""
        found = self._model(view)
        return Fact(len(found[1].missions), (document_source(found[0]),)) if found else Fact(0)


class ModelDeputy(_ModelQuery):
    """Whether the adopted support model names a deputy who is not the holder."""

    fact: Literal["support.deputy"] = "support.deputy"
    gives: ClassVar[FactType] = "bool"
    says: ClassVar[Label] = Label(
        fr="le modèle de la fonction de soutien nomme une suppléance",
        en="the adopted support model names a deputy",
    )

    def read(self, view: View) -> Fact:
        """Read the deputy."""
        found = self._model(view)
        if found is None:
            return Fact(value=False)
        return Fact(found[1].deputy != found[1].holder, (document_source(found[0]),))


class Funded(_ModelQuery):
    """Whether resources are secured for some time ahead."""

    fact: Literal["support.funded"] = "support.funded"
    months: Annotated[int, Field(ge=0, le=1200)]
    gives: ClassVar[FactType] = "bool"
    says: ClassVar[Label] = Label(
        fr="des ressources sont assurées pour les mois à venir",
        en="resources are secured for the months ahead",
    )

    def words(self) -> Label:
        """Say for how long."""
        if not self.months:
            return Label(en="resources secured today", fr="ressources assurées à ce jour")
        ahead = Span(months=self.months).words()
        return Label(
            en=f"resources secured for {ahead.en} ahead",
            fr=f"ressources assurées pour {ahead.fr} à l'avance",
        )

    def read(self, view: View) -> Fact:
        """Hold until the first instant from which the months ahead reach beyond the last end."""
        found = self._model(view)
        ends = [end_of(item.until) for item in self._secured(found[1])] if found else []
        if found is None or not ends:
            return Fact(value=False)
        sources = (document_source(found[0]),)
        lapse = _lapse(max(ends), self.months)
        funded = view.at < lapse
        return Fact(value=funded, sources=sources, until=lapse if funded else None)


def _lapse(end: datetime, months: int) -> datetime:
    """Return the first instant at which ``months`` ahead lies beyond ``end``, a midnight."""
    last = add_months(end, -months)
    while (ahead := add_months(last, months)) < end:  # several days may lead to one end of month
        last += _DAY
    return last + _TICK if ahead == end else last


class SecuredSources(_ModelQuery):
    """How many secured sources of money there are now."""

    fact: Literal["support.secured_sources"] = "support.secured_sources"
    gives: ClassVar[FactType] = "int"
    says: ClassVar[Label] = Label(
        fr="sources de financement assurées", en="secured sources of money"
    )

    def read(self, view: View) -> Fact:
        """Count the different sources that have not ended."""
        found = self._model(view)
        if found is None:
            return Fact(0)
        running = [item for item in self._secured(found[1]) if end_of(item.until) > view.at]
        return Fact(
            len({item.source for item in running}),
            (document_source(found[0]),),
            min((end_of(item.until) for item in running), default=None),
        )


class FeedbackScore(_ModelQuery):
    """The mean score that members gave the support function recently; 0 without one."""

    fact: Literal["support.feedback"] = "support.feedback"
    within: Span
    gives: ClassVar[FactType] = "double"
    says: ClassVar[Label] = Label(
        fr="note récente donnée à la fonction de soutien",
        en="recent score given to the support function",
    )

    def words(self) -> Label:
        """Say how recent it is."""
        within = self.within.words()
        return Label(
            en=f"mean score given to the support function less than {within.en} ago",
            fr=f"note moyenne donnée à la fonction de soutien il y a moins de {within.fr}",
        )

    def read(self, view: View) -> Fact:
        """Take the mean of the scores within the window."""
        found = self._model(view)
        if found is None:
            return Fact(0.0)
        recent = [
            one
            for one in found[1].feedback
            if start_of(one.day) <= view.at < self.within.after(start_of(one.day))
        ]
        coming = [start_of(one.day) for one in found[1].feedback if start_of(one.day) > view.at]
        ends = [self.within.after(start_of(one.day)) for one in recent]
        scores = [Fraction(str(one.score)) for one in recent]
        score = float(sum(scores, Fraction(0)) / len(scores)) if scores else 0.0
        return Fact(score, (document_source(found[0]),), min((*ends, *coming), default=None))


SUPPORT_FACTS = (
    MandateRunning,
    MandateMissions,
    MandateHours,
    MandateEnd,
    ModelMissions,
    ModelDeputy,
    Funded,
    SecuredSources,
    FeedbackScore,
)
