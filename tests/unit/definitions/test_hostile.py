"""Files that mean harm: each is refused with a fault that says why, and after little work."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Final

import pytest

from coopflow.definitions.faults import MAX_FAULTS, Fault, FaultsError, suggestion
from coopflow.definitions.library import load_documents, read_definition
from coopflow.definitions.scenario import read_scenario
from coopflow.definitions.supposition import read_supposition
from coopflow.definitions.yaml import loads

SECONDS: Final = 4.0
"""Far more than any of these takes on a slow machine; what is not bounded takes minutes."""

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
    assert suggestion("s" * 61, ["s" * 61], otherwise="none") == "none"
