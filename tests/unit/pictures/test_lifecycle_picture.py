from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopflow.definitions.compile import compile_definition
from coopflow.definitions.library import load_definition
from coopflow.domain.lifecycle import Lifecycle
from coopflow.pictures.lifecycle import Layout, lifecycle_picture, ways_of
from coopflow.pictures.picture import Frame
from coopflow.pictures.ways import MOST_LANES, Plan
from coopflow.wording.phrases import Phrases
from tests.pictures import NAMESPACE, assert_tidy, looked_at, words_of

FR, EN = Phrases("fr"), Phrases("en")
HOSTILE = '<script>alert("1")</script> & \x0b\'; DROP \ufffe </text></svg>'


def shipped(policy: str) -> Lifecycle:
    return compile_definition(load_definition(None, policy)).lifecycle


def made(
    count: int,
    gates: list[tuple[int, int]],
    back: dict[int, int] | None = None,
    label: str = "Étape",
) -> Lifecycle:
    stages: list[dict[str, Any]] = [
        {
            "id": f"s{number}",
            "label": {"fr": f"{label} {number}", "en": f"{label} {number}"},
            "purpose": {"fr": "x", "en": "x"},
        }
        for number in range(count)
    ]
    for source, dest in (back or {}).items():
        stages[source]["falls_back_to"] = f"s{dest}"
    return Lifecycle.model_validate(
        {
            "lifecycle": "made",
            "version": 1,
            "label": {"fr": label, "en": label},
            "stages": stages,
            "gates": [
                {
                    "id": f"g{number}",
                    "label": {"fr": f"Passage {number}", "en": f"{label} {number}"},
                    "leaves": f"s{source}",
                    "enters": f"s{dest}",
                }
                for number, (source, dest) in enumerate(gates)
            ],
        }
    )


def looks(svg: str) -> list[str]:
    return [one.get("class", "") for one in looked_at(svg, "p").iter()]


@pytest.mark.parametrize("width", [328, 480, 720, 1100])
@pytest.mark.parametrize("policy", ["reference", "essaimage"])
@pytest.mark.parametrize("say", [FR, EN])
def test_what_is_shipped_can_be_read_at_any_width(policy: str, width: int, say: Phrases) -> None:
    """Every stage and gate is named in full, wherever one stands, and no words lie on others."""
    lifecycle = shipped(policy)
    for stage in (None, *(one.id for one in lifecycle.stages)):
        found = lifecycle_picture(
            lifecycle, say, Frame("p", width), stage=stage, since=date(2026, 2, 3)
        )
        root = assert_tidy(found.svg)
        assert float(root.attrib["width"]) <= width
        written = " ".join(one.text for one in words_of(root))
        named = [one.label for one in lifecycle.stages] + [one.label for one in lifecycle.gates]
        for label in named:
            assert say.label(label) in written


def test_narrow_ones_go_down_and_wide_ones_across() -> None:
    """A caller may have the former at any width."""
    lifecycle = shipped("reference")
    layouts: tuple[tuple[int, Layout], ...] = ((720, "auto"), (720, "down"), (328, "auto"))
    is_across = []
    for width, layout in layouts:
        found = lifecycle_picture(lifecycle, FR, Frame("p", width), layout=layout)
        boxes = [
            one.attrib["y"]
            for one in assert_tidy(found.svg).iter(f"{NAMESPACE}rect")
            if one.get("class") == "p-box"
        ]
        is_across.append(len({*boxes}) == 1)
    assert is_across == [True, False, False]


@pytest.mark.parametrize("width", [328, 720])
def test_passed_present_and_coming_stages_differ_without_colour(width: int) -> None:
    """One has a tick, one a thick border, a bold name and a solid disc, one neither."""
    lifecycle = shipped("reference")
    found = lifecycle_picture(lifecycle, FR, Frame("p", width), stage="structuration")
    seen = looks(found.svg)
    assert [seen.count(one) for one in ("p-past", "p-current", "p-box")] == [1, 1, 1]
    assert [seen.count(one) for one in ("p-check", "p-disc-current", "p-disc")] == [1, 1, 1]
    root = looked_at(found.svg, "p")
    bold = [one.text for one in root.iter() if one.get("class") == "p-strong"]
    assert bold == ["Structuration"]
    written = [one.text for one in words_of(root)]
    assert [one for one in written if one in {"franchie", "étape actuelle", "à venir"}] == [
        "franchie",
        "étape actuelle",
        "à venir",
    ]


def test_without_a_stage_none_is_marked() -> None:
    """Nor with one that the lifecycle does not have."""
    for stage in (None, "elsewhere"):
        found = lifecycle_picture(shipped("reference"), EN, Frame("p"), stage=stage)
        seen = looks(found.svg)
        assert not {"p-past", "p-current", "p-check"} & set(seen)
        assert "here now" not in found.text


@pytest.mark.parametrize("width", [328, 720])
def test_fall_backs_are_dashed_and_renewals_lead_back(width: int) -> None:
    """As many ways as the machine has moves."""
    lifecycle = shipped("reference")
    found = lifecycle_picture(lifecycle, EN, Frame("p", width))
    root = looked_at(found.svg, "p")
    dashed = [one for one in root.iter(f"{NAMESPACE}path") if one.get("class") == "p-way-back"]
    assert all(one.get("stroke-dasharray") for one in dashed)
    heads = looks(found.svg).count("p-head")
    assert heads == len(lifecycle.machine.moves)


def test_the_text_says_all_of_it() -> None:
    """Where one stands and since when, what comes next, and every way there is."""
    found = lifecycle_picture(
        shipped("reference"),
        FR,
        Frame("p"),
        stage="structuration",
        since=datetime(2026, 2, 3, 9, tzinfo=UTC),
    )
    assert found.text == (
        "Démarche d'impact collectif : 3 étapes. "
        "Étape 2 sur 3, Structuration, depuis le 3 févr. 2026. "
        "Ensuite : Passage à l'animation, vers Animation et pérennisation. "
        "1. Impulsion (franchie)\u00a0: Passage à la structuration, vers Structuration. "
        "2. Structuration (étape actuelle)\u00a0: Passage à l'animation, vers Animation et "
        "pérennisation\u00a0; retour possible à Impulsion. "
        "3. Animation et pérennisation (à venir)\u00a0: Renouvellement annuel, dans la même étape"
        "\u00a0; retour possible à Structuration."
    )
    assert found.text in looked_at(found.svg, "p").itertext()


def test_the_text_is_english_for_those_who_read_that() -> None:
    """The same without a date, at the end of the way."""
    text = lifecycle_picture(shipped("reference"), EN, Frame("p"), stage="animation").text
    assert "Stage 3 of 3, Running and sustaining. Next: Yearly renewal" in text
    assert "may fall back to Structuring" in text


def test_stages_are_passed_that_lie_on_the_shortest_way() -> None:
    """Of two ways the shorter one counts; what nothing leads to has nothing before it."""
    lifecycle = made(5, [(0, 1), (1, 2), (2, 3), (0, 3), (3, 3)])
    states = [one.state for one in ways_of(lifecycle, EN, "s3").places]
    assert states == ["past", "coming", "coming", "current", "coming"]
    states = [one.state for one in ways_of(lifecycle, EN, "s4").places]
    assert states == ["coming", "coming", "coming", "coming", "current"]


@pytest.mark.parametrize("width", [328, 720])
def test_hostile_labels_stay_words(width: int) -> None:
    """Whatever stages are called, it is text."""
    lifecycle = made(3, [(0, 1), (1, 2), (2, 2)], {1: 0}, HOSTILE.replace("\x0b", ""))
    found = lifecycle_picture(lifecycle, EN, Frame("p", width), stage="s1")
    assert_tidy(found.svg)
    assert "<script" not in found.svg


@pytest.mark.parametrize("width", [328, 720])
def test_a_single_stage_is_a_lifecycle_too(width: int) -> None:
    """With and without a renewal."""
    for gates in ([(0, 0)], []):
        assert_tidy(lifecycle_picture(made(1, gates), FR, Frame("p", width), stage="s0").svg)


def test_what_leaps_over_stages_is_drawn_beside_them() -> None:
    """Its label stands in the stage that it leaves, with where it leads."""
    lifecycle = made(4, [(0, 1), (0, 1), (1, 2), (0, 3), (3, 1)], {2: 1, 3: 0})
    root = assert_tidy(lifecycle_picture(lifecycle, FR, Frame("p", 720), stage="s0").svg)
    written = " ".join(one.text for one in words_of(root))
    assert "Passage 3 → Étape 3" in written
    assert "Passage 4 → Étape 1" in written


def test_ways_share_lanes_that_do_not_meet_and_the_last_one_in_need() -> None:
    """There are never more than a few lanes."""
    chain = Plan(ways_of(made(6, [], {n: n - 1 for n in range(1, 6)}), EN))
    assert chain.lane_count == 1
    fan = Plan(ways_of(made(12, [], dict.fromkeys(range(1, 12), 0)), EN))
    assert fan.lane_count == MOST_LANES
    assert len(fan.lanes) == 11


def test_two_hundred_stages_cost_little() -> None:
    """The picture grows with the number of stages, no faster."""
    sizes = []
    for count in (100, 200):
        gates = [*pairwise(range(count)), *((n, (n * 7) % count) for n in range(0, count, 5))]
        lifecycle = made(count, gates, {n: n - 1 for n in range(1, count)})
        sizes.append(len(lifecycle_picture(lifecycle, FR, Frame("p"), stage="s50").svg))
    assert sizes[1] < 2.2 * sizes[0]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_lifecycle_can_be_read(data: st.DataObject) -> None:
    """Any number of stages with any labels and ways, at any width: no words lie on others."""
    count = data.draw(st.integers(1, 12))
    numbers = st.integers(0, count - 1)
    gates = data.draw(st.lists(st.tuples(numbers, numbers), max_size=15))
    back = data.draw(st.dictionaries(numbers, numbers, max_size=count))
    label = data.draw(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=200))
    lifecycle = made(count, gates, {a: b for a, b in back.items() if a != b}, f"X{label}".strip())
    stage = data.draw(st.sampled_from([None, *(one.id for one in lifecycle.stages)]))
    width = data.draw(st.integers(200, 1200))
    found = lifecycle_picture(lifecycle, FR, Frame("p", width), stage=stage, since=date(2026, 2, 3))
    assert_tidy(found.svg)
