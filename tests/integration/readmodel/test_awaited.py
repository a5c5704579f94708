from __future__ import annotations

import pytest

from coopflow.application.notices import notices_of
from coopflow.readmodel.awaited import AwaitedReadModel
from coopflow.readmodel.database import Database
from coopflow.readmodel.errors import DatabaseUnavailableError
from coopflow.readmodel.queries import Queries
from tests.integration.readmodel.lives import Life


async def test_what_comes_before_the_tables_is_refused_and_comes_again(
    bocage: Life, url: str
) -> None:
    """Entries and notices are taken from the moment on at which the tables are prepared."""
    address, entries = bocage
    notices = tuple(one for entry in entries for one in notices_of(address.cooperation, entry))
    database = Database(url)
    read_model = AwaitedReadModel(database)
    for attempt in (
        read_model.apply(*address, entries),
        read_model.deliver(address.programme, notices),
    ):
        with pytest.raises(DatabaseUnavailableError, match="not prepared yet"):
            await attempt
    await read_model.prepare()
    assert await read_model.apply(*address, entries) == len(entries)
    await read_model.deliver(address.programme, notices)
    queries = Queries(database)
    assert (await queries.cooperation(address)).seq == len(entries)
    assert len(await queries.outbox(address, limit=1000)) == len(notices)
    await database.close()
