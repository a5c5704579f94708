from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise

import pytest

from coopflow.domain.state import Alert, Ballot, Cooperation, Decision, Document, Meeting
from coopflow.domain.voting import SimpleMajority
from coopflow.readmodel.rows import PARTS, Changes, Part, Standing, decision_row
from coopflow.readmodel.tables import AlertRow, Base

AT = datetime(2026, 1, 1, tzinfo=UTC)


def part(field: str) -> Part:
    return next(one for one in PARTS if isinstance(one, Part) and one.field == field)


def standing(table: type[Base]) -> Standing:
    return next(one for one in PARTS if isinstance(one, Standing) and one.table is table)


def alert(code: str) -> Alert:
    return Alert(code=code, about="plenary", since=AT)


def meeting(slug: str) -> Meeting:
    return Meeting(id=slug, kind="plenary", held_at=AT, attendees=(), active=())


def document(version: int, status: str = "draft") -> Document:
    return Document.model_validate(
        {
            "kind": "charter",
            "version": version,
            "status": status,
            "authors": ["amel"],
            "content": {},
        }
    )


def decision(**given: object) -> Decision:
    ballots = {
        f"org-{number}": Ballot(choice=choice, at=AT, by="amel")
        for number, choice in enumerate(("yes", "no", "yes"))
    }
    asked = Decision(
        id="d",
        subject="other",
        rule=SimpleMajority(),
        quorum=Fraction(1, 2),
        electorate=(*ballots, "org-3"),
        opened_at=AT,
        closes_at=AT,
        ballots=ballots,
    )
    return asked.but(**given)


def test_only_what_is_another_thing_counts_as_changed() -> None:
    """Things that both states share by identity are left alone."""
    kept, old, new = meeting("kept"), meeting("m"), meeting("m")
    before = Cooperation(meetings={"kept": kept, "m": old})
    after = before.but(meetings={"kept": kept, "m": new, "n": meeting("n")})

    changes = Changes()
    changes.note(before, after)
    assert [row["id"] for row in changes.upserts(part("meetings"))] == ["m", "n"]
    assert changes.upserts(part("members")) == []


def test_the_last_of_several_changes_is_written() -> None:
    """A run of states leads to one row for each thing, as it was last."""
    states = [
        Cooperation(),
        Cooperation(documents={"charter": (document(1),)}),
        Cooperation(documents={"charter": (document(1, "submitted"), document(2))}),
    ]
    changes = Changes()
    for before, after in pairwise(states):
        changes.note(before, after)
    rows = changes.upserts(part("documents"))
    assert [(row["version"], row["status"]) for row in rows] == [(1, "submitted"), (2, "draft")]


def test_an_alert_that_no_longer_stands_loses_its_row() -> None:
    """Alerts fade; one that comes back in the same run is written, not deleted."""
    low, late = alert("attendance_low"), alert("no_plenary")
    states = [
        Cooperation(alerts={low.key: low, late.key: late}),
        Cooperation(),
        Cooperation(alerts={late.key: late.but(since=AT.replace(year=2027))}),
    ]
    changes = Changes()
    for before, after in pairwise(states):
        changes.note(before, after)
    assert [row["code"] for row in changes.deletions(standing(AlertRow))] == ["attendance_low"]
    written = changes.upserts(standing(AlertRow))
    assert [(row["code"], row["since"].year) for row in written] == [("no_plenary", 2027)]


def test_what_stands_on_as_it_was_is_left_alone() -> None:
    """Rows that come out the same are not written again, though something was replaced."""
    low, late = alert("attendance_low"), alert("no_plenary")
    before = Cooperation(alerts={low.key: low})
    changes = Changes()
    changes.note(before, before.but(alerts={low.key: low.but(), late.key: late}))
    assert [row["code"] for row in changes.upserts(standing(AlertRow))] == ["no_plenary"]
    assert changes.deletions(standing(AlertRow)) == []


def test_what_the_state_forgets_keeps_its_row() -> None:
    """A meeting that came and was dropped from the state within one run is written all the same."""
    states = [Cooperation(), Cooperation(meetings={"m": meeting("m")}), Cooperation()]
    changes = Changes()
    for before, after in pairwise(states):
        changes.note(before, after)
    assert [row["id"] for row in changes.upserts(part("meetings"))] == ["m"]
    assert changes.deletions(part("meetings")) == []


def test_a_decision_row_counts_choices_and_names_nobody() -> None:
    """Who chose what is in no row, secret or not."""
    row = decision_row(decision())
    assert row["counts"] == {"no": 1, "yes": 2}
    assert (row["electorate"], row["answers"], row["quorum"]) == (4, 3, "1/2")
    assert "org-0" not in str(row)


@pytest.mark.parametrize(
    ("result", "counts"),
    [
        (None, {}),
        ("cancelled", {}),
        ("lapsed", {}),
        ("adopted", {"no": 1, "yes": 2}),
        ("rejected", {"no": 1, "yes": 2}),
    ],
)
def test_a_secret_ballot_is_counted_only_by_its_outcome(
    result: str | None, counts: dict[str, int]
) -> None:
    """Counts that could be watched while they grow would tell single choices."""
    row = decision_row(decision(secret=True, result=result))
    assert (row["answers"], row["counts"]) == (3, counts)
