"""What mails say beside what is told of cooperations everywhere, in French and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from coopflow.wording import phrases
from coopflow.wording.spacing import SPACE, spaced
from coopflow.wording.words import WORDS

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "mail.greeting": ("Hello {name},", "Bonjour {name},"),
    "mail.question": ("Decision", "Décision"),
    "mail.for": ("You answer for", "Vous répondez pour"),
    "mail.until": ("Until", "Jusqu'au"),
    "mail.rule": ("Rule", "Règle"),
    "mail.answers": ("Answers so far", "Réponses à ce jour"),
    "mail.answered": ("{answers} of {electorate}", "{answers} sur {electorate}"),
    "mail.result": ("Result", "Résultat"),
    "mail.why": ("How it came about", "Le décompte"),
    "mail.closed": ("Closed", "Close le"),
    "mail.review": ("Review", "Bilan"),
    "mail.opened": ("Opened", "Ouvert le"),
    "mail.secret": (
        "The ballot is secret: nobody learns what you choose.",
        "Le vote est secret : personne ne saura ce que vous choisissez.",
    ),
    "mail.look": ("Open my decisions", "Ouvrir mes décisions"),
    "mail.to_decision": ("Open the decision", "Ouvrir la décision"),
    "mail.to_review": ("Open the review", "Ouvrir le bilan"),
    "mail.to_cooperation": ("Open the cooperation", "Ouvrir la coopération"),
    "mail.answer": ("Read and answer", "Lire et répondre"),
    "mail.object": ("Read and object", "Lire et s'opposer"),
    "mail.no_password": (
        (
            "This button opens this one decision without a password, until {until}. It is for you "
            "alone: please do not forward this e-mail."
        ),
        (
            "Ce bouton ouvre cette seule décision, sans mot de passe, jusqu'au {until}. Il n'est "
            "que pour vous : merci de ne pas transférer cet e-mail."
        ),
    ),
    "mail.stop": ("No more e-mails of this kind", "Ne plus recevoir ce type d'e-mail"),
    "mail.stop_digest": ("No more of these summaries", "Ne plus recevoir ces récapitulatifs"),
    "mail.because": (
        (
            "You get this e-mail because you speak for a member of this cooperation and wish to be"
            " told of: {kind}."
        ),
        (
            "Vous recevez cet e-mail parce que vous représentez un membre de cette coopération et"
            " souhaitez les nouvelles de ce type : {kind}."
        ),
    ),
    # invitations to vote and reminders
    "mail.invite_voters.subject": (
        "Your answer by {day}: {what} ({title})",
        "Votre réponse d'ici au {day} : {what} ({title})",
    ),
    "mail.invite_voters.title": ("Your answer is asked for", "Votre réponse est attendue"),
    "mail.invite_voters.text": (
        "A decision has been opened in “{title}”.",
        "Une décision est ouverte dans « {title} ».",
    ),
    "mail.remind_voters.subject": (
        "Reminder, your answer by {day}: {what} ({title})",
        "Rappel, votre réponse d'ici au {day} : {what} ({title})",
    ),
    "mail.remind_voters.title": (
        "Your answer is still missing",
        "Votre réponse manque encore",
    ),
    "mail.remind_voters.text": (
        "A decision in “{title}” is still waiting for your answer.",
        "Une décision dans « {title} » attend encore votre réponse.",
    ),
    "mail.silence": (
        "Here silence counts as agreement: you only have to do something if you object.",
        "Ici, le silence vaut accord : vous n'avez à agir que si vous vous opposez.",
    ),
    # outcomes
    "mail.publish_outcome.subject": (
        "Decision {result}: {what} ({title})",
        "Décision {result} : {what} ({title})",
    ),
    "mail.publish_outcome.title": ("The decision is {result}", "La décision est {result}"),
    "mail.publish_outcome.text": (
        "A decision in “{title}” has come to its end.",
        "Une décision dans « {title} » est arrivée à son terme.",
    ),
    "mail.outcome.vetoed": (
        "Its effect is suspended: a member has asked for a second look.",
        "Son effet est suspendu : un membre a demandé un second examen.",
    ),
    # reviews
    "mail.convene_review.subject": (
        "To be held: {what} ({title})",
        "À tenir : {what} ({title})",
    ),
    "mail.convene_review.title": ("A review is to be held", "Un bilan est à tenir"),
    "mail.convene_review.text": (
        "It is time for a review in “{title}”.",
        "Le moment d'un bilan est venu dans « {title} ».",
    ),
    "mail.compile_dossier.subject": (
        "Opened: {what} ({title})",
        "Ouverture : {what} ({title})",
    ),
    "mail.compile_dossier.title": ("A review has been opened", "Un bilan est ouvert"),
    "mail.compile_dossier.text": (
        "A review has been opened in “{title}”. Its file is being put together.",
        "Un bilan est ouvert dans « {title} ». Son dossier se constitue.",
    ),
    "mail.publish_summary.subject": (
        "Summary published: {what} ({title})",
        "Synthèse publiée : {what} ({title})",
    ),
    "mail.publish_summary.title": (
        "The summary of a review is published",
        "La synthèse d'un bilan est publiée",
    ),
    "mail.publish_summary.text": (
        "A review in “{title}” has been closed, and its summary published.",
        "Un bilan dans « {title} » est clos, et sa synthèse publiée.",
    ),
    # digests
    "mail.daily.subject": ("Your day: {counts}", "Votre journée : {counts}"),
    "mail.weekly.subject": ("Your week: {counts}", "Votre semaine : {counts}"),
    "mail.daily.title": ("Your cooperations today", "Vos coopérations aujourd'hui"),
    "mail.weekly.title": ("Your cooperations this week", "Vos coopérations cette semaine"),
    "mail.digest.awaits": ("What awaits you", "Ce qui vous attend"),
    "mail.digest.news": ("What happened", "Ce qui s'est passé"),
    "mail.digest.waiting": ("{count} waiting for you", "{count} en attente de vous"),
    "mail.digest.told": ("{count} new", "{count} de nouveau"),
    "mail.digest.more": ("And more, on your page.", "Et d'autres, sur votre page."),
    "mail.digest.by": ("by {until}", "au plus tard le {until}"),
    "mail.digest.open": ("no deadline", "sans échéance"),
    "mail.digest.daily": (
        (
            "You get this summary in the mornings when there is something to say, as you wish to "
            "be told once a day."
        ),
        (
            "Vous recevez ce récapitulatif le matin lorsqu'il y a quelque chose à dire, car vous "
            "souhaitez des nouvelles une fois par jour."
        ),
    ),
    "mail.digest.weekly": (
        (
            "You get this summary on Mondays when there is something to say, as you wish to be "
            "told once a week."
        ),
        (
            "Vous recevez ce récapitulatif le lundi lorsqu'il y a quelque chose à dire, car vous "
            "souhaitez des nouvelles une fois par semaine."
        ),
    ),
    # invitations of people
    "mail.invitation.subject": ("Your way in to {place}", "Votre accès à {place}"),
    "mail.invitation.title": ("Welcome to {place}", "Bienvenue sur {place}"),
    "mail.invitation.text": (
        (
            "You have been invited to the place where your cooperations meet, decide and keep "
            "their journal."
        ),
        (
            "Une invitation vous attend dans l'espace où vos coopérations se retrouvent, décident "
            "et tiennent leur journal."
        ),
    ),
    # reminders that somebody sends
    "mail.reminder.subject.one": ("{by} reminds you: {title}", "{by} vous rappelle : {title}"),
    "mail.reminder.subject.several": (
        "{by} reminds you of {count} things",
        "{by} vous rappelle {count} choses",
    ),
    "mail.reminder.title": ("A reminder", "Un rappel"),
    "mail.reminder.text.one": (
        "{by}, who follows your programme, reminds you of what is waited for in “{title}”.",
        "{by}, qui suit votre programme, vous rappelle ce qui est attendu dans « {title} ».",
    ),
    "mail.reminder.text.several": (
        "{by}, who follows your programme, reminds you of {count} things that are waited for.",
        "{by}, qui suit votre programme, vous rappelle {count} choses qui sont attendues.",
    ),
    "mail.reminder.because": (
        "You get this e-mail because {by} sent it to those who are waited for.",
        "Vous recevez cet e-mail parce que {by} l'a envoyé aux personnes attendues.",
    ),
    # files that took long to make
    "mail.file_ready.subject": ("Your file is ready: {name}", "Votre fichier est prêt : {name}"),
    "mail.file_ready.title": ("Your file is ready", "Votre fichier est prêt"),
    "mail.file_ready.text": (
        "The file that you asked for has been made: {name}.",
        "Le fichier que vous avez demandé est prêt : {name}.",
    ),
    "mail.file_ready.action": ("Open the file", "Ouvrir le fichier"),
    "mail.file_ready.note": (
        "It is for you alone, once you have signed in, and is deleted on {until}.",
        "Il n'est que pour vous, après connexion, et sera supprimé le {until}.",
    ),
    "mail.file_ready.because": (
        "You get this e-mail because you asked for this file.",
        "Vous recevez cet e-mail parce que vous avez demandé ce fichier.",
    ),
    "mail.invitation.action": ("Sign in", "Entrer"),
    "mail.invitation.note": (
        (
            "This button lets you in once, without a password, until {until}. It is for you alone:"
            " please do not forward this e-mail."
        ),
        (
            "Ce bouton vous ouvre l'accès une seule fois, sans mot de passe, jusqu'au {until}. Il "
            "n'est que pour vous : merci de ne pas transférer cet e-mail."
        ),
    ),
    "mail.invitation.because": (
        (
            "You get this e-mail because somebody who manages your programme asked for it. If you "
            "do not expect it, do nothing."
        ),
        (
            "Vous recevez cet e-mail à la demande d'une personne qui dirige votre programme. Si "
            "vous ne l'attendiez pas, ne faites rien."
        ),
    ),
}


class MailPhrases(phrases.Phrases):
    """The words of mails in one language."""

    words: ClassVar[Mapping[str, tuple[str, str]]] = {**WORDS, **_WORDS}

    def __call__(self, key: str, **values: object) -> str:
        """Return the words of a key; in French no line begins with a colon or a quotation mark."""
        text = super().__call__(key, **values)
        return spaced(text) if self.language == "fr" else text

    @property
    def colon(self) -> str:
        """The colon between a label and what follows; in French with a space before it."""
        return f"{SPACE}: " if self.language == "fr" else ": "
