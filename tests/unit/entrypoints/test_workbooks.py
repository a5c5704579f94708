from __future__ import annotations

import io
import tempfile
import zipfile
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl.reader.excel import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from coopflow.application.callers import Language
from coopflow.domain.base import Label
from coopflow.domain.calendar import end_of
from coopflow.entrypoints import workbooks
from coopflow.entrypoints.spreadsheets import Column, Speech
from coopflow.entrypoints.workbooks import Book, decisions_book, indicators_book, portfolio_book
from coopflow.readmodel.views import AlertView, DecisionView, IndicatorView, MeasureView
from coopflow.wording.naming import Names, known_rules
from coopflow.wording.phrases import Phrases
from tests.unit.entrypoints.test_spreadsheets import AT, portfolio_row

FORMULAS = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", '=HYPERLINK("http://a.example")')


PARIS = ZoneInfo("Europe/Paris")


def told(language: Language = "en", **given: Any) -> Speech:
    """Tell tables as who follows the reference policy is told of it, in Paris."""
    say = Phrases(language, PARIS)
    names = Names(known_rules("impact-collectif@1", "reference@1"), say)
    return Speech(say, names, **given)


def read(content: bytes) -> Worksheet:
    book = load_workbook(io.BytesIO(content))
    assert len(book.worksheets) == 1
    sheet = book.worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


def rows_of(sheet: Worksheet) -> list[dict[str, Any]]:
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def made(value: object) -> Any:
    """Return the cell that a value becomes."""
    book = Book("Test", [Column(Label(en="value", fr="valeur"), lambda one: one)], told())
    book.add([value])
    return read(book.finished()).cell(2, 1)


def test_cells_are_of_the_type_of_what_they_hold() -> None:
    """Dates are dates, instants those of the clock, shares percentages, numbers are numbers."""
    assert (made(date(2026, 2, 3)).value, made(date(2026, 2, 3)).number_format) == (
        datetime(2026, 2, 3),  # noqa: DTZ001 - as workbooks have it
        "d mmm yyyy",
    )
    late = datetime(2026, 8, 3, 23, 30, tzinfo=UTC)
    assert made(late).value == datetime(2026, 8, 4, 1, 30)  # noqa: DTZ001 - likewise
    assert made(late).number_format == "d mmm yyyy hh:mm"
    assert (made(Fraction(2, 3)).value, made(Fraction(1, 2)).number_format) == (
        pytest.approx(2 / 3),
        "0.##%",
    )
    assert (made(3).value, made(-2.5).value, made(True).value) == (3, -2.5, True)  # noqa: FBT003
    assert made(None).value is None
    assert made(float("inf")).value == "inf"


@pytest.mark.parametrize("text", [*FORMULAS, "http://a.example", "007", "1e5", " x ", "é\n漢"])
def test_what_people_wrote_is_text_and_does_nothing(text: str) -> None:
    """No formula, no link, no number, as they wrote it."""
    cell = made(text)
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_what_looks_like_an_escape_is_escaped() -> None:
    """Spreadsheets read the text of a cell with escapes, which openpyxl leaves as they are."""
    assert made("_x0041_").value == "_x005F_x0041_"


def test_what_a_cell_cannot_hold_is_left_out() -> None:
    """Characters that XML has none of, and what is beyond the longest text."""
    assert made("a\x0bb\ufffe").value == "ab"
    longest = made("x" * 40_000).value
    assert (len(longest), longest[-1]) == (32_767, "…")


def test_nothing_in_a_workbook_is_computed_or_fetched() -> None:
    """No formula, no macro and nothing of elsewhere is in the file, whatever people wrote."""
    rows = [portfolio_row(slug=f"c{number}", title=text) for number, text in enumerate(FORMULAS)]
    book = portfolio_book(["common_plan", "support"], told("fr"))
    book.add(rows)
    with zipfile.ZipFile(io.BytesIO(book.finished())) as parts:
        for name in parts.namelist():
            content = parts.read(name).decode()
            assert "<f>" not in content, name
            assert "External" not in content, name
        assert not any("vba" in name for name in parts.namelist())


def test_a_portfolio_has_a_column_for_each_condition() -> None:
    """Headers are in the language, stay in sight with the titles, and can be filtered by."""
    book = portfolio_book(["common_plan", "support"], told("fr"))
    book.add([portfolio_row(), portfolio_row(slug="b", levels={"support": 4}, trend={}, lacks={})])
    sheet = read(book.finished())
    assert sheet.title == "Portefeuille"
    assert sheet.freeze_panes == "B2"
    assert str(sheet.auto_filter.ref).startswith("A1:")
    assert str(sheet.auto_filter.ref).endswith("3")
    first, second = rows_of(sheet)
    assert (first["Titre"], first["Jours dans l'étape"]) == ("A, or «B»", 3)
    plan, support = "A Un plan d'action commun", "E Une fonction de soutien"
    assert (first[f"Niveaux : {plan}"], first[f"Niveaux : {support}"]) == (1, 2)
    assert (first[f"Évolution sur 6 mois : {plan}"], first[f"Niveaux manquants : {support}"]) == (
        -1,
        None,
    )
    assert first["Fin du mandat"] == datetime(2026, 12, 31)  # noqa: DTZ001 - as workbooks have it
    assert first["Dernière plénière"] == datetime(2026, 1, 1, 10)  # noqa: DTZ001 - likewise
    assert (second[f"Niveaux : {plan}"], second[f"Niveaux : {support}"]) == (None, 4)
    widths = [one.width for one in sheet.column_dimensions.values()]
    assert all(8 <= width <= 62 for width in widths)


def test_a_portfolio_is_told_in_the_words_of_people() -> None:
    """Nothing is called as on the wire but ids, which come last; days as people write them."""
    alerts = [
        AlertView(severity="amber", code=code, about=about, since=AT)
        for code, about in (("review_due", "a"), ("review_due", "b"), ("no_plenary", "plenary"))
    ]
    row = portfolio_row(
        mandate_holder="commune",
        next_expiry_at=AT,
        next_expiry_of="value_chain",
        verdict_gate="to_structuration",
        verdict="conditional",
        alerts=alerts,
    )
    book = portfolio_book(["support"], told("fr", organisations={"commune": "Commune de Valbrume"}))
    book.add([row])
    sheet = read(book.finished())
    (line,) = rows_of(sheet)
    assert next(iter(line)) == "Titre"
    assert list(line)[-2:] == ["Identifiant du titulaire", "Identifiant"]
    assert line["Étape"] == "Impulsion"
    assert (
        line["Prochain passage"] == line["Dernier passage demandé"] == "Passage à la structuration"
    )
    assert line["Titulaire du mandat"] == "Commune de Valbrume"
    assert line["Identifiant du titulaire"] == "commune"
    assert line["Document"] == "chaîne de valeur"
    assert line["Verdict"] == "favorable sous réserve"
    assert line["Alertes"] == "Un bilan est à tenir (×2), pas de plénière depuis longtemps"
    days = {cell.number_format for cell in sheet[2] if isinstance(cell.value, datetime)}
    assert days == {"dd/mm/yyyy", "dd/mm/yyyy hh:mm"}


def test_a_document_that_goes_stale_at_the_end_of_a_day_is_told_by_the_day() -> None:
    """And not by the first hour of the next one, as clocks here show it."""
    row = portfolio_row(next_expiry_at=end_of(date(2028, 6, 30)), next_expiry_of="charter")
    book = portfolio_book([], told("fr"))
    book.add([row])
    (line,) = rows_of(read(book.finished()))
    assert line["Prochaine échéance"] == datetime(2028, 6, 30)  # noqa: DTZ001 - as workbooks have it


def test_a_register_has_a_column_for_each_choice() -> None:
    """And the arithmetic in the language; a quorum is a percentage."""
    decision = DecisionView.model_validate(
        {
            "id": "d",
            "subject": "other",
            "question": "=Shall we?",
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
            "result": None,
            "recalled": False,
            "vetoed": False,
            "closed_at": None,
            "arithmetic_fr": "1 oui, 1 non",
            "arithmetic_en": "1 yes, 1 no",
        }
    )
    (row,) = rows_of(read(decisions_book([decision], told(subjects={"other": "other matter"}))))
    assert (row["Quorum"], row["Counts: yes"], row["Counts: no"]) == (0.5, 1, 1)
    assert (row["Question"], row["Arithmetic"], row["Secret"]) == (
        "=Shall we?",
        "1 yes, 1 no",
        False,
    )
    assert (row["Subject"], row["Rule"], row["Result"]) == (
        "Other matter",
        "simple majority",
        "open",
    )
    assert (row["Opened"], row["Closed"]) == (datetime(2026, 1, 1, 10), None)  # noqa: DTZ001
    assert rows_of(read(decisions_book([], told("fr")))) == []


def test_indicators_have_a_row_for_each_value() -> None:
    """Baselines may be words or numbers, and each is what it is."""
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
        measured=2,
        is_current=True,
        current_until=None,
        values=tuple(
            MeasureView(number=n, value=n / 4, organisation="b", period=None, at=AT) for n in (2, 1)
        ),
    )
    given = [indicator, indicator.but(values=())]
    rows = rows_of(read(indicators_book(given, told(organisations={"b": "Borealis"}))))
    assert [row["Value"] for row in rows] == [0.5, 0.25, None]
    assert (rows[0]["Baseline"], rows[0]["Target"], rows[0]["Current"]) == ("-5 %", -1.5, True)
    assert (rows[0]["Frequency"], rows[0]["By"], rows[1]["By"]) == (
        "monthly",
        "Borealis",
        "Borealis",
    )
    assert rows[0]["Recorded"] == AT.astimezone(PARIS).replace(tzinfo=None)


def test_a_long_workbook_leaves_no_file_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What is written while it grows is deleted with it, and there is an end to its rows."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    book = portfolio_book(["support"], told())
    book.add(portfolio_row() for _ in range(3000))
    sheet = read(book.finished())
    assert sheet.max_row == 3001
    assert not list(folder.iterdir())
    monkeypatch.setattr(workbooks, "MOST_ROWS", 2)
    full = portfolio_book(["support"], told())
    with pytest.raises(OverflowError):
        full.add(portfolio_row() for _ in range(3))
    full.finished()
