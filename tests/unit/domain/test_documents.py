"""Documents: versions, submission, adoption, validity, signatures and force."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from coopflow.domain.documents import DOCUMENT, DocumentDrafted
from coopflow.domain.events import Entry
from coopflow.domain.state import UNOPENED, Document
from tests.collective import (
    START,
    Collective,
    charter,
    identity_sheet,
    roadmap,
    stakeholder_map,
    support_model,
    value_chain,
    vision,
)
from tests.stages import varied

MOMENT = timedelta(microseconds=1)


def version(coop: Collective, kind: str, number: int = 1) -> Document:
    return coop.state.documents[kind][number - 1]


def statuses(coop: Collective, kind: str) -> list[str]:
    return [one.status for one in coop.state.documents[kind]]


def draft(coop: Collective, kind: str, content: dict[str, Any], **more: Any) -> list[str]:
    return coop.do("rep-alpha", "draft_document", kind=kind, content=content, **more)


def submit(coop: Collective, kind: str, **more: Any) -> list[str]:
    return coop.do("rep-alpha", "submit_document", kind=kind, **more)


def in_force(members: int = 3, **changes: Any) -> Collective:
    """Return a cooperation whose charter came into force at ``START``."""
    coop = Collective(members)
    coop.adopt("charter", charter(**changes))
    coop.sign(*coop.state.active)
    assert statuses(coop, "charter") == ["in_force"]
    return coop


# --- drafting and submitting ----------------------------------------------------------------------


def test_each_draft_is_the_next_version() -> None:
    """Versions count from one, each with its author, content and whether it is minor."""
    coop = Collective(2)
    draft(coop, "shared_vision", {"issue": "First"})
    coop.do(
        "rep-beta",
        "draft_document",
        kind="shared_vision",
        content={"issue": "Second"},
        minor=True,
    )
    first, second = coop.state.documents["shared_vision"]
    assert (first.version, first.status, first.authors, first.minor) == (
        1,
        "draft",
        ("rep-alpha",),
        False,
    )
    assert (second.version, second.content, second.authors, second.minor) == (
        2,
        {"issue": "Second"},
        ("rep-beta",),
        True,
    )


def test_a_draft_is_well_formed() -> None:
    """What a draft states wrongly is refused with each place and what is wrong there."""
    coop = Collective(1)
    refusal = coop.give(
        "rep-alpha",
        "draft_document",
        kind="shared_vision",
        content={"horizon_year": "soon", "colour": "red"},
    )
    assert "invalid_document" in str(refusal)
    assert "'path': 'horizon_year'" in str(refusal)
    assert "colour: Extra inputs are not permitted" in str(refusal)


def test_a_draft_is_of_a_known_kind() -> None:
    """There are eight kinds, and the feedback loop is written by closing a review."""
    coop = Collective(1)
    payload: dict[str, Any] = {"content": {}}
    assert coop.refused("rep-alpha", "draft_document", kind="poem", **payload) == "invalid_command"
    assert (
        coop.refused("rep-alpha", "draft_document", kind="feedback_loop", **payload)
        == "wrong_state"
    )


def test_the_newest_draft_is_submitted() -> None:
    """Of several drafts the last one goes to the members; the others stay drafts."""
    coop = Collective(3)
    draft(coop, "shared_vision", vision(issue="Old"))
    draft(coop, "shared_vision", vision(issue="New"))
    submit(coop, "shared_vision", decision="d")
    assert statuses(coop, "shared_vision") == ["draft", "submitted"]
    assert version(coop, "shared_vision", 2).decision == "d"
    assert coop.state.decisions["d"].document == 2


def test_there_must_be_a_draft() -> None:
    """Without a draft, or when the last one was submitted, there is nothing to submit."""
    coop = Collective(3)
    about = {"kind": "shared_vision"}
    assert coop.refused("rep-alpha", "submit_document", **about) == "unknown_document"
    draft(coop, "shared_vision", vision())
    submit(coop, "shared_vision")
    assert coop.refused("rep-alpha", "submit_document", **about) == "unknown_document"


def test_one_version_at_a_time_awaits_its_decision() -> None:
    """While a version is with the members a later draft waits."""
    coop = Collective(3)
    draft(coop, "shared_vision", vision())
    submit(coop, "shared_vision")
    draft(coop, "shared_vision", vision(issue="Another"))
    assert coop.refused("rep-alpha", "submit_document", kind="shared_vision") == "wrong_state"


@pytest.mark.parametrize(
    ("kind", "content", "path"),
    [
        ("shared_vision", vision(contributors=["alpha", "beta"]), "contributors"),
        ("identity_sheet", identity_sheet(goals={"inhabitants": "One"}), "goals.territory"),
        ("value_chain", value_chain(objectives=[]), "objectives"),
        ("support_model", support_model(deputy="alpha"), "deputy"),
        ("roadmap", roadmap(), "actions[0].objective"),
    ],
)
def test_a_submission_is_complete(kind: str, content: dict[str, Any], path: str) -> None:
    """What is missing is named by its path, and the draft stays one."""
    coop = Collective(3)
    draft(coop, kind, content)
    refusal = coop.give("rep-alpha", "submit_document", kind=kind)
    assert f"invalid_document: {path}: " in str(refusal)
    assert statuses(coop, kind) == ["draft"]


def test_a_roadmap_names_objectives_of_the_value_chain() -> None:
    """Each action without an objective of the adopted chain is named."""
    coop = Collective(3)
    coop.adopt("value_chain", value_chain())
    actions = roadmap()["actions"]
    draft(coop, "roadmap", roadmap(actions=[actions[0], actions[1] | {"objective": "o9"}]))
    refusal = coop.give("rep-alpha", "submit_document", kind="roadmap")
    assert "actions[1].objective: the value chain has no objective o9" in str(refusal)
    assert "actions[0]" not in str(refusal)
    draft(coop, "roadmap", roadmap())
    submit(coop, "roadmap")


@pytest.mark.parametrize(
    ("kind", "content", "rule"),
    [
        ("shared_vision", vision(), "consent"),
        ("stakeholder_map", stakeholder_map(), "simple_majority"),
        ("identity_sheet", identity_sheet(), "consent"),
        ("value_chain", value_chain(), "consent"),
        ("charter", charter(), "consent"),
        ("support_model", support_model(), "consent"),
    ],
)
def test_each_kind_has_its_rule(kind: str, content: dict[str, Any], rule: str) -> None:
    """Documents are adopted by consent, the map by a simple majority."""
    coop = Collective(3)
    draft(coop, kind, content)
    submit(coop, kind, decision="d")
    assert coop.state.decisions["d"].rule.name == rule
    assert coop.state.decisions["d"].subject == f"document:{kind}"


@pytest.mark.parametrize(
    ("kind", "content"), [("charter", charter()), ("support_model", support_model())]
)
def test_silence_adopts_neither_charter_nor_mandate(kind: str, content: dict[str, Any]) -> None:
    """What weighs most is never adopted by silence; the draft stays one."""
    coop = Collective(3)
    draft(coop, kind, content)
    assert (
        coop.refused("rep-alpha", "submit_document", kind=kind, rule="silence")
        == "rule_not_allowed"
    )
    submit(coop, kind, rule="absolute_majority")


def test_the_holder_named_in_a_support_model_is_recused() -> None:
    """Who would hold the support function does not vote on its model."""
    coop = Collective(3)
    draft(coop, "support_model", support_model(holder="beta", deputy="alpha"))
    submit(coop, "support_model", decision="d")
    assert coop.state.decisions["d"].electors == ("alpha", "gamma")


# --- adoption -------------------------------------------------------------------------------------


def test_adoption_approves_the_version() -> None:
    """The adopted version is approved from that instant on, by that decision."""
    coop = Collective(3)
    draft(coop, "shared_vision", vision())
    submit(coop, "shared_vision", decision="d")
    coop.wait(days=3)
    coop.vote("d")
    adopted = version(coop, "shared_vision")
    assert (adopted.status, adopted.approved_at, adopted.decision) == (
        "approved",
        START + timedelta(days=3),
        "d",
    )
    assert adopted.approved_seq == next(
        entry.seq for entry in coop.journal if entry.event.type == "document_approved"
    )


@pytest.mark.parametrize("end", ["rejected", "lapsed", "cancelled"])
def test_what_is_not_adopted_is_a_draft_again(end: str) -> None:
    """A refused, lapsed or cancelled submission goes back, and may be submitted anew."""
    coop = Collective(3)
    draft(coop, "shared_vision", vision())
    submit(coop, "shared_vision", decision="d")
    if end == "rejected":
        coop.vote("d", "objection")
    elif end == "lapsed":
        coop.wait(days=14)
    else:
        coop.do("fay", "cancel_decision", decision="d")
    assert coop.result() == end
    returned = version(coop, "shared_vision")
    assert (returned.status, returned.decision) == ("draft", None)
    submit(coop, "shared_vision")


def test_a_later_version_supersedes_the_earlier_ones() -> None:
    """Once adopted it takes the place of approved versions and of older drafts."""
    coop = Collective(3)
    coop.adopt("shared_vision", vision())
    draft(coop, "shared_vision", {"issue": "Abandoned"})
    coop.adopt("shared_vision", vision(issue="Another"))
    draft(coop, "shared_vision", {"issue": "Later"})
    assert statuses(coop, "shared_vision") == ["superseded", "superseded", "approved", "draft"]
    current = coop.state.current("shared_vision")
    assert current is not None
    assert current.version == 3


@pytest.mark.parametrize("days", [30, 760, 800])
def test_a_new_version_replaces_one_of_any_age(days: int) -> None:
    """Approved, stale or expired, the earlier version is superseded."""
    coop = Collective(3)
    coop.adopt("shared_vision", vision())
    coop.wait(days=days)
    coop.adopt("shared_vision", vision())
    assert statuses(coop, "shared_vision") == ["superseded", "approved"]
    assert version(coop, "shared_vision", 2).approved_at == coop.at


def test_a_minor_correction_keeps_the_day_of_approval() -> None:
    """Its validity runs from the version it corrects; any other version starts anew."""
    coop = Collective(3)
    coop.adopt("shared_vision", vision())
    coop.wait(days=100)
    draft(coop, "shared_vision", vision(issue="An issue."), minor=True)
    submit(coop, "shared_vision", decision="minor")
    coop.vote("minor")
    corrected = version(coop, "shared_vision", 2)
    assert corrected.approved_at == START
    assert corrected.valid_until == version(coop, "shared_vision", 1).valid_until
    coop.adopt("shared_vision", vision())
    assert version(coop, "shared_vision", 3).approved_at == coop.at


def test_a_minor_correction_of_nothing_is_a_version_like_any() -> None:
    """Without an earlier approval there is no day to keep."""
    coop = Collective(3)
    coop.wait(days=3)
    draft(coop, "shared_vision", vision(), minor=True)
    submit(coop, "shared_vision", decision="d")
    coop.vote("d")
    assert version(coop, "shared_vision").approved_at == coop.at


def test_a_minor_correction_does_not_make_a_stale_document_fresh() -> None:
    """What it corrects was past its validity, so is it at once."""
    coop = Collective(3)
    coop.adopt("shared_vision", vision())
    coop.wait(until=datetime(2028, 1, 15, tzinfo=UTC))
    draft(coop, "shared_vision", vision(), minor=True)
    submit(coop, "shared_vision", decision="d")
    coop.vote("d")
    assert statuses(coop, "shared_vision") == ["superseded", "stale"]
    assert version(coop, "shared_vision", 2).stale_since == datetime(2028, 1, 1, 9, tzinfo=UTC)


# --- validity -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "content", "until"),
    [
        ("shared_vision", vision(), "2028-01-01T09:00"),
        ("stakeholder_map", stakeholder_map(), "2027-01-01T09:00"),
        ("identity_sheet", identity_sheet(), "2027-01-01T09:00"),
        ("value_chain", value_chain(), "2027-07-01T09:00"),
        ("charter", charter(), "2028-01-01T09:00"),
        ("support_model", support_model(), "2027-01-01T09:00"),
    ],
)
def test_validity_is_half_open_to_the_microsecond(
    kind: str, content: dict[str, Any], until: str
) -> None:
    """A document counts as fresh until its validity ends, is stale for 60 days, then expired."""
    coop = Collective(3)
    coop.adopt(kind, content)
    end = datetime.fromisoformat(until).replace(tzinfo=UTC)
    assert version(coop, kind).valid_until == end
    coop.wait(until=end - MOMENT)
    assert version(coop, kind).status == "approved"
    assert "document_went_stale" in coop.wait(until=end)
    assert (version(coop, kind).status, version(coop, kind).stale_since) == ("stale", end)
    coop.wait(until=end + timedelta(days=60) - MOMENT)
    assert version(coop, kind).status == "stale"
    assert "document_expired" in coop.wait(until=end + timedelta(days=60))
    assert version(coop, kind).status == "expired"
    coop.wait(days=2000)
    assert version(coop, kind).status == "expired"


def test_a_roadmap_is_valid_for_six_calendar_months() -> None:
    """From the end of August it lasts to the end of February."""
    coop = Collective(3)
    coop.wait(until=datetime(2026, 8, 31, 18, tzinfo=UTC))
    coop.adopt("value_chain", value_chain())
    coop.adopt("roadmap", roadmap())
    assert version(coop, "roadmap").valid_until == datetime(2027, 2, 28, 18, tzinfo=UTC)


def test_a_frozen_pause_does_not_keep_documents_fresh() -> None:
    """Pausing stops clocks and deadlines, not the ageing of what was written."""
    coop = Collective(3)
    coop.adopt("shared_vision", vision())
    coop.do("fay", "pause_cooperation", reason="Rest", clocks="freeze")
    coop.wait(until=datetime(2028, 1, 1, 9, tzinfo=UTC))
    assert version(coop, "shared_vision").status == "stale"


def test_a_policy_may_let_a_document_last_for_ever() -> None:
    """Without a validity a document does not grow stale."""

    def lasting(policy: dict[str, Any]) -> None:
        del policy["documents"]["kinds"]["shared_vision"]["valid"]

    coop = Collective(3, varied(lasting))
    coop.adopt("shared_vision", vision())
    assert version(coop, "shared_vision").valid_until is None
    coop.wait(days=3650)
    assert version(coop, "shared_vision").status == "approved"


# --- the charter ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("members", "needed"), [(3, 2), (4, 3), (5, 4), (6, 4)])
def test_a_charter_is_in_force_once_two_thirds_have_signed(members: int, needed: int) -> None:
    """One signature less is not enough; the exact two thirds are."""
    coop = Collective(members)
    coop.adopt("charter", charter())
    signers = coop.state.active
    coop.sign(*signers[: needed - 1])
    assert version(coop, "charter").status == "approved"
    coop.wait(days=5)
    assert "charter_came_into_force" in coop.sign(signers[needed - 1])
    forced = version(coop, "charter")
    assert (forced.status, forced.in_force_at, forced.signatures) == (
        "in_force",
        coop.at,
        signers[:needed],
    )
    assert (forced.members_at_force, forced.moves_at_force) == (members, members)


def test_validity_of_a_charter_runs_from_its_approval() -> None:
    """Signing later does not make it last longer."""
    coop = Collective(3)
    coop.adopt("charter", charter())
    coop.wait(days=200)
    coop.sign(*coop.state.active)
    assert version(coop, "charter").valid_until == datetime(2028, 1, 1, 9, tzinfo=UTC)


def test_the_others_may_sign_a_charter_in_force() -> None:
    """Who has not signed still may, once."""
    coop = Collective(3)
    coop.adopt("charter", charter())
    coop.sign("alpha", "beta")
    coop.wait(days=400)
    coop.sign("gamma")
    assert version(coop, "charter").signatures == ("alpha", "beta", "gamma")
    assert coop.refused("rep-gamma", "sign_charter", organisation="gamma") == "already_exists"


def test_signing_needs_a_charter() -> None:
    """A draft, a submission or an expired charter is not signed."""
    coop = Collective(3)
    signing = {"organisation": "alpha"}
    assert coop.refused("rep-alpha", "sign_charter", **signing) == "unknown_document"
    draft(coop, "charter", charter())
    submit(coop, "charter", decision="d")
    assert coop.refused("rep-alpha", "sign_charter", **signing) == "unknown_document"
    coop.vote("d")
    coop.wait(days=900)
    assert statuses(coop, "charter") == ["expired"]
    assert coop.refused("rep-alpha", "sign_charter", **signing) == "unknown_document"


def test_one_signs_for_ones_own_organisation() -> None:
    """Nobody signs for another member, and who is suspended does not sign."""
    coop = Collective(4)
    coop.adopt("charter", charter())
    assert coop.refused("rep-beta", "sign_charter", organisation="alpha") == "forbidden"
    coop.do("fay", "suspend_member", organisation="alpha", reason="Absent")
    assert coop.refused("rep-alpha", "sign_charter", organisation="alpha") == "wrong_state"


def test_signatures_of_active_members_count() -> None:
    """When who has not signed leaves, two thirds may be reached by that."""
    coop = Collective(4)
    coop.adopt("charter", charter())
    coop.sign("alpha", "beta")
    came = coop.do("rep-delta", "withdraw_member", organisation="delta", reason="Gone")
    assert "charter_came_into_force" in came
    assert version(coop, "charter").members_at_force == 3


def test_signatures_of_members_that_left_do_not_count() -> None:
    """Who signed and left is no active member that has signed."""
    coop = Collective(4)
    coop.adopt("charter", charter())
    coop.sign("alpha", "beta")
    coop.do("rep-beta", "withdraw_member", organisation="beta", reason="Gone")
    assert version(coop, "charter").status == "approved"
    coop.sign("gamma")
    assert version(coop, "charter").status == "in_force"


def test_a_charter_without_members_is_not_in_force() -> None:
    """When all have left nobody has signed."""
    coop = Collective(1)
    draft(coop, "charter", charter(commitments=[{"member": "alpha", "text": "A room"}]))
    submit(coop, "charter", decision="d")
    coop.vote("d")
    coop.do("rep-alpha", "withdraw_member", organisation="alpha", reason="Gone")
    assert version(coop, "charter").status == "approved"


def test_a_charter_in_force_stays_until_a_later_one_is_in_force() -> None:
    """An approved revision waits for its signatures; the former charter counts meanwhile."""
    coop = in_force()
    coop.wait(days=100)
    coop.adopt("charter", charter(purpose="Another"))
    assert statuses(coop, "charter") == ["in_force", "approved"]
    current = coop.state.current("charter")
    assert current is not None
    assert current.version == 1
    coop.sign("alpha")
    assert statuses(coop, "charter") == ["in_force", "approved"]
    assert "document_superseded" in coop.sign("beta")
    assert statuses(coop, "charter") == ["superseded", "in_force"]
    assert version(coop, "charter", 2).signatures == ("alpha", "beta")


def test_an_approved_charter_nobody_signed_is_superseded() -> None:
    """A revision takes the place of an approved one that was never in force."""
    coop = Collective(3)
    coop.adopt("charter", charter())
    coop.adopt("charter", charter(purpose="Another"))
    assert statuses(coop, "charter") == ["superseded", "approved"]


def test_a_charter_in_force_goes_stale_like_other_documents() -> None:
    """After 24 months it is stale, and 60 days later it counts as absent."""
    coop = in_force()
    end = datetime(2028, 1, 1, 9, tzinfo=UTC)
    coop.wait(until=end - MOMENT)
    assert statuses(coop, "charter") == ["in_force"]
    coop.wait(until=end)
    assert statuses(coop, "charter") == ["stale"]
    coop.wait(until=end + timedelta(days=60))
    assert statuses(coop, "charter") == ["expired"]


def test_the_term_of_a_charter_ends_it_earlier() -> None:
    """Its last day is inclusive; the next midnight it is stale."""
    coop = in_force(term_end="2026-06-30")
    end = datetime(2026, 7, 1, tzinfo=UTC)
    assert version(coop, "charter").valid_until == end
    coop.wait(until=end - MOMENT)
    assert statuses(coop, "charter") == ["in_force"]
    coop.wait(until=end)
    assert statuses(coop, "charter") == ["stale"]


def test_many_who_join_or_leave_make_a_charter_stale() -> None:
    """More than a third of the members at its force have moved: of six, the third move."""
    coop = in_force(6)
    coop.wait(days=30)
    for organisation in ("alpha", "beta"):
        coop.do(f"rep-{organisation}", "withdraw_member", organisation=organisation, reason="Gone")
    assert statuses(coop, "charter") == ["in_force"]
    coop.admit("alpha")
    coop.vote(next(reversed(coop.state.decisions)))
    assert statuses(coop, "charter") == ["stale"]
    assert version(coop, "charter").stale_since == coop.at
    coop.wait(days=60)
    assert statuses(coop, "charter") == ["expired"]


def test_moves_before_a_charter_came_into_force_do_not_count() -> None:
    """Only who joined or left since then makes it stale."""
    coop = Collective(6)
    for organisation in ("epsilon", "zeta"):
        coop.do(f"rep-{organisation}", "withdraw_member", organisation=organisation, reason="Gone")
    coop.adopt("charter", charter())
    coop.sign("alpha", "beta", "gamma")
    assert version(coop, "charter").moves_at_force == 8
    coop.do("rep-delta", "withdraw_member", organisation="delta", reason="Gone")
    assert statuses(coop, "charter") == ["in_force"]
    coop.do("rep-gamma", "withdraw_member", organisation="gamma", reason="Gone")
    assert statuses(coop, "charter") == ["stale"]


def test_being_suspended_is_no_move() -> None:
    """Suspending and reinstating does not age a charter."""
    coop = in_force(3)
    for organisation in ("alpha", "beta"):
        coop.do("fay", "suspend_member", organisation=organisation, reason="Absent")
        coop.do("fay", "reinstate_member", organisation=organisation, reason="Back")
    assert statuses(coop, "charter") == ["in_force"]


# --- the state machine and the events -------------------------------------------------------------


def test_the_moves_of_a_document() -> None:
    """A draft is submitted, a submission approved or returned, and age takes its way."""
    assert DOCUMENT.after("draft", "submit") == "submitted"
    assert DOCUMENT.after("submitted", "return") == "draft"
    assert DOCUMENT.after("submitted", "approve") == "approved"
    assert DOCUMENT.after("approved", "come_into_force") == "in_force"
    assert DOCUMENT.after("in_force", "go_stale") == "stale"
    assert DOCUMENT.after("stale", "expire") == "expired"
    assert DOCUMENT.after("submitted", "supersede") is None
    assert DOCUMENT.after("superseded", "approve") is None


def test_a_draft_is_no_version_that_counts() -> None:
    """The version that counts is one that was adopted, and there may be none."""
    event = DocumentDrafted(kind="shared_vision", version=1, content={}, author="ann")
    changed = UNOPENED.but(**event.changes(UNOPENED, Entry(seq=1, at=START, event=event)))
    assert changed.current("shared_vision") is None
    newest = changed.newest("shared_vision")
    assert newest is not None
    assert newest.typed is None
    assert changed.newest("shared_vision", "approved") is None
    assert changed.newest("charter") is None
