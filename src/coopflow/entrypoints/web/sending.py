"""Telling one sending of a form from another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping


def order_key(command: str, form: str, data: Mapping[str, object]) -> str:
    """Return the key of an order: the same form sent twice is one, with other answers another one.

    Args:
        command: what is given.
        form: what tells the form from others, as it was shown.
        data: the answers.
    """
    content = "\n".join([command, form, json.dumps(data, sort_keys=True)])
    return f"page-{hashlib.sha256(content.encode()).hexdigest()}"
