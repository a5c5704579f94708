"""Plain forms: what was typed, what is wrong with which field, and in which words."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from coopflow.application.callers import Language
from coopflow.directory.errors import (
    DirectoryError,
    FaultyRecordError,
    InUseError,
    StaleError,
    TakenError,
)
from coopflow.domain.tools import path_of
from coopflow.entrypoints.http.problem_kinds import KINDS
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.outgoing.errors import EndpointFault
from coopflow.wording.faults import french

T = TypeVar("T")

MOST_FIELDS: Final = 500
"""How many inputs one form may have."""

_WORDS: Final[tuple[tuple[str, str, str], ...]] = (
    (r"Field required|String should have at least 1 character", "Fill this in.", "À remplir."),
    (
        r"String should have at most (\d+) characters",
        "Write at most {0} characters.",
        "Écrivez {0} caractères au plus.",
    ),
    (
        r"write it on one line.*",
        "Write it on one line, without control characters.",
        "Écrivez sur une seule ligne, sans caractère de contrôle.",
    ),
    (
        r"this is no e-mail address.*",
        "This is no e-mail address; write it as name@example.org.",
        "Ce n'est pas une adresse e-mail ; écrivez-la comme nom@exemple.org.",
    ),
    (
        r"this is no web address.*",
        "This is no web address; write it as https://example.org.",
        "Ce n'est pas une adresse web ; écrivez-la comme https://exemple.org.",
    ),
    (
        r"this is no registration number.*",
        "This is no registration number: write a SIREN, a SIRET or an RNA.",
        "Ce n'est pas un numéro d'immatriculation : écrivez un SIREN, un SIRET ou un RNA.",
    ),
    (
        r"String should match pattern.*|.* is no id; .*",
        "Use letters without accents, digits and . _ : @ - only, with no space.",
        "N'employez que des lettres sans accent, des chiffres et . _ : @ -, sans espace.",
    ),
    (r"Input should be a valid integer.*", "Write a whole number.", "Écrivez un nombre entier."),
    (
        r"Input should be (?:greater than or equal to) (\d+)",
        "Write {0} or more.",
        "Écrivez {0} ou davantage.",
    ),
    (
        r"Input should be (?:less than or equal to) (\d+)",
        "Write {0} or less.",
        "Écrivez {0} ou moins.",
    ),
    (
        r"Input should be .*",
        "Choose one of the possible answers.",
        "Choisissez une des réponses possibles.",
    ),
    (
        r"(?:Frozen)?[Ss]et should have at least 1 item.*",
        "Choose at least one.",
        "Choisissez-en au moins un.",
    ),
    (r"a name is one line of text", "Write it on one line.", "Écrivez sur une seule ligne."),
    (
        r"text is not valid Unicode.*|text holds a NUL character",
        "The text holds a character that cannot be kept; type it anew.",
        "Le texte contient un caractère qui ne peut pas être conservé ; saisissez-le à neuf.",
    ),
)
"""What models say of values, and the same for those who fill in forms."""

_TAKEN: Final = (
    "This is taken already, here or in another programme; choose another one.",
    "C'est déjà pris, ici ou dans un autre programme ; choisissez autre chose.",
)
_STALE: Final = (
    "Somebody changed this meanwhile. This is how it stands now: make your change again.",
    "Quelqu'un l'a modifié entre-temps. Voici l'état actuel : refaites votre modification.",
)


@dataclass(frozen=True)
class Filled:
    """A form that was filled in, or is to be.

    Attributes:
        values: what stands in its fields; lists for what may be chosen several times.
        errors: what is wrong, by field; that of the whole under an empty name.
        called: what the fields are called that a page shows, by field: told by each as it is
            written, so that the summary of what is wrong names them alike.
    """

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, **values: object) -> Filled:
        """Return a form with these values in it; None is left blank."""
        return cls({name: _texts(value) for name, value in values.items()})

    def text(self, name: str) -> str:
        """Return what stands in a field."""
        return next(iter(self.values.get(name, ())), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Return what was chosen of what may be chosen several times."""
        return tuple(self.values.get(name, ()))

    def given(self, *names: str) -> dict[str, str | None]:
        """Return fields as models take them: None for what was left blank."""
        return {name: self.text(name).strip() or None for name in names}

    def number(self, name: str) -> int | None:
        """Return a whole number that a form holds for the page, such as a version."""
        text = self.text(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004 - what databases hold

    def wrong(self, errors: Mapping[str, str]) -> Filled:
        """Return it with what is wrong."""
        return Filled(self.values, errors)


def _texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, (tuple, list, set, frozenset)):
        return tuple(sorted(map(str, value)))
    return (str(value),)


async def filled(request: Request) -> Filled:
    """Return the form that was posted; files are none of its fields.

    NULs, which nobody types and no database can be asked for, are left out.
    """
    values: dict[str, list[str]] = {}
    async with request.form(max_files=1, max_fields=MOST_FIELDS) as form:
        for name, value in form.multi_items():
            if not isinstance(value, UploadFile):
                values.setdefault(name, []).append(value.replace("\0", ""))
    return Filled(values)


_TOLD: Final = (DirectoryError, ValidationError, EndpointFault, ProblemError)


async def attempted(
    work: Awaitable[T], form: Filled, language: Language
) -> tuple[T, None] | tuple[None, Filled]:
    """Do what a form asks for.

    Args:
        work: what is to be done.
        form: what was typed.
        language: of who typed it.

    Returns:
        What came of it, or the form with what is wrong with it.

    Raises:
        DirectoryError: it is no matter of the form; likewise all that the form cannot mend.
    """
    try:
        return await work, None
    except _TOLD as error:
        found = faults_of(error, language)
        if found is None:
            raise
        return None, form.wrong(found)


def faults_of(error: Exception, language: Language) -> dict[str, str] | None:
    """Return what is wrong by field, in words; None for an error that is no matter of a form."""
    is_french = language == "fr"
    found: dict[str, str] | None = None
    match error:
        case FaultyRecordError():
            found = {name: words_of(told, language) for name, told in error.faults.items()}
        case ValidationError():
            told = error.errors(include_url=False)
            found = _first((path_of(one["loc"]), words_of(one["msg"], language)) for one in told)
        case TakenError():
            found = {error.field: _TAKEN[is_french]}
        case StaleError():
            found = {"": _STALE[is_french]}
        case EndpointFault():
            found = {error.field: words_of(str(error), language)}
        case InUseError():
            found = {"": KINDS["in_use"].explained(language)}
        case ProblemError() if error.errors:
            found = _first((one.path.removeprefix("body."), one.problem) for one in error.errors)
    return found


def words_of(message: str, language: Language) -> str:
    """Return what a model says is wrong, in words of a language."""
    plain = message.removeprefix("Value error, ")
    for pattern, *words in _WORDS:
        found = re.fullmatch(pattern, plain, re.DOTALL)
        if found is not None:
            return words[language == "fr"].format(*found.groups())
    if language == "fr":
        plain = french(plain) or "cette réponse ne convient pas ici"
    # Models say half a sentence; beside a field it stands alone.
    return plain[:1].upper() + plain[1:] + ("" if plain.endswith((".", "?", "!")) else ".")


def _first(told: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, words in told:
        found.setdefault(name, words)
    return found
