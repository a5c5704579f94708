"""Checking a gate as it will stand at an instant."""

from datetime import timedelta

from coopflow.application.gate_check import check_gate
from coopflow.application.outlook import told
from coopflow.domain.calendar import add_months
from coopflow.domain.explanation import Examination
from coopflow.domain.refusals import Refusal
from tests.collective import START
from tests.stages import ready_for_structuration


def test_a_gate_is_checked_as_it_will_stand_if_nobody_acts() -> None:
    """A year on the documents are stale and the plenary is old; the cooperation knows nothing."""
    coop = ready_for_structuration()
    before = coop.state
    now = check_gate(coop.state, "to_structuration", coop.at, coop.rules)
    later = check_gate(coop.state, "to_structuration", add_months(START, 12), coop.rules)
    assert isinstance(now, Examination)
    assert isinstance(later, Examination)
    assert (now.result, later.result) == ("pass", "fail")
    assert later.at == add_months(START, 12)
    assert coop.state is before


def test_checking_and_requesting_at_one_instant_agree() -> None:
    """Both let happen first what falls due then."""
    coop = ready_for_structuration()
    at = add_months(START, 12)
    checked = check_gate(coop.state, "to_structuration", at, coop.rules)
    coop.at = at
    coop.do("rep-alpha", "request_gate", gate="to_structuration")
    assert isinstance(checked, Examination)
    verdict = coop.state.gates["to_structuration"].verdict
    assert verdict is not None
    assert (verdict.result, verdict.unmet, verdict.short) == (
        checked.result,
        checked.unmet,
        checked.short,
    )


def test_a_gate_that_does_not_exist_is_refused() -> None:
    """The refusal is returned, with its code."""
    coop = ready_for_structuration()
    refused = check_gate(coop.state, "to_heaven", coop.at, coop.rules)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.facts) == ("unknown_gate", {"gate": "to_heaven"})


def test_time_is_told_on_a_copy() -> None:
    """The state at a later instant is another one; at the present one it is the same."""
    coop = ready_for_structuration()
    assert told(coop.state, coop.at, coop.rules) is coop.state
    later = told(coop.state, coop.at + timedelta(days=400), coop.rules)
    assert later.seq > coop.state.seq
    assert coop.state.documents["identity_sheet"][0].status == "approved"
