"""The advice that is followed, as it comes and goes."""

from __future__ import annotations

from datetime import timedelta

from coopflow.domain.calendar import add_months
from tests.collective import START, Collective
from tests.stages import entrust, in_structuration, meet


def followed(coop: Collective) -> list[str]:
    return list(coop.state.advice)


def test_advice_that_is_followed_is_noted_when_it_is() -> None:
    """The journal says from when on: it is no level and stands in no way."""
    coop = Collective(3)
    assert followed(coop) == []
    came = meet(coop, "tour", "alpha", kind="discovery", minutes=None)
    assert came[-1] == "advice_followed"
    assert followed(coop) == ["advice-discovery"]
    entrust(coop, hours_month=20)
    assert followed(coop) == ["advice-discovery", "advice-support"]


def test_advice_ceases_to_be_followed_by_itself() -> None:
    """A discovery meeting counts for twelve months, to the microsecond."""
    coop = Collective(3)
    meet(coop, "tour", "alpha", kind="discovery", minutes=None)
    over = add_months(START, 12)
    assert "advice_followed" not in coop.wait(until=over - timedelta(microseconds=1))
    assert "advice_followed" in coop.wait(until=over)
    assert followed(coop) == []


def test_what_does_not_concern_it_changes_nothing() -> None:
    """A decision that is asked and taken leaves what is followed as it was."""
    coop = in_structuration()
    before = followed(coop)
    coop.ask()
    assert "advice_followed" not in coop.vote("d", "yes")
    assert followed(coop) == before


def test_nothing_becomes_of_what_is_closed() -> None:
    """Erasing a person long after the end tells of nothing that has changed since."""
    coop = Collective(3)
    meet(coop, "tour", "alpha", kind="discovery", minutes=None)
    coop.ask("end", "closing")
    coop.vote("end", "yes")
    coop.do("fay", "close_cooperation", report="Done")
    coop.wait(days=800)
    assert coop.do("pam", "erase_person", person="rep-beta") == ["person_erased"]
