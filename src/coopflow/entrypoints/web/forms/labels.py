"""What fields are called, in the words of the method, by field or by model and field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LABELS: Final[Mapping[str, tuple[str, str]]] = {
    # shared vision
    "issue": ("The issue, as all understand it", "L'enjeu, tel que tous le comprennent"),
    "territory": ("Territory", "Territoire"),
    "SharedVision.horizon_year": ("Looking ahead to the year", "À l'horizon de l'année"),
    "SharedVision.desired_future": ("The future we want", "L'avenir souhaité"),
    "SharedVision.trends": ("Trends at work", "Tendances à l'œuvre"),
    "SharedVision.scenarios": ("Scenarios and stories", "Scénarios et récits"),
    "SharedVision.values": ("Values we share", "Valeurs partagées"),
    "SharedVision.contributors": ("Who built it", "Qui l'a construite"),
    "SharedVision.dissent_notes": (
        "Points not shared by all",
        "Points qui ne font pas l'unanimité",
    ),
    # stakeholder map
    "StakeholderMap.actors": ("Actors", "Acteurs"),
    "Actor.name": ("Name", "Nom"),
    "category": ("Kind of organisation", "Type d'organisation"),
    "Actor.missions": ("What it is there for", "Sa raison d'être"),
    "Actor.scope": ("Where and for whom it acts", "Où et pour qui il agit"),
    "Actor.current_actions": ("What it does already", "Ce qu'il fait déjà"),
    "constraints": ("Constraints", "Contraintes"),
    "Actor.assets": ("What it can bring", "Ce qu'il peut apporter"),
    "Actor.status": ("Its place in the cooperation", "Sa place dans la coopération"),
    "Actor.influence": ("Influence on the issue, from 1 to 5", "Influence sur l'enjeu, de 1 à 5"),
    "StakeholderMap.links": ("Ties between actors", "Liens entre acteurs"),
    "Link.from": ("From", "De"),
    "Link.to": ("To", "À"),
    "Link.kind": ("Kind of tie", "Nature du lien"),
    "StakeholderMap.missing_voices": ("Voices that are missing", "Voix qui manquent"),
    # identity sheet
    "title": ("Title", "Titre"),
    "IdentitySheet.transformation": ("The change we aim for", "La transformation visée"),
    "IdentitySheet.beneficiaries": ("For whom", "Pour qui"),
    "levers": ("Levers", "Leviers"),
    "IdentitySheet.goals": ("Goals", "Objectifs"),
    "Goals.inhabitants": ("For inhabitants", "Pour les habitants"),
    "Goals.territory": ("For the territory", "Pour le territoire"),
    "Goals.collective": ("For the collective itself", "Pour le collectif lui-même"),
    "IdentitySheet.members": ("Members", "Membres"),
    "IdentitySheet.support_holder": (
        "Who holds the support function",
        "Qui porte la fonction de soutien",
    ),
    "IdentitySheet.start": ("Since", "Depuis le"),
    "IdentitySheet.public_contact": ("Contact for the public", "Contact pour le public"),
    "IdentitySheet.funders": ("Funders", "Financeurs"),
    # value chain
    "ValueChain.objectives": ("Objectives", "Objectifs"),
    "Objective.id": ("Short name", "Repère"),
    "Objective.why": ("Why: the change we aim for", "Pourquoi : la transformation visée"),
    "Objective.lead": ("Who leads", "Qui pilote"),
    "Objective.levers": ("How: the levers used", "Comment : les leviers mobilisés"),
    "Objective.contributors": ("With whom", "Avec qui"),
    "Objective.complementarities": (
        "How the actions support each other",
        "Comment les actions se soutiennent mutuellement",
    ),
    "Objective.questions": ("Questions left open", "Questions en suspens"),
    "Objective.indicators": ("Indicators", "Indicateurs"),
    "Indicator.id": ("Short name", "Repère"),
    "Indicator.definition": ("What is measured", "Ce qui est mesuré"),
    "Indicator.unit": ("Unit", "Unité"),
    "Indicator.source": ("Where the figures come from", "D'où viennent les chiffres"),
    "Indicator.collector": ("Who collects them", "Qui les recueille"),
    "Indicator.frequency": ("How often", "À quel rythme"),
    "Indicator.baseline": ("Starting point", "Point de départ"),
    "Indicator.target": ("Target", "Cible"),
    # charter
    "Charter.purpose": ("Purpose of the cooperation", "Raison d'être de la coopération"),
    "Charter.principles": ("Principles", "Principes"),
    "Charter.commitments": ("Commitments of the members", "Engagements des membres"),
    "Commitment.member": ("Member", "Membre"),
    "Commitment.text": ("What it commits to", "Ce à quoi il s'engage"),
    "Commitment.resource": ("Means it brings", "Moyens apportés"),
    "Charter.bodies": ("Bodies", "Instances"),
    "Body.name": ("Name", "Nom"),
    "Body.composition": ("Who sits in it", "Qui y siège"),
    "Body.mandate": ("What it may do", "Ce qu'elle peut faire"),
    "Charter.roles": ("Roles", "Rôles"),
    "Charter.decision_rules": ("How decisions are taken", "Règles de décision"),
    "DecisionRule.subject": ("On what", "À quel sujet"),
    "DecisionRule.rule": ("Rule", "Règle"),
    "DecisionRule.quorum": ("Quorum", "Quorum"),
    "DecisionRule.fallback": ("Rule when that fails", "Règle en cas d'échec"),
    "Charter.vetoes": ("Rights of veto", "Droits de veto"),
    "VetoRight.holder": ("Organisation", "Organisation"),
    "VetoRight.subjects": ("On which subjects", "Sur quels sujets"),
    "Charter.joining": ("How one joins", "Comment on entre"),
    "Charter.leaving": ("How one leaves", "Comment on part"),
    "Charter.exclusion": ("How one is excluded", "Comment on est exclu"),
    "Charter.disagreement_procedure": (
        "How disagreements are dealt with",
        "Gestion des désaccords",
    ),
    "Charter.confidentiality": ("What stays among us", "Ce qui reste entre nous"),
    "Charter.data_sharing": ("How data are shared", "Partage des données"),
    "Charter.term_end": ("In force until", "En vigueur jusqu'au"),
    "Charter.amendment_rule": ("How the charter is changed", "Comment la charte est modifiée"),
    # roadmap
    "Roadmap.actions": ("Actions", "Actions"),
    "Action.id": ("Short name", "Repère"),
    "Action.objective": ("Objective that it serves", "Objectif servi"),
    "Action.owner": ("Who answers for it", "Qui en répond"),
    "Action.contributors": ("Who contributes", "Qui contribue"),
    "Action.start": ("Starts on", "Début"),
    "Action.due": ("Due on", "Échéance"),
    "Action.status": ("State", "État d'avancement"),
    "Action.resources": ("Means", "Moyens"),
    "Action.depends_on": ("Waits for", "Attend"),
    "Action.deliverable": ("What it delivers", "Livrable"),
    "Action.experiment": ("Experiment", "Expérimentation"),
    "Experiment.hypothesis": ("What we try out", "Ce que nous essayons"),
    "Experiment.learning": ("What we learnt", "Ce que nous avons appris"),
    # feedback loop
    "ReviewRecord.review": ("Review", "Bilan"),
    "ReviewRecord.kind": ("Kind of review", "Type de bilan"),
    "expected": ("What was expected", "Ce qui était attendu"),
    "observed": ("What was observed", "Ce qui a été observé"),
    "why": ("Why", "Pourquoi"),
    "lessons": ("Lessons", "Enseignements"),
    "measures": ("Indicators looked at", "Indicateurs examinés"),
    "beneficiary_voice": (
        "What the people concerned say",
        "Ce qu'en disent les personnes concernées",
    ),
    "summary_published": ("Publish the summary", "Publier la synthèse"),
    "ReviewRecord.changes": ("Changes that were proposed", "Changements proposés"),
    # support model
    "SupportModel.hosting": ("How it is carried", "Portage"),
    "SupportModel.missions": ("Who holds each mission", "Qui porte chaque mission"),
    "SupportModel.missions.coordinate": ("Coordinate", "Coordonner"),
    "SupportModel.missions.facilitate": ("Facilitate", "Animer"),
    "SupportModel.missions.inform": ("Inform", "Informer"),
    "SupportModel.missions.fund": ("Find funds", "Financer"),
    "SupportModel.missions.measure": ("Measure", "Mesurer"),
    "SupportModel.missions.reorient": ("Reorient", "Réorienter"),
    "MissionHolder.holder": ("Held by", "Portée par"),
    "hours": ("Hours a month", "Heures par mois"),
    "SupportModel.holder": ("Organisation that holds it", "Organisation titulaire"),
    "SupportModel.deputy": ("Deputy", "Suppléance"),
    "SupportModel.accountable_to": ("Answers to", "Rend compte à"),
    "SupportModel.mandate_start": ("Mandate from", "Mandat du"),
    "SupportModel.mandate_end": ("Mandate until", "Mandat jusqu'au"),
    "hours_month": ("Hours a month", "Heures par mois"),
    "SupportModel.budget": ("Budget", "Budget"),
    "BudgetItem.source": ("Source of the money", "Origine du financement"),
    "BudgetItem.amount": ("Amount", "Montant"),
    "BudgetItem.secured": ("Is it secured?", "Est-il acquis ?"),
    "BudgetItem.until": ("Until", "Jusqu'au"),
    "SupportModel.handover_plan": ("How it is handed over", "Plan de passation"),
    "SupportModel.feedback": ("What members say of it", "Ce qu'en disent les membres"),
    "Feedback.date": ("Date", "Date"),
    "Feedback.score": ("Score out of five", "Note sur cinq"),
    "Feedback.organisation": ("Organisation", "Organisation"),
    "Feedback.comment": ("Comment", "Commentaire"),
    # rules
    "Consensus.stand_aside": (
        "Share that may stand aside",
        "Part qui peut rester en retrait",
    ),
    "threshold": ("Threshold", "Seuil"),
    "base": ("Share of", "Part"),
    "Unanimity.strict": ("Everyone has to say yes", "Chacun doit dire oui"),
    "Colleges.weights": ("Weights of the colleges", "Poids des collèges"),
    "Colleges.weights.key": ("College", "Collège"),
    "Weighted.weights": ("Weights of the organisations", "Poids des organisations"),
    "Weighted.weights.key": ("Organisation", "Organisation"),
    "weights.value": ("Weight", "Poids"),
    "Colleges.mode": ("How a college counts", "Comment compte un collège"),
    # what commands ask
    "organisation": ("Organisation", "Organisation"),
    "Organisation.id": ("Short name", "Identifiant"),
    "Organisation.name": ("Name", "Nom"),
    "college": ("College", "Collège"),
    "person": ("Person", "Personne"),
    "representative": ("Who speaks for it", "Qui la représente"),
    "alternate": ("Who stands in for them", "Qui supplée"),
    "AppointRepresentative.person": ("Who speaks for it", "Qui la représente"),
    "AppointMediator.person": ("Mediator", "Médiateur ou médiatrice"),
    "AcceptMediator.person": ("Mediator", "Médiateur ou médiatrice"),
    "role": ("Role", "Rôle"),
    "reason": ("Reason", "Raison"),
    "decision": ("Decision", "Décision"),
    "CastBallot.choice": ("Answer", "Réponse"),
    "disagreement": ("Disagreement", "Désaccord"),
    "review": ("Review", "Bilan"),
    "gate": ("Gate", "Passage"),
    "meeting": ("Meeting", "Réunion"),
    "action": ("Action", "Action"),
    "indicator": ("Indicator", "Indicateur"),
    "CloseCooperation.report": (
        "Report: what we did, what others may learn from it",
        "Rapport : ce que nous avons fait, ce que d'autres peuvent en apprendre",
    ),
    "CloseCooperation.commitments_transferred_to": (
        "Who takes over the commitments",
        "Qui reprend les engagements",
    ),
    "outcome": ("How it ended", "Issue"),
    "agreed_text": ("What was agreed", "Ce qui a été convenu"),
    "ConfirmFollowUp.holds": ("Does what closed it hold?", "Ce qui l'a clos tient-il ?"),
    "DelegateBallot.from": (
        "Organisation that entrusts its vote",
        "Organisation qui confie son vote",
    ),
    "DelegateBallot.to": ("Organisation that votes for it", "Organisation qui vote pour elle"),
    "DelegateBallot.decision": ("For this decision alone", "Pour cette seule décision"),
    "DelegateBallot.until": ("Or for all until", "Ou pour toutes jusqu'au"),
    "DescribeMember.profile": ("Getting to know it", "Pour la connaître"),
    "Profile.logic": ("What it works for, and how", "Sa logique d'action"),
    "Profile.constraints": ("Its constraints", "Ses contraintes"),
    "Profile.culture": ("Its culture", "Sa culture"),
    "Profile.expectations": ("What it expects", "Ce qu'elle attend"),
    "Profile.registration": ("Registration number", "Numéro d'immatriculation"),
    "DraftDocument.kind": ("Document", "Document"),
    "SubmitDocument.kind": ("Document", "Document"),
    "DraftDocument.content": ("Content", "Contenu"),
    "DraftDocument.minor": ("A minor correction", "Une correction mineure"),
    "IntegrateObjection.amendment": ("What changes", "Ce qui change"),
    "IntegrateObjection.material": (
        "Does it change the proposal in substance?",
        "La proposition change-t-elle sur le fond ?",
    ),
    "OpenCooperation.cooperation": ("Short name", "Identifiant"),
    "programme": ("Programme", "Programme"),
    "lifecycle": ("Lifecycle", "Parcours"),
    "policy": ("Policy", "Politique"),
    "facilitator": ("Who facilitates", "Qui assure la facilitation"),
    "OpenDecision.subject": ("Subject", "Objet"),
    "OpenDecision.question": ("Question", "Question"),
    "rule": ("Rule", "Règle"),
    "quorum": ("Quorum", "Quorum"),
    "closes_at": ("Open until", "Ouverte jusqu'au"),
    "OpenDecision.recused": ("Who does not vote", "Qui ne vote pas"),
    "OpenDecision.secret": ("Secret ballot", "Scrutin secret"),
    "OpenDecision.cites": ("Indicators that it rests on", "Indicateurs sur lesquels elle s'appuie"),
    "OpenReview.kind": ("Kind of review", "Type de bilan"),
    "period": ("Period", "Période"),
    "clocks": ("Deadlines meanwhile", "Délais pendant ce temps"),
    "ProposeChange.change": ("Change", "Changement"),
    "ProposeChange.target": ("What should change", "Ce qui devrait changer"),
    "ProposeChange.text": ("The change", "Le changement"),
    "ProposeMandate.holder": ("Organisation proposed", "Organisation proposée"),
    "ProposeMandate.missions": ("Missions", "Missions"),
    "ProposeMandate.starts_on": ("From", "Du"),
    "ProposeMandate.ends_on": ("Until", "Jusqu'au"),
    "ProposeMandate.interim": ("In the interim only", "Par intérim seulement"),
    "minutes": ("Minutes", "Compte rendu"),
    "QualifyObjection.verdict": ("Is it an objection?", "Est-ce une objection ?"),
    "RaiseDisagreement.subject": ("In a few words", "En quelques mots"),
    "RaiseDisagreement.content": ("What the disagreement is", "En quoi consiste le désaccord"),
    "RaiseDisagreement.parties": ("Between whom", "Entre qui"),
    "RaiseDisagreement.touches": ("What it touches", "Ce qu'il touche"),
    "TriageDisagreement.blocking": ("I confirm that it blocks", "Je confirme qu'il bloque"),
    "blocking": ("It stands in the way of the cooperation", "Il bloque la coopération"),
    "RecordMeasure.value": ("Value", "Valeur"),
    "RecordMeeting.kind": ("Kind of meeting", "Type de réunion"),
    "RecordMeeting.meeting": ("Short name", "Identifiant"),
    "RecordMeeting.attendees": ("Who was there", "Qui était là"),
    "RecordMeeting.held_at": ("When", "Quand"),
    "RecordPulse.score": ("Mean score out of five", "Note moyenne sur cinq"),
    "RecordPulse.answers": ("How many answered", "Nombre de réponses"),
    "RecordPulse.asked": ("How many were asked", "Nombre de personnes interrogées"),
    "RecordSessionVote.ballots": ("Answers", "Réponses"),
    "RecordSessionVote.ballots.key": ("Organisation", "Organisation"),
    "RecordSessionVote.ballots.value": ("Answer", "Réponse"),
    "change": ("Change", "Changement"),
    "ResolveChange.verdict": ("What becomes of it", "Suite donnée"),
    "ResolveChange.until": ("Deferred until", "Reporté jusqu'au"),
    "TriageDisagreement.verdict": ("How it goes on", "Comment continuer"),
    "UpdateAction.status": ("State", "État d'avancement"),
    "UpdateAction.due": ("New due date", "Nouvelle échéance"),
    "UpdateAction.owner": ("Who answers for it now", "Qui en répond désormais"),
    "UpdateAction.learning": ("What we learnt", "Ce que nous avons appris"),
}
"""English and French; all fields of the tools and of the commands have some."""

ITEMS: Final[Mapping[str, tuple[str, str]]] = {
    "SharedVision.trends": ("Trend", "Tendance"),
    "SharedVision.scenarios": ("Scenario", "Scénario"),
    "SharedVision.values": ("Value", "Valeur"),
    "SharedVision.dissent_notes": ("Point", "Point"),
    "StakeholderMap.actors": ("Actor", "Acteur"),
    "Actor.current_actions": ("Action", "Action"),
    "Actor.constraints": ("Constraint", "Contrainte"),
    "Actor.assets": ("Asset", "Atout"),
    "StakeholderMap.links": ("Tie", "Lien"),
    "IdentitySheet.beneficiaries": ("Group of people", "Public"),
    "levers": ("Lever", "Levier"),
    "IdentitySheet.funders": ("Funder", "Financeur"),
    "ValueChain.objectives": ("Objective", "Objectif"),
    "Objective.complementarities": ("Support", "Soutien"),
    "Objective.questions": ("Question", "Question"),
    "Objective.indicators": ("Indicator", "Indicateur"),
    "Charter.principles": ("Principle", "Principe"),
    "Charter.commitments": ("Commitment", "Engagement"),
    "Charter.bodies": ("Body", "Instance"),
    "Charter.roles": ("Role", "Rôle"),
    "Charter.decision_rules": ("Decision rule", "Règle de décision"),
    "Charter.vetoes": ("Right of veto", "Droit de veto"),
    "VetoRight.subjects": ("Subject", "Sujet"),
    "Roadmap.actions": ("Action", "Action"),
    "lessons": ("Lesson", "Enseignement"),
    "SupportModel.budget": ("Source", "Ressource"),
    "SupportModel.feedback": ("Score", "Avis"),
    "Colleges.weights": ("Weight", "Poids"),
    "Weighted.weights": ("Weight", "Poids"),
    "RecordSessionVote.ballots": ("Answer", "Réponse"),
}
"""What one item of a list is called."""


_FEMININE: Final = frozenset(
    {
        *("Tendance", "Valeur", "Contrainte", "Action", "Question", "Instance"),
        *("Règle de décision", "Ressource", "Réponse"),
    }
)


def label_of(about: str) -> tuple[str, str]:
    """Return what a field is called: by its model and name, or by its name.

    Raises:
        KeyError: it has no label.
    """
    return _found(LABELS, about)


def item_of(about: str) -> tuple[str, str]:
    """Return what one item of a list is called.

    Raises:
        KeyError: it has no name.
    """
    return _found(ITEMS, about)


def one_more(about: str) -> tuple[str, str]:
    """Return what is added to a list, in the middle of a sentence: ``a trend``, ``une tendance``.

    Raises:
        KeyError: it has no name.
    """
    english, french = item_of(about)
    article = "an" if english[0] in "AEIOU" else "a"
    article_fr = "une" if french in _FEMININE else "un"
    return f"{article} {_lower(english)}", f"{article_fr} {_lower(french)}"


def _lower(word: str) -> str:
    return word[0].lower() + word[1:]


def _found(table: Mapping[str, tuple[str, str]], about: str) -> tuple[str, str]:
    known = table.get(about)
    return known if known is not None else table[about.partition(".")[2]]
