"""What can be wrong with webhooks."""

from __future__ import annotations


class UnknownEndpointError(LookupError):
    """There is no such endpoint in a programme."""


class UnknownDeliveryError(LookupError):
    """There is no such delivery to an endpoint."""


class EndpointFault(ValueError):  # noqa: N818 - it is said of what was given, not of a failure
    """An endpoint that cannot be kept as it was given.

    Attributes:
        field: what is at fault: ``url``, ``types`` or ``status``.
    """

    def __init__(self, field: str, message: str) -> None:
        """Name the field, and say what to do."""
        super().__init__(message)
        self.field = field
