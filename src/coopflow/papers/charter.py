"""A version of the charter, with lines to sign on and those who have signed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from coopflow.domain.chain import canonical
from coopflow.domain.state import Document
from coopflow.papers.about import About, NoSuchPaperError
from coopflow.papers.lives import Life, Mention, Written
from coopflow.papers.paper import (
    Block,
    Bullets,
    Heading,
    Notice,
    Paper,
    Paragraph,
    Particulars,
    Rich,
    Run,
    Table,
    plain,
    texts,
)

_ROOM: Final = 42
"""How high a line to sign on is, in points."""


def charter(about: About, life: Life, version: int | None = None) -> Paper:
    """Return a version of the charter to sign.

    Args:
        about: the cooperation, and for whom.
        life: its journal.
        version: which; by default the newest that was adopted, else the newest draft.

    Raises:
        NoSuchPaperError: there is no such version, or it is not for the reader.
    """
    say, document = about.say, about.version_of("charter", version)
    if document is None:
        raise NoSuchPaperError("unknown_document")
    is_told = about.reader.sees_all("journal")
    written = life.written("charter", document.version) if is_told else Written()
    blocks = (
        *_standing(about, document),
        *_content(about, document.content),
        *_signatures(about, document, written),
        *_reference(about, document, written),
    )
    lead = say("charter.lead", version=document.version)
    return about.paper(say("charter.title"), blocks, lead=lead)


def text_digest(content: Mapping[str, Any]) -> str:
    """Return the digest of the text of a version: the SHA-256 of its canonical JSON."""
    return hashlib.sha256(canonical(dict(content))).hexdigest()


def _standing(about: About, document: Document) -> Iterator[Block]:
    if document.approved_at is None:
        yield Notice(plain(about.say("charter.not_adopted")))
    elif document.status == "superseded":
        yield Notice(plain(about.say("charter.superseded")))


def _content(about: About, content: dict[str, Any]) -> Iterator[Block]:
    say = about.say
    yield from _text(about, content, "purpose")
    yield from _points(about, content, "principles")
    yield Heading(say("charter.commitments"))
    yield _commitments(about, content.get("commitments", ()))
    yield Heading(say("charter.bodies"))
    yield _table(
        about,
        ("body", "composition", "mandate"),
        [(one["name"], one["composition"], one["mandate"]) for one in content.get("bodies", ())],
        (2, 3, 3),
    )
    yield from _points(about, content, "roles")
    yield Heading(say("charter.decision_rules"))
    yield _table(
        about,
        ("subject", "rule", "quorum", "fallback"),
        [
            (one["subject"], say.rule(one["rule"]), str(one["quorum"]), say.rule(one["fallback"]))
            for one in content.get("decision_rules", ())
        ],
        (3, 3, 1.2, 3),
    )
    vetoes = content.get("vetoes", ())
    if vetoes:
        yield Heading(say("charter.vetoes"))
        named = about.teller.organisation
        rows = [(named(one["holder"]), say.several(list(one["subjects"]))) for one in vetoes]
        yield _table(about, ("holder", "subjects"), rows, (2, 3))
    for name in (
        "joining",
        "leaving",
        "exclusion",
        "disagreement_procedure",
        "confidentiality",
        "data_sharing",
        "amendment_rule",
    ):
        yield from _text(about, content, name)
    end = content.get("term_end")
    yield Heading(say("charter.term_end"))
    stated = say.day(date.fromisoformat(end)) if end else say("paper.unstated")
    yield Paragraph(plain(stated))


def _text(about: About, content: dict[str, Any], name: str) -> Iterator[Block]:
    yield Heading(about.say(f"charter.{name}"))
    yield Paragraph(plain(content.get(name) or about.say("paper.unstated")))


def _points(about: About, content: dict[str, Any], name: str) -> Iterator[Block]:
    yield Heading(about.say(f"charter.{name}"))
    points = content.get(name)
    yield Bullets(texts(points)) if points else Paragraph(plain(about.say("paper.unstated")))


def _commitments(about: About, commitments: Any) -> Block:
    rows = [
        (about.teller.organisation(one["member"]), one["text"], one.get("resource") or "–")
        for one in commitments
    ]
    header = ("organisation", "commitment", "resource")
    return _table(about, header, rows, (2, 3, 2))


def _table(
    about: About,
    columns: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    widths: tuple[float, ...],
) -> Block:
    say = about.say
    if not rows:
        return Paragraph(plain(say("paper.unstated")))
    header = tuple(
        say("paper.organisation") if one == "organisation" else say(f"charter.{one}")
        for one in columns
    )
    return Table(header, tuple(texts(row) for row in rows), widths)


# --- signatures -----------------------------------------------------------------------------------


def _signatures(about: About, document: Document, written: Written) -> Iterator[Block]:
    say = about.say
    active = about.active
    missing = [one for one in active if one.id not in document.signatures]
    yield Heading(say("charter.signatures"))
    if document.signatures:
        yield Heading(say("charter.signed"), level=2)
        yield _signed(about, document, written)
    if missing and document.approved_at is not None:
        yield Heading(say("charter.to_sign"), level=2)
        header = tuple(
            say(key)
            for key in (
                "paper.organisation",
                "charter.name",
                "charter.day",
                "charter.signature",
            )
        )
        rows = tuple((plain(one.name), plain(""), plain(""), plain("")) for one in missing)
        yield Table(header, rows, (3, 3, 1.4, 3), height=_ROOM)
    elif missing:
        yield Paragraph(plain(say("charter.not_adopted")))
    else:
        yield Paragraph(plain(say("charter.all_signed" if active else "charter.no_members")))


def _signed(about: About, document: Document, written: Written) -> Block:
    say, named = about.say, about.teller.organisation
    if not written.signed:
        return Bullets(texts(named(one) for one in document.signatures))
    header = (say("paper.organisation"), say("charter.signed_on"), say("charter.by_entry"))
    rows = []
    for one in document.signatures:
        mention = written.signed.get(one)
        when = say.clock(mention.at) if mention else "–"
        rows.append((plain(named(one)), plain(when), _mention(mention)))
    return Table(header, tuple(rows), (3, 2, 3))


def _mention(mention: Mention | None) -> Rich:
    if mention is None:
        return plain("–")
    return (Run(f"{mention.seq} "), Run((mention.digest or "")[:16], "mono"))


def _reference(about: About, document: Document, written: Written) -> Iterator[Block]:
    say = about.say
    adopted = say.day(document.approved_at) if document.approved_at else "–"
    rows = [
        (say("charter.version"), plain(str(document.version))),
        (say("charter.status"), plain(say(f"version.{document.status}"))),
        (say("charter.adopted"), plain(adopted)),
    ]
    if document.in_force_at is not None:
        rows.append((say("charter.in_force"), plain(say.day(document.in_force_at))))
    rows.append((say("charter.digest"), (Run(text_digest(document.content), "mono"),)))
    drafted = written.drafted
    if drafted is not None:
        told = say("charter.entry_of", seq=drafted.seq, day=say.day(drafted.at))
        rows.append((say("charter.entry"), (Run(f"{told} "), Run(drafted.digest or "–", "mono"))))
    yield Heading(say("charter.reference"))
    yield Particulars(tuple(rows))
