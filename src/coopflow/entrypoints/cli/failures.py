"""What a command says when it cannot do what was asked, and the exit code that goes with it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, NoReturn

from typer import Exit

if TYPE_CHECKING:
    from coopflow.application.callers import Language
    from coopflow.domain.refusals import Refusal

REFUSED: Final = 1
"""The engine refused, or what was expected does not hold."""

AT_FAULT: Final = 2
"""The command line, a setting or a file is wrong; nothing was started."""

UNAVAILABLE: Final = 3
"""Something that the command needs does not answer, or is not installed."""

_language: Final[ContextVar[Language | None]] = ContextVar("language", default=None)


class RefusedByEngineError(Exception):
    """A command or question that the engine refused."""

    def __init__(self, refusal: Refusal) -> None:
        """Carry the refusal."""
        super().__init__(str(refusal))
        self.refusal = refusal


class SupposedInVainError(Exception):
    """Commands that were supposed would be refused: what follows from them cannot be said."""

    def __init__(self, refusals: Iterable[str]) -> None:
        """Carry a line for each."""
        super().__init__("\n".join(refusals))


class NotFoundError(LookupError):
    """What was named on the command line is not there; says what is."""


class UsageError(ValueError):
    """What was asked on the command line cannot be meant; says what to write instead."""


@contextmanager
def reported() -> Iterator[None]:
    """Turn the failures that people can do something about into a message and an exit code.

    Raises:
        Exit: with 1, 2 or 3; anything else is a fault of ours and goes through.
    """
    _language.set(None)
    try:
        yield
    except Exception as error:
        code = _code(error)
        if code is None:
            raise
        fail(_said(error), code)


def speak(language: Language) -> None:
    """Say from now on in this language what is wrong with files."""
    _language.set(language)


def _said(error: Exception) -> str:
    """Return what an error says, in the language of who reads it where both are known."""
    language = _language.get() or _configured()
    if language == "en":
        return str(error)
    from coopflow.definitions.faults import FaultsError  # noqa: PLC0415 - as below
    from coopflow.wording.faults import fault_in, french  # noqa: PLC0415 - as below

    if isinstance(error, FaultsError):
        return "\n".join(str(fault_in(one, language)) for one in error.faults)
    return french(str(error)) or str(error)


def _configured() -> Language:
    from coopflow.settings import SettingsError, load_settings  # noqa: PLC0415 - as below

    try:
        return load_settings().language
    except SettingsError:
        return "en"


def fail(message: str, code: int) -> NoReturn:
    """Say why, on stderr, and end the command.

    Raises:
        Exit: always.
    """
    from coopflow.telemetry import visible  # noqa: PLC0415 - for those that fail

    sys.stderr.write(f"{visible(message)}\n")
    raise Exit(code)


def _code(error: Exception) -> int | None:
    # Imported here: these modules load the domain, which a command that succeeds may never need.
    from coopflow.application.engine import (  # noqa: PLC0415
        UnavailableError,
        UnknownCooperationError,
    )
    from coopflow.checks import CheckError  # noqa: PLC0415
    from coopflow.definitions.faults import FaultsError  # noqa: PLC0415
    from coopflow.definitions.library import UnknownNameError  # noqa: PLC0415
    from coopflow.directory.errors import DirectoryError, FaultyRecordError  # noqa: PLC0415
    from coopflow.outgoing.errors import (  # noqa: PLC0415
        EndpointFault,
        UnknownDeliveryError,
        UnknownEndpointError,
    )
    from coopflow.readmodel.errors import DatabaseUrlError  # noqa: PLC0415
    from coopflow.sealing.errors import BrokenSealError, KeysError  # noqa: PLC0415
    from coopflow.settings import SettingsError  # noqa: PLC0415
    from coopflow.signing import SigningKeyError  # noqa: PLC0415
    from coopflow.temporal.errors import (  # noqa: PLC0415
        DeploymentError,
        EngineFaultError,
        TemporalSettingsError,
        TemporalUnavailableError,
    )

    faulty = (
        FaultsError,
        UnknownNameError,
        SettingsError,
        TemporalSettingsError,
        DatabaseUrlError,
        KeysError,
        CheckError,
        FaultyRecordError,
        SigningKeyError,
        UsageError,
        EndpointFault,
    )
    if isinstance(error, faulty):
        return AT_FAULT
    refused = (
        DeploymentError,
        DirectoryError,
        RefusedByEngineError,
        SupposedInVainError,
        EngineFaultError,
        BrokenSealError,
        UnknownCooperationError,
        NotFoundError,
        UnknownDeliveryError,
        UnknownEndpointError,
    )
    if isinstance(error, refused):
        return REFUSED
    if isinstance(error, (UnavailableError, TemporalUnavailableError)):
        return UNAVAILABLE
    return None
