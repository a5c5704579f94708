"""The client over the engine in memory: commands, refusals, who acts, and questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from coopflow.application.engine import (
    Address,
    Mode,
    Reply,
    UnavailableError,
    UnknownCooperationError,
)
from coopflow.application.memory import MemoryEngine
from coopflow.client import (
    CooperationClient,
    Coopflow,
    NobodyActsError,
    NoProgrammeError,
    NoReadModelError,
    RefusedError,
)
from coopflow.client.means import plain
from coopflow.client.refusals import (
    AlreadyExistsError,
    ForbiddenError,
    InvalidCommandError,
    NotInElectorateError,
    UnknownGateError,
    WrongStateError,
)
from coopflow.definitions.library import UnknownNameError, load_definition
from coopflow.domain.decisions import DecisionOpened
from coopflow.domain.members import MemberJoined, Organisation
from coopflow.domain.rulebook import Definition
from coopflow.settings import Settings
from tests.collective import ORGANISATIONS, START, reference_rules

MANAGER = ("programme_manager",)


def memory() -> MemoryEngine:
    rules = reference_rules()
    return MemoryEngine({rules.definition.digest: rules})


async def opened(members: int = 3) -> CooperationClient:
    """Open a cooperation with members in memory; ``fay``, who facilitates it, acts."""
    coopflow = Coopflow(memory(), programme="prog", person="pam", grants=MANAGER)
    await coopflow.open_cooperation(
        cooperation="coop",
        title="A cooperation",
        issue="An issue",
        territory="Somewhere",
        facilitator="fay",
        at=START,
    )
    client = coopflow.acting_as("fay").cooperation("coop")
    for slug in list(ORGANISATIONS)[:members]:
        await client.admit_member(
            organisation={"id": slug, "name": slug, "category": ORGANISATIONS[slug]},
            representative=f"rep-{slug}",
            at=START,
        )
    return client


async def test_a_command_comes_to_a_reply() -> None:
    """What is accepted returns its entries and their numbers."""
    client = await opened(members=0)
    school = Organisation(id="school", name="The school", category="state")
    reply = await client.admit_member(organisation=school, representative="ada", at=START)
    types = [entry.event.type for entry in reply.entries]
    assert types[:2] == ["member_invited", "member_joined"]
    (joined,) = reply.events(MemberJoined)
    assert joined.organisation == "school"
    assert reply.events(DecisionOpened) == ()
    numbers = [entry.seq for entry in reply.entries]
    assert numbers == list(range(reply.seq_from, reply.seq_to + 1))
    assert not reply.duplicate
    state = await client.state()
    assert state.members["school"].name == "The school"


async def test_a_command_given_twice_by_one_id_is_done_once() -> None:
    """The second time it is a duplicate with the numbers of the first."""
    client = await opened()
    first = await client.record_pulse(score=4, answers=3, asked=3, at=START, id="pulse-1")
    again = await client.record_pulse(score=4, answers=3, asked=3, at=START, id="pulse-1")
    assert not first.duplicate
    assert again == Reply(seq_from=first.seq_from, seq_to=first.seq_to, duplicate=True)


async def test_a_command_that_is_to_wait_for_nothing_is_not_given() -> None:
    """Without a read model it is refused before it is sent; so is a client that always waits."""
    client = await opened()
    before = await client.state()
    with pytest.raises(NoReadModelError):
        await client.record_pulse(score=4, answers=3, asked=3, at=START, consistent=True)
    assert await client.state() == before
    with pytest.raises(NoReadModelError):
        Coopflow(memory(), consistent=True)


async def test_ids_are_made_up_anew_for_each_command() -> None:
    """Two commands without an id are two commands."""
    client = await opened()
    first = await client.record_pulse(score=4, answers=3, asked=3, at=START)
    second = await client.record_pulse(score=4, answers=3, asked=3, at=START)
    assert first.entries[-1].command != second.entries[-1].command
    assert second.seq_from == first.seq_to + 1


async def test_a_refusal_is_raised_as_the_class_of_its_code() -> None:
    """It can be caught by its class, or told by its code, and carries the facts."""
    client = await opened()
    await client.open_decision(
        decision="d", subject="other", question="Shall we?", recused=["alpha"], at=START
    )
    alpha = client.acting_as("rep-alpha")
    before = (await client.state()).seq
    with pytest.raises(NotInElectorateError) as caught:
        await alpha.cast_ballot(decision="d", organisation="alpha", choice="yes", at=START)
    assert caught.value.facts == {"decision": "d", "organisation": "alpha"}
    match caught.value:
        case RefusedError("not_in_electorate", {"organisation": organisation}):
            assert organisation == "alpha"
        case _:
            pytest.fail("it is told by its code")
    assert (await client.state()).seq == before


async def test_who_acts_may_be_said_each_time_or_once() -> None:
    """The person of the client, of a copy of it, or of one command; with what they are granted."""
    client = await opened()
    with pytest.raises(ForbiddenError):
        await client.erase_person(person="rep-alpha", at=START)
    reply = await client.record_pulse(score=3, answers=1, asked=3, at=START)
    assert {entry.by for entry in reply.entries} == {"fay"}
    manager = client.acting_as("pam", MANAGER)
    await manager.suspend_member(organisation="beta", reason="It asked for it", at=START)
    await client.reinstate_member(
        organisation="beta", reason="It is back", actor="max", grants=MANAGER, at=START
    )
    with pytest.raises(ForbiddenError):  # the copy changed nothing of the one it was made from
        await client.erase_person(person="rep-alpha", at=START)


async def test_nobody_acts_by_mistake() -> None:
    """Without a person nothing is sent."""
    coopflow = Coopflow(memory(), programme="prog")
    with pytest.raises(NobodyActsError, match="acting_as"):
        await coopflow.cooperation("coop").request_gate(gate="renewal")
    with pytest.raises(NobodyActsError):
        await coopflow.cooperation("coop").propose_policy(
            reference_rules().definition, question="Shall we?"
        )


async def test_a_cooperation_that_is_not_there_is_said_so() -> None:
    """A named programme is asked at once; without one the read model would be needed."""
    coopflow = Coopflow(memory(), person="fay")
    with pytest.raises(UnknownCooperationError, match="coop in prog"):
        await coopflow.cooperation("coop", programme="prog").request_gate(gate="renewal")
    with pytest.raises(NoReadModelError):
        await coopflow.cooperation("coop").request_gate(gate="renewal")


async def test_opening_needs_a_programme_and_a_policy_that_exists() -> None:
    """What is missing is said before anything is sent."""
    coopflow = Coopflow(memory(), person="pam", grants=MANAGER)

    async def open_one(policy: str | Definition, programme: str | None = "prog") -> Reply:
        return await coopflow.open_cooperation(
            cooperation="c",
            title="T",
            issue="I",
            territory="Here",
            policy=policy,
            programme=programme,
            at=START,
        )

    with pytest.raises(NoProgrammeError):
        await open_one("reference", None)
    with pytest.raises(UnknownNameError, match="refrence"):
        await open_one("refrence")
    await open_one(load_definition(None, "reference"))
    with pytest.raises(AlreadyExistsError):
        await open_one("reference")


async def test_commands_of_a_past_are_given_all_together() -> None:
    """In order, by whom it says or else by the client, each as its method would give it."""
    client = await opened()
    later = START + timedelta(days=1)
    pulse = {"command": "record_pulse", "score": 4, "answers": 2, "asked": 3, "at": later}
    school = Organisation(id="library", name="The library", category="state")
    admit = {"command": "admit_member", "organisation": school, "representative": "ada"}
    given = [
        {**pulse, "id": "first"},
        {**admit, "at": later.isoformat(), "actor": "fay", "id": "second"},
    ]
    replies = await client.execute_all(given)
    assert replies[0].entries[-1].at == later
    assert replies[1].events(MemberJoined)[0].organisation == "library"
    again = await client.acting_as("nobody").execute_all(iter(given))
    assert [reply.duplicate for reply in again] == [True, True]
    assert await client.execute_all([]) == ()


async def test_the_first_that_is_refused_says_which_it_is() -> None:
    """Those before it stand; grants are those of the client, or those that are passed."""
    client = await opened()
    pulse = {"command": "record_pulse", "score": 4, "answers": 2, "asked": 3, "at": START}
    gone = f"rep-{next(iter(ORGANISATIONS))}"
    erase = {"command": "erase_person", "person": gone, "actor": "ines", "at": START}
    given = [{**pulse, "id": "first"}, {**erase, "id": "second"}, pulse]
    with pytest.raises(ForbiddenError) as caught:
        await client.execute_all(given)
    assert caught.value.__notes__ == ["It is number 2 of 3, with id='second'."]
    replies = await client.execute_all(given, MANAGER)
    assert [reply.duplicate for reply in replies] == [True, False, False]
    with pytest.raises(InvalidCommandError, match="at"):
        await client.execute_all([{"command": "record_pulse", "score": 4}])


class Silent(MemoryEngine):
    """An engine that does not answer."""

    async def open(
        self,
        definition: Definition,
        command: Mapping[str, Any],
        grants: Iterable[str] = (),
        mode: Mode = "live",
    ) -> Reply:
        """Fail likewise.

        Raises:
            UnavailableError: always.
        """
        raise UnavailableError(str(command["id"]))

    async def execute(
        self,
        address: Address,
        command: Mapping[str, Any],
        grants: Iterable[str] = (),
        expected_seq: int | None = None,
    ) -> Reply:
        """Fail as an engine does that is away.

        Raises:
            UnavailableError: always.
        """
        raise UnavailableError(str(command["id"]))


async def test_what_was_not_answered_says_by_which_id_it_may_be_given_again() -> None:
    """The error passes through, and a note on it names the id that was made up."""
    coopflow = Coopflow(Silent({}), programme="prog", person="fay")
    with pytest.raises(UnavailableError) as caught:
        await coopflow.cooperation("coop").request_gate(gate="renewal")
    assert str(caught.value) in caught.value.__notes__[0]
    with pytest.raises(UnavailableError) as caught:
        await coopflow.open_cooperation(cooperation="c", title="T", issue="I", territory="Here")
    assert str(caught.value) in caught.value.__notes__[0]


async def test_where_nothing_runs_it_does_not_connect(tmp_path: Path) -> None:
    """Nothing is made on the way: the error says what to start."""
    settings = Settings(state_dir=tmp_path / "none")
    with pytest.raises(UnavailableError, match="coopflow dev"):
        async with Coopflow.connect(settings):
            pytest.fail("there is nothing to connect to")
    assert not (tmp_path / "none").exists()


async def test_a_gate_is_checked_now_later_and_for_no_gate() -> None:
    """The examination explains itself; a gate that is not there is refused."""
    client = await opened()
    now = await client.check_gate("to_structuration")
    later = await client.check_gate("to_structuration", at=START + timedelta(days=90))
    assert (now.result, now.at) == ("fail", START)
    assert later.at == START + timedelta(days=90)
    with pytest.raises(UnknownGateError):
        await client.check_gate("to_nowhere")
    with pytest.raises(NoReadModelError):  # a look back needs the journal
        await client.check_gate("to_structuration", at=START - timedelta(days=1))


async def test_what_is_supposed_changes_nothing() -> None:
    """A copy takes commands as the cooperation would, and only the copy is another one."""
    client = await opened()
    await client.open_decision(
        decision="d", subject="other", question="Shall we?", rule="simple_majority", at=START
    )
    before = await client.state()
    supposed = await client.what_if(at=START + timedelta(days=1))
    for slug in ("alpha", "beta", "gamma"):
        await supposed.acting_as(f"rep-{slug}").cast_ballot(
            decision="d", organisation=slug, choice="yes"
        )
    there = await supposed.state()
    assert (there.decisions["d"].result, before.decisions["d"].result) == ("adopted", None)
    assert there.decisions["d"].closed_at == START + timedelta(days=1)
    await supposed.tell(START + timedelta(days=2))
    reply = await supposed.record_pulse(score=4, answers=3, asked=3)
    assert reply.entries[0].at == START + timedelta(days=2)
    assert await client.state() == before
    with pytest.raises(NoReadModelError):
        await supposed.members()


async def test_what_will_happen_is_foretold_in_the_order_of_time() -> None:
    """Nothing is done for it; how far to look may be said."""
    client = await opened()
    await client.open_decision(decision="d", subject="other", question="Shall we?", at=START)
    coming = await client.forecast(after=START, until=START + timedelta(days=30))
    told = [entry.event.type for one in coming for entry in one.entries]
    assert "decision_closed" in told
    assert [one.at for one in coming] == sorted(one.at for one in coming)
    assert coming[-1].at <= START + timedelta(days=30)
    supposed = await client.what_if(at=START)
    assert await supposed.forecast(until=START + timedelta(days=30)) == coming


async def test_a_past_is_told_and_no_memory_goes_live() -> None:
    """Time passes by ``tell``; what only a live engine does is refused."""
    client = await opened()
    await client.open_decision(decision="d", subject="other", question="Shall we?", at=START)
    reply = await client.tell(START + timedelta(days=15))
    assert "decision_closed" in [entry.event.type for entry in reply.entries]
    with pytest.raises(WrongStateError):
        await client.go_live()
    with pytest.raises(RefusedError):
        await client.answer([], START)


async def test_another_policy_is_weighed_offered_and_proposed() -> None:
    """Its impact is worked out; the members are asked about it, once."""
    client = await opened()
    light = load_definition("impact-collectif", "light")
    assert (await client.impact(light, at=START)).policy == reference_rules().definition.policy_name
    await client.offer(light)
    assert await client.definitions() == (reference_rules().definition, light)
    with pytest.raises(ForbiddenError):
        await client.acting_as("zoe").propose_policy(light, question="Lighter?", at=START)
    supposed = await client.what_if(at=START)
    proposal = await supposed.propose_policy(light, question="Lighter?")
    again = await supposed.propose_policy(light, question="Lighter?")
    assert (proposal.outcome, again.outcome) == ("proposed", "under_way")
    assert proposal.decision == again.decision
    assert proposal.decision in (await supposed.state()).decisions
    assert proposal.decision not in (await client.state()).decisions
    nowhere = Coopflow(memory(), person="fay").cooperation("none", programme="prog")
    with pytest.raises(UnknownCooperationError):
        await nowhere.propose_policy(light, question="Lighter?")


def test_plain_values_are_what_json_can_say() -> None:
    """Fractions and instants are written out; what is nothing for JSON is not guessed."""
    assert plain({"a": Fraction(2, 3), "b": (START,)}) == {
        "a": "2/3",
        "b": ["2026-01-01T09:00:00Z"],
    }
    with pytest.raises(TypeError, match="object"):
        plain(object())
