"""Vetoes: suspending what was adopted, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.collective import START, Collective, charter, identity_sheet, vision

MOMENT = timedelta(microseconds=1)
SUBJECTS = ["other", "mandate", "admission", "shared_vision", "charter", "exclusion"]


def chartered(*unsigned: str, subjects: list[str] | None = None) -> Collective:
    """Return a cooperation of five whose charter, in force, gives gamma and delta vetoes."""
    coop = Collective(5)
    rights = [{"holder": who, "subjects": subjects or SUBJECTS} for who in ("gamma", "delta")]
    coop.adopt("charter", charter(vetoes=rights))
    coop.sign(*(one for one in coop.state.active if one not in unsigned))
    return coop


def veto(coop: Collective, decision: str = "d", by: str = "gamma", **more: Any) -> list[str]:
    return coop.do(f"rep-{by}", "veto_decision", **about(decision, by, **more))


def about(decision: str = "d", by: str = "gamma", **more: Any) -> dict[str, Any]:
    return {"decision": decision, "organisation": by, "reason": "It harms the river"} | more


def refused(coop: Collective, decision: str = "d", by: str = "gamma", **more: Any) -> str:
    return coop.refused(f"rep-{by}", "veto_decision", **about(decision, by, **more))


def decided(coop: Collective) -> Collective:
    """Let the members adopt decision ``d``, which beta had opened."""
    coop.do("rep-beta", "open_decision", decision="d", subject="other", question="Shall we?")
    coop.vote("d", "yes")
    return coop


def settle(coop: Collective, outcome: str) -> list[str]:
    """End the disagreement that the veto on ``d`` opened."""
    slug = next(reversed(coop.state.disagreements))
    if outcome == "withdrawn":
        return coop.do("rep-gamma", "withdraw_disagreement", disagreement=slug)
    coop.do("fay", "triage_disagreement", disagreement=slug, verdict="accept")
    return coop.do("rep-gamma", "settle_disagreement", disagreement=slug, agreed_text="Not now")


def vetoed_version(coop: Collective, kind: str, content: dict[str, Any]) -> None:
    coop.do("rep-beta", "draft_document", kind=kind, content=content)
    coop.do("rep-beta", "submit_document", kind=kind, decision="d")
    coop.vote("d")
    veto(coop)


def statuses(coop: Collective, kind: str) -> list[str]:
    return [one.status for one in coop.state.documents[kind]]


# --- who, what, when ------------------------------------------------------------------------------


def test_a_veto_suspends_and_opens_a_disagreement() -> None:
    """The holder and who had proposed it are the parties; the reason is its content."""
    coop = decided(chartered())
    came = veto(coop)
    assert came[:2] == ["effect_suspended", "disagreement_raised"]
    assert coop.state.decisions["d"].vetoed
    assert coop.result() == "adopted"
    (raised,) = coop.state.disagreements.values()
    assert (raised.id, raised.subject, raised.parties) == (
        "disagreement-1",
        "other",
        ("gamma", "beta"),
    )


def test_a_veto_of_what_nobody_represents() -> None:
    """A decision opened by the facilitator has the holder as its only party."""
    coop = chartered()
    coop.ask()
    coop.vote("d", "yes")
    veto(coop)
    assert coop.state.disagreements["disagreement-1"].parties == ("gamma",)


def test_a_veto_says_why() -> None:
    """Without a reason there is no veto."""
    assert refused(decided(chartered()), reason=None) == "reason_required"


@pytest.mark.parametrize(
    ("after", "code"),
    [(timedelta(days=5) - MOMENT, None), (timedelta(days=5), "too_late")],
)
def test_a_veto_comes_within_five_days(after: timedelta, code: str | None) -> None:
    """Five days after adoption, to the microsecond, it is too late."""
    coop = decided(chartered())
    coop.at = START + after
    if code is None:
        veto(coop)
    else:
        assert refused(coop) == code


def test_only_whom_the_charter_names_holds_a_veto() -> None:
    """Another member has none, nor has the holder on other subjects, nor one who did not sign."""
    assert refused(decided(chartered()), by="alpha") == "forbidden"
    assert refused(decided(chartered(subjects=["mandate"]))) == "forbidden"
    assert refused(decided(chartered("gamma"))) == "not_signed"
    coop = decided(chartered())
    assert coop.refused("rep-delta", "veto_decision", **about()) == "forbidden"


def test_without_a_charter_in_force_there_is_no_veto() -> None:
    """Adopted but unsigned, it gives nobody rights."""
    bare = decided(Collective(5))
    assert refused(bare) == "forbidden"
    unsigned = decided(chartered("alpha", "beta", "gamma"))
    assert refused(unsigned) == "forbidden"


def test_only_what_was_adopted_is_vetoed_and_once() -> None:
    """An open or rejected decision has no effect to suspend, a vetoed one is suspended."""
    coop = chartered()
    coop.ask()
    assert refused(coop) == "wrong_state"
    coop.vote("d", "no")
    assert refused(coop) == "wrong_state"
    assert refused(coop, "x") == "unknown_decision"
    twice = decided(chartered())
    veto(twice)
    assert refused(twice, by="delta") == "wrong_state"


def test_what_has_happened_cannot_be_suspended() -> None:
    """An exclusion took effect: the charter cannot make it undone."""
    coop = chartered()
    coop.ask(subject="exclusion:epsilon")
    coop.vote("d", "yes")
    assert refused(coop) == "rule_not_allowed"


# --- what becomes of it ---------------------------------------------------------------------------


def test_a_withdrawn_veto_lets_the_decision_take_effect() -> None:
    """The effect is restored when the disagreement is withdrawn."""
    coop = decided(chartered())
    veto(coop)
    assert "effect_restored" in settle(coop, "withdrawn")
    assert not coop.state.decisions["d"].vetoed


def test_a_veto_that_is_settled_otherwise_stands() -> None:
    """An agreement on something else leaves the decision without effect."""
    coop = decided(chartered())
    veto(coop)
    assert "effect_abandoned" in settle(coop, "settled")
    assert coop.state.decisions["d"].vetoed


def test_other_disagreements_concern_no_veto() -> None:
    """A disagreement that no veto opened restores nothing, whatever its name."""
    coop = decided(chartered())
    for slug in ("d", "veto-x", "disagreement-1"):
        coop.do(
            "rep-alpha",
            "raise_disagreement",
            disagreement=slug,
            subject="Style",
            content="Sealed",
            parties=["alpha", "beta"],
            touches="object",
            blocking=False,
        )
        came = coop.do("rep-alpha", "withdraw_disagreement", disagreement=slug)
        assert not [kind for kind in came if kind.startswith("effect")]


def test_a_vetoed_document_waits_and_what_it_replaced_counts_again() -> None:
    """The version is submitted again; an earlier one is approved as it was."""
    coop = chartered()
    coop.adopt("shared_vision", vision())
    vetoed_version(coop, "shared_vision", vision(issue="Another"))
    assert statuses(coop, "shared_vision") == ["approved", "submitted"]
    settle(coop, "withdrawn")
    assert statuses(coop, "shared_vision") == ["superseded", "approved"]


def test_a_document_whose_veto_stands_is_a_draft_again() -> None:
    """It returns to its authors, and the earlier version goes on."""
    coop = chartered()
    coop.adopt("shared_vision", vision())
    vetoed_version(coop, "shared_vision", vision(issue="Another"))
    settle(coop, "settled")
    assert statuses(coop, "shared_vision") == ["approved", "draft"]


def test_a_first_version_that_is_vetoed_leaves_none() -> None:
    """Without an earlier version there is none that counts meanwhile."""
    coop = chartered()
    vetoed_version(coop, "shared_vision", vision())
    assert statuses(coop, "shared_vision") == ["submitted"]
    assert coop.state.current("shared_vision") is None


def test_a_stale_document_counts_as_stale_again() -> None:
    """What was replaced when it was stale is stale after the veto."""
    coop = chartered()
    coop.adopt("shared_vision", vision())
    coop.wait(days=740)
    coop.adopt("charter", charter(vetoes=[{"holder": "gamma", "subjects": ["shared_vision"]}]))
    coop.sign("alpha", "beta", "gamma", "delta")
    vetoed_version(coop, "shared_vision", vision(issue="Another"))
    assert statuses(coop, "shared_vision") == ["stale", "submitted"]


def test_a_vetoed_charter_gives_way_to_the_former() -> None:
    """The charter that was in force before is in force again."""
    coop = chartered()
    coop.do(
        "rep-beta",
        "draft_document",
        kind="charter",
        content=charter(vetoes=[{"holder": "gamma", "subjects": SUBJECTS}]),
    )
    coop.do("rep-beta", "submit_document", kind="charter", decision="d")
    coop.vote("d")
    coop.sign("alpha", "beta", "gamma", "delta")
    assert statuses(coop, "charter") == ["superseded", "in_force"]
    veto(coop)
    assert statuses(coop, "charter") == ["in_force", "submitted"]


def test_a_document_that_was_replaced_meanwhile_stays_replaced() -> None:
    """A veto on a version that a later one superseded changes neither."""
    coop = chartered()
    coop.do("rep-beta", "draft_document", kind="shared_vision", content=vision())
    coop.do("rep-beta", "submit_document", kind="shared_vision", decision="d")
    coop.vote("d")
    coop.adopt("shared_vision", vision(issue="Another"))
    veto(coop)
    assert statuses(coop, "shared_vision") == ["superseded", "approved"]
    settle(coop, "settled")
    assert statuses(coop, "shared_vision") == ["superseded", "approved"]


def test_a_vetoed_mandate_ends() -> None:
    """Running or scheduled, it is taken back; when the veto falls it is given again."""
    coop = chartered()
    mandate = {"holder": "alpha", "missions": ["fund"]}

    def runs() -> bool:
        return coop.state.mandate is not None

    coop.do("rep-beta", "propose_mandate", decision="d", **mandate)
    coop.vote("d")
    assert "mandate_ended" in veto(coop)
    assert not runs()
    settle(coop, "withdrawn")
    assert runs()
    coop.do("rep-beta", "propose_mandate", decision="e", starts_on="2026-06-01", **mandate)
    coop.vote("e")
    assert "mandate_unscheduled" in veto(coop, "e")
    assert runs()


def test_the_mandate_that_a_vetoed_one_replaced_runs_again() -> None:
    """As it was, with its own end; when the veto falls the other one replaces it again."""
    coop = chartered()
    missions = ["coordinate", "fund"]
    end = {"ends_on": "2027-06-30", "missions": missions}
    coop.do("rep-beta", "propose_mandate", decision="c", holder="alpha", **end)
    coop.vote("c")
    first = coop.state.mandate
    coop.do("rep-beta", "propose_mandate", decision="d", holder="gamma", missions=missions)
    coop.vote("d")
    told = veto(coop)
    assert ("mandate_resumed" in told, "mandate_ended" in told) == (True, False)
    assert coop.state.mandate == first
    settle(coop, "withdrawn")
    assert coop.state.mandate is not None
    assert coop.state.mandate.holder == "gamma"


@pytest.mark.parametrize("why", ["over", "gone"])
def test_a_mandate_that_could_not_run_does_not_run_again(why: str) -> None:
    """Over meanwhile, or its holder gone, it stays in the past, and nobody holds the function."""
    coop = chartered()
    end = {"ends_on": str(coop.at.date() + timedelta(days=1))} if why == "over" else {}
    missions = ["fund"]
    coop.do("rep-beta", "propose_mandate", decision="c", holder="epsilon", missions=missions, **end)
    coop.vote("c")
    coop.do("rep-beta", "propose_mandate", decision="d", holder="alpha", missions=missions)
    coop.vote("d")
    if why == "gone":
        coop.do("rep-epsilon", "withdraw_member", organisation="epsilon", reason="Merger")
    else:
        coop.wait(days=2)
    assert "mandate_ended" in veto(coop)
    assert coop.state.mandate is None


def test_a_vetoed_admission_suspends_the_member() -> None:
    """It waits until the veto falls, then it is active again."""
    coop = chartered()
    coop.admit("zeta")
    decision = next(reversed(coop.state.decisions))
    coop.vote(decision)
    assert coop.state.members["zeta"].is_active
    veto(coop, decision)
    assert coop.state.members["zeta"].status == "suspended"
    settle(coop, "withdrawn")
    assert coop.state.members["zeta"].is_active


def test_other_documents_are_left_alone() -> None:
    """A veto on one kind of document does not touch another."""
    coop = chartered()
    coop.adopt("identity_sheet", identity_sheet())
    decided(coop)
    veto(coop)
    assert statuses(coop, "identity_sheet") == ["approved"]
