from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from coopflow.application.callers import Caller
from coopflow.application.engine import Address
from coopflow.application.erasing import Eraser, Forgotten, Traces, erase_names


class Names:
    """A directory that remembers what it was asked to forget."""

    def __init__(self) -> None:
        self.forgotten: list[str | None] = []

    async def forget(self, person: str, programme: str | None = None) -> Forgotten:
        """Remember it."""
        self.forgotten.append(programme)
        return "removed" if programme is None else "left"


class Journals:
    """Journals that name everybody as they are told to."""

    def __init__(self, traces: Mapping[Address, Traces]) -> None:
        self._traces = traces

    async def named_in(self, person: str, programme: str | None = None) -> tuple[Address, ...]:
        """Return all of the programme."""
        return tuple(one for one in self._traces if programme in {None, one.programme})

    async def traces(self, address: Address, person: str) -> Traces:
        """Return what was given."""
        return self._traces[address]


NAMED = Traces(entries=(3,))
IN_TEXT = Traces(texts=((4, "/reason"),))


async def test_who_was_erased_from_everything_is_removed() -> None:
    """Whatever journals still say, such as that of a cooperation that could not be reached."""
    names = Names()
    journals = Journals({Address("loire", "one"): NAMED})
    assert await erase_names(names, journals, "fabien", None) == {"*": "removed"}
    assert names.forgotten == [None]


@pytest.mark.parametrize(
    ("left", "result"), [(NAMED, "kept"), (IN_TEXT, "left"), (Traces(), "left")]
)
async def test_who_is_named_no_more_leaves_the_programme(left: Traces, result: str) -> None:
    """A text that holds the id is left to people, and keeps no name."""
    names = Names()
    journals = Journals({Address("loire", "one"): left, Address("valdore", "two"): NAMED})
    assert await erase_names(names, journals, "fabien", ["loire"]) == {"loire": result}
    assert names.forgotten == (["loire"] if result == "left" else [])


class Nothing:
    """What has nothing to do with somebody, and notes what it is asked to forget."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []

    async def forget_within(self, *about: object) -> None:
        """Note it likewise."""
        await self.forget(*about)

    async def forget(self, *about: object) -> None:
        """Note it."""
        self.asked.append(about)


async def test_files_that_may_name_somebody_go_last() -> None:
    """With the cooperations that they were erased from, even where nothing was left there."""
    names, gone, texts, copies = Names(), Nothing(), Nothing(), Nothing()
    engine: Any = None  # there is no cooperation to reach
    eraser = Eraser(engine, Journals({}), names, gone, gone, texts, copies)
    keeper = Caller(name="person:pam", person="pam")
    erased = await eraser.erase("fabien", [], None, "pam", keeper)
    assert erased.names == {"*": "removed"}
    assert gone.asked == [("fabien", ())] * 2 + [("fabien", keeper), ("fabien", None)]
    assert texts.asked == [("fabien", ()), ("fabien", None)]
    assert copies.asked == [("fabien", ())]
