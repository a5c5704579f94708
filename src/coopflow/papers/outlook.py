"""What comes next for a cooperation, as far as it is known already."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from coopflow.domain.calendar import day_over, end_of
from coopflow.domain.explanation import examine
from coopflow.papers.about import About
from coopflow.papers.paper import Block, Heading, Paragraph, Rich, Table, plain
from coopflow.papers.years import Year
from coopflow.wording.agreement import agreed


class _Line(NamedTuple):
    """Something that has a date: when it is over, the day that people say, what."""

    at: datetime
    day: date | datetime
    what: str


def coming(about: About, year: Year) -> Iterator[Block]:
    """Yield the next gate with what it lacks, and what has a date, soonest first."""
    say = about.say
    yield Heading(say("report.next"))
    for told in _gates(about, year):
        yield Paragraph(plain(told))
    lines = [one for one in _dated(about, year) if one.at > year.end]
    rows: tuple[tuple[Rich, ...], ...] = tuple(
        (plain(say.day(one.day)), plain(one.what))
        for one in sorted(lines, key=lambda one: (one.at, one.what))
    )
    if rows:
        yield Table((say("paper.day"), say("paper.what")), rows, (1, 5))
    else:
        yield Paragraph(plain(say("report.nothing_dated")))


def _gates(about: About, year: Year) -> Iterator[str]:
    rules, state, say = about.rules, year.after, about.say
    if rules is None:
        return
    for gate in rules.lifecycle.gates_from(state.stage):
        found = examine(state, gate.id, year.end, rules)
        lacks = [
            agreed(
                say("report.lacks_level", label=about.names.condition(one).label, count=count),
                say.language,
            )
            for one, count in found.short.items()
        ]
        lacks += [say.label(one.label) for one in found.guards if not one.met]
        label = say.label(gate.label)
        if lacks:
            yield say("report.gate_lacks", gate=label, what=", ".join(lacks))
        else:
            yield say("report.gate_ready", gate=label)


def _dated(about: About, year: Year) -> Iterator[_Line]:
    state, say = year.after, about.say
    if state.mandate is not None and state.mandate.ends_on is not None:
        holder = about.teller.organisation(state.mandate.holder)
        ended = say("journey.mandate_ended", holder=holder)
        yield _Line(end_of(state.mandate.ends_on), state.mandate.ends_on, ended)
    for clock in state.clocks.values():
        label = about.teller.labelled(clock.condition)
        yield _Line(clock.until, clock.until, say("report.remedy", about=label))
    for one in state.reservations.values():
        label = about.teller.labelled(one.about)
        yield _Line(one.until, one.until, say("report.remedy", about=label))
    if about.reader.may("documents") is not None:
        yield from _of_documents(about, year)
    if about.reader.sees_all("decisions"):
        for decision in state.decisions.values():
            if decision.is_open:
                subject = about.teller.subject(decision.subject)
                told = say("report.decision_due", subject=subject)
                yield _Line(decision.closes_at, decision.closes_at, told)


def _of_documents(about: About, year: Year) -> Iterator[_Line]:
    state, say = year.after, about.say
    for kind in state.documents:
        document = state.current(kind)
        if document is not None and document.valid_until is not None:
            told = say("report.valid_until", kind=say(f"document.{kind}"))
            over = document.valid_until
            yield _Line(over, day_over(over) or over, told)
    for action in state.actions.values():
        if action.is_open:
            told = say("report.action_due", title=action.title)
            yield _Line(end_of(action.due), action.due, told)
