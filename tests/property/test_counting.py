"""Counting rules against a second implementation, written from the contract alone."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from coopflow.domain.voting import Outcome, Rule, Tally, settle

RULE: Final[TypeAdapter[Rule]] = TypeAdapter(Rule)
ELECTORS: Final = tuple("abcdefg")
COLLEGES: Final = ("public", "civil", "business")
VOTES: Final = ("yes", "no", "abstain")
CHOICES: Final = {
    "consent": ("consent", "concern", "objection", "abstain"),
    "consensus": ("yes", "stand_aside", "block", "abstain"),
    "silence": ("objection",),
}
QUORUMS: Final = tuple(Fraction(share) for share in ("0", "1/4", "1/3", "1/2", "2/3", "3/4", "1"))

# --- the second implementation --------------------------------------------------------------------


class Votes:
    """What the second implementation counts: a rule as it is written, and the answers."""

    def __init__(self, rule: dict[str, Any], quorum: Fraction, tally: Tally) -> None:
        self.rule = rule
        self.quorum = quorum
        self.n = len(tally.electors)
        self.electors = tally.electors
        self.answers = dict(tally.choices)
        self.colleges = dict(tally.colleges)
        self.open_objections = len(tally.open_objections)

    def those(self, choice: str) -> list[str]:
        """Return who gave an answer."""
        return [who for who, answer in self.answers.items() if answer == choice]

    @property
    def y(self) -> int:
        """Y of the contract."""
        return len(self.those("yes"))

    @property
    def no(self) -> int:
        """N of the contract."""
        return len(self.those("no"))

    @property
    def p(self) -> int:
        """P of the contract."""
        return len(self.answers)


def reaches(share: Fraction, part: Fraction | int, whole: Fraction | int) -> bool:
    return share.denominator * part >= share.numerator * whole


def by_share(votes: Votes, part: Fraction, against: Fraction, everyone: Fraction) -> bool:
    """Decide a qualified majority of heads or of weights."""
    threshold = Fraction(votes.rule["threshold"])
    if part == against and 2 * threshold >= 1:
        return False  # at half or more a tie is rejected
    if votes.rule.get("base", "cast") == "electorate":
        return reaches(threshold, part, everyone)
    return part + against > 0 and reaches(threshold, part, part + against)


def by_heads(votes: Votes) -> bool:
    return by_share(votes, Fraction(votes.y), Fraction(votes.no), Fraction(votes.n))


def by_weights(votes: Votes) -> bool:
    written = {who: Fraction(weight) for who, weight in votes.rule["weights"].items()}
    weights = {who: written.get(who, Fraction(1)) for who in votes.electors}
    total = sum(weights.values(), Fraction(0))
    # Nobody outweighs all the others together; who is alone outweighs nobody.
    alone = len(weights) == 1
    counted = {who: w if alone else min(w, total - w) for who, w in weights.items()}

    def of(choice: str) -> Fraction:
        return sum((counted[who] for who in votes.those(choice)), Fraction(0))

    return by_share(votes, of("yes"), of("no"), sum(counted.values(), Fraction(0)))


def by_colleges(votes: Votes) -> bool:
    weights = {name: Fraction(weight) for name, weight in votes.rule["weights"].items()}
    peopled = {name for name in weights if name in votes.colleges.values()}
    there = sum((weights[name] for name in peopled), Fraction(0))
    if there == 0:
        return False
    absent = sum((weights[name] for name in weights if name not in peopled), Fraction(0))
    reached = Fraction(0)
    for name in peopled:
        yes = sum(1 for who in votes.those("yes") if votes.colleges.get(who) == name)
        no = sum(1 for who in votes.those("no") if votes.colleges.get(who) == name)
        # An empty college's weight goes to the others in proportion to theirs.
        weight = weights[name] + absent * weights[name] / there
        if votes.rule["mode"] == "proportional":
            reached += weight * (Fraction(yes, yes + no) if yes + no else 0)
        else:
            reached += weight * (yes > no)
    return reached > Fraction(votes.rule["threshold"]) * sum(weights.values(), Fraction(0))


ADOPTS: Final[dict[str, Callable[[Votes], bool]]] = {
    "consent": lambda v: v.open_objections == 0,
    "consensus": lambda v: (
        v.y >= 1 and not v.those("block") and 4 * len(v.those("stand_aside")) <= v.p
    ),
    "simple_majority": lambda v: v.y > v.no,
    "absolute_majority": lambda v: 2 * v.y > v.n,
    "qualified_majority": by_heads,
    "unanimity": lambda v: v.y == v.n if v.rule.get("strict") else v.no == 0 and v.y >= 1,
    "colleges": by_colleges,
    "weighted": by_weights,
    "silence": lambda v: v.open_objections == 0,
}


def expected(votes: Votes) -> str:
    name = votes.rule["name"]
    if votes.n == 0:
        return "void"
    # Silence is never consent: nobody at all is no quorum, however small.
    if name != "silence" and (votes.p == 0 or votes.p < votes.quorum * votes.n):
        return "lapsed"
    return "adopted" if ADOPTS[name](votes) else "rejected"


# --- what is counted ------------------------------------------------------------------------------

shares = st.sampled_from(["1/4", "1/3", "1/2", "3/5", "2/3", "3/4", "9/10", "1"])
weights = st.sampled_from(["1/2", "1", "3/2", "2", "3", "5", "12"])
bases = st.sampled_from(["cast", "electorate"])
plain = st.sampled_from(
    ["consent", "consensus", "simple_majority", "absolute_majority", "silence"]
).map(lambda name: {"name": name})
unanimity = st.fixed_dictionaries({"name": st.just("unanimity"), "strict": st.booleans()})
qualified = st.fixed_dictionaries(
    {"name": st.just("qualified_majority"), "threshold": shares, "base": bases}
)
weighted = st.fixed_dictionaries(
    {
        "name": st.just("weighted"),
        "weights": st.dictionaries(st.sampled_from(ELECTORS), weights, min_size=1),
        "threshold": shares,
        "base": bases,
    }
)
colleges = st.fixed_dictionaries(
    {
        "name": st.just("colleges"),
        "weights": st.dictionaries(st.sampled_from(COLLEGES), weights, min_size=1),
        "mode": st.sampled_from(["winner_take_all", "proportional"]),
        "threshold": shares,
    }
)
rules: st.SearchStrategy[dict[str, Any]] = st.one_of(
    plain, unanimity, qualified, weighted, colleges
)
voting_rules: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.sampled_from(["simple_majority", "absolute_majority"]).map(lambda name: {"name": name}),
    unanimity,
    qualified,
    weighted,
    colleges,
)


@st.composite
def tallies(draw: st.DrawFn, rule: dict[str, Any], *, least: int = 0) -> Tally:
    """Draw an electorate with its answers; objections of those who objected may be settled."""
    answers = st.none() | st.sampled_from(CHOICES.get(rule["name"], VOTES))
    groups = st.none() | st.sampled_from(COLLEGES)
    drawn = draw(
        st.lists(st.tuples(answers, groups, st.booleans()), min_size=least, max_size=len(ELECTORS))
    )
    people = dict(zip(ELECTORS, drawn, strict=False))
    return Tally(
        electors=tuple(people),
        choices={who: choice for who, (choice, _, _) in people.items() if choice is not None},
        colleges={who: group for who, (_, group, _) in people.items() if group is not None},
        open_objections=tuple(
            who for who, (choice, _, stands) in people.items() if choice == "objection" and stands
        ),
    )


@st.composite
def ballots(draw: st.DrawFn) -> tuple[dict[str, Any], Tally]:
    """Draw a rule and a tally that suits it."""
    rule = draw(rules)
    return rule, draw(tallies(rule))


@st.composite
def votes(
    draw: st.DrawFn, among: st.SearchStrategy[dict[str, Any]] = voting_rules
) -> tuple[dict[str, Any], Tally]:
    """Draw a rule of yes and no, and a tally that suits it, of one elector or more."""
    rule = draw(among)
    return rule, draw(tallies(rule, least=1))


def count(rule: dict[str, Any], quorum: Fraction, tally: Tally) -> Outcome:
    return settle(RULE.validate_python(rule), quorum, tally)


# --- properties -----------------------------------------------------------------------------------


@given(ballots(), st.sampled_from(QUORUMS))
def test_the_two_implementations_agree(
    ballot: tuple[dict[str, Any], Tally], quorum: Fraction
) -> None:
    """Every rule decides as the contract's formula does."""
    rule, tally = ballot
    assert count(rule, quorum, tally).result == expected(Votes(rule, quorum, tally))


@given(ballots(), st.sampled_from(QUORUMS))
def test_the_arithmetic_is_said_in_both_languages(
    ballot: tuple[dict[str, Any], Tally], quorum: Fraction
) -> None:
    """Every outcome says in French and in English how it came about."""
    rule, tally = ballot
    said = count(rule, quorum, tally).arithmetic
    assert said.fr != said.en
    assert said.fr
    assert said.en


@given(ballots(), st.sampled_from(QUORUMS), st.randoms(use_true_random=False))
def test_the_order_of_ballots_does_not_count(
    ballot: tuple[dict[str, Any], Tally], quorum: Fraction, chance: Any
) -> None:
    """The same answers in another order give the same outcome, in the same words."""
    rule, tally = ballot
    electors, choices = list(tally.electors), list(tally.choices.items())
    chance.shuffle(electors)
    chance.shuffle(choices)
    shuffled = tally.but(electors=tuple(electors), choices=dict(choices))
    assert count(rule, quorum, shuffled).result == count(rule, quorum, tally).result


@given(votes(), st.sampled_from(QUORUMS))
def test_a_yes_in_place_of_a_no_never_harms(
    ballot: tuple[dict[str, Any], Tally], quorum: Fraction
) -> None:
    """What is adopted stays adopted when somebody says yes instead of no."""
    rule, tally = ballot
    adopted = count(rule, quorum, tally).result == "adopted"
    for who, choice in tally.choices.items():
        if choice == "no" and adopted:
            turned = tally.but(choices={**tally.choices, who: "yes"})
            assert count(rule, quorum, turned).result == "adopted"


@given(votes(), st.sampled_from(QUORUMS))
def test_without_a_yes_nothing_is_adopted(
    ballot: tuple[dict[str, Any], Tally], quorum: Fraction
) -> None:
    """No rule of yes and no adopts what nobody said yes to."""
    rule, tally = ballot
    nobody = tally.but(choices={k: v for k, v in tally.choices.items() if v != "yes"})
    assert count(rule, quorum, nobody).result != "adopted"


@given(
    votes(st.one_of(weighted, colleges)),
    st.sampled_from([Fraction(1, 3), Fraction(2), Fraction(7)]),
    st.sampled_from(QUORUMS),
)
def test_only_proportions_of_weights_count(
    ballot: tuple[dict[str, Any], Tally], factor: Fraction, quorum: Fraction
) -> None:
    """Multiplying all weights by one number changes no outcome."""
    rule, tally = ballot
    given_weights = dict(rule["weights"])
    if rule["name"] == "weighted":
        given_weights = {who: given_weights.get(who, "1") for who in ELECTORS}
    plain_rule = rule | {"weights": given_weights}
    scaled = rule | {
        "weights": {name: str(Fraction(w) * factor) for name, w in given_weights.items()}
    }
    assert count(scaled, quorum, tally).result == count(plain_rule, quorum, tally).result


@given(rules)
def test_a_rule_survives_being_written_down(rule: dict[str, Any]) -> None:
    """A rule read from its mapping, written as JSON and read again is the same rule."""
    read = RULE.validate_python(rule)
    assert RULE.validate_json(RULE.dump_json(read)) == read
