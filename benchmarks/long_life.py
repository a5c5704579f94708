"""How a cooperation bears its age: the time of a command early and late in a long life.

    .venv/bin/python benchmarks/long_life.py [--commands 50000] [--keep] [--temporal]

A collective of twelve meets, decides, writes, measures, reviews and disagrees, one command after
the other over ten years. In memory each command costs what the workflow works out for it: to
decide, to fold, to know when to wake up and how large the state is. The yardstick is the time per
command of the first thousand; the ratio to it is what compares. ``--keep`` lets the state go of
nothing, ``--temporal`` gives the commands to the engine that runs here.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final, NamedTuple

from pydantic_core import to_json

from coopflow.application.engine import Address, Reply
from coopflow.bootstrap import embedded_engine
from coopflow.definitions.compile import compile_definition
from coopflow.definitions.library import load_definition
from coopflow.domain import catalogue  # noqa: F401 - defines all commands and events
from coopflow.domain.commands import parse
from coopflow.domain.cooperation import UNOPENED, decide, follow, next_due
from coopflow.domain.events import Entry
from coopflow.domain.refusals import Refusal
from coopflow.domain.shedding import relieve
from coopflow.domain.state import Cooperation
from coopflow.settings import load_settings

MEMBERS: Final = tuple(f"org-{number}" for number in range(12))
YEARS: Final = 10
TOLD: Final = 1000
RELIEF: Final = 200_000  # as in the workflow
_CATEGORIES: Final = ("association", "business", "local_authority", "individuals")
_CHAIN: Final[dict[str, Any]] = {
    "objectives": [
        {
            "id": "waste",
            "why": "One meal in three is thrown away",
            "lead": MEMBERS[0],
            "levers": ["Cook less"],
            "contributors": list(MEMBERS[:3]),
            "complementarities": ["Farms and schools"],
            "questions": ["Is less thrown away?"],
            "indicators": [
                {
                    "id": "kilos",
                    "definition": "Kilos thrown away",
                    "unit": "kg",
                    "source": "Scales",
                    "collector": MEMBERS[1],
                    "frequency": "monthly",
                }
            ],
        }
    ]
}
_FOLLOWED_UP_AFTER: Final = 80  # rounds

Given = tuple[str, dict[str, Any]]


def life(slug: str = "canteens") -> Iterator[Given]:
    """Yield who gives which command, without an end."""
    opening = {"cooperation": slug, "programme": "valley", "title": "Canteens", "issue": "Waste"}
    where = {"territory": "Valbrume", "lifecycle": "impact-collectif", "policy": "reference"}
    yield "pam", {"command": "open_cooperation", **opening, **where, "facilitator": "fay"}
    for number, one in enumerate(MEMBERS):
        category = _CATEGORIES[number % len(_CATEGORIES)]
        organisation = {"id": one, "name": one.title(), "category": category}
        admitted = {"organisation": organisation, "representative": f"rep-{one}"}
        yield "fay", {"command": "admit_member", **admitted}
    yield from _adopted("value_chain", _CHAIN, 0)
    number = 0
    while True:
        number += 1
        yield from _round(number)


def _adopted(kind: str, content: dict[str, Any], number: int) -> Iterator[Given]:
    slug = f"{kind}-{number}"
    yield "fay", {"command": "draft_document", "kind": kind, "content": content}
    yield "fay", {"command": "submit_document", "kind": kind, "decision": slug}
    ballots = dict.fromkeys(MEMBERS, "consent")
    yield "fay", {"command": "record_session_vote", "decision": slug, "ballots": ballots}


def _round(number: int) -> Iterator[Given]:
    kind = "working_group" if number % 5 else "plenary"
    meeting = {"meeting": f"meeting-{number}", "kind": kind, "attendees": list(MEMBERS[2:])}
    yield "fay", {"command": "record_meeting", **meeting}
    yield "fay", {"command": "publish_minutes", "meeting": f"meeting-{number}", "minutes": "Said"}
    asked: dict[str, Any] = {"subject": "other", "question": "Shall we go on?"}
    asked["cites"] = [] if number % 5 else ["kilos"]
    yield "fay", {"command": "open_decision", "decision": f"question-{number}", **asked}
    for one in MEMBERS:
        ballot = {"decision": f"question-{number}", "organisation": one, "choice": "yes"}
        yield f"rep-{one}", {"command": "cast_ballot", **ballot}
    value = {"indicator": "kilos", "value": number, "organisation": MEMBERS[1]}
    yield f"rep-{MEMBERS[1]}", {"command": "record_measure", **value}
    yield "fay", {"command": "record_pulse", "score": 4, "answers": 10, "asked": 12}
    if number % 4 == 0:
        vision = {
            "issue": "Waste",
            "territory": "Valbrume",
            "horizon_year": 2040,
            "desired_future": "A future. " * 200,
            "contributors": list(MEMBERS),
        }
        yield from _adopted("shared_vision", vision, number)
    if number % 40 == 0:
        yield from _adopted("value_chain", _CHAIN, number)
    if number % 8 == 0:
        review, change = {"review": f"review-of-{number}"}, {"change": "one"}
        yield "fay", {"command": "open_review", **review, "kind": "quarterly"}
        proposed = {"target": "roadmap", "text": "Do more of it"}
        yield "fay", {"command": "propose_change", **review, **change, **proposed}
        yield "fay", {"command": "resolve_change", **review, **change, "verdict": "accepted"}
        found = {"expected": "Less", "observed": "Less", "why": "Care", "lessons": ["Go on"]}
        yield "fay", {"command": "close_review", **review, **found, "measures": ["kilos"]}
    if number % 16 == 0:
        about = {"disagreement": f"matter-{number}"}
        said = {
            "subject": "A matter",
            "content": "Words",
            "parties": list(MEMBERS[:2]),
            "touches": "x",
        }
        yield (
            f"rep-{MEMBERS[0]}",
            {"command": "raise_disagreement", **about, **said},
        )
        yield "fay", {"command": "triage_disagreement", **about, "verdict": "redirect"}
    if number % 16 == 0 and number > _FOLLOWED_UP_AFTER:
        earlier = f"matter-{number - _FOLLOWED_UP_AFTER}"
        yield "fay", {"command": "confirm_follow_up", "disagreement": earlier, "holds": True}


class Age(NamedTuple):
    """A cooperation after so many commands.

    Attributes:
        number: how many were given.
        seconds: how long the processor took for the last one.
        entries: what the last one came to; nothing when it was refused.
        state: what became of the cooperation.
        size: the bytes of the state.
    """

    number: int
    seconds: float
    entries: tuple[Entry, ...]
    state: Cooperation
    size: int


def aged(commands: int, *, keep: bool = False) -> Iterator[Age]:
    """Live so many commands in memory, each as a workflow would work it out.

    Args:
        commands: how many are given.
        keep: let the state go of nothing.
    """
    rules = compile_definition(load_definition("impact-collectif", "reference"))
    state: Cooperation = UNOPENED
    at, step = datetime(2026, 1, 5, 9, tzinfo=UTC), timedelta(days=365 * YEARS) / max(commands, 1)
    relief, size = RELIEF, 0
    for number, (by, given) in enumerate(islice(life(), commands), start=1):
        at += step
        raw = {**given, "actor": by, "at": at.isoformat(), "id": f"c-{number}"}
        begin = time.process_time()
        command = parse(raw)
        if isinstance(command, Refusal):
            raise TypeError(str(command))
        decided = decide(state, command, rules, ("programme_manager",) if by == "pam" else ())
        entries = () if isinstance(decided, Refusal) else decided
        if entries:
            state = follow(state, entries)
            next_due(state, at, rules)
            size = len(to_json(state))
            if size > relief and not keep:
                state = relieve(state, rules, lambda one: len(to_json(one)) <= RELIEF // 2)
                size = len(to_json(state))
                relief = max(RELIEF, size + size // 4)
        yield Age(number, time.process_time() - begin, entries, state, size)


def in_memory(commands: int, *, keep: bool) -> None:
    """Live in memory, and print how the time of a command and the state grow."""
    events = refused = 0
    spent: list[float] = []
    first: float | None = None
    state: Cooperation = UNOPENED
    print(f"{'commands':>9} {'events':>8} {'ms each':>8} {'ratio':>6} {'state bytes':>12} refused")
    for number, seconds, entries, state, size in aged(commands, keep=keep):  # noqa: B007 - it is told of at the end
        events += len(entries)
        refused += not entries
        spent.append(seconds)
        if number % TOLD == 0:
            each = statistics.fmean(spent[-TOLD:]) * 1000
            first = first or each
            if number == TOLD or number % (TOLD * 5) == 0 or number >= commands:
                row = f"{number:9} {events:8} {each:8.2f} {each / first:6.2f} {size:12}"
                print(f"{row} {refused}", flush=True)
    parts = {name: len(to_json(getattr(state, name))) for name in Cooperation.model_fields}
    largest = sorted(parts.items(), key=lambda part: -part[1])[:6]
    print("largest parts: " + ", ".join(f"{name} {size}" for name, size in largest))


async def on_temporal(commands: int) -> None:
    """Give the commands to the engine that runs on this machine, and print the same."""
    slug = f"long-life-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    address = Address("valley", slug)
    definition = load_definition("impact-collectif", "reference")
    at, step = datetime(2016, 1, 4, 9, tzinfo=UTC), timedelta(days=365 * YEARS) / commands
    spent: list[float] = []
    async with embedded_engine(load_settings()) as here:
        for number, (by, given) in enumerate(life(slug), start=1):
            at += step
            raw = {**given, "actor": by, "at": at.isoformat(), "id": f"c-{number}"}
            grants = ["programme_manager"] if by == "pam" else []
            begin = time.perf_counter()
            if number == 1:
                await here.engine.open(definition, raw, grants, "recorded")
            else:
                reply = await here.engine.execute(address, raw, grants)
                if number % TOLD == 0 and not isinstance(reply, Reply):
                    print(str(reply))
            spent.append(time.perf_counter() - begin)
            if number % TOLD == 0 or number >= commands:
                each = statistics.median(spent[-TOLD:]) * 1000
                size = len(to_json(await here.engine.state(address)))
                print(f"{number:9} commands {each:8.2f} ms each, state {size} bytes", flush=True)
            if number >= commands:
                break


def main() -> None:
    """Live a long life, and print how it goes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--commands", type=int, default=50_000, help="how many are given")
    parser.add_argument("--keep", action="store_true", help="let the state go of nothing")
    parser.add_argument("--temporal", action="store_true", help="live on the engine that runs here")
    given = parser.parse_args()
    if given.temporal:
        asyncio.run(on_temporal(given.commands))
    else:
        in_memory(given.commands, keep=given.keep)


if __name__ == "__main__":
    main()
