"""The rules that cooperations follow, compiled once for all who ask."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from coopflow.definitions.compile import compile_definition
from coopflow.domain.rulebook import Rulebook
from coopflow.readmodel.registry import Registry
from coopflow.readmodel.views import CooperationSummary

_KEPT: Final = 200


class Rulebooks:
    """Finds rulebooks, and keeps those that were found last: a name and version never changes."""

    def __init__(self, registry: Registry) -> None:
        """Look in a registry."""
        self._registry = registry
        self._kept: OrderedDict[tuple[str, str, str], Rulebook] = OrderedDict()

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
        self._kept.move_to_end(key)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return self._kept[key]
