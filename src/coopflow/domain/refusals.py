"""What the engine answers instead of events: a code and the facts that explain it."""

from __future__ import annotations

from typing import Any, Final, Literal, NoReturn, get_args

from pydantic import ConfigDict, Field

from coopflow.domain.base import Shape

Code = Literal[
    "invalid_command",
    "invalid_document",
    "forbidden",
    "unknown_member",
    "unknown_person",
    "unknown_document",
    "unknown_decision",
    "unknown_disagreement",
    "unknown_review",
    "unknown_gate",
    "already_exists",
    "not_in_electorate",
    "invalid_choice",
    "reason_required",
    "decision_closed",
    "rule_not_allowed",
    "too_early",
    "too_late",
    "wrong_stage",
    "wrong_state",
    "cooperation_paused",
    "cooperation_closed",
    "delegation_refused",
    "not_signed",
    "too_large",
    "outdated",
]
CODES: Final[tuple[str, ...]] = get_args(Code)


class Refusal(Shape):
    """A command that was not accepted, and why; it changed nothing.

    ``facts`` are plain JSON values named after the words of the contract, for example
    ``decision`` and ``organisation``; ``message`` says in English what was wrong and what to do.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    message: str = ""
    facts: dict[str, Any] = Field(default_factory=dict)

    def __str__(self) -> str:
        """Write the refusal on one line."""
        facts = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code}: {self.message}" + (f" ({facts})" if facts else "")


class RefusedError(Exception):
    """Raised inside a turn to abandon it; the caller of ``decide`` sees the refusal instead."""

    def __init__(self, refusal: Refusal) -> None:
        """Carry the refusal."""
        super().__init__(str(refusal))
        self.refusal = refusal


def refuse(code: Code, message: str, **facts: Any) -> NoReturn:
    """Abandon the turn with a refusal.

    Raises:
        RefusedError: always.
    """
    raise RefusedError(Refusal(code=code, message=message, facts=facts))
