"""From a definition that travels with a cooperation to the rulebook it is judged by.

This runs inside workflow code: it reads no file and gives the same rulebook for the same data. It
asks only for what the engine needs, shapes and expressions: what ``flaws`` looks for besides is
for people who edit files, and a cooperation that lives by an old definition must not stop because
a later version of the engine became stricter.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from pydantic import ValidationError

from coopflow.definitions.cel import (
    Environment,
    Expression,
    ExpressionError,
    checks_named_by,
)
from coopflow.domain.facts import PLAIN_FACTS, Query
from coopflow.domain.lifecycle import Lifecycle
from coopflow.domain.policy import Policy
from coopflow.domain.rulebook import Definition, Rulebook

_REMEMBERED: Final = 64
_ONE_AT_A_TIME: Final = threading.Lock()


class DefinitionError(ValueError):
    """A definition that cannot be compiled; says which part and why."""


class _ByDigest:
    """A definition as a key: equal digests are told apart by their contents."""

    __slots__ = ("definition",)

    def __init__(self, definition: Definition) -> None:
        self.definition = definition

    def __hash__(self) -> int:
        return hash(self.definition.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByDigest) and self.definition == other.definition


def definition_of(lifecycle: Mapping[str, Any], policy: Mapping[str, Any]) -> Definition:
    """Make the definition of two contents, with its digest; the contents are not checked.

    Args:
        lifecycle: the content of a lifecycle file, JSON values only.
        policy: the content of a policy file, JSON values only.

    Raises:
        DefinitionError: a value is no JSON value.
    """
    contents = {"lifecycle": dict(lifecycle), "policy": dict(policy)}
    return Definition(**contents, digest=digest_of(contents))


def shared(definition: Definition) -> Definition:
    """Return the equal one that was met before, if there was one lately.

    A definition takes a hundred times the memory of what else a cooperation holds, and thousands
    of cooperations live by the same one.
    """
    return _met(_ByDigest(definition)).definition


def compile_definition(definition: Definition) -> Rulebook:
    """Return the rulebook of a definition, compiled once and then remembered.

    Raises:
        DefinitionError: the digest is not that of the contents, or they are no lifecycle, no
            policy, or hold an expression that does not compile.
    """
    with _ONE_AT_A_TIME:  # many cooperations wake up at once when a worker starts
        return _compiled(_ByDigest(definition))


def compile_family(first: Definition, *others: Definition) -> Rulebook:
    """Return the rulebook of a definition that knows those of others, which may come to apply.

    Args:
        first: what a cooperation was opened with.
        others: what was offered to it since, each with a policy of its own name and version.

    Raises:
        DefinitionError: one of them cannot be compiled.
    """
    if not others:
        return compile_definition(first)
    with _ONE_AT_A_TIME:
        return _family(tuple(_ByDigest(one) for one in (first, *others)))


@lru_cache(maxsize=_REMEMBERED)
def _met(key: _ByDigest) -> _ByDigest:
    return key


@lru_cache(maxsize=_REMEMBERED)
def _family(keys: tuple[_ByDigest, ...]) -> Rulebook:
    family: dict[str, Rulebook] = {}
    for key in keys:
        family.setdefault(key.definition.policy_name, replace(_compiled(key), family=family))
    return family[keys[0].definition.policy_name]


@lru_cache(maxsize=_REMEMBERED)
def _compiled(key: _ByDigest) -> Rulebook:
    definition = key.definition
    contents = {"lifecycle": definition.lifecycle, "policy": definition.policy}
    if definition.digest != digest_of(contents):
        raise DefinitionError("the digest is not that of the lifecycle and the policy")
    try:
        lifecycle = Lifecycle.model_validate(definition.lifecycle)
        policy = Policy.model_validate(definition.policy)
    except ValidationError as error:
        raise DefinitionError(str(error)) from error
    rulebook = Rulebook(definition, lifecycle, policy, {}, {})
    criteria = {name: criterion.when for name, criterion in rulebook.criteria.items()}
    remedies = {name: one.when for name, one in policy.remedies.items() if one.when is not None}
    checks = checks_named_by((*criteria.values(), *remedies.values()))
    queries: dict[str, Query] = {**PLAIN_FACTS, **policy.facts, **checks}
    environment = Environment({name: query.gives for name, query in queries.items()})
    return replace(
        rulebook,
        queries=queries,
        predicates=_expressions(environment, "criterion", criteria),
        usable=_expressions(environment, "remedy", remedies),
    )


def _expressions(
    environment: Environment, what: str, sources: Mapping[str, str]
) -> dict[str, Expression]:
    compiled: dict[str, Expression] = {}
    for name, source in sources.items():
        try:
            compiled[name] = environment.compile(source)
        except ExpressionError as error:
            raise DefinitionError(f"{what} {name}: {error}") from error
    return compiled


def digest_of(contents: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON of some content, in hexadecimal.

    Raises:
        DefinitionError: a value is no JSON value.
    """
    try:
        canonical = json.dumps(
            contents, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        ).encode()
    except (TypeError, ValueError) as error:  # no JSON value, no finite number, no Unicode
        raise DefinitionError(f"the contents cannot be written as JSON: {error}") from error
    return hashlib.sha256(canonical).hexdigest()
