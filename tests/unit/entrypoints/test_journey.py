from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from itertools import groupby
from typing import Any

import pytest
from rich.console import Console

from coopflow.application.engine import Address, Reply, UnavailableError
from coopflow.application.memory import MemoryEngine
from coopflow.application.outlook import forecast
from coopflow.application.scenario_runner import ScenarioRun
from coopflow.definitions.compile import compile_definition
from coopflow.definitions.library import available, find, load_definition
from coopflow.definitions.scenario import Scenario, load_scenario
from coopflow.domain import catalogue  # noqa: F401 - defines all commands and events
from coopflow.domain.calendar import add_months
from coopflow.domain.events import Entry
from coopflow.domain.refusals import Refusal
from coopflow.domain.rulebook import Rulebook
from coopflow.entrypoints.cli import drawing
from coopflow.entrypoints.cli.demo import Demo, ending_by
from coopflow.entrypoints.cli.failures import RefusedByEngineError
from coopflow.entrypoints.cli.words import Phrases
from coopflow.settings import Language
from coopflow.wording.journey import Chapter, GateAsked, Journey, Milestone, Scene, Stay
from coopflow.wording.naming import Names
from tests.collective import Collective
from tests.stages import entrust


@dataclass(frozen=True)
class Told:
    """A life that was lived, ready to be told."""

    rules: Rulebook
    steps: tuple[tuple[Entry, ...], ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The whole journal."""
        return tuple(entry for step in self.steps for entry in step)

    def scenes(self, language: Language = "en") -> list[Scene]:
        """Tell it step by step."""
        journey = Journey(self.rules, Phrases(language))
        return [scene for step in self.steps for scene in journey.tell(step)]


def lived(scenario: Scenario) -> Told:
    async def live() -> Told:
        definition = load_definition(scenario.lifecycle, scenario.policy)
        rules = compile_definition(definition)
        run = ScenarioRun(scenario, MemoryEngine({definition.digest: rules}), rules)
        return Told(rules, tuple([result.entries async for result in run.steps()]))

    return asyncio.run(live())


@cache
def example(name: str) -> Told:
    return lived(load_scenario(find("examples", name)))


@pytest.fixture
def bocage() -> Told:
    return example("bocage-gourmand")


def texts(scenes: Sequence[Scene]) -> list[str]:
    return [scene.text for scene in scenes if isinstance(scene, Milestone)]


def test_stages_and_gates_in_order(bocage: Told) -> None:
    """The journey has the three stages, and between them each gate with its verdict."""
    told = [
        scene.stage.id if isinstance(scene, Chapter) else scene.examination.result
        for scene in bocage.scenes()
        if isinstance(scene, Chapter | GateAsked)
    ]
    assert told == [
        "impulsion",
        "pass",
        "structuration",
        "conditional",
        "animation",
        "pass",
    ]


def test_a_gate_gives_its_reasons(bocage: Told) -> None:
    """The conditional pass says which condition was short, and which criterion was not met."""
    asked = [scene for scene in bocage.scenes() if isinstance(scene, GateAsked)]
    examination = asked[1].examination
    assert examination.short == {"shared_evaluation": 1}
    assert examination.unmet == ("objectives-indicators",)


def test_what_is_worth_telling(bocage: Told) -> None:
    """Milestones name people's organisations, documents and decisions in words."""
    told = texts(bocage.scenes())
    for expected in (
        "Bocage Gourmand opens",
        "joined: Paniers d'Ysoline, Commune de Valbrume and Ferme des Trois Lunes",
        "plenary: 3 of 3 members",
        "support function: Paniers d'Ysoline (interim)",
        "objection by Ferme des Trois Lunes",
        "shared vision 2 adopted by consent",
        "cooperation charter in force, signed by 3 of 4",
        "reservation on “A shared way of evaluating”, until 28 Sep 2026",
        "values measured: 5",
        "stakeholder map 1 goes stale",
        "renewed until 15 Jun 2028",
    ):
        assert expected in told


def test_levels_stand_where_they_moved(bocage: Told) -> None:
    """The last milestone of an instant shows the levels, and which of them rose."""
    moved = [s for s in bocage.scenes() if isinstance(s, Milestone) and s.levels is not None]
    assert [list(scene.levels.values()) for scene in moved if scene.levels][:4] == [
        [0, 0, 0, 0, 0],
        [0, 0, 0, 1, 0],
        [0, 0, 0, 1, 1],
        [0, 1, 0, 1, 1],
    ]
    assert moved[1].rose == {"communication"}
    (aged,) = [scene for scene in moved if scene.text == "the levels move"]
    assert aged.tone == "bad"
    assert aged.fell == {"mutual_actions"}
    assert not aged.rose


def test_a_day_is_written_once(bocage: Told) -> None:
    """Milestones of one day stand under its date, and a stage begins with a date."""
    scenes = bocage.scenes()
    days = [scene.at.date() for scene in scenes if isinstance(scene, Milestone) and scene.at]
    assert [day for day, _ in groupby(days)] == sorted(set(days))
    (third,) = [i for i, s in enumerate(scenes) if isinstance(s, Chapter) and s.number == 3]
    first = scenes[third + 1]
    assert isinstance(first, Milestone)
    assert first.at is not None
    assert isinstance(scenes[third - 1], Stay)


def test_days_are_those_of_where_people_live(bocage: Told) -> None:
    """What one evening and the next morning have in common elsewhere is no day there."""
    west = timezone(timedelta(hours=-10))
    journey = Journey(bocage.rules, Phrases("en", west))
    told, written = set(), set()
    for at, entries in groupby(bocage.entries, key=lambda one: one.at):
        for scene in journey.tell(entries):
            if isinstance(scene, Milestone | GateAsked):
                told.add(at.astimezone(west).date())
                written |= {scene.at.astimezone(west).date()} if scene.at else set()
    assert written == told


def test_a_stage_keeps_its_number() -> None:
    """After a fall-back the stage is told under the number that it had before."""
    scenes = example("cap-jeunes-valdore").scenes()
    numbers = [scene.number for scene in scenes if isinstance(scene, Chapter)]
    assert numbers == [1, 2, 3, 2, 3]
    assert "the cooperation falls back to Structuring" in texts(scenes)


def test_told_at_once_or_step_by_step(bocage: Told) -> None:
    """The journal read back as a whole tells the same journey."""
    whole = list(Journey(bocage.rules, Phrases("fr")).tell(bocage.entries))
    assert whole == bocage.scenes("fr")


@pytest.mark.parametrize("name", available("examples"))
@pytest.mark.parametrize(("language", "width"), [("fr", 80), ("en", 120)])
def test_it_fits_the_terminal(name: str, language: Language, width: int) -> None:
    """Every example can be told in both languages, and no line is cut or runs over."""
    told = example(name)
    say = Phrases(language)
    console = Console(width=width, record=True, file=io.StringIO(), color_system=None)
    for scene in told.scenes(language):
        console.print(drawing.scene(scene, Names(told.rules, say), say))
    text = console.export_text()
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    assert "{" not in text


# --- the demo ---------------------------------------------------------------------------------

TODAY = datetime(2027, 11, 23, 16, 20, tzinfo=UTC)


def test_the_demo_ends_today_and_not_later() -> None:
    """The last step falls on today, those that would lie ahead are brought forward to now."""
    scenario = load_scenario(find("examples", "bocage-gourmand"))
    moved = ending_by(scenario, TODAY)
    assert moved.steps[-1].at == TODAY
    assert moved.steps[-3].at.date() == date(2027, 10, 19)
    assert all(a.at <= b.at for a, b in zip(moved.steps, moved.steps[1:], strict=False))
    evening = TODAY.replace(hour=23)
    assert ending_by(scenario, evening).steps[-1].at == TODAY.replace(hour=17, minute=30)


def test_an_interrupted_import_keeps_its_days() -> None:
    """Taken up days later, the import goes on with the dates that it began with."""
    scenario = load_scenario(find("examples", "bocage-gourmand"))
    first = ending_by(scenario, TODAY)
    told = lived(first)
    journey = Journey(told.rules, Phrases("en"))
    list(journey.tell(told.steps[0]))
    later = ending_by(scenario, TODAY + timedelta(days=3), journey.state)
    assert [step.at.date() for step in later.steps] == [step.at.date() for step in first.steps]


@pytest.mark.parametrize("days", [0, 31, 98, 99, 464, 1460])
def test_the_demo_may_start_on_any_day(days: int) -> None:
    """Whatever day it is, leap years and short months included, every gate is passed."""
    now = TODAY + timedelta(days=days)
    moved = ending_by(load_scenario(find("examples", "bocage-gourmand")), now)
    verdicts = [
        dict(entry.event)["verdict"].result
        for entry in lived(moved).entries
        if entry.event.type == "gate_requested"
    ]
    assert verdicts == ["pass", "conditional", "pass"]


class Living(MemoryEngine):
    """Memory that pretends to have a clock, and goes away after so many commands."""

    gives_up_after = 1000

    async def execute(self, *command: Any, **how: Any) -> Reply | Refusal:
        """Carry a command out.

        Raises:
            UnavailableError: it has gone away.
        """
        if not self.gives_up_after:
            raise UnavailableError
        self.gives_up_after -= 1
        return await super().execute(*command, **how)

    async def go_live(self, address: Address) -> Reply:
        """Tell nothing more."""
        seq = (await self.state(address)).seq
        return Reply(seq_from=seq + 1, seq_to=seq)


def test_an_interrupted_import_is_taken_up() -> None:
    """Played again from the start, an import goes on where it ended; nothing happens twice."""
    evening = TODAY.replace(hour=23)

    async def journal(*, is_interrupted: bool) -> tuple[Entry, ...]:
        demo = Demo(evening)
        engine = Living({demo.rules.definition.digest: demo.rules})
        assert await demo.found(engine) is None
        if is_interrupted:
            engine.gives_up_after = 40
            with pytest.raises(UnavailableError):
                async for _ in demo.play(engine):
                    pass
            engine.gives_up_after = 1000
            later = Demo(evening + timedelta(days=2))
            async for _ in later.play(engine, await later.found(engine)):
                pass
        else:
            async for _ in demo.play(engine):
                pass
        return await engine.journal(demo.address)

    interrupted = asyncio.run(journal(is_interrupted=True))
    whole = asyncio.run(journal(is_interrupted=False))
    assert [entry.event for entry in interrupted] == [entry.event for entry in whole]


def test_the_demo_is_refused_nothing() -> None:
    """A refusal that the example does not expect ends the import."""

    class Stubborn(MemoryEngine):
        """Refuses everything but the opening."""

        async def execute(self, *_: Any, **__: Any) -> Refusal:
            """Refuse."""
            return Refusal(code="forbidden", message="no")

    demo = Demo(TODAY)
    engine = Stubborn({demo.rules.definition.digest: demo.rules})

    async def play() -> None:
        async for _ in demo.play(engine):
            pass

    with pytest.raises(RefusedByEngineError, match="forbidden: no"):
        asyncio.run(play())


def test_what_is_to_come_is_told_from_a_state_on() -> None:
    """A forecast tells warnings, lapses and escalations too, by the names that members have."""
    coop = Collective(4)
    entrust(coop, "alpha", hours_month=20, ends_on="2026-06-30")
    coop.ask("budget")
    coop.do(
        "rep-beta",
        "raise_disagreement",
        disagreement="noise",
        subject="Noise",
        content="Sealed",
        parties=["beta", "gamma"],
        touches="other",
    )
    foretold: dict[Language, tuple[str, ...]] = {
        "en": FORETOLD,
        "fr": ("désaccord noise : dialogue", "décision budget : caduque"),
    }
    for language, expected in foretold.items():
        journey = Journey.foreseeing(coop.state, coop.rules, Phrases(language))
        until = add_months(coop.at, 12)
        scenes = [
            scene
            for coming in forecast(coop.state, coop.at, until, coop.rules)
            for scene in journey.tell(coming.entries)
        ]
        told = "\n".join(scene.text for scene in scenes if isinstance(scene, Milestone))
        for words in expected:
            assert words in told
        assert "Sealed" not in told


FORETOLD = (
    "disagreement noise: dialogue",
    "disagreement noise: facilitation",
    "disagreement noise: the mediation ends",
    "disagreement noise: does what closed it hold?",
    "budget: reminder to those who have not answered",
    "decision budget: lapsed (0 of 4 answered, quorum 1/2 not reached)",
    "no plenary for a while",
    "the mandate ends soon (Alpha)",
    "the mandate of Alpha ends",
)
