"""How things look on a terminal: levels, stages, milestones and gates, from 80 columns up."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rich.box import ROUNDED
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from coopflow.domain.explanation import CriterionFinding, Examination
from coopflow.entrypoints.cli.words import Phrases
from coopflow.wording.journey import Chapter, GateAsked, Milestone, Scene, Stay
from coopflow.wording.naming import Names

TOP: Final = 4
"""The highest level of a condition."""

VERDICT_STYLES: Final[Mapping[str, str]] = {
    "pass": "green",
    "conditional": "yellow",
    "fail": "red",
    "blocked": "red",
}
_BULLETS: Final = {"plain": ("·", "dim"), "good": ("●", "green"), "bad": ("●", "red")}
_DATE_WIDTH: Final = 14
_INDENT: Final = 4


def levels_text(
    levels: Mapping[str, int],
    rose: frozenset[str] = frozenset(),
    fell: frozenset[str] = frozenset(),
) -> Text:
    """Write the levels as digits in the order given, those that rose green, those that fell red."""
    text = Text()
    for index, (condition, level) in enumerate(levels.items()):
        style = "dim" if level == 0 else ""
        if condition in rose | fell:
            style = "bold green" if condition in rose else "bold red"
        text.append(" " if index else "").append(str(level), style)
    return text


def bar(level: int, minimum: int = 0) -> Text:
    """Draw a level out of four; what is missing to a minimum is marked."""
    text = Text("●" * level, "green" if level >= minimum else "yellow")
    text.append("○" * max(0, minimum - level), "red")
    return text.append("·" * (TOP - max(level, minimum)), "dim")


def levels_table(
    levels: Mapping[str, int], names: Names, remarks: Mapping[str, str] = MappingProxyType({})
) -> Table:
    """Draw the conditions with their levels, and a remark in red beside some of them."""
    table = Table.grid(padding=(0, 1))
    for condition in names.ordered(levels):
        letter, label = names.condition(condition)
        level = levels[condition]
        remark = Text(remarks.get(condition, ""), "red")
        table.add_row(Text(letter, "bold"), f"{label}  ", bar(level), str(level), remark)
    return table


# --- the journey ------------------------------------------------------------------------------


def scene(shown: Scene, names: Names, say: Phrases) -> RenderableType:
    """Draw one scene of a journey."""
    match shown:
        case Chapter():
            return _chapter(shown, say)
        case Milestone():
            return _milestone(shown, say)
        case GateAsked():
            return Padding(gate(shown.examination, names, say), (1, 0, 1, _INDENT))
        case Stay():
            stayed = Text(say("journey.stayed", days=say.days(shown.span)), "dim italic")
            return Padding(stayed, (0, 0, 0, _DATE_WIDTH + 3))


def _chapter(shown: Chapter, say: Phrases) -> RenderableType:
    number = say("journey.stage", number=shown.number)
    title = Text.assemble((f"{number} ", "cyan"), (say.label(shown.stage.label), "bold cyan"))
    letters = Padding(Text(" ".join(shown.letters), "dim"), (0, 0, 0, 2))
    head = Table.grid(expand=True)
    head.add_column(ratio=1)
    head.add_column(no_wrap=True)
    head.add_row(Text(say.label(shown.stage.purpose), "dim italic"), letters)
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
        levels_text(shown.levels, shown.rose, shown.fell) if shown.levels else "",
    )
    return line


# --- gates ------------------------------------------------------------------------------------


def gate(examination: Examination, names: Names, say: Phrases) -> Panel:
    """Draw a verdict with its reasons: levels against minima, guards, what is not met."""
    rows: list[RenderableType] = []
    for condition in names.ordered(examination.levels):
        rows.append(condition_row(condition, examination, names, say))
        rows += [
            Padding(_unmet(finding, say), (0, 0, 0, 5))
            for finding in examination.criteria
            if finding.condition == condition and not finding.met
        ]
    rows += [finding_row(guard, say) for guard in examination.guards]
    if examination.blocked_by:
        rows.append(blocked(examination, say))
    style = VERDICT_STYLES[examination.result]
    return Panel(
        Group(*rows),
        title=verdict_title(examination, say),
        title_align="left",
        subtitle=Text(say.day(examination.at), "dim"),
        subtitle_align="right",
        border_style=style,
        box=ROUNDED,
        padding=(0, 1),
    )


def verdict_title(examination: Examination, say: Phrases) -> Text:
    """Write the name of the gate and the verdict."""
    verdict = say(f"verdict.{examination.result}").upper()
    style = f"bold {VERDICT_STYLES[examination.result]}"
    return Text.assemble((say.label(examination.label), "bold"), " · ", (verdict, style))


def condition_row(condition: str, examination: Examination, names: Names, say: Phrases) -> Table:
    """Draw the level of a condition against the minimum that the gate asks for."""
    minimum = examination.minima.get(condition, 0)
    level = examination.levels[condition]
    is_met = level >= minimum
    letter, label = names.condition(condition)
    reached = bar(level, minimum).append(f"  {level} ", "bold" if is_met else "bold yellow")
    reached.append(say("gate.asked", minimum=minimum), "dim")
    return _row(
        _sign("met" if is_met else "unmet"), Text.assemble((f"{letter}  ", "bold"), label), reached
    )


def finding_row(finding: CriterionFinding, say: Phrases, right: RenderableType = "") -> Table:
    """Draw a criterion or a guard: met, waived or not."""
    level = f"{finding.level} " if finding.level is not None else ""
    text = Text.assemble(
        (level, "dim"), (say.label(finding.label), "" if finding.met else "yellow")
    )
    for remark, style in _remarks(finding, say):
        text.append(f" ({remark})", style)
    kind = "met" if finding.met else "waived" if finding.waived else "unmet"
    return _row(_sign(kind), text, right)


def blocked(examination: Examination, say: Phrases) -> Table:
    """Name the disagreements that block the gate."""
    named = ", ".join(examination.blocked_by)
    return _row(_sign("unmet"), Text(f"{say('gate.blocked_by')} {named}", "red"))


def _unmet(finding: CriterionFinding, say: Phrases) -> Table:
    text = Text(say.label(finding.label), "yellow")
    for remark, style in _remarks(finding, say):
        text.append(f" ({remark})", style)
    line = Table.grid(padding=(0, 1))
    line.add_row(Text("–", "yellow"), text)
    return line


def _remarks(finding: CriterionFinding, say: Phrases) -> list[tuple[str, str]]:
    remarks = []
    if finding.stale:
        remarks.append((say("gate.stale"), "magenta"))
    if finding.waived:
        remarks.append((say("gate.waived"), "magenta"))
    if finding.error is not None:
        remarks.append((say("gate.not_computed", error=finding.error), "red"))
    return remarks


def _sign(kind: str) -> Text:
    return {
        "met": Text("✓", "green"),
        "unmet": Text("✗", "red"),
        "waived": Text("~", "magenta"),
    }[kind]


def _row(sign: Text, text: RenderableType, right: RenderableType = "") -> Table:
    row = Table.grid(padding=(0, 1), expand=True)
    row.add_column(width=1)
    row.add_column(ratio=1)
    row.add_column(no_wrap=True, justify="right")
    row.add_row(sign, text, right)
    return row
