"""One cooperation, for those who ask something of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Self

from coopflow.application.adopting import Proposal, Terms, propose
from coopflow.application.engine import Address, Given, Reply, UnknownCooperationError
from coopflow.application.memory import MemoryEngine
from coopflow.client.commands import CooperationCommands
from coopflow.client.means import Means, Options
from coopflow.client.questions import CooperationQuestions
from coopflow.client.refusals import RefusedError
from coopflow.domain.base import Slug
from coopflow.domain.checks import Outcome
from coopflow.domain.marks import Person
from coopflow.domain.rulebook import Definition


class CooperationClient(CooperationCommands, CooperationQuestions):
    """Gives commands to one cooperation, and asks about it.

    It keeps nothing but where the cooperation is: make as many as you like, share one among tasks.
    """

    def __init__(self, means: Means, cooperation: Slug, programme: Slug | None) -> None:
        """Ask by some means; ``Coopflow.cooperation`` makes one.

        Args:
            means: what it asks by.
            cooperation: the id.
            programme: without one, the read model is asked which has a cooperation by this id.
        """
        self._means = means
        self._cooperation = cooperation
        self._address = Address(programme, cooperation) if programme is not None else None

    async def address(self) -> Address:
        """Return where the cooperation is found.

        Raises:
            UnknownCooperationError: no programme was named, and none has it.
            AmbiguousCooperationError: no programme was named, and several have one by this id.
        """
        if self._address is None:
            self._address = await self._means.locate(self._cooperation)
        return self._address

    def acting_as(self, person: Person, grants: Iterable[str] = ()) -> Self:
        """Return the same in the name of a person.

        Args:
            person: who gives commands from here on.
            grants: roles that they hold outside the cooperation, such as ``programme_manager``; the
                caller vouches for them.
        """
        return self._by(replace(self._means, person=person, grants=tuple(grants)))

    async def what_if(self, at: datetime | None = None) -> CooperationClient:
        """Return a copy in memory, to give it commands that are only supposed.

        Whatever it is asked to do changes nothing but the copy. Its commands are given at the
        latest instant that it was told, unless they say ``at``; ``tell`` lets its time pass. It has
        no read model: ask for its ``state``, ``check_gate`` and ``forecast``.

        Args:
            at: the instant to begin from, past or to come; by default now.

        Raises:
            WrongStateError: there was no cooperation then.
        """
        state = await self._open_at(at)
        engine = MemoryEngine({})
        address = engine.take_in(state, await self.definitions())
        await engine.tell(address, at or self._means.now(state))
        means = replace(
            self._means,
            engine=engine,
            read_model=None,
            consistent=False,
            clock=partial(engine.told, address),
        )
        return CooperationClient(means, address.cooperation, address.programme)

    async def propose_policy(
        self,
        definition: Definition,
        *,
        question: str,
        closes_at: datetime | None = None,
        actor: Person | None = None,
        at: datetime | None = None,
    ) -> Proposal:
        """Offer a policy and open the decision on it, unless that is done already.

        Nothing changes until the members adopt it. After a failure, propose it again.

        Args:
            definition: the policy, with the lifecycle of the cooperation.
            question: what the members are asked.
            closes_at: until when they answer; by default as long as the policy they follow says.
            actor: who proposes it; by default the person of the client.
            at: when, of a past that is recorded.

        Raises:
            RefusedError: other content is known under its name and version, or the person may not
                propose it.
            UnknownCooperationError: there is no such cooperation.
            NobodyActsError: nobody was named.
        """
        address = await self.address()
        by = self._means.acting(actor)
        terms = Terms(by, question, closes_at, self._means.given_at(at))
        proposal = await propose(self._means.engine, address, definition, terms)
        if proposal.refusal is not None:
            raise RefusedError.of(proposal.refusal)
        if proposal.outcome == "refused":
            raise UnknownCooperationError(address)
        return proposal

    async def offer(self, definition: Definition) -> Reply:
        """Let the cooperation know a policy, so that it applies once the members decide on it.

        Offering it again is harmless; a cooperation takes six offers in its life.

        Raises:
            RefusedError: it is of another lifecycle or too large, or its version is taken.
        """
        address = await self.address()
        outcome = await self._means.engine.offer(address, definition)
        return await self._means.settled(address, outcome)

    async def tell(self, at: datetime) -> Reply:
        """Let happen what falls due up to an instant; of a past that is recorded only.

        Raises:
            WrongStateError: the cooperation is live, and tells the time itself.
        """
        address = await self.address()
        return await self._means.settled(address, await self._means.engine.tell(address, at))

    async def execute_all(
        self, commands: Iterable[Mapping[str, Any]], grants: Iterable[str] = ()
    ) -> tuple[Reply, ...]:
        """Give commands of a past that is recorded, in order, and many in one message.

        That is several times faster than one by one. After a failure give all of them again: those
        that say their ``id`` happen once.

        Args:
            commands: each a mapping with the name of the ``command``, ``at``, and its arguments as
                the method of that name takes them; ``actor`` is by default the person of the
                client, ``id`` is made up when it is not said.
            grants: roles that all who give them hold outside the cooperation; by default those of
                the client.

        Returns:
            What each came to.

        Raises:
            RefusedError: one was refused; a note says which. Those before it stand, and none behind
                it was given.
            UnknownCooperationError: there is no such cooperation.
            NobodyActsError: nobody was named.
            UnavailableError: the engine does not answer.
        """
        address = await self.address()
        roles = tuple(grants) or self._means.grants
        given = [Given(self._means.wire_of(command), roles) for command in commands]
        series = await self._means.engine.execute_all(address, given)
        if series.refusal is not None:
            number = len(series.replies)
            error = RefusedError.of(series.refusal)
            command = given[number].command["id"]
            error.add_note(f"It is number {number + 1} of {len(given)}, with id={command!r}.")
            raise error
        for reply in series.replies[-1:]:
            await self._means.settled(address, reply)
        return series.replies

    async def answer(self, outcomes: Sequence[Outcome], at: datetime) -> Reply:
        """Record what checks answered at an instant; of a past that is recorded only.

        Raises:
            RefusedError: the cooperation is live and asks them itself, or does not read them.
        """
        address = await self.address()
        outcome = await self._means.engine.answer(address, outcomes, at)
        return await self._means.settled(address, outcome)

    async def go_live(self) -> Reply:
        """End the recording of a past: from now on time passes by the clock of the engine.

        A cooperation that is live already answers with a ``duplicate``.
        """
        address = await self.address()
        return await self._means.settled(address, await self._means.engine.go_live(address))

    async def _give(self, command: str, payload: Mapping[str, Any], options: Options) -> Reply:
        return await self._means.give(await self.address(), command, payload, options)

    def _by(self, means: Means) -> Self:
        address = self._address
        return type(self)(means, self._cooperation, address.programme if address else None)
