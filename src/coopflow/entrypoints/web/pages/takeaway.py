"""What can be taken away of a cooperation as a file: each kind with a form to ask for it."""

from __future__ import annotations

from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Query
from fastapi.responses import Response

from coopflow.application.callers import Language
from coopflow.domain.base import Label
from coopflow.entrypoints.exports import SUBJECTS
from coopflow.entrypoints.web.cooperation import CooperationPageDep
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.papers.making import PAPER_KINDS

ABOUT: Final = {
    "decisions": Label(
        en="One row for each decision that you may read.",
        fr="Une ligne pour chaque décision que vous pouvez lire.",
    ),
    "indicators": Label(
        en="One row for each value that was measured.",
        fr="Une ligne pour chaque valeur mesurée.",
    ),
    "identity_sheet": Label(
        en="The sheet that was adopted last, and how the cooperation stands.",
        fr="La dernière fiche adoptée, et où en est la coopération.",
    ),
    "charter": Label(
        en="The charter, with who has signed and lines to sign on.",
        fr="La charte, avec les signatures déjà données et des lignes pour signer.",
    ),
    "journal": Label(
        en="What has happened as sentences, with the digests to check it by.",
        fr="Ce qui s'est passé en phrases, avec les empreintes pour le vérifier.",
    ),
    "report": Label(
        en="What became of the cooperation in a year, for funders.",
        fr="Ce qu'est devenue la coopération en un an, pour les financeurs.",
    ),
    "gate": Label(
        en="The verdict on a gate with everything behind it, and what proves it.",
        fr="Le verdict d'un passage avec tout ce qui le fonde, et ce qui le prouve.",
    ),
}
"""What is in a file of each kind, in the order in which they are offered."""

router = APIRouter(prefix="/c/{programme}/{cooperation}", dependencies=MEMBERS)


class Offered(NamedTuple):
    """A kind of file that the reader may ask for.

    Attributes:
        kind: which.
        about: what is in it.
        forms: as what it is made.
    """

    kind: str
    about: Label
    forms: tuple[str, ...]


@router.get("/files")
async def show(
    page: CooperationPageDep, language: Annotated[Language | None, Query()] = None
) -> Response:
    """Show what the reader may have made, in which languages, and as what."""
    years = range(page.services.access.now().year, page.detail.opened_at.year - 1, -1)
    gates = page.rules.lifecycle.gates if page.rules else ()
    offered = [
        Offered(kind, about, ("pdf",) if kind in PAPER_KINDS else ("xlsx", "csv"))
        for kind, about in ABOUT.items()
        if page.may(SUBJECTS[kind]) and (kind != "gate" or gates)
    ]
    return page.render(
        "cooperation/files.html",
        offered=offered,
        written_in=language or page.say.language,
        years=years,
        gates=gates,
    )
