"""What the answers to choose among are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from coopflow.definitions.terms import SUBJECTS
from coopflow.domain.tools import FREQUENCY_LABELS, KIND_LABELS
from coopflow.wording.phrases import Phrases
from coopflow.wording.spacing import in_language
from coopflow.wording.words import WORDS

_OF_CHARTERS: Final = ("DecisionRule.subject", "VetoRight.subjects")

CHOICES: Final[Mapping[str, tuple[str, str]]] = {
    **{
        f"{field}.{name}": (label.en, label.fr)
        for field in _OF_CHARTERS
        for name, label in (*SUBJECTS.items(), *KIND_LABELS.items())
    },
    "Actor.status.member": ("member of the cooperation", "membre de la coopération"),
    "Actor.status.invited": ("invited", "invité"),
    "Actor.status.to_approach": ("to be approached", "à solliciter"),
    "Actor.status.affected": ("concerned by the issue", "concerné par l'enjeu"),
    "Link.kind.alliance": ("alliance", "alliance"),
    "Link.kind.complementarity": ("they complete each other", "complémentarité"),
    "Link.kind.tension": ("tension", "tension"),
    "status.planned": ("planned", "prévue"),
    "status.running": ("under way", "en cours"),
    "status.done": ("done", "faite"),
    "status.replanned": ("planned anew", "replanifiée"),
    "status.dropped": ("dropped", "abandonnée"),
    "SupportModel.hosting.dedicated": ("by a structure of its own", "par une structure dédiée"),
    "SupportModel.hosting.shared": (
        "shared among several partners",
        "mutualisé entre plusieurs partenaires",
    ),
    "SupportModel.hosting.distributed": (
        "spread over the bodies of the cooperation",
        "distribué au sein de la gouvernance",
    ),
    "missions.coordinate": ("coordinate", "coordonner"),
    "missions.facilitate": ("facilitate", "animer"),
    "missions.inform": ("inform", "informer"),
    "missions.fund": ("find funds", "financer"),
    "missions.measure": ("measure", "mesurer"),
    "missions.reorient": ("reorient", "réorienter"),
    **{f"frequency.{name}": (label.en, label.fr) for name, label in FREQUENCY_LABELS.items()},
    "base.cast": ("of the votes cast", "des suffrages exprimés"),
    "base.electorate": ("of all who may vote", "du corps électoral entier"),
    "mode.winner_take_all": (
        "the majority takes all its weight",
        "la majorité emporte tout son poids",
    ),
    "mode.proportional": ("in proportion to its votes", "au prorata de ses voix"),
    "role.facilitator": ("facilitator", "facilitation"),
    "role.mediator": ("mediator", "médiation"),
    "role.evaluator": ("evaluator", "évaluation"),
    "role.funder": ("funder", "financeur"),
    "role.observer": ("observer", "observateur"),
    "clocks.freeze": ("they stand still", "ils sont suspendus"),
    "clocks.keep": ("they go on", "ils continuent"),
    "QualifyObjection.verdict.qualified": (
        "yes, it stands in the way of adoption",
        "oui, elle empêche l'adoption",
    ),
    "QualifyObjection.verdict.concern": (
        "no, it is a concern to be noted",
        "non, c'est une réserve à consigner",
    ),
    "ResolveChange.verdict.accepted": ("accepted", "accepté"),
    "ResolveChange.verdict.declined": ("declined", "refusé"),
    "ResolveChange.verdict.deferred": ("deferred", "reporté"),
    "TriageDisagreement.verdict.accept": (
        "through dialogue, step by step",
        "par le dialogue, étape par étape",
    ),
    "TriageDisagreement.verdict.redirect": (
        "elsewhere: it is none of the cooperation",
        "ailleurs : il ne relève pas de la coopération",
    ),
    "TriageDisagreement.verdict.emergency": (
        "straight to mediation: it cannot wait",
        "directement en médiation : cela ne peut pas attendre",
    ),
    "touches.object": ("what the cooperation is for", "l'objet de la coopération"),
    "touches.charter": ("the charter", "la charte"),
    "touches.money": ("money", "l'argent"),
    "touches.data_safety": ("the safety of data", "la protection des données"),
    "touches.exclusion": ("the exclusion of a member", "l'exclusion d'un membre"),
    "touches.support_mandate": ("the mandate of the support function", "le mandat de soutien"),
    "touches.other": ("something else", "autre chose"),
    "outcome.agreement": ("with an agreement", "par un accord"),
    "outcome.partial": ("with an agreement in part", "par un accord partiel"),
    "outcome.none": ("without an agreement", "sans accord"),
}
"""English and French by field and value, or by model, field and value."""

ALWAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "touches": tuple(one.partition(".")[2] for one in CHOICES if one.startswith("touches.")),
    "matters": ("document", *KIND_LABELS, "mandate", "admission", "money", "policy", "other"),
}
"""What there is to choose among in every cooperation, by source."""

_KINDS: Final = {
    "category": "category",
    "kind": "document",
    "RecordMeeting.kind": "meeting",
    "OpenReview.kind": "review",
    "ReviewRecord.kind": "review",
    "rule": "rule",
    "fallback": "rule",
}
"""Fields whose answers have words of the domain, and under which key."""


def choice_of(about: str, value: str, say: Phrases) -> str:
    """Return what an answer is called; one that is not known is written as it is."""
    name = about.rpartition(".")[2]
    words = CHOICES.get(f"{about}.{value}") or CHOICES.get(f"{name}.{value}")
    if words is not None:
        return in_language(words, say.language)
    kind = _KINDS.get(about) or _KINDS.get(name)
    return say(f"{kind}.{value}") if f"{kind}.{value}" in WORDS else value
