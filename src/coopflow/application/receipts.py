"""Idempotency: which commands have been accepted lately, and what came of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from coopflow.domain.base import Shape, Slug
from coopflow.domain.events import Entry

RECEIPTS_KEPT: Final = 1000
"""How many accepted commands are remembered."""


class Receipt(Shape):
    """What an accepted command came to: the numbers of its first and last event.

    A command that changed nothing has ``seq_to`` before ``seq_from``.
    """

    command: Slug
    seq_from: int
    seq_to: int


class Receipts:
    """The receipts of the latest accepted commands that had an id, oldest first."""

    def __init__(self, kept: Iterable[Receipt] = (), limit: int = RECEIPTS_KEPT) -> None:
        """Start from receipts carried over.

        Args:
            kept: earlier receipts, oldest first.
            limit: how many to remember at most.
        """
        self._limit = limit
        self._known: dict[str, Receipt] = {}
        for receipt in kept:
            self.keep(receipt)

    def keep(self, receipt: Receipt) -> None:
        """Remember a receipt, forgetting the oldest beyond the limit."""
        self._known[receipt.command] = receipt
        while len(self._known) > self._limit:
            del self._known[next(iter(self._known))]

    def note(self, command: str | None, before: int, entries: Iterable[Entry]) -> None:
        """Remember a command that was accepted, if it had an id.

        Args:
            command: the id of the command.
            before: the number of the last event before it.
            entries: what it brought about.
        """
        if command is not None:
            last = max((entry.seq for entry in entries), default=before)
            self.keep(Receipt(command=command, seq_from=before + 1, seq_to=last))

    def of(self, command: str | None) -> Receipt | None:
        """Return the receipt of a command that was accepted before."""
        return self._known.get(command) if command is not None else None

    def all(self) -> tuple[Receipt, ...]:
        """Return the receipts, oldest first, to be carried over."""
        return tuple(self._known.values())
