"""How ballots are counted under each rule, example by example."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

import pytest
from pydantic import TypeAdapter, ValidationError

from coopflow.domain.state import Member, Standing
from coopflow.domain.voting import (
    RULE_NAMES,
    Outcome,
    Rule,
    Tally,
    colleges_of,
    rule_words,
    settle,
)
from tests.collective import START

RULE: Final[TypeAdapter[Rule]] = TypeAdapter(Rule)
WORDS: Final = {
    "y": "yes",
    "n": "no",
    "a": "abstain",
    "s": "stand_aside",
    "b": "block",
    "c": "consent",
    "r": "concern",
    "o": "objection",
}
TWO_THIRDS: Final = {"name": "qualified_majority", "threshold": "2/3"}
OF_ALL: Final = TWO_THIRDS | {"base": "electorate"}


def tally(ballots: str, **more: Any) -> Tally:
    """Return a tally from one letter per elector; a dot has not answered."""
    answers = {f"org-{place}": letter for place, letter in enumerate(ballots)}
    return Tally(
        electors=tuple(answers),
        choices={who: WORDS[letter] for who, letter in answers.items() if letter != "."},
        open_objections=tuple(who for who, letter in answers.items() if letter == "o"),
        **more,
    )


def outcome(rule: object, ballots: str, quorum: str = "1/2", **more: Any) -> Outcome:
    return settle(RULE.validate_python(rule), Fraction(quorum), tally(ballots, **more))


@pytest.mark.parametrize(
    ("rule", "ballots", "result"),
    [
        ("consent", "ccc", "adopted"),
        ("consent", "cra", "adopted"),
        ("consent", "aaa", "adopted"),
        ("consent", "cco", "rejected"),
        ("consent", "cc..", "adopted"),
        ("consensus", "yyy", "adopted"),
        ("consensus", "yyys", "adopted"),
        ("consensus", "yys", "rejected"),
        ("consensus", "yyasa", "adopted"),
        ("consensus", "yyyb", "rejected"),
        ("consensus", "aaaa", "rejected"),
        ("simple_majority", "yyn", "adopted"),
        ("simple_majority", "ynaa", "rejected"),
        ("simple_majority", "nna", "rejected"),
        ("simple_majority", "aaa", "rejected"),
        ("simple_majority", "yaaa", "adopted"),
        ("absolute_majority", "yyn", "adopted"),
        ("absolute_majority", "yyna", "rejected"),
        ("absolute_majority", "yyya", "adopted"),
        ("absolute_majority", "yy..", "rejected"),
        (TWO_THIRDS, "yyn", "adopted"),
        (TWO_THIRDS, "yynn", "rejected"),
        (TWO_THIRDS, "yynaaa", "adopted"),
        (TWO_THIRDS, "aaa", "rejected"),
        ({"name": "qualified_majority", "threshold": "1/2"}, "yn", "rejected"),
        ({"name": "qualified_majority", "threshold": "1/2"}, "yyn", "adopted"),
        ({"name": "qualified_majority", "threshold": "1/4"}, "yn", "adopted"),
        ({"name": "qualified_majority", "threshold": "1/4"}, "ynnn", "adopted"),
        ({"name": "qualified_majority", "threshold": "1/4"}, "ynnnn", "rejected"),
        (OF_ALL, "yyn", "adopted"),
        (OF_ALL, "yyaa", "rejected"),
        (OF_ALL, "yyyy..", "adopted"),
        (OF_ALL, "yyya..", "rejected"),
        ("unanimity", "yyy", "adopted"),
        ("unanimity", "yaa.", "adopted"),
        ("unanimity", "yyn", "rejected"),
        ("unanimity", "aaa", "rejected"),
        ({"name": "unanimity", "strict": True}, "yyy", "adopted"),
        ({"name": "unanimity", "strict": True}, "yya", "rejected"),
        ({"name": "unanimity", "strict": True}, "yy.", "rejected"),
        ("silence", "....", "adopted"),
        ("silence", "o...", "rejected"),
    ],
)
def test_each_rule_adopts_by_its_formula(rule: object, ballots: str, result: str) -> None:
    """The result follows from the ballots: a tie and all abstaining reject, but under consent."""
    assert outcome(rule, ballots).result == result


@pytest.mark.parametrize(
    ("quorum", "ballots", "result"),
    [
        ("1/2", "y...", "lapsed"),
        ("1/2", "yy..", "adopted"),
        ("1/2", "yy...", "lapsed"),
        ("1/2", "yyn..", "adopted"),
        ("1/2", "aa..", "rejected"),
        ("2/3", "yy.", "adopted"),
        ("1", "yyy.", "lapsed"),
        ("1/3", "y..", "adopted"),
        ("1/3", "y...", "lapsed"),
    ],
)
def test_the_quorum_counts_all_answers(quorum: str, ballots: str, result: str) -> None:
    """Answers of any kind make the quorum, exactly; without it the decision lapses."""
    assert outcome("simple_majority", ballots, quorum).result == result


@pytest.mark.parametrize("rule", [name for name in RULE_NAMES if name != "silence"])
def test_a_quorum_goes_before_the_ballots(rule: str) -> None:
    """Under every rule but silence a single answer among four is no quorum, whatever it says."""
    written = {"name": rule} | (
        {"weights": {"org-0": 1}} if rule in {"colleges", "weighted"} else {}
    )
    letter = "c" if rule == "consent" else "y"
    assert outcome(written, f"{letter}...").result == "lapsed"


@pytest.mark.parametrize("rule", ["consent", "simple_majority", "unanimity"])
def test_silence_is_never_consent(rule: str) -> None:
    """Without any answer even a quorum of nothing is not reached."""
    assert outcome(rule, "...", quorum="0").result == "lapsed"
    assert outcome(rule, "a..", quorum="0").result != "lapsed"


def test_silence_needs_no_quorum() -> None:
    """Under silence nobody needs to answer."""
    assert outcome("silence", "....", quorum="1").result == "adopted"


@pytest.mark.parametrize("rule", ["consent", "simple_majority", "silence"])
def test_without_electors_a_decision_is_void(rule: str) -> None:
    """When nobody is left who might answer there is no outcome to count."""
    said = outcome(rule, "")
    assert said.result == "void"
    assert said.arithmetic.en == "nobody was left in the electorate"


def test_a_settled_objection_stands_in_nobodys_way() -> None:
    """Consent counts the objections that are open, not those once given."""
    met = tally("cco").but(open_objections=())
    assert settle(RULE.validate_python("consent"), Fraction(1, 2), met).result == "adopted"


def colleges(ballots: str, groups: str, **rule: Any) -> str:
    """Count under colleges; each elector's college is one letter of ``groups``, a dot is none."""
    named = {f"org-{place}": group for place, group in enumerate(groups) if group != "."}
    return outcome({"name": "colleges"} | rule, ballots, colleges=named).result


@pytest.mark.parametrize(
    ("ballots", "groups", "rule", "result"),
    [
        # two of three weights are more than half
        ("yynnn", "ppccc", {"weights": {"p": 2, "c": 1}}, "adopted"),
        ("nnyyy", "ppccc", {"weights": {"p": 2, "c": 1}}, "rejected"),
        # half is not more than half
        ("ynn", "pcc", {"weights": {"p": 1, "c": 1}}, "rejected"),
        # a tie within a college is no yes of the college
        ("ynyy", "ppcc", {"weights": {"p": 1, "c": 1}}, "rejected"),
        # who has no college, or one that the rule does not name, is not counted
        ("ynnn", "p.xx", {"weights": {"p": 1}}, "adopted"),
        # an empty college shares its weight, so that the others keep their proportion
        ("yn", "pc", {"weights": {"p": 2, "c": 1, "e": 6}}, "adopted"),
        ("yn", "pc", {"weights": {"p": 1, "c": 1, "e": 6}}, "rejected"),
        # no college has an elector
        ("yyy", "...", {"weights": {"p": 1}}, "rejected"),
        # a college that abstained altogether says no yes
        ("yaa", "pcc", {"weights": {"p": 1, "c": 1}}, "rejected"),
        # another threshold is also to be exceeded
        ("yyn", "pcb", {"weights": {"p": 1, "c": 1, "b": 1}, "threshold": "2/3"}, "rejected"),
        ("yyn", "pcb", {"weights": {"p": 1, "c": 1, "b": 1}, "threshold": "3/5"}, "adopted"),
    ],
)
def test_colleges_weigh_their_majorities(
    ballots: str, groups: str, rule: dict[str, Any], result: str
) -> None:
    """Each college says yes or no as a whole, and its weight goes with it."""
    assert colleges(ballots, groups, **rule) == result


@pytest.mark.parametrize(
    ("ballots", "groups", "result"),
    [
        # (2/3 + 1/2) / 2 = 7/12
        ("yynyn", "pppcc", "adopted"),
        # (2/3 + 1/3) / 2 = 1/2
        ("yynynn", "pppccc", "rejected"),
        # abstaining takes no side: (2/2 + 1/3) / 2 = 2/3
        ("yyaynn", "pppccc", "adopted"),
        # a college without a yes or a no counts for nothing
        ("yaa", "pcc", "rejected"),
    ],
)
def test_colleges_may_count_in_proportion(ballots: str, groups: str, result: str) -> None:
    """In proportional mode a college counts by its share of yes among yes and no."""
    assert colleges(ballots, groups, weights={"p": 1, "c": 1}, mode="proportional") == result


def weighted(ballots: str, weights: dict[str, Any], **more: Any) -> str:
    return outcome({"name": "weighted", "weights": weights} | more, ballots).result


@pytest.mark.parametrize(
    ("ballots", "weights", "more", "result"),
    [
        ("ynn", {"org-0": 3, "org-1": 1, "org-2": 1}, {"threshold": "3/5"}, "rejected"),
        ("yyn", {"org-0": 2, "org-1": 2, "org-2": 1}, {"threshold": "4/5"}, "adopted"),
        ("yyn", {"org-0": 2, "org-1": 2, "org-2": 1}, {"threshold": "5/6"}, "rejected"),
        # who is not named weighs one
        ("ynn", {"org-0": "3/2"}, {}, "rejected"),
        ("yyn", {"org-1": 1}, {"threshold": "2/3"}, "adopted"),
        # those who abstain or are silent count in the electorate only
        ("yaa", {"org-0": 1}, {"threshold": "2/3"}, "adopted"),
        ("yaa", {"org-0": 1}, {"threshold": "2/3", "base": "electorate"}, "rejected"),
        ("aaa", {"org-0": 1}, {}, "rejected"),
        ("ynn", {"org-0": 2}, {}, "rejected"),
    ],
)
def test_weights_count_as_a_qualified_majority(
    ballots: str, weights: dict[str, Any], more: dict[str, Any], result: str
) -> None:
    """Yes weighs against no, or against the whole electorate."""
    assert weighted(ballots, weights, **more) == result


def test_one_weight_counts_for_at_most_half_of_the_total() -> None:
    """However heavy one elector is, alone it only ties with all the others together."""
    heavy = {"org-0": 1000}
    assert weighted("ynnn", heavy) == "rejected"
    assert weighted("nyyy", heavy) == "rejected"
    assert weighted("yynn", heavy) == "adopted"
    assert weighted("ynaa", heavy) == "adopted"
    assert weighted("yaaa", heavy, base="electorate", threshold="1/2") == "adopted"
    assert weighted("yaaa", heavy, base="electorate", threshold="3/5") == "rejected"


def test_a_sole_elector_decides_by_its_weight() -> None:
    """Where there are no others there is nobody to outweigh."""
    assert weighted("y", {"org-0": 7}, base="electorate", threshold="1") == "adopted"
    assert weighted("n", {"org-0": 7}) == "rejected"


@pytest.mark.parametrize("rule", RULE_NAMES)
def test_a_rule_is_written_as_its_name(rule: str) -> None:
    """The name alone stands for the rule with its defaults, where it needs no weights."""
    if rule in {"colleges", "weighted"}:
        with pytest.raises(ValidationError, match="weights"):
            RULE.validate_python(rule)
    else:
        assert RULE.validate_python(rule) == RULE.validate_python({"name": rule})


def test_defaults_of_the_rules() -> None:
    """Base is the votes cast, colleges and weights ask for more than or at least half."""
    majority = RULE.validate_python("qualified_majority").model_dump()
    grouped = RULE.validate_python({"name": "colleges", "weights": {"p": 1}}).model_dump()
    weights = RULE.validate_python({"name": "weighted", "weights": {"a": 1}}).model_dump()
    assert majority["base"] == "cast"
    assert (grouped["threshold"], grouped["mode"]) == ("1/2", "winner_take_all")
    assert (weights["threshold"], weights["base"]) == ("1/2", "cast")


@pytest.mark.parametrize(
    "rule",
    [
        "dice",
        {"name": "dice"},
        {"threshold": "2/3"},
        {"name": "consent", "threshold": "2/3"},
        {"name": "qualified_majority", "threshold": "3/2"},
        {"name": "qualified_majority", "base": "moon"},
        {"name": "colleges", "weights": {}},
        {"name": "weighted", "weights": {"a": -1}},
        5,
        None,
    ],
)
def test_what_is_no_rule_is_refused(rule: object) -> None:
    """A rule that does not exist, or says what it cannot say, is an error."""
    with pytest.raises(ValidationError):
        RULE.validate_python(rule)


@pytest.mark.parametrize(
    ("rule", "choices"),
    [
        ("consent", ("consent", "concern", "objection", "abstain")),
        ("consensus", ("yes", "stand_aside", "block", "abstain")),
        ("silence", ("objection",)),
        ("simple_majority", ("yes", "no", "abstain")),
        ("absolute_majority", ("yes", "no", "abstain")),
        ("qualified_majority", ("yes", "no", "abstain")),
        ("unanimity", ("yes", "no", "abstain")),
    ],
)
def test_choices_of_the_rules(rule: str, choices: tuple[str, ...]) -> None:
    """Choices are yes, no and abstain unless the rule says otherwise."""
    assert RULE.validate_python(rule).choices == choices


def test_only_consent_and_silence_wait_for_their_deadline() -> None:
    """Every other rule may close once everyone has answered."""
    plain = [name for name in RULE_NAMES if name not in {"colleges", "weighted"}]
    waiting = [name for name in plain if not RULE.validate_python(name).may_close_early]
    assert waiting == ["consent", "silence"]


@pytest.mark.parametrize(
    ("rule", "ballots", "english", "french"),
    [
        ("simple_majority", "yyn.", "3 of 4 answered", "3 réponses sur 4"),
        (
            "simple_majority",
            "yyn.",
            "2 yes against 1 no, more yes needed",
            "2 oui contre 1 non, il faut plus de oui",
        ),
        ("consent", "cco", "1 objection(s) left open", "1 objection(s) encore ouverte(s)"),
        (
            TWO_THIRDS,
            "yyn",
            "2 yes of 3 votes cast, at least 2/3",
            "2 oui sur 3 suffrages exprimés",
        ),
        (OF_ALL, "yya.", "2 yes of 4 electors", "2 oui sur 4 votants"),
        ("absolute_majority", "yya.", "2 yes of 4 electors, more than half", "plus de la moitié"),
        ("consensus", "yyys", "1 stand aside of 4 answers", "1 en retrait sur 4 réponses"),
        ("unanimity", "yy", "no one may say no", "personne ne doit dire non"),
        (
            {"name": "unanimity", "strict": True},
            "yy",
            "every elector must say yes",
            "chaque votant",
        ),
        ("silence", "...", "silence counts as agreement here", "le silence vaut ici accord"),
        ("simple_majority", "y...", "1 of 4 answered, quorum 1/2 not reached", "non atteint"),
        (
            {"name": "weighted", "weights": {"org-0": 2}},
            "yyn",
            "weights: 3 yes of 4",
            "3 oui sur 4",
        ),
    ],
)
def test_the_arithmetic_is_told_in_words(
    rule: object, ballots: str, english: str, french: str
) -> None:
    """Every outcome says in both languages which numbers led to it."""
    said = outcome(rule, ballots).arithmetic
    assert english in said.en
    assert french in said.fr


def test_the_arithmetic_of_colleges_shows_each_of_them() -> None:
    """Each college stands with its weight, result and votes; or none has an elector."""
    rule = RULE.validate_python({"name": "colleges", "weights": {"p": 2, "c": 1}})
    grouped = tally("yyn", colleges={"org-0": "p", "org-1": "p", "org-2": "c"})
    said = settle(rule, Fraction(1, 2), grouped).arithmetic
    assert "c 1 × 0 (0/1) + p 2 × 1 (2/0) = 2/3 of the weights" in said.en
    assert "2/3 des poids" in said.fr
    empty = settle(rule, Fraction(1, 2), tally("yyn")).arithmetic
    assert "no college has an elector" in empty.en
    assert "aucun collège n’a de votant" in empty.fr


def test_colleges_come_from_the_members() -> None:
    """Members without a college are left out; the order is that of the members."""

    def member(name: str, college: str | None) -> Member:
        return Member(
            id=name,
            name=name,
            category="association",
            college=college,
            representative=f"rep-{name}",
            standings=(Standing(status="active", since=START),),
        )

    members = {"b": member("b", "civil"), "x": member("x", None), "a": member("a", "public")}
    assert list(colleges_of(members).items()) == [("b", "civil"), ("a", "public")]


@pytest.mark.parametrize(
    ("rule", "en", "fr"),
    [
        ("simple_majority", "simple majority", "majorité simple"),
        (
            {"name": "consensus", "stand_aside": "1/5"},
            "consensus (at most 1/5 stand aside)",
            "consensus (au plus 1/5 en retrait)",
        ),
        (
            {"name": "qualified_majority", "threshold": "3/4"},
            "qualified majority (at least 3/4 of the votes cast)",
            "majorité qualifiée (au moins 3/4 des suffrages exprimés)",
        ),
        ("unanimity", "unanimity", "unanimité"),
        (
            {"name": "unanimity", "strict": True},
            "unanimity (every elector says yes)",
            "unanimité (chaque votant dit oui)",
        ),
        (
            {"name": "colleges", "weights": {"a": 2, "b": 1}, "mode": "proportional"},
            "colleges (more than 1/2 of the weights, in proportion, weights a 2, b 1)",
            "collèges (plus de 1/2 des poids, au prorata, poids a 2, b 1)",
        ),
        (
            {"name": "weighted", "weights": {"alpha": "3/2"}, "base": "electorate"},
            "weighted vote (at least 1/2 of the electors, weights alpha 3/2)",
            "vote pondéré (au moins 1/2 du corps électoral, poids alpha 3/2)",
        ),
    ],
)
def test_a_rule_is_named_with_its_parameters(rule: object, en: str, fr: str) -> None:
    """In both languages, so that rules which count differently are called differently."""
    words = rule_words(RULE.validate_python(rule))
    assert (words.en, words.fr) == (en, fr)
