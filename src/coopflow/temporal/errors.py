"""What can go wrong between coopflow and a Temporal server, in words an operator can act on.

Kept free of imports from the Temporal SDK, so that a command line can map these errors to exit
codes without paying for the SDK at start-up.
"""

from __future__ import annotations


class TemporalUnavailableError(Exception):
    """No usable Temporal server: the message says what was tried and what to do about it."""


class TemporalSettingsError(ValueError):
    """The settings of the Temporal client contradict themselves or name something missing."""


class ServerBinaryMissingError(TemporalUnavailableError):
    """The program of the embedded server is not installed."""


class StateDirectoryError(TemporalUnavailableError):
    """The state directory cannot be made or written."""


class StateDirectoryBusyError(StateDirectoryError):
    """Another engine works in the state directory; the message names its process id."""


class ServerStartError(TemporalUnavailableError):
    """The embedded server ended, or did not serve in time; the message ends with its last words."""


class EngineFaultError(RuntimeError):
    """The engine could not decide a request for a fault of its own; nothing was changed."""


class DeploymentError(Exception):
    """Temporal does not do this to a version of the workers; says why, and what to do."""


class DamagedPayloadError(EngineFaultError):
    """An encrypted payload was changed, or stands where it does not belong."""
