"""How long the pages of a large portfolio take.

    .venv/bin/python benchmarks/pages.py [--cooperations 100000] [--rounds 7] [--only heat]

A programme is made up as rows, plausible and at once, in a file of SQLite and on a server of
PostgreSQL, each thrown away afterwards. The pages are asked in this process, without a network
between. The yardstick is the goal, what a person may have to wait; beside it is told how long all
the SQL that a page asks takes by itself, one statement after the other.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from functools import partial
from types import SimpleNamespace
from typing import Any, Final, NamedTuple, cast

import httpx
from databases import KINDS, databases
from fastapi import Request
from filling import PROGRAMME, filled
from queries import Recorder
from reporting import Goal, Report, options

from coopflow.application.callers import Caller
from coopflow.directory.directory import Directory
from coopflow.directory.saved_views import SavedViews
from coopflow.entrypoints.web.app import pages
from coopflow.outgoing.mail.queue import MailQueue
from coopflow.outgoing.mail.reminders import Reminders
from coopflow.readmodel.database import Database
from coopflow.readmodel.queries import Queries
from coopflow.readmodel.registry import Registry
from coopflow.services import Services

_GOAL: Final = 150.0  # milliseconds
_LOW: Final = "below=support:1&severity=red&order=stage_since"
_PAGES: Final = {
    **{view: f"view={view}" for view in ("list", "stages", "heat", "stuck", "due")},
    **{view: f"view={view}" for view in ("waiting", "times")},
    "list, filters": _LOW,
    "heat, living": "view=heat&status=living",
    "times, living": "view=times&status=living",
    "times, filters": f"view=times&{_LOW}",
    "waiting, living": "view=waiting&status=living",
    "text, few match": "text=vallee+12+n",
    "text, all match": "text=vallee",
    "text, none matches": "text=nulle+part",
}


class Figure(NamedTuple):
    """How long a page takes, in milliseconds, and what the SQL in it takes by itself.

    ``busy`` is the time of the processor: on a machine that does other work too, it is what holds.
    """

    ours: float
    bare: float
    busy: float


def site(database: Database) -> httpx.AsyncClient:
    """Return a client of the pages, who manages the programme."""
    directory = Directory(database)
    mails = MailQueue(database, directory)
    parts = SimpleNamespace(
        queries=Queries(database),
        registry=Registry(database),
        directory=directory,
        views=SavedViews(database),
        reminders=Reminders(database, mails, directory, is_on=True),
    )
    roles = {PROGRAMME: ("programme_manager",)}
    caller = Caller(name="person:ines", person="ines", roles=roles)

    async def authenticate(_: Request) -> Caller:
        return caller

    app = pages(cast("Services", parts), authenticate=authenticate)
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url="http://here", timeout=60)


async def measured(ask: Callable[[], Awaitable[Any]], recorder: Recorder, rounds: int) -> Figure:
    """Ask for a page so many times, in turns with its SQL by itself."""
    await ask()  # what is found once and kept
    taken = []
    for _ in range(rounds):
        worked = time.process_time()
        ours = await recorder.timed(ask)
        busy = (time.process_time() - worked) * 1000
        taken.append((ours, await recorder.timed_bare(), busy))
    return Figure(*map(statistics.median, zip(*taken, strict=True)))


async def measure(given: argparse.Namespace, report: Report, kind: str, url: str) -> None:
    """Make a programme in a database, measure its pages, and tell of each."""
    begin = time.perf_counter()
    await filled(url, given.cooperations)
    print(f"{given.cooperations:,} cooperations in {time.perf_counter() - begin:.1f} s", flush=True)
    database = Database(url)
    recorder = Recorder(database)
    try:
        async with site(database) as client:

            async def ask(query: str) -> None:
                answer = await client.get(f"/p/{PROGRAMME}/portfolio?{query}")
                answer.raise_for_status()

            report.begin(f"the goal, {_GOAL:.0f} ms", "ms")
            for name, query in _PAGES.items():
                if given.only not in name:
                    continue
                one = await measured(partial(ask, query), recorder, given.rounds)
                asked = f"its SQL by itself {one.bare:.0f} ms, {len(recorder.kept)} statements"
                busy = f"the processor is busy for {one.busy:.0f} ms"
                what = f"{kind}, {given.cooperations:,}: {name}"
                report.tell(what, one.ours, _GOAL, [asked, busy], Goal(at_most=1.0))
    finally:
        await database.close()


def main() -> None:
    """Read the options, and measure."""
    parser = options(__doc__, rounds=7)
    parser.add_argument("--cooperations", type=int, default=10_000, help="how many there are")
    parser.add_argument("--only", default="", help="those whose names hold this")
    parser.add_argument("--on", nargs="+", choices=KINDS, default=KINDS, help="kinds of databases")
    given = parser.parse_args()
    report = Report(given)
    for kind in given.on:
        with databases(kind) as new:
            asyncio.run(measure(given, report, kind, new()))
    report.end()


if __name__ == "__main__":
    main()
