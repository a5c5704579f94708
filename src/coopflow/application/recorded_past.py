"""Importing a scenario as the recorded past of a cooperation: all that was accepted in it, fast.

Running it (``scenario_runner``) looks after each step whether what is expected holds; this gives
its commands and no more, as many together as their order allows.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import NamedTuple

from coopflow.application.engine import Address, Engine, Given, Reply, Series
from coopflow.application.scenario_runner import (
    Offers,
    address_of,
    given_by,
    nothing_offered,
    offered_for,
)
from coopflow.definitions.scenario import Scenario, Step
from coopflow.domain.events import Entry
from coopflow.domain.refusals import Refusal, RefusedError
from coopflow.domain.rulebook import Definition


class _Deed(NamedTuple):
    """Something of the past: a command that may be given with others, or else how it is done."""

    step: Step
    what: Given | Callable[[], Awaitable[Reply | Refusal]]


async def import_past(
    scenario: Scenario,
    engine: Engine,
    definition: Definition,
    offers: Offers = nothing_offered,
    *,
    is_begun: bool = False,
) -> AsyncIterator[tuple[Entry, ...]]:
    """Import a scenario up to the instant of its last step; it does not go live by that.

    What was to be refused in it left nothing, and is not given. Importing again, after an
    interruption, goes on where it ended: commands carry ids.

    Args:
        scenario: the past.
        engine: where it is imported.
        definition: what the cooperation follows.
        offers: finds the policy, ``name@version``, that a decision is about.
        is_begun: it was begun before, so that what is refused now is passed over.

    Yields:
        What some more commands brought about, and what fell due before each.

    Raises:
        RefusedError: something was refused, a note says where it stands; what is before it stays.
    """
    deeds = _deeds(scenario, engine, definition, offers)
    for _, some in groupby(deeds, key=lambda deed: isinstance(deed.what, Given)):
        rest = list(some)
        while rest:
            replies, refusal = await _first_done(engine, address_of(scenario), rest)
            yield tuple(entry for reply in replies for entry in reply.entries)
            del rest[: len(replies)]
            if refusal is not None:
                step = rest.pop(0).step
                if not is_begun:
                    error = RefusedError(refusal)
                    error.add_note(f"It is in step {step.number}: {scenario.file}:{step.line}")
                    raise error


async def _first_done(engine: Engine, address: Address, deeds: Sequence[_Deed]) -> Series:
    """Do the first of some deeds that are all commands, or none of them."""
    given = [deed.what for deed in deeds if isinstance(deed.what, Given)]
    if given:
        return await engine.execute_all(address, given)
    first = deeds[0].what
    assert not isinstance(first, Given), "there was no command"
    outcome = await first()
    return Series((), outcome) if isinstance(outcome, Refusal) else Series((outcome,))


def _deeds(
    scenario: Scenario, engine: Engine, definition: Definition, offers: Offers
) -> Iterator[_Deed]:
    address = address_of(scenario)
    for step in scenario.steps:
        if step.outcomes:
            yield _Deed(step, partial(engine.answer, address, step.outcomes, step.at))
        if step.expect.refused is not None:
            continue
        for number, act in enumerate(step.acts):
            given = given_by(scenario, step, number)
            offered = offered_for(act, offers)
            if offered is not None:
                yield _Deed(step, partial(engine.offer, address, offered))
            if act.do == "open_cooperation":
                yield _Deed(step, partial(engine.open, definition, *given, mode="recorded"))
            else:
                yield _Deed(step, given)
    last = scenario.steps[-1]
    yield _Deed(last, partial(engine.tell, address, last.at))
