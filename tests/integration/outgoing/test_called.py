"""What things are called in mails and calendars: looked up together, as it is registered."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from coopflow.application.engine import Address
from coopflow.outgoing.called import Namer
from coopflow.readmodel.database import Database
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.tables import DefinitionRow
from coopflow.wording.phrases import Phrases
from tests.collective import reference_rules
from tests.integration.readmodel.lives import example


@pytest.fixture
async def address(database: Database) -> Address:
    address, entries = await example("bocage-gourmand")
    await Projector(database).apply(*address, entries, (reference_rules().definition,))
    return address


async def test_things_are_called_as_the_policy_says_that_is_registered(
    database: Database, address: Address
) -> None:
    """Whatever files there are on this machine."""
    async with database.writing() as connection:
        query = select(DefinitionRow.content).where(DefinitionRow.kind == "policy")
        content = (await connection.execute(query)).scalar_one()
        (plan,) = [one for one in content["conditions"] if one["id"] == "common_plan"]
        plan["label"]["fr"] = "Un plan bien à nous"
        change = update(DefinitionRow).where(DefinitionRow.kind == "policy")
        await connection.execute(change.values(content=content))
    namer = Namer(Queries(database), Phrases("fr"))
    assert await namer.said(address, "common_plan", "cure_clock") == "Un plan bien à nous"
    assert await namer.said(address, "common_plan", "action_due") == "common_plan"
    assert await namer.said(address, "money", "disagreement_limit") == "money"
    elsewhere = Address("demo", "nowhere")
    assert await namer.said(elsewhere, "common_plan") == "common_plan"


async def test_what_many_things_are_called_is_looked_up_together(
    database: Database, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many they are, and nothing is asked once more when they are said."""
    queries = Queries(database)
    holder = (await queries.cooperation(address)).mandate_holder
    assert holder is not None
    asked: list[None] = []
    reading = Database.reading

    def counted(one: Database) -> AbstractAsyncContextManager[AsyncConnection]:
        if one is database:  # platforms of other tests read theirs meanwhile
            asked.append(None)
        return reading(one)

    monkeypatch.setattr(Database, "reading", counted)
    about = [
        (address, "common_plan", "cure_clock"),
        (address, holder, "mandate_ends"),
        *((Address("demo", f"c{number}"), "common_plan", "cure_clock") for number in range(50)),
    ]
    namer = Namer(queries, Phrases("fr"))
    await namer.prepare(about)
    looked_up = len(asked)
    said = [await namer.said(*one) for one in about]
    assert said[0] == "Un plan d'action commun"
    assert said[1] != holder
    assert len(asked) == looked_up <= 5
