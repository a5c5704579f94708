"""Mail as `coopflow outbox` sends it: from the settings alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from pydantic import SecretStr

from coopflow import bootstrap
from coopflow.application.callers import Caller
from coopflow.directory.directory import Directory
from coopflow.directory.people import PersonStated
from coopflow.outgoing.mail.invitations import Invitations
from coopflow.outgoing.mail.queue import MailQueue
from coopflow.readmodel.database import Database
from coopflow.readmodel.migrate import migrate
from coopflow.requests import files as module
from coopflow.requests.files import KEPT, Files, Ordered
from coopflow.sealing.texts import TextSeals
from coopflow.settings import Settings, SettingsError
from tests.integration.outgoing.mail.mailroom import mailroom
from tests.temporal_engine import KEYS


def settings(folder: Path, url: str | None) -> Settings:
    """Return settings with a mail server."""
    return Settings(
        state_dir=folder,
        database_url=f"sqlite:///{folder}/mail.db",
        smtp_url=None if url is None else SecretStr(url),
        mail_from="Valdore <coop@example.org>",
        public_url="https://coop.example/here/",
    )


@asynccontextmanager
async def dispatching(given: Settings) -> AsyncIterator[None]:
    """Send what is due for the length of a block."""
    stop = asyncio.Event()
    running = asyncio.create_task(bootstrap.dispatch(given, stop))
    try:
        yield
    finally:
        stop.set()
        await running


async def invited(given: Settings) -> None:
    """Have somebody invited in the database of some settings."""
    database = Database(given.database)
    await migrate(database)
    directory, now = Directory(database), datetime.now(UTC)
    stated = PersonStated(name="Zoé", email="zoe@example.org", language="fr")
    await directory.add_person("zoe", stated, now)
    await Invitations(MailQueue(database, directory), directory, is_on=True).invite("zoe", now)
    await database.close()


async def test_mail_is_sent_beside_webhooks(tmp_path: Path) -> None:
    """By who is named in the settings, with links to where the installation is reached."""
    async with mailroom() as room:
        given = settings(tmp_path, f"smtp://localhost:{room.port}")
        await invited(given)
        async with dispatching(given), asyncio.timeout(30):
            await room.came.wait()
        assert await bootstrap.reach_mail(given) == (
            f"localhost:{room.port}, none, from Valdore <coop@example.org>"
        )
    (mail,) = room.arrived
    assert mail.mail["From"] == "Valdore <coop@example.org>"
    assert "https://coop.example/here/v1/sign-in/link?secret=" in mail.text


async def test_without_a_server_it_is_said_that_no_mail_is_sent(tmp_path: Path) -> None:
    """Once, when sending begins."""
    given = settings(tmp_path, None)
    await invited(given)
    with structlog.testing.capture_logs() as logs:
        async with dispatching(given):
            await asyncio.sleep(0.5)
    assert [one["event"] for one in logs if "mail" in one["event"]].count(
        "no mail is sent: COOPFLOW_SMTP_URL is not set"
    ) == 1
    assert await bootstrap.reach_mail(given) is None


async def test_files_that_have_expired_are_deleted_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without anybody asking for another one."""
    given = settings(tmp_path, None)
    await invited(given)
    database = Database(given.database)
    ordered = Ordered(programme="valdore", kind="portfolio", form="csv", language="fr")
    files, ada, now = (
        Files(database, TextSeals(lambda: KEYS)),
        Caller(name="ada"),
        datetime.now(UTC),
    )
    old = await files.begin(ada, ordered, now - KEPT)
    monkeypatch.setattr(module, "KEPT", 2 * KEPT)
    new = await files.begin(ada, ordered, now - KEPT - timedelta(minutes=1))
    cleared, clear = asyncio.Event(), Files.clear

    async def noted(self: Files, at: datetime) -> None:
        await clear(self, at)
        cleared.set()

    monkeypatch.setattr(Files, "clear", noted)
    async with dispatching(given), asyncio.timeout(30):
        await cleared.wait()

    assert await files.delete("ada", old) is False
    assert await files.delete("ada", new) is True
    await database.close()


async def test_an_address_that_is_none_is_a_fault_of_the_settings(tmp_path: Path) -> None:
    """Nothing is sent before it is put right."""
    given = settings(tmp_path, "smtp://host?tls=maybe")
    await invited(given)
    with pytest.raises(SettingsError, match="COOPFLOW_SMTP_URL"):
        await bootstrap.dispatch(given, asyncio.Event())
