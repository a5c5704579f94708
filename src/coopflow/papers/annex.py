"""Entries of a journal quoted at the end of a paper, each where links can lead to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from coopflow.domain.chain import Record, digest
from coopflow.papers.about import About
from coopflow.papers.journal import instant_of, who
from coopflow.papers.lives import Life
from coopflow.papers.paper import Block, Heading, Paragraph, Particulars, Rich, Run, plain
from coopflow.papers.proofs import Proof
from coopflow.papers.sentences import Sentences


@dataclass
class Citations:
    """Says which entries prove something, and remembers them for the annex."""

    about: About
    seqs: set[int] = field(default_factory=set)

    @property
    def are_quoted(self) -> bool:
        """Whether the reader may read the entries, so that they stand in the annex."""
        return self.about.reader.sees_all("journal")

    def numbers(self, seqs: Iterable[int]) -> Rich:
        """Return the numbers of entries, as links to where they are quoted."""
        runs: list[Run] = []
        for seq in sorted(set(seqs)):
            self.seqs.add(seq)
            runs += [Run(", ", "quiet")] if runs else []
            runs.append(Run(str(seq), to=_anchor(seq) if self.are_quoted else None))
        return tuple(runs)

    def proved(self, proof: Proof) -> Rich:
        """Return what proves something, in words."""
        say = self.about.say
        runs: list[Run] = []
        if proof.entries:
            key = "proof.entry" if len(proof.entries) == 1 else "proof.entries"
            runs += [Run(say(key), "quiet"), *self.numbers(proof.entries)]
        if proof.looked_at is not None:
            key = "proof.beside" if proof.entries else "proof.absent"
            runs.append(Run(say(key, last=proof.looked_at), "quiet"))
        return tuple(runs)

    def annex(self, life: Life) -> Iterator[Block]:
        """Yield the entries that were cited, as they are quoted; to whom may read them."""
        if not self.are_quoted:
            yield Heading(self.about.say("annex.title"))
            yield Paragraph(plain(self.about.say("annex.withheld")))
            return
        yield Heading(self.about.say("annex.title"))
        yield Paragraph(plain(self.about.say("annex.how")))
        sentences = Sentences(self.about, life.state)
        for seq in sorted(self.seqs):
            yield from _quoted(self.about, sentences, life.record(seq))


def _anchor(seq: int) -> str:
    return f"entry-{seq}"


def _quoted(about: About, sentences: Sentences, record: Record) -> Iterator[Block]:
    say = about.say
    event = record["event"]
    title = say("annex.entry", seq=record["seq"], at=say.clock(instant_of(record)))
    yield Heading(title, level=2, anchor=_anchor(record["seq"]))
    yield Paragraph(plain(f"{sentences.of(record)}."))
    told = digest(record) if "previous" in record else "–"
    fields = {name: value for name, value in event.items() if name != "type"}
    rows: list[tuple[str, Rich]] = [
        (say("journal.who"), plain(who(about, record))),
        (say("annex.event"), (Run(event["type"], "mono"),)),
        (say("journal.digest"), (Run(told, "mono"),)),
    ]
    rows += [(path, plain(value)) for path, value in _flat(fields)]
    yield Particulars(tuple(rows), is_small=True)


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the parts of a JSON value with their paths: ``content.goals.territory``."""
    if isinstance(value, dict) and value:
        for name, one in value.items():
            yield from _flat(one, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value and not all(isinstance(one, str) for one in value):
        for index, one in enumerate(value):
            yield from _flat(one, f"{path}[{index}]")
    elif isinstance(value, list):
        yield path, ", ".join(value) or "–"
    elif isinstance(value, bool) or value is None:
        yield path, {True: "true", False: "false", None: "null"}[value]
    elif value != {}:
        yield path, str(value)
