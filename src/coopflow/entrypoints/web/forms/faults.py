"""What is wrong with what was typed: where in the form, and in which words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from pydantic import BaseModel, ValidationError

from coopflow.domain.refusals import Refusal
from coopflow.entrypoints.web.forms.questions import (
    Group,
    Items,
    Pairs,
    Question,
    Several,
    Variants,
)
from coopflow.entrypoints.web.forms.typed import Typed

Words = tuple[str, str]
"""A text in English and in French."""

Location = tuple[int | str, ...]


class Fault(NamedTuple):
    """Something that is wrong.

    Attributes:
        path: of the field, as inputs are named; empty for the whole.
        words: what is wrong, in English and French.
        is_lacking: whether something is only left out, which a draft may do.
    """

    path: str
    words: Words
    is_lacking: bool = False


LACKING: Final = frozenset({"missing", "too_short", "string_too_short"})

_NUMBER: Final = ("This is not a number.", "Ce n'est pas un nombre.")
_WHOLE: Final = ("Write a whole number.", "Écrivez un nombre entier.")
_DAY: Final = ("This is not a date.", "Ce n'est pas une date.")
_INSTANT: Final = ("This is not a date and time.", "Ce n'est pas une date avec une heure.")
_TEXT: Final = ("Write a text here.", "Écrivez un texte ici.")
_CHOICE: Final = (
    "Choose one of the possible answers.",
    "Choisissez une des réponses possibles.",
)
_LIST: Final = ("This is not a list.", "Ce n'est pas une liste.")
_WRONG: Final = ("This answer does not fit here.", "Cette réponse ne convient pas ici.")
_FILL: Final = ("Fill this in.", "Remplissez ce champ.")

ERRORS: Final[Mapping[str, Words]] = {
    "missing": _FILL,
    "string_too_short": _FILL,
    "too_short": ("Name at least {min_length}.", "Indiquez-en au moins {min_length}."),
    "string_too_long": (
        "Write at most {max_length} characters.",
        "Écrivez {max_length} caractères au plus.",
    ),
    "string_pattern_mismatch": (
        "Use letters without accents, digits and . _ : @ - only, with no space.",
        "N'employez que des lettres sans accent, des chiffres et . _ : @ -, sans espace.",
    ),
    "string_type": _TEXT,
    "string_unicode": _TEXT,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "fraction_type": _NUMBER,
    "fraction_parsing": _NUMBER,
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "finite_number": _NUMBER,
    "bool_parsing": ("Answer yes or no.", "Répondez par oui ou par non."),
    "bool_type": ("Answer yes or no.", "Répondez par oui ou par non."),
    "greater_than_equal": ("Write {ge} or more.", "Écrivez {ge} ou davantage."),
    "greater_than": ("Write more than {gt}.", "Écrivez plus que {gt}."),
    "less_than_equal": ("Write {le} or less.", "Écrivez {le} ou moins."),
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "date_parsing": _DAY,
    "date_type": _DAY,
    "datetime_from_date_parsing": _INSTANT,
    "datetime_parsing": _INSTANT,
    "datetime_type": _INSTANT,
    "datetime_object_invalid": _INSTANT,
    "literal_error": _CHOICE,
    "union_tag_invalid": _CHOICE,
    "union_tag_not_found": _CHOICE,
    "is_instance_of": _WRONG,
    "model_type": _WRONG,
    "model_attributes_type": _WRONG,
    "dict_type": _WRONG,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "extra_forbidden": ("Nothing is asked by this name.", "Rien n'est demandé sous ce nom."),
    "value_error": _WRONG,
}
"""What is wrong by the kinds of errors of pydantic; braces hold what it says of them."""

SAID: Final[tuple[tuple[str, Words], ...]] = (
    (r"an instant needs a time zone.*", _INSTANT),
    (
        r"the year lies between (\d+) and (\d+)",
        ("The year lies between {0} and {1}.", "L'année est comprise entre {0} et {1}."),
    ),
    (
        r"text is not valid Unicode.*|text holds a NUL character",
        (
            "The text holds a character that cannot be kept; type it anew.",
            "Le texte contient un caractère qui ne peut pas être conservé ; saisissez-le à neuf.",
        ),
    ),
    (
        r"text is (\d+) bytes long, at most (\d+) are accepted",
        (
            "The text is too long: {0} bytes, at most {1}.",
            "Le texte est trop long : {0} octets, {1} au plus.",
        ),
    ),
    (
        r"a ratio is written as .*",
        ("Write a share, such as 2/3, 0.5 or 1.", "Écrivez une part, comme 2/3, 0,5 ou 1."),
    ),
    (
        r"a ratio is not divided by zero",
        ("Nothing is divided by zero.", "On ne divise pas par zéro."),
    ),
    (r"a ratio is not negative", ("Write 0 or more.", "Écrivez 0 ou davantage.")),
    (
        r"a share lies between 0 and 1",
        ("A share lies between 0 and 1.", "Une part est comprise entre 0 et 1."),
    ),
    (
        r"a vote is entrusted for one decision, or until a date",
        (
            "Name one decision, or a date until which the vote is entrusted, not both.",
            "Indiquez une décision, ou la date jusqu'à laquelle le vote est confié, pas les deux.",
        ),
    ),
    (
        r"nothing is decided under (.*)",
        ("Nothing is decided under “{0}”.", "Rien ne se décide sous « {0} »."),
    ),
    (
        r"a disagreement is between at least two organisations",
        (
            "A disagreement is between at least two organisations.",
            "Un désaccord oppose au moins deux organisations.",
        ),
    ),
    (
        r"more than there were people asked",
        (
            "There cannot be more answers than people asked.",
            "Il ne peut pas y avoir plus de réponses que de personnes interrogées.",
        ),
    ),
    (
        r"deferring a change says until when",
        ("Say until when it is deferred.", "Dites jusqu'à quand c'est reporté."),
    ),
    # what keeps a document from being submitted
    (
        r"at least 3 different organisations must have contributed",
        (
            "At least three different organisations must have contributed.",
            "Trois organisations différentes au moins doivent y avoir contribué.",
        ),
    ),
    (
        r"(.+) is not an active member",
        ("{0} is not an active member.", "{0} n'est pas un membre actif."),
    ),
    (
        r"the map lists no actor named (.*)",
        ("The map lists no actor named “{0}”.", "La carte ne cite aucun acteur nommé « {0} »."),
    ),
    (
        r"the (?:indicator )?id (.+) is used (\d+) times",
        ("The id “{0}” is used {1} times.", "Le repère « {0} » est employé {1} fois."),
    ),
    (r"there is no action (.+)", ("There is no action “{0}”.", "Il n'y a pas d'action « {0} ».")),
    (
        r"actions depend on each other: (.*)",
        ("Actions wait for each other: {0}.", "Des actions s'attendent l'une l'autre : {0}."),
    ),
    (
        r"the value chain has no objective (.+)",
        (
            "The value chain has no objective “{0}”.",
            "La chaîne de valeur n'a pas d'objectif « {0} ».",
        ),
    ),
    (
        r"nobody holds this mission",
        ("Say who holds this mission.", "Dites qui porte cette mission."),
    ),
    (
        r"the deputy must be another organisation than the holder",
        (
            "The deputy must be another organisation than the holder.",
            "La suppléance revient à une autre organisation que la titulaire.",
        ),
    ),
    (
        r"the mandate ends before it starts",
        ("The mandate ends before it starts.", "Le mandat finit avant de commencer."),
    ),
    (
        r"the proposal has none",
        ("The proposal has nothing by this name.", "La proposition n'a rien sous ce nom."),
    ),
    (r"Field required", _FILL),
    (r"String should have at least 1 character", _FILL),
    (r"Input should be a valid number.*", _NUMBER),
    (r"Input should be a valid integer.*", _WHOLE),
    (r"Input should be a valid date.*", _DAY),
)
"""What the domain says is wrong, as patterns, and the words for it; braces hold the groups."""

_SAID: Final = tuple((re.compile(pattern), words) for pattern, words in SAID)
_STEP: Final = re.compile(r"[^.\[\]]+")


def words_of(kind: str, message: str, context: Mapping[str, Any] | None = None) -> Words:
    """Return the words for an error of pydantic or a problem that the domain tells of.

    Args:
        kind: the kind of error; empty for a problem of the domain.
        message: what it says, in English.
        context: what the error says of itself.
    """
    bare = message.removeprefix("Value error, ")
    if kind in {"value_error", ""}:
        for pattern, (english, french) in _SAID:
            # Model validators name the field first.
            found = pattern.fullmatch(re.sub(r"^[a-z_]+: ", "", bare)) or pattern.fullmatch(bare)
            if found is not None:
                groups = found.groups()
                return english.format(*groups), french.format(*groups)
    english, french = ERRORS.get(kind, _WRONG)
    facts = {name: _plain(value) for name, value in (context or {}).items()}
    try:
        return english.format(**facts), french.format(**facts).replace("\u2212", "-")
    except (KeyError, IndexError):
        return _WRONG


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def of_validation(error: ValidationError, question: Question, typed: Typed) -> tuple[Fault, ...]:
    """Return what pydantic found wrong, at the fields of a form.

    Args:
        error: what it found.
        question: what the form asks.
        typed: what was typed, from which the data was made.
    """
    found = error.errors(include_url=False, include_input=False)
    faulty = [one["loc"] for one in found]
    return tuple(
        Fault(
            place_of(_named(one["loc"], one["msg"]), question, typed),
            words_of(one["type"], one["msg"], one.get("ctx")),
            one["type"] in LACKING,
        )
        for one in found
        # A list is said to be too short when its items are at fault: those are named themselves.
        if one["type"] != "too_short" or not any(_under(one["loc"], other) for other in faulty)
    )


def _named(location: Location, message: str) -> Location:
    """Return where a fault is: of the whole, where its words name a field first."""
    found = re.match(r"(?:Value error, )?([a-z_]+): ", message)
    return (found.group(1),) if not location and found else location


def _under(location: Location, other: Location) -> bool:
    return len(other) > len(location) and other[: len(location)] == location


def of_model(
    model: type[BaseModel], data: Mapping[str, Any], question: Question, typed: Typed
) -> tuple[Fault, ...]:
    """Return what is wrong with data by its model."""
    try:
        model.model_validate(data)
    except ValidationError as error:
        return of_validation(error, question, typed)
    except (RecursionError, OverflowError):
        return (Fault("", _WRONG),)
    return ()


def of_problems(
    problems: Iterable[tuple[str, str]], question: Question, typed: Typed
) -> tuple[Fault, ...]:
    """Return faults that the domain tells of, ``actions[0].due: a sentence``, at their fields."""
    return tuple(_problem(path, problem, question, typed) for path, problem in problems)


def _problem(path: str, problem: str, question: Question, typed: Typed) -> Fault:
    place, (english, french) = place_of(_steps(path), question, typed), words_of("", problem)
    if place or not path:
        return Fault(place, (english, french))
    # The form does not ask for it: it says at least what it is.
    return Fault("", (f"{path}: {english}", f"{path} : {french}"))


_MEANT: Final[Mapping[str, tuple[str, ...]]] = {
    "reason_required": ("reason", "agreed_text"),
    "invalid_choice": ("choice",),
}
"""The field where something is mended, where the facts of a refusal name others."""


def of_refusal(
    refusal: Refusal, question: Question, typed: Typed, words: Words, field: str = ""
) -> tuple[Fault, ...]:
    """Return why a command was refused, at the fields where that can be told.

    Args:
        refusal: what the engine answered.
        question: what the form asks.
        typed: what was typed.
        words: what stands in the way.
        field: what it is about; empty where the facts of the refusal have to tell.
    """
    told = [
        (str(one.get("path", "")), str(one.get("problem", "")))
        for one in refusal.facts.get("faults") or ()
        if isinstance(one, Mapping)
    ]
    if told:
        return of_problems(told, question, typed)
    asked = {one.name for one in question.parts} if isinstance(question, Group) else set()
    for meant in (field, *_MEANT.get(refusal.code, ())):
        if meant.partition(".")[0] in asked:
            return (Fault(meant, words),)
    named = [
        name
        for name, value in refusal.facts.items()
        if isinstance(value, str) and typed.part(name).text.strip() == value
    ]
    return (Fault(named[0] if len(named) == 1 else "", words),)


def _steps(path: str) -> Location:
    return tuple(
        int(step) if step.isascii() and step.isdigit() and len(step) < 10 else step  # noqa: PLR2004
        for step in _STEP.findall(path)
    )


def place_of(location: Location, question: Question, typed: Typed) -> str:
    """Return the path of the field, or of the nearest one above, that a fault is about."""
    return ".".join(_down(location, question, typed))


def _down(location: Location, question: Question, typed: Typed) -> Iterator[str]:  # noqa: C901 - one case per kind of question
    """Yield the names of inputs on the way to a place; steps that no input has are passed over."""
    steps = [*location]
    while steps:
        step = steps.pop(0)
        match question:
            case Group():
                inner = next((one for one in question.parts if one.name == step), None)
                if inner is None:
                    continue
                question, typed = inner, typed.part(inner.name)
                yield inner.name
            case Items() if isinstance(step, int):
                question, typed = question.item, typed.part(str(step))
                yield str(step)
            case Pairs():
                numbers = [
                    number
                    for number, one in enumerate(typed.items)
                    if one.part("key").text.strip() == str(step)
                ]
                if not numbers:
                    return
                side = "key" if steps[:1] == ["[key]"] else "value"
                yield str(numbers[-1])
                steps = [side, *(one for one in steps if one != "[key]")]
                question, typed = question.item, typed.part(str(numbers[-1]))
            case Variants():
                if step == "name" or typed.part("name").text not in question.kinds:
                    yield "name"
                    return
                group = question.kinds[typed.part("name").text]
                if step != typed.part("name").text:
                    steps.insert(0, step)
                question = group
            case Several():
                return
            case _:
                return
