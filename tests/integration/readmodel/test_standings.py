from __future__ import annotations

import pytest

from coopflow.application.engine import Address, UnknownCooperationError
from coopflow.domain.cooperation import UNOPENED, evolve
from coopflow.domain.gates import GatePassed
from coopflow.readmodel.database import Database
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.standings import StandingsOfReadModel
from tests.integration.readmodel.lives import Life


async def test_a_standing_is_what_the_journal_comes_to(bocage: Life, database: Database) -> None:
    """At every gate of a life: the stage, the status, and all passages up to there in order."""
    address, entries = bocage
    standings, projector = StandingsOfReadModel(database), Projector(database)
    state, passed = UNOPENED, []
    for entry in entries:
        state = evolve(state, entry)
        if isinstance(entry.event, GatePassed):
            passed.append((entry.event.gate, entry.event.stage, entry.at))
            await projector.apply(*address, entries[: entry.seq])
            standing = await standings.standing(address)
            assert (standing.stage, standing.status) == (state.stage, state.status)
            assert standing.as_of == entry.at
            assert [(one.gate, one.stage, one.at) for one in standing.passages] == passed
    assert len(passed) > 1


async def test_what_is_not_there_stands_nowhere(database: Database) -> None:
    """A cooperation that nobody has opened, or that was not projected yet, is unknown."""
    with pytest.raises(UnknownCooperationError):
        await StandingsOfReadModel(database).standing(Address("valley", "mill"))
