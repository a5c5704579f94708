"""Checks as functions: what may be written, and what asking one comes to."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from coopflow.checks import Answer, CheckError, Subject, check, no, unknown, yes
from coopflow.domain.base import Label

SUBJECT = Subject(
    programme="prog",
    cooperation="coop",
    title="A cooperation",
    issue="An issue",
    territory="Somewhere",
    stage="impulsion",
)


@pytest.mark.parametrize(
    ("given", "holds", "reason"),
    [
        (True, True, None),
        (False, False, None),
        (yes(), True, None),
        (yes(en="it is", fr="c'est vrai"), True, Label(en="it is", fr="c'est vrai")),
        (no(en="it is not"), False, Label(en="it is not", fr="it is not")),
        (unknown(fr=" on ne sait "), None, Label(en="on ne sait", fr="on ne sait")),
        (yes(en="x" * 600), True, Label(en="x" * 499 + "…", fr="x" * 499 + "…")),
    ],
)
async def test_what_a_function_gives_is_an_outcome(
    given: Answer | bool,  # noqa: FBT001 - what is given
    holds: bool | None,  # noqa: FBT001 - what is expected
    reason: Label | None,
) -> None:
    """True, false or unknown, with a reason in both languages, as long as people read."""

    @check("it-is", every="2w")
    async def it_is(_: Subject) -> Answer | bool:
        await asyncio.sleep(0)
        return given

    outcome = await it_is.ask(SUBJECT)
    assert (outcome.check, outcome.holds, outcome.reason) == ("it-is", holds, reason)
    assert outcome.every == timedelta(weeks=2)


async def test_a_plain_function_runs_in_a_thread() -> None:
    """It may block; it is still a function that tests can call."""

    @check("it-is", every="1d")
    def it_is(subject: Subject) -> Answer:
        return yes(en=f"{subject.title} in {threading.current_thread().name}")

    with ThreadPoolExecutor(1, thread_name_prefix="its-own") as threads:
        outcome = await it_is.ask(SUBJECT, threads)
    assert outcome.reason is not None
    assert outcome.reason.en.startswith("A cooperation in its-own")
    assert it_is(SUBJECT) == yes(en=f"A cooperation in {threading.current_thread().name}")
    assert __file__ in it_is.place


async def test_a_check_may_not_take_longer_than_it_says() -> None:
    """It is given up in time, whatever it waits for."""

    @check("slow", every="1d", timeout="1s")
    async def slow(_: Subject) -> bool:
        await asyncio.sleep(60)
        return True

    with pytest.raises(TimeoutError):
        await slow.ask(SUBJECT)


@pytest.mark.parametrize("given", [None, 1, "yes"])
async def test_what_is_no_answer_is_said(given: Any) -> None:
    """A function that forgets to return is told apart from one that says no."""

    @check("forgetful", every="1d")
    def forgetful(_: Subject) -> bool:
        answer: bool = given
        return answer

    with pytest.raises(CheckError, match=r"forgetful: gave \w+; return an Answer, True or False"):
        await forgetful.ask(SUBJECT)


@pytest.mark.parametrize(
    ("slug", "more", "said"),
    [
        ("Siret", {}, "'Siret' is no id of a check; write small letters, digits and hyphens"),
        ("siret_known", {}, "is no id of a check"),
        ("a" * 61, {}, "is no id of a check"),
        ("", {}, "is no id of a check"),
        ("a", {"every": "often"}, "a: every is 'often'; write a number and s, m, h, d or w: 30d"),
        ("a", {"every": "30"}, "every is '30'"),
        ("a", {"every": "-1d"}, "every is '-1d'"),
        ("a", {"every": "30s"}, "every is 30s; it lies between 0:01:00 and 3660 days"),
        ("a", {"every": "99999d"}, "every is 99999d"),
        ("a", {"timeout": "2m"}, "timeout is 2m; it lies between 0:00:01 and 0:01:00"),
        ("a", {"timeout": "0s"}, "timeout is 0s"),
    ],
)
def test_a_check_that_is_not_written_as_it_must_be_is_refused(
    slug: str, more: dict[str, str], said: str
) -> None:
    """The message names the check, what was written and what to write."""
    with pytest.raises(CheckError) as error:
        check(slug, **({"every": "1d"} | more))
    assert said in str(error.value)


def test_a_callable_without_code_has_a_place_too() -> None:
    """An object that can be called is named as it shows itself."""

    class Asked:
        def __call__(self, _: Subject) -> bool:
            return True

        def __repr__(self) -> str:
            return "an object"

    assert check("a", every="1d")(Asked()).place == "an object"
