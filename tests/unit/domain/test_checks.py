"""Checks: when they are asked, of what, and what becomes of their answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from coopflow.domain.base import Label
from coopflow.domain.checks import (
    FIRST_WAIT,
    LONGEST_WAIT,
    SETTLED_AFTER,
    SHORTEST,
    Outcome,
    Portrait,
    _digest,
    due,
    failed,
    portrait_of,
)
from coopflow.domain.cooperation import learn
from coopflow.domain.explanation import CriterionFinding, examine
from coopflow.domain.facts.checks import CheckHolds, named_by
from coopflow.domain.refusals import Refusal
from tests.collective import Collective, reference_rules, vision
from tests.stages import asking, varied

MONTH = timedelta(days=30)
REASON = Label(en="the page is gone", fr="la page a disparu")


def collective(when: str = "checks.page_online", **more: str) -> Collective:
    return Collective(3, rules=asking(when, **more))


def answered(
    coop: Collective, *, check: str = "page-online", holds: bool | None = True, **more: Any
) -> list[str]:
    outcome = Outcome(check=check, holds=holds, **({"every": MONTH} | more))
    learnt = learn(coop.state, [outcome], coop.at, coop.rules)
    assert not isinstance(learnt, Refusal), str(learnt)
    coop._take(learnt)
    return [entry.event.type for entry in learnt]


def asked_at(coop: Collective, at: datetime | None = None) -> list[str]:
    """Return the checks that are to be asked at an instant, by default now."""
    now = at or coop.at
    return [check for check, instant in due(coop.state, coop.rules, now) if instant <= now]


def next_due(coop: Collective) -> datetime | None:
    return min((one for _, one in due(coop.state, coop.rules, coop.at)), default=None)


def finding(coop: Collective, slug: str = "online") -> CriterionFinding:
    found = examine(coop.state, "to_structuration", coop.at, coop.rules)
    return next(one for one in found.criteria if one.id == slug)


def test_a_policy_without_checks_asks_none() -> None:
    """Nothing is due, and nothing is looked at."""
    coop = Collective(3)
    assert reference_rules().checks == ()
    assert asked_at(coop) == []
    assert next_due(coop) is None


def test_a_check_is_asked_at_once_and_again_when_its_answer_is_old() -> None:
    """A known answer stands for its interval."""
    coop = collective()
    assert coop.rules.checks == ("page-online",)
    assert asked_at(coop) == ["page-online"]
    assert next_due(coop) == coop.at
    answered(coop)
    assert asked_at(coop) == []
    assert next_due(coop) == coop.at + MONTH
    assert asked_at(coop, coop.at + MONTH) == ["page-online"]


def test_a_check_is_asked_again_when_its_subject_is_another() -> None:
    """Who comes, what they say of themselves and what is adopted counts; a draft does not."""
    coop = collective()
    answered(coop)
    coop.do("rep-alpha", "draft_document", kind="shared_vision", content=vision())
    assert next_due(coop) == coop.at + MONTH
    profile = {"registration": "123 456 782"}
    coop.do("rep-alpha", "describe_member", organisation="alpha", profile=profile)
    assert asked_at(coop) == []
    assert next_due(coop) == coop.at + SETTLED_AFTER
    coop.wait(minutes=5)
    assert asked_at(coop) == ["page-online"]
    answered(coop)
    coop.do("rep-alpha", "submit_document", kind="shared_vision", decision="v")
    coop.vote("v", "consent")
    assert next_due(coop) == coop.at + SETTLED_AFTER


def test_a_check_that_is_being_asked_is_not_due() -> None:
    """Nor is one whose answer is old before the members have settled asked any later for that."""
    coop = collective()
    assert list(due(coop.state, coop.rules, coop.at, {"page-online"})) == []
    answered(coop, every=SHORTEST)
    coop.at += SHORTEST - timedelta(seconds=20)
    coop.admit("delta")
    assert asked_at(coop) == ["page-online"]


def test_the_subject_names_nobody() -> None:
    """Organisations that have not left, their profiles, and the documents that count: no people."""
    coop = collective()
    coop.adopt("shared_vision", vision())
    coop.do("rep-gamma", "withdraw_member", organisation="gamma", reason="Moves away")
    portrait = portrait_of(coop.state)
    assert [one.id for one in portrait.organisations] == ["alpha", "beta"]
    assert (portrait.programme, portrait.cooperation, portrait.stage) == (
        "prog",
        "coop",
        "impulsion",
    )
    assert portrait.documents == {"shared_vision": vision()}
    assert not [word for word in ("rep-", "fay", "pam") if word in portrait.model_dump_json()]


def test_a_positive_answer_meets_a_criterion_and_says_why() -> None:
    """The level follows, and the fact has its time and its reason."""
    coop = collective()
    came = answered(coop, reason=REASON)
    assert came == ["check_answered", "levels_changed"]
    assert coop.levels()[0] == 1
    found = finding(coop)
    assert found.met
    (fact,) = found.facts
    assert (fact.name, fact.value, fact.at, fact.reason) == (
        "checks.page_online",
        True,
        coop.at,
        REASON,
    )
    assert [str(source) for source in fact.sources] == ["check page-online"]
    assert fact.label == Label(
        en="the check page-online holds", fr="la vérification page-online est positive"
    )


def test_a_negative_answer_says_what_is_missing() -> None:
    """The level is lost again, with the reason."""
    coop = collective()
    answered(coop)
    coop.wait(days=30)
    assert answered(coop, holds=False, reason=REASON) == ["check_answered", "levels_changed"]
    assert coop.levels()[0] == 0
    assert finding(coop).missing == Label(
        en="not yet: the check page-online holds (the page is gone)",
        fr="pas encore : la vérification page-online est positive (la page a disparu)",
    )


def test_what_was_not_asked_yet_is_unknown() -> None:
    """It is neither met nor an error, and says so."""
    found = finding(collective())
    assert not found.met
    assert found.error is None
    assert found.facts[0].value is None
    assert found.missing == Label(
        en="unknown whether the check page-online holds (not answered yet)",
        fr="on ne sait pas si la vérification page-online est positive (pas encore de réponse)",
    )


@pytest.mark.parametrize(
    ("when", "met"),
    [
        ("checks.page_online", False),
        ("!checks.page_online", False),
        ("checks.page_online || members.active >= 3", True),
        ("checks.page_online && members.active >= 3", False),
        ("checks.page_online || !checks.page_online", True),
        ("checks.page_online == checks.page_safe", False),
        ("members.active >= 3 ? true : checks.page_online", True),
    ],
)
def test_an_unknown_answer_counts_where_it_makes_a_difference(when: str, met: bool) -> None:  # noqa: FBT001
    """A criterion holds when it would whatever the answer is."""
    assert finding(collective(when)).met is met


def test_more_unknown_answers_than_can_be_tried_do_not_hold() -> None:
    """The work of trying is bounded."""
    many = " && ".join(f"(checks.c{n} || !checks.c{n})" for n in range(9))
    few = " && ".join(f"(checks.c{n} || !checks.c{n})" for n in range(8))
    assert not finding(collective(many)).met
    assert finding(collective(few)).met


def test_an_unknown_answer_is_asked_again_later_and_later() -> None:
    """An hour, two, four, up to a week; a known one begins anew. Levels are lost meanwhile."""
    coop = collective()
    answered(coop)
    coop.wait(days=30)
    came = answered(coop, holds=None, reason=failed("page-online", "TimeoutError").reason)
    assert came == ["check_answered", "levels_changed"]
    missing = finding(coop).missing
    assert missing is not None
    assert missing.en.endswith("(the check failed: TimeoutError; the worker's log says more)")
    waits = []
    for _ in range(12):
        coming = next_due(coop)
        assert coming is not None
        waits.append(coming - coop.at)
        coop.wait(until=coming)
        answered(coop, holds=None)
    assert waits[:3] == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT]
    assert waits[-1] == LONGEST_WAIT
    assert coop.state.checks["page-online"].failures == 13
    answered(coop)
    assert coop.state.checks["page-online"].failures == 0


def test_another_portrait_begins_anew() -> None:
    """What failed while the members were coming together says nothing of the group they are."""
    coop = collective()
    for organisation in ("delta", "epsilon"):
        answered(coop, holds=None)
        coop.admit(organisation)
    answered(coop, holds=None)
    assert coop.state.checks["page-online"].failures == 1
    assert next_due(coop) == coop.at + FIRST_WAIT


def test_nothing_is_asked_in_a_pause_or_after_the_end() -> None:
    """A cooperation that rests is left alone, and takes no answers."""
    coop = collective()
    coop.do("pam", "pause_cooperation", reason="Elections", clocks="freeze")
    assert next_due(coop) is None
    refused = learn(coop.state, [Outcome(check="page-online", holds=True)], coop.at, coop.rules)
    assert isinstance(refused, Refusal)
    assert refused.code == "wrong_state"
    coop.do("pam", "resume_cooperation")
    assert asked_at(coop) == ["page-online"]


def test_answers_that_cannot_be_recorded_are_refused() -> None:
    """Of a check that the policy does not read, and of a time that has been told."""
    coop = collective()
    stranger = learn(coop.state, [Outcome(check="other", holds=True)], coop.at, coop.rules)
    assert isinstance(stranger, Refusal)
    assert str(stranger.message) == "reference@1 does not read the check other"
    known = [Outcome(check="page-online", holds=True)]
    early = learn(coop.state, known, coop.at - MONTH, coop.rules)
    assert isinstance(early, Refusal)
    assert early.code == "invalid_command"


def test_what_fell_due_before_an_answer_is_told_first() -> None:
    """Time passes up to it, as before a command."""
    coop = collective()
    coop.ask("d")
    coop.at += timedelta(days=60)
    came = answered(coop)
    assert came.index("decision_closed") < came.index("check_answered")


def test_remedies_and_advice_ask_checks_too() -> None:
    """Wherever a policy reads one it is asked; each once, in order of their ids."""

    def change(policy: dict[str, Any]) -> None:
        policy["advice"].append(
            {"id": "a", "label": {"en": "A", "fr": "A"}, "when": "checks.siret_known"}
        )
        policy["remedies"]["describe-members"]["when"] = "!checks.page_online"

    assert varied(change).checks == ("page-online", "siret-known")


def test_an_answer_of_a_later_version_is_read() -> None:
    """What is not known yet is passed over, and a new field with a default changes no digest."""
    told = {"check": "page-online", "holds": True, "every": "P30D", "confidence": 0.9}
    assert Outcome.model_validate(told).holds is True
    coop = collective()
    answered(coop)
    kept = coop.state.checks["page-online"].portrait_digest

    class Later(Portrait):
        mood: str = "fine"

    later = Later(**portrait_of(coop.state).model_dump())
    assert _digest(later) == kept


@pytest.mark.parametrize(
    "word", ["checks", "checks.", "checks.Page", "checks.a__b", "checks.a.b", f"checks.{'a' * 61}"]
)
def test_a_name_that_is_no_check_is_no_fact(word: str) -> None:
    """It is written otherwise than ids are, or longer."""
    assert named_by([word, "checks.page_online", "map.actors"]) == {
        "checks.page_online": CheckHolds(check="page-online")
    }
