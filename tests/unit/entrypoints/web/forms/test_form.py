from __future__ import annotations

from typing import Any

import pytest

from coopflow.domain.catalogue import COMMANDS
from coopflow.domain.refusals import Refusal
from coopflow.domain.tools import MISSIONS, TOOLS, submission_faults
from coopflow.entrypoints.web.forms.choices import choice_of
from coopflow.entrypoints.web.forms.consequences import CONSEQUENCES, FINAL, consequence_of
from coopflow.entrypoints.web.forms.faults import (
    ERRORS,
    Fault,
    of_problems,
    of_refusal,
    words_of,
)
from coopflow.entrypoints.web.forms.form import of_command, of_tool
from coopflow.entrypoints.web.forms.helps import HELPS, help_of
from coopflow.entrypoints.web.forms.labels import ITEMS, LABELS, item_of, label_of, one_more
from coopflow.entrypoints.web.forms.questions import (
    ENVELOPE,
    Choice,
    Items,
    Pairs,
    Question,
    Several,
    of_model,
    walk,
)
from coopflow.entrypoints.web.forms.shown import Option, Shown
from coopflow.entrypoints.web.forms.typed import MAX_DEPTH, MAX_ITEMS, MAX_PAIRS, as_pairs, of_pairs
from tests.deeds import DOCUMENTS
from tests.forms import ENGLISH, FRENCH, html_of, sent

ASKED: list[Question] = [
    *(one for model in TOOLS.values() for one in walk(of_model(model))),
    *(one for model in COMMANDS.values() for one in walk(of_model(model, without=ENVELOPE))),
]


def flat(fields: tuple[Shown, ...]) -> dict[str, Shown]:
    """Return all fields of a form by their path."""
    found: dict[str, Shown] = {}
    for one in fields:
        found[one.path] = one
        found |= flat(one.parts)
    return found


def test_everything_that_is_asked_has_a_label_in_both_languages() -> None:
    """All fields of the eight tools and of all commands, and what is added to each list."""
    models = {model.__name__ for model in (*TOOLS.values(), *COMMANDS.values())}
    for one in ASKED:
        if one.about not in models:
            assert all(label_of(one.about)), one.about
        if isinstance(one, Items | Pairs):
            assert all(item_of(one.about)), one.about


@pytest.mark.parametrize("table", [LABELS, ITEMS, HELPS])
def test_no_label_or_help_is_left_over(table: Any) -> None:
    """Each one is about something that is asked."""
    abouts = {one.about for one in ASKED}
    known = abouts | {about.partition(".")[2] for about in abouts}
    assert set(table) <= known


def test_every_answer_to_choose_has_words_in_both_languages() -> None:
    """None is shown by its name on the wire."""
    for one in ASKED:
        if isinstance(one, Choice | Several):
            for value in one.values:
                words = choice_of(one.about, value, FRENCH), choice_of(one.about, value, ENGLISH)
                assert "_" not in "".join(words), (one.about, value)
                assert words[0] != value or value in TELLING, (one.about, value)


TELLING = {"alliance", "tension", "association", "facilitation"}
"""Names on the wire that are French words as well."""


def test_what_follows_is_said_of_commands_that_there_are() -> None:
    """In both languages; of each that ends something for good."""
    assert set(CONSEQUENCES) <= set(COMMANDS)
    assert set(CONSEQUENCES) >= FINAL
    assert all(map(all, CONSEQUENCES.values()))
    assert consequence_of("record_pulse", FRENCH) == ""
    assert consequence_of("stop_mediation", ENGLISH).startswith("It ends for all parties.")


def test_what_is_added_to_a_list_has_its_article() -> None:
    """``a trend``, ``une tendance``."""
    assert one_more("SharedVision.trends") == ("a trend", "une tendance")
    assert one_more("StakeholderMap.actors") == ("an actor", "un acteur")


def test_help_is_found_by_model_and_field_or_by_field() -> None:
    """And there is none where everybody knows what to write."""
    assert help_of("CloseReview.lessons") == HELPS["lessons"]
    assert help_of("Action.title") is None


def test_a_list_grows_and_shrinks_and_loses_nothing() -> None:
    """By buttons alone: add, up, down, remove."""
    form = of_tool("charter")
    typed = [("principles.0", "one"), ("principles.1", "two"), ("purpose", "a purpose")]
    added = form.read([*typed, ("_do", "add:principles")])
    assert (added.do, added.new) == ("again", "principles.2")
    assert [one.text for one in added.typed.part("principles").items] == ["one", "two", ""]
    assert added.typed.part("purpose").text == "a purpose"
    for deed, left in {
        "up:principles.1": ["two", "one"],
        "down:principles.0": ["two", "one"],
        "up:principles.0": ["one", "two"],
        "down:principles.1": ["one", "two"],
        "remove:principles.0": ["two"],
        "remove:principles.9": ["one", "two"],
        "remove:purpose.0": ["one", "two"],
        "add:purpose": ["one", "two"],
        "add:": ["one", "two"],
    }.items():
        posted = form.read([*typed, ("_do", deed)])
        assert [one.text for one in posted.typed.part("principles").items] == left, deed
        assert posted.typed.part("purpose").text == "a purpose"


def test_lists_within_lists_and_within_rules_grow_as_well() -> None:
    """The weights of a rule of one of several decision rules."""
    form = of_tool("charter")
    typed = [
        ("decision_rules.0.rule.name", "weighted"),
        ("decision_rules.0.rule.weights.0.key", "alpha"),
        ("_do", "add:decision_rules.0.rule.weights"),
    ]
    posted = form.read(typed)
    assert posted.new == "decision_rules.0.rule.weights.1"
    assert "decision_rules.0.rule.weights.1.key" in html_of(form, posted.typed)


def test_what_is_far_too_much_is_left_out() -> None:
    """Too deep, too many inputs, too many items, numbers with holes."""
    form = of_tool("charter")
    many = form.read((f"principles.{n}", "x") for n in range(MAX_ITEMS + 5))
    assert len(many.typed.part("principles").items) == MAX_ITEMS
    assert many.ignored
    full = form.read([*as_pairs(many.typed), ("_do", "add:principles")])
    assert (full.do, full.new) == ("again", "")
    holes = form.read([("principles.999999999", "b"), ("principles.7", "a"), ("principles.x", "c")])
    assert [one.text for one in holes.typed.part("principles").items] == ["a", "b"]
    assert holes.ignored == ("principles.x",)
    assert of_pairs([(".".join("a" * (MAX_DEPTH + 1)), "x"), ("a" * 1000, "x")]).parts == {}
    assert len(of_pairs((str(n), "x") for n in range(MAX_PAIRS + 9)).parts) == MAX_PAIRS


def test_what_nothing_asks_is_named() -> None:
    """Names that belong to no field are not silently taken for answers."""
    posted = of_tool("shared_vision").read([("issue", "x"), ("admin", "yes"), ("issue.x", "y")])
    assert sorted(posted.ignored) == ["admin", "issue.x"]


def test_numbers_and_shares_are_read_as_people_write_them() -> None:
    """With a comma, with spaces between thousands; words stay words."""
    form = of_command("record_measure", {"indicator": "i", "organisation": "alpha"})
    for text, value in {"1 234,5": 1234.5, "-3": -3, "2.5": 2.5, "many": "many"}.items():
        assert form.data(form.read([("value", text)]).typed, FRENCH) == {"value": value}
    assert form.fill({"value": 12.5}, FRENCH).part("value").text == "12,5"
    assert form.fill({"value": 12.5}, ENGLISH).part("value").text == "12.5"
    asked = of_command("open_decision")
    share = asked.data(asked.read([("quorum", "0,5")]).typed, FRENCH)
    assert share == {"quorum": "0.5"}


def test_times_are_those_of_the_clock_where_people_live() -> None:
    """In Paris it is two hours later in summer; what is no time is handed on as it is."""
    form = of_command("recall_decision", {"decision": "d"})
    read = form.data(form.read([("closes_at", "2026-07-01T18:00")]).typed, FRENCH)
    assert read == {"closes_at": "2026-07-01T16:00:00Z"}
    assert form.fill(read, FRENCH).part("closes_at").text == "2026-07-01T18:00"
    odd = form.fill({"closes_at": "soon"}, FRENCH)
    assert form.data(odd, FRENCH) == {"closes_at": "soon"}
    for text in ("2026-13-45T18:00", "0001-01-01T00:00", "soon"):
        typed = form.read([("closes_at", text)]).typed
        assert [one.path for one in form.faults(typed, FRENCH)] == ["closes_at"]


def test_ids_that_mean_nothing_are_made_up() -> None:
    """None that somebody wrote is given again; a blank item is no item."""
    form = of_tool("roadmap")
    posted = form.read(
        [
            ("actions.0.title", "one"),
            ("actions.1.title", ""),
            ("actions.2.title", "two"),
            ("actions.3.id", "action-1"),
        ]
    )
    typed = form.tidy(posted.typed)
    ids = [one.part("id").text for one in typed.part("actions").items]
    assert ids == ["action-2", "action-3", "action-1"]


def test_faults_stand_at_their_fields_and_above_the_form() -> None:
    """Each with a link to the field, in the order of the form, and tied to it for who hears it."""
    form = of_tool("charter")
    typed = form.tidy(
        form.read(
            [
                ("commitments.0.text", "a text"),
                ("decision_rules.0.rule.name", "weighted"),
                ("decision_rules.0.rule.weights.0.key", "alpha"),
                ("decision_rules.0.rule.weights.0.value", "lots"),
                ("decision_rules.0.rule.weights.1.key", "alpha"),
                ("decision_rules.0.rule.weights.1.value", "1"),
                ("decision_rules.0.fallback.name", "bogus"),
                ("term_end", "soon"),
            ]
        ).typed
    )
    faults = form.faults(typed, FRENCH)
    shown = form.show(typed, FRENCH, faults=faults)
    fields = flat(shown.fields)
    weights = "decision_rules.0.rule.weights"
    assert fields["commitments.0.member"].errors == ("Remplissez ce champ.",)
    assert fields["decision_rules.0.fallback.name"].errors == (
        "Choisissez une des réponses possibles.",
    )
    assert fields[f"{weights}.1.key"].errors == ("Indiqué deux fois.",)
    assert fields["term_end"].errors == ("Ce n'est pas une date.",)
    assert all(one.target for one in shown.wrong)
    html = html_of(form, typed, faults=faults)
    for one in shown.wrong:
        assert f'href="#{one.target}"' in html
        assert f'id="{one.target}"' in html
    assert 'aria-describedby="f-term_end-error" aria-invalid="true"' in html
    assert [one.target for one in shown.wrong] == sorted(
        (one.target for one in shown.wrong), key=lambda target: html.index(f'id="{target}"')
    )


def test_a_fault_in_the_weight_of_a_rule_stands_at_that_weight() -> None:
    """Keys of mappings are found among what was typed."""
    form = of_tool("charter")
    pairs = [
        ("decision_rules.0.rule.name", "weighted"),
        ("decision_rules.0.rule.weights.0.key", "é"),
        ("decision_rules.0.rule.weights.0.value", "1"),
        ("decision_rules.0.rule.weights.1.key", "beta"),
        ("decision_rules.0.rule.weights.1.value", "lots"),
    ]
    paths = {one.path for one in form.faults(form.read(pairs).typed, FRENCH)}
    assert "decision_rules.0.rule.weights.0.key" in paths
    assert "decision_rules.0.rule.weights.1.value" in paths


def test_faults_of_the_whole_stand_above_the_form() -> None:
    """Where no field is meant; where the words name one, at that field."""
    form = of_command("delegate_ballot")
    typed = form.read([("from", "alpha"), ("to", "beta")]).typed
    shown = form.show(typed, FRENCH, faults=form.faults(typed, FRENCH))
    assert [(one.target, one.label) for one in shown.wrong] == [("", "")]
    asked = of_command("record_pulse")
    pulse = asked.read([("score", "3"), ("answers", "9"), ("asked", "3")]).typed
    assert [one.path for one in asked.faults(pulse, FRENCH)] == ["answers"]


def test_missions_are_called_alike_where_they_are_asked_for_and_where_they_are_told() -> None:
    """As in the model of the support function, so in its mandate."""
    for mission in MISSIONS:
        asked = label_of(f"SupportModel.missions.{mission}")
        told = tuple(say(f"mission.{mission}") for say in (ENGLISH, FRENCH))
        assert told == tuple(one.lower() for one in asked)


def test_actions_that_others_wait_for_are_chosen_by_their_titles() -> None:
    """Their ids mean nothing to people; where none has an id there is none to choose."""
    form = of_tool("roadmap")
    content = DOCUMENTS["roadmap"]()
    content["actions"] = [{**content["actions"][0], "id": "a1", "title": "Peser les restes"}]
    waits = "actions.0.depends_on"
    shown = flat(form.show(form.fill(content, FRENCH), FRENCH).fields)
    assert shown[waits].options == (Option("a1", "Peser les restes"),)
    content["actions"][0]["id"] = ""
    shown = flat(form.show(form.fill(content, FRENCH), FRENCH).fields)
    assert waits not in shown


def bad_contents() -> list[tuple[str, dict[str, Any]]]:
    """Return contents that are well formed, with all that keeps them from being submitted."""
    stakeholders = DOCUMENTS["stakeholder_map"]()
    stakeholders["links"] = [{"from": "x", "to": "y", "kind": "tension"}]
    chain = DOCUMENTS["value_chain"]()
    chain["objectives"] = [chain["objectives"][0]] * 2
    loop = DOCUMENTS["roadmap"]()
    first = loop["actions"][0]
    loop["actions"] = [
        {**first, "id": "a", "depends_on": ["b", "zz"]},
        {**first, "id": "b", "depends_on": ["a"]},
    ]
    support = DOCUMENTS["support_model"]()
    support["missions"] = {"inform": {"holder": "alpha"}}
    support |= {"deputy": support["holder"], "mandate_end": "2000-01-01"}
    vision = DOCUMENTS["shared_vision"]()
    vision["contributors"] = ["nobody"]
    return [
        ("stakeholder_map", stakeholders),
        ("value_chain", chain),
        ("roadmap", loop),
        ("support_model", support),
        ("shared_vision", vision),
    ]


@pytest.mark.parametrize(("kind", "content"), bad_contents())
def test_what_keeps_a_document_from_being_submitted_is_said_at_its_field(
    kind: str, content: dict[str, Any]
) -> None:
    """In French: the sentences of the domain are English."""
    form = of_tool(kind)
    typed = form.fill(content, FRENCH)
    problems = submission_faults(kind, content, frozenset())
    assert problems
    for one in of_problems(problems, form.question, typed):
        assert one.path, one
        assert one.words != ERRORS["value_error"], one
        assert flat(form.show(typed, FRENCH, faults=[one]).fields)
    refusal = Refusal(
        code="invalid_document",
        facts={"faults": [{"path": path, "problem": problem} for path, problem in problems]},
    )
    refused = of_refusal(refusal, form.question, typed, ("Not so.", "Pas ainsi."))
    assert refused == of_problems(problems, form.question, typed)


def test_a_refusal_stands_at_the_field_that_it_names() -> None:
    """Else above the form."""
    form = of_command("admit_member")
    typed = form.read([("organisation.id", "alpha"), ("representative", "rep")]).typed
    words = ("Nobody knows them.", "Personne ne les connaît.")
    known = Refusal(code="unknown_person", facts={"representative": "rep"})
    assert of_refusal(known, form.question, typed, words) == (Fault("representative", words),)
    other = Refusal(code="forbidden", facts={"role": "observer"})
    assert of_refusal(other, form.question, typed, words) == (Fault("", words),)


def test_an_error_without_words_of_its_own_has_general_ones() -> None:
    """Nothing is answered with a pattern that was not filled in."""
    assert words_of("unheard_of", "oh") == ERRORS["value_error"]
    assert words_of("too_short", "oh", {}) == ERRORS["value_error"]
    assert words_of("greater_than_equal", "", {"ge": 1900.0})[1] == "Écrivez 1900 ou davantage."


def test_things_that_are_known_are_offered_and_what_was_chosen_stays() -> None:
    """Also where it is no longer among them: nothing is lost by opening a form."""
    form = of_tool("shared_vision")
    known = {"members": [Option("alpha", "Alpha"), Option("beta", "Bêta")]}
    typed = form.fill({"contributors": ["gone", "beta"]}, FRENCH)
    field = flat(form.show(typed, FRENCH, known).fields)["contributors"]
    assert field.kind == "checks"
    assert [one.value for one in field.options] == ["gone", "beta", "alpha"]
    posted = form.read(sent(html_of(form, typed, known=known)))
    assert form.data(posted.typed, FRENCH) == {"contributors": ["gone", "beta"]}
    written = form.read([("contributors", "alpha, beta;gamma\nalpha")])
    assert form.data(written.typed, FRENCH) == {"contributors": ["alpha", "beta", "gamma"]}


def test_what_there_is_none_of_yet_is_not_asked_for() -> None:
    """Indicators before the first is agreed on; what was typed of them stays."""
    form = of_command("open_decision")
    none: dict[str, list[Option]] = {"indicators": []}
    assert "cites" not in flat(form.show(form.fill({}, FRENCH), FRENCH, none).fields)
    typed = form.fill({"cites": ["meals"]}, FRENCH)
    assert flat(form.show(typed, FRENCH, none).fields)["cites"].values == ("meals",)
    some = {"indicators": [Option("meals", "Repas")]}
    assert flat(form.show(form.fill({}, FRENCH), FRENCH, some).fields)["cites"].kind == "checks"


def test_actions_that_are_agreed_on_are_chosen_and_those_of_a_form_suggested() -> None:
    """An update is about one of the roadmap; an action may depend on others of the same form."""
    known = {"actions": [Option("garden", "Un jardin")]}
    update = of_command("update_action")
    field = flat(update.show(update.fill({}, FRENCH), FRENCH, known).fields)["action"]
    assert (field.kind, field.options) == ("select", (Option("garden", "Un jardin"),))
    form = of_tool("roadmap")
    typed = form.read([("actions.0.id", "a"), ("actions.1.depends_on", "a")]).typed
    assert flat(form.show(typed, FRENCH, known).fields)["actions.1.depends_on"].options == (
        Option("a", "a"),
    )


def test_how_somebody_votes_is_told_apart_as_what_may_be_secret() -> None:
    """In all forms that ask it; nothing else is."""
    found = {name: form.secrets for name in COMMANDS if (form := of_command(name)).secrets}
    assert found == {"cast_ballot": {"choice"}, "record_session_vote": {"ballots"}}
    assert not any(of_tool(kind).secrets for kind in TOOLS)


def test_reasons_that_the_rules_ask_for_are_asked_for() -> None:
    """Of a veto in any case; of an answer and of a change it is said when."""
    veto = of_command("veto_decision")
    assert flat(veto.show(veto.fill({}, FRENCH), FRENCH).fields)["reason"].required
    answer = of_command("cast_ballot")
    asked = flat(answer.show(answer.fill({}, FRENCH), FRENCH).fields)["reason"]
    assert (asked.required, asked.help) == (False, "Nécessaire pour une objection.")


def test_a_text_that_is_missing_is_asked_for_where_it_is_written() -> None:
    """What was agreed in a mediation is no reason, and missing like one."""
    form = of_command("conclude_mediation")
    typed = form.read([("outcome", "agreement"), ("disagreement", "d1")]).typed
    refusal = Refusal(code="reason_required", message="why", facts={"disagreement": "d1"})
    faults = of_refusal(refusal, form.question, typed, ("Say why.", "Dites pourquoi."))
    assert [one.path for one in faults] == ["agreed_text"]


def test_actors_of_the_map_are_suggested_for_its_links() -> None:
    """As far as they were typed already; others may be written."""
    form = of_tool("stakeholder_map")
    typed = form.read([("actors.0.name", "La mairie"), ("links.0.from", "Le lycée")]).typed
    field = flat(form.show(typed, FRENCH).fields)["links.0.from"]
    assert (field.kind, field.options) == ("line", (Option("La mairie", "La mairie"),))


def test_texts_of_people_are_escaped() -> None:
    """In values, in options and in what is wrong."""
    form = of_tool("shared_vision")
    nasty = '"><script>alert(1)</script>'
    typed = form.read([("issue", nasty), ("territory", nasty), ("trends.0", nasty)]).typed
    known = {"members": [Option(nasty, nasty)]}
    html = html_of(form, typed, known=known, faults=[Fault("issue", (nasty, nasty))])
    assert "<script" not in html
    assert 'value="&#34;&gt;&lt;script&gt;' in html


def test_a_text_of_several_lines_stays_one_where_a_line_is_asked() -> None:
    """Browsers take the ends of lines out of inputs of one line."""
    form = of_tool("shared_vision")
    typed = form.fill({"territory": "one\ntwo"}, FRENCH)
    assert flat(form.show(typed, FRENCH).fields)["territory"].kind == "area"
    assert form.data(form.read(sent(html_of(form, typed))).typed, FRENCH) == {
        "territory": "one\ntwo"
    }


def test_a_field_that_may_hold_anything_can_be_asked_as_a_model() -> None:
    """What an objection changes in a proposal of a mandate, for example."""
    form = of_command(
        "integrate_objection",
        {"decision": "d", "organisation": "alpha"},
        {"amendment": TOOLS["shared_vision"]},
    )
    posted = form.read([("amendment.horizon_year", "2032"), ("material", "yes")])
    assert form.data(posted.typed, FRENCH) == {
        "amendment": {"horizon_year": 2032},
        "material": True,
    }
    assert form.faults(posted.typed, FRENCH) == ()
    free = of_command("integrate_objection", {"decision": "d", "organisation": "alpha"})
    for text, value in {'{"a": 1}': {"a": 1}, "[" * 5000: "[" * 5000}.items():
        typed = free.read([("amendment", text)]).typed
        assert free.data(typed, FRENCH) == {"amendment": value}


def test_data_of_another_shape_fill_what_they_fit() -> None:
    """A form is shown of whatever is kept."""
    form = of_tool("charter")
    typed = form.fill(
        {"purpose": 3, "principles": "none", "bodies": [1], "decision_rules": {"a": 1}}, FRENCH
    )
    assert form.data(form.tidy(typed), FRENCH) == {"purpose": "3"}


@pytest.mark.parametrize(
    ("deed", "goes_on"),
    [
        ("add:bodies", "bodies.2"),
        ("up:bodies.1", "bodies.0"),
        ("down:bodies.0", "bodies.1"),
        ("remove:bodies.0", "bodies.0"),
        ("remove:bodies.1", "bodies.0"),
        ("remove:principles.0", "principles"),
    ],
)
def test_one_goes_on_where_a_button_of_a_list_left_one(deed: str, goes_on: str) -> None:
    """So that who uses the keyboard is not thrown back to the beginning of the page."""
    form = of_tool("charter")
    pairs = [("principles.0", "a"), ("bodies.0.name", "A"), ("bodies.1.name", "B"), ("_do", deed)]
    posted = form.read(pairs)
    assert posted.new == goes_on
    html = html_of(form, posted.typed, new=posted.new)
    assert html.count(" autofocus") == 1
    assert (
        f'id="f-{goes_on.replace(".", "-")}"' in html.partition(" autofocus")[0].rpartition("<")[2]
    )
