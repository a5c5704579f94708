"""The projector: from entries of a journal to rows, each exactly once and in order."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import takewhile
from typing import Final, NamedTuple

import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.application.engine import Address
from coopflow.application.notices import Notice, notices_of
from coopflow.domain.cooperation import UNOPENED, evolve, follow
from coopflow.domain.erasure import PersonErased
from coopflow.domain.events import Entry
from coopflow.domain.rulebook import Definition
from coopflow.domain.shedding import WITHOUT_RULES, reaches_back, shed
from coopflow.domain.state import Cooperation
from coopflow.readmodel import journal
from coopflow.readmodel.database import Database
from coopflow.readmodel.errors import JournalGapError
from coopflow.readmodel.feed import announce, last_announced
from coopflow.readmodel.news import News
from coopflow.readmodel.outbox import keep, tell
from coopflow.readmodel.registry import register
from coopflow.readmodel.rows import PARTS, Changes, cooperation_row
from coopflow.readmodel.seals import is_sealing, opened_state, sealed_state
from coopflow.readmodel.statements import take_turn, upsert
from coopflow.readmodel.tables import Base, CooperationRow, SnapshotRow
from coopflow.sealing.errors import KeysError

_REMEMBERED: Final = 128

_log = structlog.get_logger(__name__)


class Projector:
    """Keeps the read model in step with the journals of cooperations.

    Safe to be used by several tasks, and by several processes on one database.
    """

    def __init__(
        self, database: Database, remembered: int = _REMEMBERED, news: News | None = None
    ) -> None:
        """Write to a database, remembering the states of the cooperations written last.

        Args:
            database: where to; its tables are there.
            remembered: how many states to keep, about 100 KB each, so as not to decode them again.
            news: is told when something was written.
        """
        self._database = database
        self._news = news or News()
        self._states = _States(remembered)

    async def apply(
        self,
        programme: str,
        cooperation: str,
        entries: Sequence[Entry],
        definitions: Sequence[Definition] = (),
        imported_to: int = 0,
    ) -> int:
        """Store entries, bring the rows up to date and announce the news, all or nothing.

        Entries that were stored before change nothing, so a batch may come again, and batches
        may overlap.

        Args:
            programme: the programme of the cooperation.
            cooperation: its id.
            entries: consecutive entries of its journal; the first one follows what is stored, or
                is stored itself.
            definitions: what the cooperation follows or was offered, to be registered.
            imported_to: entries up to this number are an imported past.

        Returns:
            The number of the last entry that is stored now.

        Raises:
            JournalGapError: entries before these are missing.
            JournalConflictError: another entry is stored under the same number.
            ValueError: the entries are those of another cooperation.
            DatabaseUnavailableError: the database does not answer.
        """
        address = Address(programme, cooperation)
        async with self._database.writing() as connection:
            ahead, _ = await locked(connection, address)
            is_plain = entries and not definitions and not any(map(_erases, entries))
            is_ahead = is_plain and entries[-1].seq <= ahead
            if is_ahead and await journal.has_up_to(connection, address, entries[-1]):
                return ahead  # it was written ahead
            await journal.store(connection, {address: entries})
            if entries:
                await register(connection, address, entries[0].at, definitions)
            # Again, as a worker of before takes no turn to write the first entries.
            seq, shape = await locked(connection, address)
            if entries and entries[0].seq > seq + 1:
                raise JournalGapError(address, seq + 1, entries[0].seq)
            known = [entry for entry in entries if entry.seq <= seq]
            await journal.refuse_conflict(connection, address, known)
            news = entries[len(known) :]
            if news:
                is_current = not seq or shape == _shape(is_sealing(connection))
                state = await self._take(connection, address, seq, news, is_current=is_current)
                # A worker of before the feed may have written some in between, in an upgrade.
                announced = await last_announced(connection, address)
                first = announced + 1 if announced else news[0].seq
                places = range(first, news[-1].seq + 1)
                told = [entry for entry in news if entry.seq > imported_to]
                notices = await _keep_notices(connection, {address: told})
                await announce(connection, {address: places}, imported_to)
        if news:
            seq = state.seq
            self._states.keep(address, state)
            for _, some in notices:
                tell(programme, some)
            self._news.tell()
        if any(map(_erases, entries)):  # also when it comes again: the log was not emptied, maybe
            await self._database.scrub()
        return seq

    async def write_ahead(
        self, several: Mapping[Address, Sequence[Entry]]
    ) -> Mapping[Address, int]:
        """Store what plainly follows on what is stored, of many cooperations at once.

        The rest is left for later, or to ``apply``: what has a gap before it, cooperations that
        are new, or that somebody else is writing, erasures, and rows of an earlier version.

        Args:
            several: consecutive entries of each journal, none of them of an imported past.

        Returns:
            The number of the last entry that is stored now, of each of these cooperations that has
            any.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        async with self._database.writing() as connection:
            heads = await _heads(connection, several)
            news = {
                address: entries
                for address, (seq, shape) in heads.items()
                if shape == _shape(is_sealing(connection))
                and (entries := _following(seq, several[address]))
            }
            steps = []
            for address, entries in news.items():
                seq, _ = heads[address]
                before = self._states.at(address, seq) or await _decode(connection, address, seq)
                step = _evolved(address, before, entries)
                if step is not None:
                    steps.append(step)
            if not steps:
                return {address: seq for address, (seq, _) in heads.items()}
            news = {step.address: news[step.address] for step in steps}
            await journal.store(connection, news)
            await _write(connection, steps)
            kept = await _keep(connection, {step.address: step.state for step in steps})
            notices = await _keep_notices(connection, news)
            await announce(connection, {one: [entry.seq for entry in news[one]] for one in news})
        for address, state in kept.items():
            self._states.keep(address, state)
        for programme, some in notices:
            tell(programme, some)
        self._news.tell()
        return {address: seq for address, (seq, _) in heads.items()} | {
            address: state.seq for address, state in kept.items()
        }

    async def _take(
        self,
        connection: AsyncConnection,
        address: Address,
        seq: int,
        news: Sequence[Entry],
        *,
        is_current: bool,
    ) -> Cooperation:
        """Write what follows from stored entries; the rows may be of an earlier version."""
        erasures = [entry for entry in news if _erases(entry)]
        for entry in erasures:
            await journal.forget(connection, address, entry)
        # What the state has let go may name whoever is erased: all rows are written anew.
        if is_current and not erasures:
            before = self._states.at(address, seq) or await _decode(connection, address, seq)
            step = _evolved(address, before, news)
            if step is not None:
                await _write(connection, [step])
                return (await _keep(connection, {address: step.state}))[address]
        return await _write_anew(connection, address, news[-1].seq)

    async def rebuild(self, programme: str, cooperation: str) -> int:
        """Write all rows of a cooperation anew from its journal.

        What is sealed in the journal itself is encrypted anew, with the current key. Entries that
        were announced or projected before are not announced again.

        Returns:
            The number of its last entry, 0 when there is none.

        Raises:
            JournalGapError: entries are missing; nothing was written.
            DatabaseUnavailableError: the database does not answer.
        """
        address = Address(programme, cooperation)
        async with self._database.writing() as connection:
            projected, _ = await locked(connection, address)  # the journal stays as it is now
            seq, holes = await journal.extent(connection, address)
            if holes or seq < projected:
                lost = holes[0] if holes else range(seq + 1, projected + 1)
                raise JournalGapError(address, lost[0], lost[-1] + 1)
            if seq:
                await _write_anew(connection, address, seq)
                known = max(projected, await last_announced(connection, address))
                if known:  # else it was restored as a whole: that is no news
                    await announce(connection, {address: range(known + 1, seq + 1)})
        self._states.forget(address)  # of what was wrong
        return seq

    async def refresh(self) -> int:
        """Rebuild the cooperations whose rows an earlier version of the engine has written.

        So are those from before there were keys: from then on what is sealed is encrypted.
        To be called once the tables are migrated.

        Returns:
            How many there were.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        async with self._database.reading() as connection:
            outdated = (
                await connection.execute(
                    select(CooperationRow.programme, CooperationRow.slug)
                    .join(SnapshotRow, SnapshotRow.cooperation_id == CooperationRow.cooperation_id)
                    .where(SnapshotRow.shape != _shape(is_sealing(connection)))
                    .order_by(CooperationRow.cooperation_id)
                )
            ).all()
        for programme, slug in outdated:
            try:
                await self.rebuild(programme, slug)
            except (JournalGapError, KeysError, *journal.UNREADABLE) as error:
                # It must not stop the others.
                advice = "look at it: coopflow readmodel verify"
                about = {"programme": programme, "cooperation": slug, "advice": advice}
                _log.warning("rows of an earlier version stay", exc_info=error, **about)
        if outdated:
            await self._database.scrub()  # what was in clear
        return len(outdated)


class _Step(NamedTuple):
    """What entries lead to, and what they change."""

    address: Address
    state: Cooperation
    changes: Changes


def _erases(entry: Entry) -> bool:
    return isinstance(entry.event, PersonErased)


def _following(seq: int, entries: Sequence[Entry]) -> Sequence[Entry]:
    """Return the entries behind a number, up to where one is missing, or erases somebody."""
    news = enumerate((entry for entry in entries if entry.seq > seq), seq + 1)
    plain = takewhile(lambda one: one[1].seq == one[0] and not _erases(one[1]), news)
    return [entry for _, entry in plain]


async def _keep_notices(
    connection: AsyncConnection, several: Mapping[Address, Sequence[Entry]]
) -> list[tuple[str, Sequence[Notice]]]:
    """Keep who is to be told of entries, with them: so in the order of what happened.

    Returns:
        Those that were not kept before, with the programme of each.
    """
    kept: list[tuple[str, Sequence[Notice]]] = []
    for address, entries in several.items():
        notices = [one for entry in entries for one in notices_of(address.cooperation, entry)]
        kept.append((address.programme, await keep(connection, address.programme, notices)))
    return kept


class _States:
    """The states that were written last; only ever asked for the number that is stored."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: OrderedDict[Address, Cooperation] = OrderedDict()

    def at(self, address: Address, seq: int) -> Cooperation | None:
        state = self._kept.get(address)
        return state if state is not None and state.seq == seq else None

    def keep(self, address: Address, state: Cooperation) -> None:
        self._kept[address] = state
        self._kept.move_to_end(address)
        while len(self._kept) > self._limit:
            self._kept.popitem(last=False)

    def forget(self, address: Address) -> None:
        self._kept.pop(address, None)


async def read_snapshot(
    connection: AsyncConnection, address: Address, *, lock: bool = False
) -> tuple[int, Cooperation]:
    """Return the number of the last entry that was projected and the state after it; 0 for none.

    Args:
        connection: where.
        address: of which cooperation.
        lock: keep other writers out from here on. Where that is not done, the transaction has to
            see one moment (``Database.reading``): the two are read one after the other.

    Raises:
        ValueError: it cannot be read.
    """
    seq, _ = await (locked if lock else _head)(connection, address)
    return seq, await _decode(connection, address, seq)


async def projected_state(connection: AsyncConnection, address: Address) -> Cooperation:
    """Return the state after the last entry that was projected; ``unopened`` when there is none."""
    seq, shape = await _head(connection, address)
    if not seq or shape == _shape(is_sealing(connection)):
        return await _decode(connection, address, seq)
    return follow(UNOPENED, await journal.read(connection, address, 1, seq))


async def locked(connection: AsyncConnection, address: Address) -> tuple[int, str]:
    """Keep other writers of a cooperation out to the end of the transaction.

    To be called before anything of the cooperation is written: whoever wrote first and locked then
    could be waited for by the one that it waits for. Before there is a snapshot to lock, writers
    take turns.

    Returns:
        The number of the last entry that was projected and the shape of its rows; 0 for none.
    """
    found = await _head(connection, address, lock=True)
    if not found[0]:
        await take_turn(connection, f"first entries of {address}")
        found = await _head(connection, address, lock=True)
    return found


async def _head(
    connection: AsyncConnection, address: Address, *, lock: bool = False
) -> tuple[int, str]:
    """Return the number of the last entry that was projected and its shape; 0 for none."""
    query = select(SnapshotRow.seq, SnapshotRow.shape).where(
        SnapshotRow.cooperation_id == str(address)
    )
    query = query.with_for_update() if lock else query
    found = (await connection.execute(query)).one_or_none()
    return (found.seq, found.shape) if found else (0, "")


async def _heads(
    connection: AsyncConnection, addresses: Iterable[Address]
) -> dict[Address, tuple[int, str]]:
    """Return the heads of many cooperations, but of those that somebody else has locked."""
    known = {str(address): address for address in addresses}
    query = (
        select(SnapshotRow.cooperation_id, SnapshotRow.seq, SnapshotRow.shape)
        .where(SnapshotRow.cooperation_id.in_(known))
        .with_for_update(skip_locked=True)
    )
    rows = (await connection.execute(query)).all()
    return {known[row.cooperation_id]: (row.seq, row.shape) for row in rows}


async def _decode(connection: AsyncConnection, address: Address, seq: int) -> Cooperation:
    if not seq:
        return UNOPENED
    stored = await connection.execute(
        select(SnapshotRow.state).where(SnapshotRow.cooperation_id == str(address))
    )
    text = opened_state(connection, address, seq, stored.scalar_one())
    return Cooperation.model_validate_json(text)


async def _write_anew(connection: AsyncConnection, address: Address, last: int) -> Cooperation:
    for part in PARTS:
        mine = part.table.__table__.c.cooperation_id == str(address)
        await connection.execute(delete(part.table).where(mine))
    if is_sealing(connection):
        await journal.seal_anew(connection, address)
    state = UNOPENED
    async for entries in journal.pages(connection, address, last):
        step = _evolved(address, state, entries)
        assert step is not None, "a state that let nothing go shows everything"
        await _write(connection, [step])
        state = step.state
    return (await _keep(connection, {address: state}))[address]


def _evolved(address: Address, state: Cooperation, entries: Sequence[Entry]) -> _Step | None:
    """Evolve a state by entries; None when one is about something that the state has let go."""
    changes = Changes()
    for entry in entries:
        if reaches_back(state, entry.event):
            return None
        before, state = state, evolve(state, entry)
        changes.note(before, state)
    if address != (state.programme, state.id):
        raise ValueError(f"these are entries of {state.programme}/{state.id}, not of {address}")
    return _Step(address, state, changes)


async def _write(connection: AsyncConnection, steps: Sequence[_Step]) -> None:
    """Write what cooperations have changed, each table once for all of them."""
    dialect = connection.dialect.name
    keyed = [({"cooperation_id": str(step.address)}, step) for step in steps]
    rows = [key | cooperation_row(step.state) for key, step in keyed]
    await connection.execute(upsert(CooperationRow, dialect), rows)
    for part in PARTS:
        rows = [key | row for key, step in keyed for row in step.changes.upserts(part)]
        if rows:
            await connection.execute(upsert(part.table, dialect), rows)
        gone = [key | row for key, step in keyed for row in step.changes.deletions(part)]
        for row in gone:
            same = [column == row[column.name] for column in part.table.primary_key()]
            await connection.execute(delete(part.table).where(*same))


async def _keep(
    connection: AsyncConnection, states: Mapping[Address, Cooperation]
) -> dict[Address, Cooperation]:
    """Store the states to go on from, without what is long past, whose rows stay."""
    shape = _shape(is_sealing(connection))
    kept = {address: shed(state, WITHOUT_RULES) for address, state in states.items()}
    rows = [
        {
            "cooperation_id": str(address),
            "seq": state.seq,
            "shape": shape,
            "state": sealed_state(connection, address, state.seq, state.model_dump_json()),
        }
        for address, state in kept.items()
    ]
    await connection.execute(upsert(SnapshotRow, connection.dialect.name), rows)
    return kept


@cache
def _shape(is_sealed: bool) -> str:  # noqa: FBT001 - a part of what is fingerprinted
    """Return the fingerprint of the state's model, of the tables, and of whether they are sealed.

    Rows and snapshots of another fingerprint are written anew from the journal, whose events are
    read for ever. It is only ever compared for being the same.
    """
    tables: list[type[Base]] = [CooperationRow, *(part.table for part in PARTS)]
    columns = {table.__tablename__: [one.key for one in table.written()] for table in tables}
    shape = json.dumps([Cooperation.model_json_schema(), columns, is_sealed], sort_keys=True)
    return hashlib.sha256(shape.encode()).hexdigest()
