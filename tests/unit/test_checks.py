"""Checks as functions: what may be written, and what asking one comes to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable
from datetime import timedelta
from functools import partial
from typing import Any, cast

import pytest

from coopflow import checks
from coopflow.checks import Answer, CheckError, Portrait, check, kind_of, no, unknown, yes
from coopflow.domain.base import Label

PORTRAIT = Portrait(
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
    async def it_is(_: Portrait) -> Answer | bool:
        await asyncio.sleep(0)
        return given

    outcome = await it_is.ask(PORTRAIT)
    assert (outcome.check, outcome.holds, outcome.reason) == ("it-is", holds, reason)
    assert outcome.every == timedelta(weeks=2)


async def test_a_plain_function_runs_in_a_thread() -> None:
    """It may block; it is still a function that tests can call."""

    @check("it-is", every="1d")
    def it_is(portrait: Portrait) -> Answer:
        return yes(en=f"{portrait.title} in {threading.current_thread().name}")

    outcome = await it_is.ask(PORTRAIT)
    assert outcome.reason is not None
    assert outcome.reason.en == "A cooperation in check"
    assert it_is(PORTRAIT) == yes(en=f"A cooperation in {threading.current_thread().name}")
    assert __file__ in it_is.place


class Coroutine:
    """An object that is called like a coroutine function."""

    async def __call__(self, _: Portrait) -> bool:
        """Answer."""
        await asyncio.sleep(0)
        return True


async def test_whatever_is_called_like_a_coroutine_function_is_one() -> None:
    """An object, and a function some of whose arguments are given."""

    async def answer(holds: bool, _: Portrait) -> bool:  # noqa: FBT001 - given beforehand
        await asyncio.sleep(0)
        return holds

    wrapped = partial(answer, True)  # noqa: FBT003 - given beforehand

    def handed_on(portrait: Portrait) -> Awaitable[bool]:
        return wrapped(portrait)

    for function in (Coroutine(), wrapped, handed_on):
        assert (await check("a", every="1d")(function).ask(PORTRAIT)).holds is True


async def test_a_coroutine_that_blocks_holds_up_itself_alone() -> None:
    """It has a loop of its own: the one that asks goes on, and gives it up in time."""
    goes_on = threading.Event()

    @check("blocks", every="1d", timeout="1s")
    async def blocks(_: Portrait) -> bool:
        return goes_on.wait(30)

    asked = asyncio.ensure_future(blocks.ask(PORTRAIT))
    await asyncio.sleep(0.05)
    assert not asked.done()
    with pytest.raises(TimeoutError):
        await asked
    goes_on.set()


@pytest.mark.parametrize(
    "error",
    [SystemExit("Amel"), KeyboardInterrupt(), StopIteration(), asyncio.CancelledError("Amel")],
)
async def test_a_check_ends_no_process(error: BaseException) -> None:
    """Whatever it raises is an error of its own, of which the type alone is told."""

    @check("rude", every="1d")
    def rude(_: Portrait) -> bool:
        raise error

    with pytest.raises(CheckError) as caught:
        await rude.ask(PORTRAIT)
    assert str(caught.value) == f"raised {type(error).__name__}"
    assert kind_of(caught.value) == type(error).__name__
    assert kind_of(CheckError("gave nothing")) == "CheckError"
    assert len(kind_of(type("L" * 1000, (Exception,), {})())) == 60


async def test_functions_that_hang_keep_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are given up in time, each keeps a thread, and of very many the next one is refused."""
    monkeypatch.setattr(checks, "_ROOM", threading.BoundedSemaphore(2))
    goes_on = threading.Event()

    @check("hangs", every="1d", timeout="1s")
    def hangs(_: Portrait) -> bool:
        return goes_on.wait()

    asked = await asyncio.gather(*[hangs.ask(PORTRAIT) for _ in range(3)], return_exceptions=True)
    assert sorted(type(one).__name__ for one in asked) == [
        "CheckError",
        "TimeoutError",
        "TimeoutError",
    ]
    goes_on.set()
    async with asyncio.timeout(10):
        while any(thread.name == "check" for thread in threading.enumerate()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert (await hangs.ask(PORTRAIT)).holds is True


def test_a_loop_that_has_ended_is_told_nothing() -> None:
    """A function that returns after everything is over bothers nobody."""
    goes_on = threading.Event()

    @check("late", every="1d", timeout="1s")
    def late(_: Portrait) -> bool:
        return goes_on.wait()

    with pytest.raises(TimeoutError):
        asyncio.run(late.ask(PORTRAIT))
    goes_on.set()
    for thread in threading.enumerate():
        if thread.name == "check":
            thread.join(10)


async def test_a_check_may_not_take_longer_than_it_says() -> None:
    """It is given up in time, whatever it waits for."""

    @check("slow", every="1d", timeout="1s")
    async def slow(_: Portrait) -> bool:
        await asyncio.sleep(60)
        return True

    with pytest.raises(TimeoutError):
        await slow.ask(PORTRAIT)


@pytest.mark.parametrize("given", [None, 1, "yes", Answer(holds=cast("bool", "yes"))])
async def test_what_is_no_answer_is_said(given: Any) -> None:
    """A function that forgets to return is told apart from one that says no."""

    @check("forgetful", every="1d")
    def forgetful(_: Portrait) -> bool:
        answer: bool = given
        return answer

    with pytest.raises(
        CheckError, match=r"forgetful: gave \w+; return True, False, yes, no or unknown"
    ):
        await forgetful.ask(PORTRAIT)


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
        ("a", {"every": "59m"}, "every is 59m; it lies between 1:00:00 and 3660 days"),
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
        def __call__(self, _: Portrait) -> bool:
            return True

        def __repr__(self) -> str:
            return "an object"

    assert check("a", every="1d")(Asked()).place == "an object"
