"""The rules that cooperations follow, compiled once for all who ask."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

from coopflow.definitions.compile import compile_definition
from coopflow.domain.base import Label
from coopflow.domain.rulebook import Rulebook
from coopflow.readmodel.registry import Kind, Registry
from coopflow.readmodel.views import CooperationSummary, PortfolioCounts

T = TypeVar("T")
_Key = tuple[str, str, str]
_KEPT: Final = 200


class Rulebooks:
    """Finds rulebooks, and keeps those that were found last: a name and version never changes."""

    def __init__(self, registry: Registry) -> None:
        """Look in a registry."""
        self._registry = registry
        self._kept: OrderedDict[_Key, Rulebook] = OrderedDict()
        self._labels: OrderedDict[_Key, Label] = OrderedDict()

    async def of(self, cooperation: CooperationSummary, policy: str) -> Rulebook | None:
        """Return what a cooperation follows; None where it is not registered.

        Args:
            cooperation: which.
            policy: ``name@version``, as the cooperation states it.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        return await self.named(cooperation.programme, cooperation.lifecycle, policy)

    async def named(self, programme: str, lifecycle: str, policy: str) -> Rulebook | None:
        """Return a lifecycle with a policy, each by ``name@version``, as a programme knows them.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        key = (programme, lifecycle, policy)
        if key not in self._kept:
            found = await self._registry.definition(lifecycle, policy, programme)
            if found is None:
                return None
            self._kept[key] = compile_definition(found)
        return _latest(self._kept, key)

    async def commonest(self, programme: str, counts: PortfolioCounts) -> Rulebook | None:
        """Return what most of the cooperations of a portfolio follow; None for none.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        most = counts.commonest
        return await self.named(programme, most.lifecycle, most.policy) if most else None

    async def labels(self, programme: str, kind: Kind, names: Iterable[str]) -> Mapping[str, Label]:
        """Return what lifecycles or policies are called, by ``name@version``, of those it knows.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        found = {}
        for name in names:
            key = (programme, kind, name)
            if key not in self._labels:
                contents = await self._registry.contents(kind, name, programme)
                if not contents:
                    continue
                self._labels[key] = Label.model_validate(contents[0]["label"])
            found[name] = _latest(self._labels, key)
        return found


def _latest(kept: OrderedDict[_Key, T], key: _Key) -> T:
    """Return what is kept under a key as what was asked for last; what goes beyond goes."""
    kept.move_to_end(key)
    while len(kept) > _KEPT:
        kept.popitem(last=False)
    return kept[key]
