"""Notices: what people must be told because of an event."""

from coopflow.application.notices import Notice, notices_of
from tests.collective import Collective
from tests.stages import in_animation, review


def _told(coop: Collective) -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        (notice.kind, notice.about, notice.to)
        for entry in coop.journal
        for notice in notices_of("coop", entry)
    ]


def test_voters_are_invited_reminded_and_told_the_outcome() -> None:
    """The electorate is invited, those who have not answered are reminded, all hear the end."""
    coop = Collective(3)
    coop.do(
        "rep-alpha", "open_decision", decision="d", subject="other", question="?", recused=["gamma"]
    )
    coop.do("rep-alpha", "cast_ballot", decision="d", organisation="alpha", choice="yes")
    coop.wait(days=14)
    assert _told(coop) == [
        ("invite_voters", "d", ("alpha", "beta")),
        ("remind_voters", "d", ("beta",)),
        ("remind_voters", "d", ("beta",)),
        ("publish_outcome", "d", ()),
    ]


def test_reviews_are_convened_prepared_and_published() -> None:
    """The cadence convenes; opening asks for a dossier; only what is public is published."""
    coop = in_animation()
    before = len(coop.journal)
    coop.wait(days=92)
    review(coop, "silent")
    review(coop, "public", summary_published=True)
    coop.journal = coop.journal[before:]
    told = [one for one in _told(coop) if one[0] != "invite_voters"]
    assert told == [
        ("convene_review", "quarterly", ()),
        ("compile_dossier", "silent", ()),
        ("compile_dossier", "public", ()),
        ("publish_summary", "public", ()),
    ]


def test_most_events_tell_nobody() -> None:
    """A member that joins is seen by whoever looks."""
    coop = Collective(3)
    assert _told(coop) == []


def test_a_notice_says_which_event_caused_it() -> None:
    """Together with its place it tells a notice from every other one."""
    coop = Collective(3)
    coop.do("rep-alpha", "open_decision", decision="d", subject="other", question="?")
    entry = coop.journal[-1]
    assert notices_of("coop", entry) == (
        Notice(
            cooperation="coop",
            seq=entry.seq,
            index=0,
            kind="invite_voters",
            about="d",
            to=("alpha", "beta", "gamma"),
            at=entry.at,
        ),
    )
