"""The demo tells its example in English or in French, and is otherwise the same."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from coopflow.application.memory import MemoryEngine
from coopflow.application.recorded_past import import_past
from coopflow.definitions.compile import compile_definition
from coopflow.definitions.library import available, find, load_definition, shelf
from coopflow.definitions.scenario import Scenario, load_scenario
from coopflow.definitions.yaml import load
from coopflow.domain.events import Entry
from coopflow.domain.state import Cooperation
from coopflow.entrypoints.cli.demo import EXAMPLE, Demo, ending_by, in_french

NOW: Final = datetime(2027, 11, 23, 23, 0, tzinfo=UTC)

# Under these keys stand ids, words of the wire, days, addresses and units.
NOT_READ: Final = frozenset(
    [
        "action",
        "attendees",
        "ballots",
        "bodies",
        "by",
        "cadence",
        "category",
        "change",
        "choice",
        "closes_at",
        "collector",
        "contributors",
        "cooperation",
        "decision",
        "deputy",
        "due",
        "end_on",
        "ends_on",
        "facilitator",
        "fallback",
        "frequency",
        "from",
        "gate",
        "holder",
        "horizon_year",
        "hosting",
        "id",
        "indicator",
        "kind",
        "lead",
        "mandate_end",
        "mandate_start",
        "measures",
        "meeting",
        "member",
        "members",
        "objective",
        "organisation",
        "owner",
        "programme",
        "public_contact",
        "quorum",
        "representative",
        "review",
        "rule",
        "start",
        "status",
        "subject",
        "support_holder",
        "target",
        "term_end",
        "threshold",
        "to",
        "unit",
        "until",
        "verdict",
    ]
)
NAMES: Final = frozenset(
    [
        "Aînés Plumetis",
        "Bocage Gourmand",
        "Commune de Valbrume",
        "Compost Valbrume",
        "Cuisine centrale",
        "Épicerie Lune",
        "Ferme des Trois Lunes",
        "Institut Semence",
        "Lycée du Gué",
        "Paniers d'Ysoline",
        "Valbrume",
    ]
)
ON_THE_WIRE: Final = {
    "missions": {"coordinate", "facilitate", "inform", "fund", "measure", "reorient"},
    "name": {"qualified_majority"},
}


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield the texts of a payload that are read, each after its key."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from () if name == "ballots" else leaves(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one, key)
    elif (
        isinstance(value, str)
        and key not in NOT_READ
        and value not in NAMES | ON_THE_WIRE.get(key, set())
    ):
        yield key, value


def texts(scenario: Scenario) -> set[tuple[str, str]]:
    payloads = [act.payload for step in scenario.steps for act in step.acts]
    return {found for payload in payloads for found in leaves(payload)}


@pytest.fixture(name="english")
def _english() -> Scenario:
    return load_scenario(find("examples", EXAMPLE))


def test_every_text_of_the_demo_is_there_in_french(english: Scenario) -> None:
    """No text that people read lacks its French, and no French is of a text that has gone."""
    french = load(shelf("examples") / "french" / f"{EXAMPLE}.yaml")
    named = {(key, text) for key, texts in french.data.items() for text in texts}
    assert not french.faults
    assert texts(english) == named
    assert all(isinstance(one, str) and one for texts in french.data.values() for one in texts)


def test_french_is_written_for_examples_only() -> None:
    """What lies in the folder goes with an example of that name, and is none itself."""
    names = {path.stem for path in (shelf("examples") / "french").glob("*.yaml")}
    assert names <= set(available("examples"))


async def _journal(scenario: Scenario) -> tuple[Entry, ...]:
    definition = load_definition(scenario.lifecycle, scenario.policy)
    engine = MemoryEngine({definition.digest: compile_definition(definition)})
    past = import_past(scenario, engine, definition)
    return tuple([entry async for entries in past for entry in entries])


def test_the_demo_in_french_is_the_same_life(english: Scenario) -> None:
    """Its journal has the same entries in the same order, by the same people at the same time."""
    french = in_french(english)
    one, other = asyncio.run(_journal(english)), asyncio.run(_journal(french))
    shapes = [
        [(entry.seq, entry.event.type, entry.by, entry.at) for entry in entries]
        for entries in (one, other)
    ]
    assert shapes[0] == shapes[1]
    assert one[0].event != other[0].event
    assert "Dans les cantines de la vallée" in dict(other[0].event)["issue"]


def test_an_interrupted_import_goes_on_in_its_language(english: Scenario) -> None:
    """Taken up by somebody who reads another language, the demo stays in that of its beginning."""
    day = ending_by(english, NOW).steps[0].at
    issues = {
        "en": english.steps[0].acts[0].payload["issue"],
        "fr": in_french(english).steps[0].acts[0].payload["issue"],
    }
    by_default, in_their_language = Demo(NOW), Demo(NOW, "fr")
    for began in ("en", "fr"):
        begun = Cooperation(issue=issues[began], opened_at=day)
        for demo in (by_default, in_their_language):
            assert demo.told(begun).steps[0].acts[0].payload["issue"] == issues[began]
    assert in_their_language.told().steps[0].acts[0].payload["issue"] == issues["fr"]
    assert by_default.told().steps[0].acts[0].payload["issue"] == issues["en"]
