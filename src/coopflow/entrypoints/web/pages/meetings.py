"""Meetings: who came, what was written down, and how people feel about the cooperation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Path
from fastapi.responses import Response
from markupsafe import Markup

from coopflow.domain.base import Slug
from coopflow.entrypoints.http.problems import ProblemError
from coopflow.entrypoints.web.cooperation import CooperationPage, CooperationPageDep
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.entrypoints.web.records.hand import hand_of
from coopflow.pictures.attendance import Attendance, attendance_picture
from coopflow.pictures.picture import Frame, Picture, wide_and_narrow
from coopflow.readmodel.chronicle import Narrowing
from coopflow.readmodel.views import JournalLine, MeetingView

router = APIRouter(prefix="/c/{programme}/{cooperation}/meetings", dependencies=MEMBERS)

_PULSES: Final = 12
_MOST: Final = 10_000
_RECORDED: Final = Narrowing(types=("meeting_recorded",))

MeetingId = Annotated[Slug, Path()]


@router.get("")
async def show_all(page: CooperationPageDep) -> Response:
    """List them, the latest first, with who came; and the pulses for who may read the journal."""
    page.sight.may("meetings")
    found = await page.services.queries.meetings(page.sight.address)
    present = await _present(page)
    pulses: tuple[JournalLine, ...] = ()
    if page.may("journal"):
        pulses = await page.services.chronicle.latest(
            page.sight.address, Narrowing(types=("pulse_recorded",)), limit=_PULSES
        )
    return page.render(
        "cooperation/meetings.html",
        meetings=found[::-1],
        present=present,
        picture=_picture(page, found, present) if found else "",
        pulses=pulses,
        hand=hand_of(page),
    )


@router.get("/{meeting}")
async def show(meeting: MeetingId, page: CooperationPageDep) -> Response:
    """Show one, with its minutes for who may read the journal."""
    page.sight.may("meetings")
    found = await page.services.queries.meetings(page.sight.address)
    view = next((one for one in found if one.id == meeting), None)
    if view is None:
        raise ProblemError("not_found")
    lines: tuple[JournalLine, ...] = ()
    if page.may("journal"):
        lines = await page.services.chronicle.about(
            page.sight.address, "meeting", meeting, ("minutes_published",)
        )
    return page.render(
        "cooperation/meeting.html",
        view=view,
        present=(await _present(page))[view.id],
        minutes=lines[::-1],
        hand=hand_of(page),
    )


async def _present(page: CooperationPage) -> Mapping[str, int]:
    """Return how many of the members that were active came, by meeting; others may have come, too.

    Who was active then stands in the entries that recorded the meetings.
    """
    lines = await page.services.chronicle.latest(page.sight.address, _RECORDED, limit=_MOST)
    return {
        line.data["meeting"]: len(set(line.data["active"]) & set(line.data["attendees"]))
        for line in lines
    }


def _picture(
    page: CooperationPage, found: tuple[MeetingView, ...], present: Mapping[str, int]
) -> Markup:
    held = [
        Attendance(
            one.held_at.astimezone(page.say.zone).date(),
            page.say(f"meeting.{one.kind}"),
            present[one.id],
            one.active,
        )
        for one in found
    ]

    def draw(frame: Frame) -> Picture:
        return attendance_picture(held, page.say, frame)

    return Markup(wide_and_narrow(draw, "came"))  # noqa: S704 - what is drawn is escaped
