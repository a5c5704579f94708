from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import insert, update

from coopflow.domain.calendar import end_of
from coopflow.readmodel.database import Database
from coopflow.readmodel.tables import DueRow, OutlineRow, TaskRow
from tests.web_site import Collective, Site

DAY = date(2030, 12, 31)
END = end_of(DAY)


async def due(database: Database, here: Collective, *, kind: str, task: str) -> None:
    """Have something be due at the end of a day, and a task as well."""
    programme, cooperation = str(here.address.programme), str(here.address)
    shared = {"cooperation_id": cooperation, "programme": programme, "about": task}
    mine = OutlineRow.cooperation_id == cooperation
    row = {"kind": kind, "subject": "charter", "organisation": "", "at": END}
    waits = {
        "kind": task,
        "person": here.facilitator,
        "organisation": "",
        "role": "facilitator",
        "command": task,
        "subject": "Semer",
        "payload": {},
        "entrusted": [],
        "begins_at": datetime.now(UTC) - timedelta(days=1),
        "due_at": END,
    }
    async with database.writing() as connection:
        await connection.execute(update(OutlineRow).where(mine).values(due_at=END))
        await connection.execute(insert(DueRow).values(shared | row))
        await connection.execute(insert(TaskRow).values(shared | waits))


def pages(site: Site, here: Collective) -> list[str]:
    """Return the pages that tell when something is due."""
    portfolio = f"/p/{here.address.programme}/portfolio"
    views = ("list", "stages", "waiting", "due&due_days=9999")
    with site.visitor(here.manager) as visitor:
        found = [visitor.get(f"{portfolio}?view={view}") for view in views]
        found.append(visitor.get("/cooperations"))
        assert all(one.is_success for one in found)
        return [unescape(one.text).replace("\N{NO-BREAK SPACE}", " ") for one in found]


@pytest.mark.parametrize(
    ("kind", "task", "told", "other"),
    [
        pytest.param("action_due", "update_action", "31 déc. 2030", "janv. 2031", id="day"),
        # Also where it is at 00:00 UTC, which is the end of a day for other things.
        pytest.param("decision_closes", "answer", "1er janv. 2031", "31 déc. 2030", id="instant"),
    ],
)
def test_what_is_due_is_told_in_a_portfolio_as_its_kind_has_it(
    site: Site, kind: str, task: str, told: str, other: str
) -> None:
    """As a day, though that is over at the first hour of the next one, here; or as an instant."""
    here = site.collective()
    database = site.platform.services.queries._database
    site.platform.run(due(database, here, kind=kind, task=task))
    for page in pages(site, here):
        assert told in page
        assert other not in page
