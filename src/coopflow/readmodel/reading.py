"""All that is read of a database, for who asks more than one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from coopflow.readmodel.database import Database
from coopflow.readmodel.feed import Feed
from coopflow.readmodel.history import History
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.registry import Registry


@dataclass(frozen=True)
class Reading:
    """What answers questions.

    Attributes:
        queries: asks the tables.
        history: looks at cooperations as they were.
        registry: the lifecycles and policies that cooperations follow or were offered.
        feed: what happens, in order.
    """

    queries: Queries
    history: History
    registry: Registry
    feed: Feed

    @classmethod
    def of(cls, database: Database) -> Self:
        """Read a database."""
        return cls(Queries(database), History(database), Registry(database), Feed(database))
