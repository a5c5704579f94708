"""Having files made for a caller, and handing them over: for the API and for pages.

Whether somebody may still read what a file tells of is asked again when they fetch it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime
from typing import Final, Literal
from urllib.parse import urlencode

import structlog
from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from coopflow.application.callers import Caller, Language
from coopflow.application.engine import Address, UnavailableError
from coopflow.entrypoints.exports import SUBJECTS, Come, make
from coopflow.entrypoints.http.filters import pairs_in, read_filters, readable_filters
from coopflow.entrypoints.http.guards import (
    Sight,
    managed_programme,
    seen_cooperation,
    seen_programme,
)
from coopflow.entrypoints.http.links import here
from coopflow.entrypoints.http.narrowed import in_words
from coopflow.entrypoints.http.preferences import Waiting
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.outgoing.mail.tidings import ReadyFile
from coopflow.papers.about import NoSuchPaperError, Reader
from coopflow.papers.making import PAPER_KINDS, PaperKind
from coopflow.requests.files import MadeFile, Ordered, TooLargeError, TooManyFilesError
from coopflow.requests.operations import Operation, Outcome
from coopflow.services import Services
from coopflow.wording.naming import Names
from coopflow.wording.phrases import Phrases

Kind = Literal["decisions", "indicators"] | PaperKind
"""What can be made of a cooperation."""

Form = Literal["csv", "xlsx", "pdf"]
"""As what."""

_AT_ONCE: Final = 3
_WAIT: Final = {"Retry-After": "30"}

_log = structlog.get_logger(__name__)


def of_programme(
    programme: str, form: Form | None, language: Language, told: Mapping[str, str]
) -> Ordered:
    """Return the order of the portfolio of a programme.

    Args:
        programme: which one.
        form: as what; a workbook by default.
        language: in which language.
        told: the filters that narrow it, as a query says them.
    """
    kind = f"portfolio:{urlencode(told)}" if told else "portfolio"
    return Ordered(programme=programme, kind=kind, form=form or "xlsx", language=language)


def of_cooperation(
    sight: Sight, kind: Kind, form: Form | None, language: Language, about: str = ""
) -> Ordered:
    """Return the order of a file of a cooperation, with what the caller may read of it.

    Args:
        sight: the cooperation as the caller sees it.
        kind: what the file tells.
        form: as what; by default as PDF what is to be read, and as a workbook what is counted.
        language: in which language.
        about: of which gate a dossier is, of which year a report; without one, of this year.

    Raises:
        ProblemError: the caller may read nothing of it (``forbidden``).
    """
    subject = SUBJECTS[kind]
    extents = {subject: sight.may(subject)}
    is_paper = kind in PAPER_KINDS
    if is_paper:  # it tells of more than that
        extents = dict(Reader.of(sight.roles).extents)
    return Ordered(
        programme=sight.address.programme,
        cooperation=sight.address.cooperation,
        kind=f"{kind}:{about}" if about else kind,
        form=form or ("pdf" if is_paper else "xlsx"),
        language=language,
        extents=extents,
    )


async def order(
    services: Services, caller: Caller, ordered: Ordered, request: Request
) -> Operation:
    """Begin to make a file for a caller, who may read what it tells of.

    Returns:
        The operation that makes it; in the end it says where the file is.

    Raises:
        ProblemError: too many are being made for them already (``rate_limited``).
    """
    now = datetime.now(UTC)
    try:
        file = await services.files.begin(caller, ordered, now, _AT_ONCE)
    except TooManyFilesError:
        told = f"{_AT_ONCE} files are being made for you already"
        raise ProblemError("rate_limited", told, headers=_WAIT) from None
    come = Come()

    async def work() -> MadeFile:
        try:
            made = await make(services, ordered, come, read_filters(_filters_of(ordered)))
            is_kept = await services.files.keep(file, *made)
        except (TooLargeError, OverflowError) as error:
            raise ProblemError("too_large", str(error) or None) from error
        except NoSuchPaperError as error:
            raise ProblemError(error.code) from error
        found = await services.files.find(caller.name, file, datetime.now(UTC))
        if not is_kept or found is None:
            raise ProblemError("not_found", "the file was deleted while it was made")
        await _tell(services, caller, found)
        return found

    waiting = Waiting(request, services, caller, 0)
    done = await waiting.come_to(
        work(),
        lambda one: Outcome(
            result=one.model_dump(mode="json"),
            location=here(request, f"/v1/files/{one.id}/content"),
        ),
        come.progress,
    )
    assert isinstance(done, Operation), "it is not waited for"
    await services.files.made_by(file, done.id)
    return done


async def _tell(services: Services, caller: Caller, file: MadeFile) -> None:
    """Write to who asked for a file, if it was a person who had signed in."""
    if caller.person is None or caller.name != f"person:{caller.person}":
        return
    try:
        about = (await called(services, [file], names_people=False))[file.id]
        ready = ReadyFile(file.id, about, file.expires_at)
        await services.tidings.file_ready(caller.person, ready, datetime.now(UTC))
    except UnavailableError as error:  # the file is there all the same
        _log.warning("nobody is told that a file is ready", file=file.id, advice=str(error))


async def called(
    services: Services, files: Iterable[MadeFile], *, names_people: bool = True
) -> dict[str, str]:
    """Return what files are called by people, by their ids: what they tell, and of what.

    Args:
        services: the parts of the platform.
        files: which ones.
        names_people: whether a portfolio that is narrowed to somebody says to whom; what is kept
            must not.

    Raises:
        UnavailableError: the database does not answer.
    """
    made = list(files)
    wanted = {Address(one.programme, one.cooperation) for one in made if one.cooperation}
    cooperations = await services.queries.cooperations_at(wanted)
    programmes = await services.directory.programmes_by_id(sorted({one.programme for one in made}))
    named = {}
    for one in made:
        kind, _, about = one.kind.partition(":")
        say = Phrases(one.language)
        said = say(f"file.{kind}")
        if kind == "report" and about:
            said = f"{said} {about}"
        if one.cooperation:
            there = cooperations.get(Address(one.programme, one.cooperation))
            title = there.title if there else one.cooperation
            if kind == "gate":
                rules = await services.queries.rulebooks.of(there, there.policy) if there else None
                said = say("file.gate_of", gate=Names(rules, say).gate(about))
        else:
            known = programmes.get(one.programme)
            title = known.name if known else one.programme
            told = _filters_of(one)
            words = await in_words(services, one.programme, told, say, names_people=names_people)
            title = f"{title} ({words})" if words else title
        named[one.id] = f"{said} – {title}"
    return named


def _filters_of(ordered: Ordered) -> dict[str, str]:
    """Return what a portfolio is narrowed to, as a query says it."""
    kind, _, about = ordered.kind.partition(":")
    return readable_filters(pairs_in(about)) if kind == "portfolio" else {}


async def found(services: Services, caller: Caller, file: str) -> MadeFile:
    """Return a file of a caller.

    Raises:
        ProblemError: they have no such one (``not_found``).
    """
    one = await services.files.find(caller.name, file, datetime.now(UTC))
    if one is None:
        raise ProblemError("not_found")
    return one


async def handed_over(services: Services, caller: Caller, file: str) -> Response:
    """Answer with a file of a caller, if they may read what it tells of today.

    Raises:
        ProblemError: they may not (``forbidden``, ``not_found``), or it is not ready.
    """
    one = await found(services, caller, file)
    await _check(services, caller, one)
    if one.status != "ready":
        raise ProblemError("not_found", f"the file is not ready: {one.status}")
    parts = services.files.content(one.id)
    first = await anext(parts, b"")  # what cannot be decrypted is told before anything is answered

    async def streamed() -> AsyncIterator[bytes]:
        yield first
        async for part in parts:
            yield part

    return StreamingResponse(
        streamed(),
        media_type=one.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{one.name}"',
            "Content-Length": str(one.size),
            "Content-Language": one.language,
            "Cache-Control": "no-store",
        },
    )


async def _check(services: Services, caller: Caller, file: MadeFile) -> None:
    """See to it that a caller may read what a file tells of, as much as when it was made."""
    if file.cooperation is None:
        await managed_programme(await seen_programme(file.programme, caller, services))
        return
    sight = await seen_cooperation(file.programme, file.cooperation, caller, services)
    for subject, extent in file.extents.items():
        if sight.may(subject) != "all" and extent == "all":
            raise ProblemError("forbidden", facts={"subject": subject})
