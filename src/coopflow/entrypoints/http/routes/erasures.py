"""Erasing people from all of a programme: its cooperations, its directory, and the way in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Body, Path, Request, Response
from pydantic import Field

from coopflow.application.engine import Address
from coopflow.application.erasing import Erased, Erasure, Forgotten, Result
from coopflow.directory.errors import StaleError
from coopflow.domain.base import Shape, Slug
from coopflow.domain.roles import PROGRAMME_MANAGER
from coopflow.entrypoints.http.answers import guarded
from coopflow.entrypoints.http.commands.giving import actor_of, grants_of
from coopflow.entrypoints.http.dependencies import ServicesDep, needs
from coopflow.entrypoints.http.etags import ExpectedVersionDep
from coopflow.entrypoints.http.guards import OutlookDep
from coopflow.entrypoints.http.middleware.idempotency import IdempotencyKeyDep
from coopflow.entrypoints.http.preferences import PatienceDep, Waiting
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.requests.operations import Operation, Outcome
from coopflow.services import Services

router = APIRouter(
    prefix="/programmes/{programme}",
    tags=["people"],
    dependencies=[needs("directory"), needs("write", "act")],
    responses=guarded(),
)

_MOST = 1000


class ErasureOrder(Shape):
    """Where somebody is erased.

    Attributes:
        actor: in whose name, with the scope `act`; by default the caller's own.
        cooperations: only in these; by default in all of the programme that name them.
    """

    actor: Slug | None = None
    cooperations: Annotated[tuple[Slug, ...], Field(max_length=_MOST)] | None = None


class LeftText(Shape):
    """Where the id still stands in what people wrote, which people have to look at.

    Attributes:
        seq: the number of the entry.
        pointer: the JSON pointer within its event.
    """

    seq: int
    pointer: Annotated[str, Field(examples=["/content/issue"])]


class ErasedFromCooperation(Shape):
    """What erasing somebody from a cooperation came to.

    Attributes:
        cooperation: its id.
        result: `erased` now; `nothing` to erase any more; `refused`; `gone`, where Temporal keeps
            nothing of a cooperation that was closed long ago; `unfinished`: it goes on by itself,
            and asking again with the cooperation named completes it.
        tombstone: what stands in their place.
        entries: how many entries of the journal named them.
        runs: how many ended runs of its workflow, which knew them, were deleted.
        texts: where the id still stands in what people wrote.
        detail: why it was refused.
    """

    cooperation: Slug
    result: Result
    tombstone: Annotated[str | None, Field(examples=["erased-17"])] = None
    entries: int = 0
    runs: int = 0
    texts: tuple[LeftText, ...] = ()
    detail: str | None = None

    @classmethod
    def of(cls, one: Erasure) -> ErasedFromCooperation:
        """Return what is told of an erasure; what is away is not named to those who ask."""
        return cls(
            cooperation=one.address.cooperation,
            result=one.result,
            tombstone=one.tombstone,
            entries=one.entries,
            runs=one.runs,
            texts=tuple(LeftText(seq=seq, pointer=pointer) for seq, pointer in one.texts),
            detail=one.detail if one.result == "refused" else None,
        )


class PersonErased(Shape):
    """What erasing somebody from a programme came to.

    Attributes:
        cooperations: each that named them.
        directory: their names are `removed`, and with them all by which they get in; or they `left`
            the programme alone, as they are in others; or are `kept`, as a journal still names
            them; or were `unknown`.
    """

    cooperations: tuple[ErasedFromCooperation, ...]
    directory: Forgotten

    @classmethod
    def of(cls, found: Erased, programme: str) -> PersonErased:
        """Return what is told of it in a programme."""
        told = tuple(map(ErasedFromCooperation.of, found.cooperations))
        return cls(cooperations=told, directory=found.names[programme])


@router.post(
    "/people/{person}/erasure",
    operation_id="erase_person_from_programme",
    summary="Erase a person from all of a programme, for good",
    response_model=None,
    responses={
        **guarded(409, 412),
        200: {"model": PersonErased, "description": "What was done, and what is left to people"},
        202: {"model": Operation, "description": "It goes on"},
    },
)
async def erase(  # noqa: PLR0913, PLR0917 - what it is given
    outlook: OutlookDep,
    person: Annotated[Slug, Path(description="The id of a person.", examples=["louise"])],
    body: Annotated[ErasureOrder, Body(examples=[{}])],
    services: ServicesDep,
    request: Request,
    response: Response,
    expected: ExpectedVersionDep,
    patience: PatienceDep,
    key: IdempotencyKeyDep,  # noqa: ARG001 - of the middleware
) -> PersonErased | Operation:
    """Erase somebody from cooperations, then from the directory, then from the way in.

    Programme managers do, for people whom the directory or the journals of their programme name.
    Sent again, it goes on where it was interrupted.
    """
    programme, caller = outlook.programme, outlook.caller
    by = actor_of(caller, body.actor)
    if PROGRAMME_MANAGER not in await grants_of(services, programme, caller, by):
        raise ProblemError("forbidden")
    await _check_version(services, programme, person, expected)
    addresses = await addresses_of(services, programme, person, body.cooperations)

    async def work() -> PersonErased:
        found = await services.eraser.erase(person, addresses, {programme}, by, caller)
        return PersonErased.of(found, programme)

    waiting = Waiting(request, services, caller, patience)
    done = await waiting.come_to(work(), lambda one: Outcome(result=one.model_dump(mode="json")))
    return waiting.announce(done, response) if isinstance(done, Operation) else done


async def _check_version(
    services: Services, programme: str, person: str, expected: int | None
) -> None:
    """See to it that a person is in the directory as expected.

    Raises:
        StaleError: they are at another version.
        UnknownRecordError: they are not there.
    """
    if expected is None:
        return
    record = await services.directory.person(person, programme)
    if record.version != expected:
        raise StaleError("person", person, expected, record.version)


async def addresses_of(
    services: Services, programme: str, person: str, named: Sequence[str] | None = None
) -> Sequence[Address]:
    """Return the cooperations from which somebody is erased.

    Raises:
        UnknownCooperationError: one that is named is not there.
        UnknownRecordError: nobody in the programme is called so.
    """
    if named is not None:
        addresses = sorted({Address(programme, one) for one in named})
        for one in addresses:
            await services.queries.cooperation(one)
        return addresses
    journals = services.eraser.journals
    found = [
        one
        for one in await journals.named_in(person, programme)
        if any(await journals.traces(one, person))
    ]
    if not found:
        await services.directory.person(person, programme)
    return found
