"""What a cooperation measures: its indicators, their values and how they develop."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response
from markupsafe import Markup

from coopflow.entrypoints.web.cooperation import CooperationPage, CooperationPageDep
from coopflow.entrypoints.web.forms.choices import choice_of
from coopflow.entrypoints.web.guards import MEMBERS
from coopflow.pictures.picture import Frame, Picture, wide_and_narrow
from coopflow.pictures.values import ValueAt, values_picture
from coopflow.readmodel.views import IndicatorView

_VALUES: Final = 60

router = APIRouter(prefix="/c/{programme}/{cooperation}/indicators", dependencies=MEMBERS)


class Measured(NamedTuple):
    """An indicator with its picture.

    Attributes:
        view: the indicator and its values.
        picture: how they develop, as HTML; empty while there are fewer than two.
        text: what the picture shows, in words.
    """

    view: IndicatorView
    picture: Markup
    text: str


@router.get("")
async def show(page: CooperationPageDep) -> Response:
    """Show the indicators of the value chain with their values, as a picture and as figures."""
    page.sight.may("measures")
    found = await page.services.queries.measures(
        page.sight.address, datetime.now(UTC), values=_VALUES
    )
    return page.render(
        "documents/indicators.html",
        measured=[_measured(page, one, number) for number, one in enumerate(found)],
        frequency=lambda one: choice_of("Indicator.frequency", one, page.say),
        may_record=page.may_give("record_measure") and page.detail.status == "active",
    )


def _measured(page: CooperationPage, view: IndicatorView, number: int) -> Measured:
    # The latest go first, and those of one day keep their order in the picture.
    values = [
        ValueAt(one.at.astimezone(page.say.zone).date(), one.value) for one in reversed(view.values)
    ]

    def draw(frame: Frame) -> Picture:
        return values_picture(
            view.definition,
            values,
            page.say,
            frame,
            unit=view.unit,
            baseline=view.baseline,
            target=view.target,
        )

    if len(values) < 2:  # noqa: PLR2004 - one value is no development
        return Measured(view, Markup(), "")
    # What is drawn escapes the texts of people.
    drawn = Markup(wide_and_narrow(draw, f"i{number}"))  # noqa: S704
    return Measured(view, drawn, draw(Frame()).text)
