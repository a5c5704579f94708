from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from coopflow.application.gate_check import check_gate
from coopflow.definitions.compile import compile_definition
from coopflow.definitions.library import load_definition
from coopflow.domain.base import Label, Source
from coopflow.domain.conditions import FactRead
from coopflow.domain.cooperation import UNOPENED, evolve
from coopflow.domain.events import Entry
from coopflow.domain.explanation import CriterionFinding, Examination
from coopflow.domain.opening import CooperationOpened
from coopflow.entrypoints.cli import drawing
from coopflow.entrypoints.cli.gates import explanation
from coopflow.entrypoints.cli.words import Phrases
from coopflow.settings import Language
from coopflow.wording.naming import Names

AT = datetime(2026, 1, 20, 9, tzinfo=UTC)
RULES = compile_definition(load_definition("impact-collectif", "reference"))


def examined() -> Examination:
    opened = CooperationOpened(
        cooperation="c",
        programme="p",
        title="T",
        issue="I",
        territory="H",
        lifecycle="impact-collectif@1",
        policy="reference@1",
        stage="impulsion",
    )
    state = evolve(UNOPENED, Entry(seq=1, at=AT, event=opened))
    found = check_gate(state, "to_structuration", AT, RULES)
    assert isinstance(found, Examination)
    return found


LABEL = Label(fr="Un critère", en="A criterion")


def finding(**changed: object) -> CriterionFinding:
    return CriterionFinding(id="one", label=LABEL, condition="common_plan", level=1, met=True).but(
        **changed
    )


def written(found: Examination, language: Language = "en", width: int = 80) -> str:
    say = Phrases(language)
    console = Console(width=width, file=io.StringIO(), record=True, color_system=None)
    for part in explanation(found, Names(RULES, say), say):
        console.print(part)
    return console.export_text()


def test_every_criterion_of_the_gate_is_there() -> None:
    """Each criterion up to the minimum, and each guard, stands with its facts."""
    text = written(examined())
    assert text.startswith("Passage to structuring · FAIL ")
    assert "✗ A  A common plan of action" in text
    assert "○○··  0 asked 2" in text
    assert "✗ 2 The shared vision is adopted" in text
    assert "document adopted and still valid (shared vision): no  ← nothing there" in text
    assert "✗ At least three organisations are active members" in text
    assert "active member organisations: 0" in text


def test_remedies_are_numbered_and_name_who() -> None:
    """What is not met points to the shortest way, which says by which command and by whom."""
    text = written(examined())
    _, _, way = text.partition("Shortest way to pass\n")
    (line,) = [one for one in text.splitlines() if "✗ 2 The shared vision is adopted" in one]
    number = line.rpartition("→")[2].strip()
    way, _, others = way.partition("What else would help\n")
    assert f"{number}. Adopt the shared vision, or renew it" in way
    assert "Draft a shared vision" in others
    said = " ".join(way.split())
    assert "cast_ballot a representative" in said
    assert "a representative, the support function or the facilitator" in said


def test_what_is_missing_stands_under_its_criterion() -> None:
    """What falls short is said with what there is and what is needed."""
    text = written(examined())
    assert "active member organisations: 0, at least 3 needed" in text
    assert "not yet: document adopted and still valid (shared vision)" in text


def test_advice_is_shown_and_stands_in_no_way() -> None:
    """Advice has findings and remedies of its own, which are no part of the shortest way."""
    found = examined()
    _, _, advice = written(found).partition("Advice, never in the way\n")
    assert "✗ Mutual knowledge: a discovery meeting" in " ".join(advice.split())
    assert not {"hold-discovery"} & set(found.shortest)
    assert "advice-discovery" not in found.unmet


def test_in_french() -> None:
    """The same in French, verdict, labels, remedies and roles."""
    text = written(examined(), "fr")
    assert text.startswith("Passage à la structuration · DÉFAVORABLE ")
    assert "Le plus court chemin" in text
    assert "un représentant, la fonction de soutien ou la facilitation" in text


def test_sources_of_a_kind_are_named_together() -> None:
    """Documents are named with their versions, other sources by their kind and ids."""
    sources = (
        Source(kind="document", id="charter", version=2),
        Source(kind="meeting", id="plenary-1"),
        Source(kind="meeting", id="plenary-2"),
    )
    facts = (FactRead(name="attendance", label=LABEL, value=5 / 6, sources=sources),)
    found = examined().but(criteria=(finding(facts=facts),))
    assert "A criterion: 0.83  ← charter@2; meeting plenary-1, plenary-2" in written(found)


def test_remarks_on_criteria() -> None:
    """Stale, waived and faulty criteria are marked as such."""
    found = examined().but(
        criteria=(
            finding(stale=True),
            finding(met=False, waived=True),
            finding(met=False, error="no such key"),
        ),
        blocked_by=("quarrel",),
    )
    text = written(found)
    assert "✓ 1 A criterion (stale document)" in text
    assert "~ 1 A criterion (waived)" in text
    assert "✗ 1 A criterion (could not be computed: no such key)" in text
    assert "blocked by quarrel" in text


def test_nothing_is_missing() -> None:
    """A gate that is passed has no way to show."""
    nothing = dict.fromkeys(("guards", "criteria", "advice", "remedies", "shortest", "unmet"), ())
    assert "nothing is missing" in written(examined().but(result="pass", **nothing))


def test_a_block_comes_before_all_remedies() -> None:
    """Where a disagreement blocks the gate nothing else would be enough, and nothing is green."""
    nothing = dict.fromkeys(("guards", "criteria", "advice", "remedies", "shortest", "unmet"), ())
    blocked = examined().but(result="blocked", blocked_by=("noise",), **nothing)
    text = written(blocked)
    assert "first noise has to be closed, or decided by the collective" in text
    assert "nothing is missing" not in text


def test_where_something_has_no_remedy_there_is_no_way() -> None:
    """What would help with the rest is told all the same."""
    text = written(examined().but(shortest=()))
    assert "nothing would be enough" in text
    assert "Adopt the shared vision, or renew it" in text.partition("What else would help")[2]


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_it_fits_the_terminal(width: int, language: Language) -> None:
    """No line runs over, and nothing is cut."""
    text = written(examined(), language, width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text


def test_without_the_files_ids_serve_as_names() -> None:
    """Where the cooperation follows files that are not here, ids are spelled out."""
    names = Names(None, Phrases("en"))
    assert names.condition("common_plan") == ("C", "common plan")
    assert names.stage("impulsion") == "impulsion"
    assert names.gate("to_animation") == "to animation"
    assert names.ordered(["b", "a"]) == ["b", "a"]


def test_a_title_is_no_markup() -> None:
    """What people wrote is shown as they wrote it."""
    console = Console(width=80, file=io.StringIO(), record=True, color_system=None)
    found = examined().but(label=Label(fr="[red]x[/]", en="[red]x[/]"))
    console.print(drawing.gate(found, Names(RULES, Phrases("en")), Phrases("en")))
    assert "[red]x[/] · FAIL" in console.export_text()
