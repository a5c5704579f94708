"""How long the pages of the demo take: those that a member opens, and the policies of a programme.

    .venv/bin/python benchmarks/demo.py [--rounds 15] [--only gates] [--profile]

What ``coopflow dev --demo`` shows runs in this process: engine, worker, database and pages, asked
as a browser of somebody who has signed in would ask, without a network between. The yardstick is
the goal, what a person may have to wait. Beside it is told what a bare FastAPI page of the same
size takes, made by Jinja, with one question to the same database, asked in turns with each page.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import pstats
import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

import httpx
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from jinja2 import Environment
from reporting import Goal, Report, options
from starlette.types import ASGIApp

from coopflow import bootstrap
from coopflow.application.engine import Address
from coopflow.directory.people import PersonStated
from coopflow.directory.programmes import ProgrammeStated
from coopflow.entrypoints.cli.demo import Demo
from coopflow.entrypoints.http.sign_in import authenticate
from coopflow.entrypoints.web.app import pages
from coopflow.services import Services
from coopflow.settings import Settings
from coopflow.telemetry import configure_logging

_MANAGER: Final = "ines"
_BELOW: Final = (
    "",
    *("/gates", "/documents", "/documents/charter", "/documents/value_chain", "/decisions"),
    *("/disagreements", "/reviews", "/meetings", "/indicators", "/journal", "/forecast"),
    *("/people", "/do/record_meeting", "/do/open_decision"),
)
_BARE: Final = (
    "<!doctype html><title>Bare</title>{% for one in lines %}<p>{{ one }}</p>{% endfor %}"
)
_SLOWEST: Final = 30
_GOAL: Final = 100.0  # milliseconds


class Figure(NamedTuple):
    """How long a page takes and its yardstick, in milliseconds; and how many bytes it is of."""

    ours: float
    bare: float
    slowest: float
    busy: float
    size: int


@asynccontextmanager
async def world() -> AsyncIterator[tuple[Services, Demo, Path]]:
    """Run the demo for the length of a block, and tell where its database is."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "demo.db"
        settings = Settings(
            state_dir=Path(folder), port=0, ui_port=0, database_url=f"sqlite:///{database}"
        )
        demo = Demo(datetime.now(UTC))
        async with (
            bootstrap.embedded_engine(settings) as running,
            bootstrap.services(settings, running) as services,
        ):
            async for _ in demo.play(running.engine):
                pass
            await running.engine.until_projected(demo.address)
            await _enrol(services, demo)
            yield services, demo, database


async def _enrol(services: Services, demo: Demo) -> None:
    now, programme = datetime.now(UTC), demo.address.programme
    stated = ProgrammeStated(name="Valdore", language="fr")
    await services.directory.add_programme(programme, stated, now)
    people = {**demo.people, _MANAGER: ("programme_manager",)}
    for person, roles in people.items():
        known = PersonStated(name=person.title(), language="fr")
        await services.directory.add_person(person, known, now)
        await services.directory.take_part(programme, person, roles, now)


async def visitor(services: Services, app: ASGIApp, person: str) -> httpx.AsyncClient:
    """Return what a browser would be in which a person has signed in."""
    _, secret = await services.access.sessions.start(person, "link", services.access.now())
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url="http://here",
        cookies={"coopflow": secret},
        headers={"Sec-Fetch-Site": "same-origin", "Accept-Language": "fr"},
        follow_redirects=True,
        timeout=60,
    )


def bare(database: Path, lines: list[str], person: str) -> FastAPI:
    """Return an application with one page of some lines, for which it asks one question."""
    app, template = FastAPI(), Environment(autoescape=True).from_string(_BARE)
    connection = sqlite3.connect(database)

    @app.get("/")
    async def page() -> HTMLResponse:
        query = "SELECT * FROM person WHERE id = ?"
        found = connection.execute(query, (person,)).fetchall()
        return HTMLResponse(template.render(lines=lines, found=found))

    return app


def paths(address: Address) -> tuple[dict[str, str], dict[str, str]]:
    """Return the pages that a member opens, and those of who manages the programme, by name."""
    programme, cooperation = address
    inside = f"/c/{programme}/{cooperation}"
    own = {one: one for one in ("/", "/cooperations", "/account", "/programmes")}
    own |= {f"…{one or ' overview'}": inside + one for one in _BELOW}
    views = ("list", "stages", "heat", "stuck", "due", "waiting", "times")
    managed = {f"portfolio, {one}": f"/p/{programme}/portfolio?view={one}" for one in views}
    managed |= {"programme": f"/p/{programme}", "policies": f"/p/{programme}/policies"}
    return own, managed | {"a policy": f"/p/{programme}/policies/reference"}


async def measured(
    client: httpx.AsyncClient, path: str, database: Path, rounds: int, person: str
) -> Figure:
    """Ask for a page so many times, in turns with its yardstick."""
    first = (await client.get(path)).raise_for_status()
    yardstick = httpx.ASGITransport(app=bare(database, first.text.splitlines(), person))
    ours, others, busy = [], [], []
    async with httpx.AsyncClient(transport=yardstick, base_url="http://here") as other:
        await other.get("/")
        for _ in range(rounds):
            begin, worked = time.perf_counter(), time.process_time()
            await client.get(path)
            ours.append((time.perf_counter() - begin) * 1000)
            busy.append((time.process_time() - worked) * 1000)
            begin = time.perf_counter()
            await other.get("/")
            others.append((time.perf_counter() - begin) * 1000)
    middle = statistics.median
    return Figure(middle(ours), middle(others), max(ours), middle(busy), len(first.content))


def tell(report: Report, name: str, one: Figure) -> None:
    """Tell of a page."""
    bare = (
        f"a bare page of {one.size} bytes {one.bare:.1f} ms, {one.ours / one.bare:.0f} times less"
    )
    busy = f"the processor is busy for {one.busy:.0f} ms, the slowest took {one.slowest:.0f} ms"
    report.tell(name, one.ours, _GOAL, [bare, busy], Goal(at_most=1.0))


async def run(given: argparse.Namespace, report: Report) -> None:
    """Measure the pages whose names hold a text."""
    configure_logging("console", "error")
    async with world() as (services, demo, database):
        app = pages(services, authenticate=authenticate)
        report.begin(f"the goal, {_GOAL:.0f} ms", "ms")
        for person, asked in zip((demo.member, _MANAGER), paths(demo.address), strict=True):
            async with await visitor(services, app, person) as client:
                for name, path in asked.items():
                    if given.only not in name:
                        continue
                    watch = cProfile.Profile()
                    if given.profile:
                        watch.enable()
                    one = await measured(client, path, database, given.rounds, person)
                    tell(report, name, one)
                    if given.profile:
                        watch.disable()
                        pstats.Stats(watch).sort_stats("cumulative").print_stats(_SLOWEST)


def main() -> None:
    """Read the options, and measure."""
    parser = options(__doc__, rounds=15)
    parser.add_argument("--only", default="", help="those whose names hold this")
    parser.add_argument("--profile", action="store_true", help="say where the time goes")
    given = parser.parse_args()
    report = Report(given)
    asyncio.run(run(given, report))
    report.end()


if __name__ == "__main__":
    main()
