from __future__ import annotations

from coopflow.readmodel.database import Database
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.queries import Queries
from tests.collective import reference_rules
from tests.integration.readmodel.lives import example


async def test_organisations_are_called_as_a_cooperation_has_it(database: Database) -> None:
    """Those in support, or those that one asks for; of another programme none."""
    address, entries = await example("bocage-gourmand")
    definition = reference_rules().definition
    await Projector(database).apply(*address, entries, (definition,))
    queries = Queries(database)
    members = {one.id: one.name for one in await queries.members(address)}
    support = (await queries.cooperation(address)).mandate_holder
    assert support is not None
    programme = address.programme

    assert await queries.organisation_names(programme) == {support: members[support]}
    asked = await queries.organisation_names(programme, [*members, "nobody"])
    assert asked.items() <= members.items()
    assert support in asked
    assert await queries.organisation_names(programme, []) == {}
    assert await queries.organisation_names("elsewhere") == {}
    assert await queries.organisation_names("elsewhere", [support]) == {}
