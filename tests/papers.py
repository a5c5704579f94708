"""Papers for tests: lives that they are made from, and the text that they hold before being set."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from coopflow.application.callers import Language
from coopflow.domain.chain import GENESIS, linked
from coopflow.papers.about import About, Reader
from coopflow.papers.lives import Life
from coopflow.papers.paper import Paper
from coopflow.papers.words import PaperPhrases
from tests.collective import Collective, charter, identity_sheet, reference_rules
from tests.integration.readmodel.lives import example

PEPPER = "a secret of the cooperation"

HOSTILE = (
    '#read("/etc/passwd")',
    "$x$ _y_ *a* `code` <label> @ref \\ // /* = -",
    '"); import "x.typ"; #eval("1")',
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3,
    "\u202eevil\u202c \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "\U0001f33b\U0001f468\u200d\U0001f469\u200d\U0001f467 \u65e5\u672c\u8a9e",
    "a\ttab\nand a line\x01\u200b\ufeff",
)
"""What people may write: markup, code, long words, other directions, letters that no face has."""


def life_of(entries: Any) -> Life:
    """Return a life with the digests that journals have."""
    return Life(linked(entries, GENESIS, PEPPER))


async def lived(name: str = "bocage-gourmand") -> Life:
    """Return the life of an example."""
    _, entries = await example(name)
    return life_of(entries)


def young() -> Life:
    """Return the life of a cooperation that was opened just now, and has no member."""
    return life_of(Collective().journal)


def hostile() -> Life:
    """Return the life of a cooperation in which people wrote what is hard to print."""
    coop = Collective()
    words = " ".join(HOSTILE)
    for number, organisation in enumerate(("alpha", "beta", "gamma")):
        coop.admit(organisation, name=HOSTILE[number])
    sheet = identity_sheet(
        title=HOSTILE[0],
        transformation=words,
        beneficiaries=list(HOSTILE),
        levers=list(HOSTILE),
        public_contact=words,
        funders=list(HOSTILE),
        goals=dict.fromkeys(("inhabitants", "territory", "collective"), words),
    )
    coop.adopt("identity_sheet", sheet)
    coop.adopt("charter", charter(purpose=words, principles=list(HOSTILE), joining=words))
    coop.sign("alpha")
    return life_of(coop.journal)


def about(
    life: Life, language: Language = "en", *roles: str, people: dict[str, str] | None = None
) -> About:
    """Return what papers of a life need, for one who holds some roles: by default all may read."""
    assert life.state.as_of is not None
    return About(
        state=life.state,
        rules=reference_rules(),
        reader=Reader.of(roles or ("programme_manager",)),
        say=PaperPhrases(language),
        at=life.state.as_of + timedelta(days=1),
        people=people or {},
    )


def words_of(paper: Paper) -> str:
    """Return all that a paper says."""
    return "\n".join(_words(paper.as_json()))


def _words(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [word for one in value.values() for word in _words(one)]
    if isinstance(value, (list, tuple)):
        return [word for one in value for word in _words(one)]
    return []
