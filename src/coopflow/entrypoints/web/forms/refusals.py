"""Why a cooperation refuses what was sent, in words that say what to do: by what the domain says.

The domain tells in English, and by ids, what stands in the way. Here are the words for people who
have a form before them; what is not here has those of its code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from coopflow.domain.refusals import Refusal
from coopflow.entrypoints.web.forms.faults import Words


class Reason(NamedTuple):
    """Why something is refused.

    Attributes:
        words: what stands in the way, and what to do.
        field: where in the form; empty where the facts of the refusal have to tell.
    """

    words: Words
    field: str


_GONE: Final = (
    "This is not there any more. Go back to its page, which shows how it stands.",
    "Cela n'existe plus ici. Revenez à sa page, qui montre où cela en est.",
)
_TAKEN: Final = (
    "This short name is taken here. Choose another.",
    "Cet identifiant est déjà pris ici. Choisissez-en un autre.",
)
_NOT_ACTIVE: Final = (
    "The cooperation does not go on normally at the moment: it pauses, closes or is closed.",
    "La coopération ne suit pas son cours en ce moment : elle est en pause, en clôture ou close.",
)
_OTHER_STAGE: Final = (
    "This gate leaves another stage than the one where the cooperation stands.",
    "Ce passage quitte une autre étape que celle où en est la coopération.",
)
_STEP: Final = (
    "The disagreement is on another step by now, where this cannot be done. Its page shows more.",
    "Le désaccord en est à une autre étape, où cela ne se fait pas. Sa page montre ce qui se fait.",
)
_SILENCE: Final = (
    "Silence counts as agreement only after some days: choose a later closing.",
    "Le silence ne vaut accord qu'après quelques jours : choisissez une clôture plus tardive.",
)
_PAST: Final = ("Choose a moment that is still to come.", "Choisissez un moment à venir.")
_OVER: Final = ("This review is closed.", "Ce bilan est clos.")

REASONS: Final[Mapping[str, tuple[str, str, str]]] = {
    # members
    r".+ is not a member": (
        "",
        "This organisation is no member of the cooperation.",
        "Cette organisation n'est pas membre de la coopération.",
    ),
    r".+ is (?:active|invited|suspended) already": (
        "organisation",
        "This organisation is in the cooperation already.",
        "Cette organisation est déjà dans la coopération.",
    ),
    r"(?!the cooperation).+ is invited": (
        "",
        "This organisation is invited: the members have to admit it first.",
        "Cette organisation est invitée : les membres doivent d'abord l'admettre.",
    ),
    r"(?!the cooperation).+ is suspended": (
        "",
        "This organisation is suspended: it has to be reinstated first.",
        "Cette organisation est suspendue : elle doit d'abord être réintégrée.",
    ),
    r"(?!the cooperation).+ is active": (
        "",
        "This organisation is an active member already.",
        "Cette organisation est déjà membre active.",
    ),
    r"(?!the cooperation).+ is left": (
        "",
        "This organisation has left.",
        "Cette organisation est partie.",
    ),
    r"the person has this role": (
        "role",
        "They hold this role already.",
        "Cette personne tient déjà ce rôle.",
    ),
    r"nobody by this id has this role": (
        "role",
        "They do not hold this role.",
        "Cette personne ne tient pas ce rôle.",
    ),
    r"nobody by this id is known here": (
        "person",
        "The cooperation does not know this person.",
        "La coopération ne connaît pas cette personne.",
    ),
    # the cooperation
    r"the cooperation is (?:paused|closing|closed)": ("", *_NOT_ACTIVE),
    r"the cooperation is not active|only an active cooperation pauses": ("", *_NOT_ACTIVE),
    r"the cooperation is not paused": ("", "It does not pause.", "Elle n'est pas en pause."),
    r"the members have not decided to close": (
        "",
        "The members have to decide first that it closes: open a decision on closing.",
        "Les membres doivent d'abord décider la clôture : ouvrez une décision à ce sujet.",
    ),
    # gates and waivers
    r".+ leaves .+, the cooperation is in .+": ("", *_OTHER_STAGE),
    r".+ is no earlier stage": (
        "subject",
        "The cooperation is not beyond this stage: choose an earlier one.",
        "La coopération n'est pas au-delà de cette étape : choisissez-en une antérieure.",
    ),
    r"its ratification is open": (
        "",
        "The members are deciding on this gate already. Wait for what they say.",
        "Les membres se prononcent déjà sur ce passage. Attendez ce qu'ils en disent.",
    ),
    r"only a gate that failed is waived": (
        "",
        "Request the gate first: only where it is refused, a waiver may be asked for.",
        "Demandez d'abord le passage : la dérogation ne vaut que s'il est refusé.",
    ),
    r"the gate has been waived before": (
        "",
        "This gate has been passed by a waiver once, and that is all there is.",
        "Ce passage a déjà fait l'objet d'une dérogation : il n'y en a qu'une.",
    ),
    r"a waiver is under way": (
        "",
        "The members are deciding on a waiver already.",
        "Les membres se prononcent déjà sur une dérogation.",
    ),
    r"no waiver has been asked for": (
        "",
        "Nobody has asked for a waiver at this gate.",
        "Aucune dérogation n'a été demandée pour ce passage.",
    ),
    r"the waiver is signed already": ("", "It is cosigned already.", "Elle est déjà cosignée."),
    # documents
    r"a feedback loop is written by closing a review": (
        "",
        "A feedback loop is written by closing a review.",
        "Une boucle de rétroaction s'écrit en clôturant un bilan.",
    ),
    r"there is no draft of .+": (
        "",
        "There is no draft to submit. Write one first, and save it as a draft for all.",
        "Il n'y a pas de brouillon à soumettre. Rédigez-en un, et enregistrez-le pour tous.",
    ),
    r"version (\d+) awaits its decision": (
        "",
        "The members are deciding on version {0} already. Wait for what they say.",
        "Les membres se prononcent déjà sur la version {0}. Attendez ce qu'ils en disent.",
    ),
    r"version (\d+) of .+ is .+ by now": (
        "",
        "Version {0} is no longer what the members decide on. Look at the document again.",
        "La version {0} n'est plus celle qui est soumise. Revenez voir le document.",
    ),
    r"no charter has been adopted": (
        "",
        "There is no charter to sign yet: the members have to adopt one first.",
        "Il n'y a pas encore de charte à signer : les membres doivent d'abord l'adopter.",
    ),
    r".+ has signed version (\d+)": (
        "",
        "Your organisation has signed version {0} already.",
        "Votre organisation a déjà signé la version {0}.",
    ),
    r"there is no action .+": (
        "action",
        "The roadmap has no such action any more.",
        "La feuille de route n'a pas (ou plus) cette action.",
    ),
    r"the value chain has no indicator .+|no indicator .+": (
        "",
        "The value chain has no such indicator any more.",
        "La chaîne de valeur n'a pas (ou plus) cet indicateur.",
    ),
    # decisions
    r"(?:document|mandate|admission|gate|waiver) is decided through .+": (
        "subject",
        (
            "This is not put to a vote here. A document is submitted from its page, a mandate "
            "proposed under “People”, a gate requested under “Gates”."
        ),
        (
            "Cela ne se met pas aux voix ici. Un document se soumet depuis sa page, un mandat se "
            "propose sous « Membres », un passage se demande sous « Passages »."
        ),
    ),
    r"silence needs more time to count as agreement": ("closes_at", *_SILENCE),
    r"the decision would close before it opens": ("closes_at", *_PAST),
    r".+ is not allowed in a secret ballot": (
        "rule.name",
        (
            "An objection has an author and a reason: this rule is not for secret ballots. Choose "
            "another rule, or an open ballot."
        ),
        (
            "Une objection a un auteur et une raison : cette règle exclut le vote secret. "
            "Choisissez une autre règle, ou un vote ouvert."
        ),
    ),
    r".+ is not allowed for .+": (
        "rule.name",
        "The policy does not allow this rule on this subject. Choose another.",
        "La politique n'admet pas cette règle à ce sujet. Choisissez-en une autre.",
    ),
    r".+ was closed long ago|.+ is (?:adopted|rejected|lapsed|cancelled|void)": (
        "",
        "This is closed by now: nothing can be added to it.",
        "C'est clos désormais : plus rien ne peut s'y ajouter.",
    ),
    r".+ does not vote on .+": (
        "",
        (
            "This organisation does not vote on this decision: it was not an active member when it "
            "was opened, or it is recused."
        ),
        (
            "Cette organisation ne vote pas sur cette décision : elle n'était pas membre active à "
            "l'ouverture, ou elle est récusée."
        ),
    ),
    r"an objection says why": (
        "reason",
        "An objection says why: write your reason.",
        "Une objection dit pourquoi : écrivez vos raisons.",
    ),
    r"not everyone has answered": (
        "",
        "Not everyone has answered yet. It closes by itself once they have, or in time.",
        "Tout le monde n'a pas encore répondu. Elle se clôt alors d'elle-même, ou à terme.",
    ),
    r"consent waits for its deadline": (
        "",
        "Under consent everybody has time to object until the end.",
        "Sous consentement, chacun peut objecter jusqu'à l'échéance.",
    ),
    r"the support function does not facilitate the vote on its own mandate": (
        "",
        "Who holds the support function does not facilitate the vote on its own mandate.",
        "Qui tient la fonction de soutien ne facilite pas le vote sur son propre mandat.",
    ),
    r"only a decision that lapsed, and only once, is called again": (
        "",
        "Only a decision that lapsed is called again, and only once.",
        "Seule une décision caduque se convoque de nouveau, et une seule fois.",
    ),
    r"there is no second call on .+": (
        "",
        "On this subject there is no second call.",
        "À ce sujet, il n'y a pas de seconde convocation.",
    ),
    r"a second call waits": (
        "",
        "It is too early for a second call: some days have to pass.",
        "Il est trop tôt pour une seconde convocation : il faut laisser passer des jours.",
    ),
    r"the time for a second call is over": (
        "",
        "The time for a second call is over.",
        "Le temps d'une seconde convocation est passé.",
    ),
    r".+ has no objection that this can be done with": (
        "",
        "There is no objection of this organisation any more that this can be done with.",
        "Cette organisation n'a plus d'objection dont on puisse faire cela.",
    ),
    r"(\d+) rounds are over": (
        "",
        "The proposal was changed {0} times already: now the fallback rule decides.",
        "La proposition a déjà changé {0} fois : la règle de repli décide désormais.",
    ),
    # entrusting one's vote
    r"the date is over": ("until", *_PAST),
    r"one does not entrust one's vote to oneself": (
        "to",
        "Choose another organisation than yours.",
        "Choisissez une autre organisation.",
    ),
    r".+ holds the vote of another; it goes no further": (
        "to",
        "Your organisation was entrusted with a vote: it answers itself then.",
        "Une voix a été confiée à votre organisation : elle répond alors elle-même.",
    ),
    r".+ has entrusted its own vote": (
        "to",
        "This organisation has entrusted its own vote. Choose another.",
        "Cette organisation a confié sa propre voix. Choisissez-en une autre.",
    ),
    r".+ holds (\d+) votes already": (
        "to",
        "This organisation was entrusted with {0} votes already. Choose another.",
        "Cette organisation s'est déjà vu confier {0} voix. Choisissez-en une autre.",
    ),
    # vetoes
    r"a veto says why": ("reason", "A veto says why.", "Un veto dit pourquoi."),
    r"only what was adopted is vetoed": (
        "",
        "Only what was adopted, and once, can be vetoed.",
        "Seul ce qui a été adopté peut faire l'objet d'un veto, et une fois.",
    ),
    r".+ has taken effect": (
        "",
        "It has taken effect: a veto comes too late.",
        "Elle a pris effet : un veto vient trop tard.",
    ),
    r"the time for a veto is over": (
        "",
        "The time for a veto is over.",
        "Le temps d'un veto est passé.",
    ),
    r"no charter in force names holders of a veto|the charter gives .+ no veto here": (
        "",
        "The charter in force gives your organisation no veto here.",
        "La charte en vigueur ne donne pas ici de veto à votre organisation.",
    ),
    r"who has not signed the charter holds no veto under it": (
        "",
        "Your organisation has to sign the charter first.",
        "Votre organisation doit d'abord signer la charte.",
    ),
    # the support function
    r"no mandate runs": ("", "No mandate is running.", "Aucun mandat n'est en cours."),
    r"the mandate would be over before it starts": (
        "ends_on",
        "The mandate would end before it starts.",
        "Le mandat finirait avant de commencer.",
    ),
    # meetings and reviews
    r"the meeting has not been held yet": (
        "held_at",
        "A meeting is recorded once it was held.",
        "Une réunion se consigne une fois tenue.",
    ),
    r"(?!there is no mediation).+ is closed": ("", *_OVER),
    r".+ is (?:accepted|declined|deferred)": (
        "",
        "What becomes of this change was said already.",
        "Il a déjà été statué sur ce changement.",
    ),
    r"declining a change says why": (
        "reason",
        "Say why it is declined.",
        "Dites pourquoi il est refusé.",
    ),
    r"a proposed change is still open": (
        "",
        "Say first what becomes of each change that it proposes.",
        "Statuez d'abord sur chacun des changements qu'il propose.",
    ),
    # disagreements
    r".+ is no mediator here": (
        "person",
        "They do not hold the role of a mediator: assign it first, under “People”.",
        "Cette personne n'a pas le rôle de médiation : confiez-le d'abord, sous « Membres ».",
    ),
    r"the mediator is never a party": (
        "person",
        "Who speaks for a party does not mediate.",
        "Qui représente une partie n'assure pas la médiation.",
    ),
    r".+ is no party": ("", "This is for the parties alone.", "Cela revient aux seules parties."),
    r"this mediator has not been appointed": (
        "",
        "Somebody else is proposed as mediator by now. Look at the disagreement again.",
        "Une autre personne est proposée désormais. Revenez voir le désaccord.",
    ),
    r".+ has accepted": (
        "",
        "Your organisation has accepted already.",
        "Votre organisation a déjà accepté.",
    ),
    r"there is no mediation going on, the state is .+": (
        "",
        "No mediation is going on about this disagreement.",
        "Aucune médiation n'est en cours sur ce désaccord.",
    ),
    r"the mediation has been extended once": (
        "",
        "The mediation has been given more time once, and that is all there is.",
        "La médiation a déjà été prolongée : elle ne l'est qu'une fois.",
    ),
    r"the mediation goes on; a party may stop it": (
        "",
        "The mediation goes on. A party that wants no more of it may stop it.",
        "La médiation est en cours. Une partie qui n'en veut plus peut l'arrêter.",
    ),
    r"an agreement says what was agreed": (
        "agreed_text",
        "Write down what was agreed.",
        "Écrivez ce qui a été convenu.",
    ),
    r"there is nothing to follow up": (
        "",
        "There is nothing to ask about any more.",
        "Il n'y a plus rien à demander.",
    ),
    r"the follow-up is not due yet": (
        "",
        "It is too early to say whether it holds: its page says when it is asked.",
        "Il est trop tôt pour dire si cela tient : sa page dit quand on le demande.",
    ),
    r"the disagreement has been reopened once": (
        "",
        "It has been reopened once: what lasts is raised as another disagreement.",
        "Il a déjà été rouvert : ce qui dure se soulève comme un autre désaccord.",
    ),
    r"it has ended": ("", "The mediation has ended.", "La médiation a pris fin."),
    r"not every party has accepted the mediator": (
        "",
        "Every party has to accept the mediator first.",
        "Chaque partie doit d'abord accepter la médiation.",
    ),
    r".+ is in .+": ("", *_STEP),
    r".+ is none of .+": (
        "choice",
        "Choose one of the possible answers.",
        "Choisissez une des réponses possibles.",
    ),
    r"the cooperation is already open": (
        "cooperation",
        "A cooperation of this programme has this short name already. Choose another.",
        "Une coopération du programme porte déjà cet identifiant. Choisissez-en un autre.",
    ),
    # what several have in common
    r"there is a (?:review|change|meeting|disagreement) .+": ("", *_TAKEN),
    r"there is a decision .+ already": ("", *_TAKEN),
    r"there is no (?:decision|review|change|disagreement|gate|meeting) .+": ("", *_GONE),
}
"""What the domain says, as patterns, the field that it is about, and the words for people.

Braces hold the groups of the pattern; the first that fits counts.
"""

_REASONS: Final = tuple((re.compile(one), *reason) for one, reason in REASONS.items())


def reason_of(refusal: Refusal) -> Reason | None:
    """Return why something was refused, in words for people; None where there are none."""
    for pattern, field, english, french in _REASONS:
        found = pattern.fullmatch(refusal.message)
        if found is not None:
            groups = found.groups()
            return Reason((english.format(*groups), french.format(*groups)), field)
    return None
