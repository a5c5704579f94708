"""Papers on demand: read the journal once, make the paper of it for its reader, set it as PDF."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final, Literal, get_args

from coopflow.application.callers import Language
from coopflow.application.engine import Address
from coopflow.definitions.compile import compile_definition
from coopflow.directory.directory import Directory
from coopflow.domain.events import Entry
from coopflow.domain.rulebook import Definition
from coopflow.papers.about import About, NoSuchPaperError, Reader
from coopflow.papers.charter import charter
from coopflow.papers.dossier import dossier, focused
from coopflow.papers.identity import identity_sheet
from coopflow.papers.journal import Progress, journal, unheard
from coopflow.papers.lives import Life
from coopflow.papers.paper import Paper
from coopflow.papers.report import report
from coopflow.papers.typesetting import typeset
from coopflow.papers.words import PaperPhrases
from coopflow.readmodel.history import History
from coopflow.readmodel.registry import Registry
from coopflow.wording.naming import known_rules

PaperKind = Literal["identity_sheet", "charter", "journal", "gate", "report"]
"""What papers there are."""

PAPER_KINDS: Final[tuple[PaperKind, ...]] = get_args(PaperKind)

AT_ONCE: Final = 2
"""How many papers are made at the same time: each takes a processor, and memory."""

MOST_WAITING: Final = 16
"""How many may wait until theirs is made before others are told to come back later."""

_PAGE: Final = 500


@dataclass(frozen=True)
class Wanted:
    """Which paper, and for whom.

    Attributes:
        kind: what paper.
        reader: who will read it: what they may not read is not in it.
        language: in which language.
        at: of which instant it tells; None for now.
        version: of the charter; None for the newest that the reader may read.
        after: of the journal, the entries after that of a number.
        gate: of which gate a dossier is.
        year: of which year a report is; None for that of the instant.
    """

    kind: PaperKind
    reader: Reader
    language: Language
    at: datetime | None = None
    version: int | None = None
    after: int = 0
    gate: str = ""
    year: int | None = None


class Papers:
    """Makes papers of cooperations."""

    def __init__(
        self, history: History, registry: Registry, directory: Directory, zone: tzinfo = UTC
    ) -> None:
        """Make them from what these know.

        Args:
            history: the journals.
            registry: the definitions that cooperations follow.
            directory: what people are called.
            zone: where people live: instants are written as clocks show them there, and years are
                those of there. Tables to take away go by it, too.
        """
        self._history = history
        self._registry = registry
        self._directory = directory
        self.zone = zone
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._asked = 0

    @property
    def are_many_waiting(self) -> bool:
        """Whether somebody who stays on the line had better come back later."""
        return self._asked >= AT_ONCE + MOST_WAITING

    async def make(self, address: Address, wanted: Wanted, progress: Progress = unheard) -> bytes:
        """Return a paper as PDF. Others are made meanwhile, so many at once and no more.

        Args:
            address: the cooperation.
            wanted: which paper, and for whom.
            progress: is told how much of how much is done.

        Raises:
            UnknownCooperationError: there is none at this address.
            NoSuchPaperError: nothing is there to make it of, or not for that reader.
            TypesettingError: it cannot be set.
            DatabaseUnavailableError: the database does not answer.
        """
        loop = asyncio.get_running_loop()

        def tell(done: int, of: int) -> None:
            loop.call_soon_threadsafe(progress, done, of)

        async with self._in_turn():
            life = Life(await self._entries(address, wanted))
            if not life.entries:
                raise NoSuchPaperError
            # What a dossier is about came before what came of it, maybe by other rules.
            looked = _looked_at(life, wanted, self.zone)
            state = await asyncio.to_thread(lambda: looked.state)
            definition = await self._registry.definition(
                state.lifecycle, state.policy, address.programme
            )
            people = await self._people(life, wanted.reader)
            say = PaperPhrases(wanted.language, self.zone)
            return await asyncio.to_thread(
                _made, life, looked, wanted, say, definition, people, tell
            )

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        self._asked += 1
        try:
            async with self._at_once:
                yield
        finally:
            self._asked -= 1

    async def _entries(self, address: Address, wanted: Wanted) -> tuple[Entry, ...]:
        found: list[Entry] = []
        async with self._history.journal(address) as journal:
            async for page in journal.pages(_PAGE):
                found += [one for one in page if wanted.at is None or one.at <= wanted.at]
                if len(found) < page[-1].seq:
                    break
        return tuple(found)

    async def _people(self, life: Life, reader: Reader) -> dict[str, str]:
        if reader.may("people") is None:
            return {}
        named = {person for entry in life.entries for person in entry.people}
        found = await self._directory.people_by_id(named)
        return {person: one.name for person, one in found.items()}


def _made(  # noqa: PLR0913, PLR0917 - all that is known
    life: Life,
    looked: Life,
    wanted: Wanted,
    say: PaperPhrases,
    definition: Definition | None,
    people: dict[str, str],
    progress: Progress,
) -> bytes:
    state = looked.state
    # What is not registered may be among the files here.
    rules = (
        known_rules(state.lifecycle, state.policy)
        if definition is None
        else compile_definition(definition)
    )
    about = About(
        state=state,
        rules=rules,
        reader=wanted.reader,
        say=say,
        at=_instant(life, looked, wanted),
        people=people,
    )
    paper = compose(life, about, wanted, progress)
    found = typeset(paper)
    progress(1, 1)
    return found


def _looked_at(life: Life, wanted: Wanted, zone: tzinfo) -> Life:
    """Return a life as far as the paper looks at it as it stands."""
    if wanted.kind == "gate" and wanted.at is None:
        return focused(life, wanted.gate)
    if wanted.kind == "report" and wanted.year is not None:
        until = tuple(one for one in life.entries if one.at.astimezone(zone).year <= wanted.year)
        return Life(until) if until else life  # of a year before the first there is no report
    return life


def _instant(life: Life, looked: Life, wanted: Wanted) -> datetime:
    """Return the instant of which a paper tells."""
    if wanted.at is not None:
        return wanted.at
    if wanted.kind == "gate" and looked is not life:
        return life.entries[len(looked.entries)].at
    return max(datetime.now(UTC), life.entries[-1].at)


def compose(life: Life, about: About, wanted: Wanted, progress: Progress = unheard) -> Paper:
    """Return a paper before it is set.

    Args:
        life: the journal that it is made of, up to the instant of which it tells.
        about: the cooperation, and for whom.
        wanted: which paper.
        progress: is told how much of how much is done.

    Raises:
        NoSuchPaperError: nothing is there to make it of, or not for that reader.
    """
    match wanted.kind:
        case "identity_sheet":
            return identity_sheet(about)
        case "charter":
            return charter(about, life, wanted.version)
        case "journal":
            return journal(about, life, wanted.after, progress)
        case "gate":
            return dossier(about, life, wanted.gate)
        case "report":
            return report(about, life, wanted.year or about.at.astimezone(about.say.zone).year)
