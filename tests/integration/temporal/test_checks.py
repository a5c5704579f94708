"""Checks of a cooperation that lives by the clock: asked as activities, answered as events."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from coopflow.application.engine import Address
from coopflow.checks import Answer, Check, Portrait, check, no, unknown, yes
from coopflow.domain.checks import Outcome
from coopflow.domain.state import CheckAnswer
from tests.stages import asking
from tests.temporal_engine import (
    TIME_SKIPPING,
    Bench,
    accepted,
    admission,
    bench,
    connected,
    options,
    refused,
    serving,
)

pytestmark = pytest.mark.server

CHECK = "page-online"


ASKING = asking().definition


@pytest.fixture
async def skipper(server: Path) -> TimeSkipper:
    """Return what moves the clock of the workflows that are started through its client."""
    client = await connected(server)
    return TimeSkipper(client, config=TimeSkippingConfig(enabled=False))


async def until(
    running: Bench, address: Address, holds: Callable[[CheckAnswer], bool], slug: str = CHECK
) -> CheckAnswer:
    """Wait for an answer of a kind."""
    async with asyncio.timeout(30):
        while True:
            answer = (await running.engine.state(address)).checks.get(slug)
            if answer is not None and holds(answer):
                return answer
            await asyncio.sleep(0.05)


async def test_a_check_is_asked_and_asked_again(server: Path, skipper: TimeSkipper) -> None:
    """At once, when a member joins, and when its answer is old; levels follow the answers."""
    seen: list[Portrait] = []

    @check(CHECK, every="30d")
    async def page_online(portrait: Portrait) -> Answer:
        await asyncio.sleep(0)
        seen.append(portrait)
        named = len(portrait.organisations)
        return yes(en=f"{named} are named") if named >= 3 else no(en="the page is empty")

    async with bench(server, client=skipper.client, checks=[page_online]) as running:
        address = await running.open(definition=ASKING)
        await skipper.fast_forward(running.workflow(address), timedelta(minutes=2))
        answer = await until(running, address, lambda one: one.holds is True)
        assert answer.reason is not None
        assert answer.reason.fr == "3 are named"
        assert answer.again_at == answer.at + timedelta(days=30)
        assert (await running.engine.state(address)).levels["common_plan"] == 1
        asked = len(seen)
        assert await skipper.fast_forward(running.workflow(address), timedelta(days=31))
        later = await until(running, address, lambda one: one.at > answer.at)
        assert later.at - answer.at == pytest.approx(timedelta(days=30), abs=timedelta(minutes=1))
        assert len(seen) == asked + 1
        await running.give(address, **admission("delta"))
        await skipper.fast_forward(running.workflow(address), timedelta(minutes=2))
        last = await until(running, address, lambda one: one.at > later.at)
        assert last.reason is not None
        assert last.reason.en == "4 are named"
        await running.until_told(address)
        told = [entry.event.type for entry in running.journal.entries[address]]
        assert told.count("check_answered") == len(seen)


async def test_a_check_that_fails_is_tried_again(server: Path) -> None:
    """What it raises is logged, nothing of it is stored, and the next attempt counts."""
    attempts: list[int] = []

    @check(CHECK, every="30d")
    def page_online(portrait: Portrait) -> bool:
        attempts.append(len(portrait.organisations))
        if len(attempts) == 1:
            message = "Amel did not answer"
            raise ConnectionError(message)
        return True

    with capture_logs() as lines:
        async with bench(server, checks=[page_online]) as running:
            address = await running.open(definition=ASKING)
            answer = await until(running, address, lambda one: one.holds is True)
            history = await running.workflow(address).fetch_history()
    assert answer.reason is None
    assert answer.failures == 0
    assert [line["attempt"] for line in lines if line["event"] == "a check failed"] == [1]
    assert "did not answer" not in history.to_json()


async def test_a_check_that_goes_on_failing_is_unknown(server: Path, skipper: TimeSkipper) -> None:
    """The cooperation lives on, says why, and asks again after a while."""
    works: list[bool] = []

    @check(CHECK, every="30d", timeout="1s")
    async def page_online(_: Portrait) -> bool:
        if not works:
            raise ConnectionError
        return True

    async with bench(server, client=skipper.client, checks=[page_online]) as running:
        address = await running.open(definition=ASKING)
        workflow = running.workflow(address)
        await skipper.fast_forward(workflow, timedelta(minutes=10))
        answer = await until(running, address, lambda one: one.holds is None)
        assert answer.reason is not None
        assert answer.reason.en == ("the check failed: ConnectionError; the worker's log says more")
        found = await running.engine.check_gate(address, "to_structuration")
        assert "page_online" in found.model_dump_json()
        await running.give(address, "record_pulse", "fay", score=4, answers=2, asked=3)
        works.append(True)
        await skipper.fast_forward(workflow, timedelta(hours=2))
        assert (await until(running, address, lambda one: one.holds is True)).failures == 0


async def test_a_check_that_nobody_knows_is_unknown(engine_room: Bench) -> None:
    """A worker without it says so, in both languages."""
    address = await engine_room.open(definition=ASKING)
    answer = await until(engine_room, address, lambda one: one.holds is None)
    assert answer.reason is not None
    assert answer.reason.en == "no worker knows the check page-online"
    assert answer.reason.fr == "aucun worker ne connaît la vérification page-online"


async def test_answers_are_imported_with_a_past(server: Path) -> None:
    """In recorded mode nothing is asked; once live it asks by itself, and takes no answer."""

    @check(CHECK, every="30d")
    async def page_online(_: Portrait) -> Answer:
        await asyncio.sleep(0)
        return unknown(en="the register is closed", fr="le registre est fermé")

    async with bench(server, checks=[page_online]) as running:
        since = datetime.now(UTC) - timedelta(days=90)
        address = await running.open("recorded", ASKING, at=since.isoformat())
        outcomes = [Outcome(check=CHECK, holds=True, every=timedelta(days=30))]
        reply = accepted(await running.engine.answer(address, outcomes, since))
        told = [entry.event.type for entry in reply.entries]
        assert told == ["check_answered", "levels_changed"]
        stranger = [Outcome(check="other", holds=True)]
        refusal = refused(await running.engine.answer(address, stranger, since))
        assert refusal.code == "invalid_command"
        accepted(await running.engine.go_live(address))
        answer = await until(running, address, lambda one: one.holds is None)
        assert answer.reason is not None
        assert answer.reason.fr == "le registre est fermé"
        now = datetime.now(UTC)
        assert refused(await running.engine.answer(address, outcomes, now)).code == "wrong_state"


@pytest.mark.slow
async def test_an_answer_that_is_under_way_outlives_its_run(tmp_path: Path) -> None:
    """A run that continues as new waits a little for it, else the next one asks again."""
    asked: list[int] = []

    @check(CHECK, every="30d")
    async def page_online(_: Portrait) -> bool:
        asked.append(len(asked))
        await asyncio.sleep(15 if len(asked) == 1 else 0)
        return True

    short = {"limit.historyCount.suggestContinueAsNew": 40}
    with serving(options(tmp_path, **TIME_SKIPPING, **short)):
        async with bench(tmp_path, checks=[page_online]) as running:
            address = await running.open(definition=ASKING)
            for number in range(20):
                await running.give(address, **admission(f"org-{number}"))
            await until(running, address, lambda one: one.holds is True)
            assert len(await running.runs(address)) > 1
            assert len(asked) > 1


async def test_answers_that_nobody_waits_for_any_more_are_let_go(server: Path) -> None:
    """A cooperation that pauses while it is asked takes no answer, and asks when it resumes."""
    goes_on = threading.Event()

    @check(CHECK, every="30d")
    def page_online(_: Portrait) -> bool:
        return goes_on.wait(20)

    with capture_logs() as lines:
        async with bench(server, checks=[page_online]) as running:
            address = await running.open(definition=ASKING)
            await running.give(
                address, "pause_cooperation", "pam", reason="Elections", clocks="keep"
            )
            goes_on.set()
            async with asyncio.timeout(20):
                # Told by the log alone: nothing else happens.
                while not any(line["event"] == "answer not taken" for line in lines):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            assert (await running.engine.state(address)).checks == {}
            await running.give(address, "resume_cooperation", "pam")
            await until(running, address, lambda one: one.holds is True)


async def test_no_check_waits_for_another(server: Path) -> None:
    """One that takes its time holds nothing up; its answer comes when it comes."""
    goes_on = threading.Event()

    @check(CHECK, every="30d")
    async def page_online(_: Portrait) -> bool:
        await asyncio.sleep(0)
        return True

    @check("page-safe", every="30d")
    def page_safe(_: Portrait) -> bool:
        return goes_on.wait(20)

    definition = asking(safe="checks.page_safe").definition
    async with bench(server, checks=[page_online, page_safe]) as running:
        address = await running.open(definition=definition)
        await until(running, address, lambda one: one.holds is True)
        assert list((await running.engine.state(address)).checks) == [CHECK]
        goes_on.set()
        await until(running, address, lambda one: one.holds is True, "page-safe")
        assert (await running.engine.state(address)).levels["common_plan"] == 1


async def test_a_large_cooperation_asks_many_checks(server: Path) -> None:
    """What they are asked about goes with each: so few at once that no task grows too large."""
    slugs = [f"page-{letter}" for letter in "abcdefgh"]

    def asked(slug: str) -> Check:
        @check(slug, every="30d")
        def answer(_: Portrait) -> bool:
            return True

        return answer

    read = " && ".join(f"checks.{slug.replace('-', '_')}" for slug in slugs)
    since = datetime.now(UTC) - timedelta(days=2)
    async with bench(server, checks=map(asked, slugs)) as running:
        address = await running.open("recorded", asking(read).definition, at=since.isoformat())
        parts = ("logic", "constraints", "culture", "expectations")
        for organisation in ("alpha", "beta", "gamma"):
            told = {"organisation": organisation, "profile": dict.fromkeys(parts, "x" * 50_000)}
            await running.give(address, "describe_member", "fay", at=since.isoformat(), **told)
        await running.until_told(address)
        accepted(await running.engine.go_live(address))
        for slug in slugs:
            await until(running, address, lambda one: one.holds is True, slug)
