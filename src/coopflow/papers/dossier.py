"""The dossier of a gate: what was judged, with the entries of the journal that prove it."""

from __future__ import annotations

from collections.abc import Iterator

from coopflow.domain.conditions import FactRead
from coopflow.domain.explanation import CriterionFinding, Examination, examine
from coopflow.domain.rulebook import Rulebook
from coopflow.papers.about import About, NoSuchPaperError
from coopflow.papers.annex import Citations
from coopflow.papers.journal import instant_of
from coopflow.papers.lives import Life
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
from coopflow.papers.proofs import Proof, Proofs
from coopflow.papers.sentences import Sentences
from coopflow.papers.stages import lifecycle_drawn

_ENTERING = ("cooperation_opened", "gate_passed", "fell_back")
_OF_GATES = (
    "gate_requested",
    "ratification_opened",
    "gate_passed",
    "reservation_made",
    "waiver_requested",
    "waiver_adopted",
    "waiver_cosigned",
    "waiver_dropped",
)


def focused(life: Life, gate: str) -> Life:
    """Return a life as a dossier looks at it: before the gate was requested last, else as it is."""
    requests = _requests(life, gate)
    return life.before(requests[-1]) if requests else life


def dossier(about: About, life: Life, gate: str) -> Paper:
    """Return the dossier of a gate as a life stands.

    Args:
        about: the cooperation as it stood when the gate was requested last, or stands; for whom.
        life: the whole journal, also of what came of the request.
        gate: the id of the gate.

    Raises:
        NoSuchPaperError: there is no such gate, or gates are not for the reader.
    """
    rules = about.rules
    if rules is None or about.reader.may("gates") is None:
        raise NoSuchPaperError
    known = rules.lifecycle.gate(gate)
    if known is None:
        raise NoSuchPaperError("unknown_gate")
    looked = life.before(about.state.seq + 1)
    return _Dossier(about, rules, life, looked, examine(about.state, gate, about.at, rules)).paper()


class _Dossier:
    """A dossier while it is written: what it cites is quoted at its end."""

    def __init__(
        self, about: About, rules: Rulebook, life: Life, looked: Life, found: Examination
    ) -> None:
        self._about = about
        self._say = about.say
        self._rules = rules
        self._life = life
        self._looked = looked
        self._found = found
        self._cited = Citations(about)
        self._proofs = Proofs(looked.entries, about.state, rules)
        # The request that this is about follows what was looked at.
        after = life.entries[about.state.seq :][:1]
        is_request = bool(after) and after[0].seq in _requests(life, found.gate)
        self._request = (after[0].seq,) if is_request else ()

    def paper(self) -> Paper:
        say, found = self._say, self._found
        key = "dossier.requested" if self._request else "dossier.as_of"
        blocks = (
            *self._verdict(),
            *self._levels(),
            *self._findings("dossier.guards", found.guards),
            *self._conditions(),
            *self._ways(),
            *self._findings("dossier.advice", found.advice),
            *self._history(),
        )
        annex = tuple(self._cited.annex(self._life))
        title = say("dossier.title", gate=say.label(found.label))
        return self._about.paper(
            title, (*blocks, *annex), lead=say(key, at=say.moment(found.at)), contents=True
        )

    def _verdict(self) -> Iterator[Block]:
        say, found, about = self._say, self._found, self._about
        yield Heading(say("dossier.verdict"))
        proof = Proof(self._request) if self._request else None
        entered = Proof(self._proofs.latest(*_ENTERING))
        applied = Proof(self._proofs.latest("cooperation_opened", "policy_applied"))
        verdict = say(f"verdict.{found.result}")
        policy = f"{say.label(self._rules.policy.label)} ({about.state.policy})"
        rows = [
            (say("dossier.result"), (Run(verdict, "strong"), *self._proved(proof))),
            (say("sheet.stage"), self._stated(about.names.stage(found.stage), entered)),
            (say("head.policy"), self._stated(policy, applied)),
        ]
        for one in found.blocked_by:
            block = Proof(
                (
                    *self._proofs.latest("disagreement_raised", about=(one,)),
                    *self._proofs.latest("disagreement_triaged", about=(one,)),
                )
            )
            rows.append((say("dossier.blocked_by"), self._stated(one, block)))
        yield Particulars(tuple(rows))
        yield Paragraph(plain(say("dossier.how")))
        drawn = lifecycle_drawn(about)
        if drawn is not None:
            yield drawn

    def _levels(self) -> Iterator[Block]:
        say, found = self._say, self._found
        yield Heading(say("dossier.levels"))
        header = tuple(
            say(f"dossier.{key}") for key in ("condition", "reached", "asked", "short", "proof")
        )
        rows = []
        for condition in self._rules.policy.conditions:
            level, asked = found.levels[condition.id], found.minima.get(condition.id, 0)
            lacking = found.short.get(condition.id, 0)
            proof = self._proved(Proof(self._request)) or plain(say("dossier.below"))
            rows.append(
                (
                    (Run(f"{condition.letter} ", "strong"), Run(say.label(condition.label))),
                    plain(str(level)),
                    plain(str(asked)),
                    plain(say("dossier.lacking", count=lacking) if lacking else "–"),
                    proof,
                )
            )
        yield Table(header, tuple(rows), (4, 1.2, 1.2, 1.6, 2.4))

    def _conditions(self) -> Iterator[Block]:
        for condition in self._rules.policy.conditions:
            of_it = tuple(one for one in self._found.criteria if one.condition == condition.id)
            label = f"{condition.letter} – {self._say.label(condition.label)}"
            yield from self._findings(None, of_it, label)

    def _findings(
        self, key: str | None, findings: tuple[CriterionFinding, ...], label: str = ""
    ) -> Iterator[Block]:
        say = self._say
        if not findings:
            return
        yield Heading(say(key) if key else label)
        is_leveled = any(one.level is not None for one in findings)
        header = [say("dossier.criterion"), say("dossier.met"), say("dossier.facts")]
        rows = [self._finding(one) for one in findings]
        if is_leveled:
            header = [say("dossier.level"), *header]
            rows = [(plain(str(one.level)), *row) for one, row in zip(findings, rows, strict=True)]
        widths = (3.2, 1.5, 5.3)
        yield Table(tuple(header), tuple(rows), (0.9, *widths) if is_leveled else widths)

    def _finding(self, one: CriterionFinding) -> tuple[Rich, ...]:
        say = self._say
        key = "met" if one.met else "waived" if one.waived else "stale" if one.stale else "unmet"
        facts: list[Run] = []
        for fact in one.facts:
            facts += [Run("\n")] if facts else []
            facts += self._fact(fact)
        if one.error is not None:
            facts.append(Run("\n" + say("gate.not_computed", error=one.error)))
        if one.missing is not None and not one.met:
            facts.append(Run("\n" + say("dossier.missing", what=say.label(one.missing)), "strong"))
        return plain(say.label(one.label)), plain(say(f"dossier.is_{key}")), tuple(facts)

    def _fact(self, fact: FactRead) -> Rich:
        say = self._say
        value = say.value(fact.value)
        if self._rules.queries[fact.name].is_share and isinstance(fact.value, float):
            value = say.share(fact.value)
        told = say("dossier.fact", label=say.label(fact.label), value=value)
        if fact.reason is not None:
            told += f" ({say.label(fact.reason)})"
        return (Run(told), *self._proved(self._proofs.of(fact)))

    def _ways(self) -> Iterator[Block]:
        say, found = self._say, self._found
        if not found.unmet:
            return
        yield Heading(say("gate.shortest"))
        offers = {one.id: one for one in found.remedies}
        if found.blocked_by:
            yield Notice(plain(say("gate.unblock", disagreements=say.several([*found.blocked_by]))))
        if found.shortest:
            yield Bullets(texts(say.label(offers[slug].label) for slug in found.shortest))
        elif not found.blocked_by:
            yield Paragraph(plain(say("gate.no_way")))

    def _history(self) -> Iterator[Block]:
        """Yield what was asked and decided at this gate, from the first time to the last."""
        say, sentences = self._say, Sentences(self._about, self._life.state)
        rows = []
        for entry in self._life.entries:
            if not self._is_of_gate(entry.event.type, dict(entry.event)):
                continue
            record = self._life.record(entry.seq)
            rows.append(
                (
                    self._cited.numbers((entry.seq,)),
                    plain(say.clock(instant_of(record))),
                    plain(sentences.of(record)),
                )
            )
        yield Heading(say("dossier.history"))
        if not rows:
            yield Paragraph(plain(say("dossier.never")))
            return
        header = tuple(
            say(f"journal.{key}", zone=say.zone_name) for key in ("number", "when", "what")
        )
        yield Table(header, tuple(rows), (0, 2, 6))

    def _is_of_gate(self, kind: str, fields: dict[str, object]) -> bool:
        gate = self._found.gate
        if kind in {"decision_closed", "decision_opened"}:
            return fields["subject"] in {f"gate:{gate}", f"waiver:{gate}"}
        if kind == "gate_requested":
            return getattr(fields["verdict"], "gate", None) == gate
        return kind in _OF_GATES and fields.get("gate") == gate

    def _stated(self, text: str, proof: Proof) -> Rich:
        return (Run(text), *self._proved(proof))

    def _proved(self, proof: Proof | None) -> Rich:
        if proof is None or proof == Proof():
            return ()
        return (Run(" ["), *self._cited.proved(proof), Run("]"))


def _requests(life: Life, gate: str) -> list[int]:
    return [
        entry.seq
        for entry in life.entries
        if entry.event.type == "gate_requested" and dict(entry.event)["verdict"].gate == gate
    ]
