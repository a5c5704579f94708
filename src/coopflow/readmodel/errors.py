"""What can go wrong between coopflow and its database.

Kept free of imports from SQLAlchemy, so that a command line can map these errors to exit codes
without paying for the library at start-up.
"""

from __future__ import annotations

from coopflow.application.engine import Address, UnavailableError


class DatabaseUrlError(ValueError):
    """The address of the database cannot be used; says why and what to write instead."""


class DatabaseUnavailableError(UnavailableError):
    """The database does not answer, or not as it should; trying again later may help.

    ``url`` is the address without password.
    """

    def __init__(self, url: str, reason: str, advice: str) -> None:
        """Say what was tried, what came of it and what to do."""
        super().__init__(f"the database {url} cannot be used: {reason}; {advice}")
        self.url = url


class LaterTablesError(DatabaseUnavailableError):
    """The database answers, but a later version of coopflow has changed its tables."""


class JournalGapError(Exception):
    """Entries arrived before those that come first; nothing of them was stored."""

    def __init__(self, address: Address, expected: int, got: int) -> None:
        """Name the entry that is missing."""
        super().__init__(
            f"the journal of {address} goes on with entry {expected}, but entry {got} came: "
            f"give the entries from {expected} on"
        )
        self.address, self.expected, self.got = address, expected, got


class JournalConflictError(Exception):
    """The journal holds another entry under the same number; nothing was stored."""

    def __init__(self, address: Address, seq: int, stored: str, got: str) -> None:
        """Name the first entry that differs, and the types of both events."""
        super().__init__(
            f"the journal of {address} tells another life: its entry {seq} is a {stored}, but "
            f"a {got} came that differs from it. The database remembers a cooperation of this "
            "name that the engine no longer knows: use another database, or another name"
        )
        self.address, self.seq = address, seq
