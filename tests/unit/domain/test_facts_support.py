"""Facts about the mandate and the support model: values, sources, and how long they are sure."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from coopflow.domain.calendar import add_months, end_of
from coopflow.domain.facts import FACTS, Fact, View
from coopflow.domain.state import Cooperation, Mandate
from tests.collective import START, Collective, support_model
from tests.stages import entrust, read

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)


def _fact(coop: Collective, fact: str, **parameters: Any) -> Fact:
    return FACTS[fact].model_validate(parameters).read(View(coop.state, coop.at))


def _modelled(**changes: Any) -> Collective:
    coop = Collective(4)
    coop.adopt("support_model", support_model(**changes), by="rep-beta")
    return coop


@pytest.mark.parametrize(
    ("fact", "parameters", "value"),
    [
        ("mandate.running", {}, False),
        ("mandate.missions", {}, 0),
        ("mandate.hours_month", {}, 0.0),
        ("mandate.has_end", {}, False),
        ("support.missions", {}, 0),
        ("support.deputy", {}, False),
        ("support.funded", {"months": 6}, False),
        ("support.secured_sources", {}, 0),
        ("support.feedback", {"within": {"months": 12}}, 0.0),
    ],
)
def test_without_a_mandate_or_a_model_there_is_no_support(
    fact: str, parameters: dict[str, Any], value: Any
) -> None:
    """Nothing given reads as nothing, from nowhere."""
    assert read(Collective(4), fact, **parameters) == (value, [])


def test_a_mandate_is_read_from_its_decision() -> None:
    """What a mandate states is read off it, with the decision that gave it."""
    coop = Collective(4)
    entrust(coop, decision="m", hours_month=12.5, ends_on="2026-12-31")
    assert read(coop, "mandate.running") == (True, ["decision m"])
    assert read(coop, "mandate.missions") == (4, ["decision m"])
    assert read(coop, "mandate.hours_month") == (12.5, ["decision m"])
    assert read(coop, "mandate.has_end") == (True, ["decision m"])


def test_a_mandate_may_leave_hours_and_end_open() -> None:
    """What is not stated reads as nothing."""
    coop = Collective(4)
    entrust(coop)
    assert read(coop, "mandate.hours_month") == (0.0, [])
    assert read(coop, "mandate.has_end") == (False, [])


def test_a_mandate_that_no_decision_gave_does_not_run() -> None:
    """Support is given by a decision; a mandate without one is named by its holder."""
    mandate = Mandate(holder="alpha", missions=("inform",), decision=None, since=START)
    view = View(Cooperation(mandate=mandate), START)
    assert FACTS["mandate.running"].model_validate({}).read(view) == Fact(value=False)
    missions = FACTS["mandate.missions"].model_validate({}).read(view)
    assert [str(source) for source in missions.sources] == ["mandate alpha"]


def test_a_support_model_is_read() -> None:
    """Missions, deputy and sources come from the adopted version."""
    coop = _modelled()
    assert read(coop, "support.missions") == (6, ["support_model@1"])
    assert read(coop, "support.deputy") == (True, ["support_model@1"])
    assert read(coop, "support.secured_sources") == (2, ["support_model@1"])
    assert read(coop, "support.funded", months=12) == (True, ["support_model@1"])
    assert read(coop, "support.feedback", within={"months": 12}) == (0.0, ["support_model@1"])


@pytest.mark.parametrize(
    ("until", "months"),
    [
        ("2027-02-27", 6),  # August has days that February lacks
        ("2026-08-30", 6),
        ("2027-02-28", 12),
        ("2028-02-29", 12),
        ("2026-11-30", 1),
        ("2026-09-29", 1),
        ("2026-12-31", 6),
        ("2026-12-30", 0),
    ],
)
def test_resources_are_secured_ahead_until_one_instant_and_never_again(
    until: str, months: int
) -> None:
    """Secured means that the months ahead end by the resource's end; it lapses for good."""
    coop = _modelled(
        budget=[{"source": "Town", "amount": 1, "secured": True, "until": until}],
    )
    found = _fact(coop, "support.funded", months=months)
    assert found.value is True
    assert found.until is not None
    end = end_of(date.fromisoformat(until))
    assert add_months(found.until - TICK, months) <= end < add_months(found.until, months)
    for hours in range(0, 24 * 10, 7):
        later = found.until + timedelta(hours=hours)
        query = FACTS["support.funded"].model_validate({"months": months})
        assert query.read(View(coop.state, later)).value is False
        before = found.until - TICK - timedelta(hours=hours)
        assert query.read(View(coop.state, before)).value is True


def test_resources_are_secured_until_the_latest_end() -> None:
    """The longest secured resource counts; without one nothing is secured."""
    items = [
        {"source": "Town", "amount": 1, "secured": True, "until": "2026-12-31"},
        {"source": "State", "amount": 1, "secured": True, "until": "2027-12-31"},
        {"source": "Bank", "amount": 1, "secured": False, "until": "2029-12-31"},
    ]
    coop = _modelled(budget=items)
    assert read(coop, "support.funded", months=23) == (True, ["support_model@1"])
    assert read(coop, "support.funded", months=30) == (False, ["support_model@1"])
    assert read(_modelled(budget=[]), "support.funded", months=1) == (False, [])


def test_a_source_counts_once_and_until_its_end() -> None:
    """Two resources from one source are one source; one that has ended is none."""
    items = [
        {"source": "Town", "amount": 1, "secured": True, "until": "2026-03-31"},
        {"source": "Town", "amount": 1, "secured": True, "until": "2026-06-30"},
        {"source": "State", "amount": 1, "secured": True, "until": "2026-03-31"},
    ]
    coop = _modelled(budget=items)
    april = datetime(2026, 4, 1, tzinfo=UTC)
    assert _fact(coop, "support.secured_sources").until == april
    coop.wait(until=april - TICK)
    assert read(coop, "support.secured_sources")[0] == 2
    coop.wait(until=april)
    assert read(coop, "support.secured_sources")[0] == 1
    coop.wait(until=datetime(2026, 7, 1, tzinfo=UTC))
    found = _fact(coop, "support.secured_sources")
    assert (found.value, found.until) == (0, None)


@pytest.mark.parametrize(
    ("scores", "mean"),
    [
        ([3.5], 3.5),
        ([4.7, 3.5, 2.2, 3.6], 3.5),
        ([4, 5], 4.5),
        ([4.8, 1, 2, 4.9, 4.6, 3.7], 3.5),
    ],
)
def test_the_mean_of_the_feedback_is_exact(scores: list[float], mean: float) -> None:
    """Scores are written as decimals and averaged as such."""
    feedback = [{"on": "2025-12-01", "score": score} for score in scores]
    coop = _modelled(feedback=feedback)
    assert read(coop, "support.feedback", within={"months": 12})[0] == mean


def test_feedback_counts_from_its_day_for_as_long_as_the_window() -> None:
    """A score of a coming day waits for it; the next change is announced."""
    feedback = [{"date": "2025-12-01", "score": 4}, {"date": "2026-02-01", "score": 2}]
    coop = _modelled(feedback=feedback)
    parameters = {"within": {"months": 12}}
    for day, score, until in (
        (START, 4.0, datetime(2026, 2, 1, tzinfo=UTC)),
        (datetime(2026, 2, 1, tzinfo=UTC), 3.0, datetime(2026, 12, 1, tzinfo=UTC)),
        (datetime(2026, 12, 1, tzinfo=UTC), 2.0, datetime(2027, 2, 1, tzinfo=UTC)),
        (datetime(2027, 2, 1, tzinfo=UTC), 0.0, None),
    ):
        coop.wait(until=day)
        query = FACTS["support.feedback"].model_validate(parameters)
        found = query.read(View(coop.state, day))
        assert (found.value, found.until) == (score, until)
