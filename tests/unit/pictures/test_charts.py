from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coopflow.domain.voting import (
    AbsoluteMajority,
    Consent,
    QualifiedMajority,
    Rule,
    SimpleMajority,
    Unanimity,
)
from coopflow.pictures.arithmetic import arithmetic_picture
from coopflow.pictures.attendance import Attendance, attendance_picture
from coopflow.pictures.figures import Scale, drawable, figure, marks, time_marks
from coopflow.pictures.heat import Count, Named, heat_picture
from coopflow.pictures.levels import LevelSince, levels_picture
from coopflow.pictures.picture import Frame, Picture
from coopflow.pictures.stays import Stay, stays_picture
from coopflow.pictures.values import ValueAt, values_picture
from coopflow.wording.phrases import Phrases
from tests.pictures import NAMESPACE, assert_tidy, looked_at, words_of

FR, EN = Phrases("fr"), Phrases("en")
FRAME = Frame("p", 720)
HOSTILE = '<script>alert(1)</script>\x0b & "it\'s" ]]> </svg>'
DAY = date(2026, 2, 3)
WIDTHS = [280, 328, 720, 1100]

finite = st.floats(allow_nan=False, allow_infinity=False)
days = st.dates(date(1900, 1, 1), date(2999, 12, 31))


def looks(picture: Picture) -> list[str]:
    return [one.get("class", "") for one in looked_at(picture.svg, "p").iter()]


def written(picture: Picture) -> list[str]:
    return [one.text for one in words_of(looked_at(picture.svg, "p"))]


STAGES = [Named("a", "Impulsion"), Named("b", "Structuration"), Named("c", "Animation")]
CONDITIONS = [Named("x", "Un plan d'action commun"), Named("y", "Une communication continue")]


KINDS = ["levels", "values", "attendance", "arithmetic", "heat", "stays"]

HOSTILE_PICTURES: list[Callable[[Frame], Picture]] = [
    lambda frame: levels_picture(HOSTILE, [LevelSince(DAY, 2)], FR, frame, minimum=3),
    lambda frame: values_picture(
        HOSTILE, [ValueAt(DAY, 2)], FR, frame, unit=HOSTILE, baseline=HOSTILE, target=HOSTILE
    ),
    lambda frame: attendance_picture([Attendance(DAY, HOSTILE, 3, 5)], FR, frame),
    lambda frame: arithmetic_picture(HOSTILE, {"yes": 1, HOSTILE: 2}, 4, FR, frame),
    lambda frame: heat_picture(
        [Count(HOSTILE, "x", 2, 3)], [Named(HOSTILE, HOSTILE)], [Named("x", HOSTILE)], FR, frame
    ),
    lambda frame: stays_picture([Stay(HOSTILE, timedelta(days=3))], FR, frame),
]

EMPTY_PICTURES: list[Callable[[Frame], Picture]] = [
    lambda frame: levels_picture("x", [], FR, frame),
    lambda frame: values_picture("x", [], FR, frame),
    lambda frame: attendance_picture([], FR, frame),
    lambda frame: arithmetic_picture("x", {}, 0, FR, frame),
    lambda frame: heat_picture([], [], [], FR, frame),
    lambda frame: stays_picture([], FR, frame),
]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("draw", HOSTILE_PICTURES, ids=KINDS)
def test_hostile_words_stay_words(draw: Callable[[Frame], Picture], width: int) -> None:
    """Whatever things are called, it is text, in what is drawn and in what is told."""
    found = draw(Frame("p", width))
    looked_at(found.svg, "p")
    assert "<script" not in found.svg


@pytest.mark.parametrize("draw", EMPTY_PICTURES, ids=KINDS)
def test_nothing_is_drawn_as_nothing(draw: Callable[[Frame], Picture]) -> None:
    """The picture says so, in a sentence too, and there are no rows."""
    found = draw(Frame("p", 328))
    assert_tidy(found.svg)
    assert len(written(found)) == 1
    assert found.text.endswith(".")
    assert all(not row[-1].strip("0") for row in found.rows)


# --- levels ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", WIDTHS)
def test_levels_are_steps_that_hold_until_now(width: int) -> None:
    """Each change goes straight up or down, and the last level lasts until the end."""
    changes = [
        LevelSince(date(2025, 6, 1), 3),
        LevelSince(date(2024, 1, 1), 0),
        LevelSince(date(2025, 1, 1), 1),
    ]
    found = levels_picture(
        "Un plan", changes, FR, Frame("p", width), minimum=4, until=date(2026, 1, 1)
    )
    root = assert_tidy(found.svg)
    series = next(one for one in root.iter() if one.get("class") == "p-series")
    places = [
        tuple(map(float, place.strip("ML ").split())) for place in series.attrib["d"].split(" L")
    ]
    assert all(before[0] == after[0] or before[1] == after[1] for before, after in pairwise(places))
    assert len({x for x, _ in places}) == 4
    assert found.rows == (("1er janv. 2024", "0"), ("1er janv. 2025", "1"), ("1er juin 2025", "3"))
    assert found.text == (
        "Niveau : Un plan. Niveau 3 aujourd'hui, le prochain passage demande 4, il manque 1. "
        "0 le 1er janv. 2024, 1 le 1er janv. 2025, 3 le 1er juin 2025."
    )


def test_one_level_is_a_point_and_says_whether_it_is_enough() -> None:
    """Without a minimum there is no line for it."""
    found = levels_picture("Plan", [LevelSince(DAY, 2)], EN, FRAME, minimum=2)
    assert_tidy(found.svg)
    assert "which is reached" in found.text
    assert "p-mark" in looks(found)
    assert "p-mark" not in looks(levels_picture("Plan", [LevelSince(DAY, 2)], EN, FRAME))


@settings(deadline=None)
@given(
    st.lists(st.builds(LevelSince, days, st.integers(0, 4)), max_size=40),
    st.integers(280, 1200),
    st.none() | st.integers(0, 4),
)
def test_any_levels_can_be_read(changes: list[LevelSince], width: int, minimum: int | None) -> None:
    """However many, whenever: no words lie on others."""
    assert_tidy(levels_picture("A", changes, FR, Frame("p", width), minimum=minimum).svg)


# --- values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", WIDTHS)
def test_values_are_a_line_with_where_it_began_and_is_to_come(width: int) -> None:
    """The line is interrupted where a value is missing, which the table says."""
    values = [
        ValueAt(date(2024, 1, 1), 100),
        ValueAt(date(2024, 7, 1), 250.5),
        ValueAt(date(2025, 1, 1), None),
        ValueAt(date(2025, 3, 1), math.nan),
        ValueAt(date(2025, 7, 1), 300),
        ValueAt(date(2026, 1, 1), 1380),
    ]
    found = values_picture(
        "Repas", values, FR, Frame("p", width), unit="par mois", baseline=80, target=2000.0
    )
    assert_tidy(found.svg)
    seen = looks(found)
    assert seen.count("p-base") == seen.count("p-mark") == 2  # in the chart and below it
    assert len([one for one in seen if one == "p-series"]) == 3
    assert [row[1] for row in found.rows] == [
        "100",
        "250,5",
        "manquante",
        "manquante",
        "300",
        "1\u202f380",
    ]
    for said in ("Repas (par mois)", "4 valeurs", "dernière : 1\u202f380 le 1er janv. 2026"):
        assert said in found.text
    assert "départ : 80" in found.text
    assert "cible : 2\u202f000" in found.text


def test_a_target_may_be_words() -> None:
    """They stand below, and no line is drawn for them."""
    found = values_picture("Debts", [ValueAt(DAY, -3)], EN, FRAME, target="none by 2030")
    assert_tidy(found.svg)
    assert "target: none by 2030" in written(found)
    assert "p-mark" not in looks(found)
    assert found.text == ("Debts; one value; latest: −3 on 3 Feb 2026; target: none by 2030.")


def test_many_values_are_a_line_without_discs() -> None:
    """But for the latest one; the text tells how they lie rather than each."""
    values = [ValueAt(DAY + timedelta(days=n), float(n)) for n in range(1000)]
    found = values_picture("Many", values, EN, FRAME)
    assert looks(found).count("p-point") == 2
    assert "1000 values" in found.text
    assert "from 0 to 999" in found.text
    assert len(found.text) < 200
    assert len(found.rows) == 1000


@settings(deadline=None)
@given(
    st.lists(st.builds(ValueAt, days, st.none() | finite), max_size=30),
    st.integers(328, 1200),
    st.none() | finite,
    st.none() | finite,
)
def test_any_values_can_be_read(
    values: list[ValueAt], width: int, baseline: float | None, target: float | None
) -> None:
    """Huge, tiny, below nothing, all the same, at any time: all that is drawn lies within."""
    found = values_picture("x", values, FR, Frame("p", width), baseline=baseline, target=target)
    root = looked_at(found.svg, "p")
    for one in root.iter(f"{NAMESPACE}circle"):
        assert 0 <= float(one.attrib["cx"]) <= width
        assert 0 <= float(one.attrib["cy"]) <= float(root.attrib["height"])


# --- attendance -----------------------------------------------------------------------------------


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("count", [1, 2, 9, 200])
def test_attendance_is_a_bar_for_each_meeting(count: int, width: int) -> None:
    """The latest ones where not all fit, which is said; the table has all of them."""
    meetings = [
        Attendance(DAY + timedelta(days=29 * n), "plénière", n % 8, 8) for n in range(count)
    ]
    found = attendance_picture(meetings, FR, Frame("p", width))
    assert_tidy(found.svg)
    drawn = looks(found).count("p-bar") - 1  # one more tells what they mean
    assert (drawn < count) == ("dessinées" in found.text)
    assert len(found.rows) == count
    assert found.rows[-1][2:] == (
        str((count - 1) % 8),
        "8",
        f"{round((count - 1) % 8 / 8 * 100)}\u00a0%",
    )


def test_a_meeting_when_nobody_was_a_member_has_no_share() -> None:
    """There is nothing to divide by."""
    found = attendance_picture([Attendance(DAY, "discovery", 3, 0)], EN, FRAME)
    assert found.rows == (("3 Feb 2026", "discovery", "3", "0", ""),)
    assert found.text == "Attendance. 3 Feb 2026, discovery: 3 of 0."


# --- arithmetic -----------------------------------------------------------------------------------

HALF = Fraction(1, 2)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("rule", "needed"),
    [
        pytest.param(SimpleMajority(), "il faut 3 voix pour", id="simple"),
        pytest.param(AbsoluteMajority(), "il faut 8 voix pour", id="absolute"),
        pytest.param(QualifiedMajority(), "il faut 6 voix pour", id="qualified"),
        pytest.param(QualifiedMajority(base="electorate"), "il faut 10 voix pour", id="of all"),
        pytest.param(Unanimity(strict=True), "il faut 14 voix pour", id="all"),
        pytest.param(Unanimity(), None, id="nobody against"),
        pytest.param(Consent(), None, id="consent"),
        pytest.param(None, None, id="no rule"),
    ],
)
def test_arithmetic_shows_what_it_takes(rule: Rule | None, needed: str | None, width: int) -> None:
    """A mark for rules of numbers alone, and the quorum in heads."""
    found = arithmetic_picture(
        "Adopter la charte",
        {"no": 2, "yes": 7, "abstain": 1},
        14,
        FR,
        Frame("p", width),
        quorum=HALF,
        rule=rule,
    )
    assert_tidy(found.svg)
    assert [one for one in written(found) if one.startswith("il faut")] == (
        [needed] if needed else []
    )
    assert {"oui\u00a0: 7", "abstention\u00a0: 1", "non\u00a0: 2"} <= set(written(found))
    assert found.rows == (
        ("oui", "7"),
        ("abstention", "1"),
        ("non", "2"),
        ("sans réponse", "4"),
    )
    assert found.text == (
        "Adopter la charte\u00a0: oui\u00a0: 7\u00a0; abstention\u00a0: 1\u00a0; non\u00a0: 2"
        "\u00a0; sans réponse\u00a0: 4\u00a0; 10 réponses sur 14, le quorum de 7 est atteint"
        + (f"\u00a0; {needed}" if needed else "")
        + "."
    )


def test_secret_answers_are_one_part() -> None:
    """How many there are is known, what they were is not, nor what it takes."""
    found = arithmetic_picture(
        "Who?", {}, 12, EN, FRAME, answers=5, quorum=HALF, rule=SimpleMajority()
    )
    assert_tidy(found.svg)
    assert found.rows == (("answered, secretly", "5"), ("no answer yet", "7"))
    assert "the quorum of 6 is not reached" in found.text
    assert "needed" not in found.text


def test_what_is_against_is_hatched() -> None:
    """It is told from what is for without colour."""
    found = arithmetic_picture("x", {"consent": 2, "concern": 1, "objection": 1}, 4, EN, FRAME)
    fills = [one.get("fill") for one in looked_at(found.svg, "p").iter() if one.get("fill")]
    assert "url(#p-slant)" in fills
    assert "url(#p-dots)" in fills


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(["yes", "no", "abstain", "concern"]), st.integers(0, 10**6)),
    st.integers(0, 10**7),
    st.integers(280, 1200),
)
def test_any_arithmetic_can_be_read(counts: dict[str, int], electorate: int, width: int) -> None:
    """Few or millions, also when electors have gone since: no words lie on others."""
    found = arithmetic_picture(
        "x", counts, electorate, EN, Frame("p", width), quorum=HALF, rule=AbsoluteMajority()
    )
    assert_tidy(found.svg)


# --- portfolio ------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", WIDTHS)
def test_a_field_has_a_mean_for_each_condition_and_stage(width: int) -> None:
    """With how many cooperations it is of; where there are none, that is said."""
    counts = [
        Count("a", "x", 1, 1),
        Count("a", "x", 2, 3),
        Count("b", "x", 4, 2),
        Count("a", "y", 0, 4),
        Count("b", "y", 3, 2),
        Count("gone", "y", 3, 2),
        Count("c", "x", 3, 0),
    ]
    found = heat_picture(counts, STAGES, CONDITIONS, FR, Frame("p", width))
    assert_tidy(found.svg)
    assert found.header == ("condition", "Impulsion", "Structuration", "Animation")
    assert found.rows == (
        ("Un plan d'action commun", "1,8 (4)", "4,0 (2)", "aucune"),
        ("Une communication continue", "0,0 (4)", "3,0 (2)", "aucune"),
    )
    seen = looks(found)
    assert [seen.count(f"p-heat-{level}") for level in range(5)] == [1, 0, 1, 1, 1]
    assert "Un plan d'action commun\u00a0: Impulsion 1,8 (4)" in found.text


def test_a_field_grows_with_the_number_of_stages() -> None:
    """Numbers stand over columns that are too narrow for names."""
    stages = [Named(f"s{n}", f"Pérennisation {n}") for n in range(20)]
    found = heat_picture([Count("s1", "x", 2, 1)], stages, CONDITIONS, EN, Frame("p", 328))
    root = assert_tidy(found.svg)
    assert float(root.attrib["width"]) > 20 * 60
    assert "20. Pérennisation 19" in written(found)


# --- stays ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", WIDTHS)
def test_stays_are_bars_as_long_as_they_took(width: int) -> None:
    """The present one goes on, which is said and drawn."""
    stays = [
        Stay("Impulsion", timedelta(days=200)),
        Stay("Structuration", timedelta(days=100)),
        Stay("Animation et pérennisation", timedelta(days=-1), is_current=True),
    ]
    found = stays_picture(stays, FR, Frame("p", width))
    root = assert_tidy(found.svg)
    long = [
        float(one.attrib["width"])
        for one in root.iter(f"{NAMESPACE}rect")
        if one.get("class") in {"p-bar", "p-bar-now"}
    ]
    assert long[0] == pytest.approx(2 * long[1], abs=0.02)
    assert long[2] < 3
    assert found.rows[1] == ("Structuration", "100 jours")
    assert found.text.endswith("Animation et pérennisation\u00a0: -1 jour à ce jour.")


# --- figures --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "en", "fr"),
    [
        (0, "0", "0"),
        (-0.0, "0", "0"),
        (1234567, "1,234,567", "1\u202f234\u202f567"),
        (1234.5, "1,234", "1\u202f234"),
        (-12.345, "−12.35", "−12,35"),
        (0.0625, "0.0625", "0,0625"),
        (1.7e308, "1.7\u00a0×\u00a010³⁰⁸", "1,7\u00a0×\u00a010³⁰⁸"),
        (-5e-324, "−4.94\u00a0×\u00a010⁻³²⁴", "−4,94\u00a0×\u00a010⁻³²⁴"),
    ],
)
def test_numbers_are_written_for_people(value: float, en: str, fr: str) -> None:
    """Thousands apart, few decimals, powers of ten beyond that."""
    assert (figure(EN, value), figure(FR, value)) == (en, fr)


@given(st.lists(finite, min_size=1))
@example([-1.198e308])
@example([1.7e308])
def test_marks_enclose_what_there_is(values: list[float]) -> None:
    """There are some, in order, and every value lies between the first and the last."""
    found = marks(values)
    assert 2 <= len(found) <= 12
    assert list(found) == sorted(found)
    scale = Scale(found[0], found[-1], 0, 100)
    near = (found[-1] / 2 - found[0] / 2) * 1e-9
    for value in values:
        assert found[0] - near <= value <= found[-1] + near
        assert 0 <= scale.at(value) <= 100


def test_marks_of_whole_things_are_whole() -> None:
    """Half a member does not come to a meeting."""
    assert marks([0, 9], 4, whole=True) == (0, 3, 6, 9)
    assert marks([0, 1], 4, whole=True) == (0, 1)


@pytest.mark.parametrize("value", [None, "many", math.inf, math.nan])
def test_what_is_no_number_is_not_drawn(value: float | str | None) -> None:
    """Words, nothing, and what has no end."""
    assert drawable(value) is None
    assert drawable(3) == 3.0


@settings(deadline=None)
@given(days, days, st.integers(2, 12))
def test_days_of_an_axis_are_few_and_in_order(first: date, last: date, most: int) -> None:
    """Between the first and the last, whatever lies between them."""
    low, high = sorted((first, last))
    found = time_marks(low, high, most, FR)
    assert len(found) <= most + 1
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("last", "names"),
    [
        (date(2026, 1, 4), ["1 Jan", "2 Jan", "3 Jan", "4 Jan"]),
        (date(2026, 5, 2), ["Jan 2026", "Feb 2026", "Mar 2026", "Apr 2026", "May 2026"]),
        (date(2030, 1, 1), ["2026", "2027", "2028", "2029", "2030"]),
    ],
)
def test_an_axis_has_days_months_or_years(last: date, names: list[str]) -> None:
    """Whatever suits the time between its ends."""
    assert [name for _, name in time_marks(date(2026, 1, 1), last, 6, EN)] == names


def test_an_instant_without_a_zone_is_one_of_utc() -> None:
    """As all instants are here."""
    naive = levels_picture("x", [LevelSince(datetime(2026, 1, 1, 9), 1)], EN, FRAME)  # noqa: DTZ001
    aware = levels_picture("x", [LevelSince(datetime(2026, 1, 1, 9, tzinfo=UTC), 1)], EN, FRAME)
    assert naive.svg == aware.svg


def test_days_on_an_axis_keep_their_words_where_dates_do_not_break() -> None:
    """Pages write dates with spaces that hold; the year is left out all the same."""

    class Unbroken(Phrases):
        def day(self, instant: date | datetime) -> str:
            return super().day(instant).replace(" ", "\N{NO-BREAK SPACE}")

    days = time_marks(date(2026, 1, 1), date(2026, 1, 9), 6, Unbroken("en"))
    assert [name for _, name in days][:2] == ["1 Jan", "3 Jan"]
    months = time_marks(date(2026, 1, 1), date(2026, 9, 1), 6, Unbroken("en"))
    assert [name for _, name in months][:2] == ["Jan 2026", "Mar 2026"]
