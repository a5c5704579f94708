"""Files that mean harm: each is refused with a fault that says why, and after little work."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from coopflow.definitions.cel import MAX_LENGTH, Environment, ExpressionError, ExpressionFault
from coopflow.definitions.compile import compile_definition
from coopflow.definitions.diff import differences
from coopflow.definitions.faults import MAX_FAULTS, Fault, FaultsError, suggestion
from coopflow.definitions.flaws import MAX_EXPRESSIONS
from coopflow.definitions.library import available, load_documents, read_definition
from coopflow.definitions.lint import lint
from coopflow.definitions.scenario import read_scenario
from coopflow.definitions.supposition import read_supposition
from coopflow.definitions.yaml import DEFINITION, SCENARIO, load, loads

SECONDS: Final = 20.0
"""Far more than any of these takes on a busy machine; what has no bound takes minutes."""

LIFECYCLE, POLICY = load_documents("impact-collectif", "reference")
REFERENCE: Final = POLICY.texts[POLICY.file]
HEAD: Final = "lifecycle: x\nversion: 1\nlabel: {fr: x, en: x}\nstages:\n"
LABEL: Final = "label: {fr: x, en: x}"


@contextmanager
def little_work() -> Iterator[None]:
    started = time.process_time()
    yield
    assert time.process_time() - started < SECONDS


def refused(read: Callable[[], object]) -> tuple[Fault, ...]:
    """Read what must be refused, with little work, and return why."""
    with little_work(), pytest.raises(FaultsError) as caught:
        read()
    assert all(len(str(fault)) < 4_000 for fault in caught.value.faults)
    return caught.value.faults


def of_lifecycle(text: str) -> tuple[Fault, ...]:
    return refused(lambda: read_definition(loads(text, "f"), POLICY))


def of_policy(text: str) -> tuple[Fault, ...]:
    return refused(lambda: read_definition(LIFECYCLE, loads(text, "f")))


def with_entries(under: str, entries: Iterator[str]) -> str:
    """Return the reference policy with lines put under one of the keys at its top."""
    before, key, after = REFERENCE.partition(f"\n{under}:\n")
    return before + key + "".join(f"  {entry}\n" for entry in entries) + after


# --- very many faults -----------------------------------------------------------------------------


def stages(number: int, rest: Callable[[int], str]) -> str:
    return HEAD + "".join(
        f"- {{id: stage-{n}, {LABEL}, purpose: {{fr: x, en: x}}, {rest(n)}}}\n"
        for n in range(number)
    )


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (
            stages(1000, lambda n: f"falls_back_to: stagee-{n}"),
            (
                "f:5:80: stages[0].falls_back_to: there is no stage named stagee-0 "
                "(known: stage-0, stage-1, "
            ),
        ),
        (
            stages(1000, lambda n: f"falls_back_to: stage-{(n + 1) % 1000}"),
            "f:5:80: stages[0].falls_back_to: falling back from here comes round to this stage",
        ),
        (
            stages(1000, lambda _: "tools: [chartre]"),
            (
                "f:5:73: stages[0].tools[0]: there is no kind of document named chartre "
                "(did you mean charter?)"
            ),
        ),
        (
            stages(1000, lambda _: "labell: 1"),
            "f:5:65: stages[0].labell: unknown key (did you mean label?)",
        ),
    ],
    ids=["unknown", "round", "tools", "keys"],
)
def test_of_a_lifecycle_with_endless_faults_the_first_are_told(text: str, first: str) -> None:
    """A thousand stages at fault are as many faults as people read, and one that says so."""
    faults = of_lifecycle(text)
    assert str(faults[0]).startswith(first)
    assert len(faults) == MAX_FAULTS + 1
    assert faults[-1][3:] == ("", "there are more faults", "mend those above first")


@pytest.mark.parametrize(
    ("under", "entry", "fault"),
    [
        ("remedies", f"r%d: {{{LABEL}, steps: [x]}}", "there is no command named x"),
        ("facts", "f%d: {fact: members.activ}", "there is no fact named members.activ"),
        ("gates", "g%d: {minima: {}}", "there is no gate named g0"),
    ],
)
def test_of_a_policy_with_endless_faults_the_first_are_told(
    under: str, entry: str, fault: str
) -> None:
    """Names that nothing has are not looked for any further than people read."""
    text = with_entries(under, (entry % n for n in range(1000)))
    faults = of_policy(text)
    assert len(faults) == MAX_FAULTS + 1
    assert faults[0].message == fault
    assert faults[-1].message == "there are more faults"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: [" + "!x 1," * 5000, "f:1:5: a[0]: has the tag !x, and tags are not obeyed"),
        ("a: [" + "*x," * 5000, "f:1:5: a[0]: there is no anchor &x before"),
        ("a: {" + "b: 1," * 5000, "f:1:10: a.b: the key is given twice, first on line 1"),
        ("a: {" + "[b]: 1," * 5000, "f:1:5: a: a key is a word, not an alias, a list or"),
    ],
    ids=["tags", "aliases", "keys", "lists"],
)
def test_reading_ends_when_there_are_too_many_faults(text: str, fault: str) -> None:
    """A file is read no further than its faults are told: these never close their bracket."""
    faults = refused(lambda: loads(text, "f"))
    assert str(faults[0]).startswith(fault)
    assert [one.message for one in faults[MAX_FAULTS:]] == ["there are more faults"]


def test_of_a_scenario_with_endless_faults_the_first_are_told() -> None:
    """Steps and commands that go back in time are told as often as people read."""
    times = [f"20{99 - n // 12:02}-{12 - n % 12:02}-01T09:00Z" for n in range(300)]
    assert all(later > earlier for later, earlier in pairwise(times))
    steps = "".join(f"- {{at: {at}}}\n" for at in times)
    commands = "".join(f"- {{at: {at}, by: x, do: x}}\n" for at in times)
    scenario = f"scenario: x\ntitle: {{fr: x, en: x}}\nlifecycle: x\npolicy: x\nsteps:\n{steps}"
    for faults in (
        refused(lambda: read_scenario(loads(scenario, "f"))),
        refused(lambda: read_supposition(loads(f"commands:\n{commands}", "f"))),
    ):
        assert faults[0].message.startswith("time goes back")
        assert len(faults) == MAX_FAULTS + 1


# --- endless words --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        HEAD + f"- {{id: x, {LABEL}, purpose: {{fr: x, en: x}}, falls_back_to: {'x' * 50_000}}}\n",
        HEAD + f"- {{id: x, {LABEL}, purpose: {{fr: x, en: x}}, {'x' * 900}: 1}}\n",
        HEAD + f'- {{id: x, {LABEL}, purpose: {{fr: x, en: x}}, ? "{"x" * 50_000}" : 1}}\n',
    ],
    ids=["value", "key", "long key"],
)
def test_faults_do_not_repeat_endless_words(text: str) -> None:
    """What is quoted is cut short, and looked up in no list of words that are near."""
    assert all("did you mean" not in fault.remedy for fault in of_lifecycle(text))


def test_only_words_that_people_write_are_compared() -> None:
    """Comparing takes time: it is left out for long words and for very many of them."""
    assert suggestion("stagee", ["stage"]) == "did you mean stage?"
    assert suggestion("stagee", [f"stage{n}" for n in range(1000)], otherwise="none") == "none"
    assert suggestion("s" * 41, ["s" * 41], otherwise="none") == "none"


# --- files ----------------------------------------------------------------------------------------


def test_what_never_ends_is_not_waited_for(tmp_path: Path) -> None:
    """Of a device only so much is read; a pipe that a policy extends is none of its files."""
    (fault,) = refused(partial(load, Path("/dev/zero")))
    assert str(fault) == "/dev/zero:1:1: is larger than 327680 bytes"
    os.mkfifo(tmp_path / "pipe.yaml")
    own = tmp_path / "own.yaml"
    own.write_text(f"policy: own\nversion: 1\nextends: pipe\n{LABEL}\n")
    (fault,) = refused(lambda: load_documents(None, own))
    assert fault.message.startswith("there is no policy named pipe")


def test_a_text_that_is_told_again_and_again_is_refused() -> None:
    """What counts is the length with its aliases: kilobytes become hundreds of megabytes."""
    label = f"label: {{fr: &long {'x' * 60_000}, en: *long}}"
    text = REFERENCE.replace("label:\n", f"{label}\nx:\n", 1)
    advice = (f"- {{id: a{n}, label: {{fr: *long, en: *long}}, when: true}}" for n in range(100))
    before, key, after = text.partition("\nadvice:\n")
    (fault,) = of_policy(before + key + "".join(f"  {one}\n" for one in advice) + after)
    assert "the file comes to more than 655360 characters, aliases expanded" in fault.message
    keys = "".join(f"k{n}: *m\n" for n in range(30))
    text = f"m: &m\n  ? {'y' * 30_000}\n  : 1\n{keys}"
    assert "aliases expanded" in str(refused(lambda: loads(text, "f"))[0])


def test_a_policy_reads_few_checks() -> None:
    """Each is asked for every cooperation; and the unknown ones are tried both ways."""
    many = " && ".join(f"checks.c{n}" for n in range(17))
    faults = of_policy(REFERENCE.replace("when: map.actors >= 5", f"when: {many}", 1))
    assert [fault.message for fault in faults] == [
        "its expressions read 17 checks, at most 16 may be read",
        "reads more than 8 checks, too many to try what they may answer",
    ]


def test_what_people_write_has_much_room() -> None:
    """Ten times the largest policy may be written, and twenty times the largest scenario."""
    policies = [*available("policies").values(), *available("workflows").values()]
    assert max(path.stat().st_size for path in policies) * 10 <= DEFINITION.size
    assert max(path.stat().st_size for path in available("examples").values()) * 20 <= SCENARIO.size
    for path in policies:
        loads(path.read_text(), "f", DEFINITION._replace(values=DEFINITION.values // 10))
    for path in available("examples").values():
        loads(path.read_text(), "f", SCENARIO._replace(values=SCENARIO.values // 20))


FULL: Final = DEFINITION.size - 100


@pytest.mark.parametrize(
    "text",
    [
        "a: [" + "1," * (DEFINITION.values - 10) + "]",
        "a: [" + ",".join(f"&a{n} x" for n in range(DEFINITION.values - 10)) + "]",
        "".join(f"k{n}: 1\n" for n in range(DEFINITION.values // 2 - 10)),
        "a: " + "x" * FULL,
        "a: " + "x\n " * (FULL // 3),
        "a: '" + "''" * (FULL // 2) + "'",
        'a: "' + "\\x41" * (FULL // 4) + '"',
        "a: |\n" + " x\n" * (FULL // 3),
        "a: >\n" + " x\n" * (FULL // 3),
        '? "' + "x" * FULL + '"\n: 1',
        "#\n" * (FULL // 2) + "a: 1",
        "%A x\n" * (FULL // 5) + "---\na: 1",
        "a: " + "9_" * (FULL // 2),
        "a: 1" + "e1" * (FULL // 2),
        "a: " + "0" * FULL + "x",
    ],
)
def test_reading_what_is_as_large_as_may_be_is_little_work(text: str) -> None:
    """Whatever fills a file up to its limits is read soon."""
    with little_work():
        assert loads(text, "f").faults == ()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: [" + "1," * FULL, "is larger than 327680 bytes"),
        ("a: [" + "1," * (FULL // 2), "a[19997]: the file comes to more than 20000 values"),
        ("a: " + "[" * FULL, "a[0][0]: is nested deeper than 50 levels"),
        ("a: " + "{" * FULL, "a.?.?: is nested deeper than 50 levels"),
        ("? " * (FULL // 2), "?.?.?: is nested deeper than 50 levels"),
        ("a: " + "9" * FULL, "the number 9999999999999999999999999999999999999999 is too large"),
        ("a: 1" + "9" * 400 + ".0", "is too large or not finite"),
        ("a: !" + "x" * FULL + " 1", "has the tag !xxxx"),
        ("a: *" + "x" * FULL, "there is no anchor &xxxx"),
        ("x" * FULL + ": 1", "holds no mapping"),
        ("--- {}\n" * (FULL // 7), "holds a second document"),
        ("a: 1\n" * (FULL // 5), "the key is given twice, first on line 1"),
        ("\n" * FULL, "is empty"),
    ],
)
def test_what_is_too_much_is_refused(text: str, fault: str) -> None:
    """However a file goes beyond what is read, one short fault says how."""
    assert fault in str(faults_of(text)[0])


def faults_of(text: str) -> tuple[Fault, ...]:
    with little_work():
        try:
            return loads(text, "f").faults
        except FaultsError as error:
            return error.faults


def test_a_policy_that_extends_itself_is_read_twice(tmp_path: Path) -> None:
    """A large file that names itself is not read over and over."""
    file = tmp_path / "own.yaml"
    file.write_text("extends: own\na: [" + "1," * 19_000 + "]\n")
    (fault,) = refused(lambda: load_documents("impact-collectif", file))
    assert fault.message == "the policy stands on top of itself: this goes round in a circle"


# --- expressions ----------------------------------------------------------------------------------

ENVIRONMENT: Final = Environment({"count": "int", "share": "double", "flag": "bool", "any": None})


def of_expression(source: str) -> list[ExpressionFault]:
    with little_work(), pytest.raises(ExpressionError) as caught:
        ENVIRONMENT.compile(source)
    return list(caught.value.faults)


@pytest.mark.parametrize(
    ("source", "functions"),
    [
        ("[1, 2].exists(n, n > count)", {"exists"}),
        ("[1, 2].exists_one(n, n > count)", {"exists_one"}),
        ("[1].all(a, [1].all(b, [2].map(c, [c, c]) == [[b]]))", {"all", "map"}),
        ("flag && [1].filter(n, n > count) == [] && nothing", {"filter"}),
        ("has(any.thing)", {"has"}),
        ("'aaaaaaaaaaaaaaaaaaaaaaaa'.matches('(a+)+b')", {"matches"}),
        ("flag && matches('a', 'a')", {"matches"}),
    ],
)
def test_expressions_neither_loop_nor_match_patterns(source: str, functions: set[str]) -> None:
    """What could take all time and memory is no function, and that is all that is told."""
    faults = of_expression(source)
    assert {fault.message for fault in faults} == {
        f"there is no function named {name}" for name in functions
    }
    for fault in faults:
        assert source[fault.column - 1 :].startswith(fault.message.rpartition(" ")[2] + "(")
        assert fault.remedy == "compare facts: criteria have no loops and no patterns"


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        (f"count > {'9' * 400}", ExpressionFault(1, 9, "invalid int literal")),
        (
            f"flag &&\n share >= {'9' * 400}.0",
            ExpressionFault(2, 11, "the number is too large to compare with"),
        ),
        (
            f"share >= 1.0/{'9' * 400}.0",
            ExpressionFault(1, 14, "the number is too large to compare with"),
        ),
        (
            "flag\n  && \ud800",
            ExpressionFault(2, 6, "holds half of a surrogate pair, which is no character"),
        ),
        ("\0", ExpressionFault(1, 1, "Syntax error: token recognition error at: '")),
    ],
    ids=["whole", "ratio", "fraction", "surrogate", "nul"],
)
def test_what_is_no_number_and_no_character_has_a_place(
    source: str, fault: ExpressionFault
) -> None:
    """Neither a number without bounds nor half a character is more than a fault."""
    assert of_expression(source) == [fault]


@pytest.mark.parametrize(
    "source",
    [
        "(" * 999 + "flag" + ")" * 999,
        "[" * 990 + "]" * 990 + " == []",
        "any" + ".any" * 490,
        "any" + "[0]" * 650,
        "size(" * 300 + "any" + ")" * 300 + " > 1",
        "flag ? flag : " * 140 + "flag",
        "count + " * 240 + "1 > 1",
        "'xxxxxxxxxxxxxxxx' + " * 90 + "'' == ''",
        "nothing || " * 180 + "nothing",
        "é" * MAX_LENGTH,
        "x" * MAX_LENGTH,
        "'" * (MAX_LENGTH - 1),
        "r'''" * 490,
        "{" * MAX_LENGTH,
        "x" * (MAX_LENGTH + 1),
    ],
)
def test_expressions_cannot_be_too_much_for_the_engine(source: str) -> None:
    """However they are nested or strung together, a few faults are all that comes of it."""
    assert 1 <= len(of_expression(source)) <= MAX_FAULTS


@pytest.mark.parametrize(
    "source",
    ["!" * 1995 + "flag", "flag" + " && flag" * 245, "flag" + " " * 1990, "//\n" * 600 + "flag"],
)
def test_long_expressions_that_are_sound_are_read(source: str) -> None:
    """What is merely long compiles, and is evaluated, with little work."""
    with little_work():
        assert ENVIRONMENT.compile(source)((True,)).error is None


def test_the_expressions_of_a_policy_are_bounded_together() -> None:
    """Many expressions, each of which may be as long as it is, are too much."""
    source = "members.active > 1" + " && members.active > 1" * 80
    remedies = (f"r{n}: {{{LABEL}, steps: [admit_member], when: '{source}'}}" for n in range(40))
    faults = of_policy(with_entries("remedies", remedies))
    message = f"the expressions come to more than {MAX_EXPRESSIONS} characters"
    assert [fault.message for fault in faults] == [message]


# --- very many things that are sound --------------------------------------------------------------


def test_many_criteria_and_gates_are_little_work() -> None:
    """Checking, looking again and comparing grow with a policy, not with its square."""
    number = 400
    gates = "".join(
        f"  - {{id: g{n}, {LABEL}, leaves: impulsion, enters: impulsion}}\n" for n in range(number)
    )
    lifecycle = loads(LIFECYCLE.texts[LIFECYCLE.file] + gates, "l")
    text = with_entries("gates", (f"g{n}: {{minima: {{}}}}" for n in range(number)))
    criteria = "".join(
        f"      - {{id: c{n}, level: 1, {LABEL}, when: map.actors > 1}}\n" for n in range(number)
    )
    policy = loads(text.replace("    criteria:\n", f"    criteria:\n{criteria}", 1), "p")
    with little_work():
        before = compile_definition(read_definition(lifecycle, POLICY))
        after = compile_definition(read_definition(lifecycle, policy))
        assert len(lint(lifecycle, policy, ())) == number
        assert len(differences(before, after)) == number
