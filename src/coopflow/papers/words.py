"""What papers say beside what is told of cooperations everywhere, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

from coopflow.wording import phrases
from coopflow.wording.words import WORDS

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    # every paper
    "paper.page": ("Page", "Page"),
    "paper.contents": ("Contents", "Sommaire"),
    "paper.told_on": ("{day} (time of {zone})", "{day} (heure : {zone})"),
    "paper.unstated": ("not stated", "non renseigné"),
    "paper.nobody": ("nobody yet", "personne à ce jour"),
    "paper.none": ("none", "aucun"),
    "paper.as_of": ("as of {day}", "au {day}"),
    "paper.version": ("version {version}, {status}", "version {version}, {status}"),
    "paper.adopted_on": ("adopted on {day}", "adoption le {day}"),
    "paper.organisation": ("Organisation", "Organisation"),
    "paper.day": ("Date", "Date"),
    "paper.what": ("What", "Quoi"),
    "paper.state": ("State", "État"),
    # identity sheet
    "sheet.title": ("Identity sheet", "Fiche d'identité"),
    "sheet.absent": (
        "No identity sheet has been adopted yet. This page tells what is known of the cooperation.",
        (
            "Aucune fiche d'identité n'est encore adoptée. Cette page dit ce que l'on sait de la "
            "coopération."
        ),
    ),
    "sheet.draft": (
        "This version has not been adopted by the members.",
        "Cette version n'est pas adoptée par les membres.",
    ),
    "sheet.transformation": ("What we want to change", "Ce que nous voulons transformer"),
    "sheet.beneficiaries": ("For whom", "Pour qui"),
    "sheet.levers": ("By which levers", "Par quels leviers"),
    "sheet.goals": ("What we aim for", "Ce que nous visons"),
    "sheet.inhabitants": ("For the inhabitants", "Pour les habitants"),
    "sheet.territory": ("For the territory", "Pour le territoire"),
    "sheet.collective": ("For the collective", "Pour le collectif"),
    "sheet.members": ("Members", "Membres"),
    "sheet.category": ("Category", "Catégorie"),
    "sheet.cooperation": ("The cooperation", "La coopération"),
    "sheet.issue": ("Issue", "Enjeu"),
    "sheet.where": ("Territory", "Territoire"),
    "sheet.stage": ("Stage", "Étape"),
    "sheet.since": ("{stage}, since {day}", "{stage}, depuis le {day}"),
    "sheet.levels": ("Levels of the conditions", "Niveaux des conditions"),
    "sheet.support": ("Support function", "Fonction de soutien"),
    "sheet.means": ("In practice", "En pratique"),
    "sheet.start": ("Beginning", "Début"),
    "sheet.contact": ("Contact", "Contact"),
    "sheet.funders": ("Funders", "Financeurs"),
    # charter
    "charter.title": ("Cooperation charter", "Charte de coopération"),
    "charter.lead": (
        "Version {version}, to be signed by the members",
        "Version {version}, à signer par les membres",
    ),
    "charter.reference": ("What is signed", "Ce qui est signé"),
    "charter.version": ("Version", "Version"),
    "charter.status": ("State", "État"),
    "charter.adopted": ("Adopted", "Adoption"),
    "charter.in_force": ("In force since", "En vigueur depuis"),
    "charter.digest": ("Digest of the text (SHA-256)", "Empreinte du texte (SHA-256)"),
    "charter.entry": (
        "Written by the journal entry",
        "Rédigée par l'écriture du journal",
    ),
    "charter.entry_of": (
        "no. {seq} of {day}, digest",
        "n° {seq} du {day}, empreinte",
    ),
    "charter.not_adopted": (
        "This version has not been adopted: it cannot be signed yet.",
        "Cette version n'est pas adoptée : elle ne peut pas encore être signée.",
    ),
    "charter.superseded": (
        "A later version has taken the place of this one.",
        "Une version suivante a remplacé celle-ci.",
    ),
    "charter.purpose": ("Purpose", "Objet"),
    "charter.principles": ("Principles", "Principes"),
    "charter.commitments": ("Commitments", "Engagements"),
    "charter.commitment": ("Commitment", "Engagement"),
    "charter.resource": ("Resource", "Ressource"),
    "charter.bodies": ("Bodies", "Instances"),
    "charter.body": ("Body", "Instance"),
    "charter.composition": ("Composition", "Composition"),
    "charter.mandate": ("Mandate", "Mandat"),
    "charter.roles": ("Roles", "Rôles"),
    "charter.decision_rules": ("How we decide", "Comment nous décidons"),
    "charter.subject": ("Subject", "Sujet"),
    "charter.rule": ("Rule", "Règle"),
    "charter.quorum": ("Quorum", "Quorum"),
    "charter.fallback": ("Otherwise", "À défaut"),
    "charter.vetoes": ("Vetoes", "Vetos"),
    "charter.holder": ("Holder", "Titulaire"),
    "charter.subjects": ("Subjects", "Sujets"),
    "charter.joining": ("Joining", "Entrée"),
    "charter.leaving": ("Leaving", "Sortie"),
    "charter.exclusion": ("Exclusion", "Exclusion"),
    "charter.disagreement_procedure": ("Disagreements", "Désaccords"),
    "charter.confidentiality": ("Confidentiality", "Confidentialité"),
    "charter.data_sharing": ("Sharing of data", "Partage des données"),
    "charter.term_end": ("Until", "Terme"),
    "charter.amendment_rule": ("How the charter is changed", "Révision de la charte"),
    "charter.signatures": ("Signatures", "Signatures"),
    "charter.signed": ("Signed already", "Déjà signée"),
    "charter.to_sign": ("To be signed", "À signer"),
    "charter.signed_on": ("Signed on", "Signée le"),
    "charter.by_entry": ("Journal entry", "Écriture du journal"),
    "charter.name": ("Name and function", "Nom et qualité"),
    "charter.day": ("Date", "Date"),
    "charter.signature": ("Signature", "Signature"),
    "charter.all_signed": (
        "All active members have signed.",
        "Tous les membres actifs ont signé.",
    ),
    "charter.no_members": (
        "The cooperation has no active member yet.",
        "La coopération n'a pas encore de membre actif.",
    ),
    # journal
    "journal.title": ("Journal", "Journal"),
    "journal.lead": (
        "{entries}, from {first} to {last}",
        "{entries}, du {first} au {last}",
    ),
    "journal.part": (
        "{entries}, no. {first_seq} to {last_seq} of {all}, from {first} to {last}",
        "{entries}, n° {first_seq} à {last_seq} sur {all}, du {first} au {last}",
    ),
    "journal.check": ("How to check this journal", "Vérifier ce journal"),
    "journal.head": ("Digest of the last entry", "Empreinte de la dernière écriture"),
    "journal.entries": ("Entries", "Écritures"),
    "journal.how": (
        (
            "The digest of each entry covers the digest of the one before: the last one stands "
            "for the whole journal. The journal as a file (coopflow journal export) holds all "
            "digests in full and proves itself (coopflow journal verify); that of its last entry "
            "is the one above, and the table below gives the first 16 signs of each."
        ),
        (
            "L'empreinte de chaque écriture couvre celle de la précédente : la dernière vaut pour "
            "tout le journal. Le journal en fichier (coopflow journal export) contient toutes les "
            "empreintes entières et se prouve lui-même (coopflow journal verify) ; celle de sa "
            "dernière écriture est celle ci-dessus, et le tableau ci-dessous donne les 16 premiers "
            "signes de chacune."
        ),
    ),
    "journal.unlinked": (
        "This journal was written before digests were kept: nothing proves it.",
        "Ce journal date d'avant les empreintes : rien ne le prouve.",
    ),
    "journal.withheld": (
        "Secret choices and the content of disagreements are not shown. Their digests are covered.",
        (
            "Les choix secrets et le contenu des désaccords ne sont pas affichés. Leurs empreintes "
            "sont couvertes."
        ),
    ),
    "journal.number": ("No.", "N°"),
    "journal.when": ("When ({zone})", "Quand ({zone})"),
    "journal.what": ("What happened", "Ce qui s'est passé"),
    "journal.who": ("Who", "Qui"),
    "journal.digest": ("Digest", "Empreinte"),
    "journal.by_itself": ("by itself", "automatiquement"),
    # proofs, and the entries that give them
    "proof.entry": ("entry ", "écriture "),
    "proof.entries": ("entries ", "écritures "),
    "proof.absent": (
        "no entry proves it: nothing of the kind in entries 1 to {last}",
        "aucune écriture ne le prouve : rien de tel dans les écritures 1 à {last}",
    ),
    "proof.beside": (
        "; nothing else of the kind in entries 1 to {last}",
        " ; rien d'autre de tel dans les écritures 1 à {last}",
    ),
    "annex.title": ("Entries of the journal", "Écritures du journal"),
    "annex.how": (
        (
            "Every entry that is cited above, with all that it holds, but for what is kept back: "
            "secret choices and the content of disagreements. Its digest is that of the journal."
        ),
        (
            "Chaque écriture citée ci-dessus, avec tout ce qu'elle contient, sauf ce qui est "
            "réservé : les choix secrets et le contenu des désaccords. Son empreinte est celle du "
            "journal."
        ),
    ),
    "annex.withheld": (
        (
            "The entries are cited by their numbers. They are quoted for those who may read the "
            "journal."
        ),
        (
            "Les écritures sont citées par leur numéro. Elles sont reproduites pour qui a accès au "
            "journal."
        ),
    ),
    "annex.entry": ("No. {seq} – {at}", "N° {seq} – {at}"),
    "annex.event": ("Event", "Événement"),
    # dossier of a gate
    "dossier.title": ("Dossier: {gate}", "Dossier : {gate}"),
    "dossier.requested": (
        "As the cooperation stood when the gate was requested last, {at}",
        "La coopération à la dernière demande de passage, {at}",
    ),
    "dossier.as_of": ("As of {at}", "Situation au {at}"),
    "dossier.verdict": ("Verdict", "Verdict"),
    "dossier.result": ("Verdict", "Verdict"),
    "dossier.blocked_by": ("Blocked by the disagreement", "Bloqué par le désaccord"),
    "dossier.how": (
        (
            "Each statement names the entries of the journal that prove it; they are quoted at "
            "the end. What follows from nothing being there is proved by no entry, and is said "
            "to be so. Levels follow from the criteria, by the policy that applied."
        ),
        (
            "Chaque énoncé nomme les écritures du journal qui le prouvent ; elles sont reproduites "
            "à la fin. Ce qui tient à une absence n'est prouvé par aucune écriture, et le texte le "
            "dit. Les niveaux découlent des critères, selon la politique en vigueur."
        ),
    ),
    "dossier.levels": ("Levels", "Niveaux"),
    "dossier.condition": ("Condition", "Condition"),
    "dossier.reached": ("Reached", "Atteint"),
    "dossier.asked": ("Asked", "Demandé"),
    "dossier.short": ("Lacking", "Manque"),
    "dossier.lacking": ("{count}", "{count}"),
    "dossier.proof": ("Proved by", "Preuve"),
    "dossier.below": ("the criteria below", "les critères ci-dessous"),
    "dossier.guards": ("Guards", "Garde-fous"),
    "dossier.advice": ("Advice, never in the way", "Conseils, jamais bloquants"),
    "dossier.level": ("Level", "Niveau"),
    "dossier.criterion": ("Criterion", "Critère"),
    "dossier.met": ("Result", "Résultat"),
    "dossier.facts": ("Facts and their proofs", "Faits et preuves"),
    "dossier.fact": ("{label}: {value}", "{label} : {value}"),
    "dossier.is_met": ("✓ met", "✓ rempli"),
    "dossier.is_unmet": ("✗ not met", "✗ non rempli"),
    "dossier.is_stale": ("✗ stale document", "✗ document périmé"),
    "dossier.is_waived": ("✗ waived", "✗ dérogation"),
    "dossier.missing": ("Missing: {what}", "Manque : {what}"),
    "dossier.history": ("What was asked and decided", "Demandes et décisions"),
    "dossier.never": (
        "This gate has never been requested.",
        "Ce passage n'a jamais été demandé.",
    ),
    # yearly report
    "report.title": ("Report for {year}", "Rapport {year}"),
    "report.whole": (
        "From 1 January to 31 December {year}",
        "Du 1er janvier au 31 décembre {year}",
    ),
    "report.so_far": ("From 1 January {year} to {day}", "Du 1er janvier {year} au {day}"),
    "report.summary": ("In short", "En bref"),
    "report.not_there": ("not opened yet", "pas encore ouverte"),
    "report.stage_then": ("Stage as the year began", "Étape au début de l'année"),
    "report.stage_now": ("Stage in the end", "Étape à la fin"),
    "report.members_now": (
        "{count} active, {before} as the year began; {joined}, {left}",
        "{count} actifs, {before} au début de l'année ; {joined}, {left}",
    ),
    "report.milestones": ("Stages, gates and milestones", "Étapes, passages et jalons"),
    "report.levels": ("Levels of the conditions", "Niveaux des conditions"),
    "report.at_start": ("At the start", "Au début"),
    "report.at_end": ("At the end", "À la fin"),
    "report.trend": ("Trend", "Évolution"),
    "report.rose": ("↑ +{count}", "↑ +{count}"),
    "report.fell": ("↓ −{count}", "↓ −{count}"),
    "report.same": ("= same", "= stable"),
    "report.decisions": ("Decisions", "Décisions"),
    "report.subject": ("Subject", "Objet"),
    "report.arithmetic": ("How it was counted", "Décompte"),
    "report.meetings": ("Meetings", "Réunions"),
    "report.attendance": (
        "Plenaries: {count}, with {share} of the active members present on average.",
        "Plénières : {count}, avec en moyenne {share} des membres actifs présents.",
    ),
    "report.kind": ("Kind", "Type"),
    "report.attended": ("Active members present", "Membres actifs présents"),
    "report.present": ("{present} of {active}", "{present} sur {active}"),
    "report.minutes": ("Minutes", "Compte rendu"),
    "report.indicators": ("Indicators", "Indicateurs"),
    "report.indicator": ("Indicator", "Indicateur"),
    "report.baseline": ("Baseline", "Départ"),
    "report.latest": ("Latest value", "Dernière valeur"),
    "report.target": ("Target", "Cible"),
    "report.taken": ("Values in the year", "Valeurs dans l'année"),
    "report.actions": ("Actions of the roadmap", "Actions de la feuille de route"),
    "report.action": ("Action", "Action"),
    "report.owner": ("Owner", "Porteur"),
    "report.due": ("Due", "Échéance"),
    "report.overdue": (", overdue", ", en retard"),
    "report.support": ("Support function and means", "Fonction de soutien et moyens"),
    "report.hours": ("Hours a month", "Heures par mois"),
    "report.days_held": ("Days on which it was held", "Jours où elle était tenue"),
    "report.days_of": ("{days} of {all}", "{days} sur {all}"),
    "report.money": ("Sources of money", "Sources de financement"),
    "report.source": ("Source", "Source"),
    "report.amount": ("Amount", "Montant"),
    "report.secured": ("Secured", "Assuré"),
    "report.until": ("Until", "Jusqu'au"),
    "report.secured_until": (
        "Means are secured until {day}.",
        "Les moyens sont assurés jusqu'au {day}.",
    ),
    "report.disagreements": ("Disagreements", "Désaccords"),
    "report.raised": ("Raised in the year", "Soulevés dans l'année"),
    "report.closed": ("Closed in the year", "Clos dans l'année"),
    "report.standing": ("Open in the end", "Ouverts à la fin"),
    "report.blocking": ("Of these, blocking the gates", "Dont bloquant les passages"),
    "report.sealed": (
        "What they are about is for the parties and those who mediate.",
        "Leur contenu est réservé aux parties et à qui les accompagne.",
    ),
    "report.reviews": ("Reviews", "Bilans"),
    "report.changes": ("Changes proposed", "Changements proposés"),
    "report.published": ("Summary published", "Synthèse publiée"),
    "report.next": ("What comes next", "Ce qui vient"),
    "report.gate_lacks": ("{gate}: still lacking: {what}.", "{gate} : il manque encore : {what}."),
    "report.gate_ready": ("{gate}: nothing is lacking.", "{gate} : il ne manque rien."),
    "report.lacks_level": ("{label}, {count} level(s)", "{label}, {count} niveau(x)"),
    "report.remedy": ("last day to remedy “{about}”", "terme pour remédier à « {about} »"),
    "report.valid_until": ("end of validity: {kind}", "fin de validité : {kind}"),
    "report.action_due": ("action due: {title}", "échéance d'action : {title}"),
    "report.decision_due": ("decision closes: {subject}", "clôture de décision : {subject}"),
    "report.nothing": ("Nothing in this year.", "Rien dans l'année."),
    "report.nothing_dated": ("Nothing has a date yet.", "Rien n'est encore daté."),
}


class PaperPhrases(phrases.Phrases):
    """The words of a language, those of papers included."""

    words: ClassVar[Mapping[str, tuple[str, str]]] = {**WORDS, **_WORDS}

    def clock(self, instant: datetime) -> str:
        """Write an instant to the minute, without the zone."""
        return f"{self.day(instant)} {instant.astimezone(self.zone):%H:%M}"

    def share(self, share: float) -> str:
        """Write a share of a whole as a percentage."""
        return f"{round(share * 100)} %" if self.language == "fr" else f"{round(share * 100)}%"

    def trend(self, by: int) -> str:
        """Write by how much a level has changed: an arrow, and the number for who cannot see it."""
        if by == 0:
            return self("report.same")
        return self("report.rose" if by > 0 else "report.fell", count=abs(by))

    def amount(self, amount: float | str | None) -> str:
        """Write what an indicator starts from or is to reach: a number, or words."""
        if amount is None:
            return "–"
        return amount if isinstance(amount, str) else self.value(amount)

    def money(self, amount: float) -> str:
        """Write an amount of money with its thousands apart; the currency is not stated."""
        text = f"{amount:,.2f}".removesuffix(".00")
        return text.replace(",", "\u202f").replace(".", ",") if self.language == "fr" else text

    @property
    def zone_name(self) -> str:
        """The name of the zone, winter and summer alike, for example ``Europe/Paris``."""
        return str(self.zone)

    def rule(self, rule: Any) -> str:
        """Write how something is decided: the name of a rule, or a mapping with its numbers."""
        stated = {"name": rule} if isinstance(rule, str) else dict(rule)
        threshold = stated.get("threshold")
        said = self(f"rule.{stated['name']}")
        return said if threshold is None else f"{said} ({threshold})"
