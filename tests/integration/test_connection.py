from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from temporalio.service import TLSConfig

from coopflow.temporal import connection
from coopflow.temporal.connection import connect, find_endpoint
from coopflow.temporal.embedded import EmbeddedOptions, embedded_server
from coopflow.temporal.errors import TemporalSettingsError, TemporalUnavailableError
from coopflow.temporal.state_directory import EngineRecord, hold, publish

PROFILES = """
[profile.default]
address = "cluster.example:7233"

[profile.cloud]
address = "cloud.example:7233"
namespace = "territory.a1b2c"
api_key = "secret-key"

[profile.addressless]
namespace = "somewhere"

[profile.scheme]
address = "http://cluster.example:7233"

[profile.certificate]
address = "cluster.example:7233"
[profile.certificate.tls]
server_ca_cert_path = "/nowhere/ca.pem"
"""


@pytest.fixture
def profiles(tmp_path: Path) -> Path:
    file = tmp_path / "temporal.toml"
    file.write_text(PROFILES, encoding="utf-8")
    return file


def test_the_environment_names_a_cluster(tmp_path: Path) -> None:
    """The standard variables decide address and namespace."""
    found = find_endpoint(
        tmp_path,
        environment={"TEMPORAL_ADDRESS": "prod:7233", "TEMPORAL_NAMESPACE": "coop"},
    )
    assert (found.address, found.namespace) == ("prod:7233", "coop")


def test_variables_go_over_the_profile(profiles: Path, tmp_path: Path) -> None:
    """A profile brings its API key and with it TLS; a variable replaces one of its values."""
    found = find_endpoint(
        tmp_path, profile="cloud", config_file=profiles, environment={"TEMPORAL_NAMESPACE": "b"}
    )
    assert found.options == {
        "target_host": "cloud.example:7233",
        "namespace": "b",
        "api_key": "secret-key",
        "tls": True,
    }
    assert "profile cloud" in found.named_by


def test_certificates_are_read(tmp_path: Path) -> None:
    """Client certificates arrive as the SDK wants them: their content."""
    for name in ("cert", "key"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    environment = {
        "TEMPORAL_ADDRESS": "prod:7233",
        "TEMPORAL_TLS_CLIENT_CERT_PATH": str(tmp_path / "cert"),
        "TEMPORAL_TLS_CLIENT_KEY_PATH": str(tmp_path / "key"),
    }
    tls = find_endpoint(tmp_path, environment=environment).options["tls"]
    assert isinstance(tls, TLSConfig)
    assert (tls.client_cert, tls.client_private_key) == (b"cert", b"key")


async def test_a_cluster_goes_over_the_embedded_engine(profiles: Path, tmp_path: Path) -> None:
    """The engine that runs here serves only those who name nothing else."""
    record = EngineRecord(
        address="127.0.0.1:4711",
        ui_url="http://127.0.0.1:4712",
        namespace="here",
        engine_pid=1,
        server_pid=2,
    )
    async with hold(tmp_path):
        publish(tmp_path, record)
        found = find_endpoint(tmp_path, environment={})
        assert (found.address, found.namespace) == ("127.0.0.1:4711", "here")
        assert str(tmp_path) in found.named_by
        default = find_endpoint(tmp_path, environment={"TEMPORAL_CONFIG_FILE": str(profiles)})
        assert default.address == "cluster.example:7233"


@pytest.mark.parametrize(
    ("profile", "complaint"),
    [
        ("absent", "'absent' not found"),
        ("addressless", "profile addressless: it names no address"),
        ("scheme", "without a scheme"),
        ("certificate", "/nowhere/ca.pem"),
    ],
)
def test_faulty_settings_are_named(
    profiles: Path, tmp_path: Path, profile: str, complaint: str
) -> None:
    """Settings that cannot be meant stop here, rather than lead to another server."""
    with pytest.raises(TemporalSettingsError, match=complaint):
        find_endpoint(tmp_path, environment={"TEMPORAL_PROFILE": profile}, config_file=profiles)


def test_unreadable_configuration_is_named(tmp_path: Path) -> None:
    """A configuration file that is missing or malformed is refused by its path or line."""
    missing = {"TEMPORAL_CONFIG_FILE": str(tmp_path / "missing.toml")}
    with pytest.raises(TemporalSettingsError, match=r"missing\.toml does not exist"):
        find_endpoint(tmp_path, environment=missing)
    broken = tmp_path / "broken.toml"
    broken.write_text("[[[", encoding="utf-8")
    with pytest.raises(TemporalSettingsError, match="line 1"):
        find_endpoint(tmp_path, config_file=broken, environment={})


async def test_an_absent_server_is_named(tmp_path: Path) -> None:
    """Where nothing listens, the error names the address, who gave it, and what to do."""
    found = find_endpoint(tmp_path, environment={"TEMPORAL_ADDRESS": "127.0.0.1:1"})
    with pytest.raises(TemporalUnavailableError) as caught:
        await connect(found)
    for hint in ("127.0.0.1:1", "Temporal client settings", "TEMPORAL_ADDRESS"):
        assert hint in str(caught.value)


async def test_a_silent_server_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that accepts and never answers counts as unreachable after a while."""
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 0.2)
    hung_up = asyncio.Event()

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await hung_up.wait()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        found = find_endpoint(tmp_path, environment={"TEMPORAL_ADDRESS": f"127.0.0.1:{port}"})
        with pytest.raises(
            TemporalUnavailableError, match=rf"{port}.*did not answer within 0\.2 s"
        ):
            await connect(found)
        hung_up.set()


@pytest.mark.server
async def test_an_absent_namespace_is_named(tmp_path: Path) -> None:
    """A server without the namespace is told apart from no server."""
    options = EmbeddedOptions(state_dir=tmp_path, port=0, ui_port=0, namespace="territory")
    async with embedded_server(options) as server:
        assert (await connect(find_endpoint(tmp_path, environment={}))).namespace == "territory"
        environment = {
            "TEMPORAL_ADDRESS": server.record.address,
            "TEMPORAL_NAMESPACE": "elsewhere",
        }
        with pytest.raises(TemporalUnavailableError, match="has no namespace elsewhere"):
            await connect(find_endpoint(tmp_path, environment=environment))
