from __future__ import annotations

from typing import Any

import pytest

from coopflow.definitions.compile import digest_of
from coopflow.domain.rulebook import Definition
from coopflow.readmodel.database import Database
from coopflow.readmodel.projector import Projector
from coopflow.readmodel.registry import Registry
from coopflow.readmodel.rulebooks import Rulebooks
from tests.collective import reference_rules
from tests.integration.readmodel.contents import contents
from tests.integration.readmodel.lives import Collective
from tests.stages import varied

REFERENCE = reference_rules().definition

LARGEST = 2**63 - 1
"""The largest version that a file may state."""


def called(name: str, version: int = 1, **more: Any) -> Definition:
    def change(policy: dict[str, Any]) -> None:
        policy |= {"policy": name, "version": version, **more}

    return varied(change).definition


@pytest.fixture
def registry(database: Database) -> Registry:
    return Registry(database)


async def test_what_a_cooperation_is_opened_with_is_registered(
    database: Database, registry: Registry
) -> None:
    """Lifecycle and policy stand there with their digest, and where they were first seen."""
    collective = Collective("demo", "verger")
    await Projector(database).apply(*collective.address, collective.entries, (REFERENCE,))

    stages, policy = await registry.all()
    assert (stages.kind, stages.name) == ("lifecycle", "impact-collectif")
    assert (policy.kind, policy.name) == ("policy", "reference")
    assert policy.digest == digest_of(REFERENCE.policy)
    assert policy.first_seen_in == "demo/verger"
    assert policy.first_seen_at == collective.entries[0].at
    assert stages.followed_by == policy.followed_by == 1
    assert await registry.all("policy") == (policy,)


async def test_a_definition_is_stored_once(database: Database, registry: Registry) -> None:
    """Told of again, by another cooperation and later, it stays as it was first written."""
    first, second = Collective("demo", "verger"), Collective("demo", "potager")
    projector = Projector(database)
    await projector.apply(*first.address, first.entries, (REFERENCE,))
    before = (await contents(database))["definition"]
    for _ in range(2):
        await projector.apply(*second.address, second.entries, (REFERENCE, REFERENCE))

    assert (await contents(database))["definition"] == before
    (policy,) = await registry.all("policy")
    assert (policy.first_seen_in, policy.followed_by) == ("demo/verger", 2)


async def test_an_offer_that_none_follows_is_known(database: Database, registry: Registry) -> None:
    """Versions of a policy are listed in the order of their numbers, each with its followers."""
    collective = Collective()
    offers = (REFERENCE, called("light", LARGEST, author="Réseau"), called("light", 9))
    await Projector(database).apply(*collective.address, collective.entries, offers)

    assert [
        (one.name, one.version, one.author, one.followed_by) for one in await registry.all("policy")
    ] == [("light", 9, None, 0), ("light", LARGEST, "Réseau", 0), ("reference", 1, None, 1)]
    assert len(await registry.all("lifecycle")) == 1


async def test_a_definition_is_found_by_its_names(database: Database, registry: Registry) -> None:
    """What comes back is what was told; a name that is not there gives nothing."""
    collective = Collective()
    other = called("light", 9)
    await Projector(database).apply(*collective.address, collective.entries, (other,))

    assert await registry.contents("policy", "light@9") == (other.policy,)
    assert await registry.definition("impact-collectif@1", "light@9") == other
    absurd = (f"light@{LARGEST + 1}", "light@" + "9" * 5000)
    for name in ("light@8", "light", "light@", "other@9", *absurd):
        assert await registry.contents("policy", name) == ()
        assert await registry.definition("impact-collectif@1", name) is None


async def test_one_name_with_two_contents_is_two_rows(
    database: Database, registry: Registry
) -> None:
    """Neither hides the other, so that the name can be refused and the double be seen."""
    collective = Collective()
    one, two = called("light"), called("light", author="Someone else")
    await Projector(database).apply(*collective.address, collective.entries, (one, two))

    assert len({found.digest for found in await registry.all("policy")}) == 2
    assert sorted(await registry.contents("policy", "light@1"), key=len) == [
        one.policy,
        two.policy,
    ]


async def test_a_programme_knows_what_it_brought_or_follows(
    database: Database, registry: Registry
) -> None:
    """What another one brought is not there for it, be it by a name that it uses itself."""
    ours, theirs = Collective("demo", "verger"), Collective("demo-2", "verger")
    own, shared = called("local"), called("local", author="Someone else")
    await Projector(database).apply(*theirs.address, theirs.entries, (REFERENCE, shared))
    await Projector(database).apply(*ours.address, ours.entries, (REFERENCE, own))

    assert await registry.contents("policy", "local@1", "demo") == (own.policy,)
    assert await registry.contents("policy", "local@1", "demo-2") == (shared.policy,)
    assert await registry.contents("policy", "local@1", "dem_") == ()
    assert await registry.contents("policy", "reference@1", "demo") == (REFERENCE.policy,)
    stages = "impact-collectif@1"
    assert await registry.definition(stages, "reference@1", "demo") == REFERENCE
    assert await registry.definition(stages, "reference@1", "another") is None


async def test_a_programme_is_told_of_what_it_knows_alone(
    database: Database, registry: Registry
) -> None:
    """What others brought and follow is not listed, and their cooperations are not counted."""
    projector = Projector(database)
    ours, theirs = Collective("demo", "verger"), Collective("others", "potager")
    await projector.apply(*ours.address, ours.entries, (REFERENCE,))
    await projector.apply(*theirs.address, theirs.entries, (REFERENCE, called("theirs")))
    (policy,) = await registry.all("policy", "demo")
    assert (policy.name, policy.followed_by) == ("reference", 1)
    listed = {one.name: one.followed_by for one in await registry.all("policy", "others")}
    assert listed == {"reference": 1, "theirs": 0}


async def test_lifecycles_and_policies_are_called_by_their_labels(
    database: Database, registry: Registry
) -> None:
    """As the programme that asks knows them; what it does not know has no label."""
    projector = Projector(database)
    ours, theirs = Collective("demo", "verger"), Collective("others", "potager")
    label = {"en": "By ourselves", "fr": "Entre nous"}
    await projector.apply(*ours.address, ours.entries, (called("local", label=label),))
    await projector.apply(*theirs.address, theirs.entries, (called("theirs"),))
    rulebooks = Rulebooks(registry)
    for _ in range(2):  # the second time they are remembered
        found = await rulebooks.labels("demo", "policy", ["local@1", "theirs@1", "gone@1"])
        assert {name: one.fr for name, one in found.items()} == {"local@1": "Entre nous"}
        stages = await rulebooks.labels("demo", "lifecycle", ["impact-collectif@1"])
        assert stages["impact-collectif@1"].en == "Collective impact"
