"""The columns of files of people and organisations: their names and words in French and English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from coopflow.directory.people import Notifications
from coopflow.readmodel.folding import unaccented

_FREQUENCIES: Final = {
    "immediat": "immediate",
    "immediatement": "immediate",
    "quotidien": "daily",
    "hebdomadaire": "weekly",
    "aucun": "none",
    "aucune": "none",
    "jamais": "none",
}
_LANGUAGES: Final = {"francais": "fr", "french": "fr", "anglais": "en", "english": "en"}
_ROLES: Final = {"responsable_de_programme": "programme_manager"}
ROLES_WRITTEN: Final = ("programme_manager", "responsable de programme")
"""How a cell may name the role that people hold in a programme."""

_CATEGORIES: Final = {
    "etat": "state",
    "collectivite": "local_authority",
    "collectivite_territoriale": "local_authority",
    "entreprise": "business",
    "recherche": "research",
    "habitants": "individuals",
    "particuliers": "individuals",
}


class Column(NamedTuple):
    """A column of a file.

    Attributes:
        field: what it says, by the name in English that exports use.
        also: other names of it, unaccented.
        words: what its cells may say in other words, unaccented, and what that is.
        may_be_empty: whether an empty cell takes the value away; else it leaves it as it is.
    """

    field: str
    also: tuple[str, ...] = ()
    words: Mapping[str, str] = MappingProxyType({})
    may_be_empty: bool = False

    def value(self, cell: str) -> str:
        """Return what a cell says, in the words that are kept."""
        return self.words.get(plain(cell), cell)


_ID: Final = Column("id", ("identifiant",))
_NAME: Final = Column("name", ("nom",))
_EMAIL: Final = Column(
    "email",
    ("e_mail", "mail", "courriel", "adresse_e_mail", "adresse_electronique"),
    may_be_empty=True,
)
_PROGRAMME: Final = Column("programme", ("program",))
_WISHES: Final = {
    "invite_voters": ("invitations_a_voter",),
    "remind_voters": ("rappels_de_vote",),
    "publish_outcome": ("resultats",),
    "convene_review": ("convocations",),
    "compile_dossier": ("dossiers",),
    "publish_summary": ("syntheses",),
}

PEOPLE: Final = (
    _ID,
    _NAME,
    _EMAIL,
    Column("language", ("langue",), _LANGUAGES),
    _PROGRAMME,
    Column("roles", ("role",), _ROLES, may_be_empty=True),
    *(Column(kind, _WISHES[kind], _FREQUENCIES) for kind in Notifications.model_fields),
)
"""The columns of a file of people."""

ORGANISATIONS: Final = (
    _ID,
    _NAME,
    Column("category", ("categorie",), _CATEGORIES),
    _PROGRAMME,
    Column("college", may_be_empty=True),
    Column("registration", ("immatriculation", "siren", "siret", "rna"), may_be_empty=True),
    Column("website", ("site", "site_web", "site_internet"), may_be_empty=True),
    _EMAIL,
)
"""The columns of a file of organisations."""


FRENCH: Final[Mapping[str, str]] = {
    "id": "identifiant",
    "name": "nom",
    "email": "courriel",
    "language": "langue",
    "programme": "programme",
    "roles": "rôle",
    "category": "catégorie",
    "college": "collège",
    "registration": "immatriculation",
    "website": "site web",
    "invite_voters": "invitations à voter",
    "remind_voters": "rappels de vote",
    "publish_outcome": "résultats",
    "convene_review": "convocations",
    "compile_dossier": "dossiers",
    "publish_summary": "synthèses",
}
"""What columns are called in French, by their fields; a file may call them so."""


def plain(text: str) -> str:
    """Return a word as it is compared: small letters without accents, ``_`` between them."""
    return re.sub(r"[\s\-_.]+", "_", unaccented(text.strip()))


def named(columns: tuple[Column, ...], name: str) -> Column | None:
    """Return the column that a header names, or None."""
    wanted = plain(name)
    return next((one for one in columns if wanted in {one.field, *one.also}), None)
