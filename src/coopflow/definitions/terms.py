"""What the values of a policy are called, and in which direction each of them is stricter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from coopflow.domain.base import Label
from coopflow.domain.policy import GatePolicy
from coopflow.domain.tools import KIND_LABELS

Words = tuple[str, str]
"""English and French."""

Term = tuple[int, str, str]
"""1 where more is stricter, -1 where more is looser, 0 where neither is; English and French."""

TERMS: Final[Mapping[str, Term]] = {
    "*.label": (0, "Label of “{0}”", "Libellé de « {0} »"),
    "*.remedies": (0, "Remedies of “{0}”", "Remèdes de « {0} »"),
    "*.when": (1, "{0}", "{0}"),
    "advice.*.when": (0, "{0}", "{0}"),
    "remedies.*.when": (0, "When “{0}” is of use", "Quand « {0} » est utile"),
    "remedies.*.steps": (0, "Steps of “{0}”", "Pas de « {0} »"),
    "remedies.*.document": (0, "Document of “{0}”", "Document de « {0} »"),
    "conditions.*.letter": (0, "Letter of “{0}”", "Lettre de « {0} »"),
    "conditions.*.cure": (-1, "Time to remedy “{0}”", "Temps pour remédier à « {0} »"),
    "conditions.*.*.level": (-1, "Level of “{0}”", "Niveau de « {0} »"),
    "gates.*.minima.*": (1, "{1}, level asked of “{0}”", "{1}, niveau demandé à « {0} »"),
    "gates.*.guards.*.lasting": (1, "“{0}” must last", "« {0} » doit durer"),
    "ratification.rule": (1, "Rule of ratifications", "Règle des ratifications"),
    "ratification.quorum": (1, "Quorum of ratifications", "Quorum des ratifications"),
    "ratification.open_for": (0, "Ratifications stay open for", "Durée des ratifications"),
    "ratification.never_short": (1, "Conditions never short", "Conditions jamais en défaut"),
    "ratification.conditions_short": (-1, "Conditions short", "Conditions en défaut tolérées"),
    "ratification.levels_short": (-1, "Levels short", "Niveaux manquants tolérés"),
    "ratification.remedy_within": (-1, "Time to lift a reservation", "Temps pour une réserve"),
    "waiver.within": (-1, "Time to remedy after a waiver", "Temps après une dérogation"),
    "waiver.times": (-1, "Waivers of one gate", "Dérogations par passage"),
    "documents.stale_for": (-1, "A stale document counts for", "Sursis d'un document périmé"),
    "documents.signed_share": (1, "Share that signs the charter", "Part signataire de la charte"),
    "documents.turnover_share": (-1, "Turnover under a charter", "Rotation sous une charte"),
    "documents.kinds.*.rule": (1, "Rule to adopt “{0}”", "Règle pour adopter « {0} »"),
    "documents.kinds.*.valid": (-1, "Validity of “{0}”", "Validité de « {0} »"),
    "decisions.quorum": (1, "Quorum of decisions", "Quorum des décisions"),
    "decisions.open_for": (0, "Decisions stay open for", "Durée des décisions"),
    "decisions.rules.*": (1, "Rule of decisions on “{0}”", "Règle des décisions « {0} »"),
    "decisions.not_allowed.*": (1, "Rules refused for “{0}”", "Règles exclues pour « {0} »"),
    "decisions.silence_for": (0, "Silence lasts at least", "Durée minimale du silence"),
    "decisions.objection_extends": (0, "Time after an objection", "Temps après une objection"),
    "decisions.material_extends": (0, "Time after an amendment", "Temps après un amendement"),
    "decisions.rounds": (0, "Rounds of consent", "Tours de consentement"),
    "decisions.fallback": (1, "Rule after the last round", "Règle après le dernier tour"),
    "decisions.reminders.half_time": (0, "Reminder at half time", "Rappel à mi-parcours"),
    "decisions.reminders.before_closing": (0, "Reminders before the end", "Rappels avant la fin"),
    "decisions.delegation.per_holder": (-1, "Ballots held for others", "Pouvoirs par votant"),
    "decisions.second_call.earliest": (1, "Second call, earliest", "Second appel, au plus tôt"),
    "decisions.second_call.latest": (-1, "Second call, latest", "Second appel, au plus tard"),
    "decisions.second_call.quorum_factor": (1, "Second call, quorum", "Second appel, quorum"),
    "decisions.second_call.never_for": (1, "No second call on", "Pas de second appel sur"),
    "decisions.veto_within": (0, "Time for a veto", "Temps pour un veto"),
    "clocks.cure": (-1, "Time to remedy a condition", "Temps pour remédier à une condition"),
    "reviews.cadence.*.every": (-1, "Interval of “{0}”", "Intervalle de « {0} »"),
    "reviews.cadence.*.stages": (1, "Stages with “{0}”", "Étapes avec « {0} »"),
    "reviews.members_gone_share": (-1, "Departures without review", "Départs sans bilan"),
    "reviews.after_action_within": (-1, "Time to look back", "Temps pour un bilan d'action"),
    "measures.current_for.*": (-1, "A {0} value counts for", "Validité d'un relevé {0}"),
    "disagreements.raised": (
        -1,
        "Time to take up a disagreement",
        "Prise en charge d'un désaccord",
    ),
    "disagreements.dialogue": (-1, "Time for dialogue", "Temps du dialogue"),
    "disagreements.facilitation": (-1, "Time for facilitation", "Temps de la facilitation"),
    "disagreements.mediation": (-1, "Time for mediation", "Temps de la médiation"),
    "disagreements.extension": (-1, "Extension of a mediation", "Prolongation d'une médiation"),
    "disagreements.collective_decision": (-1, "Time for the collective", "Temps du collectif"),
    "disagreements.separation": (-1, "Time for a separation", "Temps de la séparation"),
    "disagreements.follow_up": (0, "Follow-up of a disagreement", "Suivi d'un désaccord"),
    "disagreements.ask_within": (-1, "Time to ask the collective", "Temps pour la saisine"),
    "disagreements.blocks_for": (1, "A disagreement blocks gates for", "Durée d'un blocage"),
    "disagreements.blocking_matters": (1, "Matters that block gates", "Sujets qui bloquent"),
    "alerts.mandate_ends_within": (0, "Alert before a mandate ends", "Alerte de fin de mandat"),
    "alerts.cure_ends_within": (0, "Alert before a remedy is due", "Alerte de fin de remédiation"),
    "alerts.expires_within": (0, "Alert before an expiry", "Alerte d'expiration"),
    "alerts.no_plenary_for": (0, "Alert without a plenary for", "Alerte sans plénière"),
    "alerts.attendance_below": (0, "Alert on attendance below", "Alerte de participation sous"),
    "alerts.attendance_last": (0, "Plenaries in that attendance", "Plénières de la participation"),
    "alerts.event_stands_for": (0, "Alerts of events stand for", "Durée des alertes d'événement"),
}
"""Values by path: 1 where more is stricter, -1 where more is looser, and what they are.

Where a path is not there, its last two parts are. ``{0}`` is the name of what has the value,
``{1}`` of what holds that in its turn.
"""

THINGS: Final[Mapping[str, Words]] = {
    "remedies.*": ("Remedy “{0}”", "Remède « {0} »"),
    "conditions.*": ("Condition “{0}”", "Condition « {0} »"),
    "conditions.*.*": ("Criterion “{0}”", "Critère « {0} »"),
    "advice.*": ("Advice “{0}”", "Conseil « {0} »"),
    "gates.*.guards.*": ("Guard “{0}”", "Garde-fou « {0} »"),
    "documents.kinds.*": ("Kind of document “{0}”", "Sorte de document « {0} »"),
    "reviews.cadence.*": ("Cadence of “{0}”", "Cadence de « {0} »"),
}
LEFT_OUT: Final[Mapping[str, Any]] = {
    "gates.*": GatePolicy(minima={}),
    "gates.*.minima.*": 0,
    "decisions.not_allowed.*": (),
}
"""What the engine goes by where a policy leaves something out."""

PARAMETERS: Final[Mapping[str, int]] = {
    # of rules
    "consensus.stand_aside": -1,
    "qualified_majority.threshold": 1,
    "unanimity.strict": 1,
    "colleges.threshold": 1,
    "weighted.threshold": 1,
    # of readings: the value never falls (-1), never rises (1) when the parameter grows
    "roadmap.after_review.within": -1,
    "roadmap.adjusted_after_review.within": -1,
    "reviews.kind": -1,
    "reviews.within": -1,
    "reviews.examined_measures": 1,
    "reviews.published": 1,
    "decisions.citing_indicator.within": -1,
    "indicators.repeated_share.values": 1,
    "meetings.within": -1,
    "meetings.organisations": 1,
    "meetings.quorum": 1,
    "meetings.minuted": 1,
    "meetings.minutes_within": -1,
    "pulse.score.within": -1,
    "support.funded.months": 1,
}
"""What more of a parameter does; one that is not here may do either (a mean over a window)."""

NOTHING: Final = Label(en="nothing", fr="rien")
"""Said in the place of what is not there."""

SUBJECTS: Final[Mapping[str, Label]] = {
    "document": Label(en="a document", fr="un document"),
    "mandate": Label(en="the mandate of the support function", fr="le mandat de soutien"),
    "admission": Label(en="an admission", fr="une admission"),
    "exclusion": Label(en="an exclusion", fr="une exclusion"),
    "gate": Label(en="a passage to the next stage", fr="un passage d'étape"),
    "waiver": Label(en="a waiver", fr="une dérogation"),
    "disagreement": Label(en="a disagreement", fr="un désaccord"),
    "policy": Label(en="a policy", fr="une politique"),
    "return": Label(en="a return to an earlier stage", fr="un retour à une étape antérieure"),
    "closing": Label(en="the closing", fr="la clôture"),
    "money": Label(en="money", fr="l'argent"),
    "other": Label(en="something else", fr="autre chose"),
}
"""What decisions are about, by the kind that stands before a colon in their subjects."""

DECIDED: Final[Mapping[str, Label]] = {
    **SUBJECTS,
    **{
        f"document:{kind}": Label(en=f"a document ({label.en})", fr=f"un document ({label.fr})")
        for kind, label in KIND_LABELS.items()
    },
}
"""What policies have rules of decisions for."""

MATTERS: Final[Mapping[str, Label]] = {
    "object": Label(en="the purpose of the cooperation", fr="l'objet de la coopération"),
    "charter": Label(en="the charter", fr="la charte"),
    "money": Label(en="money", fr="l'argent"),
    "data_safety": Label(en="the safety of data", fr="la sécurité des données"),
    "exclusion": Label(en="an exclusion", fr="une exclusion"),
    "support_mandate": Label(
        en="the mandate of the support function", fr="le mandat de la fonction de soutien"
    ),
}
"""What a disagreement touches that may keep gates shut; it may touch anything else too."""
