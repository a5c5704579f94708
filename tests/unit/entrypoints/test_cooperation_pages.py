from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, cast

import pytest
from rich.console import Console, RenderableType

from coopflow.application.engine import Address
from coopflow.definitions.compile import compile_definition
from coopflow.definitions.library import load_definition
from coopflow.domain.state import Profile, Reservation
from coopflow.entrypoints.cli.cooperations import (
    Page,
    _about,
    _list,
    _page,
    locate,
    parse_address,
)
from coopflow.entrypoints.cli.failures import NotFoundError, UsageError
from coopflow.entrypoints.cli.words import Phrases
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.views import (
    AlertView,
    CooperationDetail,
    CooperationSummary,
    DecisionView,
    DocumentSummary,
    MemberView,
)
from coopflow.settings import Language
from coopflow.wording.naming import Names, known_rules

AT = datetime(2026, 1, 20, 9, tzinfo=UTC)
RULES = compile_definition(load_definition("impact-collectif", "reference"))
LEVELS = {
    "common_plan": 2,
    "mutual_actions": 1,
    "shared_evaluation": 0,
    "communication": 4,
    "support": 1,
}
SUMMARY: dict[str, Any] = {
    "programme": "p",
    "slug": "c",
    "title": "Bocage [bold]Gourmand",
    "territory": "Valbrume",
    "lifecycle": "impact-collectif@1",
    "status": "paused",
    "stage": "structuration",
    "stage_since": AT,
    "levels": LEVELS,
    "verdict_gate": "to_animation",
    "verdict": "fail",
    "mandate_holder": "org-a",
    "mandate_ends_on": date(2026, 12, 31),
    "active_members": 1,
    "last_plenary_at": None,
    "seq": 12,
}
DETAIL = CooperationDetail(
    **SUMMARY,
    issue="One meal in three is thrown away",
    policy="reference@1",
    opened_at=AT,
    floor=None,
    floor_since=None,
    clocks={"support": AT},
    reservations=(Reservation(gate="to_animation", about="shared_evaluation", until=AT),),
    advice=("advice-support",),
    verdict_at=AT,
    as_of=AT,
)


def member(slug: str, name: str, status: str) -> MemberView:
    return MemberView(
        id=slug,
        name=name,
        category="association",
        college=None,
        status=status,
        status_since=AT,
        moved_at=AT,
        representative="r",
        alternate=None,
        profile=Profile(),
    )


def document(status: str, version: int = 1) -> DocumentSummary:
    return DocumentSummary(
        kind="charter",
        version=version,
        status=status,
        minor=False,
        authors=("r",),
        decision=None,
        approved_at=AT,
        valid_until=AT,
        stale_since=None,
        in_force_at=None,
        signatures=(),
    )


DECISION = DecisionView(
    id="charter-2",
    subject="document:charter",
    question=None,
    rule={"name": "consent"},
    quorum="1/2",
    secret=False,
    document_version=2,
    opened_at=AT,
    closes_at=AT,
    electorate=4,
    answers=2,
    counts={},
    open_objections=0,
    result=None,
    recalled=False,
    vetoed=False,
    closed_at=None,
    arithmetic_fr=None,
    arithmetic_en=None,
)
PAGE = Page(
    DETAIL,
    (
        member("org-a", "Paniers", "active"),
        member("org-b", "Commune", "suspended"),
        member("org-c", "Ferme", "left"),
    ),
    (document("superseded"), document("stale", 2)),
    (DECISION,),
    (AlertView(severity="red", code="cure_soon", about="support", since=AT),),
)


def written(parts: Iterable[RenderableType], width: int = 80) -> str:
    console = Console(
        width=width, file=io.StringIO(), record=True, color_system=None, markup=False, emoji=False
    )
    for part in parts:
        console.print(part)
    return console.export_text()


def page(language: Language = "en", shown: Page = PAGE) -> str:
    say = Phrases(language)
    return written(_page(shown, Names(RULES, say), say))


def test_a_page_tells_where_a_cooperation_stands() -> None:
    """Stage, policy, verdict, support, members, levels, what runs out, what is to be seen to."""
    text = page()
    for expected in (
        "Bocage [bold]Gourmand  p/c",
        "Structuring  20 Jan 2026",
        "paused",
        "Policy            reference@1",
        "fail  Passage to running  20 Jan 2026",
        "A shared way of evaluating  → 20 Jan 2026",
        "Paniers  → 31 Dec 2026",
        "1 · Paniers, Commune (suspended)",
        "remedy by 20 Jan 2026",
        "cooperation charter 2  stale",
        "charter-2  document:charter  2 of 4 answered",
        "▲ time to remedy runs out (support)  20 Jan 2026",
    ):
        assert expected in text
    assert "Ferme" not in text
    assert "charter 1" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_advice_is_shown_as_followed_or_not() -> None:
    """Every piece of the policy's advice is there, those that are followed marked."""
    text = page()
    assert "✓ Support: the support function is entrusted" in text
    assert "· Mutual knowledge: a discovery meeting was held" in text


def test_a_read_model_that_is_behind_is_seen() -> None:
    """How far the journal is followed, and how far it goes where that is further."""
    assert "up to entry 12  20 Jan 2026 09:00 UTC" in page()
    shown = Page(DETAIL, (), (), (), (), head=12)
    assert "up to entry 12  20 Jan 2026" in page(shown=shown)
    late = page(shown=shown._replace(head=15))
    assert "up to entry 12 of 15: the read model has not caught up" in late


def test_in_french() -> None:
    """The same in French."""
    text = page("fr")
    assert "défavorable  Passage à l'animation  20 janv. 2026" in text
    assert "à remédier avant le 20 janv. 2026" in text
    assert "réponses : 2 sur 4" in text


def test_a_young_cooperation() -> None:
    """What is not there yet takes no room."""
    young = DETAIL.but(
        status="active", verdict=None, reservations=(), clocks={}, mandate_holder=None
    )
    text = page(shown=Page(young, (), (), (), ()))
    assert "none" in text
    for absent in ("Last gate", "Reservation", "Documents", "Open decisions", "Alerts", "Status"):
        assert absent not in text


@pytest.mark.parametrize("width", [80, 120])
def test_the_list_fits(width: int) -> None:
    """A row has title, address, stage, levels, members and last verdict, within the width."""
    summary = CooperationSummary(**SUMMARY)
    text = written([_list([summary, summary.but(verdict=None)], Phrases("en"))], width)
    assert "Bocage [bold]Gourmand" in text
    assert "2 1 0 4 1" in text
    assert "to_animation" in text
    assert max(map(len, text.splitlines())) <= width


def test_what_an_event_is_about() -> None:
    """Names and numbers, no prose: neither long texts nor nested content."""
    assert _about({"kind": "charter", "version": 2, "content": {"purpose": "x"}}) == "charter · 2"
    assert _about({"reason": "x" * 80, "organisation": "org-a", "minor": False}) == "org-a"
    assert _about({"verdict": {"gate": "renewal", "result": "pass"}}) == "renewal · pass"


def test_rules_of_other_versions_are_not_known() -> None:
    """Labels are those of the definition that is followed, or none."""
    known = known_rules("impact-collectif@1", "reference@1")
    assert known is not None
    assert known.definition == RULES.definition
    assert known_rules("impact-collectif@1", "reference@99") is None
    assert known_rules("impact-collectif@1", "absent@1") is None


class FewQueries:
    """Knows some addresses."""

    def __init__(self, *known: Address) -> None:
        """Know these."""
        self.known = known

    async def find(self, slug: str) -> tuple[Address, ...]:
        """Find by id."""
        return tuple(one for one in self.known if one.cooperation == slug)

    async def cooperations(self, limit: int) -> tuple[CooperationSummary, ...]:
        """List them."""
        return tuple(
            CooperationSummary(**SUMMARY | {"programme": one.programme, "slug": one.cooperation})
            for one in self.known
        )[:limit]


def queries(*known: tuple[str, str]) -> Queries:
    return cast("Queries", FewQueries(*(Address(*one) for one in known)))


async def test_a_cooperation_is_found_by_its_id() -> None:
    """An id is enough where only one programme has it; with the programme it is taken as it is."""
    known = queries(("p", "c"), ("q", "c"), ("p", "d"))
    assert await locate(known, "d") == ("p", "d")
    assert await locate(known, "x/y") == ("x", "y")
    with pytest.raises(UsageError, match=r"c is the id of several cooperations, .* p/c, q/c"):
        await locate(known, "c")
    with pytest.raises(NotFoundError, match="there is no cooperation e; there are: p/c, q/c, p/d"):
        await locate(known, "e")
    with pytest.raises(NotFoundError, match="there is none yet"):
        await locate(queries(), "e")


@pytest.mark.parametrize("text", ["c", "/c", "p/"])
def test_half_an_address_is_none(text: str) -> None:
    """Both parts have to be there."""
    assert parse_address(text) is None
