from __future__ import annotations

from typing import Any

import pytest

from coopflow.application.engine import Address
from coopflow.domain.cooperation import UNOPENED, evolve
from coopflow.domain.roles import holdings, roles_of
from coopflow.readmodel.database import Database
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.views import RoleView
from tests.integration.readmodel.contents import contents
from tests.integration.readmodel.lives import Collective, Life
from tests.integration.readmodel.writer import batches

SUPPORTED: dict[str, Any] = {
    "missions": ["coordinate"],
    "ends_on": "2027-01-01",
    "decision": "who",
}


@pytest.fixture
async def queries(database: Database) -> Queries:
    return Queries(database)


async def project(database: Database, *lives: Collective) -> None:
    for one in lives:
        await Projector(database).apply(*one.address, one.entries)


async def test_roles_are_those_that_the_rules_see_all_along_a_life(
    bocage: Life, cap_jeunes: Life, database: Database, queries: Queries
) -> None:
    """After every few entries each person has exactly the roles by which commands are permitted."""
    seen = set[str]()
    for address, entries in (bocage, cap_jeunes):
        state, projector = UNOPENED, Projector(database)
        for batch in batches(entries, 40):
            for entry in batch:
                state = evolve(state, entry)
            await projector.apply(*address, batch)
            for person in state.people:
                roles = await queries.roles(address, person)
                assert roles == roles_of(person, state)
                seen |= roles
        held = await queries.holders(address)
        assert {(one.person, one.role, one.about) for one in held} == {
            one[:3] for one in holdings(state)
        }
    assert {"facilitator", "representative", "support"} <= seen


async def test_who_speaks_for_an_organisation_is_told_in_every_standing(
    database: Database, queries: Queries
) -> None:
    """Only active members have representatives who count; of one that left nobody is left."""
    verger = Collective()
    verger.do(
        "appoint_representative", "faiza", organisation="org-1", person="ann", alternate="bea"
    )
    verger.do("suspend_member", "faiza", organisation="org-2", reason="Absent")
    verger.do("withdraw_member", "faiza", organisation="org-3", reason="Gone")
    await project(database, verger)
    assert await queries.holders(verger.address) == tuple(
        RoleView(person=person, role=role, about=about, alternate=alternate, counts=counts)
        for person, role, about, alternate, counts in [
            ("faiza", "facilitator", "", False, True),
            ("ann", "representative", "org-1", False, True),
            ("bea", "representative", "org-1", True, True),
            ("person-2", "representative", "org-2", False, False),
        ]
    )
    assert await queries.roles(verger.address, "bea") == {"representative"}
    assert await queries.roles(verger.address, "person-2") == frozenset()
    assert await queries.roles(Address("demo", "nowhere"), "ann") == frozenset()
    (suspended,) = await queries.cooperations_of("person-2")
    assert (suspended.roles, suspended.organisations) == ((), ("org-2",))
    assert await queries.cooperations_of("person-3") == ()


async def test_the_support_function_is_held_for_as_long_as_its_mandate_runs(
    database: Database, queries: Queries
) -> None:
    """Representative and alternate of the holder have the role, and lose it with the mandate."""
    verger = Collective()
    verger.do("propose_mandate", "person-1", holder="org-1", **SUPPORTED)
    verger.do(
        "record_session_vote",
        "faiza",
        decision="who",
        ballots={"org-2": "consent", "org-3": "consent"},
    )
    await project(database, verger)
    assert await queries.roles(verger.address, "person-1") == {"representative", "support"}
    verger.do("end_mandate", "faiza", reason="Enough")
    await project(database, verger)
    assert await queries.roles(verger.address, "person-1") == {"representative"}


async def test_a_mediator_is_told_for_as_long_as_the_mediation_lasts(
    database: Database, queries: Queries
) -> None:
    """Who mediates which disagreement is listed, beside the role that they were given."""
    verger = Collective()
    verger.do("assign_role", "faiza", person="med", role="mediator")
    about = {"disagreement": "ladder"}
    verger.do(
        "raise_disagreement",
        "person-1",
        **about,
        subject="The ladder",
        content="Whose is it?",
        parties=["org-1", "org-2"],
        touches="object",
    )
    verger.do("triage_disagreement", "faiza", **about, verdict="emergency")
    verger.do("appoint_mediator", "faiza", **about, person="med")
    await project(database, verger)
    held = [one for one in await queries.holders(verger.address) if one.person == "med"]
    assert [(one.role, one.about, one.counts) for one in held] == [
        ("mediator", "", True),
        ("mediator", "ladder", False),
    ]
    verger.do("stop_mediation", "person-1", **about)
    verger.do("escalate_disagreement", "person-2", **about)
    await project(database, verger)
    held = [one for one in await queries.holders(verger.address) if one.person == "med"]
    assert [one.about for one in held] == [""]


async def test_the_cooperations_of_a_person_are_listed_page_by_page(
    database: Database, queries: Queries
) -> None:
    """Across programmes or in one, each once, however many roles somebody has there."""
    lives = [
        Collective(programme, slug, members=2)
        for programme, slug in (("nord", "b"), ("nord-est", "a"), ("sud", "a"), ("nord", "c"))
    ]
    lives.append(Collective("nord", "empty", members=0))
    for one in lives[:2]:
        one.do("assign_role", "faiza", person="person-1", role="observer")
    await project(database, *lives)

    everything = await queries.cooperations_of("person-1")
    assert {one.address for one in everything} == {one.address for one in lives[:4]}
    assert everything[0].model_dump(exclude={"title"}) == {
        "programme": everything[0].programme,
        "slug": everything[0].slug,
        "status": "active",
        "stage": "impulsion",
        "roles": ("representative", "observer"),
        "organisations": ("org-1",),
    }
    paged: list[Address] = []
    while page := await queries.cooperations_of(
        "person-1", after=paged[-1] if paged else None, limit=3
    ):
        paged += [one.address for one in page]
    assert paged == [one.address for one in everything]
    assert [one.slug for one in await queries.cooperations_of("person-1", programme="nord")] == [
        "b",
        "c",
    ]
    assert await queries.programmes_of("person-1") == ("nord", "nord-est", "sud")
    assert await queries.programmes_of("nobody") == ()


async def test_nothing_names_who_was_erased(database: Database, queries: Queries) -> None:
    """After the erasure of a person no row does, and what they held is the tombstone's."""
    verger = Collective()
    verger.do("assign_role", "faiza", person="person-1", role="observer")
    await project(database, verger)
    assert await queries.roles(verger.address, "person-1") == {"representative", "observer"}
    verger.do("erase_person", "manager", person="person-1")
    await project(database, verger)
    assert await queries.cooperations_of("person-1") == ()
    assert await queries.roles(verger.address, "person-1") == frozenset()
    assert "person-1" not in str(await contents(database))
    tombstone = f"erased-{verger.state.seq}"
    assert "observer" in await queries.roles(verger.address, tombstone)
