"""What differs between two policies: the direction, the place and the words of each difference."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopflow.definitions.diff import Difference, differences
from coopflow.definitions.terms import PARAMETERS
from coopflow.domain.facts import FACTS
from coopflow.domain.policy import Policy
from coopflow.domain.voting import RULE_NAMES
from tests.collective import reference_rules
from tests.stages import varied

Change = Callable[[dict[str, Any]], None]
MIRRORED = {
    "stricter": "looser",
    "looser": "stricter",
    "new": "gone",
    "gone": "new",
    "changed": "changed",
}


def criterion(policy: dict[str, Any], name: str) -> dict[str, Any]:
    """Find a criterion, a guard or a piece of advice in the data of a policy."""
    lists = (
        *(condition["criteria"] for condition in policy["conditions"]),
        *(gate["guards"] for gate in policy["gates"].values()),
        policy["advice"],
    )
    found: dict[str, Any] = next(one for ones in lists for one in ones if one["id"] == name)
    return found


def asks(name: str, when: str, **readings: Any) -> Change:
    """Let a criterion ask for something else, and name readings."""

    def change(policy: dict[str, Any]) -> None:
        criterion(policy, name)["when"] = when
        policy["facts"] |= readings

    return change


def sets(path: str, value: Any) -> Change:
    """Set what stands at a path of mappings, or remove it when the value is None."""

    def change(policy: dict[str, Any]) -> None:
        *way, last = path.split(".")
        at = policy
        for step in way:
            at = at[step]
        if value is None:
            del at[last]
        else:
            at[last] = value

    return change


def found(change: Change, before: Change | None = None) -> tuple[Difference, ...]:
    """Return what differs between the reference, changed or not, and another change of it."""
    return differences(varied(before) if before else reference_rules(), varied(change))


def the(change: Change, before: Change | None = None) -> Difference:
    """Return the only difference that a change makes."""
    (difference,) = found(change, before)
    return difference


def brief(change: Change, before: Change | None = None) -> tuple[str, str, str]:
    """Return direction, path and, in English, from what to what."""
    difference = the(change, before)
    english = difference.label.en.replace("\N{NO-BREAK SPACE}", " ")
    return difference.direction, difference.path, english.rpartition(": ")[2]


def test_a_policy_does_not_differ_from_itself() -> None:
    """Nor does one of another name and version, in another order, or with unread readings."""

    def change(policy: dict[str, Any]) -> None:
        policy |= {"policy": "another", "version": 7}
        policy["conditions"].reverse()
        policy["facts"]["unread"] = {"fact": "reviews"}
        policy["decisions"]["not_allowed"] |= {"other": []}
        policy["decisions"]["second_call"]["never_for"].reverse()
        policy["disagreements"]["raised"] = {"hours": 120}
        criterion(policy, "map-actors")["when"] = "map.actors > 4"
        # Minutes within fifteen days are minutes.
        del policy["facts"]["plenaries_quorate"]["minuted"]

    assert found(lambda _: None) == ()
    assert found(change) == ()


def test_a_raised_bound_is_stricter() -> None:
    """It says in both languages what was asked for and what is now."""
    difference = the(asks("vision-contributors", "vision.contributors >= 4"))
    assert (difference.direction, difference.path) == (
        "stricter",
        "conditions.common_plan.vision-contributors.when",
    )
    assert difference.label.en == (
        "At least three organisations contributed to a shared vision, even a draft: "
        "at least 3 needed → at least 4 needed"
    )
    assert difference.label.fr == (
        "Au moins trois organisations ont contribué à une vision partagée, même à l'état "
        "d'ébauche : il faut au moins 3 → il faut au moins 4"
    )


@pytest.mark.parametrize(
    ("name", "before", "after", "direction", "said"),
    [
        ("map-actors", "map.actors >= 5", "map.actors > 5", "stricter", "at least 6 needed"),
        ("map-actors", "map.actors <= 5", "map.actors < 5", "stricter", "at most 4 allowed"),
        (
            "pulse-good",
            "pulse_recent >= 3.0",
            "pulse_recent > 3.0",
            "stricter",
            "more than 3 needed",
        ),
        (
            "actions-on-time",
            "roadmap.overdue_share <= 0.3",
            "roadmap.overdue_share <= 0.4",
            "looser",
            "at most 40 % allowed",
        ),
        (
            "actions-on-time",
            "roadmap.overdue_share <= 0.3",
            "roadmap.overdue_share < 0.3",
            "stricter",
            "less than 30 % allowed",
        ),
        ("map-actors", "map.actors == 5", "map.actors == 6", "changed", "6 needed"),
        ("map-actors", "map.actors == 5", "map.actors != 6", "changed", "anything but 6"),
    ],
)
def test_a_bound_is_judged_by_its_comparison(
    name: str, before: str, after: str, direction: str, said: str
) -> None:
    """At least, at most, and what is neither; whole numbers have no gap between 5 and 6."""
    got = brief(asks(name, after), asks(name, before))
    assert got[0] == direction
    assert got[2].endswith(f"→ {said}")


PLENARY = {"fact": "meetings", "kind": "plenary", "within": {"days": 120}}
REVIEW = {"fact": "reviews", "within": {"months": 12}}


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        (PLENARY, PLENARY | {"within": {"days": 90}}, "stricter"),
        (PLENARY, PLENARY | {"within": {"months": 6}}, "looser"),
        # Four months are 120 to 123 days.
        (PLENARY, PLENARY | {"within": {"months": 4}}, "looser"),
        (PLENARY | {"within": {"days": 121}}, PLENARY | {"within": {"months": 4}}, "changed"),
        (PLENARY, PLENARY | {"organisations": 3}, "stricter"),
        (PLENARY, PLENARY | {"quorum": "1/2"}, "stricter"),
        (PLENARY, PLENARY | {"minuted": True}, "stricter"),
        (PLENARY, PLENARY | {"minutes_within": {"days": 15}}, "stricter"),
        (PLENARY, PLENARY | {"organisations": 3, "within": {"days": 90}}, "stricter"),
        (PLENARY, PLENARY | {"organisations": 3, "within": {"days": 150}}, "changed"),
        (PLENARY, PLENARY | {"kind": "committee"}, "changed"),
        (PLENARY, {"fact": "meetings"}, "looser"),
        (REVIEW, REVIEW | {"kind": "annual"}, "stricter"),
        (REVIEW, REVIEW | {"published": True}, "stricter"),
        (PLENARY, REVIEW, "changed"),
    ],
)
def test_a_reading_with_other_parameters_counts(
    before: dict[str, Any], after: dict[str, Any], direction: str
) -> None:
    """The criterion is worded as before, and what it reads is another thing."""
    got = [
        brief(asks("plenary-recent", f"reading {bound}", reading=now), start)[0]
        for bound, start, now in (
            (">= 1", asks("plenary-recent", "reading >= 1", reading=before), after),
            # What a shorter time makes harder to reach is easier to stay below.
            ("<= 1", asks("plenary-recent", "reading <= 1", reading=before), after),
        )
    ]
    assert got == [direction, MIRRORED[direction]]


def test_a_mean_over_another_time_is_neither() -> None:
    """It may rise as well as fall, so nobody can tell."""
    change = sets("facts.attendance_recent.last", 4)
    assert brief(change) == (
        "changed",
        "conditions.communication.attendance-recent.when",
        "mean attendance of the last 3 plenaries → mean attendance of the last 4 plenaries",
    )
    assert brief(sets("facts.support_feedback.within", {"months": 6}))[0] == "changed"
    assert brief(sets("facts.vision_adopted.kind", "roadmap"))[0] == "changed"


def test_a_spelling_of_the_same_time_is_no_difference() -> None:
    """Twenty-four hours are a day, in readings as elsewhere."""
    assert found(sets("facts.plenaries_recent.within", {"hours": 2880})) == ()


def test_bound_and_reading_may_both_differ() -> None:
    """Both are said, and the direction is the one that they share."""
    reading = PLENARY | {"within": {"days": 90}}
    got = brief(asks("plenary-recent", "plenaries_recent >= 2", plenaries_recent=reading))
    assert got[0] == "stricter"
    label = the(asks("plenary-recent", "plenaries_recent >= 2", plenaries_recent=reading)).label
    assert label.en.endswith(
        "plenaries held less than 120 days ago: at least 1 needed → "
        "plenaries held less than 90 days ago: at least 2 needed"
    )
    opposed = asks("plenary-recent", "plenaries_recent >= 0", plenaries_recent=reading)
    assert brief(opposed)[0] == "changed"


def test_what_a_conjunction_asks_for_besides_is_stricter() -> None:
    """One more thing is stricter, one less is looser, and one for another has changed."""
    both = "charter.in_force && !charter.to_sign"
    difference = the(asks("charter-in-force", both))
    assert difference.direction == "stricter"
    assert difference.label.en.endswith(": nothing → not an adopted charter awaits signatures")
    assert difference.label.fr.endswith(" : rien → sans : une charte adoptée attend des signatures")
    back = brief(asks("charter-in-force", "charter.in_force"), asks("charter-in-force", both))
    assert back[0] == "looser"
    other = the(asks("charter-in-force", "!charter.in_force"))
    assert other.direction == "changed"
    assert other.label.en.endswith(
        "a charter is in force → nothing; nothing → not a charter is in force"
    )


def test_a_conjunction_names_what_differs() -> None:
    """Its other parts are left out, in whatever order they stand."""
    before = asks("map-actors", "map.actors >= 5 && map.categories >= 2")
    difference = the(asks("map-actors", "map.categories >= 3 && map.actors >= 5"), before)
    assert difference.direction == "stricter"
    assert difference.label.en.endswith(
        "categories of actors on the adopted stakeholder map: at least 2 needed → at least 3 needed"
    )
    assert difference.label.fr.endswith(" : il faut au moins 2 → il faut au moins 3")


def test_the_most_alike_readings_are_compared() -> None:
    """Of two readings of a fact, the one that stays is not taken for the one that goes."""
    before = asks(
        "plenary-recent",
        "one >= 1 && plenaries_recent >= 1",
        one={"fact": "meetings", "kind": "discovery"},
    )
    difference = the(asks("plenary-recent", "plenaries_recent >= 1"), before)
    assert difference.direction == "looser"
    assert difference.label.en.endswith(": discovery meetings: at least 1 needed → nothing")


def test_what_is_no_conjunction_is_shown_as_it_is_written() -> None:
    """Nobody can tell a direction; a reading in it that differs is said by its words."""
    either = "map.actors >= 5 || plenaries_recent >= 1"
    assert brief(asks("map-actors", either)) == (
        "changed",
        "conditions.mutual_actions.map-actors.when",
        f"“map.actors >= 5” → “{either}”",
    )
    reading = asks("map-actors", either, plenaries_recent=PLENARY | {"within": {"days": 90}})
    got = found(reading, asks("map-actors", either))
    assert [one.direction for one in got] == ["changed", "stricter"]
    assert got[0].label.fr.endswith(
        " : plénières d'il y a moins de 120 jours → plénières d'il y a moins de 90 jours"
    )


def test_a_criterion_that_a_gate_asks_for_comes_and_goes() -> None:
    """Removing it is looser and adding it stricter; one that no gate asks for is gone, or new."""

    def change(policy: dict[str, Any]) -> None:
        criteria = policy["conditions"][0]["criteria"]
        policy["conditions"][0]["criteria"] = [
            one for one in criteria if one["id"] not in {"sheet-adopted", "due-actions-settled"}
        ]

    asked, unasked = found(change)
    assert asked == (
        "looser",
        "conditions.common_plan.sheet-adopted",
        asked.label,
    )
    assert asked.label.en == "Criterion “The identity sheet is adopted”: removed"
    assert asked.label.fr == "Critère « La fiche d'identité est adoptée » : retrait"
    assert unasked[:2] == ("gone", "conditions.common_plan.due-actions-settled")
    back = differences(varied(change), reference_rules())
    assert [one.direction for one in back] == ["stricter", "new"]
    assert back[0].label.en.endswith(": added")


def test_a_criterion_moves_to_another_level() -> None:
    """An earlier level asks for it sooner."""

    def change(policy: dict[str, Any]) -> None:
        criterion(policy, "roadmap-adopted")["level"] = 2

    path = "conditions.mutual_actions.roadmap-adopted.level"
    assert brief(change) == ("stricter", path, "3 → 2")


def test_conditions_advice_and_remedies_are_new_or_gone() -> None:
    """They are said by their labels; the levels that gates ask of a condition are said besides."""

    def change(policy: dict[str, Any]) -> None:
        del policy["conditions"][4]
        policy["ratification"]["never_short"] = []
        for gate in policy["gates"].values():
            del gate["minima"]["support"]
        del policy["advice"][1]
        policy["remedies"]["hold-discovery"] = policy["remedies"].pop("try-something-out")
        policy["remedies"]["rest"] = {"label": {"fr": "Souffler", "en": "Rest"}, "steps": ["rest"]}

    got = {one.path: one for one in found(change)}
    assert got["conditions.support"].direction == "gone"
    assert got["conditions.support"].label.en == "Condition “A support function”: removed"
    assert got["gates.renewal.minima.support"].direction == "looser"
    assert got["gates.renewal.minima.support"].label.en == (
        "Yearly renewal, level asked of “A support function”: 3 → 0"
    )
    assert got["ratification.never_short"].label.fr.endswith(": Une fonction de soutien → rien")
    assert got["advice.advice-discovery"].direction == "gone"
    assert got["remedies.rest"] == ("new", "remedies.rest", got["remedies.rest"].label)
    assert got["remedies.rest"].label.fr == "Remède « Souffler » : ajout"
    assert got["remedies.hold-discovery.document"].label.en.endswith("nothing → roadmap")


def test_a_gate_that_a_policy_leaves_out_asks_for_nothing() -> None:
    """So a policy that names it is stricter, level by level and guard by guard."""
    got = [one[:2] for one in differences(varied(sets("gates.renewal", None)), reference_rules())]
    conditions = [one.id for one in reference_rules().policy.conditions]
    assert got == [
        *(("stricter", f"gates.renewal.minima.{condition}") for condition in conditions),
        ("stricter", "gates.renewal.guards.annual-review-recent"),
    ]


def test_guards() -> None:
    """What lasts is stricter; the remedies of a guard are said by their labels."""

    def change(policy: dict[str, Any]) -> None:
        guard = criterion(policy, "charter-signed")
        guard |= {"lasting": False, "remedies": ["sign-charter"]}

    remedies, lasting = found(change)
    assert remedies[:2] == ("changed", "gates.to_animation.guards.charter-signed.remedies")
    assert remedies.label.en.endswith(
        ": Have the charter signed by the members that have not done so, "
        "Adopt the cooperation charter and have it signed → "
        "Have the charter signed by the members that have not done so"
    )
    assert lasting[0] == "looser"
    assert lasting.label.fr.endswith("doit durer : oui → non")


def test_advice_is_never_in_the_way() -> None:
    """So what it asks for changes without becoming stricter."""
    got = brief(asks("advice-experiments", "roadmap.experiments >= 2"))
    assert got == (
        "changed",
        "advice.advice-experiments.when",
        "at least 1 needed → at least 2 needed",
    )


def test_when_a_remedy_is_of_use() -> None:
    """A remedy without a condition is always of use."""
    difference = the(sets("remedies.sign-charter.when", None))
    assert difference[:2] == ("changed", "remedies.sign-charter.when")
    assert difference.label.fr.endswith(" : « charter.to_sign » → toujours")


def test_a_condition_without_a_time_of_its_own_has_that_of_all() -> None:
    """Its time is compared with what held, and one that comes to the same is no difference."""

    def change(policy: dict[str, Any]) -> None:
        del policy["conditions"][4]["cure"]

    def same(policy: dict[str, Any]) -> None:
        policy["conditions"][0]["cure"] = policy["clocks"]["cure"]

    assert brief(change) == ("looser", "conditions.support.cure", "60 days → 90 days")
    assert found(same) == ()


def test_a_rule_is_named_in_words() -> None:
    """Another rule is a change; more of the same rule is stricter."""
    difference = the(sets("ratification.rule", "simple_majority"))
    assert difference == (
        "changed",
        "ratification.rule",
        difference.label,
    )
    assert difference.label.en == "Rule of ratifications: consent → simple majority"
    assert difference.label.fr == "Règle des ratifications : consentement → majorité simple"
    direction, _, said = brief(sets("decisions.rules.closing.threshold", "3/4"))
    assert direction == "stricter"
    assert said == (
        "qualified majority (at least 2/3 of the electors) → "
        "qualified majority (at least 3/4 of the electors)"
    )
    assert brief(sets("decisions.rules.closing.base", "cast"))[0] == "changed"
    colleges = {"name": "colleges", "weights": {"public": 1}}
    heavier = {**colleges, "weights": {"public": 2}}
    other = brief(sets("decisions.fallback", heavier), sets("decisions.fallback", colleges))
    assert other[0] == "changed"


def test_a_rule_or_cadence_that_is_left_out() -> None:
    """It is gone, or new, with what it was."""
    assert brief(sets("decisions.rules.policy", None)) == (
        "gone",
        "decisions.rules.policy",
        "consent → nothing",
    )
    cadence = {"every": {"months": 1}, "stages": ["animation"]}
    added = the(sets("reviews.cadence.exceptional", cadence))
    assert added[:2] == ("new", "reviews.cadence.exceptional")
    assert added.label.en == "Cadence of “exceptional review”: added"
    removed = the(sets("measures.current_for.monthly", None))
    assert removed[0] == "gone"
    assert removed.label.fr == "Validité d'un relevé mensuel : 46 jours → rien"


@pytest.mark.parametrize(
    ("path", "value", "direction", "said"),
    [
        ("documents.kinds.roadmap.valid", {"months": 3}, "stricter", "6 months → 3 months"),
        ("documents.kinds.roadmap.valid", None, "looser", "6 months → no limit"),
        ("reviews.after_action_within", None, "looser", "21 days → no limit"),
        ("ratification.quorum", "2/3", "stricter", "1/2 → 2/3"),
        ("ratification.open_for", {"days": 7}, "changed", "14 days → 7 days"),
        (
            "ratification.never_short",
            ["support", "communication"],
            "stricter",
            "A support function → A support function, Continuous communication",
        ),
        (
            "ratification.never_short",
            ["communication"],
            "changed",
            "A support function → Continuous communication",
        ),
        ("decisions.not_allowed.gate", None, "looser", "silence → nothing"),
        ("decisions.not_allowed.other", ["silence"], "stricter", "nothing → silence"),
        ("decisions.reminders.half_time", False, "changed", "yes → no"),
        ("decisions.second_call.latest", {"months": 1}, "looser", "15 days → 1 month"),
        ("reviews.cadence.annual.stages", ["structuration"], "changed", None),
        ("remedies.take-pulse.steps", ["record_pulse", "close_review"], "changed", None),
        ("alerts.attendance_below", 0.5, "changed", "3/5 → 1/2"),
        ("disagreements.blocks_for", {"days": 200}, "stricter", "180 days → 200 days"),
    ],
)
def test_a_number_a_span_or_a_list(path: str, value: Any, direction: str, said: str | None) -> None:
    """Each is judged in its own direction, where it has one."""
    got = brief(sets(path, value))
    assert got[:2] == (direction, path)
    assert said in (None, got[2])


@pytest.mark.parametrize(
    ("changed", "en", "fr"),
    [
        ({"en": "A plan"}, "“A common plan of action” → “A plan”", None),
        ({"fr": "Un plan"}, None, "« Un plan d'action commun » → « Un plan »"),
        ({"en": "A plan", "fr": "Un plan"}, "“A common plan of action” → “A plan”", "« Un plan »"),
    ],
)
def test_a_label_changes(changed: dict[str, str], en: str | None, fr: str | None) -> None:
    """Where one language stays as it is, the other one is shown in both."""

    def change(policy: dict[str, Any]) -> None:
        policy["conditions"][0]["label"] |= changed

    difference = the(change)
    assert difference[:2] == ("changed", "conditions.common_plan.label")
    assert difference.label.en.endswith(en or "“Un plan d'action commun” → “Un plan”")
    assert difference.label.fr.endswith(fr or "« A common plan of action » → « A plan »")


SECTIONS = (
    "ratification",
    "waiver",
    "documents",
    "decisions",
    "clocks",
    "reviews",
    "measures",
    "disagreements",
    "alerts",
)


def numbers(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield the path of each number and span below, with one that is larger."""
    if isinstance(value, dict) and value.keys() <= {"months", "days", "hours"}:
        yield path, {unit: number + 1 for unit, number in value.items()}
    elif isinstance(value, dict) and "name" not in value:
        for key, inner in value.items():
            yield from numbers(inner, f"{path}.{key}")
    elif isinstance(value, int) and not isinstance(value, bool):
        yield path, value + 1
    elif isinstance(value, float) or (isinstance(value, str) and "/" in value):
        yield path, "9/10"


LARGER = [
    one
    for section in SECTIONS
    for one in numbers(reference_rules().definition.policy[section], section)
]


@pytest.mark.parametrize(("path", "value"), LARGER, ids=[path for path, _ in LARGER])
def test_every_number_of_a_policy_is_compared(path: str, value: Any) -> None:
    """A larger one is one difference, at its place, that is undone on the way back."""
    rules = varied(sets(path, value))
    (there,), (back,) = differences(reference_rules(), rules), differences(rules, reference_rules())
    assert there.path == back.path == path
    assert back.direction == MIRRORED[there.direction]
    assert "{" not in there.label.en + there.label.fr


def test_parameters_that_have_a_direction_exist() -> None:
    """Each is one of a published fact or of a rule."""
    defined = Policy.model_json_schema()["$defs"].values()
    rules = {
        f"{one['properties']['name'].get('const')}.{name}"
        for one in defined
        for name in one.get("properties", {})
        if one["properties"].get("name", {}).get("const") in RULE_NAMES
    }
    readings = {f"{fact}.{name}" for fact, query in FACTS.items() for name in query.model_fields}
    assert set(PARAMETERS) <= rules | readings


def _without_criterion(policy: dict[str, Any]) -> None:
    del policy["conditions"][1]["criteria"][4]


def _another_condition(policy: dict[str, Any]) -> None:
    label = {"fr": "La joie", "en": "Joy"}
    one = {"id": "joy-felt", "level": 1, "label": label, "when": "members.active >= 1"}
    policy["conditions"].append({"id": "joy", "letter": "F", "label": label, "criteria": [one]})
    policy["gates"]["renewal"]["minima"]["joy"] = 1


CHANGES: tuple[Change, ...] = (
    asks("vision-contributors", "vision.contributors >= 4"),
    asks("actions-on-time", "roadmap.overdue_share < 0.2 || map.actors > 9"),
    asks("map-actors", "map.actors >= 4 && map.categories <= 9"),
    asks("charter-in-force", "!charter.in_force && plenaries_recent >= 2"),
    asks("advice-experiments", "roadmap.experiments >= 3"),
    sets("facts.plenaries_recent.within", {"months": 4}),
    sets("facts.reviews_published.kind", "annual"),
    sets("gates.to_animation.minima.support", 1),
    sets("gates.to_structuration", None),
    sets("ratification.rule", "unanimity"),
    sets("ratification.never_short", []),
    sets("documents.kinds.roadmap.valid", None),
    sets("documents.kinds.charter", None),
    sets("decisions.fallback.threshold", "3/4"),
    sets("decisions.not_allowed.other", ["colleges"]),
    sets("decisions.second_call.earliest", {"months": 1}),
    sets("reviews.cadence.quarterly", None),
    sets("clocks.cure", {"months": 3}),
    sets("remedies.sign-charter.when", None),
    sets("remedies.rest", {"label": {"fr": "Souffler", "en": "Rest"}, "steps": ["rest"]}),
    sets("remedies.sign-charter.label.fr", "Autre"),
    _without_criterion,
    _another_condition,
)


def _made(changes: set[int]) -> Change:
    def change(policy: dict[str, Any]) -> None:
        for number in sorted(changes):
            CHANGES[number](policy)

    return change


SOME = st.sets(st.integers(0, len(CHANGES) - 1))


@given(SOME, SOME)
def test_there_and_back_mirror_each_other(one: set[int], other: set[int]) -> None:
    """What is stricter on the way there is looser on the way back, and what is new is gone."""
    old, new = varied(_made(one)), varied(_made(other))
    there = {(found.path, MIRRORED[found.direction]) for found in differences(old, new)}
    assert there == {(found.path, found.direction) for found in differences(new, old)}
    assert bool(there) == (one != other)


def test_what_is_decided_is_said_in_words() -> None:
    """Subjects and matters have names on the wire, which no reader knows."""
    rules = the(sets("decisions.rules.document:charter", "consensus"))
    assert rules.label.en.startswith("Rule of decisions on “a document (cooperation charter)”")
    refused = the(sets("decisions.not_allowed.document:support_model", None))
    assert refused.label.fr.startswith("Règles exclues pour « un document (modélisation")
    once = the(sets("decisions.second_call.never_for", ["closing", "document:charter"]))
    assert once.label.fr.endswith("→ la clôture, un document (charte de coopération)")
    matters = the(sets("disagreements.blocking_matters", ["data_safety", "support_mandate"]))
    assert matters.label.fr.endswith(
        "→ la sécurité des données, le mandat de la fonction de soutien"
    )
