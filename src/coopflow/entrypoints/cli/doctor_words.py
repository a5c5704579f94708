"""The French of what ``coopflow doctor`` finds, by the English; ``{name}`` stands for a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

_FRENCH: Final[Mapping[str, str]] = {
    # what is looked at
    "Mail": "Courriel",
    "Mail queue": "Courriels en attente",
    "Packages": "Paquets",
    "Temporal program": "Programme Temporal",
    "State directory": "Dossier d'état",
    "Database": "Base de données",
    "Keys": "Clés",
    "Engine": "Moteur",
    "Versions": "Versions",
    "Read model": "Modèle de lecture",
    # what is found, and what to do
    "the address of the server is not one": "l'adresse du serveur n'en est pas une",
    "none is sent: there is no server": "aucun n'est envoyé : il n'y a pas de serveur",
    "set COOPFLOW_SMTP_URL, COOPFLOW_MAIL_FROM and COOPFLOW_PUBLIC_URL to send some": (
        "fixez COOPFLOW_SMTP_URL, COOPFLOW_MAIL_FROM et COOPFLOW_PUBLIC_URL pour en envoyer"
    ),
    "the database does not say": "la base de données ne le dit pas",
    "{n} waiting, the oldest since {at}, {failed} failed, the last error: {error}": (
        "{n} en attente, le plus ancien depuis {at}, {failed} en échec, dernière erreur : {error}"
    ),
    "{n} waiting, the oldest since {at}, {failed} failed": (
        "{n} en attente, le plus ancien depuis {at}, {failed} en échec"
    ),
    "{n} waiting, {failed} failed, the last error: {error}": (
        "{n} en attente, {failed} en échec, dernière erreur : {error}"
    ),
    "{n} waiting, {failed} failed": "{n} en attente, {failed} en échec",
    "see what the server says, and what docs/how-to/mail.md says of it": (
        "voyez ce que dit le serveur, et ce qu'en dit docs/how-to/mail.md"
    ),
    "use Python {wanted} or later": "utilisez Python {wanted} ou plus récent",
    "coopflow runs without being installed": "coopflow tourne sans être installé",
    "install the checkout: {command}": "installez ce dossier : {command}",
    "absent: {names}": "absents : {names}",
    "coopflow {version} and the {count} that it needs": (
        "coopflow {version} et les {count} dont il a besoin"
    ),
    "make it writable, or name another one (COOPFLOW_STATE_DIR)": (
        "rendez-le accessible en écriture, ou nommez-en un autre (COOPFLOW_STATE_DIR)"
    ),
    "{place}: {there} is not writable": "{place} : {there} n'est pas accessible en écriture",
    "{place}, made when it is needed": "{place}, à créer au besoin",
    "the one of COOPFLOW_DATABASE_URL, {count} or more cooperations": (
        "celle de COOPFLOW_DATABASE_URL, {count} coopérations ou plus"
    ),
    "the one of COOPFLOW_DATABASE_URL, {count} cooperations": (
        "celle de COOPFLOW_DATABASE_URL, coopérations : {count}"
    ),
    "{file}, {count} or more cooperations": "{file}, {count} coopérations ou plus",
    "{file}, {count} cooperations": "{file}, coopérations : {count}",
    "{file}, made when the engine first starts": ("{file}, à créer au premier démarrage du moteur"),
    "{source}, encrypts with {keys} by default": "{source}, chiffre par défaut avec {keys}",
    "not running here": "ne tourne pas ici",
    "start it: {command}": "démarrez-le : {command}",
    "look at the database and at the worker's log, then: {command}": (
        "regardez la base de données et le journal du worker, puis : {command}"
    ),
}


def french(text: str) -> str:
    """Return the French of what was found; what nobody has translated stays as it is."""
    for pattern, words in _patterns():
        found = pattern.fullmatch(text)
        if found is not None:
            return words.format(**found.groupdict())
    return text


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    made = []
    for english, words in _FRENCH.items():
        parts = re.split(r"\{(\w+)\}", english)
        written = "".join(
            f"(?P<{part}>.+?)" if number % 2 else re.escape(part)
            for number, part in enumerate(parts)
        )
        made.append((re.compile(written, re.DOTALL), words))
    return tuple(made)
