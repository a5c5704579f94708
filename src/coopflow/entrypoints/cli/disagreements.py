"""``coopflow disagreement list|show``: the ladder as everyone sees it, the content for its readers.

A command line cannot know who sits before it: whoever has the keys is trusted to name a person.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from coopflow.domain.disagreements import READERS
from coopflow.domain.refusals import Refusal
from coopflow.entrypoints.cli.cooperations import ask, locate
from coopflow.entrypoints.cli.failures import NotFoundError, RefusedByEngineError
from coopflow.entrypoints.cli.output import Format, Terminal
from coopflow.entrypoints.cli.words import Phrases
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.views import DisagreementContent, DisagreementView
from coopflow.settings import Settings


def list_all(settings: Settings, cooperation: str, *, output: Format) -> None:
    """Write the disagreements of a cooperation, in the order in which they were raised."""

    async def question(queries: Queries) -> tuple[DisagreementView, ...]:
        address = await locate(queries, cooperation)
        await queries.cooperation(address)  # it is there, though it may have none
        return await queries.disagreements(address)

    found = ask(settings, question)
    terminal, say = Terminal(), Phrases(settings.language)
    if output == "json":
        terminal.json([one.model_dump(mode="json") for one in found])
        return
    for one in found:
        line = Text.assemble((one.id, "bold"), f"  {one.subject}  ")
        line.append(say(f"step.{one.state}"), "cyan")
        line.append(f"  {', '.join(one.parties)}", "dim")
        terminal.data.print(line, soft_wrap=True)
    if not found:
        terminal.note(say("disagreement.none"))


def show(
    settings: Settings, cooperation: str, disagreement: str, *, reader: str | None, output: Format
) -> None:
    """Write a disagreement; its content too, if a reader is named who may read it.

    Raises:
        RefusedByEngineError: the reader may not; says who may.
        NotFoundError: there is no such disagreement.
        KeysError: the keys are missing.
    """

    async def question(queries: Queries) -> DisagreementView | Refusal:
        address = await locate(queries, cooperation)
        if reader is None:
            return await queries.disagreement(address, disagreement)
        return await queries.disagreement_content(address, disagreement, reader)

    found = ask(settings, question)
    terminal, say = Terminal(), Phrases(settings.language)
    if isinstance(found, Refusal):
        if found.code != "forbidden":
            raise NotFoundError(found.message)
        readers = _readers(str(found.facts["state"]), say)
        told = say("disagreement.forbidden", person=reader, readers=readers)
        raise RefusedByEngineError(found.model_copy(update={"message": told}))
    if output == "json":
        terminal.json(found.model_dump(mode="json"))
        return
    for part in _page(found, say):
        terminal.data.print(part)


def _readers(state: str, say: Phrases) -> str:
    return say.several([say(f"reader.{one}") for one in READERS[state]])


def _page(found: DisagreementView, say: Phrases) -> Iterator[RenderableType]:
    yield Text.assemble((found.subject, "bold"), (f"  {found.id}", "dim"))
    yield ""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    step = Text.assemble(say(f"step.{found.state}"), (f"  {say.day(found.entered_at)}", "dim"))
    if found.limit_at is not None:
        step.append(f"  → {say.day(found.limit_at)}", "dim")
    table.add_row(say("disagreement.step"), step)
    table.add_row(say("disagreement.parties"), ", ".join(found.parties))
    table.add_row(say("disagreement.touches"), found.touches)
    if found.blocks:
        table.add_row("", Text(say("alert.gate_blocked"), "red"))
    table.add_row(say("disagreement.readers"), _readers(found.state, say))
    yield table
    if not isinstance(found, DisagreementContent):
        return
    yield ""
    yield Text(found.content)
    for agreed in found.agreed:
        yield ""
        yield Text.assemble(
            (say("disagreement.agreed"), "bold"), (f"  {say.day(agreed.at)}", "dim")
        )
        yield Text(agreed.text)
