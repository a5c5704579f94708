"""Figures as tests read them: what a block has added to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from coopflow import metrics

Added = dict[tuple[str, ...], float]
"""What was added, by the name of a sample and the values of its labels."""


def figures() -> Added:
    """Return all figures as they are now."""
    assert metrics.REGISTRY is not None
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in metrics.REGISTRY.collect()
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


@contextmanager
def added() -> Iterator[Added]:
    """Say, once the block is over, what it has added; other tests count in the same process."""
    before, found = figures(), Added()
    yield found
    found.update(
        {
            name: value - before.get(name, 0)
            for name, value in figures().items()
            if value != before.get(name, 0)
        }
    )
