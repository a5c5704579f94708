"""All benchmarks, one after the other, and the page that tells what came of them.

    python3 dev.py bench            # everything, for most of an hour: a quiet machine, please
    python3 dev.py bench --quick    # a look at each; the page stays as it is
    python3 dev.py bench --only commands memory     # these anew, the others as they were

Each runs in a process of its own and says what it measured beside which yardstick. What they say
goes to a table of docs/explanation/performance.md, and with the machine that it was measured on to
benchmarks/results.json.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import temporalio

HERE: Final = Path(__file__).parent
PAGE: Final = HERE.parent / "docs" / "explanation" / "performance.md"
RESULTS: Final = HERE / "results.json"
_TABLE: Final = re.compile(r"(?<=<!-- measured -->\n).*?(?=<!-- end -->)", re.DOTALL)


class Case(NamedTuple):
    """One benchmark: its title on the page, and with what it is run."""

    title: str
    script: str
    fully: Sequence[str] = ()
    quickly: Sequence[str] = ()


CASES: Final = (
    Case(
        "Commands",
        "commands",
        ("--cooperations", "1", "10", "100", "500", "--seconds", "6"),
        ("--cooperations", "10", "--callers", "10", "--rounds", "1", "--seconds", "2"),
    ),
    Case(
        "Commands through HTTP",
        "through_http",
        quickly=("--cooperations", "10", "--callers", "10", "--rounds", "1", "--seconds", "2"),
    ),
    Case("A year of a cooperation", "actions", quickly=("--steps", "8", "--commands", "1000")),
    Case("Bytes of a cooperation", "storage", quickly=("--copies", "1")),
    Case("Memory of a worker", "memory", quickly=("--cooperations", "200")),
    Case("Deciding, in memory", "core", quickly=("--rounds", "3")),
    Case("A gate, beside other engines", "machines", quickly=("--rounds", "3")),
    Case("Impact of a policy", "impact", quickly=("--cooperations", "200", "--rounds", "1")),
    Case(
        "Questions to the read model",
        "queries",
        quickly=("--cooperations", "100", "1000", "--rounds", "3"),
    ),
    Case(
        "Pages of a portfolio",
        "pages",
        ("--cooperations", "100000"),
        ("--cooperations", "1000", "--rounds", "1"),
    ),
    Case("Pages of the demo", "demo", quickly=("--rounds", "1")),
    Case("After an outage of the database", "catching_up", quickly=("--entries", "10000")),
    Case("Importing recorded pasts", "imports", quickly=("--lives", "5", "--rounds", "1")),
    Case("Starting", "starting", quickly=("--rounds", "1")),
    Case("After a kill", "recovery", quickly=("--rounds", "1")),
)


def machine() -> dict[str, Any]:
    """Return what there is to know of the machine, and of what was measured on it."""
    return {
        "at": datetime.now(UTC).date().isoformat(),
        "processors": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "temporalio": temporalio.__version__,
        "load": round(os.getloadavg()[0], 1),
    }


def run(case: Case, *, quick: bool) -> list[dict[str, Any]]:
    """Run a benchmark, let it say what it says, and return what it measured.

    Raises:
        SystemExit: it failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        options = [*(case.quickly if quick else case.fully), "--json", str(told)]
        command = [sys.executable, str(HERE / f"{case.script}.py"), *options]
        done = subprocess.run(command, check=False)  # noqa: S603 - a benchmark of ours
        if done.returncode:
            raise SystemExit(f"{case.script} failed")
        found = json.loads(told.read_text(encoding="utf-8"))
        assert isinstance(found, list)  # noqa: S101 - it is what a report writes
        return found


def table(results: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what was measured as tables of Markdown, in the order of the cases."""
    lines: list[str] = []
    for case in CASES:
        found = results.get(case.title)
        if found is None:
            continue
        lines += [f"\n### {case.title}\n", _where(found["machine"])]
        lines += ["\n| measured | | yardstick | | ratio | goal |", "|---|---:|---|---:|---:|---|"]
        lines += [_row(one) for one in found["told"]]
    return "\n".join(lines) + "\n"


def _where(machine: Mapping[str, Any]) -> str:
    here = "{processors} processors, {memory_gib} GiB, {system}, Python {python}".format(**machine)
    what = "temporalio {temporalio}; load before it began {load}".format(**machine)
    return f"`benchmarks/{machine['script']}.py` on {machine['at']}: {here}, {what}."


def _row(one: Mapping[str, Any]) -> str:
    notes = f"<br>{'; '.join(one['notes'])}" if one["notes"] else ""
    ours, other = (f"{one[name]:.2f} {one['unit']}" for name in ("ours", "yardstick"))
    cells = [f"{one['what']}{notes}", ours, one["against"], other, f"{one['ratio']:.2f}"]
    return f"| {' | '.join([*cells, _goal(one)])} |"


def _goal(one: Mapping[str, Any]) -> str:
    goal = one["goal"]
    if goal is None:
        return ""
    least, most = goal["at_least"], goal["at_most"]
    wanted = f"≥ {least}" if least is not None else f"≤ {most}"
    return f"{wanted}: {'reached' if one['reached'] else '**missed**'}"


def write(results: Mapping[str, Mapping[str, Any]]) -> None:
    """Write what was measured beside the benchmarks and to the page, with what was there before."""
    before = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    kept: dict[str, Mapping[str, Any]] = {**before, **results}
    RESULTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(_TABLE.sub(lambda _: table(kept), page), encoding="utf-8")


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a look at each, a few minutes in all")
    parser.add_argument("--only", nargs="+", help="these alone, by the names of their files")
    given = parser.parse_args()
    chosen = [one for one in CASES if given.only is None or one.script in given.only]
    results = dict[str, dict[str, Any]]()
    for number, case in enumerate(chosen, 1):
        began, where = time.monotonic(), machine() | {"script": case.script}
        print(f"\n[{number}/{len(chosen)}] {case.title}", flush=True)
        results[case.title] = {"machine": where, "told": run(case, quick=given.quick)}
        print(f"    {time.monotonic() - began:.0f} s", flush=True)
        if not given.quick:
            write(results)
    told = [one for found in results.values() for one in found["told"]]
    missed = [one["what"] for one in told if one["reached"] is False]
    print(f"\nGoals missed: {', '.join(missed) or 'none'}")


if __name__ == "__main__":
    main()
