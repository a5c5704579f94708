"""The shapes that all models are built from."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from functools import cached_property
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from coopflow.domain.base import (
    MAX_TEXT_BYTES,
    Day,
    Instant,
    Label,
    Ratio,
    Shape,
    Share,
    Slug,
    Source,
    StatedInstant,
    Text,
    _storable,
)

INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
STATED: TypeAdapter[datetime] = TypeAdapter(StatedInstant)
DAY: TypeAdapter[date] = TypeAdapter(Day)
RATIO: TypeAdapter[Fraction] = TypeAdapter(Ratio)
SHARE: TypeAdapter[Fraction] = TypeAdapter(Share)
SLUG: TypeAdapter[str] = TypeAdapter(Slug)
TEXT: TypeAdapter[str] = TypeAdapter(Text)


def fault(shape: TypeAdapter[Any], value: object) -> str:
    """Return what is wrong with a value, in words."""
    with pytest.raises(ValidationError) as caught:
        shape.validate_python(value)
    return caught.value.errors()[0]["msg"]


class Box(Shape):
    """A shape with a derived value."""

    width: int = 1
    depth: int = 1

    @cached_property
    def area(self) -> int:
        """What is derived from both fields."""
        return self.width * self.depth


def test_shapes_refuse_unknown_keys() -> None:
    """A key that a shape does not have is an error, never ignored."""
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Box.model_validate({"width": 1, "height": 2})


def test_shapes_are_immutable() -> None:
    """A shape cannot be changed in place."""
    with pytest.raises(ValidationError, match="frozen"):
        Box().width = 2  # type: ignore[misc]


def test_but_forgets_what_was_derived_from_the_old_fields() -> None:
    """A copy with other fields computes its derived values anew; the original keeps its own."""
    box = Box(width=2, depth=3)
    assert box.area == 6
    wider = box.but(width=4)
    assert (wider.area, wider.depth, box.area, box.width) == (12, 3, 6, 2)


def test_instants_become_utc() -> None:
    """An instant written in any zone is the same instant in UTC."""
    paris = datetime(2026, 1, 20, 9, tzinfo=timezone(timedelta(hours=1)))
    read = INSTANT.validate_python(paris)
    assert read == paris
    assert read.tzinfo is UTC
    assert INSTANT.validate_python("2026-01-20T09:00Z") == datetime(2026, 1, 20, 9, tzinfo=UTC)


def test_instants_need_a_zone() -> None:
    """An instant without a zone is refused with an example of one that has."""
    said = fault(INSTANT, "2026-01-20T09:00")
    assert "an instant needs a time zone, for example 2026-01-20T09:00Z" in said


@pytest.mark.parametrize(
    "written",
    [
        "0001-01-01T00:00:00+14:00",
        "1899-12-31T23:59:59Z",
        "1900-01-01T00:30:00+14:00",
        "3000-01-01T00:00:00Z",
        "2999-12-31T23:30:00-02:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_people_state_instants_far_from_the_ends_of_the_calendar(written: str) -> None:
    """An instant before 1900 or after 2999 is refused, in its own zone as in UTC."""
    assert "the year lies between 1900 and" in fault(STATED, written)


def test_what_is_worked_out_may_lie_later() -> None:
    """Dates that follow from stated ones are kept, also when they are past what people state."""
    assert STATED.validate_python("2999-12-31T23:59:59Z").year == 2999
    assert INSTANT.validate_python("3000-01-14T00:00Z").year == 3000
    assert "8999" in fault(INSTANT, "9000-01-01T00:00Z")


def test_days_lie_within_the_calendar() -> None:
    """A date at the ends of the calendar, where sums overflow, is refused."""
    assert DAY.validate_python("2999-12-31") == date(2999, 12, 31)
    for written in ("1899-12-31", "3000-01-01", "9999-12-31"):
        assert "the year lies between 1900 and 2999" in fault(DAY, written)


@pytest.mark.parametrize("slug", ["a", "A1", "org-a", "reference@1", "gate:renewal", "x" * 120])
def test_slugs_take_what_people_write_as_ids(slug: str) -> None:
    """Letters, digits and a few signs make an id, up to 120 characters."""
    assert SLUG.validate_python(slug) == slug


@pytest.mark.parametrize("slug", ["", "-a", "a b", "a/b", "é", "a\n", "x" * 121])
def test_slugs_refuse_the_rest(slug: str) -> None:
    """An id that is empty, too long, or holds other signs is refused."""
    assert fault(SLUG, slug)


def test_texts_are_stripped_and_not_empty() -> None:
    """Blanks around a text fall away, and blanks alone are no text."""
    assert TEXT.validate_python("  Une idée  ") == "Une idée"
    assert "at least 1 character" in fault(TEXT, " \n ")


def test_texts_are_measured_in_bytes() -> None:
    """The limit counts bytes of UTF-8, and the message says how many there are."""
    assert TEXT.validate_python("é" * (MAX_TEXT_BYTES // 2))
    said = fault(TEXT, "é" * (MAX_TEXT_BYTES // 2) + "a")
    assert f"text is {MAX_TEXT_BYTES + 1} bytes long, at most {MAX_TEXT_BYTES} are" in said


def test_texts_can_be_stored_everywhere() -> None:
    """NUL characters and lone surrogates are refused: databases and JSON refuse them later."""
    assert "NUL" in fault(TEXT, "a\0b")
    # pydantic has a check of its own, which comes first.
    assert "unicode" in fault(TEXT, "a\ud800b")
    with pytest.raises(ValueError, match="surrogate"):
        _storable("a\ud800b")


@pytest.mark.parametrize(
    ("written", "exact"),
    [
        ("2/3", Fraction(2, 3)),
        ("0.6", Fraction(3, 5)),
        (0.1, Fraction(1, 10)),
        (1, Fraction(1)),
        (0, Fraction(0)),
        (Fraction(7, 2), Fraction(7, 2)),
    ],
)
def test_ratios_are_exact(written: object, exact: Fraction) -> None:
    """A ratio is the fraction that was written, not its nearest binary number."""
    assert RATIO.validate_python(written) == exact


def test_nothing_is_divided_by_zero() -> None:
    """A fraction of zero parts is refused."""
    assert "divided by zero" in fault(RATIO, "1/0")


@pytest.mark.parametrize(
    "written", ["two thirds", "", True, float("nan"), float("inf"), "-1/3", "1e9", "1e99999999"]
)
def test_ratios_refuse_what_is_no_number(written: object) -> None:
    """What is no ratio is refused with three ways to write one."""
    assert "a ratio is written as 2/3, 0.5 or 1" in fault(RATIO, written)


def test_ratios_refuse_other_kinds_of_values() -> None:
    """A list is no ratio."""
    assert fault(RATIO, [1, 2])


def test_ratios_are_not_negative() -> None:
    """A negative ratio is refused."""
    assert "a ratio is not negative" in fault(RATIO, Fraction(-1, 3))


def test_shares_lie_between_nothing_and_all() -> None:
    """A share above one is refused, one itself is not."""
    assert SHARE.validate_python("1") == 1
    assert "a share lies between 0 and 1" in fault(SHARE, "1.001")


def test_ratios_are_written_as_fractions() -> None:
    """In JSON a ratio is the text of its fraction, and reads back the same."""
    assert RATIO.dump_json(Fraction(2, 3)) == b'"2/3"'
    assert RATIO.validate_json(b'"2/3"') == Fraction(2, 3)


@pytest.mark.parametrize("written", ["0.123456789", "999999999", "1/999999999", "0.000000001"])
def test_every_ratio_that_is_read_can_be_read_back(written: str) -> None:
    """With many digits, and halved as well, a ratio survives being written down."""
    exact = RATIO.validate_python(written)
    for ratio in (exact, exact / 2):
        assert RATIO.validate_json(RATIO.dump_json(ratio)) == ratio


def test_labels_are_said_in_both_languages() -> None:
    """A label without one of its languages is refused."""
    with pytest.raises(ValidationError, match="en"):
        Label.model_validate({"fr": "Oui"})


@pytest.mark.parametrize(
    ("source", "written"),
    [
        (Source(kind="document", id="charter", version=2), "charter@2"),
        (Source(kind="document", id="charter"), "charter"),
        (Source(kind="meeting", id="m1"), "meeting m1"),
        (Source(kind="decision", id="d1", version=3), "decision d1@3"),
    ],
)
def test_sources_are_written_as_people_quote_them(source: Source, written: str) -> None:
    """A document is quoted by its kind and version, anything else by what it is and its id."""
    assert str(source) == written
