"""The lifecycle in a paper, as a picture with the stage marked where a cooperation stands."""

from __future__ import annotations

from typing import Final

from coopflow.papers.about import About
from coopflow.papers.paper import Picture
from coopflow.pictures.lifecycle import lifecycle_picture
from coopflow.pictures.picture import Frame

_FRAME: Final = Frame(prefix="lifecycle", width=720)


def lifecycle_drawn(about: About) -> Picture | None:
    """Return the lifecycle with where the cooperation stands; None where it is not known."""
    if about.rules is None:
        return None
    since = about.state.stage_since
    drawn = lifecycle_picture(
        about.rules.lifecycle,
        about.say,
        _FRAME,
        stage=about.state.stage,
        since=since.astimezone(about.say.zone).date() if since else None,
    )
    label = about.say.label(about.rules.lifecycle.label)
    return Picture(drawn.svg, drawn.text, label)
