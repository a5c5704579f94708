"""What tests of the pages of a cooperation share: who asks, and what is given beforehand."""

from __future__ import annotations

import contextlib
from typing import Any, Final

import httpx

from coopflow.application.callers import Caller
from coopflow.application.engine import Address
from coopflow.directory.errors import TakenError
from coopflow.domain.state import Role
from tests.http_platform import Platform, place
from tests.web_site import Site, somebody

PAM: Final = Caller(
    name="person:pam", person="pam", roles={"tests": ("programme_manager",)}, language="fr"
)
"""Manages the programme of the tests."""

FAY: Final = Caller(name="person:fay", person="fay", language="fr")
"""Facilitates what ``Platform.opened`` opens."""

HOSTILE: Final = '<script>alert(1)</script> & "Bocage" {{ 7*7 }}'


def path(address: Address, page: str = "") -> str:
    """Return the path of a page of a cooperation."""
    return f"/c/{address.programme}/{address.cooperation}{page}"


def give(platform: Platform, caller: Caller, where: str, **body: Any) -> httpx.Response:
    """Give a command by the API."""
    with platform.client(caller) as client:
        done = client.post(where, json=body)
    assert done.is_success, done.text
    return done


def known(site: Site, person: str, name: str) -> str:
    """Have somebody in the directory whom an example names, if they are not there yet."""
    with contextlib.suppress(TakenError):
        site.person(person, name)
    return person


def holding(site: Site, address: Address, role: Role) -> str:
    """Have somebody hold a role in a cooperation that ``fay`` facilitates."""
    person = site.person(somebody(), "Camille Roy")
    give(site.platform, FAY, f"{place(address)}/roles", person=person, role=role)
    return person


def manager(site: Site) -> str:
    """Have somebody manage the programme of the tests."""
    with contextlib.suppress(TakenError):
        site.programme("tests", "Programme d'essai")
    return site.person(somebody(), "Paule Martin", programme="tests", roles=("programme_manager",))
