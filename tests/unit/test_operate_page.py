"""The page for operators names the figures that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coopflow import metrics

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "operate.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(coopflow_\w+)` \|([^|]*)\|", PAGE, re.MULTILINE)
QUERIES = re.findall(r"^\| `([^`]*coopflow_[^`]*)` \| \d+[mhd] \|", PAGE, re.MULTILINE) + [
    line
    for block in re.findall(r"```promql\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
    if not line.startswith("#")
]


def families() -> dict[str, tuple[str, ...]]:
    """Return the names under which figures are exposed, and their labels."""
    found = {}
    for name in vars(metrics):
        made = getattr(metrics, name)
        if hasattr(made, "describe"):
            (family,) = made.describe()
            total = "_total" if family.type == "counter" else ""
            found[f"{family.name}{total}"] = made._labelnames
    return found


def samples() -> set[str]:
    """Return the names that a query may use."""
    assert metrics.REGISTRY is not None
    parts = {
        f"{family.name}{suffix}"
        for family in metrics.REGISTRY.collect()
        if family.type == "histogram"
        for suffix in ("_bucket", "_count", "_sum")
    }
    return parts | set(families())


def test_every_figure_stands_in_the_page_and_no_other() -> None:
    """The table has each of them with its labels, once."""
    listed = {name: tuple(re.findall(r"`(\w+)`", labels)) for name, labels in ROWS}
    assert len(listed) == len(ROWS)
    assert listed == families()
    assert all(name.startswith(metrics.PREFIX) for name in listed)


def test_the_page_has_queries() -> None:
    """Those of dashboards and those of alerts were found."""
    assert len(QUERIES) > 20
    used = {name for query in QUERIES for name in re.findall(r"coopflow_\w+", query)}
    assert {name.removesuffix("_count").removesuffix("_bucket") for name in used} == set(families())


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_asks_for_what_there_is(query: str) -> None:
    """Its figures exist, its labels are theirs, and its parentheses close."""
    for name in re.findall(r"coopflow_\w+", query):
        assert name in samples()
    known = {label for labels in families().values() for label in labels} | {"le"}
    by = re.findall(r"by \(([^)]*)\)", query) + re.findall(r"\{(\w+)=", query)
    assert {label.strip() for labels in by for label in labels.split(",")} <= known
    assert all(query.count(a) == query.count(b) for a, b in ("()", "[]", "{}"))


def test_bounds_of_buckets_in_queries_exist() -> None:
    """A query for a bucket that is not there would answer nothing, and alert nobody."""
    buckets = {str(bound) for bound in metrics.deadline_delay._upper_bounds}
    asked = {bound for query in QUERIES for bound in re.findall(r'le="([^"]+)"', query)}
    assert asked
    assert asked <= buckets
