"""The yearly report to funders: what became of a cooperation in a year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction

from coopflow.domain.calendar import end_of
from coopflow.domain.facts.people import attendance_of
from coopflow.domain.tools import SupportModel
from coopflow.papers.about import About, NoSuchPaperError
from coopflow.papers.indicators import charts, values_table
from coopflow.papers.lives import Life
from coopflow.papers.outlook import coming
from coopflow.papers.paper import (
    Block,
    Heading,
    Paper,
    Paragraph,
    Particulars,
    Rich,
    Table,
    plain,
)
from coopflow.papers.stages import lifecycle_drawn
from coopflow.papers.years import Year
from coopflow.wording.telling import Teller
from coopflow.wording.things import capital, decision_named, quoted

_MILESTONES = (
    "cooperation_opened",
    "cooperation_paused",
    "cooperation_resumed",
    "cooperation_closing",
    "cooperation_closed",
    "gate_requested",
    "gate_passed",
    "fell_back",
    "waiver_adopted",
    "reservation_made",
    "reservation_lifted",
    "charter_came_into_force",
    "mandate_started",
    "mandate_ended",
)


def report(about: About, life: Life, year: int) -> Paper:
    """Return the report of a year.

    Args:
        about: the cooperation as that year ended, or as it goes on; for whom.
        life: its journal up to the instant of which the report tells.
        year: which; that of where people live.

    Raises:
        NoSuchPaperError: the cooperation was not there in that year, or gates and levels are not
            for the reader.
    """
    say = about.say
    first, last = (one.astimezone(say.zone).year for one in (life.entries[0].at, about.at))
    if not first <= year <= last or about.reader.may("gates") is None:
        raise NoSuchPaperError
    told = Year(year, life, about.at, say.zone)
    blocks = (
        *_summary(about, told),
        *_milestones(about, told),
        *_levels(about, told),
        *_decisions(about, told),
        *_meetings(about, told),
        *_indicators(about, told),
        *_actions(about, told),
        *_support(about, told),
        *_disagreements(about, told),
        *_reviews(about, told),
        *coming(about, told),
    )
    key = "report.whole" if told.is_over else "report.so_far"
    lead = say(key, year=year, day=say.day(told.end))
    return about.paper(say("report.title", year=year), blocks, lead=lead, contents=True)


def _summary(about: About, year: Year) -> Iterator[Block]:
    say, names, before, after = about.say, about.names, year.before, year.after
    began = names.stage(before.stage) if before.stage else say("report.not_there")
    joined = sum(1 for _ in year.events("member_joined"))
    left = sum(1 for _ in year.events("member_left"))
    yield Heading(say("report.summary"))
    members = say(
        "report.members_now",
        count=len(after.active),
        before=len(before.active),
        joined=say.count(joined, "arrival"),
        left=say.count(left, "departure"),
    )
    yield Particulars(
        (
            (say("sheet.issue"), plain(after.issue)),
            (say("sheet.where"), plain(after.territory)),
            (say("report.stage_then"), plain(began)),
            (say("report.stage_now"), plain(names.stage(after.stage))),
            (say("head.status"), plain(say(f"status.{after.status}"))),
            (say("head.members"), plain(members)),
        )
    )
    drawn = lifecycle_drawn(about)
    if drawn is not None:
        yield drawn


def _milestones(about: About, year: Year) -> Iterator[Block]:
    say = about.say
    teller = Teller(
        about.rules,
        say,
        organisations=about.organisations,
        people=about.people,
        things={"decision": _decisions_named(about)},
    )
    rows = [
        (plain(say.day(entry.at)), plain(teller.tell(entry.event.type, _fields(entry.event))))
        for entry, _ in year.events(*_MILESTONES)
    ]
    yield Heading(say("report.milestones"))
    yield from _table(about, ("paper.day", "paper.what"), rows, (1, 5))


def _decisions_named(about: About) -> dict[str, str]:
    """Return what decisions are called: by their questions for those who may read these."""
    may_read = about.reader.may("decisions") is not None
    return {
        slug: quoted(
            about.say,
            decision_named(
                about.teller,
                about.say,
                one.question if may_read else None,
                one.subject,
                one.document,
            ),
        )
        for slug, one in about.state.decisions.items()
    }


def _fields(event: object) -> dict[str, object]:
    dumped: dict[str, object] = event.model_dump(mode="json")  # type: ignore[attr-defined]
    dumped.pop("type")
    return dumped


def _levels(about: About, year: Year) -> Iterator[Block]:
    say, before, after = about.say, year.before.levels, year.after.levels
    yield Heading(say("report.levels"))
    header = ("dossier.condition", "report.at_start", "report.at_end", "report.trend")
    rows: list[tuple[Rich, ...]] = []
    for condition in about.names.ordered(after):
        name = about.names.condition(condition)
        then, now = before.get(condition), after[condition]
        trend = "–" if then is None else say.trend(now - then)
        rows.append(
            (
                plain(f"{name.letter} {name.label}"),
                plain("–" if then is None else str(then)),
                plain(str(now)),
                plain(trend),
            )
        )
    yield from _table(about, header, rows, (4, 1.3, 1.3, 1.6))


def _decisions(about: About, year: Year) -> Iterator[Block]:
    say = about.say
    if about.reader.may("decisions") is None:
        return
    yield Heading(say("report.decisions"))
    closed = year.decisions
    results = Counter(one.result for one in closed if one.result)
    if closed:
        counted = ", ".join(
            say("dossier.fact", label=say(f"result.{result}"), value=count)
            for result, count in sorted(results.items())
        )
        yield Paragraph(plain(capital(counted)))
    rows = [
        (
            plain(say.day(one.closed_at or year.end)),
            plain(one.question or about.teller.subject(one.subject)),
            plain(say(f"result.{one.result}")),
            plain(say.counted(one.arithmetic) if one.arithmetic else "–"),
        )
        for one in closed
    ]
    header = ("paper.day", "report.subject", "dossier.met", "report.arithmetic")
    yield from _table(about, header, rows, (1.5, 2.8, 1.2, 4.2))


def _meetings(about: About, year: Year) -> Iterator[Block]:
    say = about.say
    if about.reader.may("meetings") is None:
        return
    held = year.meetings
    yield Heading(say("report.meetings"))
    plenaries = [attendance_of(one) for one in held if one.kind == "plenary"]
    if plenaries:
        mean = sum(plenaries, Fraction(0)) / len(plenaries)
        said = say("report.attendance", count=len(plenaries), share=say.share(float(mean)))
        yield Paragraph(plain(said))
    rows = []
    for one in held:
        present = len(set(one.active).intersection(one.attendees))
        minuted = say.day(one.minuted_at) if one.minuted_at else "–"
        rows.append(
            (
                plain(say.day(one.held_at)),
                plain(say(f"meeting.{one.kind}")),
                plain(say("report.present", present=present, active=len(one.active))),
                plain(minuted),
            )
        )
    header = ("paper.day", "report.kind", "report.attended", "report.minutes")
    yield from _table(about, header, rows, (2, 3, 3, 2))


def _indicators(about: About, year: Year) -> Iterator[Block]:
    say = about.say
    if about.reader.may("measures") is None:
        return
    yield Heading(say("report.indicators"))
    table = values_table(about, year)
    if not table.rows:
        yield Paragraph(plain(say("report.nothing")))
        return
    yield table
    yield from charts(about, year)


def _actions(about: About, year: Year) -> Iterator[Block]:
    say, state = about.say, year.after
    if about.reader.may("documents") is None:
        return
    yield Heading(say("report.actions"))
    rows = [
        (
            plain(one.title),
            plain(about.teller.organisation(one.owner)),
            plain(say.day(one.due)),
            plain(
                say(f"action.{one.status}")
                + (say("report.overdue") if one.is_open and end_of(one.due) <= year.end else "")
            ),
        )
        for one in sorted(state.actions.values(), key=lambda one: (one.due, one.id))
    ]
    header = ("report.action", "report.owner", "report.due", "paper.state")
    yield from _table(about, header, rows, (4, 2.4, 1.7, 1.9))


def _support(about: About, year: Year) -> Iterator[Block]:
    say, after = about.say, year.after
    yield Heading(say("report.support"))
    mandate = after.mandate
    holder = say("paper.nobody")
    if mandate is not None:
        until = say("told.until", until=say.day(mandate.ends_on)) if mandate.ends_on else ""
        holder = about.teller.organisation(mandate.holder) + until
    hours = "–" if mandate is None or not mandate.hours_month else say.value(mandate.hours_month)
    days = say("report.days_of", days=year.days_with_support, all=year.days)
    yield Particulars(
        (
            (say("head.mandate"), plain(holder)),
            (say("report.hours"), plain(hours)),
            (say("report.days_held"), plain(days)),
        )
    )
    model = after.current("support_model")
    typed = model.typed if model is not None else None
    if about.reader.may("documents") is None or not isinstance(typed, SupportModel):
        return
    yield Heading(say("report.money"), level=2)
    rows = [
        (
            plain(one.source),
            plain(say.money(one.amount)),
            plain(say("fact.true" if one.secured else "fact.false")),
            plain(say.day(one.until)),
        )
        for one in typed.budget
    ]
    header = ("report.source", "report.amount", "report.secured", "report.until")
    yield from _table(about, header, rows, (4, 2, 1.5, 2))
    secured = max((one.until for one in typed.budget if one.secured), default=None)
    if secured is not None:
        yield Paragraph(plain(say("report.secured_until", day=say.day(secured))))


def _disagreements(about: About, year: Year) -> Iterator[Block]:
    say, after = about.say, year.after
    standing = [one for one in after.disagreements.values() if one.state != "closed"]
    yield Heading(say("report.disagreements"))
    yield Particulars(
        (
            (say("report.raised"), plain(str(sum(1 for _ in year.events("disagreement_raised"))))),
            (say("report.closed"), plain(str(sum(1 for _ in year.events("disagreement_closed"))))),
            (say("report.standing"), plain(str(len(standing)))),
            (say("report.blocking"), plain(str(sum(1 for one in standing if one.blocks)))),
        )
    )
    yield Paragraph(plain(say("report.sealed")))


def _reviews(about: About, year: Year) -> Iterator[Block]:
    say, extent = about.say, about.reader.may("reviews")
    if extent is None:
        return
    rows = [
        (
            plain(say.day(one.closed_at or year.end)),
            plain(say(f"review.{one.kind}")),
            plain(str(len(one.changes))),
            plain(say("fact.true" if one.summary_published else "fact.false")),
        )
        for one in year.reviews
        if extent == "all" or one.summary_published
    ]
    yield Heading(say("report.reviews"))
    header = ("paper.day", "report.kind", "report.changes", "report.published")
    yield from _table(about, header, rows, (2, 4, 2, 2))


def _table(
    about: About,
    header: tuple[str, ...],
    rows: Sequence[tuple[Rich, ...]],
    widths: tuple[float, ...],
) -> Iterator[Block]:
    if not rows:
        yield Paragraph(plain(about.say("report.nothing")))
        return
    yield Table(tuple(about.say(key) for key in header), tuple(rows), widths)
