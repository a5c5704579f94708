"""French elision before names."""

from __future__ import annotations

import pytest

from coopflow.wording.elision import begins_open, elided
from coopflow.wording.phrases import Phrases


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Observatoire", "d'Observatoire"),
        ("École des Haies", "d'École des Haies"),
        ("Œuvres", "d'Œuvres"),
        ("Habitants du Gué", "d'Habitants du Gué"),
        ("Hélène Roux", "d'Hélène Roux"),
        ("Hôpital", "d'Hôpital"),
        ("Ysoline", "d'Ysoline"),
        ("Yann", "de Yann"),
        ("Hauts-de-France", "de Hauts-de-France"),
        ("Hameau du Gué", "de Hameau du Gué"),
        ("Onze Moulins", "de Onze Moulins"),
        ("Ferme du Gué", "de Ferme du Gué"),
        ("« Abeilles »", "d'« Abeilles »"),
        ('"Alpha"', 'd\'"Alpha"'),
        ("(Alpha)", "d'(Alpha)"),
        ("« Ferme »", "de « Ferme »"),
        ("3 villages", "de 3 villages"),
        ("", "de "),
    ],
)
def test_de_loses_its_vowel_before_one(name: str, said: str) -> None:
    """Also before a mute h, and through quotation marks; before other signs it stays."""
    assert elided("de {name}", {"name": name}).format(name=name) == said


MUTE = (
    "Hébergement Harmonie Humus Huître Hectare Hexagone Histoire Hier Hippodrome Horizon"
    " Horticulture Hostellerie Honoré Humeur Hérault Hervé"
    " Onzain UNESCO URSSAF Un Ouest Éts Yves Yvelines"
)
ASPIRATED = (
    "Hip-hop Homard Hernie Haïti HLM Hauts-de-Seine huit Huitième Hors Honte Hibou Hiérarchie Héros"
    " Halte Harpe Heurt Hotte SNCF Oui Onze Onzième 8 11 1er"
)


@pytest.mark.parametrize("name", MUTE.split())
def test_names_that_begin_with_a_vowel_or_a_mute_h_take_an_apostrophe(name: str) -> None:
    """As they are spoken."""
    assert begins_open(name)


@pytest.mark.parametrize("name", ASPIRATED.split())
def test_names_that_begin_with_an_aspirated_h_or_a_numeral_take_none(name: str) -> None:
    """However they are written."""
    assert not begins_open(name)


def test_other_words_of_grammar_do_so_too() -> None:
    """Inside a text, and only right before a value."""
    values = {"by": "Amel", "n": 8}
    text = "que {by}, parce que {by}, le {by}, la {by}, modele {by}, de ce {by}, de {n}, de {x}"
    assert elided(text, values) == (
        "qu'{by}, parce qu'{by}, l'{by}, l'{by}, modele {by}, de ce {by}, de {n}, de {x}"
    )


def test_what_is_said_of_organisations_is_elided_in_french_alone() -> None:
    """Wherever words are filled in."""
    holder = {"holder": "Observatoire"}
    assert Phrases("fr")("journey.mandate_ended", **holder) == "fin du mandat d'Observatoire"
    assert Phrases("en")("journey.mandate_ended", **holder) == "the mandate of Observatoire ends"
