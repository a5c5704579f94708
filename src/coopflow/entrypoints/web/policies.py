"""Policies as pages name them: those of the library, and those that a programme knows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from coopflow.definitions.compile import compile_definition, definition_of
from coopflow.definitions.library import METHOD, available, load_definition
from coopflow.domain.base import Label
from coopflow.domain.rulebook import Definition, Rulebook
from coopflow.entrypoints.http.problems import HiddenError
from coopflow.entrypoints.web.programme import ProgrammePage


class KnownPolicy(NamedTuple):
    """A policy that a programme may look at.

    Attributes:
        name: ``name@version``.
        label: what it is called.
        lifecycle: the lifecycle that it is for, by its name.
        followed_by: how many cooperations of the programme follow it; None for those who do not
            manage it.
        is_in_library: whether new cooperations may be opened with it by its name.
    """

    name: str
    label: Label
    lifecycle: str
    followed_by: int | None
    is_in_library: bool


async def known_policies(page: ProgrammePage) -> list[KnownPolicy]:
    """List the policies of the library, and to those who manage the programme what it follows."""
    registered = await page.services.registry.all("policy", page.id) if page.manages else ()
    followed = {f"{one.name}@{one.version}": one.followed_by for one in registered}
    found = []
    for rules in await asyncio.to_thread(_library):
        name = rules.definition.policy_name
        count = followed.pop(name, 0) if page.manages else None
        lifecycle = rules.lifecycle.lifecycle
        found.append(KnownPolicy(name, rules.policy.label, lifecycle, count, is_in_library=True))
    for name, count in followed.items():
        for content in await page.services.registry.contents("policy", name, page.id):
            label = Label.model_validate(content["label"])
            lifecycle = str(content.get("lifecycle") or METHOD)
            found.append(KnownPolicy(name, label, lifecycle, count, is_in_library=False))
            break
    return found


def _library() -> list[Rulebook]:
    return [compile_definition(one) for one in _definitions(_stamps()).values()]


Stamp = tuple[Path, int, int]
"""A file of the library, when it was changed, and how large it is."""


def _stamps() -> tuple[Stamp, ...]:
    files = [*available("policies").values(), *available("workflows").values()]
    told = [(path, path.stat()) for path in files]
    return tuple((path, stat.st_mtime_ns, stat.st_size) for path, stat in told)


@lru_cache(maxsize=1)
def _definitions(_: tuple[Stamp, ...]) -> Mapping[str, Definition]:
    """Read the policies of the library, by name: again only when a file of it has changed."""
    return {name: load_definition(None, name) for name in available("policies")}


async def rules_named(page: ProgrammePage, name: str) -> Rulebook:
    """Return the rulebook of a policy, with the lifecycle that it is for.

    Args:
        page: of the programme, for whoever reads.
        name: ``name@version``, or the name of one of the library.

    Raises:
        HiddenError: there is none by this name for the reader.
    """
    found = await asyncio.to_thread(in_library, name)
    if found is None and await _may_read(page, name):
        found = await _registered(page, name)
    if found is None:
        raise HiddenError
    return await asyncio.to_thread(compile_definition, found)


def in_library(name: str) -> Definition | None:
    """Return a policy of the library by its name, or by ``name@version``; None for another one."""
    slug = name.partition("@")[0]
    found = _definitions(_stamps()).get(slug)
    return found if found is not None and name in {slug, found.policy_name} else None


async def _may_read(page: ProgrammePage, name: str) -> bool:
    """Whether the reader manages the programme, or has a part in a cooperation that follows it."""
    if page.manages:
        return True
    parts = await page.services.queries.cooperations_of(page.visitor.person, programme=page.id)
    details = [await page.services.queries.cooperation(one.address) for one in parts]
    return any(one.policy == name for one in details)


async def _registered(page: ProgrammePage, name: str) -> Definition | None:
    registry = page.services.registry
    for policy in await registry.contents("policy", name, page.id):
        slug = str(policy.get("lifecycle") or METHOD)
        known = [one for one in await registry.all("lifecycle", page.id) if one.name == slug]
        for one in reversed(known):
            stages = await registry.contents("lifecycle", f"{slug}@{one.version}", page.id)
            for content in stages:
                return definition_of(content, policy)
    return None
