"""What somebody has typed into the form of a command and not sent: kept for them alone.

Each form has a place of its own by what is settled in it: of two reviews that are closed, neither
takes the text of the other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from coopflow.entrypoints.web.cooperation import CooperationPage
from coopflow.entrypoints.web.forms.form import Form
from coopflow.entrypoints.web.forms.typed import Typed, as_pairs
from coopflow.requests.unsent import Keeping, Place, UnsentText

_NOT_KEPT: Final = frozenset({"choice"})
"""Answers that are kept nowhere before they are given: the ballot may be secret."""


def place_of(page: CooperationPage, command: str, settled: Mapping[str, str]) -> Place:
    """Return where what the reader types into a form is kept.

    Args:
        page: of the cooperation.
        command: which form.
        settled: the answers that are not asked any more, by field.
    """
    about = json.dumps(dict(sorted(settled.items())))
    digest = hashlib.sha256(about.encode()).hexdigest()[:16]
    return Place(page.visitor.person, page.sight.address, f"command:{command}:{digest}")


async def keep(page: CooperationPage, place: Place, typed: Typed) -> Keeping:
    """Keep what was typed so far, or say why not."""
    pairs = [one for one in as_pairs(typed) if one[0] not in _NOT_KEPT]
    return await page.services.unsent.keep(place, pairs, datetime.now(UTC))


async def kept_at(page: CooperationPage, place: Place) -> UnsentText | None:
    """Return what is kept at a place, if anything is."""
    return await page.services.unsent.find(place, datetime.now(UTC))


def restored(form: Form, unsent: UnsentText, typed: Typed, settled: Mapping[str, str]) -> Typed:
    """Return what was kept, with what is settled as it is now.

    Args:
        form: the form.
        unsent: what was kept.
        typed: what is filled in beforehand.
        settled: the answers that are not asked any more.
    """
    before = form.read(unsent.pairs).typed
    for name in settled:
        before = before.having(name, typed.part(name))
    return before
