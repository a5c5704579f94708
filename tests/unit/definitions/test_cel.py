"""Expressions over facts: types, what they read, what is wrong with them and where."""

import pytest

from coopflow.definitions.cel import (
    MAX_LENGTH,
    Environment,
    Expression,
    ExpressionError,
    ExpressionFault,
)
from coopflow.domain.facts import FactValue
from coopflow.domain.rulebook import Finding, Predicate, Want

ENVIRONMENT = Environment(
    {
        "charter.in_force": "bool",
        "charter.signed_share": "double",
        "members.active": "int",
        "meetings": "int",
    }
)


def _faults(source: str, environment: Environment = ENVIRONMENT) -> list[ExpressionFault]:
    """Return what is wrong with an expression that must not compile."""
    with pytest.raises(ExpressionError) as caught:
        environment.compile(source)
    return list(caught.value.faults)


def test_an_expression_is_a_predicate() -> None:
    """What is compiled is what the domain asks of a predicate."""
    predicate: Predicate = ENVIRONMENT.compile("charter.in_force")
    assert predicate.names == ("charter.in_force",)
    assert predicate((True,)) == Finding(holds=True)
    assert predicate((False,)) == Finding(holds=False)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("members.active >= 3", ("members.active",)),
        ("meetings > 1 && members.active > meetings", ("meetings", "members.active")),
        ("charter . in_force", ("charter.in_force",)),
        (".meetings > 1", ("meetings",)),
        ("'meetings' != \"members.active\"", ()),
        ("r'meetings\\d' != '' && b'''meetings''' != b''", ()),
        ('"""a \\" meetings""" != r"""meetings"""', ()),
        ("true // meetings\n && meetings > 1", ("meetings",)),
        ("2e3 > 1.0 && 1u > 0u", ()),
        ("meetings in [1, 2]", ("meetings",)),
        ("size(string(meetings)) == 1", ("meetings",)),
    ],
)
def test_names_are_the_facts_read(source: str, names: tuple[str, ...]) -> None:
    """Words in strings and comments are no facts, dotted and spaced names are."""
    assert ENVIRONMENT.compile(source).names == names


@pytest.mark.parametrize(
    ("share", "holds"), [(2 / 3, True), (0.6666, False), (1.0, True), (0.0, False)]
)
def test_fractions_compare_exactly(share: float, holds: bool) -> None:  # noqa: FBT001
    """The float nearest to 2/3 reaches 2.0/3.0."""
    assert ENVIRONMENT.compile("charter.signed_share >= 2.0/3.0")((share,)).holds is holds


@pytest.mark.parametrize(
    ("source", "values", "why"),
    [
        ("meetings / 0 > 1", (3,), "divide by zero"),
        ("meetings > 1", (2**70,), "int too big to convert"),
        ("meetings > 1", ("x",), "Unexpected value type for 'meetings': str. (Expected INT)"),
        ("meetings > 1", (), "zip() argument 2 is shorter than argument 1"),
    ],
)
def test_what_cannot_be_computed_does_not_hold(
    source: str, values: tuple[FactValue, ...], why: str
) -> None:
    """An error is an answer with its reason, never an exception."""
    assert ENVIRONMENT.compile(source)(values) == Finding(holds=False, error=why)


def test_the_same_values_are_computed_once() -> None:
    """A predicate asks the engine once for the same values."""
    asked = []

    class _Counting:
        def eval(self, data: dict[str, FactValue]) -> "_Counting":
            asked.append(data)
            return self

        def value(self) -> bool:
            return True

    predicate = Expression(_Counting(), ("meetings",))  # type: ignore[arg-type]
    assert predicate((1,)) == predicate((1,)) == predicate((2,)) == Finding(holds=True)
    assert asked == [{"meetings": 1}, {"meetings": 2}]


@pytest.mark.parametrize(
    ("source", "line", "column", "message", "remedy"),
    [
        (
            "charter.in_forse",
            1,
            1,
            "there is no fact named charter.in_forse",
            "did you mean charter.in_force?",
        ),
        (
            "meetings > 1 && zzz",
            1,
            17,
            "there is no fact named zzz",
            "see docs/reference/facts.md",
        ),
        (
            "meetings > 1\n  && a . b",
            2,
            6,
            "there is no fact named a.b",
            "see docs/reference/facts.md",
        ),
        (
            "true && document.usable",
            1,
            9,
            "the fact document.usable needs parameters",
            "name a reading of it under facts",
        ),
        (
            "true && map.actor > 1",
            1,
            9,
            "there is no fact named map.actor",
            "see docs/reference/facts.md",
        ),
        (
            "charter.signed_share.of > 1",
            1,
            1,
            "there is no fact named charter.signed_share.of",
            "did you mean charter.signed_share?",
        ),
        ("(1).of", 1, 4, "a fact is named by words joined by dots", ""),
        ("true && foo(meetings)", 1, 9, "there is no function named foo", ""),
        (
            "meetings >= 2.0",
            1,
            10,
            "found no matching overload for '_>=_' applied to '(int, double)'",
            "compare whole numbers with 2, ratios with 2.0",
        ),
        (
            "'ééé' == meetings",
            1,
            7,
            "found no matching overload for '_==_' applied to '(string, int)'",
            "",
        ),
        ("meetings >", 1, 11, "Syntax error: mismatched input '<EOF>'", ""),
        ("meetings > 1 # é", 1, 14, "Syntax error: token recognition error at: '#'", ""),
        (
            "meetings",
            1,
            1,
            "the expression gives int, not true or false",
            "compare it with something",
        ),
        (
            "dyn(meetings)",
            1,
            1,
            "the expression gives dyn, not true or false",
            "compare it with something",
        ),
        (
            "!" * MAX_LENGTH + "true",
            1,
            1,
            f"the expression is longer than {MAX_LENGTH} characters",
            "split the criterion",
        ),
    ],
)
def test_faults_have_places_and_remedies(
    source: str, line: int, column: int, message: str, remedy: str
) -> None:
    """Each malformed expression is refused with what is wrong, where, and what to do."""
    assert _faults(source) == [ExpressionFault(line, column, message, remedy)]


def test_every_unknown_fact_is_named() -> None:
    """Two unknown facts in one expression are two faults."""
    assert [fault.column for fault in _faults("aaa > 1 || bbb > 1")] == [1, 12]


def test_nesting_is_bounded() -> None:
    """The engine refuses expressions nested too deeply, and that is a fault like others."""
    found = _faults("(" * 300 + "true" + ")" * 300)
    message = "is nested too deeply, or strings too many operators together"
    assert found == [ExpressionFault(1, 1, message, "split the criterion")]
    assert found == _faults("1 + " * 300 + "1 > meetings")


def test_facts_at_fault_bring_no_further_faults() -> None:
    """An expression over a reading that is itself at fault is not reported as well."""
    environment = Environment({"broken": None, "meetings": "int"})
    for source in ("broken", "broken > 1", "broken >= 0.5", "broken && meetings > 1"):
        assert environment.compile(source).names[0] == "broken"
    assert len(_faults("broken && meetings", environment)) == 1


def test_errors_say_all_their_faults() -> None:
    """The error's own text holds each message."""
    error = ExpressionError([ExpressionFault(1, 1, "a"), ExpressionFault(1, 2, "b")])
    assert str(error) == "a; b"


@pytest.mark.parametrize(
    ("source", "wants"),
    [
        ("meetings >= 2", [Want("meetings", ">=", 2)]),
        ("meetings>2&&flag", [Want("meetings", ">", 2), Want("flag", "==", bound=True)]),
        ("!flag", [Want("flag", "==", bound=False)]),
        ("share >= 2.0 / 3.0", [Want("share", ">=", 2 / 3)]),
        ("share != 0.5", [Want("share", "!=", 0.5)]),
        ("meetings >= 1 || flag", []),
        ("flag && meetings + 1 > 2", []),
        ("(flag)", []),
        ("flag == true", []),
        ("meetings < 2 + 3", []),
    ],
)
def test_what_an_expression_asks_of_single_facts_is_known(source: str, wants: list[Want]) -> None:
    """Comparisons with numbers, joined by &&; of anything less simple nothing is said."""
    environment = Environment({"meetings": "int", "flag": "bool", "share": "double"})
    assert list(environment.compile(source).wants) == wants
