"""What type checkers know of the client: mypy reads this module, and nothing of it is run.

A line with an ignored error is one that mypy must refuse: an ignore that is not needed is an error.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, assert_type

from coopflow.application.adopting import Proposal
from coopflow.application.engine import Address, Reply
from coopflow.application.memory import MemoryEngine
from coopflow.client import CooperationClient, Coopflow, RefusedError
from coopflow.client.refusals import NotInElectorateError
from coopflow.domain.cooperation import Upcoming
from coopflow.domain.explanation import Examination
from coopflow.domain.members import Organisation
from coopflow.domain.refusals import Code
from coopflow.domain.rulebook import Definition
from coopflow.domain.state import Cooperation, Profile
from coopflow.domain.voting import QualifiedMajority
from coopflow.readmodel.feed import FeedItem
from coopflow.readmodel.reading import Reading
from coopflow.readmodel.views import (
    CooperationSummary,
    DisagreementContent,
    DocumentDetail,
    JournalLine,
    TaskView,
)
from coopflow.services import Services


async def commands(one: CooperationClient) -> None:
    """Payloads are typed as their models, and answers are replies."""
    assert_type(await one.request_gate(gate="to_structuration", actor="amel", id="r-1"), Reply)
    await one.cast_ballot(decision="d", organisation="o", choice="yes", consistent=True)
    await one.open_decision(
        subject="other", question="?", rule="consent", quorum=Fraction(1, 2), cites=["i-1"]
    )
    await one.open_decision(
        subject="other", question="?", rule=QualifiedMajority(), quorum="1/2", recused=("o",)
    )
    await one.admit_member(
        organisation=Organisation(id="o", name="O", category="state"), representative="ada"
    )
    await one.admit_member(organisation={"id": "o", "name": "O"}, representative="ada")
    await one.describe_member(organisation="o", profile=Profile(logic="Care"))
    await one.update_action(action="a", status="done", due=date(2027, 1, 1))
    await one.record_meeting(meeting="m", kind="plenary", attendees=["o"], at=datetime.now(UTC))
    await one.draft_document(kind="charter", content={"purpose": "To share"})

    await one.request_gate()  # type: ignore[call-arg]
    await one.request_gate("to_structuration")  # type: ignore[call-arg]
    await one.request_gate(gate="renewal", reason="Please")  # type: ignore[call-arg]
    await one.request_gate(gate=3)  # type: ignore[arg-type]
    await one.update_action(action="a", status="finished")  # type: ignore[arg-type]
    await one.record_meeting(meeting="m", kind="party", attendees=[])  # type: ignore[arg-type]
    await one.assign_role(person="ada", role="king")  # type: ignore[arg-type]
    await one.cast_balot(decision="d")  # type: ignore[attr-defined]


async def questions(one: CooperationClient, definition: Definition) -> None:
    """Answers have the types of the views; a refusal is never among them."""
    assert_type(await one.address(), Address)
    assert_type(await one.check_gate("renewal"), Examination)
    assert_type(await one.disagreement_content("d-1"), DisagreementContent)
    assert_type(await one.document("charter", 1), DocumentDetail | None)
    assert_type(await one.state(at=datetime.now(UTC)), Cooperation)
    assert_type(await one.forecast(), tuple[Upcoming, ...])
    assert_type(one.journal(after=3), AsyncIterator[JournalLine])
    assert_type(await one.propose_policy(definition, question="?"), Proposal)
    assert_type(await one.what_if(), CooperationClient)
    assert_type(one.acting_as("ada"), CooperationClient)

    await one.document("charta", 1)  # type: ignore[arg-type]


async def reaching() -> None:
    """What connects yields the client itself."""
    async with Coopflow.connect(programme="valley", person="amel") as coopflow:
        assert_type(coopflow, Coopflow)
        assert_type(coopflow.cooperation("canteens"), CooperationClient)
        assert_type(coopflow.acting_as("ada"), Coopflow)
        assert_type(coopflow.cooperations(stage="animation"), AsyncIterator[CooperationSummary])
        assert_type(coopflow.tasks("ada"), AsyncIterator[TaskView])
        assert_type(coopflow.follow(types=["member_joined"]), AsyncIterator[FeedItem])


def over_what_there_is(services: Services, reading: Reading, engine: MemoryEngine) -> None:
    """Any engine will do, and whatever answers the questions."""
    Coopflow(services.engine, services)
    Coopflow(services.engine, reading)
    Coopflow(engine)
    Coopflow(reading)  # type: ignore[arg-type]


def refusals(error: RefusedError) -> None:
    """Codes are a closed set, so that a misspelt one is found."""
    assert_type(error.code, Code)
    assert_type(error.facts, dict[str, Any])
    assert_type(error.code == "not_in_the_electorate", bool)  # type: ignore[comparison-overlap]
    if isinstance(error, NotInElectorateError):
        assert_type(error, NotInElectorateError)
