"""What a row of a portfolio says."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader

from coopflow.domain.calendar import end_of
from coopflow.entrypoints.web.rendering import translator
from coopflow.readmodel.views import PortfolioRow
from coopflow.wording.naming import Names, known_rules
from coopflow.wording.phrases import Phrases
from tests.unit.entrypoints.test_spreadsheets import portfolio_row

AT = datetime(2026, 5, 4, 9, tzinfo=UTC)
SAY = Phrases("fr", ZoneInfo("Europe/Paris"))
NAMES = Names(known_rules("impact-collectif@1", "reference@1"), SAY)


def told(macro: str, row: PortfolioRow, *more: object) -> str:
    """Return what a macro says of a row, without its tags."""
    loader = PackageLoader("coopflow.entrypoints.web")
    parts = Environment(loader=loader, autoescape=True, extensions=["jinja2.ext.do"]).get_template(
        "portfolio/parts.html"
    )
    shown = str(getattr(parts.module, macro)(SAY, translator("fr"), *more, row))
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(shown)).split())


def test_the_last_verdict_is_told_with_its_gate_where_that_is_not_the_next_one() -> None:
    """And with its day; nothing where no gate was ever requested."""
    row = portfolio_row(verdict_gate="to_animation", verdict="conditional", verdict_at=AT)
    assert told("verdict", row, NAMES) == (
        "Dernier verdict : favorable sous réserve (Passage à l'animation), 4 mai 2026"
    )
    row = portfolio_row(verdict_gate="to_structuration", verdict="fail", verdict_at=AT)
    assert told("verdict", row, NAMES) == "Dernier verdict : défavorable, 4 mai 2026"
    assert not told("verdict", portfolio_row(), NAMES)


def test_the_document_that_goes_stale_first_is_told_with_its_day() -> None:
    """By what it is called; nothing where none does."""
    row = portfolio_row(next_expiry_at=AT, next_expiry_of="charter")
    assert told("expiry", row) == "Expire en premier : charte de coopération, 4 mai 2026"
    assert not told("expiry", portfolio_row())
    row = portfolio_row(next_expiry_at=end_of(date(2028, 6, 30)), next_expiry_of="charter")
    assert told("expiry", row).endswith("30 juin 2028")  # the last day of its term
