"""What can go wrong when somebody wants in."""

from __future__ import annotations

from typing import Literal

Reason = Literal["malformed", "unknown", "expired", "revoked", "owner_gone"]


class RefusedCredentialError(Exception):
    """A token, a session or a link that lets nobody in.

    The one who shows it is not told why: the reason is for the audit.

    Attributes:
        reason: why.
        about: the public id of what was shown, where it is known; never the secret.
    """

    def __init__(self, reason: Reason, about: str | None = None) -> None:
        """Say why, and about what."""
        super().__init__(f"{about or 'what was shown'}: {reason}")
        self.reason, self.about = reason, about


class GrantRefusedError(Exception):
    """A token that its maker may not make.

    Attributes:
        field: what of the request goes too far.
        code: which rule it breaks, for the words that people read.
    """

    def __init__(self, field: str, code: str) -> None:
        """Name the field and the rule."""
        super().__init__(f"{field}: {code}")
        self.field, self.code = field, code


class SignInError(Exception):
    """A sign-in that failed on the way; the message says where, for the audit and the log."""


class UnknownPersonError(SignInError):
    """Somebody whom the provider knows and the directory does not."""


class ProviderUnavailableError(SignInError):
    """The identity provider does not answer, or not as the standard says."""


class UntrustedTokenError(SignInError):
    """A token that says it comes from the identity provider, and does not prove it."""


class UnknownKeyError(UntrustedTokenError):
    """A token signed with a key that the provider may have begun to use since it was asked."""
