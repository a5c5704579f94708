"""``coopflow forecast``: what will happen by itself if nobody acts."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.rule import Rule
from rich.text import Text

from coopflow.application.outlook import forecast
from coopflow.domain.calendar import add_months
from coopflow.domain.cooperation import Upcoming, follow
from coopflow.entrypoints.cli import drawing
from coopflow.entrypoints.cli.looking import Looked, look
from coopflow.entrypoints.cli.output import Format, Terminal
from coopflow.entrypoints.cli.words import Phrases
from coopflow.settings import Settings
from coopflow.wording.journey import Journey
from coopflow.wording.naming import Names


def run(
    settings: Settings,
    cooperation: str,
    *,
    months: int,
    supposing: Path | None,
    output: Format,
) -> None:
    """Work out what will happen by itself, and write it.

    Raises:
        FaultsError: the file of supposed commands is at fault.
        SupposedInVainError: a supposed command would be refused.
        UnknownCooperationError: there is no such cooperation.
        TemporalUnavailableError: the engine does not answer.
    """
    terminal = Terminal()
    say = Phrases(settings.language)
    looked = asyncio.run(look(settings, cooperation, supposing=supposing))
    until = add_months(looked.at, months)
    with terminal.progress.status(say("forecast.working")):
        coming = list(forecast(looked.state, looked.at, until, looked.rules))
    if output == "json":
        terminal.json(as_json(looked, coming))
        return
    draw(looked, coming, until, terminal, say)


def as_json(looked: Looked, coming: list[Upcoming]) -> list[dict[str, Any]]:
    """Return what is coming as JSON values: each instant with its events and what they lead to."""
    state, lines = looked.state, []
    for instant in coming:
        state = follow(state, instant.entries)
        lines.append(
            {
                "at": instant.at.isoformat(),
                "events": [entry.event.model_dump(mode="json") for entry in instant.entries],
                "stage": state.stage,
                "levels": dict(state.levels),
            }
        )
    return lines


def draw(
    looked: Looked, coming: list[Upcoming], until: datetime, terminal: Terminal, say: Phrases
) -> None:
    """Draw what is coming, day by day."""
    state = looked.state
    title = Text.assemble((state.title, "bold"), (f"  {looked.address}", "dim"))
    terminal.data.print(Rule(title, style="cyan", align="left"))
    terminal.data.print(Text(say("forecast.until", until=say.day(until)), "dim italic"))
    names = Names(looked.rules.followed_by(state), say)
    journey = Journey.foreseeing(state, looked.rules, say)
    scenes = [scene for one in coming for scene in journey.tell(one.entries)]
    for scene in scenes:
        terminal.data.print(drawing.scene(scene, names, say))
    if not scenes:
        terminal.note(say("forecast.nothing"))
