"""All cooperations of an engine, for an application that runs them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Self, Unpack

from coopflow import bootstrap
from coopflow.application.adopting import Proposal, Terms, propose
from coopflow.application.engine import Address, Engine, Mode, Reply
from coopflow.client.cooperation import CooperationClient
from coopflow.client.means import PATIENCE, Means, Options, ReadModel
from coopflow.client.overview import PlatformQuestions
from coopflow.client.refusals import RefusedError
from coopflow.definitions.library import load_definition
from coopflow.domain.base import Slug, Text
from coopflow.domain.marks import Person
from coopflow.domain.refusals import Refusal
from coopflow.domain.rulebook import Definition
from coopflow.settings import Settings, load_settings

_AT_ONCE: Final = 8


class Coopflow(PlatformQuestions):
    """Opens cooperations, asks about all of them, and hands out a client for each.

    ``connect`` makes one over the engine that the settings name; the constructor over what an
    application has already. One serves a whole application, and many tasks at once.

    Args:
        engine: gives cooperations commands: ``TemporalEngine(client)``, or that of
            ``bootstrap.embedded_engine``.
        read_model: answers questions: what ``bootstrap.reading`` opens, or what has the same parts;
            without one only the engine is asked.
        programme: where cooperations are, unless it is said.
        person: who acts, unless it is said.
        grants: roles that this person holds outside cooperations, such as ``programme_manager``;
            the caller vouches for them.
        consistent: whether every command returns only once the read model has caught up with it.
        patience: how long that is waited for.

    Raises:
        NoReadModelError: commands are to wait for a read model, and there is none.
    """

    def __init__(  # noqa: PLR0913 - what may be said once instead of each time
        self,
        engine: Engine,
        read_model: ReadModel | None = None,
        *,
        programme: Slug | None = None,
        person: Person | None = None,
        grants: Iterable[str] = (),
        consistent: bool = False,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._means = Means(
            engine=engine,
            read_model=read_model,
            programme=programme,
            person=person,
            grants=tuple(grants),
            consistent=consistent,
            patience=patience,
        )

    @classmethod
    @asynccontextmanager
    async def connect(  # noqa: PLR0913 - as the constructor
        cls,
        settings: Settings | None = None,
        *,
        programme: Slug | None = None,
        person: Person | None = None,
        grants: Iterable[str] = (),
        consistent: bool = False,
        patience: timedelta = PATIENCE,
    ) -> AsyncIterator[Self]:
        """Reach the engine and its read model for the length of a block.

        They are those of the settings: the cluster that the standard settings of Temporal name, or
        the engine that runs from the state directory. Nothing is started, made or migrated.

        Args:
            settings: by default those of the environment.
            programme: as of the class, like all that follow.
            person: likewise.
            grants: likewise.
            consistent: likewise.
            patience: likewise.

        Raises:
            SettingsError: a setting cannot be used.
            UnavailableError: there is no read model yet, or it does not answer, or it is of another
                version.
            TemporalSettingsError: the settings of Temporal are at fault.
            TemporalUnavailableError: there is no engine, or it does not answer.
            KeysError: there are no good keys.
        """
        settings = settings or load_settings()
        async with (
            bootstrap.reading(settings) as reading,
            bootstrap.connected_engine(settings) as engine,
        ):
            yield cls(
                engine,
                reading,
                programme=programme,
                person=person,
                grants=grants,
                consistent=consistent,
                patience=patience,
            )

    @property
    def engine(self) -> Engine:
        """The engine that is asked, for what this does not do itself."""
        return self._means.engine

    def cooperation(self, cooperation: Slug, *, programme: Slug | None = None) -> CooperationClient:
        """Return a client for a cooperation; nothing is asked before it is used.

        Args:
            cooperation: its id.
            programme: its programme, by default that of this client. Without any, the read model
                is asked once which programme has a cooperation by this id.
        """
        return CooperationClient(self._means, cooperation, programme or self._means.programme)

    def acting_as(self, person: Person, grants: Iterable[str] = ()) -> Self:
        """Return the same in the name of a person.

        Args:
            person: who gives commands from here on.
            grants: roles that they hold outside cooperations; the caller vouches for them.
        """
        means = self._means
        return type(self)(
            means.engine,
            means.read_model,
            programme=means.programme,
            person=person,
            grants=grants,
            consistent=means.consistent,
            patience=means.patience,
        )

    async def open_cooperation(  # noqa: PLR0913 - as many as the command has fields
        self,
        *,
        cooperation: Slug,
        title: Text,
        issue: Text,
        territory: Text,
        policy: Slug | Path | Definition = "reference",
        lifecycle: Slug | Path | None = None,
        programme: Slug | None = None,
        facilitator: Person | None = None,
        mode: Mode = "live",
        **options: Unpack[Options],
    ) -> Reply:
        """Open a cooperation around an issue, in the first stage of its lifecycle.

        By: representative, programme_manager (one of ``grants``).

        Args:
            cooperation: the id that it gets.
            title: what it is called.
            issue: what it is about.
            territory: where.
            policy: the name or the file of a policy, or a definition whole, with its lifecycle.
            lifecycle: the name or the file of a lifecycle; by default the one the policy is for.
            programme: where it belongs; by default the programme of this client.
            facilitator: who becomes its facilitator.
            mode: ``recorded`` for a past that is told first: each command says ``at``, until
                ``go_live``.
            **options: as with any command.

        Raises:
            AlreadyExistsError: there is, or was, one by this id.
            ForbiddenError: the person may not open one.
            InvalidCommandError: something passed is not what it may be.
            TooLargeError: the definition is larger than a cooperation can hold.
            NoProgrammeError: no programme was named.
            NobodyActsError: nobody was named who opens it.
            UnknownNameError: there is no policy or lifecycle of that name.
            FaultsError: its file is at fault.
        """
        programme = self._means.programme_of(programme)
        definition = (
            policy if isinstance(policy, Definition) else load_definition(lifecycle, policy)
        )
        payload = {
            "cooperation": cooperation,
            "programme": programme,
            "title": title,
            "issue": issue,
            "territory": territory,
            "lifecycle": definition.lifecycle_name,
            "policy": definition.policy_name,
            "facilitator": facilitator,
        }
        return await self._means.open(definition, payload, mode, options)

    async def propose_policy(
        self,
        definition: Definition,
        *,
        question: str,
        programme: Slug | None = None,
        closes_at: datetime | None = None,
        actor: Person | None = None,
    ) -> tuple[Proposal, ...]:
        """Propose a policy to every active cooperation of its lifecycle, as a decision of each.

        Nothing changes for a cooperation until its members adopt it. After a failure, propose it
        again: where that is done already, nothing is done twice.

        Args:
            definition: the policy, with its lifecycle.
            question: what the members are asked.
            programme: only to the cooperations of this programme, by default that of this client,
                if it has one.
            closes_at: until when they answer; by default as long as the policy they follow says.
            actor: who proposes it, and may do so in each; by default the person of this client.

        Returns:
            What came of each, by programme and id. One that refuses it keeps no other from it.

        Raises:
            AlreadyExistsError: other content is registered under its name and version.
            NobodyActsError: nobody was named.
        """
        terms = Terms(self._means.acting(actor), question, closes_at)
        name = definition.policy_name
        known = await self._means.reading.registry.contents("policy", name)
        if any(one != definition.policy for one in known):
            message = f"{name} is registered with other content: give this one a version of its own"
            refusal = Refusal(code="already_exists", message=message, facts={"policy": name})
            raise RefusedError.of(refusal)
        room = asyncio.Semaphore(_AT_ONCE)

        async def to(address: Address) -> Proposal:
            async with room:
                return await propose(self._means.engine, address, definition, terms)

        reached = [
            one.address
            async for one in self.cooperations(programme=programme, status="active")
            if one.lifecycle == definition.lifecycle_name
        ]
        return tuple(await asyncio.gather(*map(to, reached)))
