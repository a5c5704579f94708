"""The published facts: a typed, documented view of the state, which criteria are written over."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field

from coopflow.domain.facts.base import Fact, FactType, FactValue, Query, View
from coopflow.domain.facts.checks import CheckHolds
from coopflow.domain.facts.documents import DOCUMENT_FACTS
from coopflow.domain.facts.learning import LEARNING_FACTS
from coopflow.domain.facts.people import PEOPLE_FACTS
from coopflow.domain.facts.support import SUPPORT_FACTS

_ALL: tuple[type[Query], ...] = (*DOCUMENT_FACTS, *PEOPLE_FACTS, *LEARNING_FACTS, *SUPPORT_FACTS)

FACTS: Final[Mapping[str, type[Query]]] = MappingProxyType(
    {fact.model_fields["fact"].default: fact for fact in _ALL}
)
"""Every published fact by its name."""

PLAIN_FACTS: Final[Mapping[str, Query]] = MappingProxyType(
    {
        name: fact.model_validate({})
        for name, fact in FACTS.items()
        if not any(field.is_required() for field in fact.model_fields.values())
    }
)
"""The facts that can be read without a parameter, by their name."""

if TYPE_CHECKING:
    FactQuery = Query
else:
    FactQuery = Annotated[reduce(or_, _ALL), Field(discriminator="fact")]
    """A reading of any published fact, told apart by ``fact``."""

__all__ = [
    "FACTS",
    "PLAIN_FACTS",
    "CheckHolds",
    "Fact",
    "FactQuery",
    "FactType",
    "FactValue",
    "Query",
    "View",
]
