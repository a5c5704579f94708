from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from coopflow.application.engine import Address
from coopflow.domain.catalogue import EVENTS
from coopflow.domain.chain import GENESIS, digest_of, linked
from coopflow.domain.events import Entry
from coopflow.domain.marks import Mark, marked
from coopflow.domain.refusals import Refusal
from coopflow.readmodel.database import Database
from coopflow.readmodel.errors import JournalConflictError
from coopflow.readmodel.history import History
from coopflow.readmodel.journal import read, replace
from coopflow.readmodel.migrate import migrate
from coopflow.readmodel.people import People
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.seals import is_closed
from coopflow.readmodel.tables import DisagreementRow, JournalRow, SnapshotRow
from coopflow.readmodel.verification import Examination
from coopflow.readmodel.views import DisagreementContent
from coopflow.sealing.errors import BrokenSealError, KeysError, UnknownKeyError
from coopflow.sealing.keys import KeyRing, KeySet, KeySets
from coopflow.sealing.texts import TextSeals
from tests.collective import Collective
from tests.databases import Databases
from tests.integration.readmodel.contents import contents
from tests.ladder import EVERY_STEP, PEOPLE, READERS, WORDS, at_step, mediated, surrounded

ADDRESS = Address("prog", "coop")
LATER = datetime(2030, 1, 1, tzinfo=UTC)
SEALED = Mark.SEALED
REASON = "because of the well"
SETTLED = "each has one half of the room"


def sealing(keys: KeySet) -> TextSeals:
    ring = KeyRing(KeySets(default=keys), "a test")
    return TextSeals(lambda: ring)


@asynccontextmanager
async def opened(url: str, keys: KeySet | None) -> AsyncIterator[Database]:
    """Open a database with some keys, or without."""
    database = Database(url, seals=None if keys is None else sealing(keys))
    await migrate(database)
    try:
        yield database
    finally:
        await database.close()


@pytest.fixture
def keys() -> KeySet:
    return KeySet.new()


@pytest.fixture
async def sealed(new_database: Databases, keys: KeySet) -> AsyncIterator[Database]:
    async with opened(new_database(migrated=True), keys) as database:
        yield database


def life() -> tuple[Entry, ...]:
    """Return a journal with a settled disagreement, a secret ballot and an open one."""
    coop = at_step("dialogue")
    coop.do("rep-alpha", "settle_disagreement", disagreement="d", agreed_text=SETTLED)
    for slug, secret in (("hidden", True), ("open", False)):
        asked = {"subject": "other", "question": "?", "rule": "simple_majority"}
        coop.do("rep-alpha", "open_decision", decision=slug, secret=secret, **asked)
        answer = {"decision": slug, "organisation": "beta", "choice": "no", "reason": REASON}
        coop.do("rep-beta", "cast_ballot", **answer)
    return linked(coop.journal, GENESIS, "pepper")


async def project(database: Database, entries: Sequence[Entry]) -> None:
    await Projector(database).apply(*ADDRESS, entries)


async def stored(database: Database) -> list[dict[str, Any]]:
    """Return what is stored of all sealed fields."""
    rows = (await contents(database))["journal"]
    return [
        value
        for row in rows
        for mark, _, value in marked(EVENTS[row["type"]], row["data"])
        if mark is Mark.SEALED
    ]


def in_file(url: str, text: str) -> bool:
    """Whether a text stands anywhere in a file of SQLite."""
    return text.encode() in Path(url.removeprefix("sqlite:///")).read_bytes()


def key_of(value: str) -> str:
    return value.partition(".")[0]


async def test_what_is_sealed_is_encrypted_in_the_tables(sealed: Database, keys: KeySet) -> None:
    """No table holds a text or an answer in clear; the entries come back as they were."""
    entries = life()
    await project(sealed, entries)
    values = await stored(sealed)
    assert len(values) == 6
    assert all(is_closed(one) and key_of(one["sealed"]) == keys.current for one in values)
    found = await contents(sealed)
    assert key_of(found["snapshot"][0]["state"]) == keys.current
    everything = json.dumps(found, default=str)
    assert "The room" in everything
    for text in (WORDS, SETTLED, REASON):
        assert text not in everything
    async with sealed.reading() as connection:
        assert await read(connection, ADDRESS, 1, len(entries)) == entries


async def test_no_answer_can_be_found_by_trying(sealed: Database) -> None:
    """A salt is sealed with its value: with both salt and digest, any answer could be tried."""
    entries = life()
    await project(sealed, entries)
    kept = {salt for row in (await contents(sealed))["journal"] for salt in row["salts"].values()}
    made: dict[bool, set[str]] = {True: set(), False: set()}
    for entry in entries:
        raw = entry.event.model_dump(mode="json")
        closed = {f"/event{at}" for mark, at, _ in marked(type(entry.event), raw) if mark is SEALED}
        for pointer, salt in entry.salts.items():
            made[pointer in closed].add(salt)
    assert kept == made[False]
    assert len(made[True]) == 6


async def test_digests_are_those_of_what_was_said(sealed: Database) -> None:
    """Encrypting changes no digest: the chain of what is read back holds."""
    await project(sealed, life())
    async with sealed.reading() as connection:
        entries = await read(connection, ADDRESS, 1, 1000)
    for before, after in pairwise(entries):
        assert after.previous == digest_of(before)


async def test_batches_may_come_again(sealed: Database) -> None:
    """An entry that is stored already is known again, and another under its number is refused."""
    entries = life()
    await project(sealed, entries)
    before = await contents(sealed)
    projector = Projector(sealed)
    assert await projector.apply(*ADDRESS, entries) == len(entries)
    assert await contents(sealed) == before
    last = entries[-1]
    other = last.but(event=last.event.but(choice="yes"))
    with pytest.raises(JournalConflictError):
        await projector.apply(*ADDRESS, [other])


async def test_another_projector_goes_on(sealed: Database, new_database: Databases) -> None:
    """The snapshot is decrypted where its state is not remembered; rows are those in clear."""
    entries = life()
    for entry in entries:
        await project(sealed, [entry])
    async with opened(new_database(migrated=True), None) as clear:
        await project(clear, entries)
        theirs = await contents(clear)
        ours = await contents(sealed)
    for table in set(ours) - {"journal", "snapshot"}:
        assert ours[table] == theirs[table]


async def test_the_page_of_the_journal_is_the_same_with_keys(
    sealed: Database, new_database: Databases
) -> None:
    """Answers of open ballots are shown; secret ones, content and settlements are kept back."""
    await project(sealed, life())
    async with opened(new_database(migrated=True), None) as clear:
        await project(clear, life())
        lines = await Queries(sealed).journal(ADDRESS)
        assert lines == await Queries(clear).journal(ADDRESS)
    shown = [line for line in lines if line.type == "ballot_cast"]
    assert [line.data.get("choice") for line in shown] == [None, "no"]
    assert {line.type: line.redacted for line in lines if line.redacted} == {
        "disagreement_raised": ("content",),
        "disagreement_closed": ("agreed_text",),
        "ballot_cast": ("choice", "reason"),
    }


async def test_without_keys_what_is_sealed_stays_so(new_database: Databases, keys: KeySet) -> None:
    """Pages leave it out; what needs it fails and says why. With other keys it is the same."""
    url = new_database()
    async with opened(url, keys) as database:
        await project(database, life())
    complaints = (None, "opened without keys"), (KeySet.new(), f"{keys.current} is missing")
    for others, complaint in complaints:
        async with opened(url, others) as database:
            queries = Queries(database)
            lines = await queries.journal(ADDRESS)
            assert {line.redacted for line in lines if line.type == "ballot_cast"} == {
                ("choice", "reason")
            }
            assert (await queries.cooperation(ADDRESS)).title == "A cooperation"
            assert await queries.disagreements(ADDRESS)
            with pytest.raises(KeysError, match=complaint):
                await queries.disagreement_content(ADDRESS, "d", "rep-alpha")
            with pytest.raises(KeysError, match=complaint):
                await History(database).state(ADDRESS, LATER)
            with pytest.raises(KeysError, match=complaint):
                [page async for page in History(database).live()]
            with pytest.raises(KeysError, match=complaint):
                await Projector(database).rebuild(*ADDRESS)


async def test_histories_are_read_with_keys(sealed: Database) -> None:
    """States of the past and of now come back, with the answers that were given."""
    await project(sealed, life())
    state = await History(sealed).state(ADDRESS, LATER)
    assert state.decisions["hidden"].ballots["beta"].reason == REASON
    ((text,),) = [page async for page in History(sealed).live()]
    assert json.loads(text)["decisions"]["hidden"]["ballots"]["beta"]["choice"] == "no"


async def test_rows_from_before_are_read_and_encrypted(url: str, keys: KeySet) -> None:
    """What was stored in clear is rewritten when a worker starts with keys, and not again."""
    async with opened(url, None) as database:
        await project(database, life())
        assert WORDS in str(await stored(database))
    assert not url.startswith("sqlite") or in_file(url, WORDS)
    async with opened(url, keys) as database:
        async with database.reading() as connection:
            assert await read(connection, ADDRESS, 1, 1000) == life()
        assert await Projector(database).refresh() == 1
        values = await stored(database)
        assert all(is_closed(one) for one in values)
        assert await Projector(database).refresh() == 0
        assert await stored(database) == values
    assert not url.startswith("sqlite") or not in_file(url, WORDS), "nor where it was before"


async def test_rows_from_before_are_encrypted_by_the_next_entry(url: str, keys: KeySet) -> None:
    """One that is projected before anybody refreshed takes the others along."""
    *before, last = life()
    async with opened(url, None) as database:
        await project(database, before)
    async with opened(url, keys) as database:
        await project(database, [last])
        assert all(is_closed(one) for one in await stored(database))


async def test_a_rebuild_encrypts_with_the_current_key(url: str, keys: KeySet) -> None:
    """After a rotation and a rebuild the older key is needed no more."""
    async with opened(url, keys) as database:
        await project(database, life())
    rotated = keys.rotated()
    async with opened(url, rotated) as database:
        assert await Projector(database).refresh() == 0
        await Projector(database).rebuild(*ADDRESS)
    alone = KeySet(current=rotated.current, keys={rotated.current: rotated.keys[rotated.current]})
    async with opened(url, alone) as database:
        values = await stored(database)
        assert {key_of(one["sealed"]) for one in values} == {rotated.current}
        assert (await History(database).state(ADDRESS, LATER)).seq == len(life())


async def test_what_is_moved_to_another_row_is_refused(sealed: Database) -> None:
    """An answer that somebody puts in the place of another one is found."""
    await project(sealed, life())
    async with sealed.writing() as connection:
        casts = select(JournalRow.seq, JournalRow.data).where(JournalRow.type == "ballot_cast")
        (one, data), (other, _) = (await connection.execute(casts)).all()
        moved = update(JournalRow).where(JournalRow.seq == other).values(data=data)
        await connection.execute(moved)
    with pytest.raises(BrokenSealError, match="changed, or somebody has moved it"):
        await History(sealed).state(ADDRESS, LATER)
    assert one < other


async def test_people_are_found_in_what_is_sealed(sealed: Database) -> None:
    """A name within a text is told, wherever the text is encrypted; a part of a word is not."""
    coop = at_step("raised", content="zoe has the key")
    await project(sealed, coop.journal)
    people = People(sealed)
    assert await people.named_in("zoe") == (ADDRESS,)
    assert await people.named_in("zoe", "other") == await people.named_in("nobody") == ()
    (raised,) = (one.seq for one in coop.journal if one.event.type == "disagreement_raised")
    assert (await people.traces(ADDRESS, "zoe")).texts == ((raised, "/content"),)
    assert (await people.traces(ADDRESS, "ze")).texts == ()


async def test_forgetting_a_person_leaves_the_rest_sealed(sealed: Database) -> None:
    """Rows that are rewritten without the id of a person are encrypted as before."""
    coop = at_step("raised")
    coop.do("rep-alpha", "open_decision", decision="q", subject="other", question="?", secret=True)
    answer = {"decision": "q", "organisation": "beta", "choice": "no", "reason": REASON}
    coop.do("rep-beta", "cast_ballot", **answer)
    coop.do("pam", "erase_person", person="rep-beta")
    entries = linked(coop.journal, GENESIS, "pepper")
    await project(sealed, entries)
    everything = json.dumps(await contents(sealed), default=str)
    for gone in ("rep-beta", REASON, WORDS):
        assert gone not in everything
    assert all(is_closed(one) for one in await stored(sealed))
    async with sealed.reading() as connection:
        kept = await read(connection, ADDRESS, 1, len(entries))
    assert [digest_of(one) for one in kept] == [digest_of(one) for one in entries]


async def test_a_snapshot_of_another_moment_is_refused(sealed: Database) -> None:
    """A state that somebody puts back is not gone on with."""
    *before, last = life()
    await project(sealed, before[:-1])
    (earlier,) = (await contents(sealed))["snapshot"]
    await project(sealed, before[-1:])
    async with sealed.writing() as connection:
        await connection.execute(update(SnapshotRow).values(state=earlier["state"]))
    with pytest.raises(BrokenSealError):
        await project(sealed, [last])


# --- who may read ---


GROUPS = {
    "party": "parties",
    "facilitator": "facilitator",
    "mediator": "mediator",
    "member": "members",
}
"""What refusals call those who read."""


async def readable(database: Database, disagreement: str = "d") -> dict[str, DisagreementContent]:
    """Return what each of the people reads; whoever does not is told who may."""
    found: dict[str, DisagreementContent] = {}
    for who, person in PEOPLE.items():
        answer = await Queries(database).disagreement_content(ADDRESS, disagreement, person)
        if isinstance(answer, Refusal):
            assert answer.code == "forbidden"
            assert WORDS not in str(answer)
            state = answer.facts["state"]
            assert answer.facts["readers"] == [
                group for one, group in GROUPS.items() if one in READERS[state]
            ]
        else:
            found[who] = answer
    return found


@pytest.mark.parametrize("step", EVERY_STEP)
async def test_the_content_is_for_those_whom_the_step_names(sealed: Database, step: str) -> None:
    """Every step and every person: exactly those read who may, and the rest is told who may."""
    await project(sealed, surrounded(step).journal)
    found = await readable(sealed)
    assert found.keys() == READERS[step]
    assert {one.content for one in found.values()} == {WORDS}
    assert {(one.state, one.agreed) for one in found.values()} == {(step, ())}


async def test_it_follows_the_step(sealed: Database) -> None:
    """Who read before may not read any more, once the next step is projected."""
    coop = at_step("facilitation")
    await project(sealed, coop.journal)
    assert "facilitator" in await readable(sealed)
    coop.do("rep-alpha", "escalate_disagreement", disagreement="d")
    await project(sealed, coop.journal)
    assert (await readable(sealed)).keys() == {"party"}


async def test_a_settlement_is_for_the_parties_alone(sealed: Database) -> None:
    """Also once what it settled is reopened, and the facilitator reads the content again."""
    coop = at_step("dialogue")
    coop.do("rep-alpha", "settle_disagreement", disagreement="d", agreed_text=SETTLED)
    await project(sealed, coop.journal)
    found = await readable(sealed)
    assert {who: [one.text for one in read.agreed] for who, read in found.items()} == {
        "party": [SETTLED]
    }
    coop.wait(days=100)
    coop.do("fay", "confirm_follow_up", disagreement="d", holds=False)
    await project(sealed, coop.journal)
    found = await readable(sealed)
    assert {who: [one.text for one in read.agreed] for who, read in found.items()} == {
        "party": [SETTLED],
        "facilitator": [],
    }


@pytest.mark.parametrize("outcome", ["agreement", "partial"])
async def test_what_a_mediation_agreed_on_leaves_it(sealed: Database, outcome: str) -> None:
    """The text is in the journal for everyone; the content is not."""
    coop = mediated()
    agreed = {"disagreement": "d", "outcome": outcome, "agreed_text": SETTLED}
    coop.do("med", "conclude_mediation", **agreed)
    await project(sealed, coop.journal)
    found = await readable(sealed)
    assert {(one.outcome, one.text) for read in found.values() for one in read.agreed} == {
        (outcome, SETTLED)
    }
    lines = await Queries(sealed).journal(ADDRESS, limit=1000)
    assert [one.data.get("agreed_text") for one in lines if "agreed_text" in one.data] == [SETTLED]
    assert WORDS not in str(lines)


async def test_one_that_the_state_has_let_go_is_read_by_its_parties(sealed: Database) -> None:
    """Its row says who they are."""
    await project(sealed, surrounded("closed").journal)
    other = Collective(4)
    other.do("fay", "suspend_member", organisation="delta", reason="Silent")
    entries = other.journal
    async with sealed.writing() as connection:
        await connection.execute(delete(JournalRow))
        await connection.execute(delete(SnapshotRow))
    await project(sealed, entries)
    async with sealed.reading() as connection:
        assert (await connection.execute(select(DisagreementRow.state))).scalar_one() == "closed"
    assert (await readable(sealed)).keys() == {"party"}


async def test_one_that_is_not_there_is_unknown(sealed: Database) -> None:
    """Nobody is told more than that; nor in a cooperation that is not there."""
    await project(sealed, at_step("raised").journal)
    queries = Queries(sealed)
    for address, name in ((ADDRESS, "e"), (Address("prog", "other"), "d")):
        for answer in (
            await queries.disagreement_content(address, name, "rep-alpha"),
            await queries.disagreement(address, name),
        ):
            assert isinstance(answer, Refusal)
            assert answer.code == "unknown_disagreement"
            assert name in answer.message
    view = await queries.disagreement(ADDRESS, "d")
    assert view == (await queries.disagreements(ADDRESS))[0]


async def test_rows_of_another_shape_are_read_through_the_journal(url: str, keys: KeySet) -> None:
    """Where an earlier version has written the state, it is worked out anew."""
    async with opened(url, keys) as database:
        await project(database, surrounded("raised").journal)
        async with database.writing() as connection:
            await connection.execute(update(SnapshotRow).values(shape="earlier", state="{}"))
        assert (await readable(database)).keys() == READERS["raised"]


async def test_a_lost_key_is_said(url: str, keys: KeySet) -> None:
    """Reading with other keys says which one is missing."""
    async with opened(url, keys) as database:
        await project(database, at_step("raised").journal)
    async with opened(url, KeySet.new()) as database:
        with pytest.raises(UnknownKeyError, match=keys.current):
            await Queries(database).disagreement_content(ADDRESS, "d", "rep-alpha")


# --- verifying and rebuilding ---


async def test_a_broken_seal_is_found_and_mended(sealed: Database) -> None:
    """Verifying names the entry whose field was changed; restoring it encrypts it again."""
    entries = life()
    await project(sealed, entries)
    examination = Examination(sealed)
    assert (await examination.examine(ADDRESS)).findings == ()
    (seq,) = (one.seq for one in entries if one.event.type == "disagreement_raised")
    async with sealed.writing() as connection:
        row = JournalRow.seq == seq
        (data,) = (await connection.execute(select(JournalRow.data).where(row))).one()
        broken = data | {"content": {"sealed": data["content"]["sealed"][:-8] + "AAAAAAA="}}
        await connection.execute(update(JournalRow).where(row).values(data=broken))
    found = await examination.examine(ADDRESS)
    assert next((one.kind, one.first) for one in found.findings) == ("entry_unreadable", seq)
    async with sealed.writing() as connection:
        await replace(connection, ADDRESS, entries[seq - 1])
    assert (await examination.examine(ADDRESS)).findings == ()
    assert all(is_closed(one) for one in await stored(sealed))


async def test_verifying_without_keys_is_no_finding(url: str, keys: KeySet) -> None:
    """What cannot be read for want of a key is not taken for broken, nor mended."""
    async with opened(url, keys) as database:
        await project(database, life())
    async with opened(url, KeySet.new()) as database:
        with pytest.raises(UnknownKeyError, match="is missing"):
            await Examination(database).examine(ADDRESS)
