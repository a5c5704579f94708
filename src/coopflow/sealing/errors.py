"""What can go wrong with keys and with what they encrypt.

Kept free of imports, so that a command line can map these errors to exit codes without paying for
cryptography at start-up.
"""

from __future__ import annotations


class KeysError(Exception):
    """The keys are missing, not good, readable by others, or cannot be written."""


class UnknownKeyError(KeysError):
    """Something is encrypted with a key that this process does not have; the message names it."""


class BrokenSealError(RuntimeError):
    """What is encrypted was changed, or stands where it does not belong."""
