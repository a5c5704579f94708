"""What helps people to answer, where they might not know what to write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_MADE_UP: Final = (
    "A word without spaces or accents, such as canteens; left empty, one is given.",
    "Un mot sans espace ni accent, par exemple cantines ; laissé vide, il est attribué.",
)
_CHOSEN: Final = (
    "Letters without accents, digits and hyphens; it stays the same for good.",
    "Des lettres sans accent, des chiffres et des tirets ; il ne change plus ensuite.",
)
_OF_NAME: Final = (
    "It stands in addresses, for good. Left empty, it is made of the name.",
    "Il figure dans les adresses, pour toujours. Laissé vide, il est tiré du nom.",
)
_OF_TITLE: Final = (
    "It stands in addresses, for good. Left empty, it is made of the title.",
    "Il figure dans les adresses, pour toujours. Laissé vide, il est tiré du titre.",
)
_SHARE: Final = ("A share, such as 2/3 or 0.5.", "Une part, comme 2/3 ou 0,5.")
_QUORUM: Final = (
    "The share of the members who must answer, such as 1/2 or 2/3.",
    "La part des membres qui doivent répondre, comme 1/2 ou 2/3.",
)
_RULE: Final = (
    "Left open, the rule of the policy holds.",
    "Si rien n'est choisi, la règle de la politique s'applique.",
)

HELPS: Final[Mapping[str, tuple[str, str]]] = {
    "SharedVision.issue": (
        "What no organisation here can solve alone.",
        "Ce qu'aucune organisation ne peut résoudre seule.",
    ),
    "SharedVision.horizon_year": (
        "Far enough to imagine, near enough to act: ten years, for example.",
        "Assez loin pour imaginer, assez près pour agir : dix ans, par exemple.",
    ),
    "SharedVision.desired_future": (
        "Tell of it as if it were there: what people see, do and say.",
        "Racontez-le comme s'il était là : ce que l'on voit, fait et dit.",
    ),
    "SharedVision.trends": (
        "What changes around the issue, for better or worse.",
        "Ce qui évolue autour de l'enjeu, en bien ou en mal.",
    ),
    "SharedVision.scenarios": (
        "What could come about, wished for or not.",
        "Ce qui pourrait advenir, souhaité ou non.",
    ),
    "SharedVision.contributors": (
        "At least three members must have taken part before it is submitted.",
        "Trois membres au moins doivent y avoir pris part avant de la soumettre.",
    ),
    "SharedVision.dissent_notes": (
        "What some see otherwise is written down, not smoothed over.",
        "Ce que certains voient autrement s'écrit, sans être lissé.",
    ),
    "StakeholderMap.actors": (
        "Those who act on the issue and those who are concerned by it, members or not.",
        "Ceux qui agissent sur l'enjeu et ceux qu'il concerne, membres ou non.",
    ),
    "StakeholderMap.links": (
        "Alliances, actions that complete each other, tensions.",
        "Alliances, actions qui se complètent, tensions.",
    ),
    "StakeholderMap.missing_voices": (
        "Who is concerned and not heard, and how to reach them.",
        "Qui est concerné sans être entendu, et comment l'associer.",
    ),
    "Actor.influence": ("1: little; 5: decisive.", "1 : faible ; 5 : déterminante."),
    "Link.from": ("An actor that the map lists.", "Un acteur cité dans la carte."),
    "IdentitySheet.transformation": (
        "What will be different, for whom.",
        "Ce qui sera différent, pour qui.",
    ),
    "IdentitySheet.levers": (
        "What the cooperation acts on to get there.",
        "Ce sur quoi la coopération agit pour y parvenir.",
    ),
    "IdentitySheet.public_contact": (
        "An address or a number that may be shown to everybody.",
        "Une adresse ou un numéro que tout le monde peut voir.",
    ),
    "ValueChain.objectives": (
        "Each one ties the why (the change) to the how (the levers) and the with whom.",
        "Chacun relie le pourquoi (la transformation), le comment (les leviers) et le avec qui.",
    ),
    "Objective.id": _MADE_UP,
    "Objective.complementarities": (
        "What one member's action makes possible for another.",
        "Ce que l'action d'un membre rend possible à un autre.",
    ),
    "Objective.indicators": (
        "The beginning of a shared evaluation: few, and useful to all.",
        "L'amorce d'une évaluation partagée : peu nombreux, et utiles à tous.",
    ),
    "Indicator.id": _MADE_UP,
    "Indicator.unit": ("For example meals, %, euros.", "Par exemple repas, %, euros."),
    "Indicator.baseline": ("A number, or a few words.", "Un nombre, ou quelques mots."),
    "Indicator.target": (
        "A number, or words such as: below 10 %.",
        "Un nombre, ou des mots comme : moins de 10 %.",
    ),
    "Charter.purpose": (
        "The charter is no contract at law: a living tool by which the collective keeps itself.",
        "La charte n'est pas un contrat juridique : un outil vivant de régulation.",
    ),
    "Charter.commitments": (
        "What each member brings, in return for what the others bring.",
        "Ce que chaque membre apporte, en retour de ce qu'apportent les autres.",
    ),
    "Charter.decision_rules": (
        "Each kind of question has a rule, and another one for when that does not decide.",
        "Chaque type de question a une règle, et une autre si la première n'aboutit pas.",
    ),
    "DecisionRule.subject": (
        "For example: budget, new members, priorities.",
        "Par exemple : budget, nouveaux membres, priorités.",
    ),
    "DecisionRule.quorum": _QUORUM,
    "Charter.vetoes": (
        "Organisations that may suspend decisions on some subjects, such as a local authority.",
        "Des organisations qui peuvent suspendre certaines décisions, comme une collectivité.",
    ),
    "Charter.disagreement_procedure": (
        "To whom one turns, step by step, before it grows.",
        "Vers qui se tourner, étape par étape, avant que cela ne s'aggrave.",
    ),
    "Roadmap.actions": (
        "Who does what until when, for which objective of the value chain.",
        "Qui fait quoi, pour quand, au service de quel objectif de la chaîne de valeur.",
    ),
    "Action.id": _MADE_UP,
    "Action.objective": (
        "An objective of the value chain.",
        "Un objectif de la chaîne de valeur.",
    ),
    "Action.depends_on": (
        "Actions that have to be done before.",
        "Les actions à mener avant.",
    ),
    "Action.experiment": (
        "Where the action tries something out: owning up to it helps to learn.",
        "Quand l'action est un essai : l'assumer aide à apprendre.",
    ),
    "SupportModel.hosting": (
        "By a structure of its own, shared among several partners, or spread over the bodies.",
        "Par une structure dédiée, mutualisée entre partenaires, ou répartie dans la gouvernance.",
    ),
    "SupportModel.missions": (
        "All six must be held by somebody before it is submitted.",
        "Les six doivent être portées avant de soumettre le document.",
    ),
    "SupportModel.accountable_to": (
        "The body that it reports to.",
        "L'instance devant laquelle elle rend compte.",
    ),
    "SupportModel.handover_plan": (
        "What happens when the holder can go on no longer.",
        "Ce qui se passe si la structure titulaire ne peut plus continuer.",
    ),
    "BudgetItem.amount": ("In euros.", "En euros."),
    "lessons": (
        "What we would do again, and what otherwise.",
        "Ce que nous referions, et ce que nous ferions autrement.",
    ),
    "ReviewRecord.changes": (
        "Written by the review itself.",
        "Écrits par le bilan lui-même.",
    ),
    "beneficiary_voice": (
        "In their own words, if they agree.",
        "Dans leurs mots, s'ils en sont d'accord.",
    ),
    "Consensus.stand_aside": (
        "Of those who answer; 1/4 where nothing is said.",
        "Parmi celles et ceux qui répondent ; 1/4 si rien n'est dit.",
    ),
    "QualifiedMajority.threshold": (
        "2/3 where nothing is said.",
        "2/3 si rien n'est dit.",
    ),
    "threshold": ("1/2 where nothing is said.", "1/2 si rien n'est dit."),
    "Weighted.weights": (
        "An organisation that is not named weighs 1; none weighs more than all others together.",
        "Une organisation non citée pèse 1 ; aucune ne pèse plus que toutes les autres ensemble.",
    ),
    "weights.value": _SHARE,
    "Organisation.id": _OF_NAME,
    "OpenCooperation.cooperation": _OF_TITLE,
    "RecordMeeting.meeting": _CHOSEN,
    "Profile.registration": (
        "SIREN, RNA or another official number.",
        "SIREN, RNA ou un autre numéro officiel.",
    ),
    "college": (
        "Where votes are counted by colleges.",
        "Si les votes se comptent par collèges.",
    ),
    "DraftDocument.minor": (
        "The meaning stays the same: the date of approval is kept.",
        "Le sens reste le même : la date d'approbation est conservée.",
    ),
    "CastBallot.reason": ("Needed for an objection.", "Nécessaire pour une objection."),
    "ResolveChange.reason": ("Needed to decline.", "Nécessaire pour refuser."),
    "ResolveChange.until": ("Needed to defer.", "Nécessaire pour reporter."),
    "ConcludeMediation.agreed_text": (
        "Needed unless it ends without an agreement; all members read it.",
        "Nécessaire sauf s'il n'y a pas d'accord ; tous les membres le lisent.",
    ),
    "IntegrateObjection.material": (
        "If so, everybody is asked again: answers given so far no longer count.",
        "Si oui, chacun est de nouveau consulté : les réponses déjà données ne comptent plus.",
    ),
    "OpenDecision.subject": (
        "What is decided on. For a question of your own, choose “something else”.",
        "Ce sur quoi porte la décision. Pour une question à vous, choisissez « autre chose ».",
    ),
    "OpenDecision.quorum": _QUORUM,
    "SubmitDocument.rule": _RULE,
    "OpenDecision.rule": _RULE,
    "closes_at": (
        "Left open, the time that the policy gives.",
        "Si rien n'est indiqué, la durée prévue par la politique.",
    ),
    "ProposeMandate.hours_month": (
        "The support function cannot live on goodwill alone.",
        "La fonction de soutien ne peut reposer sur la seule bonne volonté.",
    ),
    "RaiseDisagreement.subject": (
        "All in the cooperation read this: name the matter, and nobody's fault.",
        "Toute la coopération le lit : nommez le sujet, sans mettre personne en cause.",
    ),
    "RaiseDisagreement.blocking": (
        "The facilitator is asked to confirm it; then gates wait until it is settled.",
        "La facilitation est appelée à le confirmer ; les passages attendent alors son règlement.",
    ),
    "TriageDisagreement.blocking": (
        "Gates then wait until it is settled, where it touches what may block them.",
        "Les passages attendent alors son règlement, s'il touche un sujet qui peut les bloquer.",
    ),
    "AppointMediator.person": (
        "Those who hold the role of a mediator; it is assigned under “People”.",
        "Celles et ceux qui ont le rôle de médiation ; il se confie sous « Membres ».",
    ),
    "RaiseDisagreement.content": (
        "For the parties and those who help them; others do not read it.",
        "Pour les parties et celles et ceux qui les aident ; personne d'autre ne le lit.",
    ),
    "RaiseDisagreement.touches": (
        "Some subjects may stand in the way of the gates until they are settled.",
        "Certains sujets peuvent bloquer les passages tant qu'ils ne sont pas réglés.",
    ),
    "RaiseDisagreement.parties": (
        "At least two organisations.",
        "Au moins deux organisations.",
    ),
    "RecordSessionVote.ballots": (
        "Leave who was not there without an answer.",
        "Laissez sans réponse qui n'était pas là.",
    ),
    "RecordPulse.score": ("Between 0 and 5.", "Entre 0 et 5."),
    "Feedback.score": ("Between 0 and 5.", "Entre 0 et 5."),
    "period": ("For example 2026-03, or winter 2026.", "Par exemple 2026-03, ou hiver 2026."),
}
"""English and French, by field or by model and field."""


def help_of(about: str) -> tuple[str, str] | None:
    """Return what helps to answer, if anything does."""
    return HELPS.get(about) or HELPS.get(about.partition(".")[2])
