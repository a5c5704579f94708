"""How decisions are decided, in words: what rules ask for, what may be answered, what follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from coopflow.domain.base import Label

RULES: Final[Mapping[str, Label]] = {
    "consent": Label(
        en="Adopted when no objection is left open at the deadline. An objection says why; "
        "the proposal may then be changed to meet it. Concerns are noted.",
        fr="Adoptée si aucune objection ne reste ouverte à l'échéance. Une objection dit "
        "pourquoi ; la proposition peut alors être modifiée pour y répondre. Les réserves sont "
        "consignées.",
    ),
    "consensus": Label(
        en="Adopted with at least one yes and no block, when few enough stand aside.",
        fr="Adoptée avec au moins un oui et aucun blocage, si peu se tiennent en retrait.",
    ),
    "simple_majority": Label(
        en="Adopted when more say yes than no. A tie is no majority.",
        fr="Adoptée si les oui sont plus nombreux que les non. Une égalité ne suffit pas.",
    ),
    "absolute_majority": Label(
        en="Adopted when more than half of all who may answer say yes.",
        fr="Adoptée si plus de la moitié du corps électoral dit oui.",
    ),
    "qualified_majority": Label(
        en="Adopted when yes reaches the share that is asked for.",
        fr="Adoptée si les oui atteignent la part demandée.",
    ),
    "unanimity": Label(
        en="Adopted when nobody says no.",
        fr="Adoptée si personne ne dit non.",
    ),
    "colleges": Label(
        en="Each college counts for its weight; adopted when their results pass the threshold.",
        fr="Chaque collège compte pour son poids ; adoptée si leurs résultats passent le seuil.",
    ),
    "weighted": Label(
        en="Each answer counts for the weight of its organisation; adopted when yes reaches the "
        "share that is asked for.",
        fr="Chaque réponse compte pour le poids de son organisation ; adoptée si les oui "
        "atteignent la part demandée.",
    ),
    "silence": Label(
        en="Adopted when nobody objects in time. The first objection turns it into a decision by "
        "consent.",
        fr="Adoptée si personne ne s'oppose à temps. La première objection en fait une décision "
        "par consentement.",
    ),
}
"""What each rule asks for, in a sentence."""

ANSWERS: Final[Mapping[str, Label]] = {
    "consent": Label(en="We consent", fr="Nous consentons"),
    "concern": Label(
        en="We consent, with a concern that is noted",
        fr="Nous consentons, avec une réserve qui est consignée",
    ),
    "objection": Label(en="We object, and say why", fr="Nous objectons, en disant pourquoi"),
    "abstain": Label(en="We abstain", fr="Nous nous abstenons"),
    "yes": Label(en="Yes", fr="Oui"),
    "no": Label(en="No", fr="Non"),
    "block": Label(en="We block it", fr="Nous bloquons"),
    "stand_aside": Label(en="We stand aside", fr="Nous restons en retrait"),
}
"""What may be answered, as somebody says it for an organisation."""

EFFECTS: Final[Mapping[str, Label]] = {
    "admission": Label(
        en="The organisation becomes an active member.",
        fr="L'organisation devient membre actif.",
    ),
    "closing": Label(
        en="The cooperation winds down, and is closed afterwards.",
        fr="La coopération s'achève, puis est close.",
    ),
    "disagreement": Label(
        en="The disagreement is decided, and closed.", fr="Le désaccord est tranché, et clos."
    ),
    "document": Label(
        en="This version counts from then on.", fr="Cette version fait foi dès lors."
    ),
    "exclusion": Label(
        en="The organisation is no longer a member.", fr="L'organisation n'est plus membre."
    ),
    "gate": Label(
        en="The cooperation passes on; the minima of the gate must hold from then on.",
        fr="La coopération franchit le passage ; ses minima doivent tenir dès lors.",
    ),
    "mandate": Label(
        en="The mandate of the support function is given.",
        fr="Le mandat de la fonction de soutien est confié.",
    ),
    "money": Label(en="The members have agreed to it.", fr="Les membres y ont consenti."),
    "other": Label(en="The members have agreed to it.", fr="Les membres y ont consenti."),
    "policy": Label(
        en="The other policy applies from then on.", fr="L'autre politique s'applique dès lors."
    ),
    "return": Label(
        en="The cooperation goes back to an earlier stage.",
        fr="La coopération revient à une étape antérieure.",
    ),
    "waiver": Label(
        en="The gate is passed all the same, once the programme agrees too.",
        fr="Le passage est franchi malgré tout, une fois le programme d'accord aussi.",
    ),
}
"""What follows when a decision is adopted, by the kind of its subject."""

OBJECTIONS: Final[Mapping[str, Label]] = {
    "raised": Label(en="to be qualified", fr="à qualifier"),
    "qualified": Label(en="stands", fr="recevable"),
    "concern": Label(en="kept as a concern", fr="consignée comme réserve"),
    "integrated": Label(en="met by a change", fr="intégrée"),
    "withdrawn": Label(en="withdrawn", fr="retirée"),
    "upheld": Label(en="upheld", fr="maintenue"),
}
"""Where an objection stands."""
