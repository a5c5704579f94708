"""How things look on a terminal: levels, stages, milestones and gates, from 80 columns up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rich.box import ROUNDED
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from coopflow.domain.gates import CriterionFinding, Examination
from coopflow.domain.policy import Condition
from coopflow.entrypoints.cli.journey import Chapter, GateAsked, Milestone, Scene, Stay
from coopflow.entrypoints.cli.words import Phrases

TOP: Final = 4
"""The highest level of a condition."""

VERDICT_STYLES: Final[Mapping[str, str]] = {
    "pass": "green",
    "conditional": "yellow",
    "fail": "red",
    "blocked": "red",
}
_BULLETS: Final = {"plain": ("·", "dim"), "good": ("●", "green"), "bad": ("●", "red")}
_DATE_WIDTH: Final = 13


def levels_text(levels: Mapping[str, int], rose: frozenset[str] = frozenset()) -> Text:
    """Write the levels as digits in the order of the conditions, those that rose in green."""
    text = Text()
    for index, (condition, level) in enumerate(levels.items()):
        style = "bold green" if condition in rose else ("dim" if level == 0 else "")
        text.append(" " if index else "").append(str(level), style)
    return text


def bar(level: int, minimum: int = 0) -> Text:
    """Draw a level out of four; what is missing to a minimum is marked."""
    text = Text("●" * level, "green" if level >= minimum else "yellow")
    text.append("●" * max(0, minimum - level), "red dim")
    return text.append("·" * (TOP - max(level, minimum)), "dim")


def scene(shown: Scene, conditions: tuple[Condition, ...], say: Phrases) -> RenderableType:
    """Draw one scene of a journey."""
    match shown:
        case Chapter():
            return _chapter(shown, conditions, say)
        case Milestone():
            return _milestone(shown, say)
        case GateAsked():
            return Padding(gate(shown.examination, conditions, say), (1, 0, 1, _DATE_WIDTH + 2))
        case Stay():
            stayed = Text(say("journey.stayed", days=say.days(shown.span)), "dim italic")
            return Padding(stayed, (0, 0, 0, _DATE_WIDTH + 4))


def _chapter(shown: Chapter, conditions: tuple[Condition, ...], say: Phrases) -> RenderableType:
    number = say("journey.stage", number=shown.number)
    title = Text.assemble(
        (f"{number} ", "cyan"), (say.label(shown.stage.label), "bold cyan"), style="not italic"
    )
    letters = Text(" ".join(one.letter for one in conditions), "dim")
    head = Table.grid(expand=True)
    head.add_column(ratio=1)
    head.add_column(no_wrap=True)
    head.add_row(Text(say.label(shown.stage.purpose), "dim italic"), Padding(letters, (0, 0, 0, 2)))
    return Group("", Rule(title, style="cyan", align="left"), head)


def _milestone(shown: Milestone, say: Phrases) -> RenderableType:
    sign, style = _BULLETS[shown.tone]
    line = Table.grid(padding=(0, 1), expand=True)
    line.add_column(width=_DATE_WIDTH, justify="right", no_wrap=True)
    line.add_column(width=1)
    line.add_column(ratio=1)
    line.add_column(no_wrap=True, justify="right")
    line.add_row(
        Text(say.day(shown.at), "dim") if shown.at else "",
        Text(sign, style),
        shown.text,
        levels_text(shown.levels, shown.rose) if shown.levels else "",
    )
    return line


def gate(examination: Examination, conditions: tuple[Condition, ...], say: Phrases) -> Panel:
    """Draw a verdict with its reasons: levels against minima, guards, what is not met."""
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(width=1)
    table.add_column(ratio=1)
    table.add_column(width=TOP)
    table.add_column(no_wrap=True, justify="right")
    missing = unmet_by_condition(examination)
    for condition in conditions:
        minimum = examination.minima.get(condition.id, 0)
        level = examination.levels.get(condition.id, 0)
        is_short = level < minimum
        table.add_row(
            Text("✗" if is_short else "✓", "red" if is_short else "green"),
            Text.assemble((f"{condition.letter}  ", "bold"), say.label(condition.label)),
            bar(level, minimum),
            Text(
                f"{level}  {say('gate.asked', minimum=minimum)}",
                "yellow" if is_short else "dim",
            ),
        )
        for finding in missing.get(condition.id, ()):
            table.add_row("", _missing(finding, say), "", "")
    for guard in examination.guards:
        table.add_row(
            Text("✓" if guard.met else "✗", "green" if guard.met else "red"),
            Text(say.label(guard.label), "" if guard.met else "yellow"),
            "",
            "",
        )
    style = VERDICT_STYLES[examination.result]
    body: list[RenderableType] = [table]
    if examination.blocked_by:
        named = ", ".join(examination.blocked_by)
        body.append(Text(f"✗ {say('gate.blocked_by')} {named}", "red"))
    return Panel(
        Group(*body),
        title=Text.assemble(
            (say.label(examination.label), "bold"),
            ("  "),
            (say(f"verdict.{examination.result}").upper(), f"bold {style}"),
        ),
        title_align="left",
        subtitle=Text(say.day(examination.at), "dim"),
        subtitle_align="right",
        border_style=style,
        box=ROUNDED,
        padding=(0, 1),
    )


def unmet_by_condition(examination: Examination) -> dict[str, list[CriterionFinding]]:
    """Return the criteria that are not met, by the condition that they belong to."""
    missing: dict[str, list[CriterionFinding]] = {}
    for finding in examination.criteria:
        if not finding.met and finding.condition is not None:
            missing.setdefault(finding.condition, []).append(finding)
    return missing


def _missing(finding: CriterionFinding, say: Phrases) -> Text:
    text = Text.assemble(
        ("   – ", "yellow"), (say.label(finding.label), "yellow"), (f"  [{finding.level}]", "dim")
    )
    if finding.error is not None:
        text.append(f"  {say('gate.not_computed', error=finding.error)}", "red")
    return text
