"""A check that asks over HTTP: are the members still in the public register of companies?

The register is France's open search of companies; ``REGISTER_URL`` names another one, or a copy,
that answers the same way. Give this file to a worker to have it asked::

    coopflow worker --checks examples/checks/register_checks.py

A policy then reads ``checks.members_registered``. A function that is not ``async`` may block: it
runs in a thread, and is given up after its ``timeout``. What goes wrong on the way is raised and
tried again; what the register does not know is an answer.
"""

from __future__ import annotations

import json
import os
import urllib.parse
import urllib.request

from stdnum.fr import siren

from coopflow.checks import Answer, Portrait, check, no, unknown, yes

REGISTER = "https://recherche-entreprises.api.gouv.fr/search"
SIREN_DIGITS = 9


@check("members-registered", every="30d", timeout="30s")
def members_registered(portrait: Portrait) -> Answer:
    """Ask whether the register has every number that is stated, as active."""
    stated = {
        one.name: siren.compact(one.profile.registration)[:SIREN_DIGITS]
        for one in portrait.organisations
        if one.status == "active" and one.profile.registration
    }
    if not stated:
        return unknown(
            en="no organisation states its number", fr="aucune organisation n'indique son numéro"
        )
    gone = [name for name, number in stated.items() if not _is_active(number)]
    if gone:
        named = ", ".join(gone)
        return no(
            en=f"the register has no active organisation for {named}",
            fr=f"le registre n'a pas d'organisation active pour : {named}",
        )
    return yes(
        en="the register has them all",
        fr="le registre les connaît toutes",
    )


def _is_active(number: str) -> bool:
    base = os.environ.get("REGISTER_URL", REGISTER)
    query = urllib.parse.urlencode({"q": number})
    request = urllib.request.Request(  # noqa: S310 - the scheme is the operator's
        f"{base}?{query}", headers={"Accept": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - as above
        found = json.load(response)["results"]
    return any(one["siren"] == number and one["etat_administratif"] == "A" for one in found)
