"""What the policy public-funding asks of the world: are the members known to the State's register?

The number is the one that an organisation states of itself (``describe_member``, ``registration``).
It is looked at as a number only: its length and its check digit. Whether the company or association
behind it exists and is active is for a register to say, see ``examples/checks``.
"""

from __future__ import annotations

from stdnum.exceptions import ValidationError
from stdnum.fr import siren, siret

from coopflow.checks import Answer, Organisation, Portrait, check, no, unknown, yes


@check("siret-known", every="30d")
def siret_known(portrait: Portrait) -> Answer:
    """Ask whether every active organisation states a SIREN or SIRET that can be one.

    Residents who come as individuals have none.
    """
    asked = [
        one
        for one in portrait.organisations
        if one.status == "active" and one.category != "individuals"
    ]
    if not asked:
        return unknown(en="there is no organisation yet", fr="il n'y a pas encore d'organisation")
    silent = [one.name for one in asked if one.profile.registration is None]
    wrong = [one.name for one in asked if one.profile.registration is not None and not _is_one(one)]
    en, fr = [], []
    if silent:
        en.append(f"no number is stated by {', '.join(silent)}")
        fr.append(f"aucun numéro n'est indiqué par {', '.join(silent)}")
    if wrong:
        en.append(f"the number is no SIREN or SIRET for {', '.join(wrong)}")
        fr.append(f"le numéro n'est ni un SIREN ni un SIRET pour {', '.join(wrong)}")
    if en:
        return no(en="; ".join(en), fr=" ; ".join(fr))
    return yes(
        en="every organisation states a valid number",
        fr="chaque organisation indique un numéro valide",
    )


def _is_one(organisation: Organisation) -> bool:
    number = organisation.profile.registration or ""
    for kind in (siren, siret):
        try:
            kind.validate(number)
        except ValidationError:
            continue
        return True
    return False
