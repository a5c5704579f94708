"""What a snapshot lets go of stays in the rows, and is there again when something reaches back."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from coopflow.domain.state import Cooperation
from coopflow.readmodel.database import Database
from coopflow.readmodel.migrate import migrate
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.tables import SnapshotRow
from coopflow.readmodel.verification import Examination
from tests.integration.readmodel.contents import contents
from tests.integration.readmodel.lives import Collective, Life
from tests.integration.readmodel.writer import batches


def long_past() -> Life:
    """Return a life in which old things are over, and then somebody comes back to them."""
    coop = Collective()
    first, later, last = "2026-02-01T09:00Z", "2031-01-01T09:00Z", "2031-02-01T09:00Z"
    people = {f"org-{number}": "yes" for number in (1, 2, 3)}
    coop.do("record_meeting", "faiza", first, meeting="m-1", kind="committee", attendees=["org-1"])
    coop.do("record_meeting", "faiza", first, meeting="m-2", kind="plenary", attendees=["org-1"])
    asked = {"subject": "other", "question": "Shall we?", "decision": "room"}
    coop.do("open_decision", "person-1", first, **asked)
    coop.do("record_session_vote", "faiza", first, decision="room", ballots=people)
    pulse = {"score": 4, "answers": 1, "asked": 1}
    for number in range(60):
        coop.do("record_pulse", "faiza", later, **pulse, id=f"p-{number}")
    coop.do("publish_minutes", "faiza", last, meeting="m-1", minutes="What was said")
    coop.do("appoint_representative", "person-1", last, organisation="org-1", person="ann")
    coop.do("erase_person", "manager", last, person="person-1")
    coop.do("record_pulse", "faiza", last, **pulse)
    return coop.address, tuple(coop.entries)


async def test_rows_stay_and_are_reached_again(
    database: Database, new_database: Callable[[], str]
) -> None:
    """However the journal comes, in one piece, in several or anew, all rows are the same."""
    address, entries = long_past()
    projector = Projector(database)
    past = []
    for batch in batches(entries, 20):
        await projector.apply(*address, batch)
        async with database.reading() as connection:
            stored = (await connection.execute(select(SnapshotRow.state))).scalar_one()
        past.append(Cooperation.model_validate_json(stored))
    found = await contents(database)
    assert any("room" not in state.decisions for state in past)
    assert [row["id"] for row in found["decision"]] == ["room"]
    minuted = {row["id"]: row["minuted_at"] is not None for row in found["meeting"]}
    assert minuted == {"m-1": True, "m-2": False}

    assert (await Examination(database).examine(address)).findings == ()
    other = Database(new_database())
    await migrate(other)
    await Projector(other).apply(*address, entries)
    assert await contents(other) == found
    await projector.rebuild(*address)
    assert await contents(database) == found
    await other.close()
