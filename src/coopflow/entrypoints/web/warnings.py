"""Alerts as people read them, and where they see what is behind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from coopflow.domain.alerts import Severity
from coopflow.domain.state import Cooperation
from coopflow.entrypoints.web.cooperation import CooperationPage
from coopflow.entrypoints.web.naming import Family, named
from coopflow.readmodel.views import AlertView


class _Shown(NamedTuple):
    """How alerts of a code are shown: what they are about, and where that is found."""

    family: Family
    place: str


_SHOWN: Final[Mapping[str, _Shown]] = {
    "gate_blocked": _Shown("subject", "/disagreements/{about}"),
    "guard_failing": _Shown("condition", "/gates"),
    "cure_soon": _Shown("condition", "/gates"),
    "mandate_lapsed": _Shown("nothing", "/people"),
    "mandate_ending": _Shown("organisation", "/people"),
    "document_stale": _Shown("document", "/documents/{about}"),
    "expiry_soon": _Shown("document", "/documents/{about}"),
    "attendance_low": _Shown("nothing", "/meetings"),
    "no_plenary": _Shown("nothing", "/meetings"),
    "decision_lapsed": _Shown("subject", "/decisions/{about}"),
    "review_due": _Shown("review", "/reviews"),
    "renewal_due": _Shown("nothing", "/gates/{about}"),
    "member_moved": _Shown("organisation", "/people"),
}


class Warned(NamedTuple):
    """An alert.

    Attributes:
        severity: how urgent it is.
        words: what it says.
        about: what it is about; empty where it says it all.
        since: since when it stands.
        path: where one sees more.
    """

    severity: Severity
    words: str
    about: str
    since: datetime
    path: str


def warned(page: CooperationPage, alert: AlertView, state: Cooperation) -> Warned:
    """Return an alert as people read it."""
    family, place = _SHOWN[alert.code]
    about = alert.about
    if alert.code == "decision_lapsed" and about in state.decisions:
        decision = state.decisions[about]
        about = decision.question or decision.subject
    if alert.code == "gate_blocked" and about in state.disagreements:
        about = state.disagreements[about].subject
    return Warned(
        alert.severity,
        page.say(f"alert.{alert.code}"),
        named(page, family, about),
        alert.since,
        page.path + place.format(about=alert.about),
    )
