"""What follows when somebody gives a command, said before they do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from coopflow.wording.phrases import Phrases
from coopflow.wording.spacing import in_language

FINAL: Final = frozenset(
    {
        "cancel_decision",
        "close_cooperation",
        "end_mandate",
        "erase_person",
        "stop_mediation",
        "withdraw_member",
    }
)
"""Commands that end something: what is begun anew afterwards is something else."""

CONSEQUENCES: Final[Mapping[str, tuple[str, str]]] = {
    "accept_mediator": (
        "The mediation begins once every party has accepted.",
        "La médiation commence quand toutes les parties ont accepté.",
    ),
    "admit_member": (
        "Before a charter is in force it is a member at once; after that, the members decide.",
        "Sans charte en vigueur, elle est membre aussitôt ; ensuite, les membres décident.",
    ),
    "appoint_mediator": (
        "Every party has to accept them before the mediation begins.",
        "Chaque partie doit accepter cette personne avant que la médiation commence.",
    ),
    "appoint_representative": (
        "From now on they answer in its name, in place of those who did.",
        "Désormais, ces personnes répondent en son nom, à la place des précédentes.",
    ),
    "assign_role": (
        "They may do at once what this role allows.",
        "Cette personne peut faire aussitôt ce que ce rôle permet.",
    ),
    "cancel_decision": (
        "The question ends without an outcome, and the answers given count no more.",
        "La question prend fin sans résultat, et les réponses données ne comptent plus.",
    ),
    "cast_ballot": (
        "You may change your answer until the decision closes.",
        "Vous pourrez changer de réponse jusqu'à la clôture.",
    ),
    "close_cooperation": (
        "It ends for good: nothing changes in it any more. It can still be read.",
        "Elle prend fin définitivement : plus rien n'y change. Elle peut encore être lue.",
    ),
    "close_decision": (
        "The answers are counted at once, provided that everybody has given one.",
        "Les réponses sont comptées aussitôt, à condition que tout le monde ait répondu.",
    ),
    "close_review": (
        "It becomes a version of the feedback loop; what was proposed in it is resolved before.",
        "Il devient une version de la boucle de rétroaction, une fois ses propositions tranchées.",
    ),
    "conclude_mediation": (
        "Nothing leaves the mediation but the text that was agreed on.",
        "Rien ne sort de la médiation que le texte convenu.",
    ),
    "confirm_follow_up": (
        "A disagreement whose settlement does not hold is reopened, once.",
        "Un désaccord dont l'issue ne tient pas est rouvert, une seule fois.",
    ),
    "cosign_waiver": (
        "A waiver takes both: what the members decide, and this agreement of the programme.",
        "Une dérogation demande les deux : la décision des membres et cet accord du programme.",
    ),
    "delegate_ballot": (
        "You can still answer yourself: your own answer goes before.",
        "Vous pouvez encore répondre vous-même : votre réponse l'emporte.",
    ),
    "end_mandate": (
        "The support function is vacant until the members give a new mandate.",
        "La fonction de soutien reste vacante jusqu'à ce que les membres donnent un autre mandat.",
    ),
    "erase_person": (
        "A mark takes their place wherever they stand in this cooperation. It cannot be undone.",
        "Une marque prend sa place partout dans cette coopération. C'est irréversible.",
    ),
    "escalate_disagreement": (
        "It goes on to the next step, from which it does not come back.",
        "Il passe à l'étape suivante, sans retour à celle-ci.",
    ),
    "extend_mediation": (
        "A mediation can be extended once.",
        "Une médiation ne peut être prolongée qu'une fois.",
    ),
    "integrate_objection": (
        "The proposal gets a new version, and the objection is met.",
        "La proposition prend une nouvelle version, et l'objection est levée.",
    ),
    "open_decision": (
        "The members are asked at once; those who join later do not vote on it.",
        "Les membres sont consultés aussitôt ; qui devient membre ensuite n'y vote pas.",
    ),
    "pause_cooperation": (
        "Nobody can do anything in it until it is resumed, except read.",
        "Personne ne peut plus y agir jusqu'à la reprise, sauf lire.",
    ),
    "propose_change": (
        "Accepting it will change nothing by itself: somebody has to act on it.",
        "L'accepter ne changera rien par là même : il faudra encore agir.",
    ),
    "propose_mandate": (
        "The members decide; the organisation proposed does not vote.",
        "Les membres décident ; l'organisation proposée ne vote pas.",
    ),
    "qualify_objection": (
        "One that stands in the way has to be met or withdrawn; else the proposal is rejected.",
        "Retenue, elle doit être intégrée ou retirée ; sinon la proposition est rejetée.",
    ),
    "raise_disagreement": (
        "All members see that there is one, about what and between whom; the rest is sealed.",
        "Tous les membres voient qu'il existe, son sujet et ses parties ; le reste est scellé.",
    ),
    "recall_decision": (
        "The same question is put once more, with a smaller quorum.",
        "La même question est posée une seconde fois, avec un quorum plus bas.",
    ),
    "record_lasting_disagreement": (
        "You go on together although you disagree; later on it is asked whether that holds.",
        "Vous continuez ensemble malgré ce désaccord ; plus tard, on demandera si cela tient.",
    ),
    "record_session_vote": (
        "The decision closes at once, even if answers are missing.",
        "La décision est close aussitôt, même s'il manque des réponses.",
    ),
    "request_gate": (
        "The criteria are checked at once; if they are met, the members are asked to ratify.",
        "Les critères sont vérifiés aussitôt ; s'ils sont réunis, les membres ratifient.",
    ),
    "resolve_change": (
        "Accepting changes nothing by itself: somebody has to act on it.",
        "Accepter ne change rien par là même : il faudra encore agir.",
    ),
    "revoke_role": (
        "They may no longer do what this role allowed.",
        "Cette personne ne pourra plus faire ce que ce rôle permettait.",
    ),
    "settle_disagreement": (
        "It ends here; later on it is asked whether what you agreed on holds.",
        "Il prend fin ici ; plus tard, on demandera si ce qui a été convenu tient.",
    ),
    "sign_charter": (
        "You commit your organisation to the charter as it was adopted.",
        "Vous engagez votre organisation sur la charte telle qu'elle a été adoptée.",
    ),
    "stop_mediation": (
        "It ends for all parties. If none asks to go on, the disagreement becomes a lasting one.",
        "Elle prend fin. Si aucune partie ne demande la suite, le désaccord devient durable.",
    ),
    "submit_document": (
        "The newest draft is put to the members as it stands.",
        "Le dernier brouillon est soumis aux membres tel qu'il est.",
    ),
    "suspend_member": (
        "It does not vote until it is reinstated, and its answers under way are taken back.",
        "Elle ne vote plus jusqu'à sa réintégration, et ses réponses en cours sont retirées.",
    ),
    "veto_decision": (
        "The decision has no effect for now, and a disagreement opens, which holds your reason.",
        "La décision reste sans effet, et un désaccord s'ouvre, qui contient votre raison.",
    ),
    "waive_gate": (
        "The members decide, and the programme has to agree; once for each gate.",
        "Les membres décident, et le programme doit donner son accord ; une fois par passage.",
    ),
    "withdraw_member": (
        "It leaves: it votes no more, and its answers under way are taken back.",
        "Elle quitte la coopération : elle ne vote plus, et ses réponses en cours sont retirées.",
    ),
    "withdraw_objection": (
        "Once no objection is left, the proposal can be adopted.",
        "Quand il n'en reste aucune, la proposition peut être adoptée.",
    ),
}
"""English and French, by command; none where its title says it all."""


def consequence_of(command: str, say: Phrases) -> str:
    """Return what follows from a command; empty where its title says it all."""
    words = CONSEQUENCES.get(command)
    return in_language(words, say.language) if words is not None else ""
