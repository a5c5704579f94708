"""Secrets and signatures of webhooks, by Standard Webhooks."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from standardwebhooks import Webhook

PREFIX: Final = "whsec_"

_BYTES: Final = 32


def new_secret() -> str:
    """Make a secret: ``whsec_`` and 256 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def message_id(endpoint: str, event: str) -> str:
    """Return the ``webhook-id`` of an event for an endpoint: always the same, and without dots.

    Args:
        endpoint: its id.
        event: what tells the event from all others.
    """
    return "msg_" + hashlib.sha256(f"{endpoint} {event}".encode()).hexdigest()[:32]


def signed(message: str, at: datetime, body: str, by: Sequence[str]) -> dict[str, str]:
    """Return the headers that sign a message.

    Args:
        message: its id.
        at: when it is sent; receivers refuse what is older than a few minutes.
        body: what is sent.
        by: the secrets, each of which signs.
    """
    signatures = (Webhook(secret).sign(msg_id=message, timestamp=at, data=body) for secret in by)
    return {
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
