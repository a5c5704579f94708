from __future__ import annotations

import asyncio
import base64
import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from google.protobuf.message import Message
from structlog.testing import capture_logs
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowExecutionStatus

from coopflow.application.engine import Address
from coopflow.checks import Portrait, check
from coopflow.sealing.errors import UnknownKeyError
from coopflow.sealing.keys import KeyRing, KeySets, ensure_keys, rotate
from coopflow.temporal import names
from coopflow.temporal.calls import EngineUnavailableError
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.codec import ENCRYPTED, encrypting
from coopflow.temporal.codec_server import SEALED, codec_server, http_server
from coopflow.temporal.connection import connect, find_endpoint
from coopflow.temporal.embedded import find_server_binary
from coopflow.temporal.errors import EngineFaultError
from coopflow.temporal.state_directory import running_engine
from tests.collective import vision
from tests.stages import asking
from tests.stored import payloads, stored
from tests.temporal_engine import (
    PROGRAMME,
    Bench,
    accepted,
    admission,
    bench,
    grants_of,
    opening,
    options,
    refused,
    serving,
)

pytestmark = pytest.mark.server

WORD = "Zwetschgendatschi"
"""A word that nothing else contains."""

SUGGESTED_AFTER = 40


@check("page-online", every="30d")
async def page_online(portrait: Portrait) -> bool:
    """Fail with what nobody is to read."""
    raise ConnectionError(WORD)


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The state directory of a server whose workflows continue as new early on."""
    state_dir = tmp_path_factory.mktemp("encrypted")
    settings = {"limit.historyCount.suggestContinueAsNew": SUGGESTED_AFTER}
    with serving(options(state_dir, **settings)):
        yield state_dir


async def plain(state_dir: Path) -> Client:
    """Connect as one does who has no keys."""
    return await connect(find_endpoint(state_dir, environment={}), identity="outsider")


async def keyed(state_dir: Path, keys: Path) -> Client:
    """Connect with the keys of a file."""
    endpoint = find_endpoint(state_dir, environment={})
    converter = encrypting(KeyRing.at(keys))
    return await connect(endpoint, identity="tests", data_converter=converter)


def keys_of(told: list[Message]) -> set[str]:
    """Return the ids of the keys with which something is encrypted."""
    found = (payload for message in told for payload in payloads(message))
    return {one.metadata["key"].decode() for one in found}


def mentions(folder: Path, word: str) -> bool:
    """Whether a word stands in a file of the server."""
    contents = [path.read_bytes() for path in folder.glob("temporal.db*")]
    assert contents
    return any(mentioned(content, word) for content in contents)


def mentioned(content: bytes | str, word: str) -> bool:
    """Whether a word, as it is or in Base64, stands in a text."""
    searched = content.encode() if isinstance(content, str) else content
    forms = {word.encode(), *(base64.b64encode(b" " * n + word.encode())[4:-4] for n in range(3))}
    return any(form in searched for form in forms)


async def live(running: Bench) -> Address:
    """Live a life in which the secret is in everything that people write."""
    address = Address(PROGRAMME, f"coop-{uuid4().hex[:8]}")
    opened = opening(address, title=WORD, issue=WORD)
    rules = asking().definition
    accepted(await running.engine.open(rules, opened, grants_of("pam")))
    for organisation in ("alpha", "beta"):
        await running.give(address, **admission(organisation))
    content = {**vision(), "issue": WORD}
    await running.give(address, "draft_document", "fay", kind="shared_vision", content=content)
    for number in range(12):
        await running.give(
            address,
            "raise_disagreement",
            "rep-alpha",
            disagreement=f"d{number}",
            subject=WORD,
            content=WORD,
            parties=["alpha", "beta"],
            touches=WORD,
        )
    refusal = refused(
        await running.engine.execute(
            address,
            {
                "command": "cast_ballot",
                "actor": "rep-alpha",
                "organisation": "alpha",
                "decision": WORD.lower(),
                "choice": WORD,
            },
        )
    )
    assert WORD.lower() in str(refusal)
    assert (await running.engine.state(address)).title == WORD
    await running.until_told(address)
    return address


async def test_temporal_stores_nothing_readable(own_server: Path) -> None:
    """Histories, descriptions and files hold encrypted payloads, and a secret in no form at all."""
    outsider = await plain(own_server)
    async with bench(own_server, checks=[page_online]) as running:
        address = await live(running)
        runs = await running.runs(address)
        assert len(runs) > 1, "some of it is carried over from run to run"
    counted = 0
    for run in runs:
        told = await stored(outsider, address, run)
        found = [payload for message in told for payload in payloads(message)]
        counted += len(found)
        assert {one.metadata["encoding"] for one in found} == {ENCRYPTED}
        assert {one.metadata["programme"] for one in found} == {PROGRAMME.encode()}
        for message in told:
            assert WORD.lower().encode() not in message.SerializeToString().lower()
    assert counted > 40
    assert not mentions(own_server, WORD)
    # In clear, the same is found everywhere: what is searched is where it would be.
    handle = outsider.get_workflow_handle("coopflow/in-clear")
    await outsider.start_workflow("Anything", WORD[::-1], id=handle.id, task_queue="nobody-listens")
    assert mentions(own_server, WORD[::-1])


async def test_answers_and_refusals_are_encrypted_on_their_way(own_server: Path) -> None:
    """Who has no keys reads neither what a query answers, nor why a command was refused."""
    outsider = await plain(own_server)
    async with bench(own_server) as running:
        address = await running.open()
        handle = outsider.get_workflow_handle(names.workflow_id(address))
        with pytest.raises(KeyError, match="binary/encrypted"):
            await handle.query(names.STATE)
        for detail in ("__stack_trace", "__temporal_workflow_metadata"):
            with pytest.raises(KeyError, match="binary/encrypted"):
                await handle.query(detail)
        command = {"command": "draft_document", "actor": "fay", "kind": "x", "content": WORD}
        with pytest.raises(KeyError, match="binary/encrypted") as caught:
            await handle.execute_update(names.COMMAND, {"command": command})
        assert WORD not in str(caught.value)


async def test_what_stays_in_clear_tells_nothing_about_people(own_server: Path) -> None:
    """Ids and search attributes say programme, cooperation, stage, status and the command's id."""
    outsider = await plain(own_server)
    async with bench(own_server) as running:
        address = await running.open()
        await running.give(address, "record_pulse", "fay", score=4, answers=2, asked=3, id="c-1")
        handle = outsider.get_workflow_handle(names.workflow_id(address))
        described = await handle.describe()
        assert described.id == f"coopflow/{address.programme}/{address.cooperation}"
        shown = {pair.key.name: pair.value for pair in described.typed_search_attributes}
        shown.pop("BuildIds", None)  # the server's own, which it may add a little later
        assert shown == {
            "CoopProgramme": address.programme,
            "CoopStage": "impulsion",
            "CoopStatus": "active",
        }
        runs = await running.runs(address)
        told = [one for run in runs for one in await stored(outsider, address, run)]
    events = [one for one in told if isinstance(one, HistoryEvent)]
    updates = [
        event.workflow_execution_update_accepted_event_attributes.protocol_instance_id
        for event in events
        if event.HasField("workflow_execution_update_accepted_event_attributes")
    ]
    assert updates[-1] == "c-1"
    for event in events:
        # Long enough not to come about by chance in what is encrypted.
        assert b"rep-alpha" not in event.SerializeToString()


async def test_a_key_is_rotated_while_a_cooperation_lives(own_server: Path, tmp_path: Path) -> None:
    """Running workers take the new key up; old and new payloads are read, after a restart too."""
    file = tmp_path / "keys.json"
    ensure_keys(file)
    client = await keyed(own_server, file)
    async with bench(own_server, client=client) as running:
        address = await running.open()
        before = keys_of(await stored(client, address, ""))
        assert len(before) == 1
        key = rotate(file)
        await running.give(address, "record_pulse", "fay", score=4, answers=2, asked=3)
        own = rotate(file, PROGRAMME)
        await running.give(address, "record_pulse", "fay", score=3, answers=2, asked=3)
        await running.until_told(address)
        runs = [await stored(client, address, run) for run in await running.runs(address)]
        assert set().union(*map(keys_of, runs)) == {*before, key, own}
        queue = running.task_queue
    again = await keyed(own_server, file)
    async with bench(own_server, client=again, task_queue=queue) as running:
        state = await running.engine.state(address)
        assert [pulse.score for pulse in state.pulses] == [4, 3]
        await running.give(address, "record_pulse", "fay", score=5, answers=2, asked=3)


def one_ahead(folder: Path) -> tuple[Path, Path, str]:
    """Return two files of keys, and the id of the current key of the second, which is new there."""
    file, theirs = folder / "keys.json", folder / "theirs.json"
    ensure_keys(file)
    theirs.write_bytes(file.read_bytes())
    theirs.chmod(0o600)
    return file, theirs, rotate(theirs)


async def test_a_client_that_is_ahead_is_told_what_the_worker_lacks(
    own_server: Path, tmp_path: Path
) -> None:
    """A command that the worker cannot decrypt is rejected with the key's id, and stops nothing."""
    file, theirs, key = one_ahead(tmp_path)
    mine, other = await keyed(own_server, file), await keyed(own_server, theirs)
    async with bench(own_server, client=mine) as running:
        address = await running.open()
        ahead = TemporalEngine(other, task_queue=running.task_queue, patience=timedelta(seconds=2))
        command = {**admission("delta"), "id": "ahead"}
        with pytest.raises(UnknownKeyError, match=f"The key {key} is missing") as told:
            await ahead.execute(address, command)
        assert str(file) in str(told.value)
        with pytest.raises(EngineFaultError, match="the same keys"):
            await ahead.check_gate(address, "to_structuration")
        await running.give(address, **admission("epsilon"))
        theirs.replace(file)
        accepted(await ahead.execute(address, command))
        assert len((await running.engine.state(address)).members) == 5


async def test_a_client_without_the_key_is_told_which(own_server: Path, tmp_path: Path) -> None:
    """What a client cannot decrypt is an error at once, with the id of the key."""
    file, theirs, key = one_ahead(tmp_path)
    mine, other = await keyed(own_server, file), await keyed(own_server, theirs)
    async with bench(own_server, client=other) as running:
        address = await running.open()
        behind = TemporalEngine(mine, task_queue=running.task_queue)
        with pytest.raises(UnknownKeyError, match=f"{key} is missing"):
            await behind.state(address)
        with pytest.raises(UnknownKeyError, match=f"{key} is missing"):
            await behind.execute(address, admission("delta"))


async def test_a_lost_key_does_not_end_a_cooperation(
    own_server: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A history that no worker can read any more waits, and goes on once the key is back."""
    file, other = tmp_path / "keys.json", tmp_path / "other.json"
    ensure_keys(file)
    async with bench(own_server, client=await keyed(own_server, file)) as running:
        address = await running.open()
        await running.until_told(address)
        queue = running.task_queue
    ensure_keys(other)
    client = await keyed(own_server, other)
    patience = timedelta(seconds=2)
    async with bench(own_server, client=client, task_queue=queue, patience=patience) as running:
        command = {**admission("delta"), "id": "while-it-waits"}
        with pytest.raises(EngineUnavailableError, match="that has the same keys"):
            await running.engine.execute(address, command)
        with pytest.raises(EngineUnavailableError, match="that has the same keys"):
            await running.engine.state(address)
        missing = KeyRing.at(file).encrypting(PROGRAMME).key
        assert f"The key {missing} is missing" in caplog.text
        assert str(other) in caplog.text
        lost, found = (KeyRing.at(path).sets().default for path in (file, other))
        assert lost is not None
        assert found is not None
        both = found.model_copy(update={"keys": lost.keys | found.keys})
        other.write_text(KeySets(default=both).model_dump_json(), encoding="utf-8")
        engine = TemporalEngine(client, task_queue=queue)
        accepted(await engine.execute(address, command))
        assert len((await engine.state(address)).members) == 4
    assert (await running.workflow(address).describe()).status is WorkflowExecutionStatus.RUNNING


async def test_a_start_that_cannot_be_read_opens_nothing(own_server: Path, tmp_path: Path) -> None:
    """A client with other keys cannot open a cooperation, and is told so."""
    mine, other = tmp_path / "keys.json", tmp_path / "other.json"
    ensure_keys(mine)
    ensure_keys(other)
    async with bench(own_server, client=await keyed(own_server, mine)) as running:
        client = await keyed(own_server, other)
        patience = timedelta(seconds=2)
        stranger = TemporalEngine(client, task_queue=running.task_queue, patience=patience)
        address = Address(PROGRAMME, f"coop-{uuid4().hex[:8]}")
        rules = asking().definition
        with pytest.raises((EngineUnavailableError, UnknownKeyError), match="the same keys"):
            await stranger.open(rules, opening(address), grants_of("pam"))
        assert (await running.open()).programme == PROGRAMME, "others are not held up"


async def test_the_command_of_temporal_reads_through_the_codec_server(
    own_server: Path, tmp_path: Path
) -> None:
    """With the token `temporal workflow show` shows what was written; without it, nothing of it."""
    file = tmp_path / "keys.json"
    ensure_keys(file)
    async with bench(own_server, client=await keyed(own_server, file)) as running:
        address = await running.open()
        said = {"subject": WORD, "content": WORD[::-1], "touches": "money"}
        parties = ["alpha", "beta"]
        await running.give(address, "raise_disagreement", "rep-alpha", parties=parties, **said)
        run, *_ = await running.runs(address)
    record = running_engine(own_server)
    assert record is not None
    server = http_server(codec_server(KeyRing.at(file), token="t" * 16, origins=[record.ui_url]))

    async def show(authorization: str) -> str:
        process = await asyncio.create_subprocess_exec(
            *(find_server_binary(), "workflow", "show", "--output", "json"),
            *("--address", record.address, "--workflow-id", names.workflow_id(address)),
            *("--run-id", run),
            *("--codec-endpoint", url, "--codec-auth", authorization),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        written = (await process.communicate())[0].decode()
        values = re.findall(r'"data": "([^"]+)"', written)
        return "\n".join(base64.b64decode(one).decode(errors="replace") for one in values)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        serving_it = asyncio.create_task(server.serve(sockets=[listening]))
        told = await show(f"Bearer {'t' * 16}")
        refused_it = await show("Bearer another")
        server.should_exit = True
        await serving_it
    assert WORD in told
    assert f'"content": "{SEALED}"' in told, "what is sealed is not shown to operators either"
    assert WORD[::-1] not in told
    assert not refused_it


async def test_a_worker_that_is_behind_forgets_nothing(server: Path, tmp_path: Path) -> None:
    """A worker that lacks the key of an accepted command waits for it, and never does without."""
    file, behind = tmp_path / "keys.json", tmp_path / "behind.json"
    ensure_keys(file)
    behind.write_bytes(file.read_bytes())
    behind.chmod(0o600)
    client = await keyed(server, file)
    async with bench(server, client=client) as running:
        address = await running.open()
        await running.until_told(address)
        key = rotate(file)
        await running.give(address, **admission("delta"))
        await running.until_told(address)
        assert len(await running.runs(address)) == 1
        queue = running.task_queue
    late = await keyed(server, behind)
    patient = TemporalEngine(client, task_queue=queue)
    async with bench(server, client=late, task_queue=queue) as running:
        hasty = TemporalEngine(late, task_queue=queue, patience=timedelta(seconds=3))
        with capture_logs() as lines:
            for attempt in (hasty.state(address), hasty.execute(address, admission("epsilon"))):
                with pytest.raises((EngineUnavailableError, EngineFaultError)):
                    await attempt
        assert any(f"The key {key} is missing" in line.get("advice", "") for line in lines)
        behind.write_bytes(file.read_bytes())
        assert len((await patient.state(address)).members) >= 4
        accepted(await patient.execute(address, admission("zeta")))
    assert (await running.workflow(address).describe()).status is WorkflowExecutionStatus.RUNNING
