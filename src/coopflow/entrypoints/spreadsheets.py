"""Tables for spreadsheets: portfolios, registers of decisions, indicators; as CSV here.

CSV is for programs: headers are in the language of whom they are for, what stands below is data,
and the same in both. As workbooks, in the words of people, they are written in ``workbooks.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final, NamedTuple, TypeVar

from pydantic import TypeAdapter

from coopflow.application.callers import Language
from coopflow.directory.sheets import write_sheet
from coopflow.domain.base import Label
from coopflow.domain.tools import FREQUENCY_LABELS
from coopflow.domain.voting import Rule, rule_words
from coopflow.readmodel.views import DecisionView, IndicatorView, MeasureView, PortfolioRow
from coopflow.wording.naming import Names
from coopflow.wording.phrases import Phrases
from coopflow.wording.things import capital

T = TypeVar("T")
_RULE: Final[TypeAdapter[Rule]] = TypeAdapter(Rule)

BOM: Final = "\ufeff"
"""What tells some spreadsheets that a file is UTF-8."""


class Speech(NamedTuple):
    """How a table is told to people.

    Attributes:
        say: in which language, and where they live.
        names: what stages, gates and conditions are called.
        organisations: what organisations are called, by id; may grow while rows are written.
        subjects: what decisions are about, by their subjects.
    """

    say: Phrases
    names: Names
    organisations: Mapping[str, str] = {}
    subjects: Mapping[str, str] = {}

    def organisation(self, slug: str | None) -> str | None:
        """Name an organisation."""
        return None if slug is None else self.organisations.get(slug, slug)


class Column(NamedTuple):
    """A column: what it is called, and what stands in it.

    Attributes:
        label: what it is called.
        of: returns what stands in it of a row: a text, a number, a date, an instant, whether
            something is so, a share as a fraction, numbers by their names, or None.
        said: returns the same in the words of people, where it is a name of the wire.
        spreads: whether these are numbers by their names, which may have a column each.
        tells_apart: whether it is an id by which programs tell things apart.
    """

    label: Label
    of: Callable[[Any], Any]
    said: Callable[[Any, Speech], Any] | None = None
    spreads: bool = False
    tells_apart: bool = False


def _column(  # noqa: PLR0913 - what a column is, in one line each
    en: str,
    fr: str,
    of: Callable[[Any], Any],
    said: Callable[[Any, Speech], Any] | None = None,
    *,
    spreads: bool = False,
    tells_apart: bool = False,
) -> Column:
    return Column(Label(en=en, fr=fr), of, said, spreads, tells_apart)


def _if_any(word: Callable[[Speech, Any], str], of: Callable[[Any], Any]) -> Any:
    """Return what says a value in words where there is one."""

    def said(row: Any, speech: Speech) -> str | None:
        value = of(row)
        return None if value is None else word(speech, value)

    return said


def _keyed(family: str) -> Callable[[Speech, Any], str]:
    return lambda speech, value: speech.say(f"{family}.{value}")


def _alerts(row: PortfolioRow, speech: Speech) -> str:
    counted = Counter(alert.code for alert in row.alerts)
    words = [
        speech.say(f"alert.{code}") + (f" (×{number})" if number > 1 else "")
        for code, number in counted.items()
    ]
    return capital(", ".join(words))


def _gate(speech: Speech, gate: str) -> str:
    return speech.names.gate(gate)


PORTFOLIO: Final = (
    _column("id", "identifiant", lambda one: one.slug, tells_apart=True),
    _column("title", "titre", lambda one: one.title),
    _column("territory", "territoire", lambda one: one.territory),
    _column(
        "status",
        "statut",
        lambda one: one.status,
        _if_any(_keyed("status"), lambda one: one.status),
    ),
    _column("stage", "étape", lambda one: one.stage, lambda one, by: by.names.stage(one.stage)),
    _column("days in stage", "jours dans l'étape", lambda one: one.days_in_stage),
    _column("levels", "niveaux", lambda one: one.levels, spreads=True),
    _column("trend over 6 months", "évolution sur 6 mois", lambda one: one.trend, spreads=True),
    _column(
        "next gate",
        "prochain passage",
        lambda one: one.next_gate,
        _if_any(_gate, lambda one: one.next_gate),
    ),
    _column("levels lacking", "niveaux manquants", lambda one: one.lacks, spreads=True),
    _column("active members", "membres actifs", lambda one: one.active_members),
    _column("members in", "membres entrés", lambda one: one.members_in),
    _column("members out", "membres sortis", lambda one: one.members_out),
    _column(
        "mandate holder",
        "titulaire du mandat",
        lambda one: one.mandate_holder,
        lambda one, by: by.organisation(one.mandate_holder),
    ),
    _column("mandate ends on", "fin du mandat", lambda one: one.mandate_ends_on),
    _column("months funded", "mois financés", lambda one: one.months_funded),
    _column("last plenary", "dernière plénière", lambda one: one.last_plenary_at),
    _column("overdue actions", "actions en retard", lambda one: one.actions_overdue),
    _column("indicators", "indicateurs", lambda one: one.indicators),
    _column("current indicators", "indicateurs à jour", lambda one: one.indicators_current),
    _column("open disagreements", "désaccords ouverts", lambda one: one.disagreements_open),
    _column(
        "blocking disagreements", "désaccords bloquants", lambda one: one.disagreements_blocking
    ),
    _column(
        "next expiry",
        "prochaine échéance",
        lambda one: one.next_expiry_at,
        lambda one, _: one.next_expiry_on or one.next_expiry_at,
    ),
    _column(
        "document",
        "document",
        lambda one: one.next_expiry_of,
        _if_any(_keyed("document"), lambda one: one.next_expiry_of),
    ),
    _column(
        "last gate requested",
        "dernier passage demandé",
        lambda one: one.verdict_gate,
        _if_any(_gate, lambda one: one.verdict_gate),
    ),
    _column(
        "verdict",
        "verdict",
        lambda one: one.verdict,
        _if_any(_keyed("verdict"), lambda one: one.verdict),
    ),
    _column("alerts", "alertes", lambda one: " ".join(alert.code for alert in one.alerts), _alerts),
)

HOLDER: Final = _column(
    "id of the holder",
    "identifiant du titulaire",
    lambda one: one.mandate_holder,
    tells_apart=True,
)
"""Who holds the mandate of a cooperation, where another column of a portfolio has the name."""

DECISIONS: Final = (
    _column("id", "identifiant", lambda one: one.id, tells_apart=True),
    _column(
        "subject",
        "objet",
        lambda one: one.subject,
        lambda one, by: capital(by.subjects.get(one.subject, one.subject)),
    ),
    _column("question", "question", lambda one: one.question),
    _column(
        "rule",
        "règle",
        lambda one: one.rule["name"],
        lambda one, by: by.say.label(rule_words(_RULE.validate_python(one.rule))),
    ),
    _column("quorum", "quorum", lambda one: Fraction(one.quorum)),
    _column("secret", "secret", lambda one: one.secret),
    _column("opened", "ouverture", lambda one: one.opened_at),
    _column("closes", "échéance", lambda one: one.closes_at),
    _column("closed", "clôture", lambda one: one.closed_at),
    _column("electors", "corps électoral", lambda one: one.electorate),
    _column("answers", "réponses", lambda one: one.answers),
    _column("counts", "décompte", lambda one: one.counts, spreads=True),
    _column(
        "result",
        "résultat",
        lambda one: one.result,
        lambda one, by: by.say(f"result.{one.result or 'open'}"),
    ),
    _column("vetoed", "veto", lambda one: one.vetoed),
)


class Value(NamedTuple):
    """An indicator with one of its values, or without any."""

    indicator: IndicatorView
    value: MeasureView | None


def _of_value(name: str) -> Callable[[Value], Any]:
    return lambda one: getattr(one.value, name, None)


INDICATORS: Final = (
    _column("indicator", "indicateur", lambda one: one.indicator.id, tells_apart=True),
    _column("objective", "objectif", lambda one: one.indicator.objective, tells_apart=True),
    _column("definition", "définition", lambda one: one.indicator.definition),
    _column("unit", "unité", lambda one: one.indicator.unit),
    _column(
        "frequency",
        "fréquence",
        lambda one: one.indicator.frequency,
        lambda one, by: by.say.label(FREQUENCY_LABELS[one.indicator.frequency]),
    ),
    _column("baseline", "valeur de départ", lambda one: one.indicator.baseline),
    _column("target", "cible", lambda one: one.indicator.target),
    _column("current", "à jour", lambda one: one.indicator.is_current),
    _column("number", "numéro", _of_value("number")),
    _column("value", "valeur", _of_value("value")),
    _column("period", "période", _of_value("period")),
    _column("recorded", "relevé le", _of_value("at")),
    _column(
        "by",
        "par",
        _of_value("organisation"),
        lambda one, by: by.organisation(_of_value("organisation")(one)),
    ),
)


def portfolio_columns(called: Mapping[str, str]) -> tuple[Column, ...]:
    """Return the columns of a portfolio, with what organisations are called beside their ids.

    ``called`` may grow while rows are written; who is not in it has no name.
    """
    name = _column(
        "name of the holder",
        "nom du titulaire",
        lambda one: called.get(one.mandate_holder or ""),
    )
    return (*PORTFOLIO, name)  # the last one: programs may go by the places of the others


def decision_columns(language: Language) -> tuple[Column, ...]:
    """Return the columns of a register of decisions, with the arithmetic in the language."""
    arithmetic = _column(
        "arithmetic",
        "calcul",
        lambda one: getattr(one, f"arithmetic_{language}"),
        lambda one, by: by.say.counted(one.arithmetic) if one.arithmetic else None,
    )
    return (*DECISIONS, arithmetic)


def values_of(indicators: Iterable[IndicatorView]) -> list[Value]:
    """Return a row for each value, and one for each indicator without any."""
    return [Value(one, value) for one in indicators for value in one.values or (None,)]


def portfolio_sheet(
    rows: Iterable[PortfolioRow], language: Language, called: Mapping[str, str]
) -> str:
    """Return a portfolio as CSV: one line for each cooperation; ``called`` names organisations."""
    return _sheet(portfolio_columns(called), rows, language)


def decisions_sheet(decisions: Iterable[DecisionView], language: Language) -> str:
    """Return a register of decisions as CSV, with the arithmetic in the language."""
    return _sheet(decision_columns(language), decisions, language)


def indicators_sheet(indicators: Iterable[IndicatorView], language: Language) -> str:
    """Return indicators as CSV: one line for each value, one for each indicator without any."""
    return _sheet(INDICATORS, values_of(indicators), language)


def _sheet(columns: Sequence[Column], rows: Iterable[T], language: Language) -> str:
    header = [getattr(column.label, language) for column in columns]
    return write_sheet(header, ([_cell(column.of(row)) for column in columns] for row in rows))


def _cell(value: object) -> str:
    """Write a value as every spreadsheet reads it, whatever the language."""
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case datetime():
            return value.isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case dict():  # names never look like a formula
            return " ".join(f"{name}:{number}" for name, number in value.items())
        case _:
            return str(value)
