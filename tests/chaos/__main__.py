"""``python -m tests.chaos``: a run of the engine in which everything is killed, and its report."""

from __future__ import annotations

import argparse
import asyncio
import logging
import shutil
import sys
import tempfile
from pathlib import Path

from tests.chaos.run import Wish, run, say
from tests.chaos.sabotage import SABOTAGE


def main() -> int:
    """Carry a run out; return 0 only when it ended clean."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=float, help="how long faults happen (10 by default)")
    length.add_argument("--seconds", type=float, help="the same in seconds")
    parser.add_argument("--seed", type=int, default=7, help="of the faults and the commands")
    parser.add_argument("--cooperations", type=int, default=200)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--report", type=Path, help="a file for the report as JSON")
    parser.add_argument("--no-faults", action="store_true", help="let nothing go wrong")
    parser.add_argument(
        "--sabotage",
        nargs="+",
        choices=sorted(SABOTAGE),
        default=(),
        help="damage done in the end, which the check has to find",
    )
    given = parser.parse_args()
    wish = Wish(
        seed=given.seed,
        seconds=given.seconds or 60 * (given.minutes or 10),
        cooperations=given.cooperations,
        workers=given.workers,
        faults=not given.no_faults,
        sabotage=tuple(given.sabotage),
    )
    # The SDK complains of every server that is away; that it is away is said here.
    logging.getLogger("temporalio").setLevel(logging.CRITICAL)
    folder = Path(tempfile.mkdtemp(prefix="coopflow-chaos-"))
    folder.chmod(0o711)  # PostgreSQL runs as somebody else, in a folder within
    found = asyncio.run(run(wish, folder))
    sys.stdout.write(found.as_text())
    if given.report:
        given.report.write_text(found.as_json(), encoding="utf-8")
    if found.is_clean or wish.sabotage:  # of damage on purpose, nothing is to be found out
        shutil.rmtree(folder, ignore_errors=True)
    else:
        say(f"logs and ledgers are in {folder}")
    return 0 if found.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
