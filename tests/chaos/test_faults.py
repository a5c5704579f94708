from __future__ import annotations

import pytest

from tests.chaos.faults import DATABASE, WORKERS, Fault, Kind, kinds, schedule

WORKER_NAMES = [f"worker-{number}" for number in range(4)]
CLIENT_NAMES = ["client-0", "client-1"]


def planned(seed: int, seconds: float) -> tuple[tuple[Kind, ...], tuple[Fault, ...]]:
    possible = kinds(WORKER_NAMES, CLIENT_NAMES, seconds)
    return possible, schedule(seed, seconds, possible)


def test_the_same_seed_gives_the_same_faults() -> None:
    """So a run can be repeated; another seed gives others."""
    assert planned(7, 60) == planned(7, 60)
    assert planned(7, 60) != planned(8, 60)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("seconds", [30, 600])
def test_every_kind_of_fault_happens_and_is_over_in_time(seed: int, seconds: float) -> None:
    """A short run leaves out at most what finds no room between others; a long one nothing."""
    possible, faults = planned(seed, seconds)
    assert all(fault.at + fault.seconds <= seconds for fault in faults)
    assert [fault.at for fault in faults] == sorted(fault.at for fault in faults)
    happened = {fault.what for fault in faults}
    left_out = {kind.what for kind in possible} - happened
    assert len(left_out) <= (3 if seconds < 60 else 0)


@pytest.mark.parametrize("seed", range(20))
def test_no_process_is_hit_before_it_has_recovered(seed: int) -> None:
    """Nothing is killed that is down, and no worker while all of them are."""
    _, faults = planned(seed, 600)
    for number, fault in enumerate(faults):
        for later in faults[number + 1 :]:
            both = {fault.target, later.target}
            is_same = len(both) == 1 or (WORKERS in both and both & set(WORKER_NAMES))
            assert not is_same or later.at >= fault.at + fault.seconds


def test_a_short_run_is_no_single_outage() -> None:
    """Faults last less long when there is less time, and the long absence has no place."""
    short, long = kinds(["w"], ["c"], 30), kinds(["w"], ["c"], 600)
    longest = {kind.what: kind.longest for kind in long}
    assert all(kind.longest <= longest[kind.what] for kind in short)
    assert longest.keys() - {kind.what for kind in short} == {"database away"}


def test_without_kinds_nothing_goes_wrong() -> None:
    """A run may be had without faults."""
    assert schedule(7, 60, ()) == ()
    assert [one.target for one in schedule(7, 9, [Kind("x", (DATABASE,), 0, 0, 1)])][:1] == [
        DATABASE
    ]
