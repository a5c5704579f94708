"""The way in, with all its parts: who shows what, and who that is."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from coopflow.access.attempts import SignInAttempts
from coopflow.access.credentials import TOKEN_PREFIX
from coopflow.access.decision_links import DecisionLinks
from coopflow.access.errors import RefusedCredentialError, SignInError
from coopflow.access.feeds import CalendarFeeds
from coopflow.access.identities import Identities
from coopflow.access.links import SignInLinks
from coopflow.access.people import People, Person, caller
from coopflow.access.sessions import Method, Session, Sessions
from coopflow.access.tokens import Tokens
from coopflow.access.unsubscribing import UnsubscribeLinks
from coopflow.application.callers import SCOPES, Caller, Scope
from coopflow.application.engine import Address
from coopflow.readmodel.database import Database

if TYPE_CHECKING:  # it needs the packages of an extra, which who makes tokens does without
    from coopflow.access.provider import Provider

SCOPE_PREFIX: Final = "coopflow:"
"""How the scopes of the platform begin in the tokens of a provider."""

_BY_DEFAULT: Final[frozenset[Scope]] = frozenset({"read", "write"})


def _clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Answer:
    """What a browser brings back from the provider.

    Attributes:
        state: to whom the answer belongs.
        code: what to redeem; None when the provider let nobody in.
        issuer: whose answer it says it is.
        error: why it let nobody in.
    """

    state: str
    code: str | None = None
    issuer: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class Access:
    """Who gets in. Every method may raise DatabaseUnavailableError.

    Attributes:
        people: who may come in at all.
        tokens: what programs show.
        sessions: people who signed in.
        links: single ways in that were handed out.
        feeds: what calendars ask.
        decision_links: ways to one decision, for one person.
        unsubscribe_links: ways to stop one kind of mail.
        attempts: browsers that are with the provider.
        identities: who has which account there.
        provider: the identity provider, if there is one.
        audience: for whom access tokens of the provider have to be, to be taken; None for none.
        now: the clock.
    """

    people: People
    tokens: Tokens
    sessions: Sessions
    links: SignInLinks
    feeds: CalendarFeeds
    decision_links: DecisionLinks
    unsubscribe_links: UnsubscribeLinks
    attempts: SignInAttempts
    identities: Identities
    provider: Provider | None = None
    audience: str | None = None
    now: Callable[[], datetime] = _clock

    async def bearer(self, token: str) -> Caller:
        """Return who bears a token: one of ours, or one of the provider's for our audience.

        Raises:
            RefusedCredentialError: it lets nobody in.
            SignInError: it is not a good one of the provider's.
            ProviderUnavailableError: the provider cannot be asked for its keys.
        """
        if self.provider is None or self.audience is None or token.startswith(TOKEN_PREFIX):
            return await self.tokens.caller_of(token, self.now())
        account, scope = await self.provider.bearer_of(token, self.audience, self.now())
        # An account is linked when its person signs in, never by a token that a program shows.
        unnamed = account.but(email=None, email_verified=False)
        person = await self.identities.person_of(unnamed, self.now())
        return caller(person).but(scopes=granted(scope))

    async def visitor(self, secret: str) -> tuple[Caller, Session]:
        """Return who has a session.

        Raises:
            RefusedCredentialError: nobody, or nobody who is still in the directory.
        """
        session = await self.sessions.find(secret, self.now())
        person = await self.people.person(session.person)
        if person is None:
            raise RefusedCredentialError("owner_gone", f"session:{session.id}")
        return caller(person).but(session=session.id), session

    async def follow(self, link: str, replacing: str | None = None) -> tuple[Person, str]:
        """Let the person of a link in, once.

        Args:
            link: its secret.
            replacing: that of the session that the browser had before.

        Returns:
            The person, and the secret of their session.

        Raises:
            RefusedCredentialError: the link lets nobody in.
        """
        person = await self.people.person(await self.links.person_of(link, self.now()))
        if person is None:
            await self.links.use(link, self.now())
            raise RefusedCredentialError("owner_gone")
        # The session is there before the link is used up: where both are taken from the person at
        # that moment, links first, one of the two is found.
        secret = await self._begin(person, "link", replacing)
        try:
            await self.links.use(link, self.now())
        except RefusedCredentialError:
            await self.sessions.end(secret)
            raise
        return person, secret

    async def set_out(self, return_to: str | None, redirect_uri: str) -> tuple[str, str]:
        """Return where to send a browser to sign in, and the secret that it keeps meanwhile.

        Raises:
            SignInError: there is no provider.
            ProviderUnavailableError: it does not answer.
        """
        if self.provider is None:
            raise SignInError("there is no identity provider")
        secret = await self.attempts.begin(return_to, self.now())
        return await self.provider.authorization_url(secret, redirect_uri, self.now()), secret

    async def come_back(
        self,
        answer: Answer,
        secret: str,
        redirect_uri: str,
        replacing: str | None = None,
    ) -> tuple[str, str]:
        """Let in whom the provider vouches for.

        Args:
            answer: what the browser brought from there.
            secret: what it kept meanwhile.
            redirect_uri: as it set out.
            replacing: the secret of the session that it had before.

        Returns:
            Where to go, and the secret of the session.

        Raises:
            UnknownPersonError: the directory does not know them.
            SignInError: the answer lets nobody in.
            ProviderUnavailableError: the provider does not answer.
        """
        if self.provider is None:
            raise SignInError("there is no identity provider")
        return_to = await self.attempts.end(secret, answer.state, self.now())
        if answer.code is None:
            raise SignInError(f"the provider says: {(answer.error or 'nothing')[:100]!r}")
        account = await self.provider.account_of(
            answer.code, secret, redirect_uri, self.now(), answer.issuer
        )
        person = await self.identities.person_of(account, self.now())
        return return_to, await self._begin(person, "provider", replacing)

    async def forget(self, person: str, keeper: Caller) -> None:
        """Let nothing be left by which a person gets in: they leave, or somebody got in as them."""
        await self.links.drop_all(person)
        await self.sessions.end_all(person)
        await self.feeds.drop_all(person)
        await self.decision_links.drop_all(person)
        await self.unsubscribe_links.drop_all(person)
        await self.identities.forget(person)
        await self.tokens.revoke_of(person, keeper, self.now())

    async def forget_within(self, person: str, addresses: Collection[Address]) -> None:
        """Let nothing be left by which a person gets at cooperations that they were erased from."""
        await self.decision_links.drop_all(person, addresses)
        await self.feeds.drop_all(person, addresses)

    async def readdress(self, person: str, by: Caller) -> None:
        """Let no link work that went to an e-mail address which is theirs no more, nor a session.

        Only the session stays by which the address was changed, where that is their own.
        """
        await self.links.drop_all(person)
        await self.decision_links.drop_all(person)
        await self.sessions.end_others(by.session or "", person)

    async def _begin(self, person: Person, method: Method, replacing: str | None) -> str:
        _, secret = await self.sessions.start(person.id, method, self.now(), replacing)
        return secret


def granted(scope: str) -> frozenset[Scope]:
    """Return what an access token of the provider allows, going by the scopes that it names.

    Those are written ``coopflow:read`` and so on; without any it may read and give commands.
    Nobody vouches for others or keeps tokens by one.
    """
    told = scope.split()
    named = frozenset(one for one in SCOPES if f"{SCOPE_PREFIX}{one}" in told)
    return (named or _BY_DEFAULT) - {"act", "tokens"}


def opened(
    database: Database,
    people: People,
    sessions: Sessions | None = None,
    provider: Provider | None = None,
    audience: str | None = None,
) -> Access:
    """Join the parts of the way in, over one database."""
    return Access(
        people=people,
        tokens=Tokens(database, people),
        sessions=sessions or Sessions(database),
        links=SignInLinks(database),
        feeds=CalendarFeeds(database, people),
        decision_links=DecisionLinks(database, people),
        unsubscribe_links=UnsubscribeLinks(database),
        attempts=SignInAttempts(database),
        identities=Identities(database, people),
        provider=provider,
        audience=audience,
    )
