"""Members: joining, leaving, being suspended, and who speaks for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from coopflow.domain.members import MEMBERSHIP, active_member, member_of
from coopflow.domain.refusals import RefusedError
from tests.collective import ORGANISATIONS, START, Collective, charter

MOMENT = timedelta(microseconds=1)


def organisation(slug: str = "alpha", **more: Any) -> dict[str, Any]:
    return {
        "organisation": {"id": slug, "name": slug.title(), "category": "association", **more},
        "representative": f"rep-{slug}",
    }


def chartered(members: int = 3) -> Collective:
    """Return a cooperation whose charter is in force."""
    coop = Collective(members)
    coop.adopt("charter", charter())
    coop.sign(*coop.state.active)
    return coop


def status(coop: Collective, slug: str) -> str:
    return coop.state.members[slug].status


def people(coop: Collective) -> list[str]:
    """Return who speaks for alpha."""
    return list(coop.state.members["alpha"].people)


def leave(coop: Collective, slug: str) -> list[str]:
    return coop.do(f"rep-{slug}", "withdraw_member", organisation=slug, reason="Gone")


# --- joining --------------------------------------------------------------------------------------


def test_before_a_charter_one_joins_at_once() -> None:
    """An organisation is invited and active in one step, with what is known of it."""
    coop = Collective()
    came = coop.do("fay", "admit_member", **organisation(college="civil"), alternate="alt")
    assert came[:2] == ["member_invited", "member_joined"]
    member = coop.state.members["alpha"]
    assert (member.name, member.category, member.college) == ("Alpha", "association", "civil")
    assert member.people == ("rep-alpha", "alt")
    assert [(one.status, one.since) for one in member.standings] == [
        ("invited", START),
        ("active", START),
    ]
    assert coop.state.members_moved == 1


def test_a_charter_that_is_not_in_force_changes_nothing() -> None:
    """Adopted but not signed, it does not yet say who joins how."""
    coop = Collective(3)
    coop.adopt("charter", charter())
    coop.admit("delta")
    assert status(coop, "delta") == "active"


@pytest.mark.parametrize(("choice", "became"), [("consent", "active"), ("objection", "left")])
def test_under_a_charter_the_members_decide(choice: str, became: str) -> None:
    """The organisation is invited, and joins or goes with the decision."""
    coop = chartered()
    coop.admit("delta")
    decision = next(reversed(coop.state.decisions.values()))
    assert (decision.subject, decision.rule.name) == ("admission:delta", "consent")
    assert decision.electors == ("alpha", "beta", "gamma")
    assert status(coop, "delta") == "invited"
    assert coop.state.active == ("alpha", "beta", "gamma")
    coop.vote(decision.id, choice)
    assert status(coop, "delta") == became


def test_a_stale_charter_still_says_who_joins() -> None:
    """Until it has expired the members decide; then it counts as absent."""
    coop = chartered()
    coop.wait(days=740)
    coop.admit("delta")
    assert status(coop, "delta") == "invited"
    coop.wait(days=60)
    coop.admit("epsilon")
    assert status(coop, "epsilon") == "active"


def test_one_is_admitted_once() -> None:
    """Invited, active or suspended, an organisation is not admitted again."""
    coop = Collective(3)
    coop.do("fay", "suspend_member", organisation="beta", reason="Absent")
    for slug in ("alpha", "beta"):
        assert coop.refused("fay", "admit_member", **organisation(slug)) == "already_exists"
    invited = chartered()
    invited.admit("delta")
    assert invited.refused("fay", "admit_member", **organisation("delta")) == "already_exists"


def test_who_left_may_come_back() -> None:
    """Its profile and its past are kept, its people are those given now."""
    coop = Collective(2)
    coop.do(
        "rep-beta",
        "describe_member",
        organisation="beta",
        profile={"logic": "Service"},
    )
    leave(coop, "beta")
    coop.wait(days=10)
    coop.do("fay", "admit_member", **organisation("beta") | {"representative": "bea"})
    back = coop.state.members["beta"]
    assert [one.status for one in back.standings] == [
        "invited",
        "active",
        "left",
        "invited",
        "active",
    ]
    assert (back.profile.logic, back.representative) == ("Service", "bea")
    assert coop.state.members_moved == 4


@pytest.mark.parametrize(
    "change",
    [
        {"category": "guild"},
        {"id": "no blanks"},
        {"name": " "},
        {"colour": "red"},
    ],
)
def test_an_organisation_is_well_formed(change: dict[str, Any]) -> None:
    """Category, id and name are checked before anything is decided."""
    coop = Collective()
    assert coop.refused("fay", "admit_member", **organisation(**change)) == "invalid_command"


def test_who_may_admit() -> None:
    """Support, facilitator and programme admit; a representative does not."""
    coop = Collective(2)
    coop.do("pam", "admit_member", **organisation("gamma"))
    assert coop.refused("rep-alpha", "admit_member", **organisation("delta")) == "forbidden"
    coop.do("rep-alpha", "propose_mandate", decision="m", holder="alpha", missions=["fund"])
    coop.vote("m")
    coop.do("rep-alpha", "admit_member", **organisation("delta"))


# --- leaving, being suspended, excluded -----------------------------------------------------------


def test_leaving() -> None:
    """A member that withdraws has left, which counts as a move and stays in its past."""
    coop = Collective(2)
    coop.wait(days=5)
    leave(coop, "beta")
    assert status(coop, "beta") == "left"
    assert coop.state.active == ("alpha",)
    assert coop.state.members_moved == 3
    assert coop.state.last_move_at == coop.at
    assert coop.refused("fay", "withdraw_member", organisation="beta", reason="?") == (
        "unknown_member"
    )


def test_an_invited_organisation_may_decline() -> None:
    """It leaves without ever having joined, and a later adoption does not bring it in."""
    coop = chartered()
    coop.admit("delta")
    before = coop.state.members_moved
    leave(coop, "delta")
    assert (status(coop, "delta"), coop.state.members_moved) == ("left", before)
    coop.vote(next(reversed(coop.state.decisions)))
    assert status(coop, "delta") == "left"


def test_a_refused_admission_counts_as_no_move() -> None:
    """Who was never in has not gone out."""
    coop = chartered()
    coop.admit("delta")
    before = coop.state.members_moved
    coop.vote(next(reversed(coop.state.decisions)), "objection")
    assert coop.state.members_moved == before
    assert coop.state.members["delta"].moved_at is None


def test_suspending_and_reinstating() -> None:
    """A suspended member does not vote nor act, and is active again after."""
    coop = Collective(2)
    coop.do("fay", "suspend_member", organisation="beta", reason="Absent")
    assert list(coop.state.active) == ["alpha"]
    assert coop.refused("rep-beta", "draft_document", kind="charter", content={}) == "forbidden"
    coop.do("fay", "reinstate_member", organisation="beta", reason="Back")
    assert list(coop.state.active) == ["alpha", "beta"]
    assert coop.state.members_moved == 2


@pytest.mark.parametrize(
    ("command", "now", "code"),
    [
        ("suspend_member", "suspended", "wrong_state"),
        ("suspend_member", "left", "unknown_member"),
        ("suspend_member", "unknown", "unknown_member"),
        ("reinstate_member", "active", "wrong_state"),
        ("reinstate_member", "left", "unknown_member"),
        ("withdraw_member", "unknown", "unknown_member"),
    ],
)
def test_a_move_starts_from_where_the_member_is(command: str, now: str, code: str) -> None:
    """What does not fit the member's status is refused."""
    coop = Collective(3)
    if now == "suspended":
        coop.do("fay", "suspend_member", organisation="beta", reason="Absent")
    elif now == "left":
        leave(coop, "beta")
    slug = "omega" if now == "unknown" else "beta"
    assert coop.refused("fay", command, organisation=slug, reason="?") == code


def test_an_exclusion_that_comes_too_late_changes_nothing() -> None:
    """Who left by itself meanwhile is not excluded."""
    coop = Collective(4)
    coop.ask(subject="exclusion:delta")
    leave(coop, "delta")
    assert coop.vote("d", "yes")[-1] == "decision_closed"
    left = [entry.event for entry in coop.journal if entry.event.type == "member_left"]
    assert len(left) == 1


def test_an_exclusion_is_marked_as_one() -> None:
    """The event says that the member did not go by itself."""
    coop = Collective(4)
    coop.ask(subject="exclusion:delta")
    coop.vote("d", "yes")
    gone = next(entry.event for entry in coop.journal if entry.event.type == "member_left")
    assert (getattr(gone, "excluded"), getattr(gone, "reason")) == (True, "exclusion")  # noqa: B009


# --- who speaks for a member ----------------------------------------------------------------------


def test_an_organisation_says_who_speaks_for_it() -> None:
    """Representative and alternate are replaced together."""
    coop = Collective(1)
    about = {"organisation": "alpha", "person": "ada"}
    coop.do("rep-alpha", "appoint_representative", alternate="al", **about)
    assert people(coop) == ["ada", "al"]
    coop.do("al", "appoint_representative", **about)
    assert people(coop) == ["ada"]
    assert coop.refused("rep-alpha", "appoint_representative", **about) == "forbidden"


@pytest.mark.parametrize("command", ["appoint_representative", "describe_member"])
def test_members_that_are_gone_have_nobody_to_appoint(command: str) -> None:
    """An unknown organisation, or one that left, has neither people nor a profile to change."""
    coop = Collective(2)
    leave(coop, "beta")
    payload: dict[str, Any] = (
        {"person": "ada"} if command == "appoint_representative" else {"profile": {}}
    )
    for slug in ("beta", "omega"):
        assert coop.refused("fay", command, organisation=slug, **payload) == "unknown_member"


@pytest.mark.parametrize("now", ["invited", "suspended"])
def test_who_does_not_vote_may_still_speak_of_itself(now: str) -> None:
    """Invited or suspended, an organisation appoints, describes itself, or leaves."""
    coop = chartered()
    coop.admit("delta")
    slug = "delta"
    if now == "suspended":
        slug = "gamma"
        coop.do("fay", "suspend_member", organisation=slug, reason="Absent")
    by = f"rep-{slug}"
    coop.do(by, "describe_member", organisation=slug, profile={"culture": "Open"})
    coop.do(by, "appoint_representative", organisation=slug, person=by, alternate="alt")
    coop.do("alt", "withdraw_member", organisation=slug, reason="Gone")
    assert status(coop, slug) == "left"


def test_a_profile_is_filled_in_part_by_part() -> None:
    """Parts that are given replace those known, the others stay; four of them fill it in."""
    coop = Collective(1)

    def describe(**profile: str) -> None:
        coop.do("rep-alpha", "describe_member", organisation="alpha", profile=profile)

    describe(logic="Service", constraints="Time")
    assert not coop.state.members["alpha"].profile.is_filled_in
    describe(constraints="Money", culture="Open", expectations="Help")
    profile = coop.state.members["alpha"].profile
    assert (profile.logic, profile.constraints) == ("Service", "Money")
    assert profile.is_filled_in


@pytest.mark.parametrize("profile", [{"colour": "red"}, {"logic": "a\0b"}, {"logic": ""}])
def test_a_profile_is_made_of_texts(profile: dict[str, str]) -> None:
    """Unknown parts, and texts that cannot be stored or say nothing, are refused."""
    coop = Collective(1)
    about = {"organisation": "alpha", "profile": profile}
    assert coop.refused("rep-alpha", "describe_member", **about) == "invalid_command"


def test_one_person_may_represent_two_organisations() -> None:
    """They are told apart by the organisation, not by the person."""
    coop = Collective()
    for slug in ("alpha", "beta"):
        coop.do("fay", "admit_member", **organisation(slug) | {"representative": "rex"})
    assert list(coop.state.represented_by("rex")) == ["alpha", "beta"]
    coop.do("rex", "withdraw_member", organisation="alpha", reason="Gone")
    assert list(coop.state.represented_by("rex")) == ["beta"]


# --- looking back ---------------------------------------------------------------------------------


def test_a_member_knows_when_it_was_active() -> None:
    """From the instant of joining on, until the instant of being suspended or leaving."""
    coop = Collective(1)
    joined = coop.at
    coop.wait(days=10)
    suspended = coop.at
    coop.do("fay", "suspend_member", organisation="alpha", reason="Absent")
    coop.wait(days=10)
    back = coop.at
    coop.do("fay", "reinstate_member", organisation="alpha", reason="Back")
    member = coop.state.members["alpha"]
    assert [
        member.was_active(at)
        for at in (joined - MOMENT, joined, suspended - MOMENT, suspended, back - MOMENT, back)
    ] == [False, True, True, False, False, True]


def test_being_suspended_is_neither_joining_nor_leaving() -> None:
    """The last move is the joining, until the member leaves."""
    coop = Collective(1)
    coop.wait(days=10)
    coop.do("fay", "suspend_member", organisation="alpha", reason="Absent")
    coop.do("fay", "reinstate_member", organisation="alpha", reason="Back")
    assert coop.state.members["alpha"].moved_at == START
    coop.do("fay", "suspend_member", organisation="alpha", reason="Absent")
    leave(coop, "alpha")
    assert coop.state.members["alpha"].moved_at == coop.at


def test_finding_members() -> None:
    """A member that left is unknown; an active one is asked for by that name."""
    coop = Collective(3)
    coop.do("fay", "suspend_member", organisation="beta", reason="Absent")
    leave(coop, "gamma")
    assert member_of(coop.state, "beta").id == "beta"
    assert active_member(coop.state, "alpha").id == "alpha"
    with pytest.raises(RefusedError, match=r"wrong_state: beta is suspended"):
        active_member(coop.state, "beta")
    for slug in ("gamma", "omega"):
        with pytest.raises(RefusedError, match="unknown_member"):
            member_of(coop.state, slug)


def test_the_moves_of_a_member() -> None:
    """Who has left comes back by being invited, and only invited ones join."""
    assert MEMBERSHIP.after("left", "invite") == "invited"
    assert MEMBERSHIP.after("invited", "join") == "active"
    assert MEMBERSHIP.after("left", "join") is None
    assert MEMBERSHIP.after("invited", "suspend") is None
    assert set(ORGANISATIONS) > set(Collective(2).state.members)
