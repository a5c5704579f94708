from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from standardwebhooks import Webhook
from typer.testing import Result

from coopflow.readmodel.database import Database
from coopflow.readmodel.migrate import migrate
from tests.integration.outgoing.receiver import Receiver, Reply, receiving

Coopflow = Callable[..., Result]


@pytest.fixture(autouse=True)
def _read_model(coopflow: Coopflow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the keys and the tables, and allow loopback."""
    coopflow("keys", "rotate")
    monkeypatch.setenv("COOPFLOW_WEBHOOKS_ALLOW_PRIVATE", "true")

    async def make() -> None:
        database = Database(f"sqlite:///{tmp_path / 'state' / 'coopflow.db'}")
        await migrate(database)
        await database.close()

    asyncio.run(make())


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as there:
        yield there


@contextmanager
def outbox() -> Iterator[None]:
    """Run ``coopflow outbox`` as a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "coopflow.entrypoints.cli", "outbox"],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert "sending webhooks" in said


def added(coopflow: Coopflow, url: str, *options: str) -> tuple[str, str]:
    """Add a webhook and return its id and its secret."""
    result = coopflow("webhook", "add", "demo", url, "--output", "json", *options)
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    return found["id"], found["secret"]


def test_a_webhook_is_added_listed_shown_and_removed(coopflow: Coopflow) -> None:
    """What was asked for is shown; the secret once only."""
    webhook, secret = added(
        coopflow, "https://example.org/in", "--type", "fell_back", "--coop", "verger"
    )
    listed = coopflow("webhook", "list", "demo")
    assert listed.stdout == f"{webhook}  https://example.org/in  active\n"
    shown = coopflow("webhook", "show", "demo", webhook, "--lang", "fr").stdout
    assert "types: fell_back" in shown
    assert "coopération: verger" in shown
    assert "dernier envoi reçu: jamais" in shown
    assert secret not in listed.stdout + shown

    plain = coopflow("webhook", "add", "demo", "https://example.org/2")
    assert plain.stdout.splitlines()[1].startswith("whsec_")
    assert "not shown again" in plain.stderr
    rotated = coopflow("webhook", "rotate", "demo", webhook, "--overlap", "1")
    assert rotated.stdout.startswith("whsec_")
    assert rotated.stdout.strip() != secret
    assert coopflow("webhook", "remove", "demo", webhook).exit_code == 0
    assert webhook not in coopflow("webhook", "list", "demo").stdout
    assert "no webhook" in coopflow("webhook", "list", "loire").stderr


def test_what_cannot_be_meant_is_said(coopflow: Coopflow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2 for what was given wrongly, 1 for what is not there."""
    monkeypatch.setenv("COOPFLOW_WEBHOOKS_ALLOW_PRIVATE", "false")
    refused = coopflow("webhook", "add", "demo", "http://127.0.0.1/")
    assert refused.exit_code == 2
    assert "COOPFLOW_WEBHOOKS_ALLOW_PRIVATE" in refused.stderr
    unknown = coopflow("webhook", "add", "demo", "https://example.org/", "--type", "lost")
    assert (unknown.exit_code, "no events of type lost" in unknown.stderr) == (2, True)
    nowhere = coopflow("webhook", "show", "demo", "wh_0")
    assert nowhere.exit_code == 1
    assert "there is no webhook wh_0 in demo" in nowhere.stderr
    assert coopflow("webhook", "redeliver", "demo", "wh_0").exit_code == 2


@pytest.mark.server
def test_a_webhook_is_tried_out_and_its_log_read(coopflow: Coopflow, receiver: Receiver) -> None:
    """What was answered is told, and is in the log; what failed is sent again."""
    webhook, secret = added(coopflow, receiver.url)
    receiver.replies = [Reply(204), Reply(500, body=b"out of order \x1b[31m")]
    with outbox():
        good = coopflow("webhook", "test", "demo", webhook)
        bad = coopflow("webhook", "test", "demo", webhook, "--lang", "fr")
    assert (good.exit_code, bad.exit_code) == (0, 1), good.stderr
    assert "  204  " in good.stdout
    assert "500" in bad.stdout
    assert "out of order" in bad.stdout
    assert "\x1b" not in bad.stdout
    message = receiver.messages[0]
    assert Webhook(secret).verify(message.body, message.headers)["type"] == "org.coopflow.ping.v1"

    log = json.loads(coopflow("webhook", "deliveries", "demo", webhook, "-o", "json").stdout)
    assert [one["status"] for one in log] == ["pending", "sent"]
    number = log[0]["id"]
    one = coopflow("webhook", "deliveries", "demo", webhook, str(number)).stdout
    assert "1 attempt  next attempt" in one
    assert "out of order" in one
    again = coopflow("webhook", "redeliver", "demo", webhook, str(number))
    assert "1 delivery" in again.stderr
    assert coopflow("webhook", "test", "demo", webhook, "--wait", "0").exit_code == 1


def test_what_waited_for_a_webhook_that_is_disabled_is_sent_when_asked_for(
    coopflow: Coopflow,
) -> None:
    """Disabled, it is said why; enabled again, what was given up waits once more."""
    webhook, _ = added(coopflow, "http://127.0.0.1:9/")
    assert coopflow("webhook", "test", "demo", webhook, "--wait", "0").exit_code == 1
    disabled = coopflow("webhook", "disable", "demo", webhook)
    assert "disabled" in disabled.stdout
    assert "by hand" in disabled.stdout
    refused = coopflow("webhook", "redeliver", "demo", webhook, "--dead-since", "2026-01-01")
    assert (refused.exit_code, "enable it first" in refused.stderr) == (2, True)
    assert "given up" in coopflow("webhook", "deliveries", "demo", webhook).stdout
    assert "active" in coopflow("webhook", "enable", "demo", webhook).stdout
    again = coopflow("webhook", "redeliver", "demo", webhook, "--dead-since", "2026-01-01T09:00")
    assert "1 delivery" in again.stderr
    pending = coopflow("webhook", "deliveries", "demo", webhook, "--status", "pending")
    assert "pending  ping" in pending.stdout
