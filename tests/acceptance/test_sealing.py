"""A scan of everything that is stored, logged and shown, for what is sealed."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from structlog.testing import capture_logs
from temporalio.api.common.v1 import Payload

from coopflow.application.engine import Address
from coopflow.bootstrap import Running, embedded_engine
from coopflow.domain.events import Entry
from coopflow.readmodel.database import Database
from coopflow.readmodel.migrate import migrate
from coopflow.readmodel.projector import Projector
from coopflow.sealing.keys import KeyRing
from coopflow.settings import Settings
from coopflow.temporal import names
from coopflow.temporal.codec import EncryptionCodec
from coopflow.temporal.codec_server import withheld
from coopflow.temporal.connection import connect, find_endpoint
from tests.acceptance.process import coopflow, environment
from tests.collective import reference_rules
from tests.ladder import EVERY_STEP
from tests.postgresql import PostgresqlServer
from tests.stored import payloads, stored
from tests.temporal_engine import accepted, admission, grants_of, opening

pytestmark = [pytest.mark.server, pytest.mark.slow]

ADDRESS: Final = Address("tests", "sealed")
CONTENT: Final = {step: f"Zwetschgendatschi-{step}" for step in EVERY_STEP}
SETTLED: Final = "Marillenknoedel-settled"
REASON: Final = "Palatschinken-secret"
SEALED: Final = {*CONTENT.values(), SETTLED, REASON}
"""Texts that nothing else contains."""

WAYS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "dialogue": (("fay", "triage_disagreement"),),
    "facilitation": (("rep-alpha", "escalate_disagreement"),),
    "mediation": (("rep-alpha", "escalate_disagreement"),),
    "collective_decision": (
        ("rep-alpha", "stop_mediation"),
        ("rep-alpha", "escalate_disagreement"),
    ),
    "separation": (("rep-alpha", "escalate_disagreement"),),
    "closed": (("fay", "record_lasting_disagreement"),),
}
"""What leads to each step from the one before."""


def deeds() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the deeds of a life: a disagreement on every step, a settled one, a secret ballot."""
    for organisation in ("alpha", "beta", "gamma"):
        yield "fay", "admit_member", admission(organisation)
    said = {"subject": "The room", "parties": ["alpha", "beta"], "touches": "object"}
    for last in EVERY_STEP:
        about = {"disagreement": last.replace("_", "-")}
        yield "rep-alpha", "raise_disagreement", {**about, **said, "content": CONTENT[last]}
        for step in EVERY_STEP[1 : EVERY_STEP.index(last) + 1]:
            for actor, command in WAYS[step]:
                verdict = {"verdict": "accept"} if command == "triage_disagreement" else {}
                yield actor, command, {**about, **verdict}
    settled = {"disagreement": "settled"}
    yield "rep-alpha", "raise_disagreement", {**settled, **said, "content": CONTENT["dialogue"]}
    yield "fay", "triage_disagreement", {**settled, "verdict": "accept"}
    yield "rep-beta", "settle_disagreement", {**settled, "agreed_text": SETTLED}
    asked = {"decision": "hidden", "subject": "other", "question": "?", "secret": True}
    yield "rep-alpha", "open_decision", asked
    answer = {"decision": "hidden", "organisation": "beta", "choice": "no", "reason": REASON}
    yield "rep-beta", "cast_ballot", answer


async def live(here: Running) -> None:
    """Live that life, until the read model has it all."""
    definition = reference_rules().definition
    accepted(await here.engine.open(definition, opening(ADDRESS), grants_of("pam")))
    for actor, command, payload in deeds():
        given = {**payload, "command": command, "actor": actor}
        accepted(await here.engine.execute(ADDRESS, given, grants_of(actor)))
    await here.engine.until_projected(ADDRESS)
    states = {one.id: one.state for one in await here.queries.disagreements(ADDRESS)}
    assert {slug.replace("-", "_"): state for slug, state in states.items()} == {
        **{step: step for step in EVERY_STEP},
        "settled": "closed",
    }


def found_in(content: bytes | str) -> set[str]:
    """Return which of the texts stand in something, as they are, or in Base64."""
    searched = content.encode() if isinstance(content, str) else content
    return {
        text
        for text in SEALED
        for form in (
            text.encode(),
            *(base64.b64encode(b" " * n + text.encode())[4:-4] for n in range(3)),
        )
        if form in searched
    }


def in_files(folder: Path) -> set[str]:
    """Return which of the texts stand in the files of a folder: databases and their logs."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return set().union(*(found_in(file.read_bytes()) for file in files))


def in_tables(server: PostgresqlServer, url: str) -> set[str]:
    """Return which of the texts stand in any table of a PostgreSQL database."""
    name = url.partition("?")[0].rpartition("/")[2]
    tables = server.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", name)
    assert len(tables) > 10
    rows = [server.execute(f'SELECT t::text FROM "{table}" t', name) for (table,) in tables]  # noqa: S608
    return found_in(repr(rows))


async def decoded(settings: Settings) -> list[Payload]:
    """Return everything that Temporal stores of the cooperation, decrypted."""
    outsider = await connect(find_endpoint(settings.state_dir, environment={}), identity="outsider")
    handle = outsider.get_workflow_handle(names.workflow_id(ADDRESS))
    run = (await handle.describe()).run_id
    codec = EncryptionCodec(KeyRing.at(settings.own_keys_file))
    told = await stored(outsider, ADDRESS, run)
    return await codec.decode([one for message in told for one in payloads(message)])


def told_by(found: list[Payload]) -> set[str]:
    return set().union(*(found_in(one.data) for one in found))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """The address of a database, or none for the file in the state directory."""
    if request.param == "sqlite":
        yield None
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    with server.database() as name:
        yield server.url(name)


@asynccontextmanager
async def in_clear(url: str, entries: tuple[Entry, ...]) -> AsyncIterator[None]:
    """Keep the same journal without sealing."""
    database = Database(url)
    await migrate(database)
    await Projector(database).apply(*ADDRESS, entries)
    yield
    await database.close()


async def test_nothing_sealed_is_anywhere(
    url: str | None,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Databases, logs, commands and the codec server tell none of the texts; the scan can fail."""
    state = tmp_path / "state"
    settings = Settings(state_dir=state, database_url=url, port=0, ui_port=0)
    variables = environment(tmp_path, COOPFLOW_LOG_LEVEL="debug")
    if url is not None:
        variables["COOPFLOW_DATABASE_URL"] = url
    caplog.set_level("DEBUG")

    def ask(*arguments: str) -> str:
        done = coopflow(variables, *arguments)
        return done.stdout + done.stderr

    with capture_logs() as lines:
        async with embedded_engine(settings) as here:
            await live(here)
            answers = [
                await asyncio.to_thread(ask, *arguments)
                for arguments in (
                    *(("coop", "journal", "sealed", "-o", one) for one in ("table", "json")),
                    ("coop", "show", "sealed", "-o", "json"),
                    ("disagreement", "list", "sealed", "-o", "json"),
                    *(("disagreement", "show", "sealed", one) for one in ("raised", "settled")),
                    ("disagreement", "show", "sealed", "raised", "--as", "rep-gamma"),
                )
            ]
            read = {
                who: await asyncio.to_thread(
                    ask, "disagreement", "show", "sealed", which, "--as", who
                )
                for who, which in (("rep-alpha", "settled"), ("fay", "raised"))
            }
            plain = await decoded(settings)
    assert all("room" in one for one in answers[3:6])
    assert found_in("\n".join(answers)) == set()
    assert found_in(caplog.text + json.dumps(lines, default=str)) == set()
    assert in_files(state) == set()
    assert told_by([withheld(one) for one in plain]) == set()
    # In clear, the same scan finds everything: it looks where it would be.
    assert told_by(plain) == SEALED
    assert found_in(read["rep-alpha"]) == {CONTENT["dialogue"], SETTLED}
    assert found_in(read["fay"]) == {CONTENT["raised"]}
    kept = journal_of(plain)
    if url is None:
        async with in_clear(f"sqlite:///{tmp_path}/clear.db", kept):
            assert in_files(tmp_path) == SEALED
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    assert in_tables(server, url) == set()
    with server.database() as name:
        async with in_clear(server.url(name), kept):
            assert in_tables(server, server.url(name)) == SEALED


def journal_of(found: list[Payload]) -> tuple[Entry, ...]:
    """Return the entries that Temporal handed to the read model, each once."""
    entries: dict[int, Entry] = {}
    for one in found:
        value = json.loads(one.data) if one.metadata.get("encoding") == b"json/plain" else None
        batch = value.get("entries", []) if isinstance(value, dict) else []
        for raw in batch:
            entry = Entry.model_validate(raw)
            entries.setdefault(entry.seq, entry)
    return tuple(entries[seq] for seq in sorted(entries))
