"""Decision rules: their shapes, and how ballots are counted under each, in exact fractions."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BeforeValidator, Field

from coopflow.domain.base import Label, Ratio, Shape, Share, Slug

HALF: Final = Fraction(1, 2)


class Tally(Shape):
    """The ballots of one decision, ready to be counted.

    ``electors`` are the organisations that may answer (n of them), ``choices`` what those who
    answered chose, ``colleges`` the college of each elector that has one, ``open_objections``
    those neither integrated nor withdrawn nor classed as a concern.
    """

    electors: tuple[Slug, ...]
    choices: dict[Slug, str]
    colleges: dict[Slug, Slug] = Field(default_factory=dict)
    open_objections: tuple[Slug, ...] = ()

    def count(self, choice: str) -> int:
        """Return how many chose this."""
        return sum(1 for chosen in self.choices.values() if chosen == choice)

    @property
    def answers(self) -> int:
        """P, the number of all answers."""
        return len(self.choices)

    @property
    def electorate(self) -> int:
        """Return n, the size of the electorate."""
        return len(self.electors)


class Count(Shape):
    """Whether a rule adopts, and the arithmetic in words."""

    adopts: bool
    arithmetic: Label


def _said(adopts: bool, words: str, words_fr: str) -> Count:  # noqa: FBT001 - the one fact it states
    # Journals hold these words, and a replay has to come to the same: they stay as they are, and
    # are put otherwise where they are read (``wording.agreement``).
    return Count(adopts=adopts, arithmetic=Label(en=words, fr=words_fr))


def _is_tie(yes: Fraction | int, no: Fraction | int, threshold: Fraction) -> bool:
    return yes == no and threshold >= HALF


class _Rule(Shape):
    """What every rule states: what may be chosen, and whether it may close before its deadline."""

    choices: ClassVar[tuple[str, ...]] = ("yes", "no", "abstain")

    may_close_early: ClassVar[bool] = True

    needs_quorum: ClassVar[bool] = True


class Consent(_Rule):
    """Adopted when no objection is left open."""

    name: Literal["consent"] = "consent"

    choices: ClassVar[tuple[str, ...]] = ("consent", "concern", "objection", "abstain")

    may_close_early: ClassVar[bool] = False

    def count(self, tally: Tally) -> Count:
        """Count open objections; silence and abstention are no objections."""
        left = len(tally.open_objections)
        return _said(
            left == 0,
            f"{left} objection(s) left open, none allowed; {tally.count('consent')} consent, "
            f"{tally.count('concern')} concern(s), {tally.count('abstain')} abstain",
            f"{left} objection(s) encore ouverte(s), aucune n'est admise ; "
            f"{tally.count('consent')} consentement(s), {tally.count('concern')} réserve(s), "
            f"{tally.count('abstain')} abstention(s)",
        )


class Consensus(_Rule):
    """Adopted with a yes, no block, and few who stand aside."""

    name: Literal["consensus"] = "consensus"
    stand_aside: Share = Fraction(1, 4)

    choices: ClassVar[tuple[str, ...]] = ("yes", "stand_aside", "block", "abstain")

    def count(self, tally: Tally) -> Count:
        """Y ≥ 1, no block, and those who stand aside at most their share of the answers."""
        yes, aside, block = (tally.count(choice) for choice in ("yes", "stand_aside", "block"))
        return _said(
            yes >= 1 and block == 0 and aside <= self.stand_aside * tally.answers,
            f"{yes} yes (at least 1), {block} block (none allowed), {aside} stand aside of "
            f"{tally.answers} answers (at most {self.stand_aside})",
            f"{yes} oui (au moins 1), {block} blocage (aucun n'est admis), {aside} en retrait sur "
            f"{tally.answers} réponses (au plus {self.stand_aside})",
        )


class SimpleMajority(_Rule):
    """Adopted when more say yes than no."""

    name: Literal["simple_majority"] = "simple_majority"

    def count(self, tally: Tally) -> Count:
        """Y > N: a tie is no majority."""
        yes, no = tally.count("yes"), tally.count("no")
        return _said(
            yes > no,
            f"{yes} yes against {no} no, more yes needed",
            f"{yes} oui contre {no} non, il faut plus de oui",
        )


class AbsoluteMajority(_Rule):
    """Adopted when more than half of the electorate says yes."""

    name: Literal["absolute_majority"] = "absolute_majority"

    def count(self, tally: Tally) -> Count:
        """2Y > n."""
        yes, n = tally.count("yes"), tally.electorate
        return _said(
            2 * yes > n,
            f"{yes} yes of {n} electors, more than half needed",
            f"{yes} oui sur {n} votants, il en faut plus de la moitié",
        )


class QualifiedMajority(_Rule):
    """Adopted when yes reaches a share of the votes cast, or of the electorate."""

    name: Literal["qualified_majority"] = "qualified_majority"
    threshold: Share = Fraction(2, 3)
    base: Literal["cast", "electorate"] = "cast"

    def count(self, tally: Tally) -> Count:
        """Y ≥ threshold × (Y + N), or × n; at one half a tie is rejected all the same."""
        yes, no = tally.count("yes"), tally.count("no")
        whole = yes + no if self.base == "cast" else tally.electorate
        of, of_fr = (
            ("votes cast", "suffrages exprimés") if self.base == "cast" else ("electors", "votants")
        )
        return _said(
            whole > 0 and yes >= self.threshold * whole and not _is_tie(yes, no, self.threshold),
            f"{yes} yes of {whole} {of}, at least {self.threshold} needed",
            f"{yes} oui sur {whole} {of_fr}, il en faut au moins {self.threshold}",
        )


class Unanimity(_Rule):
    """Adopted when nobody says no; strictly, when everyone says yes."""

    name: Literal["unanimity"] = "unanimity"
    strict: bool = False

    def count(self, tally: Tally) -> Count:
        """N = 0 and Y ≥ 1; strict: Y = n."""
        yes, no, n = tally.count("yes"), tally.count("no"), tally.electorate
        adopts = yes == n and n > 0 if self.strict else no == 0 and yes >= 1
        needed, needed_fr = (
            ("every elector must say yes", "chaque votant doit dire oui")
            if self.strict
            else ("no one may say no", "personne ne doit dire non")
        )
        return _said(
            adopts,
            f"{yes} yes and {no} no of {n} electors, {needed}",
            f"{yes} oui et {no} non sur {n} votants, {needed_fr}",
        )


class Colleges(_Rule):
    """Adopted when the weighted results of the colleges pass a threshold."""

    name: Literal["colleges"] = "colleges"
    weights: Annotated[dict[Slug, Ratio], Field(min_length=1)]
    mode: Literal["winner_take_all", "proportional"] = "winner_take_all"
    threshold: Share = HALF

    def count(self, tally: Tally) -> Count:
        """Σ weight × result ÷ Σ weight > threshold, over the colleges that have electors."""
        present = {
            tally.colleges[elector] for elector in tally.electors if elector in tally.colleges
        }
        total, reached, parts = Fraction(0), Fraction(0), []
        for college, weight in sorted(self.weights.items()):
            if college not in present:
                continue
            chosen = [
                choice
                for elector, choice in tally.choices.items()
                if tally.colleges.get(elector) == college
            ]
            yes, no = chosen.count("yes"), chosen.count("no")
            result = self._result(yes, no)
            total += weight
            reached += weight * result
            parts.append(f"{college} {weight} × {result} ({yes}/{no})")
        share = reached / total if total else Fraction(0)
        return _said(
            share > self.threshold,
            f"{' + '.join(parts) or 'no college has an elector'} = {share} of the weights, "
            f"more than {self.threshold} needed",
            f"{' + '.join(parts) or 'aucun collège n’a de votant'} = {share} des poids, "
            f"il en faut plus de {self.threshold}",
        )

    def _result(self, yes: int, no: int) -> Fraction:
        if self.mode == "proportional":
            return Fraction(yes, yes + no) if yes + no else Fraction(0)
        return Fraction(int(yes > no))


class Weighted(_Rule):
    """A qualified majority of weights, of which one counts for at most half of the total."""

    name: Literal["weighted"] = "weighted"
    weights: Annotated[dict[Slug, Ratio], Field(min_length=1)]
    threshold: Share = HALF
    base: Literal["cast", "electorate"] = "cast"

    def count(self, tally: Tally) -> Count:
        """As a qualified majority; an elector that the rule does not name weighs 1.

        No weight counts for more than all the others together, so for at most half of the total.
        """
        raw = {elector: self.weights.get(elector, Fraction(1)) for elector in tally.electors}
        others = sum(raw.values(), Fraction(0)) - max(raw.values(), default=Fraction(0))
        cap = others if len(raw) > 1 else Fraction(1)
        weight = {elector: min(value, cap) for elector, value in raw.items()}
        yes, no = (
            sum((weight[e] for e, chosen in tally.choices.items() if chosen == choice), Fraction(0))
            for choice in ("yes", "no")
        )
        whole = yes + no if self.base == "cast" else sum(weight.values(), Fraction(0))
        return _said(
            whole > 0 and yes >= self.threshold * whole and not _is_tie(yes, no, self.threshold),
            f"weights: {yes} yes of {whole}, at least {self.threshold} needed; "
            f"one weight counts for at most {cap}",
            f"poids : {yes} oui sur {whole}, il en faut au moins {self.threshold} ; "
            f"un poids compte pour {cap} au plus",
        )


class Silence(_Rule):
    """Adopted when nobody objects in time; the first objection turns it into consent."""

    name: Literal["silence"] = "silence"

    choices: ClassVar[tuple[str, ...]] = ("objection",)

    may_close_early: ClassVar[bool] = False

    needs_quorum: ClassVar[bool] = False

    def count(self, tally: Tally) -> Count:
        """Count objections: an objection would have turned the rule into consent before."""
        left = len(tally.open_objections)
        return _said(
            left == 0,
            f"{left} objection(s), none allowed; silence counts as agreement here",
            f"{left} objection(s), aucune n'est admise ; le silence vaut ici accord",
        )


def _named(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


Rule = Annotated[
    Annotated[
        Consent
        | Consensus
        | SimpleMajority
        | AbsoluteMajority
        | QualifiedMajority
        | Unanimity
        | Colleges
        | Weighted
        | Silence,
        Field(discriminator="name"),
    ],
    BeforeValidator(_named),
]
"""A decision rule, written as its name or as a mapping with its parameters."""

RULE_LABELS: Final[Mapping[str, Label]] = {
    "consent": Label(en="consent", fr="consentement"),
    "consensus": Label(en="consensus", fr="consensus"),
    "simple_majority": Label(en="simple majority", fr="majorité simple"),
    "absolute_majority": Label(en="absolute majority", fr="majorité absolue"),
    "qualified_majority": Label(en="qualified majority", fr="majorité qualifiée"),
    "unanimity": Label(en="unanimity", fr="unanimité"),
    "colleges": Label(en="colleges", fr="collèges"),
    "weighted": Label(en="weighted vote", fr="vote pondéré"),
    "silence": Label(en="silence", fr="silence"),
}
"""What each rule is called."""

RULE_NAMES: Final = tuple(RULE_LABELS)

_BASES: Final[Mapping[str, Label]] = {
    "cast": Label(en="of the votes cast", fr="des suffrages exprimés"),
    "electorate": Label(en="of the electors", fr="du corps électoral"),
}
_MODES: Final[Mapping[str, Label]] = {
    "winner_take_all": Label(en="winner takes all", fr="tout au vainqueur"),
    "proportional": Label(en="in proportion", fr="au prorata"),
}


def rule_words(rule: Rule) -> Label:
    """Name a rule with all of its parameters: rules that differ have different words."""
    named, en, fr = RULE_LABELS[rule.name], [], []
    if isinstance(rule, Consensus):
        en.append(f"at most {rule.stand_aside} stand aside")
        fr.append(f"au plus {rule.stand_aside} en retrait")
    if isinstance(rule, Unanimity) and rule.strict:
        en.append("every elector says yes")
        fr.append("chaque votant dit oui")
    if isinstance(rule, QualifiedMajority | Weighted):
        base = _BASES[rule.base]
        en.append(f"at least {rule.threshold} {base.en}")
        fr.append(f"au moins {rule.threshold} {base.fr}")
    if isinstance(rule, Colleges):
        mode = _MODES[rule.mode]
        en.append(f"more than {rule.threshold} of the weights, {mode.en}")
        fr.append(f"plus de {rule.threshold} des poids, {mode.fr}")
    if isinstance(rule, Colleges | Weighted):
        weights = ", ".join(f"{who} {weight}" for who, weight in sorted(rule.weights.items()))
        en.append(f"weights {weights}")
        fr.append(f"poids {weights}")
    return Label(
        en=f"{named.en} ({', '.join(en)})" if en else named.en,
        fr=f"{named.fr} ({', '.join(fr)})" if fr else named.fr,
    )


class Outcome(Shape):
    """How a decision ended, and the arithmetic that led to it."""

    result: Literal["adopted", "rejected", "lapsed", "void"]
    arithmetic: Label


def settle(rule: Rule, quorum: Fraction, tally: Tally) -> Outcome:
    """Decide an outcome from the ballots alone.

    Args:
        rule: how to count.
        quorum: the share of the electorate that must have answered, for rules that need one.
        tally: the ballots; answers of those who are no electors must not be in it.
    """
    n, answers = tally.electorate, tally.answers
    if n == 0:
        return Outcome(
            result="void",
            arithmetic=Label(en="nobody was left in the electorate", fr="il ne reste aucun votant"),
        )
    # Silence is never consent: without any answer even a quorum of 0 is not reached.
    if rule.needs_quorum and (answers < quorum * n or answers == 0):
        return Outcome(
            result="lapsed",
            arithmetic=Label(
                en=f"{answers} of {n} answered, quorum {quorum} not reached",
                fr=f"{answers} réponses sur {n}, quorum de {quorum} non atteint",
            ),
        )
    count = rule.count(tally)
    held, held_fr = (
        (
            f"{answers} of {n} answered, quorum {quorum} reached; ",
            f"{answers} réponses sur {n}, quorum de {quorum} atteint ; ",
        )
        if rule.needs_quorum
        else ("", "")
    )
    return Outcome(
        result="adopted" if count.adopts else "rejected",
        arithmetic=Label(en=held + count.arithmetic.en, fr=held_fr + count.arithmetic.fr),
    )


def colleges_of(members: Mapping[str, Any]) -> dict[str, str]:
    """Return the college of each member that has one, in the order of the members."""
    return {slug: member.college for slug, member in members.items() if member.college}
