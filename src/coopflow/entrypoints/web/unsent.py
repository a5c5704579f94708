"""What somebody has typed into a form and not sent: kept for them alone, one text for each form.

The form of a command has a place of its own by what is settled in it: of two reviews that are
closed, neither takes the text of the other. Where a form is open in two windows, neither takes the
place of what was typed in the other without being told of it first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple

from coopflow.entrypoints.web.cooperation import CooperationPage
from coopflow.entrypoints.web.forms.form import Form
from coopflow.entrypoints.web.forms.typed import Typed, as_pairs
from coopflow.requests.unsent import Keeping, Place, UnsentText
from coopflow.services import Services

SHOWN_AT: Final = "_shown_at"
"""The input that says when the form was shown: what was kept later comes from another window."""

WINDOW: Final = "_key"
"""Under which name a text keeps the key of the window that it was typed in."""

Kept = Keeping | Literal["elsewhere"]
"""What became of a text; ``elsewhere``: another one was kept meanwhile, and still is."""


def place_of(page: CooperationPage, command: str, form: Form, settled: Mapping[str, str]) -> Place:
    """Return where what the reader types into a form is kept.

    Args:
        page: of the cooperation.
        command: which form.
        form: the same.
        settled: the answers that are not asked any more, by field.
    """
    # Of what a place is made is soon found out where only a few answers are possible.
    told = {name: settled[name] for name in sorted(settled.keys() - form.secrets)}
    about = json.dumps(told)
    digest = hashlib.sha256(about.encode()).hexdigest()[:16]
    return Place(page.visitor.person, page.sight.address, f"command:{command}:{digest}")


class Window(NamedTuple):
    """A window in which a form is open.

    Attributes:
        key: tells it from others.
        shown_at: when the form was shown in it.
    """

    key: str
    shown_at: datetime


def window_of(key: str, shown_at: str) -> Window:
    """Return the window of a form that was posted, by the inputs that tell it."""
    try:
        found = datetime.fromisoformat(shown_at)
    except ValueError:
        return Window(key, datetime.now(UTC))
    return Window(key, found if found.tzinfo is not None else datetime.now(UTC))


def opened(key: str, unsent: UnsentText | None) -> Window:
    """Return a window in which a form is shown now, with what is kept of it, if anything is.

    What is shown was kept before, also where the clock of another process is ahead of this one.
    """
    now = datetime.now(UTC)
    return Window(key, now if unsent is None else max(now, unsent.saved_at))


async def is_elsewhere(services: Services, place: Place, window: Window) -> bool:
    """Whether another text was kept since the form was shown in a window, in another one."""
    kept = await services.unsent.find(place, datetime.now(UTC))
    return (
        kept is not None
        and kept.saved_at > window.shown_at
        and (WINDOW, window.key) not in kept.pairs
    )


async def keep(
    services: Services, place: Place, pairs: Sequence[tuple[str, str]], window: Window
) -> Kept:
    """Keep what was typed in a window so far, or say why not."""
    if await is_elsewhere(services, place, window):
        return "elsewhere"
    pairs = [(WINDOW, window.key), *pairs]
    return await services.unsent.keep(place, pairs, datetime.now(UTC))


async def let_go(services: Services, place: Place, window: Window) -> None:
    """Let go of a text that was sent from a window, but not of one that came in another since."""
    if not await is_elsewhere(services, place, window):
        await services.unsent.discard(place)


def pairs_of(form: Form, typed: Typed) -> list[tuple[str, str]]:
    """Return what is kept of what was typed for a command: nothing that may be secret."""
    told = {name: part for name, part in typed.parts.items() if name not in form.secrets}
    return [*as_pairs(Typed(parts=told))]


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
