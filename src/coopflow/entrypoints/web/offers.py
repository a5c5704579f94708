"""Policies that a cooperation may be opened with: those of the library, those a programme knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from coopflow.definitions.library import METHOD, available, load_policy
from coopflow.domain.base import Label
from coopflow.readmodel.registry import Registry
from coopflow.readmodel.views import DefinitionSummary

_FIRST: Final = "reference"
"""The policy of the method itself: it is offered first."""


class Offer(NamedTuple):
    """A policy, and the lifecycle that it is for.

    Attributes:
        policy: as ``open_cooperation`` names it.
        lifecycle: likewise.
        label: what it is called.
    """

    policy: str
    lifecycle: str
    label: Label


def library_offers() -> tuple[Offer, ...]:
    """Return the policies that are shipped, that of the method first; reads their files."""
    found = [
        Offer(name, str(content.get("lifecycle") or METHOD), Label.model_validate(content["label"]))
        for name, path in available("policies").items()
        for content in [load_policy(path).data]
    ]
    return tuple(sorted(found, key=lambda one: (one.policy != _FIRST, one.policy)))


async def programme_offers(registry: Registry, programme: str) -> tuple[Offer, ...]:
    """Return the policies that only cooperations of a programme know, by name and version.

    Raises:
        DatabaseUnavailableError: the database does not answer.
    """
    every = await registry.all()
    lifecycles = _newest(every)
    shipped = {f"{one}@" for one in available("policies")}
    found = []
    for one in every:
        name = f"{one.name}@{one.version}"
        if one.kind != "policy" or f"{one.name}@" in shipped:
            continue
        for content in (await registry.contents("policy", name, programme))[:1]:
            lifecycle = lifecycles.get(_lifecycle(content))
            if lifecycle is not None:
                found.append(Offer(name, lifecycle, Label.model_validate(content["label"])))
    return tuple(dict.fromkeys(found))


def _lifecycle(content: Mapping[str, Any]) -> str:
    return str(content.get("lifecycle") or METHOD)


def _newest(every: tuple[DefinitionSummary, ...]) -> dict[str, str]:
    """Return the newest version of each lifecycle that is registered, by its name."""
    found: dict[str, int] = {}
    for one in every:
        if one.kind == "lifecycle":
            found[one.name] = max(one.version, found.get(one.name, 0))
    return {name: f"{name}@{version}" for name, version in found.items()}
