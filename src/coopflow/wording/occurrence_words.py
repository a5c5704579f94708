"""What kinds of events are called where they are chosen or listed, in French and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

OCCURRENCE_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "event.ping": ("trial", "essai"),
    # the life of the cooperation
    "event.cooperation_opened": ("a cooperation opens", "une coopération s'ouvre"),
    "event.cooperation_paused": ("a cooperation pauses", "une coopération se met en pause"),
    "event.cooperation_resumed": ("a cooperation resumes", "une coopération reprend"),
    "event.cooperation_closing": ("the members decide to close", "les membres décident de clore"),
    "event.cooperation_closed": ("a cooperation is closed", "une coopération est close"),
    "event.policy_applied": ("a policy applies from now on", "une politique s'applique désormais"),
    "event.advice_followed": ("advice is followed", "des conseils sont suivis"),
    "event.person_erased": ("a person is erased", "une personne est effacée"),
    # members and roles
    "event.member_invited": ("an organisation is invited", "une organisation est invitée"),
    "event.member_joined": ("an organisation joins", "une organisation arrive"),
    "event.member_left": ("an organisation leaves", "une organisation part"),
    "event.member_suspended": ("an organisation is suspended", "une organisation est suspendue"),
    "event.member_reinstated": ("an organisation is reinstated", "une organisation est réintégrée"),
    "event.member_described": ("an organisation is described", "une organisation est présentée"),
    "event.representative_appointed": (
        "somebody else speaks for an organisation",
        "une autre personne parle pour une organisation",
    ),
    "event.role_assigned": ("a role is assigned", "un rôle est confié"),
    "event.role_revoked": ("a role is taken back", "un rôle est retiré"),
    # documents and actions
    "event.document_drafted": ("a draft is written", "un brouillon est rédigé"),
    "event.document_submitted": ("a document is submitted", "un document est soumis"),
    "event.document_approved": ("a document is adopted", "un document est adopté"),
    "event.document_returned": ("a document is not adopted", "un document n'est pas adopté"),
    "event.document_superseded": ("a document is superseded", "un document est remplacé"),
    "event.document_suspended": ("a veto suspends a document", "un veto suspend un document"),
    "event.document_went_stale": ("a document goes stale", "un document est périmé"),
    "event.document_expired": ("a document expires", "un document expire"),
    "event.charter_signed": ("the charter is signed", "la charte est signée"),
    "event.charter_came_into_force": (
        "the charter comes into force",
        "la charte entre en vigueur",
    ),
    "event.actions_planned": ("actions are planned", "des actions sont planifiées"),
    "event.action_updated": ("an action moves on", "une action avance"),
    # decisions
    "event.decision_opened": ("a decision opens", "une décision s'ouvre"),
    "event.decision_closed": ("a decision closes", "une décision est close"),
    "event.decision_recalled": ("a decision is called again", "une décision est reconvoquée"),
    "event.ballot_cast": ("a member answers", "un membre répond"),
    "event.ballot_delegated": ("a vote is entrusted", "une voix est confiée"),
    "event.elector_left": ("a member no longer votes", "un membre ne vote plus"),
    "event.voters_reminded": ("members are reminded", "des membres sont relancés"),
    "event.objection_qualified": ("an objection is qualified", "une objection est qualifiée"),
    "event.objection_withdrawn": ("an objection is withdrawn", "une objection est levée"),
    "event.objection_integrated": ("an objection is integrated", "une objection est intégrée"),
    "event.proposal_revised": ("a proposal changes", "une proposition change"),
    "event.rule_replaced": ("another rule decides", "une autre règle s'applique"),
    "event.effect_suspended": (
        "a veto suspends a decision",
        "un veto suspend une décision",
    ),
    "event.effect_abandoned": ("a veto stands", "un veto tient"),
    "event.effect_restored": ("a veto falls", "un veto tombe"),
    # the support function
    "event.mandate_started": ("a mandate starts", "un mandat commence"),
    "event.mandate_scheduled": ("a next mandate is given", "un prochain mandat est confié"),
    "event.mandate_unscheduled": ("a next mandate falls away", "un prochain mandat n'a pas lieu"),
    "event.mandate_resumed": ("a mandate resumes", "un mandat reprend"),
    "event.mandate_ended": ("a mandate ends", "un mandat prend fin"),
    # gates and levels
    "event.gate_requested": ("a gate is requested", "un passage est demandé"),
    "event.gate_passed": ("a gate is passed", "un passage est accordé"),
    "event.ratification_opened": ("a ratification opens", "une ratification s'ouvre"),
    "event.waiver_requested": ("a waiver is asked for", "une dérogation est demandée"),
    "event.waiver_adopted": (
        "the members agree to a waiver",
        "les membres acceptent une dérogation",
    ),
    "event.waiver_cosigned": (
        "the programme agrees to a waiver",
        "le programme accepte une dérogation",
    ),
    "event.waiver_dropped": ("a waiver is refused", "une dérogation est refusée"),
    "event.reservation_made": ("a reservation is made", "une réserve est émise"),
    "event.reservation_lifted": ("a reservation is lifted", "une réserve est levée"),
    "event.clock_started": (
        "a condition falls below its minimum",
        "une condition passe sous son minimum",
    ),
    "event.clock_stopped": (
        "a condition is back at its minimum",
        "une condition revient à son minimum",
    ),
    "event.levels_changed": ("levels change", "des niveaux changent"),
    "event.fell_back": ("a cooperation falls back", "une coopération revient à une étape"),
    # disagreements
    "event.disagreement_raised": ("a disagreement is raised", "un désaccord est soulevé"),
    "event.disagreement_triaged": ("a disagreement is triaged", "un désaccord est orienté"),
    "event.disagreement_moved": ("a disagreement moves on", "un désaccord change d'étape"),
    "event.disagreement_closed": ("a disagreement is closed", "un désaccord est clos"),
    "event.block_ended": (
        "a disagreement no longer blocks gates",
        "un désaccord ne bloque plus les passages",
    ),
    "event.mediator_appointed": ("a mediator is proposed", "une médiation est proposée"),
    "event.mediator_accepted": ("a mediator is accepted", "une médiation est acceptée"),
    "event.mediation_extended": ("a mediation is extended", "une médiation est prolongée"),
    "event.mediation_ended": ("a mediation ends", "une médiation prend fin"),
    "event.follow_up_due": ("an agreement is to be looked at again", "un accord est à revoir"),
    "event.follow_up_confirmed": (
        "an agreement is looked at again",
        "un accord est revu",
    ),
    # reviews
    "event.review_convened": ("a review is to be held", "un bilan est à tenir"),
    "event.review_opened": ("a review opens", "un bilan s'ouvre"),
    "event.review_closed": ("a review is closed", "un bilan est clos"),
    "event.change_proposed": ("a change is proposed", "un changement est proposé"),
    "event.change_resolved": ("a change is resolved", "il est statué sur un changement"),
    # meetings and measures
    "event.meeting_recorded": ("a meeting is recorded", "une réunion est consignée"),
    "event.minutes_published": ("minutes are published", "un compte rendu est publié"),
    "event.pulse_recorded": ("how members feel is recorded", "le ressenti est consigné"),
    "event.measure_recorded": ("a value is measured", "une valeur est relevée"),
    # alerts and checks
    "event.alert_raised": ("an alert is raised", "une alerte se déclenche"),
    "event.alert_cleared": ("an alert ends", "une alerte prend fin"),
    "event.check_answered": ("a check answers", "une vérification répond"),
}
