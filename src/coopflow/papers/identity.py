"""The identity sheet of a cooperation: who it is, on one page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from coopflow.domain.state import Document
from coopflow.papers.about import About
from coopflow.papers.paper import (
    Block,
    Bullets,
    Heading,
    Notice,
    Paper,
    Paragraph,
    Particulars,
    Rich,
    Table,
    plain,
    texts,
)


def identity_sheet(about: About) -> Paper:
    """Return the identity sheet: the version that was adopted last, else what is known without.

    Args:
        about: the cooperation, and for whom.
    """
    say, document = about.say, about.version_of("identity_sheet")
    lead = say("paper.as_of", day=say.day(about.at))
    if document is not None:
        status = say(f"version.{document.status}")
        lead = say("paper.version", version=document.version, status=status)
        if document.approved_at is not None:
            lead += ", " + say("paper.adopted_on", day=say.day(document.approved_at))
    blocks = (*_sheet(about, document), *_cooperation(about), *_members(about))
    return about.paper(say("sheet.title"), blocks, lead=lead)


def _sheet(about: About, document: Document | None) -> Iterator[Block]:
    say = about.say
    if document is None:
        yield Notice(plain(say("sheet.absent")))
        return
    if document.approved_at is None:
        yield Notice(plain(say("sheet.draft")))
    content = document.content
    yield Heading(say("sheet.transformation"))
    yield Paragraph(_stated(about, content, "transformation"))
    for name in ("beneficiaries", "levers"):
        yield Heading(say(f"sheet.{name}"))
        yield _listed(about, content, name)
    goals = content.get("goals", {})
    yield Heading(say("sheet.goals"))
    yield Particulars(
        tuple(
            (say(f"sheet.{name}"), _stated(about, goals, name))
            for name in ("inhabitants", "territory", "collective")
        )
    )
    yield Heading(say("sheet.means"))
    holder, start = content.get("support_holder"), content.get("start")
    yield Particulars(
        (
            (say("sheet.support"), plain(_named(about, holder))),
            (say("sheet.start"), plain(_day(about, start))),
            (say("sheet.contact"), _stated(about, content, "public_contact")),
            (say("sheet.funders"), plain(say.several(list(content.get("funders", ()))) or "–")),
        )
    )


def _cooperation(about: About) -> Iterator[Block]:
    say, state, names = about.say, about.state, about.names
    since = state.stage_since or about.at
    stage = say("sheet.since", stage=names.stage(state.stage), day=say.day(since))
    yield Heading(say("sheet.cooperation"))
    rows = [
        (say("sheet.issue"), plain(state.issue)),
        (say("sheet.where"), plain(state.territory)),
        (say("sheet.stage"), plain(stage)),
        (say("sheet.levels"), plain(about.teller.levels(state.levels))),
        (say("head.mandate"), plain(_mandate(about))),
    ]
    yield Particulars(tuple(rows))


def _mandate(about: About) -> str:
    say, mandate = about.say, about.state.mandate
    if mandate is None:
        return say("paper.nobody")
    holder, end = _named(about, mandate.holder), mandate.ends_on
    return holder + (say("told.until", until=say.day(end)) if end else "")


def _members(about: About) -> Iterator[Block]:
    say = about.say
    yield Heading(say("sheet.members"))
    active = about.active
    if not active:
        yield Paragraph(plain(say("charter.no_members")))
        return
    yield Table(
        header=(say("paper.organisation"), say("sheet.category")),
        rows=tuple((plain(one.name), plain(say(f"category.{one.category}"))) for one in active),
        widths=(3, 2),
    )


def _stated(about: About, content: dict[str, Any], name: str) -> Rich:
    return plain(str(content.get(name) or about.say("paper.unstated")))


def _listed(about: About, content: dict[str, Any], name: str) -> Block:
    items = content.get(name, ())
    return Bullets(texts(items)) if items else Paragraph(plain(about.say("paper.unstated")))


def _named(about: About, organisation: str | None) -> str:
    if organisation is None:
        return about.say("paper.unstated")
    return about.teller.organisation(organisation)


def _day(about: About, day: str | None) -> str:
    return about.say.day(date.fromisoformat(day)) if day else about.say("paper.unstated")
