"""Plain forms: what is wrong with them, in words."""

from __future__ import annotations

import pytest

from coopflow.entrypoints.web.filled import words_of

NO_URL = "this is no URL of a web service: write https://HOST/PATH, in ASCII"


@pytest.mark.parametrize(
    ("message", "english", "french"),
    [
        ("Input should be a valid integer", "Write a whole number.", "Écrivez un nombre entier."),
        (
            NO_URL,
            "This is no URL of a web service: write https://HOST/PATH, in ASCII.",
            "Ce n'est pas l'adresse d'un service web : écrivez https://HÔTE/CHEMIN, en ASCII.",
        ),
        (
            "nobody translated this.",
            "Nobody translated this.",
            "Cette réponse ne convient pas ici.",
        ),
    ],
)
def test_what_is_wrong_is_a_sentence_in_both_languages(
    message: str, english: str, french: str
) -> None:
    """In general words only where nobody has written any in French."""
    assert words_of(message, "en") == english
    assert words_of(message, "fr") == french
