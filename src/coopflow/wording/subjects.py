"""What decisions, tasks and meetings are about: their codes in words, or what people wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from coopflow.application.callers import Language
from coopflow.domain.base import Label
from coopflow.domain.tools import KIND_LABELS
from coopflow.wording.naming import Names
from coopflow.wording.phrases import Phrases

_SUBJECTS: Final[Mapping[str, Label]] = {
    **KIND_LABELS,
    "plenary": Label(en="plenary", fr="plénière"),
    "committee": Label(en="committee", fr="comité"),
    "working_group": Label(en="working group", fr="groupe de travail"),
    "discovery": Label(en="discovery meeting", fr="rencontre de découverte"),
    "after_action": Label(en="look back", fr="retour d'expérience"),
    "quarterly": Label(en="quarterly", fr="trimestriel"),
    "annual": Label(en="annual", fr="annuel"),
    "evaluation": Label(en="evaluation", fr="évaluation"),
    "exceptional": Label(en="exceptional", fr="exceptionnel"),
    "common_plan": Label(en="common plan", fr="projet commun"),
    "mutual_actions": Label(en="mutual actions", fr="actions qui se renforcent"),
    "shared_evaluation": Label(en="shared evaluation", fr="évaluation partagée"),
    "communication": Label(en="communication", fr="communication"),
    "support": Label(en="support", fr="soutien"),
}

_DECIDED: Final[Mapping[str, Label]] = {
    "admission": Label(en="admission", fr="admission"),
    "closing": Label(en="closing", fr="clôture"),
    "disagreement": Label(en="disagreement", fr="désaccord"),
    "exclusion": Label(en="exclusion", fr="exclusion"),
    "gate": Label(en="gate", fr="passage"),
    "mandate": Label(en="mandate", fr="mandat"),
    "policy": Label(en="policy", fr="politique"),
    "waiver": Label(en="waiver", fr="dérogation"),
}
"""What decisions without a question are about, alone or before the id of a thing."""

_CODED: Final = re.compile(r"([a-z_]+)(?::([a-z0-9@_-]+))?")


def named(subject: str, language: Language) -> str:
    """Say what something is about; what people have written stays as it is."""
    coded = _CODED.fullmatch(subject)
    if coded is None:
        return subject
    about, thing = coded[1], coded[2] or ""
    known = _SUBJECTS.get(thing or about)
    if known is None and about in _DECIDED:
        decided: str = getattr(_DECIDED[about], language)
        return f"{decided} {thing}".rstrip()
    return getattr(known, language) if known else subject


def decided(subject: str, say: Phrases, names: Names) -> str:
    """Say what a decision without a question is about, with what the definition calls it.

    Args:
        subject: as the decision has it.
        say: the words of a language.
        names: those of the definition that the cooperation follows.
    """
    kind, _, thing = subject.partition(":")
    words = say(f"subject.{kind}")
    if kind == "document" or f"subject.{kind}" not in say.words:
        return named(subject, say.language)
    if not thing:
        return words
    if kind == "gate":
        return names.gate(thing)
    colon = " : " if say.language == "fr" else ": "
    return f"{words}{colon}{names.gate(thing) if kind == 'waiver' else thing}"
