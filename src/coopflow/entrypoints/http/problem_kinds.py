"""The kinds of problems that there are: status, title and meaning, in French and English.

The one place where codes of refusals become statuses of HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from coopflow.application.callers import Language


class ProblemKind(NamedTuple):
    """A kind of problem: its status, and what people read, in English and French."""

    status: int
    titles: tuple[str, str]
    meanings: tuple[str, str]

    def title(self, language: Language) -> str:
        """Return what it is called."""
        return self.titles[language == "fr"]

    def explained(self, language: Language) -> str:
        """Return what it means, and what to do."""
        return self.meanings[language == "fr"]


def _unknown(english: str, french: str) -> ProblemKind:
    return ProblemKind(
        404,
        (f"Unknown {english}", french),
        (
            f"The request names a {english} that the cooperation does not have.",
            f"{french} dans cette coopération : vérifiez ce que nomme la requête.",
        ),
    )


REFUSALS: Final[Mapping[str, ProblemKind]] = {
    "invalid_command": ProblemKind(
        422,
        ("Invalid command", "Commande non valide"),
        (
            "The command is not one that can be understood; `facts.faults` names each fault.",
            "La commande ne peut pas être comprise ; `facts.faults` nomme chaque défaut.",
        ),
    ),
    "invalid_document": ProblemKind(
        422,
        ("Invalid document", "Document non valide"),
        (
            "The content does not make such a document; `facts` names each faulty field.",
            "Le contenu ne forme pas un tel document ; `facts` nomme chaque champ fautif.",
        ),
    ),
    "forbidden": ProblemKind(
        403,
        ("Not allowed", "Non autorisé"),
        (
            "The roles that you hold do not allow this.",
            "Les rôles que vous tenez ne le permettent pas.",
        ),
    ),
    "unknown_member": _unknown("member", "Membre inconnu"),
    "unknown_person": _unknown("person", "Personne inconnue"),
    "unknown_document": _unknown("document", "Document inconnu"),
    "unknown_decision": _unknown("decision", "Décision inconnue"),
    "unknown_disagreement": _unknown("disagreement", "Désaccord inconnu"),
    "unknown_review": _unknown("review", "Bilan inconnu"),
    "unknown_gate": _unknown("gate", "Passage inconnu"),
    "already_exists": ProblemKind(
        409,
        ("Already there", "Existe déjà"),
        (
            "There is something by this id already; choose another one.",
            "Cet identifiant est déjà pris ; choisissez-en un autre.",
        ),
    ),
    "not_in_electorate": ProblemKind(
        409,
        ("Not in the electorate", "Hors du corps électoral"),
        (
            "The organisation has no vote in this decision.",
            "L'organisation n'a pas de voix dans cette décision.",
        ),
    ),
    "invalid_choice": ProblemKind(
        422,
        ("Invalid choice", "Choix non valide"),
        (
            "The rule of the decision does not know this choice: give one of those it knows.",
            "La règle de la décision ne connaît pas ce choix : donnez-en un qu'elle connaît.",
        ),
    ),
    "reason_required": ProblemKind(
        422,
        ("A reason is required", "Motif requis"),
        ("Say why.", "Indiquez le motif."),
    ),
    "decision_closed": ProblemKind(
        409,
        ("The decision is closed", "Décision close"),
        ("The decision takes no more answers.", "La décision ne reçoit plus de réponses."),
    ),
    "rule_not_allowed": ProblemKind(
        422,
        ("Rule not allowed", "Règle non admise"),
        (
            "The policy does not allow this rule for this subject.",
            "La politique n'admet pas cette règle pour cet objet.",
        ),
    ),
    "too_early": ProblemKind(
        409, ("Too early", "Trop tôt"), ("It is too early for this.", "Il est trop tôt.")
    ),
    "too_late": ProblemKind(
        409, ("Too late", "Trop tard"), ("It is too late for this.", "Il est trop tard.")
    ),
    "wrong_stage": ProblemKind(
        409,
        ("Wrong stage", "Mauvaise étape"),
        (
            "The cooperation is in another stage than this asks for.",
            "La coopération est à une autre étape que celle qu'il faut.",
        ),
    ),
    "wrong_state": ProblemKind(
        409,
        ("Wrong state", "Mauvais état"),
        (
            "What this is about is in a state in which it cannot be done.",
            "L'objet de la requête est dans un état où cela ne peut se faire.",
        ),
    ),
    "cooperation_paused": ProblemKind(
        409,
        ("The cooperation is paused", "Coopération en pause"),
        ("Resume it first.", "Reprenez-la d'abord."),
    ),
    "cooperation_closed": ProblemKind(
        409,
        ("The cooperation is closed", "Coopération close"),
        ("It takes no more commands.", "Elle ne reçoit plus de commandes."),
    ),
    "delegation_refused": ProblemKind(
        409,
        ("Delegation refused", "Délégation refusée"),
        (
            "The vote cannot be handed on so.",
            "La voix ne peut pas être confiée ainsi.",
        ),
    ),
    "not_signed": ProblemKind(
        409,
        ("Not signed", "Non signé"),
        (
            "The charter lacks the signatures that this takes.",
            "La charte n'a pas les signatures qu'il faut.",
        ),
    ),
    "too_large": ProblemKind(
        413,
        ("Too large", "Trop volumineux"),
        (
            "The cooperation would hold more than can be kept; shorten the content.",
            "La coopération contiendrait plus que ce qui peut être gardé ; abrégez le contenu.",
        ),
    ),
    "outdated": ProblemKind(
        412,
        ("It has changed", "Modifié entre-temps"),
        (
            "It is not as If-Match says any more; look at it again.",
            "Ce n'est plus tel que le dit If-Match ; regardez à nouveau.",
        ),
    ),
}
"""For each code of a refusal, the problem that it is."""

KINDS: Final[Mapping[str, ProblemKind]] = {
    **REFUSALS,
    "malformed_request": ProblemKind(
        400,
        ("Malformed request", "Requête mal formée"),
        ("The request cannot be read.", "La requête ne peut pas être lue."),
    ),
    "unauthenticated": ProblemKind(
        401,
        ("Sign in first", "Identification requise"),
        (
            "Show who you are: sign in, or send a token that is still good.",
            "Identifiez-vous, ou envoyez un jeton encore valable.",
        ),
    ),
    "scope_missing": ProblemKind(
        403,
        ("The token does not allow this", "Le jeton ne le permet pas"),
        (
            "The token lacks a scope that this takes: one of those that `facts.scopes` names.",
            "Il manque une portée au jeton : une de celles que nomme `facts.scopes`.",
        ),
    ),
    "cross_site": ProblemKind(
        403,
        ("Not from this site", "Pas depuis ce site"),
        (
            "A session is for pages of this site; elsewhere, send a token.",
            "Une session vaut pour les pages de ce site ; ailleurs, envoyez un jeton.",
        ),
    ),
    "grant_refused": ProblemKind(
        403,
        ("More than you may hand on", "Plus que vous ne pouvez confier"),
        (
            "A token can do no more than its maker; `errors` names what goes too far.",
            "Un jeton ne peut rien de plus que son auteur ; `errors` nomme ce qui dépasse.",
        ),
    ),
    "sign_in_failed": ProblemKind(
        403,
        ("The sign-in did not succeed", "L'identification a échoué"),
        (
            "Begin again. A link works once and not for long: ask for another one.",
            "Recommencez. Un lien ne sert qu'une fois et peu de temps : demandez-en un autre.",
        ),
    ),
    "person_unknown": ProblemKind(
        403,
        ("You are not in the directory", "Vous n'êtes pas dans l'annuaire"),
        (
            (
                "Who you are is known, but nobody has entered you here by your verified e-mail "
                "address. Ask who manages your programme."
            ),
            (
                "Votre identité est connue, mais personne ne vous a inscrit ici à votre adresse "
                "électronique vérifiée. Adressez-vous à la direction de votre programme."
            ),
        ),
    ),
    "not_found": ProblemKind(
        404,
        ("Not found", "Introuvable"),
        (
            "There is no such thing, or it is not for you.",
            "Cela n'existe pas, ou n'est pas pour vous.",
        ),
    ),
    "no_provider": ProblemKind(
        404,
        ("Sign in by a link", "S'identifier par un lien"),
        (
            "There is no identity provider here. Ask who operates the installation for a link.",
            "Il n'y a pas de fournisseur d'identité ici. Demandez un lien à l'exploitant.",
        ),
    ),
    "method_not_allowed": ProblemKind(
        405,
        ("Method not allowed", "Méthode non admise"),
        (
            "The method is not among those of this path; `Allow` names them.",
            "La méthode n'est pas de celles de ce chemin ; `Allow` les nomme.",
        ),
    ),
    "in_use": ProblemKind(
        409,
        ("Something refers to it", "Encore utilisé"),
        (
            "Others refer to it: remove them first.",
            "D'autres éléments s'y réfèrent : retirez-les d'abord.",
        ),
    ),
    "key_in_use": ProblemKind(
        409,
        ("The request is under way", "Requête en cours"),
        (
            "A request with this Idempotency-Key has not been answered yet; ask again later.",
            "Une requête de même Idempotency-Key n'a pas encore de réponse ; réessayez plus tard.",
        ),
    ),
    "told_once": ProblemKind(
        409,
        ("Done already", "Déjà fait"),
        (
            "It was done, and told a secret, once: if that was lost, begin anew with another key.",
            "C'est fait ; le secret n'est dit qu'une fois : perdu, recommencez avec une autre clé.",
        ),
    ),
    "request_too_large": ProblemKind(
        413,
        ("The request is too large", "Requête trop volumineuse"),
        ("Send less at once.", "Envoyez moins à la fois."),
    ),
    "unsupported_media_type": ProblemKind(
        415,
        ("Unsupported media type", "Type de contenu non pris en charge"),
        (
            "Send the body in one of the media types that are documented for it.",
            "Envoyez le corps dans un des types de contenu documentés.",
        ),
    ),
    "unknown_host": ProblemKind(
        421,
        ("Another host", "Un autre hôte"),
        (
            "This is not the host that the request names; its operator can add the name.",
            "Cet hôte n'est pas celui que nomme la requête ; son exploitant peut ajouter ce nom.",
        ),
    ),
    "invalid_request": ProblemKind(
        422,
        ("Invalid request", "Requête non valide"),
        (
            "Parts of the request are not what they may be; `errors` names each by its path.",
            "Des parties de la requête ne sont pas valides ; `errors` nomme chacune.",
        ),
    ),
    "key_reused": ProblemKind(
        422,
        ("The key belongs to another request", "Clé d'une autre requête"),
        (
            "This Idempotency-Key was sent with another request; make a new one.",
            "Cette Idempotency-Key accompagnait une autre requête ; créez-en une nouvelle.",
        ),
    ),
    "rate_limited": ProblemKind(
        429,
        ("Too many requests", "Trop de requêtes"),
        (
            "Wait for as long as `Retry-After` says.",
            "Attendez le temps indiqué par `Retry-After`.",
        ),
    ),
    "unknown_webhook": ProblemKind(
        404,
        ("Unknown webhook", "Webhook inconnu"),
        ("The programme has no webhook of this id.", "Le programme n'a pas de tel webhook."),
    ),
    "unknown_delivery": ProblemKind(
        404,
        ("Unknown delivery", "Envoi inconnu"),
        (
            "The webhook has no delivery of this number; those that are over are kept for a month.",
            "Le webhook n'a pas de tel envoi ; ceux qui sont finis sont gardés un mois.",
        ),
    ),
    "mail_off": ProblemKind(
        409,
        ("No mail is sent", "Aucun e-mail n'est envoyé"),
        (
            "This installation sends no mail; its operator can name a server for it.",
            "Cette installation n'envoie pas d'e-mails ; son exploitant peut y remédier.",
        ),
    ),
    "internal": ProblemKind(
        500,
        ("Something is broken", "Une panne est survenue"),
        (
            (
                "The fault is ours, and was logged. Sending the same request again, with the same "
                "Idempotency-Key, is harmless."
            ),
            (
                "La faute est de notre côté, et consignée. Renvoyer la même requête, avec la même "
                "Idempotency-Key, est sans risque."
            ),
        ),
    ),
    "not_ready": ProblemKind(
        503,
        ("Not ready", "Pas prêt"),
        (
            "`facts.away` names what does not answer. It is tried anew with each request.",
            "`facts.away` nomme ce qui ne répond pas. Chaque requête essaie de nouveau.",
        ),
    ),
    "not_counted": ProblemKind(
        501,
        ("Nothing is counted", "Rien n'est compté"),
        (
            "This installation keeps no figures; its operator would add coopflow[telemetry].",
            "Cette installation ne tient pas de chiffres ; il lui manque coopflow[telemetry].",
        ),
    ),
    "unavailable": ProblemKind(
        503,
        ("Not available just now", "Momentanément indisponible"),
        (
            (
                "Something that this needs does not answer. Sending the same request again later, "
                "with the same Idempotency-Key, is harmless."
            ),
            (
                "Un composant nécessaire ne répond pas. Renvoyer la même requête plus tard, avec "
                "la même Idempotency-Key, est sans risque."
            ),
        ),
    ),
}
"""Every kind of problem, by its code."""

OF_STATUS: Final[Mapping[int, str]] = {
    400: "malformed_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    412: "outdated",
    413: "request_too_large",
    415: "unsupported_media_type",
    422: "invalid_request",
    429: "rate_limited",
    503: "unavailable",
}
"""The kind of problem that a bare status is."""
