from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

from coopflow.entrypoints.spreadsheets import decisions_sheet, indicators_sheet, portfolio_sheet
from coopflow.readmodel.views import (
    AlertView,
    DecisionView,
    IndicatorView,
    MeasureView,
    PortfolioRow,
)

AT = datetime(2026, 1, 1, 9, tzinfo=UTC)


def read(sheet: str) -> list[dict[str, str]]:
    assert sheet.count("\r\n") == sheet.count("\n")
    return list(csv.DictReader(io.StringIO(sheet)))


def portfolio_row(**given: object) -> PortfolioRow:
    row = {
        "programme": "nord",
        "slug": "a",
        "title": "A, or «B»",
        "territory": "Vallée",
        "status": "active",
        "stage": "impulsion",
        "stage_since": AT,
        "days_in_stage": 3,
        "levels": {"common_plan": 1, "support": 2},
        "trend": {"common_plan": -1, "support": 2},
        "next_gate": "to_structuration",
        "lacks": {"common_plan": 1},
        "active_members": 4,
        "members_in": 1,
        "members_out": 0,
        "mandate_holder": None,
        "mandate_ends_on": "2026-12-31",
        "months_funded": None,
        "last_plenary_at": AT,
        "actions_overdue": 0,
        "indicators": 2,
        "indicators_current": 1,
        "disagreements_open": 0,
        "disagreements_blocking": 0,
        "next_expiry_at": None,
        "next_expiry_of": None,
        "next_due_at": None,
        "next_due_of": None,
        "verdict_gate": None,
        "verdict": None,
        "verdict_at": None,
        "alerts": (AlertView(severity="red", code="cure_soon", about="support", since=AT),),
    }
    return PortfolioRow.model_validate(row | given)


def test_a_portfolio_has_a_line_for_each_cooperation() -> None:
    """Headers are in the language asked for, cells the same in both."""
    (line,) = read(portfolio_sheet([portfolio_row()], "en", {}))
    assert line["title"] == "A, or «B»"
    assert line["levels"] == "common_plan:1 support:2"
    assert line["trend over 6 months"] == "common_plan:-1 support:2"
    assert line["mandate ends on"] == "2026-12-31"
    assert line["last plenary"] == "2026-01-01T09:00:00+00:00"
    assert (line["months funded"], line["alerts"]) == ("", "cure_soon")
    (french,) = read(portfolio_sheet([portfolio_row()], "fr", {}))
    assert list(french.values()) == list(line.values())
    assert french["étape"] == "impulsion"
    assert read(portfolio_sheet([], "fr", {})) == []


def test_a_portfolio_names_who_is_in_support_in_its_last_column() -> None:
    """By what the organisation is called; nothing where nobody is, or the name is not known."""
    rows = [portfolio_row(mandate_holder=one) for one in ("commune", "lost", None)]
    sheet = read(portfolio_sheet(rows, "en", {"commune": "Commune de Valbrume"}))
    assert [(one["mandate holder"], one["name of the holder"]) for one in sheet] == [
        ("commune", "Commune de Valbrume"),
        ("lost", ""),
        ("", ""),
    ]
    assert [*sheet[0]][-1] == "name of the holder", "what was there before keeps its place"


def test_no_cell_is_taken_for_a_formula() -> None:
    """What people wrote is shown as they wrote it, and does nothing; numbers stay numbers."""
    for text in ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", '=HYPERLINK("u")'):
        (line,) = read(portfolio_sheet([portfolio_row(title=text)], "en", {}))
        assert line["title"] == f"'{text}"
    indicator = IndicatorView(
        id="i",
        objective="o",
        definition="=D",
        unit="°C",
        source="s",
        collector="c",
        frequency="monthly",
        baseline="-5 %",
        target=-1.5,
        measured=1,
        is_current=True,
        current_until=None,
        values=(MeasureView(number=1, value=-2.5, organisation="beta", period=None, at=AT),),
    )
    (line,) = read(indicators_sheet([indicator], "en"))
    assert (line["definition"], line["baseline"]) == ("'=D", "'-5 %")
    assert (line["target"], line["value"], line["current"]) == ("-1.5", "-2.5", "1")
    bare = indicator.but(values=())
    (line,) = read(indicators_sheet([bare], "fr"))
    assert (line["valeur"], line["par"], line["indicateur"]) == ("", "", "i")


def test_a_register_of_decisions_tells_the_arithmetic_in_the_language() -> None:
    """Counts and outcome of each, never who chose what."""
    decision = DecisionView.model_validate(
        {
            "id": "d",
            "subject": "other",
            "question": "Shall we?",
            "rule": {"name": "simple_majority"},
            "quorum": "1/2",
            "secret": False,
            "document_version": None,
            "opened_at": AT,
            "closes_at": AT,
            "electorate": 3,
            "answers": 2,
            "counts": {"no": 1, "yes": 1},
            "open_objections": 0,
            "result": "rejected",
            "recalled": False,
            "vetoed": False,
            "closed_at": AT,
            "arithmetic_fr": "1 oui, 1 non",
            "arithmetic_en": "1 yes, 1 no",
        }
    )
    (line,) = read(decisions_sheet([decision], "en"))
    assert (line["counts"], line["result"], line["arithmetic"]) == (
        "no:1 yes:1",
        "rejected",
        "1 yes, 1 no",
    )
    (line,) = read(decisions_sheet([decision], "fr"))
    assert (line["calcul"], line["secret"]) == ("1 oui, 1 non", "0")
