"""Refusals as exceptions: one class for each code, so that callers may catch just one."""

from __future__ import annotations

from typing import Any, ClassVar

from coopflow.domain import refusals
from coopflow.domain.refusals import Code, Refusal


class RefusedError(refusals.RefusedError):
    """A command was refused, and nothing was changed by it.

    Each code has a class of its own below; ``match error.code`` tells them apart as well.

    Attributes:
        refusal: the code, what was wrong in words, and the facts that explain it.
    """

    known: ClassVar[dict[str, type[RefusedError]]] = {}
    """The class of each code; filled by their definitions."""

    __match_args__ = ("code", "facts")

    def __init_subclass__(cls, code: Code, **kwargs: Any) -> None:
        """Make the class the one of a code."""
        super().__init_subclass__(**kwargs)
        RefusedError.known[code] = cls

    @classmethod
    def of(cls, refusal: Refusal) -> RefusedError:
        """Return the exception for a refusal, of the class of its code."""
        return cls.known[refusal.code](refusal)

    @property
    def code(self) -> Code:
        """Why, in one word of the contract."""
        return self.refusal.code

    @property
    def facts(self) -> dict[str, Any]:
        """What explains it, as plain JSON values, for example ``decision`` and ``closes_at``."""
        return self.refusal.facts


class InvalidCommandError(RefusedError, code="invalid_command"):
    """The command is not well formed, or does not fit; ``faults`` lists what is wrong where."""


class InvalidDocumentError(RefusedError, code="invalid_document"):
    """The content of the document is faulty or incomplete; ``faults`` lists it field by field."""


class ForbiddenError(RefusedError, code="forbidden"):
    """The person may not do this here, or the cooperation does not know them."""


class UnknownMemberError(RefusedError, code="unknown_member"):
    """No member by this id."""


class UnknownPersonError(RefusedError, code="unknown_person"):
    """Nobody by this id, or not in this role."""


class UnknownDocumentError(RefusedError, code="unknown_document"):
    """No such document, version or part of one."""


class UnknownDecisionError(RefusedError, code="unknown_decision"):
    """No decision by this id."""


class UnknownDisagreementError(RefusedError, code="unknown_disagreement"):
    """No disagreement by this id."""


class UnknownReviewError(RefusedError, code="unknown_review"):
    """No review by this id, or no such change in it."""


class UnknownGateError(RefusedError, code="unknown_gate"):
    """The lifecycle has no such gate."""


class AlreadyExistsError(RefusedError, code="already_exists"):
    """Something by this id, or of this kind, is there already."""


class NotInElectorateError(RefusedError, code="not_in_electorate"):
    """The organisation does not vote on this decision."""


class InvalidChoiceError(RefusedError, code="invalid_choice"):
    """The rule of the decision knows no such answer; ``choices`` lists those it knows."""


class ReasonRequiredError(RefusedError, code="reason_required"):
    """This is not done without giving a reason."""


class DecisionClosedError(RefusedError, code="decision_closed"):
    """The decision is no longer open."""


class RuleNotAllowedError(RefusedError, code="rule_not_allowed"):
    """The policy does not allow this rule, or this way, for the subject."""


class TooEarlyError(RefusedError, code="too_early"):
    """The time for this has not come; the facts say what is waited for."""


class TooLateError(RefusedError, code="too_late"):
    """The time for this is over."""


class WrongStageError(RefusedError, code="wrong_stage"):
    """The cooperation is in another stage."""


class WrongStateError(RefusedError, code="wrong_state"):
    """What it is about, or the cooperation itself, is in a state that does not allow this."""


class CooperationPausedError(RefusedError, code="cooperation_paused"):
    """The cooperation pauses: resume it first."""


class CooperationClosedError(RefusedError, code="cooperation_closed"):
    """The cooperation has ended."""


class DelegationRefusedError(RefusedError, code="delegation_refused"):
    """The vote cannot be entrusted to that organisation."""


class NotSignedError(RefusedError, code="not_signed"):
    """Signatures are missing."""


class TooLargeError(RefusedError, code="too_large"):
    """There would be more of it than a cooperation can hold."""


class OutdatedError(RefusedError, code="outdated"):
    """More has happened than the one who gave the command knew: look at it again."""
