"""Objections: qualified, taken back, integrated, upheld; and what follows three rounds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from coopflow.domain.objections import OBJECTION
from coopflow.domain.state import Cooperation
from tests.collective import (
    START,
    Collective,
    charter,
    identity_sheet,
    roadmap,
    support_model,
    value_chain,
    vision,
)

MOMENT = timedelta(microseconds=1)
DEADLINE = START + timedelta(days=14)


def contested(members: int = 4, *objecting: str, **more: Any) -> Collective:
    """Return a cooperation in whose decision ``d`` some object; beta unless others are named."""
    coop = Collective(members)
    coop.ask(rule="consent", **more)
    coop.cast("d", "objection", *(objecting or ("beta",)), reason="Too fast")
    return coop


def integrate(coop: Collective, organisation: str = "beta", **more: Any) -> list[str]:
    """Integrate an objection; by default the question changes and the change is not material."""
    return coop.do("rep-alpha", "integrate_objection", **amendment(organisation, **more))


def amendment(organisation: str = "beta", **more: Any) -> dict[str, Any]:
    return {
        "decision": "d",
        "organisation": organisation,
        "amendment": {"question": "Another question?"},
        "material": False,
    } | more


def status(coop: Collective, organisation: str = "beta", decision: str = "d") -> str:
    return coop.state.decisions[decision].objections[organisation].status


# --- what an objection is found to be -------------------------------------------------------------


def test_an_objection_that_nobody_qualified_counts() -> None:
    """One not yet qualified counts as qualified: it is upheld at closing, and rejects."""
    coop = contested()
    coop.cast("d", "consent", "alpha", "gamma", "delta")
    coop.wait(until=DEADLINE)
    assert coop.result() == "rejected"
    assert status(coop) == "upheld"


@pytest.mark.parametrize(("verdict", "result"), [("qualified", "rejected"), ("concern", "adopted")])
def test_the_facilitator_qualifies_an_objection(verdict: str, result: str) -> None:
    """A qualified objection stands, a concern is logged and stands in nobody's way."""
    coop = contested()
    coop.do("fay", "qualify_objection", decision="d", organisation="beta", verdict=verdict)
    assert status(coop) == verdict
    coop.cast("d", "consent", "alpha", "gamma")
    coop.wait(until=DEADLINE)
    assert coop.result() == result
    assert status(coop) == ("upheld" if verdict == "qualified" else "concern")


def test_an_objection_is_qualified_once() -> None:
    """What was found stays found."""
    coop = contested()
    about = {"decision": "d", "organisation": "beta", "verdict": "qualified"}
    coop.do("fay", "qualify_objection", reason="It harms the aim", **about)
    assert coop.refused("fay", "qualify_objection", **about) == "wrong_state"


def test_only_the_facilitator_qualifies() -> None:
    """Members and the programme do not judge an objection."""
    coop = contested()
    about = {"decision": "d", "organisation": "beta", "verdict": "concern"}
    for by in ("rep-alpha", "rep-beta", "pam"):
        assert coop.refused(by, "qualify_objection", **about) == "forbidden"


def test_without_an_objection_there_is_nothing_to_do() -> None:
    """Who did not object has no objection to qualify, take back or integrate."""
    coop = contested()
    about = {"decision": "d", "organisation": "gamma"}
    assert coop.refused("fay", "qualify_objection", verdict="concern", **about) == "wrong_state"
    assert coop.refused("rep-gamma", "withdraw_objection", **about) == "wrong_state"
    assert coop.refused("rep-alpha", "integrate_objection", **amendment("gamma")) == "wrong_state"


def test_who_objected_may_take_it_back() -> None:
    """A withdrawn objection stands in nobody's way; only its author takes it back."""
    coop = contested()
    about = {"decision": "d", "organisation": "beta"}
    assert coop.refused("rep-alpha", "withdraw_objection", **about) == "forbidden"
    coop.do("rep-beta", "withdraw_objection", **about)
    assert status(coop) == "withdrawn"
    coop.cast("d", "consent", "alpha")
    coop.wait(until=DEADLINE)
    assert coop.result() == "adopted"


def test_the_moves_of_an_objection() -> None:
    """Raised or qualified it may be integrated, withdrawn or upheld; a concern is the end."""
    for trigger in ("integrate", "withdraw", "uphold"):
        assert OBJECTION.after("raised", trigger)
        assert OBJECTION.after("qualified", trigger)
        for ended in ("concern", "integrated", "withdrawn", "upheld"):
            assert OBJECTION.after(ended, trigger) is None


# --- integrating ----------------------------------------------------------------------------------


def test_integrating_changes_the_question() -> None:
    """A small change meets the objection; ballots and closing stay."""
    coop = contested()
    coop.cast("d", "consent", "alpha")
    integrate(coop)
    changed = coop.state.decisions["d"]
    assert (changed.question, changed.rounds, changed.closes_at) == (
        "Another question?",
        1,
        DEADLINE,
    )
    assert set(changed.ballots) == {"alpha", "beta"}
    assert status(coop) == "integrated"
    coop.wait(until=DEADLINE)
    assert coop.result() == "adopted"


def test_anyone_may_object_to_the_change() -> None:
    """After an integration others, or the same again, may raise an objection."""
    coop = contested()
    integrate(coop)
    coop.cast("d", "objection", "gamma", reason="Worse")
    coop.cast("d", "objection", "beta", reason="Still")
    assert coop.state.decisions["d"].open_objections == ("beta", "gamma")


@pytest.mark.parametrize(
    ("after", "closes"),
    [
        (timedelta(days=1), DEADLINE),
        (timedelta(days=11), DEADLINE),
        (timedelta(days=11) + MOMENT, DEADLINE + MOMENT),
        (timedelta(days=13), DEADLINE + timedelta(days=2)),
    ],
)
def test_a_material_change_asks_everybody_again(after: timedelta, closes: Any) -> None:
    """Ballots fall away, and the decision stays open for three days more at least."""
    coop = contested()
    coop.cast("d", "consent", "alpha", "gamma")
    coop.wait(until=START + after)
    integrate(coop, material=True)
    changed = coop.state.decisions["d"]
    assert changed.ballots == {}
    assert changed.waited_for == ("alpha", "beta", "gamma", "delta")
    assert changed.closes_at == closes


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"question": 5}, "amendment"),
        ({"question": ""}, "amendment"),
        ({"colour": "red"}, "amendment.colour"),
    ],
)
def test_an_amendment_names_what_the_proposal_has(change: dict[str, Any], path: str) -> None:
    """A question is a text, and of an open question nothing else can be changed."""
    coop = contested()
    refusal = coop.give("rep-alpha", "integrate_objection", **amendment(amendment=change))
    assert "invalid_command" in str(refusal)
    assert path in str(refusal)
    assert coop.state.decisions["d"].rounds == 0


# --- mandates -------------------------------------------------------------------------------------


def proposed(**terms: Any) -> Collective:
    """Return a cooperation in which beta objects to a mandate of alpha."""
    coop = Collective(5)
    coop.do(
        "rep-alpha",
        "propose_mandate",
        **({"decision": "d", "holder": "alpha", "missions": ["fund"]} | terms),
    )
    coop.cast("d", "objection", "beta", reason="Too long")
    return coop


def test_the_terms_of_a_mandate_may_be_amended() -> None:
    """The fields that the amendment names are replaced, the others stay."""
    coop = proposed(hours_month=10)
    integrate(coop, amendment={"missions": ["fund", "inform"], "ends_on": "2026-12-31"})
    coop.vote("d")
    mandate = coop.state.mandate
    assert mandate is not None
    assert (mandate.missions, str(mandate.ends_on), mandate.hours_month) == (
        ("fund", "inform"),
        "2026-12-31",
        10,
    )


def test_an_amended_holder_is_recused() -> None:
    """Who is proposed instead does not vote on it, and the ballot given falls away."""
    coop = proposed()
    coop.cast("d", "consent", "gamma")
    integrate(coop, amendment={"holder": "gamma"})
    changed = coop.state.decisions["d"]
    assert "gamma" not in changed.electors
    assert "gamma" not in changed.ballots
    coop.vote("d")
    assert coop.state.mandate is not None
    assert coop.state.mandate.holder == "gamma"


def test_an_amended_holder_stays_recused_in_a_second_call() -> None:
    """Who is proposed instead does not vote when the decision is called again."""
    coop = proposed()
    integrate(coop, amendment={"holder": "gamma"}, material=True)
    coop.wait(days=14)
    coop.wait(days=8)
    coop.do("fay", "recall_decision", decision="d")
    assert coop.state.decisions["d"].electors == ("beta", "delta", "epsilon")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"missions": ["dance"]}, "invalid_command"),
        ({"ends_on": "never"}, "invalid_command"),
        ({"colour": "red"}, "invalid_command"),
        ({"holder": "nobody"}, "unknown_member"),
    ],
)
def test_an_amended_mandate_is_a_mandate(change: dict[str, Any], code: str) -> None:
    """Terms that do not exist, or name nobody, are refused with their place."""
    coop = proposed()
    assert coop.refused("rep-alpha", "integrate_objection", **amendment(amendment=change)) == code


def test_an_amended_state_can_be_read_back() -> None:
    """Whatever was amended, the state written down is the state read back."""
    coop = proposed()
    integrate(coop, amendment={"ends_on": "2026-12-31", "interim": True, "question": "Better?"})
    written = coop.state.model_dump_json()
    assert Cooperation.model_validate_json(written).model_dump_json() == written


# --- documents ------------------------------------------------------------------------------------


def submitted(kind: str, content: dict[str, Any], members: int = 4) -> Collective:
    """Return a cooperation in which beta objects to a document."""
    coop = Collective(members)
    if kind == "roadmap":
        coop.adopt("value_chain", value_chain())
    coop.do("rep-alpha", "draft_document", kind=kind, content=content)
    coop.do("rep-alpha", "submit_document", kind=kind, decision="d", rule="consent")
    coop.cast("d", "objection", "beta", reason="Too vague")
    return coop


def test_an_amended_document_is_its_next_version() -> None:
    """The next version is submitted in place of the earlier one, which is a draft again."""
    coop = submitted("shared_vision", vision())
    came = coop.do(
        "rep-gamma",
        "integrate_objection",
        **amendment(amendment={"horizon_year": 2040, "values": ["Care"]}),
    )
    assert came == [
        "objection_integrated",
        "document_returned",
        "document_drafted",
        "proposal_revised",
        "document_submitted",
    ]
    first, second = coop.state.documents["shared_vision"]
    assert (first.status, first.decision) == ("draft", None)
    assert (second.status, second.decision, second.authors) == ("submitted", "d", ("rep-gamma",))
    assert second.content == vision(horizon_year=2040, values=["Care"])
    assert coop.state.decisions["d"].document == 2
    coop.vote("d")
    first, second = coop.state.documents["shared_vision"]
    assert (first.status, second.status) == ("superseded", "approved")


def test_a_refused_amended_document_is_the_newest_draft() -> None:
    """When the vote fails the amended version is the draft that is submitted next."""
    coop = submitted("shared_vision", vision())
    integrate(coop, amendment={"horizon_year": 2040})
    coop.vote("d", "consent", gamma="objection")
    assert [one.status for one in coop.state.documents["shared_vision"]] == ["draft", "draft"]
    coop.do("rep-alpha", "submit_document", kind="shared_vision", decision="e")
    assert coop.state.decisions["e"].document == 2


@pytest.mark.parametrize(
    ("kind", "content", "change", "path"),
    [
        ("shared_vision", vision(), {"contributors": ["alpha"]}, "contributors"),
        ("shared_vision", vision(), {"colour": "red"}, "colour"),
        ("identity_sheet", identity_sheet(), {"goals": {"territory": "One"}}, "goals.inhabitants"),
        (
            "roadmap",
            roadmap(),
            {"actions": [roadmap()["actions"][0] | {"objective": "o9"}]},
            "actions[0].objective",
        ),
    ],
)
def test_an_amended_document_is_complete(
    kind: str, content: dict[str, Any], change: dict[str, Any], path: str
) -> None:
    """The amended version must hold all that a submission must, else nothing changes."""
    coop = submitted(kind, content)
    refusal = coop.give("rep-alpha", "integrate_objection", **amendment(amendment=change))
    assert f"invalid_document: {path}: " in str(refusal)
    assert coop.state.decisions["d"].rounds == 0


def test_the_holder_of_an_amended_support_model_is_recused() -> None:
    """Another holder named by the amendment leaves the electorate."""
    coop = submitted("support_model", support_model())
    assert coop.state.decisions["d"].recused == ("alpha",)
    integrate(coop, amendment={"holder": "gamma"})
    assert "gamma" not in coop.state.decisions["d"].electors
    assert "gamma" in coop.state.decisions["d"].recused


# --- rounds ---------------------------------------------------------------------------------------


def rounds(coop: Collective, times: int = 3) -> None:
    """Integrate the objection of beta, who objects again each time."""
    for _ in range(times):
        integrate(coop)
        coop.cast("d", "objection", "beta", reason="Again")


def test_after_three_rounds_the_fallback_decides() -> None:
    """The next objection lets the fallback rule take over, and consents are read as votes."""
    coop = contested()
    coop.cast("d", "consent", "alpha")
    coop.cast("d", "concern", "gamma")
    rounds(coop, 2)
    assert coop.state.decisions["d"].rule.name == "consent"
    rounds(coop, 1)
    fallen = coop.state.decisions["d"]
    assert fallen.rule == coop.rules.policy.decisions.fallback
    assert {who: ballot.choice for who, ballot in fallen.ballots.items()} == {
        "beta": "no",
        "alpha": "yes",
        "gamma": "yes",
    }
    assert fallen.closes_at == DEADLINE
    coop.cast("d", "abstain", "delta")
    assert coop.result() == "adopted"


def test_there_is_no_fourth_round() -> None:
    """Once the rounds are over nothing more is integrated."""
    coop = contested()
    rounds(coop)
    assert coop.refused("rep-alpha", "integrate_objection", **amendment()) == "wrong_state"


def test_three_rounds_that_end_in_agreement_stay_consent() -> None:
    """Without an objection after the third round consent adopts."""
    coop = contested()
    rounds(coop, 2)
    integrate(coop)
    coop.cast("d", "consent", "alpha", "beta", "gamma")
    assert coop.state.decisions["d"].rule.name == "consent"
    coop.wait(until=DEADLINE)
    assert coop.result() == "adopted"


def test_another_objection_that_is_still_open_goes_to_the_fallback() -> None:
    """The third integration leaves what is open to the fallback at once."""
    coop = contested(4, "beta", "gamma")
    coop.cast("d", "consent", "alpha", "delta")
    rounds(coop, 2)
    assert "rule_replaced" in integrate(coop)
    choices = {who: one.choice for who, one in coop.state.decisions["d"].ballots.items()}
    # beta's objection was met: it is a concern, no vote against
    assert choices == {"beta": "yes", "gamma": "no", "alpha": "yes", "delta": "yes"}
    coop.wait(until=DEADLINE)
    assert coop.result() == "adopted"


def test_the_fallback_closes_early_when_all_have_answered() -> None:
    """The third integration may leave a vote that nobody is waited for."""
    coop = contested(3, "beta", "gamma")
    coop.cast("d", "consent", "alpha")
    rounds(coop, 2)
    assert integrate(coop)[-1] == "decision_closed"
    assert coop.result() == "adopted"


def charter_with(fallback: object, quorum: str = "1/2") -> dict[str, Any]:
    rule = {"subject": "other", "rule": "consent", "quorum": quorum, "fallback": fallback}
    return charter(decision_rules=[rule])


def fallen(fallback: object, quorum: str = "1/2") -> Collective:
    """Return a cooperation whose charter names a fallback that has just taken over."""
    coop = Collective(4)
    coop.adopt("charter", charter_with(fallback, quorum))
    coop.sign(*coop.state.active)
    coop.ask(rule="consent")
    coop.cast("d", "objection", "beta", reason="No")
    rounds(coop)
    return coop


def test_the_charter_in_force_names_the_fallback() -> None:
    """The fallback of the charter goes before the policy's, and its choices are then given."""
    coop = fallen("absolute_majority")
    assert coop.state.decisions["d"].rule.name == "absolute_majority"
    coop.cast("d", "yes", "alpha")
    coop.cast("d", "consent", "gamma")  # the words of consent are still understood
    coop.cast("d", "abstain", "delta")
    assert coop.result() == "rejected"


def test_an_objection_is_a_block_where_there_are_blocks() -> None:
    """Under consensus as fallback an objection is not outvoted in silence: it blocks."""
    coop = fallen("consensus")
    coop.cast("d", "consent", "alpha", "gamma", "delta")
    assert coop.state.decisions["d"].ballots["beta"].choice == "block"
    assert coop.result() == "rejected"


@pytest.mark.parametrize("fallback", ["consent", "silence"])
def test_a_fallback_that_does_not_vote_gives_way(fallback: str) -> None:
    """A charter that falls back to consent or silence leaves it to the policy's fallback."""
    coop = fallen(fallback)
    assert coop.state.decisions["d"].rule == coop.rules.policy.decisions.fallback


def test_an_answer_that_the_fallback_does_not_know_is_refused() -> None:
    """Only the words of consent are read as votes, nothing else."""
    coop = fallen("absolute_majority")
    assert (
        coop.refused("rep-alpha", "cast_ballot", decision="d", organisation="alpha", choice="maybe")
        == "invalid_choice"
    )


def test_who_changes_sides_under_the_fallback_withdraws() -> None:
    """A yes after an objection takes the objection back."""
    coop = fallen("absolute_majority")
    coop.cast("d", "yes", "beta")
    assert status(coop) == "withdrawn"


def test_an_objection_that_was_outvoted_is_not_upheld() -> None:
    """Where the fallback adopts, the objection stands in the log but was not upheld."""
    coop = fallen("simple_majority")
    coop.cast("d", "yes", "alpha", "gamma", "delta")
    assert coop.result() == "adopted"
    assert status(coop) != "upheld"


def test_a_session_vote_may_start_the_fallback() -> None:
    """Objections in a meeting after the last round are counted under the fallback at once."""
    coop = contested()
    rounds(coop, 2)
    integrate(coop)
    coop.vote("d", "consent", beta="objection")
    assert coop.state.decisions["d"].rule.name == "qualified_majority"
    assert coop.result() == "adopted"


def test_the_words_of_the_fallback_start_it_once_the_rounds_are_over() -> None:
    """A yes or a no after the third round is a vote: the fallback counts it, and all before."""
    coop = contested()
    rounds(coop, 2)
    integrate(coop)
    coop.cast("d", "consent", "alpha")
    coop.cast("d", "no", "beta")
    decision = coop.state.decisions["d"]
    assert decision.rule.name == "qualified_majority"
    assert {who: one.choice for who, one in decision.ballots.items()} == {
        "alpha": "yes",
        "beta": "no",
    }


def test_before_the_rounds_are_over_consent_has_its_own_words() -> None:
    """A yes under consent is no answer while an objection can still be integrated."""
    coop = contested()
    asked = {"decision": "d", "organisation": "alpha", "choice": "yes"}
    assert coop.refused("rep-alpha", "cast_ballot", **asked) == "invalid_choice"


def test_the_fallback_brings_its_quorum() -> None:
    """The charter's rule goes with its quorum, which its fallback asks for as well."""
    coop = fallen("simple_majority", quorum="4/5")
    coop.cast("d", "yes", "alpha", "gamma")
    coop.wait(days=30)
    assert coop.result() == "lapsed"
