"""What is said of each event of a journal, in French and English; ``{name}`` stands for a value.

The values are the fields of the event in words, see :mod:`coopflow.wording.telling`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from coopflow.domain.base import Label

EVENT_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    # the life of the cooperation
    "told.cooperation_opened": (
        "The cooperation “{title}” opens in {territory}: {issue}",
        "La coopération « {title} » s'ouvre à {territory} : {issue}",
    ),
    "told.cooperation_paused": (
        "The cooperation pauses: {reason}",
        "La coopération se met en pause : {reason}",
    ),
    "told.cooperation_resumed": (
        "The cooperation resumes: {reason}",
        "La coopération reprend : {reason}",
    ),
    "told.cooperation_closing": (
        "The members decide to close the cooperation; it winds down",
        "Les membres décident de clore la coopération ; elle s'achève",
    ),
    "told.cooperation_closed": (
        "The cooperation is closed: {report}",
        "La coopération est close : {report}",
    ),
    "told.role_assigned": (
        "{person} becomes {role}",
        "{person} reçoit le rôle : {role}",
    ),
    "told.role_revoked": (
        "{person} is no longer {role}",
        "{person} quitte le rôle : {role}",
    ),
    "told.person_erased": (
        "A person is erased; {tombstone} stands in their place",
        "Une personne est effacée ; {tombstone} tient sa place",
    ),
    "told.policy_applied": (
        "The policy {policy} applies from now on",
        "La politique {policy} s'applique désormais",
    ),
    "told.fell_back": (
        "The cooperation goes back to the stage “{stage}”",
        "La coopération revient à l'étape « {stage} »",
    ),
    "told.levels_changed": (
        "The levels are now {levels}",
        "Les niveaux sont désormais {levels}",
    ),
    "told.advice_followed": (
        "Advice that is followed: {followed}",
        "Conseils suivis : {followed}",
    ),
    "told.alert_raised": (
        "Alert: {code} ({about})",
        "Alerte : {code} ({about})",
    ),
    "told.alert_cleared": (
        "End of the alert: {code} ({about})",
        "Fin de l'alerte : {code} ({about})",
    ),
    "told.check_answered": (
        "The check {check} answers: {holds}",
        "La vérification {check} répond : {holds}",
    ),
    "told.clock_started": (
        "“{condition}” is below its minimum; it is to be remedied by {until}",
        "« {condition} » est sous son minimum ; à remédier avant le {until}",
    ),
    "told.clock_stopped": (
        "“{condition}” is back at its minimum",
        "« {condition} » est de retour à son minimum",
    ),
    "told.reservation_made": (
        "A reservation is made on “{about}”, until {until}",
        "Une réserve est posée sur « {about} », jusqu'au {until}",
    ),
    "told.reservation_lifted": (
        "The reservation on “{about}” is lifted",
        "La réserve sur « {about} » est levée",
    ),
    # members
    "told.member_invited": (
        "{organisation} ({category}) is invited, represented by {representative}",
        "{organisation} ({category}) est invitée, représentation : {representative}",
    ),
    "told.member_joined": (
        "{organisation} is an active member",
        "{organisation} devient membre actif",
    ),
    "told.member_left": (
        "{organisation} is no longer a member: {reason}",
        "{organisation} n'est plus membre : {reason}",
    ),
    "told.member_suspended": (
        "{organisation} is suspended: {reason}",
        "{organisation} est suspendue : {reason}",
    ),
    "told.member_reinstated": (
        "{organisation} votes again: {reason}",
        "{organisation} vote de nouveau : {reason}",
    ),
    "told.representative_appointed": (
        "{organisation} is now represented by {person}",
        "{organisation} est désormais représentée par {person}",
    ),
    "told.member_described": (
        "The profile of {organisation} is written down",
        "Le profil de {organisation} est renseigné",
    ),
    # meetings, pulses, measures, actions
    "told.meeting_recorded": (
        (
            "A meeting is recorded ({kind}, {meeting}), held on {held_at}: "
            "{present} of {active} active members present"
        ),
        (
            "Une réunion est consignée ({kind}, {meeting}), tenue le {held_at} : "
            "{present} membres actifs présents sur {active}"
        ),
    ),
    "told.minutes_published": (
        "The minutes of the meeting {meeting} are published",
        "Le compte rendu de la réunion {meeting} est publié",
    ),
    "told.pulse_recorded": (
        "A pulse gives {score} out of 5, with {answers} answers of {asked} asked",
        "Un baromètre donne {score} sur 5, avec {answers} réponses sur {asked} demandées",
    ),
    "told.measure_recorded": (
        "{organisation} gives the value {value} for the indicator {indicator}",
        "{organisation} donne la valeur {value} pour l'indicateur {indicator}",
    ),
    "told.actions_planned": (
        "The actions of the roadmap are planned: {count}",
        "Les actions de la feuille de route sont planifiées : {count}",
    ),
    "told.action_updated": (
        "The action {action} changes: {changes}",
        "L'action {action} évolue : {changes}",
    ),
    # documents
    "told.document_drafted": (
        "Version {version} of the document “{kind}” is written",
        "La version {version} du document « {kind} » est rédigée",
    ),
    "told.document_submitted": (
        "Version {version} of the document “{kind}” is put to the decision {decision}",
        "La version {version} du document « {kind} » est soumise à la décision {decision}",
    ),
    "told.document_approved": (
        "Version {version} of the document “{kind}” is adopted by the decision {decision}",
        "La version {version} du document « {kind} » est adoptée par la décision {decision}",
    ),
    "told.document_returned": (
        "Version {version} of the document “{kind}” is a draft again",
        "La version {version} du document « {kind} » redevient un brouillon",
    ),
    "told.document_superseded": (
        "Version {version} of the document “{kind}” is replaced by a later one",
        "La version {version} du document « {kind} » est remplacée par une suivante",
    ),
    "told.document_suspended": (
        "Version {version} of the document “{kind}” is suspended by a veto",
        "La version {version} du document « {kind} » est suspendue par un veto",
    ),
    "told.document_went_stale": (
        "The validity of version {version} of the document “{kind}” is over",
        "La validité de la version {version} du document « {kind} » est échue",
    ),
    "told.document_expired": (
        "Version {version} of the document “{kind}” no longer counts",
        "La version {version} du document « {kind} » ne compte plus",
    ),
    "told.charter_signed": (
        "{organisation} signs version {version} of the charter",
        "{organisation} signe la version {version} de la charte",
    ),
    "told.charter_came_into_force": (
        "Version {version} of the charter comes into force",
        "La version {version} de la charte entre en vigueur",
    ),
    # decisions
    "told.decision_opened": (
        "The decision {decision} is opened ({subject}), until {closes_at}",
        "La décision {decision} est ouverte ({subject}), jusqu'au {closes_at}",
    ),
    "told.decision_closed": (
        "The decision {decision} ({subject}) is {result}: {arithmetic}",
        "La décision {decision} ({subject}) est {result} : {arithmetic}",
    ),
    "told.decision_recalled": (
        "The decision {decision} is put a second time, until {closes_at}",
        "La décision {decision} est proposée une seconde fois, jusqu'au {closes_at}",
    ),
    "told.ballot_cast": (
        "{organisation} answers the decision {decision}: {choice}",
        "{organisation} répond à la décision {decision} : {choice}",
    ),
    "told.ballot_delegated": (
        "{organisation} entrusts its vote to {to}",
        "{organisation} confie son vote à {to}",
    ),
    "told.elector_left": (
        "{organisation} no longer takes part in the decision {decision}",
        "{organisation} ne prend plus part à la décision {decision}",
    ),
    "told.voters_reminded": (
        "Those who have not answered the decision {decision} are reminded: {organisations}",
        "Rappel à qui n'a pas répondu à la décision {decision} : {organisations}",
    ),
    "told.objection_qualified": (
        "The objection of {organisation} to the decision {decision} is judged: {verdict}",
        "L'objection de {organisation} à la décision {decision} est qualifiée : {verdict}",
    ),
    "told.objection_withdrawn": (
        "{organisation} takes back its objection to the decision {decision}",
        "{organisation} retire son objection à la décision {decision}",
    ),
    "told.objection_integrated": (
        (
            "The objection of {organisation} is integrated into the proposal of the decision "
            "{decision}, open until {closes_at}"
        ),
        (
            "L'objection de {organisation} est intégrée à la proposition de la décision "
            "{decision}, ouverte jusqu'au {closes_at}"
        ),
    ),
    "told.proposal_revised": (
        "The decision {decision} is now about version {document} of its document",
        "La décision {decision} porte désormais sur la version {document} de son document",
    ),
    "told.rule_replaced": (
        "Another rule decides {decision}: {rule}, until {closes_at}",
        "Une autre règle s'applique à la décision {decision} : {rule}, jusqu'au {closes_at}",
    ),
    "told.effect_suspended": (
        "{organisation} suspends the effect of the decision {decision} by a veto: {reason}",
        "{organisation} suspend l'effet de la décision {decision} par un veto : {reason}",
    ),
    "told.effect_abandoned": (
        "The veto stands: the decision {decision} takes no effect",
        "Le veto tient : la décision {decision} reste sans effet",
    ),
    "told.effect_restored": (
        "The veto falls: the decision {decision} takes effect after all",
        "Le veto tombe : la décision {decision} prend effet finalement",
    ),
    # the support function
    "told.mandate_started": (
        "{holder} holds the support function{until}, by the decision {decision}",
        "{holder} tient la fonction de soutien{until}, par la décision {decision}",
    ),
    "told.mandate_scheduled": (
        "The next mandate of the support function is given to {holder}, by the decision {decision}",
        (
            "Le prochain mandat de la fonction de soutien est confié à {holder}, "
            "par la décision {decision}"
        ),
    ),
    "told.mandate_unscheduled": (
        "The next mandate of {holder} will not start: {reason}",
        "Le prochain mandat de {holder} n'aura pas lieu : {reason}",
    ),
    "told.mandate_resumed": (
        "{holder} holds the support function again",
        "{holder} tient de nouveau la fonction de soutien",
    ),
    "told.mandate_ended": (
        "The mandate of {holder} ends: {reason}",
        "Le mandat de {holder} prend fin : {reason}",
    ),
    # gates
    "told.gate_requested": (
        "The gate “{gate}” is requested; the verdict is: {result}, with the levels {levels}",
        "Le passage « {gate} » est demandé ; le verdict est : {result}, aux niveaux {levels}",
    ),
    "told.ratification_opened": (
        "The members are asked to ratify the gate “{gate}” by the decision {decision}",
        "Les membres sont appelés à ratifier le passage « {gate} » par la décision {decision}",
    ),
    "told.gate_passed": (
        "The gate “{gate}” is passed; the stage is “{stage}”",
        "Le passage « {gate} » est franchi ; l'étape est « {stage} »",
    ),
    "told.waiver_requested": (
        "A waiver is asked for at the gate “{gate}”, by the decision {decision}: {reason}",
        (
            "Une dérogation est demandée pour le passage « {gate} », par la décision {decision} : "
            "{reason}"
        ),
    ),
    "told.waiver_adopted": (
        "The members agree to the waiver at the gate “{gate}”",
        "Les membres acceptent la dérogation pour le passage « {gate} »",
    ),
    "told.waiver_cosigned": (
        "The programme agrees to the waiver at the gate “{gate}”: {reason}",
        "Le programme accepte la dérogation pour le passage « {gate} » : {reason}",
    ),
    "told.waiver_dropped": (
        "The members do not agree to the waiver at the gate “{gate}”",
        "Les membres refusent la dérogation pour le passage « {gate} »",
    ),
    # reviews
    "told.review_convened": ("It is time for a review: {kind}", "Un bilan est à tenir : {kind}"),
    "told.review_opened": (
        "The review {review} begins ({kind})",
        "Le bilan {review} commence ({kind})",
    ),
    "told.review_closed": (
        "The review {review} is closed ({kind})",
        "Le bilan {review} est clos ({kind})",
    ),
    "told.change_proposed": (
        "The review {review} proposes a change to {target}: {text}",
        "Le bilan {review} propose un changement ({target}) : {text}",
    ),
    "told.change_resolved": (
        "The change {change} of the review {review} is {verdict}",
        "Le changement {change} du bilan {review} est {verdict}",
    ),
    # disagreements
    "told.disagreement_raised": (
        "A disagreement is raised: {disagreement}, {subject}",
        "Un désaccord est soulevé : {disagreement}, {subject}",
    ),
    "told.disagreement_triaged": (
        "The facilitator sorts the disagreement {disagreement}: {verdict}",
        "La facilitation oriente le désaccord {disagreement} : {verdict}",
    ),
    "told.disagreement_moved": (
        "The disagreement {disagreement} goes to the step: {step}, until {limit}",
        "Le désaccord {disagreement} passe à l'étape : {step}, jusqu'au {limit}",
    ),
    "told.disagreement_closed": (
        "The disagreement {disagreement} is closed: {outcome}",
        "Le désaccord {disagreement} est clos : {outcome}",
    ),
    "told.block_ended": (
        "The disagreement {disagreement} no longer blocks the gates",
        "Le désaccord {disagreement} ne bloque plus les passages",
    ),
    "told.mediator_appointed": (
        "{person} is proposed as mediator of the disagreement {disagreement}",
        "La médiation du désaccord {disagreement} est proposée à {person}",
    ),
    "told.mediator_accepted": (
        "{organisation} accepts the mediator of the disagreement {disagreement}",
        "{organisation} accepte la médiation du désaccord {disagreement}",
    ),
    "told.mediation_extended": (
        "The mediation of the disagreement {disagreement} is extended until {limit}",
        "La médiation du désaccord {disagreement} est prolongée jusqu'au {limit}",
    ),
    "told.mediation_ended": (
        "The mediation of the disagreement {disagreement} ends without full agreement",
        "La médiation du désaccord {disagreement} prend fin sans accord complet",
    ),
    "told.follow_up_due": (
        "It is time to ask whether what closed the disagreement {disagreement} holds",
        "Il est temps de demander si la clôture du désaccord {disagreement} tient",
    ),
    "told.follow_up_confirmed": (
        "What closed the disagreement {disagreement} holds: {holds}",
        "La clôture du désaccord {disagreement} tient : {holds}",
    ),
    # where things are called by their names, which say what they are about
    "told.decision_opened.named": (
        "The decision {decision} is opened, until {closes_at}",
        "La décision {decision} est ouverte, jusqu'au {closes_at}",
    ),
    "told.decision_closed.named": (
        "The decision {decision} is {result}: {arithmetic}",
        "La décision {decision} est {result} : {arithmetic}",
    ),
    "told.disagreement_raised.named": (
        "A disagreement is raised: {disagreement}",
        "Un désaccord est soulevé : {disagreement}",
    ),
    "told.meeting_recorded.named": (
        "A meeting is recorded ({meeting}): {present} of {active} active members present",
        "Une réunion est consignée ({meeting}) : {present} membres actifs présents sur {active}",
    ),
    "told.review_opened.named": ("The review begins: {review}", "Le bilan commence : {review}"),
    "told.review_closed.named": ("The review is closed: {review}", "Le bilan est clos : {review}"),
    "told.change_proposed.named": (
        "A change to “{target}” is proposed ({review}): {text}",
        "Un changement sur « {target} » est proposé ({review}) : {text}",
    ),
    "told.change_resolved.named": (
        "A change that was proposed ({review}) is {verdict}: {change}",
        "Un changement proposé ({review}) est {verdict} : {change}",
    ),
    # what stands in for values
    "told.withheld": ("(not shown)", "(non affiché)"),
    "told.until": (" until {until}", " jusqu'au {until}"),
    "told.a_person": ("a person", "une personne"),
    # values
    "action.planned": ("planned", "prévue"),
    "action.running": ("under way", "en cours"),
    "action.done": ("done", "faite"),
    "action.replanned": ("replanned", "replanifiée"),
    "action.dropped": ("dropped", "abandonnée"),
    "judged.qualified": ("it stands", "elle est recevable"),
    "judged.concern": ("a concern", "une réserve"),
    "judged.accepted": ("accepted", "accepté"),
    "judged.declined": ("declined", "décliné"),
    "judged.deferred": ("deferred", "reporté"),
    "judged.accept": ("dialogue begins", "le dialogue commence"),
    "judged.redirect": ("to be treated elsewhere", "à traiter ailleurs"),
    "judged.emergency": ("straight to mediation", "directement en médiation"),
    "outcome.redirected": ("treated elsewhere", "traité ailleurs"),
    "outcome.settled": ("settled", "réglé"),
    "outcome.withdrawn": ("withdrawn", "retiré"),
    "outcome.agreement": ("agreement", "accord"),
    "outcome.decided": ("decided by the collective", "tranché par le collectif"),
    "outcome.lasting": ("lasting disagreement", "désaccord durable"),
    "outcome.exit": ("exit", "départ"),
    "outcome.exclusion": ("exclusion", "exclusion"),
    "held.representative": ("representative", "représentation"),
    "held.support": ("support function", "fonction de soutien"),
    "held.programme_manager": ("programme manager", "direction du programme"),
    "held.facilitator": ("facilitator", "facilitation"),
    "held.mediator": ("mediator", "médiation"),
    "held.evaluator": ("evaluator", "évaluation"),
    "held.funder": ("funder", "financement"),
    "held.observer": ("observer", "observation"),
    "matter.document": ("document: {about}", "document : {about}"),
    "matter.mandate": ("support mandate", "mandat de soutien"),
    "matter.admission": ("admission of {about}", "admission : {about}"),
    "matter.exclusion": ("exclusion of {about}", "exclusion : {about}"),
    "matter.gate": ("gate: {about}", "passage : {about}"),
    "matter.waiver": ("waiver: {about}", "dérogation : {about}"),
    "matter.disagreement": ("disagreement {about}", "désaccord {about}"),
    "matter.policy": ("policy {about}", "politique {about}"),
    "matter.return": ("return to {about}", "retour à l'étape « {about} »"),
    "matter.closing": ("closing the cooperation", "clôture de la coopération"),
    "matter.other": ("question", "question"),
    "matter.version": ("{about}, version {version}", "{about}, version {version}"),
    "matter.money": ("money", "argent"),
    "outcome.partial": ("agreement in part", "accord partiel"),
    "told.by_itself": ("by itself", "automatiquement"),
    "person.erased": ("a person who was erased", "une personne effacée"),
}
"""English and French by key: ``told.<event>``, and the words of values."""

ENGINE_REASONS: Final[Mapping[str, Label]] = {
    "its last day is over": Label(en="its last day is over", fr="son dernier jour est passé"),
    "the holder left": Label(
        en="its holder left", fr="l'organisation qui le tenait a quitté la coopération"
    ),
    "the veto fell": Label(en="the veto fell", fr="le veto est levé"),
    "veto": Label(en="veto", fr="veto"),
    "exclusion": Label(en="exclusion", fr="exclusion"),
    "admission rejected": Label(en="admission rejected", fr="admission rejetée"),
    "admission lapsed": Label(en="admission lapsed", fr="admission caduque"),
    "admission cancelled": Label(en="admission cancelled", fr="admission annulée"),
    "admission void": Label(en="admission void", fr="admission nulle"),
}
"""The reasons that the engine itself writes into events, in the words of readers."""
