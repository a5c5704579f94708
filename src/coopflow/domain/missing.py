"""What is missing, in words: which facts fall short of what a criterion asks, and by how much."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from operator import eq, ge, gt, le, lt, ne
from typing import Final

from coopflow.domain.base import Label, Source
from coopflow.domain.facts import Fact, FactValue, Query
from coopflow.domain.rulebook import Comparison, Want

_MOST_PLACES: Final = 15
_HOLDS: Final[Mapping[Comparison, Callable[[FactValue, FactValue], bool]]] = {
    ">=": ge,
    ">": gt,
    "<=": le,
    "<": lt,
    "==": eq,
    "!=": ne,
}
_ASKED: Final[Mapping[Comparison, Label]] = {
    ">=": Label(en="at least {} needed", fr="il faut au moins {}"),
    ">": Label(en="more than {} needed", fr="il faut plus de {}"),
    "<=": Label(en="at most {} allowed", fr="{} au plus"),
    "<": Label(en="less than {} allowed", fr="moins de {}"),
    "==": Label(en="{} needed", fr="il faut {}"),
    "!=": Label(en="anything but {}", fr="tout sauf {}"),
}


def missing(
    wants: Iterable[Want],
    facts: Mapping[str, Fact],
    queries: Mapping[str, Query],
    outdated: Iterable[Source] = (),
) -> Label | None:
    """Say what falls short, or return None when none of the wants does.

    Args:
        wants: what is asked of single facts.
        facts: the facts by name, as they were read.
        queries: what the names stand for.
        outdated: the stale documents that the facts were read off, which do not count here.
    """
    said = [
        _said(want, facts[want.name], queries[want.name])
        for want in wants
        if not _is_met(want, facts[want.name].value)
    ]
    if not said:
        return None
    en, fr = "; ".join(one.en for one in said), " ; ".join(one.fr for one in said)
    stale = ", ".join(map(str, outdated))
    if stale:
        en, fr = f"{en} ({stale}: stale)", f"{fr} ({stale} : périmé)"
    return Label(en=en, fr=fr)


def _is_met(want: Want, value: FactValue | None) -> bool:
    return value is not None and _HOLDS[want.comparison](value, want.bound)


def _said(want: Want, fact: Fact, query: Query) -> Label:
    what = words_of(query)
    if fact.value is None:
        said = Label(en=f"unknown whether {what.en}", fr=f"on ne sait pas si {what.fr}")
    elif not isinstance(want.bound, bool):
        return _counted(want, fact.value, query)
    elif want.bound:
        said = Label(en=f"not yet: {what.en}", fr=f"pas encore : {what.fr}")
    else:
        said = Label(en=f"still: {what.en}", fr=f"encore : {what.fr}")
    if fact.reason is None:
        return said
    return Label(en=f"{said.en} ({fact.reason.en})", fr=f"{said.fr} ({fact.reason.fr})")


def _counted(want: Want, value: FactValue, query: Query) -> Label:
    what = words_of(query)
    there, _ = _numbers(value, want.bound, is_share=query.is_share)
    needed = asked(want, query, beside=value)
    return Label(
        en=f"{what.en}: {there}, {needed.en}",
        fr=f"{what.fr} : {_in_french(there)}, {needed.fr}",
    )


def asked(want: Want, query: Query, beside: FactValue | None = None) -> Label:
    """Say which number is asked of a reading, for example ``at least 3 needed``.

    Args:
        want: what is asked.
        query: the reading that it is asked of.
        beside: another number that this one is to be told apart from.
    """
    other = want.bound if beside is None else beside
    _, bound = _numbers(other, want.bound, is_share=query.is_share)
    needed = _ASKED[want.comparison]
    return Label(en=needed.en.format(bound), fr=needed.fr.format(_in_french(bound)))


@cache
def words_of(query: Query) -> Label:
    """Return what a reading is called, put together once."""
    return query.words()


def _numbers(value: FactValue, bound: FactValue, *, is_share: bool) -> tuple[str, str]:
    """Write two different numbers, shares in percent, with as many places as tell them apart."""
    scale, unit = (100, "\N{NO-BREAK SPACE}%") if is_share else (1, "")
    places = 1 if is_share else 2
    while True:
        first, second = (_short(f"{one * scale:.{places}f}") for one in (value, bound))
        if first != second or value == bound or places > _MOST_PLACES:
            return f"{first}{unit}", f"{second}{unit}"
        places += 1


def _short(number: str) -> str:
    return number.rstrip("0").rstrip(".")


def _in_french(number: str) -> str:
    return number.replace(".", ",")
