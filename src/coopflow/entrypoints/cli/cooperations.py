"""``coopflow coop``: cooperations as the read model knows them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from coopflow import bootstrap
from coopflow.application.engine import Address, UnavailableError, UnknownCooperationError
from coopflow.entrypoints.cli import drawing
from coopflow.entrypoints.cli.failures import NotFoundError, UsageError
from coopflow.entrypoints.cli.output import Format, Terminal
from coopflow.entrypoints.cli.registered import rules_of
from coopflow.entrypoints.cli.words import Phrases
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.views import (
    AlertView,
    CooperationDetail,
    CooperationSummary,
    DecisionView,
    DocumentSummary,
    JournalLine,
    MemberView,
)
from coopflow.settings import Settings
from coopflow.temporal.errors import (
    EngineFaultError,
    TemporalSettingsError,
    TemporalUnavailableError,
)
from coopflow.wording.naming import Names

_T = TypeVar("_T")
_PAGE = 500
_PATIENCE = 2.0
_SEVERITIES = {"red": "red", "amber": "yellow", "info": "blue"}


class Page(NamedTuple):
    """All that is shown of one cooperation."""

    detail: CooperationDetail
    members: tuple[MemberView, ...]
    documents: tuple[DocumentSummary, ...]
    decisions: tuple[DecisionView, ...]
    alerts: tuple[AlertView, ...]
    head: int | None = None


# --- finding one ------------------------------------------------------------------------------


def parse_address(cooperation: str) -> Address | None:
    """Read ``PROGRAMME/ID``; None for an id alone."""
    programme, separator, slug = cooperation.partition("/")
    return Address(programme, slug) if separator and programme and slug else None


async def locate(queries: Queries, cooperation: str) -> Address:
    """Return the address of a cooperation that is named by its id, or by programme and id.

    Raises:
        NotFoundError: there is none.
        UsageError: several programmes have one by that id.
    """
    address = parse_address(cooperation)
    if address is not None:
        return address
    found = await queries.find(cooperation)
    if not found:
        known = [str(one.address) for one in await queries.cooperations(limit=10)]
        listed = f"there are: {', '.join(known)}" if known else "there is none yet"
        raise NotFoundError(f"there is no cooperation {cooperation}; {listed}")
    if len(found) > 1:
        listed = ", ".join(map(str, found))
        raise UsageError(f"{cooperation} is the id of several cooperations, name one: {listed}")
    return found[0]


def ask(settings: Settings, question: Callable[[Queries], Awaitable[_T]]) -> _T:
    """Return what the read model answers to a question."""

    async def asked() -> _T:
        async with bootstrap.reading(settings) as reading:
            return await question(reading.queries)

    return asyncio.run(asked())


# --- list -------------------------------------------------------------------------------------


def list_all(
    settings: Settings, *, programme: str | None, stage: str | None, output: Format
) -> None:
    """Write the cooperations, by programme and id."""

    async def question(queries: Queries) -> list[CooperationSummary]:
        found: list[CooperationSummary] = []
        while page := await queries.cooperations(
            programme=programme,
            stage=stage,
            after=found[-1].address if found else None,
            limit=_PAGE,
        ):
            found += page
        return found

    found = ask(settings, question)
    terminal = Terminal()
    if output == "json":
        terminal.json([one.model_dump(mode="json") for one in found])
        return
    say = Phrases(settings.language)
    if not found:
        terminal.note(say("head.empty"))
        return
    terminal.data.print(_list(found, say))


def _table() -> Table:
    return Table(
        box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), collapse_padding=True, expand=True
    )


def _list(found: list[CooperationSummary], say: Phrases) -> Table:
    table = _table()
    table.add_column(say("head.cooperation"), ratio=4, overflow="fold")
    table.add_column(say("head.stage"), ratio=3)
    table.add_column(say("head.levels"), no_wrap=True)
    table.add_column(say("head.members"), justify="right", no_wrap=True)
    table.add_column(say("head.verdict"), ratio=3)
    for one in found:
        verdict = Text("–", "dim")
        if one.verdict is not None:
            style = drawing.VERDICT_STYLES[one.verdict]
            words = say(f"verdict.{one.verdict}")
            verdict = Text.assemble((words, style), (f"\n{one.verdict_gate}", "dim"))
        table.add_row(
            Text.assemble((one.title, "bold"), (f"\n{one.address}", "dim")),
            Text.assemble(one.stage, (f"\n{say.day(one.stage_since)}", "dim")),
            drawing.levels_text(one.levels),
            str(one.active_members),
            verdict,
        )
    return table


# --- show -------------------------------------------------------------------------------------


def show(settings: Settings, cooperation: str, *, output: Format) -> None:
    """Write one cooperation: where it stands, who is in it, what it has decided."""

    async def question(queries: Queries) -> Page:
        address = await locate(queries, cooperation)
        return Page(
            await queries.cooperation(address),
            await queries.members(address),
            await queries.documents(address),
            await queries.decisions(address),
            await queries.alerts(address),
        )

    page = ask(settings, question)
    page = page._replace(head=asyncio.run(_last_entry(settings, page.detail.address)))
    terminal = Terminal()
    if output == "json":
        terminal.json(
            page.detail.model_dump(mode="json")
            | {"head": page.head}
            | {
                name: [one.model_dump(mode="json") for one in getattr(page, name)]
                for name in ("members", "documents", "decisions", "alerts")
            }
        )
        return
    say = Phrases(settings.language)
    names = Names(rules_of(settings, page.detail.lifecycle, page.detail.policy), say)
    for part in _page(page, names, say):
        terminal.data.print(part)


async def _last_entry(settings: Settings, address: Address) -> int | None:
    """Return the number of the last entry that there is; None when the engine does not say."""
    unsaid = (UnavailableError, UnknownCooperationError, TemporalUnavailableError, EngineFaultError)
    try:
        async with asyncio.timeout(_PATIENCE), bootstrap.connected_engine(settings) as engine:
            return (await engine.journal_head(address)).seq
    except (*unsaid, TemporalSettingsError, TimeoutError):
        return None


def _page(page: Page, names: Names, say: Phrases) -> Iterator[RenderableType]:
    detail = page.detail
    yield Rule(
        Text.assemble((detail.title, "bold"), (f"  {detail.address}", "dim")),
        style="cyan",
        align="left",
    )
    yield Text.assemble((f"{detail.territory} · ", "dim"), (detail.issue, "italic"))
    yield ""
    yield _facts(page, names, say)
    yield ""
    due = {name: say("head.remedy_by", until=say.day(at)) for name, at in detail.clocks.items()}
    yield drawing.levels_table(detail.levels, names, due)
    yield from _advice(page, names, say)
    yield from _documents(page, say)
    yield from _decisions(page, say)
    if page.alerts:
        yield ""
        yield Text(say("head.alerts"), "bold")
    for alert in page.alerts:
        words = say(f"alert.{alert.code}")
        about = f" ({alert.about})" if alert.about else ""
        since = say.day(alert.since)
        sign = ("  ▲ ", _SEVERITIES[alert.severity])
        yield Text.assemble(sign, words, (f"{about}  {since}", "dim"))


def _facts(page: Page, names: Names, say: Phrases) -> Table:
    detail = page.detail
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    days = say.days(datetime.now(UTC) - detail.stage_since)
    since = f"  {say.day(detail.stage_since)}, {days}"
    table.add_row(say("head.stage"), Text.assemble(names.stage(detail.stage), (since, "dim")))
    if detail.status != "active":
        table.add_row(say("head.status"), say(f"status.{detail.status}"))
    table.add_row(say("head.policy"), detail.policy)
    if detail.verdict is not None and detail.verdict_gate and detail.verdict_at:
        words = say(f"verdict.{detail.verdict}")
        gate = f"  {names.gate(detail.verdict_gate)}"
        day = (f"  {say.day(detail.verdict_at)}", "dim")
        verdict = Text.assemble((words, drawing.VERDICT_STYLES[detail.verdict]), gate, day)
        table.add_row(say("head.verdict"), verdict)
    for one in detail.reservations:
        label = names.condition(one.about).label
        until = (f"  → {say.day(one.until)}", "dim")
        table.add_row(say("head.reservation"), Text.assemble(label, until))
    table.add_row(say("head.mandate"), _mandate(page, say))
    table.add_row(say("head.members"), _members(page, say))
    table.add_row(say("head.journal"), _journal(page, say))
    return table


def _journal(page: Page, say: Phrases) -> Text:
    detail, head = page.detail, page.head
    text = Text(say("head.followed", seq=detail.seq))
    if head is not None and head > detail.seq:
        return text.append(say("head.behind", head=head), "yellow")
    return text.append(f"  {say.moment(detail.as_of)}", "dim")


def _mandate(page: Page, say: Phrases) -> Text:
    holder, ends_on = page.detail.mandate_holder, page.detail.mandate_ends_on
    if holder is None:
        return Text(say("head.none"), "red")
    organisations = {member.id: member.name for member in page.members}
    text = Text(organisations.get(holder, holder))
    return text.append(f"  → {say.day(ends_on)}", "dim") if ends_on else text


def _members(page: Page, say: Phrases) -> Text:
    text = Text(f"{page.detail.active_members} · ")
    present = [member for member in page.members if member.status != "left"]
    for index, member in enumerate(present):
        text.append(", " if index else "").append(member.name)
        if member.status != "active":
            text.append(f" ({say(f'member.{member.status}')})", "dim")
    return text


def _advice(page: Page, names: Names, say: Phrases) -> Iterator[RenderableType]:
    known = names.advice()
    if not known:
        return
    yield ""
    yield Text(say("gate.advice"), "bold")
    for slug, label in known.items():
        is_followed = slug in page.detail.advice
        sign = ("  ✓ ", "green") if is_followed else ("  · ", "dim")
        yield Text.assemble(sign, (label, "" if is_followed else "dim"))


def _documents(page: Page, say: Phrases) -> Iterator[RenderableType]:
    shown = [one for one in page.documents if one.status != "superseded"]
    if not shown:
        return
    yield ""
    yield Text(say("head.documents"), "bold")
    table = Table.grid(padding=(0, 2))
    for one in shown:
        style = {"stale": "red", "expired": "red", "draft": "dim"}.get(one.status, "")
        until = f"→ {say.last_day(one.valid_until)}" if one.valid_until else ""
        table.add_row(
            f"  {say(f'document.{one.kind}')} {one.version}",
            Text(say(f"version.{one.status}"), style),
            Text(until, "dim"),
        )
    yield table


def _decisions(page: Page, say: Phrases) -> Iterator[RenderableType]:
    opened = [one for one in page.decisions if one.result is None]
    if not opened:
        return
    yield ""
    yield Text(say("head.decisions"), "bold")
    table = Table.grid(padding=(0, 2))
    for one in opened:
        answered = say("head.answered", answers=one.answers, electorate=one.electorate)
        table.add_row(
            f"  {one.id}", one.subject, answered, Text(f"→ {say.day(one.closes_at)}", "dim")
        )
    yield table


# --- journal ----------------------------------------------------------------------------------


def journal(settings: Settings, cooperation: str, *, after: int, output: Format) -> None:
    """Write the events of a cooperation in order."""

    async def question(queries: Queries) -> list[JournalLine]:
        address = await locate(queries, cooperation)
        await queries.cooperation(address)  # it is there, though nothing may follow
        found: list[JournalLine] = []
        last = after
        while page := await queries.journal(address, after=last, limit=_PAGE):
            found += page
            last = page[-1].seq
        return found

    found = ask(settings, question)
    terminal = Terminal()
    if output == "json":
        terminal.json([one.model_dump(mode="json") for one in found])
        return
    say = Phrases(settings.language)
    table = _table()
    table.add_column(say("head.seq"), justify="right", no_wrap=True, style="dim")
    table.add_column(say("head.at"), no_wrap=True)
    table.add_column(say("head.event"), no_wrap=True)
    table.add_column(say("head.by"), no_wrap=True, max_width=14)
    table.add_column(say("head.about"), ratio=1, no_wrap=True, overflow="ellipsis")
    for line in found:
        by = line.actor or Text("–", "dim")
        at = line.at.strftime("%Y-%m-%d %H:%M")
        table.add_row(str(line.seq), at, line.type, by, Text(_about(line.data), "dim"))
    terminal.data.print(table)


def _about(data: dict[str, Any]) -> str:
    """Say in short what an event is about: its names and numbers, no prose."""
    short = 40
    verdict = data.get("verdict")
    if isinstance(verdict, dict):
        return f"{verdict['gate']} · {verdict['result']}"
    shown = [
        str(value)
        for name, value in data.items()
        if name != "since" and isinstance(value, str | int) and not isinstance(value, bool)
    ]
    return " · ".join(value for value in shown if len(value) < short)
