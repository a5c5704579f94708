"""What can be wrong with what is asked of the directory; free of imports from SQLAlchemy."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from coopflow.domain.tools import path_of


class DirectoryError(Exception):
    """The directory does not do what was asked; nothing was changed."""


class UnknownRecordError(DirectoryError, LookupError):
    """What was named is not in the directory, or not for those who asked."""

    def __init__(self, kind: str, name: str, programme: str | None = None) -> None:
        """Name what is missing."""
        where = f" in {programme}" if programme else ""
        super().__init__(f"there is no {kind} {name}{where} in the directory")
        self.kind, self.name, self.programme = kind, name, programme


class TakenError(DirectoryError):
    """Another record has what must be one's own: its id, an address, a registration number.

    The message tells nothing of that record: it may belong to another programme.
    """

    def __init__(self, kind: str, field: str, value: str) -> None:
        """Name the field."""
        super().__init__(f"{field}: {value} is taken by another {kind}; choose another")
        self.kind, self.field, self.value = kind, field, value


class StaleError(DirectoryError):
    """A record was changed since it was read."""

    def __init__(self, kind: str, name: str, expected: int, version: int) -> None:
        """Name the version that was expected, and the one that there is."""
        super().__init__(
            f"{kind} {name} is at version {version}, not {expected}: somebody changed it; read it "
            "again and repeat the change"
        )
        self.kind, self.name, self.expected, self.version = kind, name, expected, version


class InUseError(DirectoryError):
    """What others refer to is not removed; says who does."""


class FaultyRecordError(DirectoryError, ValueError):
    """Values that cannot be kept.

    Attributes:
        faults: what is wrong and what to write instead, by field.
    """

    def __init__(self, kind: str, faults: Mapping[str, str]) -> None:
        """Carry what is wrong, by field."""
        lines = "; ".join(f"{field}: {message}" for field, message in faults.items())
        super().__init__(f"{kind}: {lines}")
        self.kind, self.faults = kind, dict(faults)

    @classmethod
    def of(cls, kind: str, error: ValidationError) -> FaultyRecordError:
        """Say what a model found wrong, in few words."""
        faults: dict[str, str] = {}
        for fault in error.errors(include_url=False):
            field = path_of(fault["loc"]) or kind
            faults.setdefault(field, fault["msg"].removeprefix("Value error, "))
        return cls(kind, faults)
