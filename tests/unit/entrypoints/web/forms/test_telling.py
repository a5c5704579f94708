from __future__ import annotations

from typing import Any

import pytest

from coopflow.application.differences import differences
from coopflow.entrypoints.web.forms.changes import Passage, passages
from coopflow.entrypoints.web.forms.form import of_command, of_tool
from coopflow.entrypoints.web.forms.shown import Option
from coopflow.entrypoints.web.forms.telling import Teller, Told
from coopflow.wording.spacing import SPACE
from tests.deeds import DOCUMENTS
from tests.forms import ENGLISH, FRENCH

KNOWN = {"members": [Option("alpha", "Alpha & fils"), Option("beta", "Bêta")]}
TELLER = Teller(FRENCH, KNOWN)


def told(kind: str, content: dict[str, Any], teller: Teller = TELLER) -> dict[str, Told]:
    """Return what is told of a content by the labels of its fields."""
    return {one.label: one for one in teller.whole(of_tool(kind).question, content)}


def texts(one: Told) -> list[str]:
    """Return all texts of what is told."""
    own = [one.text] if one.text else []
    return [*own, *(text for part in one.parts for text in texts(part))]


@pytest.mark.parametrize("kind", sorted(DOCUMENTS))
def test_all_that_a_document_says_is_told(kind: str) -> None:
    """No answer is left out, and none is told as data."""
    content = DOCUMENTS[kind]()
    found = told(kind, content)
    assert len(found) == len([one for one in content.values() if one not in ([], {}, None)])
    said = " ".join(text for one in found.values() for text in texts(one))
    assert "{" not in said
    assert "[" not in said


def test_things_are_called_by_their_names() -> None:
    """Members, choices, rules, days and numbers as people write them."""
    charter = told(
        "charter",
        {
            "commitments": [{"member": "alpha", "text": "Livrer"}, {"member": "gone", "text": "x"}],
            "decision_rules": [
                {"subject": "budget", "rule": "consent", "quorum": "1/2", "fallback": "bogus"}
            ],
            "term_end": "2028-05-09",
        },
    )
    assert texts(charter["Engagements des membres"]) == ["Alpha & fils", "Livrer", "gone", "x"]
    rules = charter["Règles de décision"]
    assert rules.kind == "table"
    assert rules.heads == ("À quel sujet", "Règle", "Quorum", "Règle en cas d'échec")
    assert texts(rules) == ["budget", "consentement", "1/2", "bogus"]
    assert texts(charter["En vigueur jusqu'au"]) == ["9 mai 2028"]
    model = told("support_model", {"hosting": "shared", "hours_month": 12.5, "budget": []})
    assert texts(model["Portage"]) == ["mutualisé entre plusieurs partenaires"]
    assert texts(model["Heures par mois"]) == ["12,5"]
    assert "Budget" not in model


def test_missions_are_a_table_and_large_things_have_a_heading_each() -> None:
    """What has few short answers stands in a row; the rest under what it is called."""
    model = told("support_model", DOCUMENTS["support_model"]())
    missions = model["Qui porte chaque mission"]
    assert missions.kind == "table"
    assert missions.heads[0] == ""
    assert texts(missions)[0] == "Coordonner"
    chain = told("value_chain", {"objectives": [{"id": "o1", "why": "Nourrir", "levers": ["a"]}]})
    objectives = chain["Objectifs"]
    assert objectives.kind == "things"
    assert objectives.parts[0].label == "Objectif 1 : Nourrir"
    nameless = told("value_chain", {"objectives": [{"levers": ["a"]}]}, Teller(ENGLISH, {}))
    assert nameless["Objectives"].parts[0].label == "Objective 1"


def test_what_is_kept_in_another_shape_is_told_as_well() -> None:
    """Whatever it is: reading a document never fails."""
    record = told(
        "feedback_loop",
        {"changes": [{"id": "c1", "text": "Moins"}], "summary_published": True, "measures": ["i1"]},
    )
    assert texts(record["Changements proposés"]) == ["id: c1, text: Moins"]
    assert texts(record["Publier la synthèse"]) == ["oui"]
    odd = told(
        "charter", {"term_end": "soon", "bodies": ["x"], "principles": {"a": [1, None], "b": None}}
    )
    assert texts(odd["En vigueur jusqu'au"]) == ["soon"]
    assert texts(odd["Principes"]) == ["a: 1"]
    ballots = TELLER.tell(
        of_command("record_session_vote").question.parts[1], {"alpha": "yes"}, "Réponses"
    )
    assert ballots is not None
    assert texts(ballots) == ["Alpha & fils", "yes"]


def test_the_way_to_what_differs_is_told_in_words() -> None:
    """Through lists by what names their items, or by their number."""
    before = {
        "objectives": [{"id": "o1", "why": "Nourrir", "levers": ["a"], "contributors": ["alpha"]}]
    }
    after = {
        "objectives": [{"id": "o1", "why": "Loger", "levers": ["b"], "contributors": ["beta"]}]
    }
    question = of_tool("value_chain").question
    ways = [
        " > ".join(step.words for step in TELLER.way(question, one.path)).replace(SPACE, " ")
        for one in differences(before, after)
    ]
    assert ways == [
        "Objectifs > Objectif « o1 » > Pourquoi : la transformation visée",
        "Objectifs > Objectif « o1 » > Comment : les leviers mobilisés > Levier 1",
        "Objectifs > Objectif « o1 » > Avec qui > 1",
    ]
    english = Teller(ENGLISH, {}).way(question, "objectives[o1]")
    assert english[-1].words == "Objective “o1”"
    known = [
        step.words.replace(SPACE, " ")
        for step in TELLER.way(question, "objectives[o1].why", after, before)
    ]
    assert known == ["Objectifs", "Objectif « Loger »", "Pourquoi : la transformation visée"]
    gone = TELLER.way(question, "objectives[o1]", {"objectives": "none"}, before)
    assert gone[-1].words.replace(SPACE, " ") == "Objectif « Nourrir »"


@pytest.mark.parametrize("path", ["nothing", "objectives.x", "objectives[a", "objectives[a].b[c]"])
def test_a_way_that_is_not_known_is_told_as_it_is(path: str) -> None:
    """Names of items may hold anything."""
    steps = TELLER.way(of_tool("value_chain").question, path)
    assert steps
    assert all(step.words for step in steps)


def test_texts_are_compared_word_by_word() -> None:
    """Where they have much in common; else they stand one after the other."""
    assert passages("a la moitié du pain", "a la totalité du pain") == (
        Passage("stayed", "a la "),
        Passage("went", "moitié "),
        Passage("came", "totalité "),
        Passage("stayed", "du pain"),
    )
    assert passages("un deux trois", "quatre cinq six") == ()
    assert passages("un", "un deux") == ()
    assert passages("a " * 5000, "a " * 5001) == ()
    whole = passages("un deux trois quatre", "un deux trois cinq")
    assert "".join(one.text for one in whole if one.kind != "came") == "un deux trois quatre"
