from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from coopflow.domain.catalogue import EVENTS
from coopflow.entrypoints.web.terms import TELLING, Part, Term, terms_of
from coopflow.readmodel.views import JournalLine

AMEL, BEA = Part("representative", "amel", "alpha"), Part("representative", "bea", "alpha")


def on(day: int) -> datetime:
    return datetime(2026, 3, day, tzinfo=UTC)


def line(day: int, event: str, *redacted: str, **data: Any) -> JournalLine:
    return JournalLine(
        seq=day,
        at=on(day),
        actor=None,
        command_id=None,
        type=event,
        data=data,
        redacted=redacted,
    )


def test_roles_are_held_from_when_they_are_given_until_they_are_taken_back() -> None:
    """What began last comes first; who holds one already goes on."""
    assert EVENTS.keys() >= TELLING
    found = terms_of(
        [
            line(1, "role_assigned", person="fay", role="facilitator"),
            line(2, "role_assigned", person="fay", role="facilitator"),
            line(3, "role_assigned", person="kim", role="funder"),
            line(4, "role_revoked", person="fay", role="facilitator"),
            line(5, "role_revoked", person="zoe", role="observer"),
        ]
    )
    assert found == (
        Term(Part("funder", "kim"), on(3), None),
        Term(Part("facilitator", "fay"), on(1), on(4)),
    )


def test_people_speak_for_an_organisation_while_it_takes_part() -> None:
    """Whoever was named before it joined, since it joined; who stays on is not told twice."""
    cal = Part("alternate", "cal", "alpha")
    found = terms_of(
        [
            line(1, "member_invited", organisation="alpha", representative="zoe", alternate=None),
            line(2, "representative_appointed", organisation="alpha", person="amel"),
            line(3, "member_joined", organisation="alpha"),
            line(
                5, "representative_appointed", organisation="alpha", person="bea", alternate="cal"
            ),
            line(6, "representative_appointed", organisation="alpha", person="bea"),
            line(8, "member_left", organisation="alpha", reason="moved", excluded=False),
        ]
    )
    assert sorted(found, key=lambda one: one.until or one.since) == [
        Term(AMEL, on(3), on(5)),
        Term(cal, on(5), on(6)),
        Term(BEA, on(5), on(8)),
    ]


def test_the_support_function_is_held_by_one_at_a_time() -> None:
    """A mandate that replaces another ends it, and a veto brings the one before back."""
    found = terms_of(
        [
            line(1, "mandate_started", terms={"holder": "alpha"}, decision="d"),
            line(2, "mandate_started", terms={"holder": "alpha"}, decision="e"),
            line(3, "mandate_started", terms={"holder": "beta"}, decision="f"),
            line(4, "mandate_resumed", holder="alpha", vetoed="f"),
            line(6, "mandate_ended", holder="alpha", reason="expired"),
        ]
    )
    alpha, beta = (Part("support", organisation=one) for one in ("alpha", "beta"))
    assert found == (
        Term(alpha, on(4), on(6)),
        Term(beta, on(3), on(4)),
        Term(alpha, on(1), on(3)),
    )


def test_what_is_kept_back_tells_nothing() -> None:
    """As where a key is missing."""
    assert terms_of([line(1, "role_assigned", "person", role="observer")]) == ()
