"""Gates: verdicts, what they explain, ratification, and waivers."""

from datetime import timedelta
from typing import Any

import pytest

from coopflow.domain.explanation import Examination, examine
from coopflow.domain.gates import GateRequested
from coopflow.domain.refusals import RefusedError
from coopflow.domain.roles import ROLES
from tests.collective import (
    START,
    Collective,
    charter,
    identity_sheet,
    reference_rules,
    stakeholder_map,
    value_chain,
    vision,
)
from tests.stages import (
    enforce_charter,
    entrust,
    in_animation,
    in_structuration,
    meet,
    pass_gate,
    ready_for_animation,
    ready_for_renewal,
    ready_for_structuration,
    review,
    varied,
)


def _check(coop: Collective, gate: str) -> Examination:
    return examine(coop.state, gate, coop.at, coop.rules)


def _request(coop: Collective, gate: str, by: str = "rep-alpha") -> str:
    """Request a gate and return the recorded verdict."""
    coop.do(by, "request_gate", gate=gate)
    verdict = coop.state.gates[gate].verdict
    assert verdict is not None
    return verdict.result


def _block(coop: Collective) -> None:
    coop.do(
        "rep-alpha",
        "raise_disagreement",
        disagreement="d1",
        subject="?",
        content="!",
        parties=["alpha", "beta"],
        touches="money",
        blocking=True,
    )
    coop.do("fay", "triage_disagreement", disagreement="d1", verdict="accept", blocking=True)


# --- the minima and the guards of each gate -------------------------------------------------------


@pytest.mark.parametrize(
    ("gate", "minima"),
    [
        ("to_structuration", [2, 1, 1, 1, 1]),
        ("to_animation", [3, 2, 2, 2, 2]),
        ("renewal", [3, 3, 3, 3, 3]),
    ],
)
def test_each_gate_asks_for_its_minima(gate: str, minima: list[int]) -> None:
    """The reference policy asks for the levels of the contract."""
    coop = Collective(4)
    found = _check(coop, gate)
    assert list(found.minima.values()) == minima
    assert list(found.minima) == [one.id for one in coop.rules.policy.conditions]
    assert found.short == found.minima  # a new cooperation has nothing


@pytest.mark.parametrize(
    ("gate", "build"),
    [
        ("to_structuration", ready_for_structuration),
        ("to_animation", ready_for_animation),
        ("renewal", ready_for_renewal),
    ],
)
def test_a_gate_passes_when_every_guard_and_every_minimum_holds(gate: str, build: Any) -> None:
    """A pass has nothing unmet, nothing short and no remedy to offer."""
    coop = build()
    found = _check(coop, gate)
    assert (found.result, found.unmet, found.short, found.shortest) == ("pass", (), {}, ())
    assert _request(coop, gate) == "pass"


@pytest.mark.parametrize(
    ("members", "leaving", "verdict", "unmet"),
    [
        (4, ["delta"], "pass", ()),
        (4, ["gamma", "delta"], "fail", ("members-enough",)),
        (4, ["beta", "gamma", "delta"], "fail", ("members-enough", "members-diverse")),
    ],
)
def test_three_members_in_two_categories_guard_structuration(
    members: int, leaving: list[str], verdict: str, unmet: tuple[str, ...]
) -> None:
    """Exactly three active members are enough; a failed guard is a failed gate."""
    coop = ready_for_structuration(members)
    for organisation in leaving:
        coop.do(
            f"rep-{organisation}", "withdraw_member", organisation=organisation, reason="Leaving"
        )
    found = _check(coop, "to_structuration")
    assert (found.result, found.unmet) == (verdict, unmet)


def test_two_categories_guard_structuration() -> None:
    """Three members of one category are too few categories, of two exactly enough."""
    coop = Collective()
    for number in range(1, 4):
        organisation = {"id": f"o{number}", "name": "An organisation", "category": "business"}
        coop.do("fay", "admit_member", organisation=organisation, representative=f"rep-o{number}")
    assert "members-diverse" in _check(coop, "to_structuration").unmet
    assert "members-enough" not in _check(coop, "to_structuration").unmet
    coop.admit("alpha")
    assert "members-diverse" not in _check(coop, "to_structuration").unmet


@pytest.mark.parametrize(("members", "signatories"), [(3, 2), (6, 4), (4, 3)])
def test_two_thirds_of_signatures_guard_animation(members: int, signatories: int) -> None:
    """Exactly two thirds of the active members are enough."""
    coop = in_structuration(members)
    coop.adopt("value_chain", value_chain())
    meet(coop, "second", *coop.state.active)
    entrust(coop, hours_month=20, ends_on="2027-12-31")
    enforce_charter(coop, *coop.state.active[: signatories - 1])
    assert _check(coop, "to_animation").unmet == ("charter-signed", "charter-in-force")
    last = coop.state.active[signatories - 1]
    coop.do(f"rep-{last}", "sign_charter", organisation=last)
    assert _check(coop, "to_animation").result == "pass"


def test_signatures_of_members_that_no_longer_vote_do_not_guard() -> None:
    """Three of four had signed; with two of them suspended only one in two has."""
    coop = ready_for_animation()
    for organisation in ("alpha", "beta"):
        coop.do("fay", "suspend_member", organisation=organisation, reason="Silent")
    found = _check(coop, "to_animation")
    assert (found.result, found.unmet) == ("fail", ("charter-signed",))


def test_a_yearly_review_less_than_90_days_ago_guards_renewal() -> None:
    """A review of another kind is none, and one of 90 days ago is too old."""
    coop = ready_for_renewal()
    assert _check(coop, "renewal").result == "pass"
    coop.wait(until=START + timedelta(days=90) - timedelta(microseconds=1))
    assert "annual-review-recent" not in _check(coop, "renewal").unmet
    coop.wait(until=START + timedelta(days=90))
    review(coop, "another", "quarterly", measures=["o1-1"])
    found = _check(coop, "renewal")
    assert found.unmet == ("annual-review-recent",)
    assert (found.result, found.short) == ("fail", {})  # a failed guard is never conditional


# --- the four verdicts ----------------------------------------------------------------------------


def test_one_condition_short_by_one_level_is_conditional() -> None:
    """The stage may move with something left to remedy."""
    coop = Collective(4)
    coop.adopt("shared_vision", vision())
    coop.adopt("identity_sheet", identity_sheet())
    meet(coop, "first", "alpha", "beta", "gamma")
    entrust(coop)
    found = _check(coop, "to_structuration")
    assert (found.result, found.short) == ("conditional", {"mutual_actions": 1})
    assert found.unmet == ("map-actors", "map-categories")


def test_one_condition_short_by_two_levels_fails() -> None:
    """Only one level is tolerated."""
    coop = Collective(4)
    coop.do("rep-alpha", "draft_document", kind="shared_vision", content={"contributors": ["a"]})
    coop.adopt("stakeholder_map", stakeholder_map())
    coop.adopt("identity_sheet", identity_sheet())
    meet(coop, "first", "alpha", "beta", "gamma")
    entrust(coop)
    found = _check(coop, "to_structuration")
    assert (found.result, found.short) == ("fail", {"common_plan": 2})


def test_two_conditions_short_by_one_level_fail() -> None:
    """Only one condition may be short."""
    coop = Collective(4)
    coop.adopt("shared_vision", vision())
    coop.adopt("identity_sheet", identity_sheet())
    entrust(coop)
    found = _check(coop, "to_structuration")
    assert (found.result, found.short) == ("fail", {"mutual_actions": 1, "communication": 1})


def test_support_is_never_the_condition_that_is_short() -> None:
    """Without support running there is no conditional pass."""
    coop = ready_for_structuration()
    coop.do("fay", "end_mandate", reason="Moving on")
    found = _check(coop, "to_structuration")
    assert (found.result, found.short) == ("fail", {"support": 1})
    assert _request(coop, "to_structuration") == "fail"


def test_a_blocking_disagreement_outranks_the_rest() -> None:
    """Blocked is blocked, whether the gate would pass or fail."""
    coop = ready_for_structuration()
    _block(coop)
    found = _check(coop, "to_structuration")
    assert (found.result, found.blocked_by, found.unmet) == ("blocked", ("d1",), ())
    assert _request(coop, "to_structuration") == "blocked"
    assert not any(one.is_open for one in coop.state.decisions.values())
    coop.do("fay", "end_mandate", reason="Moving on")
    assert _check(coop, "to_structuration").result == "blocked"
    coop.do("rep-alpha", "settle_disagreement", disagreement="d1", agreed_text="Agreed")
    assert _check(coop, "to_structuration").result == "fail"


def test_verdicts_use_the_forward_reading() -> None:
    """A stale document holds what was reached and passes no gate."""
    coop = ready_for_structuration()
    coop.wait(until=START.replace(year=2027))
    meet(coop, "another", "alpha", "beta", "gamma")
    coop.adopt("identity_sheet", identity_sheet())
    assert coop.levels() == [2, 1, 1, 1, 1]
    found = _check(coop, "to_structuration")
    assert (found.result, found.short) == ("conditional", {"mutual_actions": 1})
    finding = next(one for one in found.criteria if one.id == "map-actors")
    assert (finding.met, finding.stale) == (False, True)


def test_what_a_conditional_pass_tolerates_is_policy() -> None:
    """A collective may tolerate more, for other conditions, or nothing."""

    def tolerant(policy: dict[str, Any]) -> None:
        policy["ratification"] |= {"conditions_short": 2, "levels_short": 2, "never_short": []}

    def strict(policy: dict[str, Any]) -> None:
        policy["ratification"]["conditions_short"] = 0

    for change, verdict in ((tolerant, "conditional"), (strict, "fail")):
        coop = ready_for_structuration(rules=varied(change))
        coop.do("fay", "end_mandate", reason="Moving on")
        assert _check(coop, "to_structuration").result == verdict


# --- a verdict explains itself --------------------------------------------------------------------


def test_a_verdict_explains_every_criterion_it_looked_at() -> None:
    """Each says whether it is met, what it read from where, and in both languages what it asks."""
    coop = ready_for_structuration()
    coop.do("fay", "end_mandate", reason="Moving on")
    found = _check(coop, "to_structuration")
    asked = [
        criterion.id
        for condition in coop.rules.policy.conditions
        for criterion in condition.criteria
        if criterion.level <= found.minima[condition.id]
    ]
    assert [one.id for one in found.criteria] == asked
    assert [one.id for one in found.guards] == ["members-enough", "members-diverse"]
    for one in (*found.guards, *found.criteria):
        assert one.facts
        assert one.label.fr != one.label.en
        assert one.met is not bool(one.remedies)
        assert one.met is (one.missing is None)
        assert one.error is None
    offered = [offer.id for offer in found.remedies]
    unmet = [one for one in (*found.guards, *found.criteria, *found.advice) if not one.met]
    assert set(offered) == {slug for one in unmet for slug in one.remedies}
    assert set(found.shortest) <= set(offered)
    plenary = next(one for one in found.criteria if one.id == "plenary-held")
    assert (plenary.condition, plenary.level) == ("communication", 1)
    assert [str(source) for source in plenary.facts[0].sources] == ["meeting first"]
    running = next(one for one in found.criteria if one.id == "mandate-running")
    assert (running.met, running.facts[0].value) == (False, False)
    assert running.remedies == ("give-mandate", "adopt-support-model")
    assert running.missing is not None
    assert running.missing.en == "not yet: a mandate given by a decision runs"
    assert (found.gate, found.stage, found.at) == ("to_structuration", "impulsion", coop.at)
    assert found.label.en == "Passage to structuring"


def test_a_verdict_offers_the_shortest_way_to_pass() -> None:
    """The smallest set of remedies, each with its commands and who may give them."""
    found = _check(Collective(0), "to_structuration")
    assert found.shortest == (
        "adopt-vision",
        "adopt-map",
        "adopt-sheet",
        "hold-plenary",
        "give-mandate",
        "admit-members",
    )
    for offer in found.remedies:
        assert set(offer.roles) == set(offer.steps)
        assert all(set(roles) <= set(ROLES) and roles for roles in offer.roles.values())
        assert offer.label.fr != offer.label.en
    offer = next(offer for offer in found.remedies if offer.id == "adopt-map")
    assert offer.steps == ("draft_document", "submit_document", "cast_ballot")
    assert offer.document == "stakeholder_map"
    assert offer.roles["cast_ballot"] == ("representative",)


def test_one_remedy_may_meet_several_criteria() -> None:
    """The way to renewal is shorter where one document serves several criteria."""
    coop = in_animation()
    found = _check(coop, "renewal")
    assert found.shortest == (
        "adopt-roadmap",
        "record-measures",
        "hold-annual-review",
        "adopt-support-model",
    )


def test_a_remedy_is_offered_where_it_is_of_use() -> None:
    """A charter that was adopted is to be signed; before that there is nothing to sign."""
    coop = in_structuration()
    found = _check(coop, "to_animation")
    assert "adopt-charter" in found.shortest
    assert "sign-charter" not in {one.id for one in found.remedies}
    coop.adopt("charter", charter())
    found = _check(coop, "to_animation")
    offered = {one.id: one for one in found.remedies}
    assert "sign-charter" in found.shortest
    assert "adopt-charter" not in found.shortest
    assert offered["sign-charter"].people == 3  # two thirds of four
    coop.do("rep-alpha", "sign_charter", organisation="alpha")
    offered = {one.id: one for one in _check(coop, "to_animation").remedies}
    assert offered["sign-charter"].people == 2


def test_a_remedy_says_how_many_must_act_for_it() -> None:
    """A vote needs a quorum, a signature who has not signed, a meeting who records it."""
    offered = {one.id: one.people for one in _check(Collective(5), "to_structuration").remedies}
    assert offered["adopt-vision"] == 3
    assert offered["hold-plenary"] == 1
    assert {one.people for one in _check(Collective(0), "to_structuration").remedies} == {1}


def test_a_criterion_whose_remedies_are_of_no_use_has_none_on_the_way() -> None:
    """What cannot help is not offered, even if nothing else can."""

    def useless(policy: dict[str, Any]) -> None:
        policy["remedies"]["admit-members"]["when"] = "members.active > 99"

    found = _check(Collective(0, rules=varied(useless)), "to_structuration")
    assert "members-enough" in found.unmet
    assert "admit-members" not in {one.id for one in found.remedies}
    guard = found.guards[0]
    assert (guard.id, guard.remedies) == ("members-enough", ())
    assert found.shortest == ()  # what it leaves out would not be enough
    assert "adopt-vision" in {one.id for one in found.remedies}


def test_only_those_are_named_who_may_act_at_any_time() -> None:
    """Who may open a review of one kind only is not offered as the one to hold any."""
    offers = {one.id: one for one in _check(in_animation(), "renewal").remedies}
    assert offers["hold-annual-review"].roles["close_review"] == ("support", "facilitator")


def test_checking_a_gate_changes_nothing_and_may_be_done_in_any_stage() -> None:
    """An examination is a question, also of a gate that is far away."""
    coop = Collective(4)
    before = coop.state
    assert _check(coop, "renewal").result == "fail"
    assert coop.state is before
    with pytest.raises(RefusedError) as refused:
        _check(coop, "to_heaven")
    assert refused.value.refusal.code == "unknown_gate"


def test_a_gate_that_the_policy_leaves_out_asks_for_nothing() -> None:
    """A lifecycle may have gates about which a policy says nothing."""

    def silent(policy: dict[str, Any]) -> None:
        del policy["gates"]["to_structuration"]

    coop = Collective(3, rules=varied(silent))
    assert _check(coop, "to_structuration").result == "pass"


# --- requests and their ratification --------------------------------------------------------------


@pytest.mark.parametrize(
    ("gate", "code"),
    [("to_animation", "wrong_stage"), ("renewal", "wrong_stage"), ("no_gate", "unknown_gate")],
)
def test_a_gate_is_requested_in_the_stage_that_it_leaves(gate: str, code: str) -> None:
    """A gate of another stage is refused, and one that does not exist is unknown."""
    assert ready_for_structuration().refused("rep-alpha", "request_gate", gate=gate) == code


def test_a_request_records_its_verdict_with_the_forward_levels() -> None:
    """The event tells the verdict, what was unmet and the levels it looked at."""
    coop = Collective(4)
    assert coop.do("rep-beta", "request_gate", gate="to_structuration") == ["gate_requested"]
    event = coop.journal[-1].event
    assert isinstance(event, GateRequested)
    assert event.verdict.short == {
        "common_plan": 2,
        "mutual_actions": 1,
        "shared_evaluation": 1,
        "communication": 1,
        "support": 1,
    }
    assert event.levels == dict.fromkeys(event.verdict.short, 0)
    record = coop.state.gates["to_structuration"]
    assert (record.requested_at, record.ratifications, record.passed_at) == (coop.at, 0, None)


def test_a_pass_is_put_to_the_members() -> None:
    """The ratification is a consent of fourteen days at half the members; then the stage moves."""
    coop = ready_for_structuration()
    told = coop.do("rep-alpha", "request_gate", gate="to_structuration")
    assert told == ["gate_requested", "decision_opened", "ratification_opened"]
    decision = coop.state.decisions["ratify-to_structuration-1"]
    assert decision.subject == "gate:to_structuration"
    assert (decision.rule.name, str(decision.quorum)) == ("consent", "1/2")
    assert decision.closes_at == coop.at + timedelta(days=14)
    assert coop.state.stage == "impulsion"
    assert coop.refused("rep-alpha", "request_gate", gate="to_structuration") == "wrong_state"
    for organisation in ("alpha", "beta"):
        coop.do(
            f"rep-{organisation}",
            "cast_ballot",
            decision=decision.id,
            organisation=organisation,
            choice="consent",
        )
    told = coop.wait(days=14)
    assert "gate_passed" in told
    assert (coop.state.stage, coop.state.stage_since) == ("structuration", coop.at)
    assert (coop.state.floor, coop.state.floor_since) == ("to_structuration", coop.at)
    assert coop.state.gates["to_structuration"].passed_at == coop.at


@pytest.mark.parametrize(
    ("ballots", "result"),
    [({"alpha": "objection", "beta": "consent"}, "rejected"), ({"alpha": "consent"}, "lapsed")],
)
def test_a_gate_that_is_not_ratified_may_be_requested_again(
    ballots: dict[str, str], result: str
) -> None:
    """Ratifications are numbered by those opened for the gate; a fail opens none."""
    coop = ready_for_structuration()
    coop.do("rep-alpha", "request_gate", gate="to_structuration")
    coop.do("fay", "record_session_vote", decision="ratify-to_structuration-1", ballots=ballots)
    assert coop.state.decisions["ratify-to_structuration-1"].result == result
    assert coop.state.stage == "impulsion"
    coop.do("fay", "end_mandate", reason="Moving on")
    assert _request(coop, "to_structuration") == "fail"
    entrust(coop)
    assert _request(coop, "to_structuration") == "pass"
    assert coop.state.decisions["ratify-to_structuration-2"].is_open


def test_adoption_moves_the_stage_without_looking_again() -> None:
    """What was lost while the members were voting starts a clock instead."""
    coop = ready_for_structuration()
    coop.do("rep-alpha", "request_gate", gate="to_structuration")
    coop.do("fay", "end_mandate", reason="Moving on")
    coop.vote("ratify-to_structuration-1")
    assert coop.state.stage == "structuration"
    assert set(coop.state.clocks) == {"support"}


def test_renewal_stays_in_the_stage_for_another_term() -> None:
    """The days in the stage go on counting, the term and the minima start anew."""
    coop = ready_for_renewal()
    since = coop.state.stage_since
    coop.wait(days=30)
    pass_gate(coop, "renewal")
    assert (coop.state.stage, coop.state.stage_since) == ("animation", since)
    assert (coop.state.floor, coop.state.floor_since) == ("renewal", coop.at)


def test_a_ratification_that_outlives_its_stage_moves_nothing() -> None:
    """A cooperation that fell back while the members were voting does not jump ahead."""
    coop = ready_for_animation()
    coop.do("rep-alpha", "open_decision", decision="back", subject="return:impulsion", question="?")
    coop.do("rep-alpha", "request_gate", gate="to_animation")
    coop.vote("back")
    assert coop.state.stage == "impulsion"
    coop.vote("ratify-to_animation-1")
    assert coop.state.decisions["ratify-to_animation-1"].result == "adopted"
    assert (coop.state.stage, coop.state.reservations) == ("impulsion", {})


def test_a_return_that_leads_nowhere_any_more_moves_nothing() -> None:
    """Two returns adopted one after the other lead back once."""
    coop = in_structuration()
    for slug in ("one", "two"):
        coop.do(
            "rep-alpha", "open_decision", decision=slug, subject="return:impulsion", question="?"
        )
    assert "fell_back" in coop.vote("one")
    assert "fell_back" not in coop.vote("two")


def test_a_closing_cooperation_requests_no_gate() -> None:
    """Once the members decided to close, there is nothing to pass."""
    coop = ready_for_structuration()
    coop.do("rep-alpha", "open_decision", decision="end", subject="closing", question="Close?")
    coop.vote("end", "yes")
    assert coop.refused("rep-alpha", "request_gate", gate="to_structuration") == "wrong_state"


# --- waivers --------------------------------------------------------------------------------------


def _failed() -> Collective:
    """Return a cooperation whose gate failed: support is short, and one guard as well."""
    coop = ready_for_structuration()
    coop.do("fay", "end_mandate", reason="Moving on")
    for organisation in ("gamma", "delta"):
        coop.do(
            f"rep-{organisation}", "withdraw_member", organisation=organisation, reason="Leaving"
        )
    assert _request(coop, "to_structuration") == "fail"
    return coop


def _waive(coop: Collective, gate: str = "to_structuration") -> str:
    coop.do("rep-alpha", "waive_gate", gate=gate, reason="It will come")
    return next(reversed(coop.state.decisions))


@pytest.mark.parametrize("first", ["members", "programme"])
def test_a_failed_gate_is_waived_by_members_and_programme_together(first: str) -> None:
    """Two thirds of the members and the programme manager, in either order, pass a failed gate."""
    coop = _failed()
    decision = _waive(coop)
    asked = coop.state.decision_called("waiver:to_structuration")
    assert asked is not None
    assert (asked.id, asked.rule.name) == (decision, "qualified_majority")
    steps = [
        lambda: coop.vote(decision, "yes"),
        lambda: coop.do("pam", "cosign_waiver", gate="to_structuration", reason="Agreed"),
    ]
    if first == "programme":
        steps.reverse()
    steps[0]()
    assert coop.state.stage == "impulsion"
    told = steps[1]()
    assert "gate_passed" in told
    assert coop.state.stage == "structuration"
    until = coop.at + timedelta(days=90)
    assert {(one.about, one.until, one.waived) for one in coop.state.reservations.values()} == {
        ("support", until, True),
        ("members-enough", until, True),
    }
    assert coop.state.clocks == {}


def test_what_was_waived_is_said_in_a_verdict_until_it_is_remedied() -> None:
    """A waived criterion is not met, and says that it was waived; remedied it is lifted."""
    coop = _failed()
    coop.vote(_waive(coop), "yes")
    coop.do("pam", "cosign_waiver", gate="to_structuration", reason="Agreed")
    found = _check(coop, "to_structuration")
    waived = {one.id for one in (*found.guards, *found.criteria) if one.waived}
    assert waived == {"members-enough", "mandate-running"}
    coop.admit("gamma")
    assert set(coop.state.reservations) == {"support"}
    entrust(coop)
    assert coop.state.reservations == {}
    found = _check(coop, "to_structuration")
    assert not any(one.waived for one in (*found.guards, *found.criteria))


def test_what_was_waived_and_not_remedied_leads_back() -> None:
    """After 90 days the cooperation falls back, for the guard as for the condition."""
    coop = _failed()
    coop.vote(_waive(coop), "yes")
    coop.do("pam", "cosign_waiver", gate="to_structuration", reason="Agreed")
    entrust(coop)
    told = coop.wait(days=90)
    assert "fell_back" in told
    assert coop.state.stage == "impulsion"


def test_a_gate_is_waived_once() -> None:
    """After falling back the same gate cannot be waived a second time."""
    coop = _failed()
    coop.vote(_waive(coop), "yes")
    coop.do("pam", "cosign_waiver", gate="to_structuration", reason="Agreed")
    coop.wait(days=90)
    assert _request(coop, "to_structuration") == "fail"
    again = {"gate": "to_structuration", "reason": "Once more"}
    assert coop.refused("rep-alpha", "waive_gate", **again) == "wrong_state"


def test_a_waiver_that_the_members_refuse_may_be_asked_for_again() -> None:
    """A refusal is no waiver; the next one has a decision and a signature of its own."""
    coop = _failed()
    decision = _waive(coop)
    assert (
        coop.refused("rep-beta", "waive_gate", gate="to_structuration", reason="Too")
        == "wrong_state"
    )
    coop.do("pam", "cosign_waiver", gate="to_structuration", reason="Agreed")
    assert (
        coop.refused("pam", "cosign_waiver", gate="to_structuration", reason="Twice")
        == "already_exists"
    )
    coop.vote(decision, "yes", beta="no")
    assert coop.state.stage == "impulsion"
    assert coop.state.gates["to_structuration"].waiver is None
    assert (
        coop.refused("pam", "cosign_waiver", gate="to_structuration", reason="Late")
        == "wrong_state"
    )
    assert _waive(coop) != decision


@pytest.mark.parametrize("command", ["waive_gate", "cosign_waiver"])
@pytest.mark.parametrize(
    ("gate", "code"),
    [
        ("no_gate", "unknown_gate"),
        ("to_animation", "wrong_stage"),
        ("to_structuration", "wrong_state"),
    ],
)
def test_a_waiver_needs_a_gate_that_failed(command: str, gate: str, code: str) -> None:
    """There is nothing to waive before a gate of this stage failed."""
    coop = ready_for_structuration()
    by = "rep-alpha" if command == "waive_gate" else "pam"
    assert coop.refused(by, command, gate=gate, reason="A reason") == code


def test_a_conditional_verdict_is_not_waived() -> None:
    """Only a fail is overridden; a blocked gate is neither."""
    coop = ready_for_structuration()
    _block(coop)
    assert _request(coop, "to_structuration") == "blocked"
    asked = {"gate": "to_structuration", "reason": "A reason"}
    assert coop.refused("rep-alpha", "waive_gate", **asked) == "wrong_state"


def test_a_waiver_needs_a_reason() -> None:
    """An override without a reason is no command."""
    asked = {"gate": "to_structuration", "reason": " "}
    assert _failed().refused("rep-alpha", "waive_gate", **asked) == "invalid_command"


def test_a_waiver_that_outlives_its_stage_moves_nothing() -> None:
    """A cooperation that fell back before the second signature stays where it is."""
    coop = in_structuration()
    assert _request(coop, "to_animation") == "fail"
    decision = _waive(coop, "to_animation")
    coop.do("pam", "cosign_waiver", gate="to_animation", reason="Agreed")
    coop.do("rep-alpha", "open_decision", decision="back", subject="return:impulsion", question="?")
    coop.vote("back")
    told = coop.vote(decision, "yes")
    assert told[-2:] == ["waiver_adopted", "waiver_dropped"]
    assert coop.state.stage == "impulsion"


def test_a_waiver_overtaken_by_a_ratification_does_nothing_more() -> None:
    """A gate that passed in the meantime is not passed a second time."""
    coop = ready_for_structuration()
    coop.do("fay", "end_mandate", reason="Moving on")
    assert _request(coop, "to_structuration") == "fail"
    decision = _waive(coop)
    entrust(coop)
    pass_gate(coop, "to_structuration")
    assert coop.state.stage == "structuration"
    told = coop.vote(decision, "yes")
    assert "gate_passed" not in told
    assert coop.state.gates["to_structuration"].waived == 0


def test_the_reference_gates_belong_to_the_reference_lifecycle() -> None:
    """Each gate of the lifecycle has its minima in the policy, and no other is named there."""
    rules = reference_rules()
    assert set(rules.policy.gates) == {gate.id for gate in rules.lifecycle.gates}


def test_a_charter_adopted_and_unsigned_fails_its_guard() -> None:
    """The guard says which documents and members it counted."""
    coop = in_structuration()
    coop.adopt("charter", charter())
    coop.do("rep-alpha", "sign_charter", organisation="alpha")
    guard = _check(coop, "to_animation").guards[0]
    assert (guard.met, guard.facts[0].value) == (False, 0.25)
    assert [str(source) for source in guard.facts[0].sources] == ["charter@1", "member alpha"]
