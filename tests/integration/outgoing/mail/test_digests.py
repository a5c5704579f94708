"""Digests: what awaits people and what happened, at their hour, as often as they wish."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from coopflow.domain.roles import PROGRAMME_MANAGER
from coopflow.outgoing.mail.composing import MOST
from coopflow.outgoing.mail.wishes import stop
from tests.integration.outgoing.mail.conftest import PLACE, Office
from tests.integration.outgoing.mail.mailroom import Arrived

PARIS = ZoneInfo("Europe/Paris")
FRENCH, ENGLISH = "person-1@example.org", "person-2@example.org"


def news(mails: list[Arrived]) -> list[str]:
    """Return the subjects of digests."""
    return [one.mail["Subject"] for one in mails if one.mail["Subject"].startswith("Your ")]


async def decide(office: Office, decision: str = "d") -> None:
    """Open a decision, and let all members answer it."""
    office.ask(decision, question=f"Shall we, {decision}?")
    for number in (1, 2, 3):
        office.do(
            "cast_ballot",
            f"person-{number}",
            decision=decision,
            organisation=f"org-{number}",
            choice="yes",
        )
    await office.announce()


async def test_what_is_wished_daily_comes_in_the_morning_of_where_people_live(
    office: Office,
) -> None:
    """Not before seven there, once, with all that happened since, and not again the day after."""
    mailer = office.mailer(PARIS)
    await mailer.once()  # from now on there are hours of digests
    await decide(office, "d")
    await decide(office, "e")
    office.ask("open", days=20)
    await office.announce()
    await mailer.once()
    assert [one.mail["Subject"] for one in office.room.to(ENGLISH)] == [
        "Your answer by 21 Jan 2026: Shall we plant pear trees? (Le verger)"
    ]
    office.clock.at = datetime(2026, 1, 2, 5, 59, 59, tzinfo=UTC)
    await mailer.once()
    assert len(office.room.to(ENGLISH)) == 1
    office.clock.at = datetime(2026, 1, 2, 6, 0, tzinfo=UTC)  # 7:00 in Paris
    await asyncio.gather(*(office.mailer(PARIS).once() for _ in range(3)))
    digest = office.room.to(ENGLISH)[1]
    assert len(office.room.to(ENGLISH)) == 2
    assert digest.mail["Subject"] == "Your day: 1 waiting for you, 2 new"
    for part in (digest.text, digest.html):
        assert "The decision is adopted: Shall we, d?" in part
        assert "The decision is adopted: Shall we, e?" in part
        assert "Answer a decision: Shall we plant pear trees?" in part
        assert f"{PLACE}/d/" in part
    assert office.room.to(FRENCH)[1].mail["Subject"] == (
        "Votre journée : 1 en attente de vous, 2 de nouveau"
    )
    kept = await office.mails("person", "kind", "status", "reason")
    assert kept.count(("person-2", "publish_outcome", "sent", "told")) == 2

    office.clock.move(timedelta(days=1))
    await mailer.once()
    assert len(office.room.to(ENGLISH)) == 2


async def test_what_is_wished_weekly_comes_on_mondays(office: Office) -> None:
    """1 January 2026 is a Thursday; nobody is told of it twice."""
    await office.wish("person-2", publish_outcome="weekly", convene_review="none")
    await office.wish("person-1", **dict.fromkeys(("publish_outcome", "invite_voters"), "none"))
    mailer = office.mailer()
    await mailer.once()
    await decide(office)
    for day in range(2, 5):
        office.clock.at = datetime(2026, 1, day, 12, tzinfo=UTC)
        await mailer.once()
    assert office.room.arrived == []
    office.clock.at = datetime(2026, 1, 5, 7, tzinfo=UTC)
    await mailer.once()
    assert [one.mail["Subject"] for one in office.room.arrived] == ["Your week: 1 new"]


async def test_a_digest_that_was_due_while_all_was_down_is_sent_later(office: Office) -> None:
    """Once for the hour that passed last."""
    await office.mailer().once()
    await decide(office)
    await office.mailer().once()
    office.clock.at = datetime(2026, 1, 3, 22, tzinfo=UTC)
    await office.mailer().once()
    assert news(office.room.to(ENGLISH)) == ["Your day: 1 new"]


async def test_tasks_beside_votes_stand_in_the_next_digest(office: Office) -> None:
    """Also those of who manages a programme; who wishes for no digest finds them on the page."""
    await office.know("faiza")
    await office.know("manager")
    await office.directory.take_part("demo", "manager", [PROGRAMME_MANAGER], office.clock())
    await office.wish("person-2", **dict.fromkeys(("publish_outcome", "convene_review"), "none"))
    await office.mailer().once()
    office.do("open_review", "faiza", review="r", kind="annual")
    await office.announce()
    await office.mailer().once()
    office.clock.at = datetime(2026, 1, 2, 7, tzinfo=UTC)
    await office.mailer().once()
    (digest,) = office.room.to("faiza@example.org")
    assert digest.mail["Subject"] == "Your day: 1 waiting for you"
    assert "Close a review" in digest.text
    assert office.room.to(ENGLISH) == []


async def test_who_stopped_their_digests_gets_none(office: Office) -> None:
    """What was held for one is dropped; of what they still wish they are told."""
    await office.mailer().once()
    await decide(office)
    await office.mailer().once()
    await office.wish("person-2", publish_outcome="none", convene_review="none")
    await office.directory.forget("person-1")
    office.clock.at = datetime(2026, 1, 2, 7, tzinfo=UTC)
    await office.mailer().once()
    assert office.room.arrived == []
    dropped = await office.mails("person", "kind", "status", "reason")
    assert ("person-2", "publish_outcome", "dropped", "settled") in dropped


async def test_who_stopped_their_digests_is_not_told_of_tasks_either(office: Office) -> None:
    """Although something was held for the next one when they stopped it."""
    await office.wish("person-2", invite_voters="daily", remind_voters="daily")
    await office.mailer().once()
    office.ask("open", days=20)
    await decide(office)
    await office.mailer().once()
    assert await stop(office.directory, "person-2", "daily", office.clock())
    office.clock.at = datetime(2026, 1, 2, 7, tzinfo=UTC)
    await office.mailer().once()
    assert office.room.to(ENGLISH) == []
    told = await office.mails("person", "kind", "status", "reason")
    assert ("person-2", "digest", "dropped", "settled") in told


async def test_a_digest_says_that_there_is_more(office: Office) -> None:
    """Its lists are short; the page has all."""
    await office.wish("person-2", invite_voters="daily")
    await office.mailer().once()
    for number in range(MOST + 3):
        office.ask(f"d{number}", question=f"Shall we, {number}?", days=20)
    await decide(office, "last")
    await office.mailer().once()
    office.clock.at = datetime(2026, 1, 2, 7, tzinfo=UTC)
    await office.mailer().once()
    (digest,) = office.room.to(ENGLISH)
    assert digest.mail["Subject"] == "Your day: 20+ waiting for you, 1 new"
    assert digest.text.count("Answer a decision") == MOST
    assert "And more, on your page." in digest.text
