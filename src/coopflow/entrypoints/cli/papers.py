"""``coopflow coop paper``: documents of a cooperation as PDF."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal

from coopflow import bootstrap
from coopflow.domain.roles import PROGRAMME_MANAGER
from coopflow.entrypoints.cli.cooperations import locate
from coopflow.entrypoints.cli.failures import NotFoundError, UsageError
from coopflow.entrypoints.cli.output import Terminal
from coopflow.entrypoints.cli.words import Phrases
from coopflow.settings import Settings

PaperName = Literal["identity-sheet", "charter", "journal", "report", "gate"]


def write(  # noqa: PLR0913 - its options
    settings: Settings,
    kind: PaperName,
    cooperation: str,
    *,
    to: Path,
    version: int | None = None,
    year: int | None = None,
    gate: str | None = None,
    after: int = 0,
) -> None:
    """Write a document of a cooperation to a file.

    Raises:
        NotFoundError: there is no such cooperation, or nothing to make the document of.
        UsageError: the file cannot be written, several cooperations are meant, or no gate is named.
        UnavailableError: the read model does not answer, or typst is missing.
    """
    if (kind == "gate") != (gate is not None):
        raise UsageError("a dossier is of a gate: `coop paper gate COOPERATION --gate GATE`")
    content = asyncio.run(_made(settings, kind, cooperation, version, year, gate or "", after))
    try:
        to.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{to} cannot be written: {error.strerror}") from error
    Terminal().note(Phrases(settings.language)("paper.written", file=to))


async def _made(  # noqa: PLR0913, PLR0917 - as above
    settings: Settings,
    kind: PaperName,
    cooperation: str,
    version: int | None,
    year: int | None,
    gate: str,
    after: int,
) -> bytes:
    async with bootstrap.papers(settings) as (papers, queries):
        from coopflow.papers.about import NoSuchPaperError, Reader  # noqa: PLC0415 - of an extra
        from coopflow.papers.making import Wanted  # noqa: PLC0415 - likewise

        address = await locate(queries, cooperation)
        wanted = Wanted(
            "identity_sheet" if kind == "identity-sheet" else kind,
            Reader.of({PROGRAMME_MANAGER}),
            settings.language,
            version=version,
            year=year,
            gate=gate,
            after=after,
        )
        try:
            return await papers.make(address, wanted)
        except NoSuchPaperError as error:
            raise NotFoundError(f"{address} has no such document: {error.code}") from error
