"""People whom somebody names in a form without having them in the list: by their e-mail address.

Forms offer those whom the cooperation knows already; who comes in anew is none of them. Not all
who may name somebody read the directory of the programme, so they write the address that they know,
and the directory says whose it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from coopflow.directory.errors import UnknownRecordError
from coopflow.entrypoints.web.cooperation import CooperationPage
from coopflow.entrypoints.web.forms.faults import Fault, Words
from coopflow.entrypoints.web.forms.shown import Shown
from coopflow.entrypoints.web.forms.typed import Typed

_NAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "admit_member": ("representative", "alternate"),
    "appoint_representative": ("person", "alternate"),
    "assign_role": ("person",),
}
"""The fields of commands that let somebody in, by command."""

_END: Final = "@email"

UNKNOWN: Final[Words] = (
    "Nobody in this programme has this address. Who manages the programme adds people to it.",
    "Personne dans ce programme n'a cette adresse. Qui dirige le programme y ajoute les personnes.",
)


ONE_ONLY: Final[Words] = (
    "Somebody is chosen here and an address is given too: use one of them only.",
    "Une personne est choisie ici et une adresse est aussi donnée : n'employez que l'une des deux.",
)


def addresses_in(command: str, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the e-mail addresses that were typed beside the fields of a command, by field."""
    found = {
        name.removesuffix(_END): value.replace("\0", "").strip()
        for name, value in pairs
        if name.endswith(_END)
    }
    return {name: found[name] for name in _NAMED.get(command, ()) if found.get(name)}


def pairs_of(addresses: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the inputs that hold the addresses."""
    return [(f"{name}{_END}", address) for name, address in addresses.items()]


async def people_at(
    page: CooperationPage, addresses: Mapping[str, str], typed: Typed
) -> tuple[dict[str, str], list[Fault]]:
    """Return who is meant by addresses, by field, and what is wrong where nobody is.

    Somebody who is chosen from the list besides is a fault: which of them is meant cannot be told.

    Args:
        page: of the cooperation, in whose programme they have to take part.
        addresses: by field.
        typed: what was chosen in the fields themselves.
    """
    people: dict[str, str] = {}
    faults = []
    directory = page.services.directory
    for name, address in addresses.items():
        if typed.part(name).text.strip():
            faults.append(Fault(name, ONE_ONLY))
            continue
        found = await directory.person_by_email(address)
        try:
            if found is not None:
                await directory.person(found.id, page.detail.programme)
                people[name] = found.id
                continue
        except UnknownRecordError:
            pass  # of another programme: as good as nobody
        faults.append(Fault(name, UNKNOWN))
    return people, faults


def asked_beside(command: str, shown: Shown, addresses: Mapping[str, str]) -> Shown:
    """Return a field with what it asks besides for who is not in its list, where it does."""
    if shown.path not in _NAMED.get(command, ()):
        return shown
    return replace(shown, beside=f"{shown.path}{_END}", besides=addresses.get(shown.path, ""))
