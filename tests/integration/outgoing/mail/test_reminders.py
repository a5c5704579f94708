"""Reminders that who manages a programme sends, through a real server."""

from __future__ import annotations

from datetime import timedelta

import pytest

from coopflow.application.engine import Address
from coopflow.outgoing.mail.invitations import MailOffError
from coopflow.outgoing.mail.reminders import Reminded, Reminders, TaskKey
from coopflow.readmodel.queries import Queries
from tests.integration.outgoing.mail.conftest import Office

FRENCH, ENGLISH = "person-1@example.org", "person-2@example.org"


def reminders(office: Office, *, is_on: bool = True) -> Reminders:
    return Reminders(office.database, office.queue, office.directory, is_on=is_on)


async def waiting(office: Office) -> list[TaskKey]:
    found = await Queries(office.database).waiting("demo", office.clock())
    return [TaskKey(*one.waits[1:]) for one in found if one.person]


async def asked(office: Office, *decisions: str, **more: object) -> list[TaskKey]:
    """Let decisions wait for an answer; people were invited, and that mail is out of the way."""
    for one in decisions:
        office.ask(one, **more)  # type: ignore[arg-type]
    await office.announce()
    await office.mailer().once()
    office.room.arrived.clear()
    return await waiting(office)


async def test_each_person_gets_one_mail_with_all_that_is_waited_for(office: Office) -> None:
    """It says who sent it; who has no address is counted, and not written to."""
    tasks = await asked(office, "d", "e")
    sent = await reminders(office).send("demo", "person-2", tasks, office.clock())
    assert sent == Reminded(sent=4, people=2, unreachable=len(tasks) - 4)
    await office.mailer().once()
    (french,), (english,) = office.room.to(FRENCH), office.room.to(ENGLISH)
    assert english.mail["Subject"] == "Person-2 reminds you of 2 things"
    assert french.mail["Subject"] == "Person-2 vous rappelle 2 choses"
    for part in (english.text, english.html):
        assert part.count("Le verger") == 2
        assert "Answer a decision" in part
    assert english.mail["List-Unsubscribe"]


async def test_of_a_task_somebody_is_reminded_once_a_day(office: Office) -> None:
    """Whoever sends it, and whichever others are sent with it; it is known who did."""
    tasks = await asked(office, "d")
    mine = [one for one in tasks if one.person == "person-1"]
    sender = reminders(office)
    assert (await sender.send("demo", "manager", mine * 2, office.clock())).sent == 1
    again = await sender.send("demo", "other", tasks, office.clock())
    assert (again.sent, again.again, again.people) == (1, 1, 1)
    assert (await sender.last(tasks))[mine[0]].sent_by == "manager"
    office.clock.move(timedelta(days=1))
    assert (await sender.send("demo", "other", mine, office.clock())).sent == 1
    assert (await sender.last(mine))[mine[0]].sent_by == "other"
    await office.mailer().once()
    assert len(office.room.to(FRENCH)) == 2


async def test_what_was_done_meanwhile_nobody_is_reminded_of(office: Office) -> None:
    """Neither of what is not waited for, nor of another programme, nor by a mail too late."""
    tasks = await asked(office, "d")
    sender = reminders(office)
    made_up = [tasks[0]._replace(about="none"), tasks[0]._replace(cooperation_id="x/y")]
    assert await sender.send("demo", "manager", made_up, office.clock()) == Reminded(gone=2)
    assert (await sender.send("other", "manager", tasks, office.clock())).gone == len(tasks)
    mine = [one for one in tasks if one.person == "person-2"]
    assert (await sender.send("demo", "manager", mine, office.clock())).sent == 1
    office.do("cast_ballot", "person-2", decision="d", organisation="org-2", choice="yes")
    await office.announce()
    await office.mailer().once()
    assert office.room.to(ENGLISH) == []


async def test_of_secret_ballots_and_against_wishes_nobody_is_reminded(office: Office) -> None:
    """It would tell who has not answered; and who wishes no reminders gets none."""
    tasks = await asked(office, "d", secret=True)
    sender = reminders(office)
    refused = await sender.send("demo", "manager", tasks, office.clock())
    assert refused == Reminded(secret=len(tasks))
    tasks = [one for one in await asked(office, "e") if one.about == "e"]
    await office.wish("person-1", remind_voters="none")
    sent = await sender.send("demo", "manager", tasks, office.clock())
    assert (sent.sent, sent.people) == (1, 1)
    await office.wish("person-2", remind_voters="none")
    await office.mailer().once()
    assert office.room.arrived == []


async def test_without_a_server_it_is_said(office: Office) -> None:
    """Nothing is kept that nobody would send."""
    tasks = await asked(office, "d")
    with pytest.raises(MailOffError, match="COOPFLOW_SMTP_URL"):
        await reminders(office, is_on=False).send("demo", "manager", tasks, office.clock())
    assert await reminders(office).last(tasks) == {}


async def test_nothing_is_left_of_who_is_forgotten(office: Office) -> None:
    """Neither that they were reminded, nor that they sent some."""
    tasks = await asked(office, "d")
    sender = reminders(office)
    await sender.send("demo", "manager", tasks, office.clock())
    await office.queue.forget("person-1", None)
    assert {one.person for one in await sender.last(tasks)} == {"person-2"}
    await office.queue.forget("manager", None)
    assert await sender.last(tasks) == {}


async def test_who_is_erased_from_a_cooperation_leaves_nothing_of_it_here(office: Office) -> None:
    """Neither mails nor reminders, also those that they sent; what is about others stays."""
    tasks = await asked(office, "d")
    await reminders(office).send("demo", "person-2", tasks, office.clock())
    verger = office.verger.address
    elsewhere = Address("demo", "elsewhere")
    kept = await office.mails("person", "kind")
    await office.queue.forget("person-1", [elsewhere])
    assert await office.mails("person", "kind") == kept
    await office.queue.forget("person-1", [elsewhere, verger])
    left = [one for one in await office.mails("person", "kind") if one[0] == "person-1"]
    assert left == [("person-1", "reminder")]  # names no cooperation, and has nothing to tell
    last = await reminders(office).last(tasks)
    assert {one.person for one in last} == {"person-2"}
    await office.queue.forget("person-2", [verger])
    assert await reminders(office).last(tasks) == {}
    await office.queue.forget("person-1", None)
    assert "person-1" not in [one[0] for one in await office.mails("person", "kind")]
