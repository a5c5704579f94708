"""What the command line says about a cooperation, in French and English.

Labels of stages, gates, conditions and criteria come from the lifecycle and the policy; this is the
rest. Wire names (commands, ids, codes) are written as they are in both languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from coopflow.domain.base import Label
from coopflow.domain.policy import REVIEW_LABELS
from coopflow.domain.tools import KIND_LABELS
from coopflow.domain.voting import RULE_LABELS
from coopflow.settings import Language

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    # verdicts, results and statuses
    "verdict.pass": ("pass", "favorable"),
    "verdict.conditional": ("conditional pass", "favorable sous réserve"),
    "verdict.fail": ("fail", "défavorable"),
    "verdict.blocked": ("blocked", "bloqué"),
    "result.adopted": ("adopted", "adoptée"),
    "result.rejected": ("rejected", "rejetée"),
    "result.lapsed": ("lapsed", "caduque"),
    "result.cancelled": ("cancelled", "annulée"),
    "result.void": ("void", "nulle"),
    "result.open": ("open", "ouverte"),
    "status.unopened": ("not opened", "non ouverte"),
    "status.active": ("active", "active"),
    "status.paused": ("paused", "en pause"),
    "status.closing": ("closing", "en clôture"),
    "status.closed": ("closed", "close"),
    "member.invited": ("invited", "invité"),
    "member.active": ("active", "actif"),
    "member.suspended": ("suspended", "suspendu"),
    "member.left": ("left", "parti"),
    "version.draft": ("draft", "brouillon"),
    "version.submitted": ("submitted", "soumis"),
    "version.approved": ("approved", "approuvé"),
    "version.in_force": ("in force", "en vigueur"),
    "version.stale": ("stale", "périmé"),
    "version.expired": ("expired", "expiré"),
    "version.superseded": ("superseded", "remplacé"),
    # kinds
    "charter.charter": ("cooperation charter", "charte de coopération"),
    **{f"document.{kind}": (label.en, label.fr) for kind, label in KIND_LABELS.items()},
    "meeting.plenary": ("plenary", "plénière"),
    "meeting.committee": ("committee", "comité"),
    "meeting.working_group": ("working group", "groupe de travail"),
    "meeting.discovery": ("discovery meeting", "rencontre de découverte"),
    **{f"review.{kind}": (label.en, label.fr) for kind, label in REVIEW_LABELS.items()},
    **{f"rule.{name}": (label.en, label.fr) for name, label in RULE_LABELS.items()},
    # who
    "role.representative": ("a representative", "un représentant"),
    "role.support": ("the support function", "la fonction de soutien"),
    "role.facilitator": ("the facilitator", "la facilitation"),
    "role.mediator": ("the mediator", "la médiation"),
    "role.evaluator": ("the evaluator", "l'évaluation"),
    "role.funder": ("a funder", "un financeur"),
    "role.observer": ("an observer", "un observateur"),
    "role.programme_manager": ("the programme manager", "la direction du programme"),
    # alerts
    "alert.mandate_lapsed": (
        "nobody holds the support function",
        "la fonction de soutien est vacante",
    ),
    "alert.cure_soon": ("time to remedy runs out", "le délai de remédiation s'achève"),
    "alert.gate_blocked": ("a disagreement blocks the gates", "un désaccord bloque les passages"),
    "alert.guard_failing": ("a guard no longer holds", "un garde-fou ne tient plus"),
    "alert.mandate_ending": ("the mandate ends soon", "le mandat se termine bientôt"),
    "alert.document_stale": ("a document is stale", "un document est périmé"),
    "alert.attendance_low": ("attendance is low", "la participation est faible"),
    "alert.no_plenary": ("no plenary for a while", "pas de plénière depuis longtemps"),
    "alert.decision_lapsed": ("a decision lapsed", "une décision est caduque"),
    "alert.expiry_soon": ("a document expires soon", "un document arrive à échéance"),
    "alert.member_moved": ("a member joined or left", "un membre est arrivé ou parti"),
    "alert.review_due": ("a review is due", "un bilan est à tenir"),
    "alert.renewal_due": ("the renewal is due", "le renouvellement est à demander"),
    # the journey, line by line; the names in braces are fields of the events
    "journey.cooperation_opened": ("{title} opens", "{title} s'ouvre"),
    "journey.cooperation_paused": ("the cooperation pauses", "la coopération se met en pause"),
    "journey.cooperation_resumed": ("the cooperation resumes", "la coopération reprend"),
    "journey.cooperation_closing": (
        "the members decide to close",
        "les membres décident la clôture",
    ),
    "journey.cooperation_closed": ("the cooperation is closed", "la coopération est close"),
    "journey.member_joined": ("joined: {organisations}", "arrivée : {organisations}"),
    "journey.member_left": ("left: {organisations}", "départ : {organisations}"),
    "journey.meeting_recorded": (
        "{kind}: {present} of {active} members",
        "{kind} : {present} membres sur {active}",
    ),
    "journey.measure_recorded": ("values measured: {count}", "valeurs relevées : {count}"),
    "journey.review_convened": ("{kind} convened", "{kind} à tenir"),
    "journey.review_closed": ("{kind} closed", "{kind} : clôture"),
    "journey.objection_raised": ("objection by {organisation}", "objection de {organisation}"),
    "journey.objection_integrated": (
        "the objection of {organisation} is integrated",
        "l'objection de {organisation} est intégrée",
    ),
    "journey.document_approved": (
        "{kind} {version} adopted by {rule}",
        "{kind} {version} : adoption par {rule}",
    ),
    "journey.document_returned": (
        "{kind} {version} not adopted",
        "{kind} {version} : pas d'adoption",
    ),
    "journey.document_went_stale": (
        "{kind} {version} goes stale",
        "{kind} {version} : fin de validité",
    ),
    "journey.document_expired": ("{kind} {version} expires", "{kind} {version} : expiration"),
    "journey.charter_came_into_force": (
        "{kind} in force, signed by {present} of {active}",
        "{kind} en vigueur, {present} signatures sur {active}",
    ),
    "journey.mandate_started": (
        "support function: {holder}",
        "fonction de soutien : {holder}",
    ),
    "journey.mandate_resumed": (
        "support function: {holder} again",
        "fonction de soutien : de nouveau {holder}",
    ),
    "journey.mandate_ended": (
        "the mandate of {holder} ends",
        "fin du mandat de {holder}",
    ),
    "journey.ratified": ("ratified: {arithmetic}", "ratification : {arithmetic}"),
    "journey.not_ratified": (
        "not ratified, {result}: {arithmetic}",
        "pas de ratification, {result} : {arithmetic}",
    ),
    "journey.reservation_made": (
        "reservation on “{about}”, until {until}",
        "réserve sur « {about} », jusqu'au {until}",
    ),
    "journey.reservation_lifted": (
        "reservation on “{about}” lifted",
        "réserve sur « {about} » levée",
    ),
    "journey.waiver_adopted": (
        "the gate is passed by a waiver",
        "passage accordé par dérogation",
    ),
    "journey.clock_started": (
        "“{condition}” is below its minimum: remedy it by {until}",
        "« {condition} » sous son minimum : jusqu'au {until} pour y remédier",
    ),
    "journey.clock_stopped": (
        "“{condition}” is back at its minimum",
        "« {condition} » : retour au minimum",
    ),
    "journey.fell_back": (
        "the cooperation falls back to {stage}",
        "la coopération revient à l'étape {stage}",
    ),
    "journey.disagreement_raised": ("a disagreement is raised", "un désaccord est soulevé"),
    "journey.disagreement_closed": ("a disagreement is closed", "un désaccord est clos"),
    "journey.block_ended": (
        "{disagreement} no longer blocks the gates: the collective must decide",
        "{disagreement} ne bloque plus les passages : au collectif de décider",
    ),
    "journey.decision_closed": (
        "decision {decision}: {result} ({arithmetic})",
        "décision {decision} : {result} ({arithmetic})",
    ),
    "journey.disagreement_moved": (
        "disagreement {disagreement}: {step}",
        "désaccord {disagreement} : {step}",
    ),
    "journey.follow_up_due": (
        "disagreement {disagreement}: does what closed it hold?",
        "désaccord {disagreement} : ce qui l'a clos tient-il ?",
    ),
    "journey.mediation_ended": (
        "disagreement {disagreement}: the mediation ends; a party may take it to the collective",
        "désaccord {disagreement} : fin de la médiation ; une partie peut saisir le collectif",
    ),
    "journey.voters_reminded": (
        "{decision}: reminder to those who have not answered",
        "{decision} : rappel à qui n'a pas répondu",
    ),
    "step.raised": ("raised", "soulevé"),
    "step.closed": ("closed", "clos"),
    "step.dialogue": ("dialogue", "dialogue"),
    "step.facilitation": ("facilitation", "facilitation"),
    "step.mediation": ("mediation", "médiation"),
    "step.collective_decision": ("collective decision", "décision collective"),
    "step.separation": ("separation", "séparation"),
    "journey.levels": ("the levels move", "les niveaux changent"),
    "journey.renewed": ("renewed until {until}", "renouvellement jusqu'au {until}"),
    "journey.stage": ("stage {number}", "étape {number}"),
    "journey.stayed": ("{days} in this stage", "{days} dans cette étape"),
    # disagreements
    "reader.parties": ("the parties", "les parties"),
    "reader.facilitator": ("the facilitator", "la facilitation"),
    "reader.mediator": (
        "the mediator whom every party has accepted",
        "la médiation acceptée par toutes les parties",
    ),
    "reader.members": ("the active members", "les membres actifs"),
    "disagreement.none": ("there is no disagreement", "il n'y a pas de désaccord"),
    "disagreement.forbidden": (
        "{person} may not read the content; at present it is for {readers}",
        "{person} n'a pas accès au contenu, réservé pour l'heure à : {readers}",
    ),
    "disagreement.step": ("Step", "Étape"),
    "disagreement.parties": ("Parties", "Parties"),
    "disagreement.touches": ("Touches", "Concerne"),
    "disagreement.readers": ("Content for", "Contenu pour"),
    "disagreement.agreed": ("Agreed", "Accord"),
    # gates
    "gate.asked": ("asked {minimum}", "demandé {minimum}"),
    "gate.guards": ("Guards", "Garde-fous"),
    "gate.stale": ("stale document", "document périmé"),
    "gate.waived": ("waived", "dérogation"),
    "gate.not_computed": (
        "could not be computed: {error}",
        "n'a pas pu être calculé : {error}",
    ),
    "gate.blocked_by": ("blocked by", "bloqué par"),
    "gate.at": ("as of {at}", "au {at}"),
    "gate.no_source": ("nothing there", "rien à ce jour"),
    "gate.advice": ("Advice, never in the way", "Conseils, jamais bloquants"),
    "gate.others": ("What else would help", "Ce qui aiderait aussi"),
    "gate.unblock": (
        "first {disagreements} has to be closed, or decided by the collective",
        "d'abord {disagreements} est à clore, ou à trancher par le collectif",
    ),
    "gate.no_way": ("nothing would be enough", "rien ne suffirait"),
    "gate.shortest": ("Shortest way to pass", "Le plus court chemin"),
    "gate.nothing_missing": ("nothing is missing", "il ne manque rien"),
    "gate.hint": (
        "add --explain for the facts behind each criterion",
        "ajoutez --explain pour les faits derrière chaque critère",
    ),
    "fact.true": ("yes", "oui"),
    "fact.false": ("no", "non"),
    "fact.unknown": ("unknown", "inconnu"),
    # checks
    "check.none": ("{policy} reads no check", "{policy} ne lit aucune vérification"),
    "check.every": ("asked again after {span}", "à nouveau demandée après {span}"),
    "check.unwritten": (
        "nobody has written it: neither beside the policy, nor installed, nor --checks",
        "écrite nulle part : ni à côté de la politique, ni installée, ni donnée par --checks",
    ),
    # where facts come from, beside documents
    "source.check": ("check", "vérification"),
    "source.action": ("action", "action"),
    "source.disagreement": ("disagreement", "désaccord"),
    "source.mandate": ("mandate", "mandat"),
    "source.measure": ("measure", "relevé"),
    "source.pulse": ("pulse", "baromètre"),
    "source.decision": ("decision", "décision"),
    "source.meeting": ("meeting", "réunion"),
    "source.member": ("member", "membre"),
    "source.review": ("review", "bilan"),
    # tables and headings
    "head.cooperation": ("Cooperation", "Coopération"),
    "head.stage": ("Stage", "Étape"),
    "head.status": ("Status", "Statut"),
    "head.levels": ("Levels", "Niveaux"),
    "head.members": ("Members", "Membres"),
    "head.alerts": ("Alerts", "Alertes"),
    "head.documents": ("Documents", "Documents"),
    "head.decisions": ("Open decisions", "Décisions ouvertes"),
    "head.policy": ("Policy", "Politique"),
    "registry.empty": ("no policy is registered yet", "aucune politique n'est encore enregistrée"),
    "head.mandate": ("Support function", "Fonction de soutien"),
    "head.seq": ("No.", "N°"),
    "head.journal": ("Journal", "Journal"),
    "head.followed": ("up to entry {seq}", "jusqu'à l'entrée {seq}"),
    "head.behind": (
        " of {head}: the read model has not caught up",
        " sur {head} : le modèle de lecture est en retard",
    ),
    "head.at": ("When (UTC)", "Quand (UTC)"),
    "head.event": ("Event", "Événement"),
    "head.by": ("By", "Par"),
    "head.about": ("About", "Sujet"),
    "head.verdict": ("Last gate", "Dernier passage"),
    "head.reservation": ("Reservation", "Réserve"),
    "head.remedy_by": ("remedy by {until}", "à remédier avant le {until}"),
    "head.answered": ("{answers} of {electorate} answered", "{answers} réponses sur {electorate}"),
    "head.empty": ("there is no cooperation yet", "il n'y a pas encore de coopération"),
    "head.none": ("none", "aucun"),
    "head.interim": ("interim", "intérim"),
    # coopflow keys, coopflow codec-server
    # journals as files
    "journal.exported": ("{entries} written to {file}", "{entries} dans {file}"),
    "journal.sound": (
        "the journal is whole: all digests fit",
        "le journal est entier : toutes les empreintes concordent",
    ),
    "journal.unsound": (
        "{file} is not the journal that was exported",
        "{file} n'est pas le journal qui a été exporté",
    ),
    "journal.entries": ("entries", "écritures"),
    "journal.head": ("digest of the last", "empreinte de la dernière"),
    "journal.exported_at": ("exported", "export"),
    "journal.withheld": ("sealed values left out", "valeurs scellées retirées"),
    "journal.erased": ("people erased", "personnes effacées"),
    "journal.signature": ("signature", "signature"),
    "journal.not_signed": (
        "none: all of it could have been written anew",
        "aucune : il pourrait avoir été réécrit en entier",
    ),
    "journal.signed": ("by the key {id}, as expected", "par la clé {id}, comme attendu"),
    "journal.signed_by_somebody": (
        "by the key {id}; --key says whether that is the one that you trust",
        "par la clé {id} ; --key dit si c'est bien celle à laquelle vous vous fiez",
    ),
    "journal.unlinked": (
        "entries 1 to {last} were written before digests were kept: nothing proves them",
        "les écritures 1 à {last} datent d'avant les empreintes : rien ne les prouve",
    ),
    "journal.key_made": (
        "{file}: a new private key, {id}. Back it up; give the public one above to who verifies",
        "{file} : nouvelle clé privée, {id}. Sauvegardez-la ; la clé publique est pour qui vérifie",
    ),
    "journal.key_there": ("the public key of {file}, {id}", "la clé publique de {file}, {id}"),
    "journal.line": ("line {line}", "ligne {line}"),
    "journal.entry": ("entry {entry}", "écriture {entry}"),
    "journal.entries_from": ("entries {first} to {last}", "écritures {first} à {last}"),
    "fault.too_long": ("longer than any entry", "plus longue que toute écriture"),
    "fault.too_deep": ("nested deeper than any entry", "plus imbriquée que toute écriture"),
    "fault.not_json": ("no JSON object in UTF-8", "pas un objet JSON en UTF-8"),
    "fault.not_canonical": (
        "not written as it is exported: order, spaces, escapes or doubled members",
        "pas écrite comme à l'export : ordre, espaces, échappements ou membres en double",
    ),
    "fault.no_header": (
        "no header of a journal: this is another kind of file",
        "pas un en-tête de journal : ce fichier est d'une autre sorte",
    ),
    "fault.unknown_format": (
        "another version of the format: a later coopflow may know it",
        "autre version du format : un coopflow plus récent la connaît peut-être",
    ),
    "fault.header_changed": (
        "the header was changed: the last line has it otherwise",
        "l'en-tête a été changé : la dernière ligne le répète autrement",
    ),
    "fault.closing_changed": (
        "the last line was changed: the header has it otherwise",
        "la dernière ligne a été changée : l'en-tête dit autre chose",
    ),
    "fault.other_cooperation": (
        "the entries are those of another cooperation than the header says",
        "les écritures sont celles d'une autre coopération que celle de l'en-tête",
    ),
    "fault.count_differs": (
        "{found} entries are there, {expected} were exported",
        "{found} écritures présentes, {expected} exportées",
    ),
    "fault.cut_short": (
        "the file ends too early: its last line is missing, or the end of it",
        "le fichier s'arrête trop tôt : sa dernière ligne manque, ou la fin de celle-ci",
    ),
    "fault.goes_on": (
        "something follows the line that closes the file",
        "quelque chose suit la ligne qui clôt le fichier",
    ),
    "fault.sum_differs": (
        "the sum over the lines differs: it was changed, or an entry from before digests was",
        "la somme des lignes diffère : elle a été changée, ou une écriture d'avant les empreintes",
    ),
    "fault.unsigned": (
        "not signed, though a key was given",
        "pas de signature, alors qu'une clé est donnée",
    ),
    "fault.signature_wrong": (
        "the key did not sign this: the signature or its key was changed",
        "la clé n'a pas signé ceci : la signature ou sa clé a été changée",
    ),
    "fault.other_key": (
        "signed by another key than the one given",
        "signé par une autre clé que celle donnée",
    ),
    "fault.unknown_member": ("there is no such member", "ce membre n'existe pas"),
    "fault.missing_member": ("it is missing", "il manque"),
    "fault.wrong_member": (
        "it is not what can stand there",
        "ce n'est pas ce qui peut se trouver là",
    ),
    "fault.unknown_event": (
        "there is no such event: it was changed, or a later coopflow wrote it",
        "cet événement n'existe pas : changé, ou écrit par un coopflow plus récent",
    ),
    "fault.out_of_order": (
        "{found} stands where {expected} should: missing, moved, doubled or renumbered",
        "{found} à la place de {expected} : manquante, déplacée, en double ou renumérotée",
    ),
    "fault.goes_back": ("earlier than the entry before", "antérieure à l'écriture précédente"),
    "fault.no_opening": ("it opens no cooperation", "elle n'ouvre aucune coopération"),
    "fault.no_beginning": (
        "it follows an entry that is not there",
        "elle suit une écriture qui n'est pas là",
    ),
    "fault.unlinked": (
        "without the digest of the entry before, though earlier entries have one",
        "sans l'empreinte de l'écriture précédente, que d'autres avant elle ont",
    ),
    "fault.changed": (
        "it was changed: its digest is not the one that the entry after has",
        "elle a été changée : son empreinte n'est pas celle que porte la suivante",
    ),
    "fault.changed_among": (
        "some of them were changed: the digests do not fit together",
        "certaines ont été changées : les empreintes ne concordent pas",
    ),
    "fault.head_differs": (
        "the last entry is another one than is known elsewhere",
        "la dernière écriture n'est pas celle qui est connue par ailleurs",
    ),
    "fault.not_to_be_withheld": (
        "left out, though it is not sealed",
        "retiré, alors que ce n'est pas scellé",
    ),
    "fault.no_tombstone": (
        "a person was taken out, and something else than a tombstone stands there",
        "une personne a été retirée, et autre chose qu'une pierre tombale en tient lieu",
    ),
    "fault.unfounded_tombstone": (
        "{found} is not the tombstone of the person who stood there",
        "{found} n'est pas la pierre tombale de la personne qui se trouvait là",
    ),
    "fault.withheld_yet_there": (
        "said to be left out, and something stands there",
        "dit retiré, et pourtant quelque chose s'y trouve",
    ),
    "keys.default": ("default", "par défaut"),
    "keys.older": ("older, decrypts", "ancienne, déchiffre"),
    "keys.current": ("current, encrypts", "actuelle, chiffre"),
    "keys.ahead": ("ahead, decrypts until it is rotated to", "en avance, déchiffre en attendant"),
    "keys.rotated": (
        "encrypts from now on. Back {file} up, and give it to every worker and client.",
        "chiffre désormais. Sauvegardez {file} et donnez-le à chaque worker et client.",
    ),
    "keys.sent_ahead": (
        "does not encrypt yet. Give {file} to every worker and client, then rotate.",
        "ne chiffre pas encore. Donnez {file} à chaque worker et client, puis faites la rotation.",
    ),
    # coopflow readmodel
    "verify.sound": ("{sound} of {all} sound", "{all}, dont {sound} en ordre"),
    "verify.mended": ("{count} mended", "{count} réparées"),
    "verify.gone": (
        "{count} of which Temporal no longer has the workflow",
        "{count} dont Temporal n'a plus le workflow",
    ),
    "verify.waiting": (
        "{count} entries wait to be told to the read model",
        "{count} entrées attendent d'être transmises au modèle de lecture",
    ),
    "verify.entry": ("entry {first}", "l'entrée {first}"),
    "verify.entries": ("entries {first} to {last}", "les entrées {first} à {last}"),
    "finding.another_life": (
        "its journal tells of another life than its workflow, from the first entry on",
        "son journal raconte une autre vie que son workflow, dès la première entrée",
    ),
    "finding.chain_broken": (
        "not what the digest of the entry after it says: {entries}",
        "autre que ce que dit l'empreinte de l'entrée suivante : {entries}",
    ),
    "finding.cooperation_missing": (
        "its workflow lives, and the read model knows nothing of it",
        "son workflow vit, et le modèle de lecture n'en sait rien",
    ),
    "finding.definition_missing": (
        "{row} is not registered as the workflow has it",
        "{row} n'est pas au registre comme le workflow l'a",
    ),
    "finding.entries_ahead": (
        "the journal has {entries}, of which the workflow knows nothing",
        "le journal a {entries}, dont le workflow ne sait rien",
    ),
    "finding.entries_missing": (
        "missing in the journal: {entries}",
        "il manque au journal {entries}",
    ),
    "finding.entry_differs": (
        "not as the workflow told it: {entries}",
        "autre que ce que le workflow a transmis : {entries}",
    ),
    "finding.entry_unreadable": (
        "cannot be read in the journal: {entries}",
        "illisible dans le journal : {entries}",
    ),
    "finding.row_differs": (
        "{row} does not follow from the journal: {parts}",
        "{row} ne découle pas du journal : {parts}",
    ),
    "finding.row_missing": ("{row} is missing", "{row} manque"),
    "finding.row_superfluous": (
        "{row} does not follow from the journal and should not be there",
        "{row} ne découle pas du journal et ne devrait pas exister",
    ),
    "finding.rows_unreadable": (
        "{row}: a row cannot be read",
        "{row} : une ligne est illisible",
    ),
    "finding.state_differs": (
        "the journal comes to another state than the workflow: {parts}",
        "le journal mène à un autre état que celui du workflow : {parts}",
    ),
    "finding.tail_missing": (
        "missing at the end of the journal: {entries}",
        "il manque à la fin du journal {entries}",
    ),
    "finding.workflow_missing": (
        "it is not closed, and Temporal has no workflow of it",
        "elle n'est pas close, et Temporal n'en a pas de workflow",
    ),
    "serve.ready": ("HTTP API on {url}/v1", "API HTTP sur {url}/v1"),
    "codec.ready": ("codec server on {url}", "serveur de codec sur {url}"),
    "codec.pages": (
        "in the Temporal UI, as codec server endpoint: {url}",
        "dans l'interface de Temporal, comme adresse du serveur de codec : {url}",
    ),
    "codec.command": (
        "for the command temporal: {options}",
        "pour la commande temporal : {options}",
    ),
    # coopflow person
    "person.entries": ("named in {count} entries", "apparaît dans {count} écritures"),
    "person.nowhere": ("no journal names them", "aucun journal ne nomme cette personne"),
    "person.erased": ("erased", "effacée"),
    "person.nothing": ("nothing to erase", "rien à effacer"),
    "person.refused": ("refused", "refusé"),
    "person.gone": ("no longer kept by Temporal", "plus conservée par Temporal"),
    "person.unfinished": (
        "not in full: name it again later",
        "incomplet : à nommer de nouveau plus tard",
    ),
    "person.done": (
        "{tombstone} in their place in {entries} entries; {runs} ended runs deleted",
        "{tombstone} à sa place dans {entries} écritures ; {runs} exécutions terminées supprimées",
    ),
    "person.text": (
        "look at entry {seq}: the id stands in what somebody wrote ({field})",
        "à relire, écriture {seq} : l'identifiant figure dans un texte ({field})",
    ),
    "person.names_removed": (
        "the directory no longer holds their names",
        "l'annuaire ne contient plus son nom",
    ),
    "person.names_left": (
        "the directory no longer shows them in {programme}; another programme does",
        "l'annuaire ne la montre plus dans {programme} ; un autre programme, si",
    ),
    "person.names_kept": (
        "the directory keeps their names in {programme}: a journal there still names them",
        "l'annuaire garde son nom dans {programme} : un journal y nomme encore cette personne",
    ),
    "person.names_unknown": (
        "the directory does not know them",
        "l'annuaire ne connaît pas cette personne",
    ),
    # coopflow coop export, import
    "transfer.exported": ("{count} written to {file}", "{count} dans {file}"),
    "transfer.imported": ("imported", "importée"),
    "transfer.there": ("there already", "déjà là"),
    "transfer.done": (
        "{imported} imported, {there} there already",
        "{imported} importées, {there} déjà là",
    ),
    "transfer.dry": (
        "the file is sound: {imported} would be imported, {there} are there; nothing written",
        "fichier intact : {imported} seraient importées, {there} sont là ; rien n'est écrit",
    ),
    # coopflow directory, programme
    "directory.added": ("added", "ajout"),
    "directory.changed": ("changed", "modification"),
    "directory.new_id": ("(new id)", "(nouvel identifiant)"),
    "directory.more": ("… and {count} more", "… et {count} de plus"),
    "directory.done": (
        "{added} added, {changed} changed, {unchanged} as before",
        "{added} ajouts, {changed} modifications, {unchanged} sans changement",
    ),
    "directory.dry": (
        "{added} would be added, {changed} changed, {unchanged} stay as they are; nothing written",
        "{added} seraient ajoutés, {changed} modifiés, {unchanged} inchangés ; rien n'est écrit",
    ),
    "directory.administrator": ("administrator", "administration"),
    "directory.takes_part": ("takes part", "participe"),
    "directory.empty": ("nothing to list", "rien à lister"),
    "directory.programme_added": ("programme {id} added", "programme {id} ajouté"),
    "category.state": ("state", "État"),
    "category.local_authority": ("local authority", "collectivité territoriale"),
    "category.association": ("association", "association"),
    "category.business": ("business", "entreprise"),
    "category.research": ("research", "recherche"),
    "category.individuals": ("individuals", "habitants"),
    "notice.invite_voters": ("invitations to vote", "invitations à voter"),
    "notice.remind_voters": ("reminders to vote", "rappels de vote"),
    "notice.publish_outcome": ("outcomes of decisions", "résultats des décisions"),
    "notice.convene_review": ("reviews that are due", "convocations de revues"),
    "notice.compile_dossier": ("files for reviews", "dossiers de revues"),
    "notice.publish_summary": ("summaries of reviews", "synthèses de revues"),
    "frequency.immediate": ("at once", "immédiatement"),
    "frequency.daily": ("once a day", "une fois par jour"),
    "frequency.weekly": ("once a week", "une fois par semaine"),
    "frequency.none": ("never", "jamais"),
    # coopflow deployment
    "deployment.current": ("current", "actuelle"),
    "deployment.ramping": ("ramping, {ramp} %", "en montée, {ramp} %"),
    "deployment.draining": ("draining", "en cours de retrait"),
    "deployment.drained": ("drained", "retirée"),
    "deployment.inactive": ("never promoted", "jamais promue"),
    "deployment.this": ("this installation", "cette installation"),
    "deployment.promoted": (
        "{version} is current. What sleeps moves there when it wakes up, or is drained.",
        "{version} est actuelle. Ce qui dort y passe à son réveil, ou par drain.",
    ),
    "deployment.ramped": (
        "{version} takes {ramp} % of the cooperations.",
        "{version} prend {ramp} % des coopérations.",
    ),
    "deployment.left": ("{counted} on {version}", "{counted} sur {version}"),
    # coopflow policy diff
    "diff.stricter": ("Stricter", "Plus strict"),
    "diff.looser": ("Looser", "Moins strict"),
    "diff.new": ("New", "Nouveau"),
    "diff.gone": ("Gone", "Supprimé"),
    "diff.changed": ("Changed", "Modifié"),
    "diff.none": ("no difference", "aucune différence"),
    # coopflow policy impact, coopflow policy adopt
    "impact.all": ("cooperations looked at", "coopérations examinées"),
    "impact.other_lifecycle": ("follow another lifecycle", "suivent un autre cycle de vie"),
    "impact.unchanged": (
        "would see no difference at once",
        "ne verraient aucun changement immédiat",
    ),
    "impact.lost": ("would lose a level", "perdraient un niveau"),
    "impact.gained": ("would gain a level", "gagneraient un niveau"),
    "impact.clocks": ("would have a cure clock start", "verraient partir un délai de remédiation"),
    "impact.verdict": ("next gate: {verdict}", "prochain passage : {verdict}"),
    "adopt.proposed": ("proposed", "proposée"),
    "adopt.under_way": ("under way", "en cours"),
    "adopt.followed": ("followed already", "déjà suivie"),
    "adopt.refused": ("refused", "refusée"),
    "adopt.left_out": ("left out", "laissée de côté"),
    "adopt.paused": ("it pauses", "elle est en pause"),
    "adopt.closing": ("it closes", "elle est en cours de clôture"),
    "adopt.other_lifecycle": ("it follows {lifecycle}", "elle suit {lifecycle}"),
    "adopt.question": (
        "Do we adopt the policy {policy}?",
        "Adoptons-nous la politique {policy} ?",
    ),
    # coopflow forecast
    "forecast.until": (
        "What will happen by itself until {until} if nobody acts",
        "Ce qui arrivera de soi-même jusqu'au {until} si personne n'agit",
    ),
    "forecast.nothing": (
        "nothing will happen by itself",
        "rien n'arrivera de soi-même",
    ),
    "forecast.working": ("looking ahead …", "regard vers l'avenir …"),
    # who gets in
    "token.made": (
        "Token {id}, until {until}. It is not shown again.",
        "Jeton {id}, jusqu'au {until}. Il ne sera plus affiché.",
    ),
    "token.good": ("good", "valable"),
    "token.expired": ("expired", "expiré"),
    "token.revoked": ("revoked", "révoqué"),
    "token.all": ("all programmes", "tous les programmes"),
    "token.as": ("as {person}", "en tant que {person}"),
    "token.until": ("until {at}", "jusqu'au {at}"),
    "token.used": ("last used: {at}", "dernier usage : {at}"),
    "token.never": ("never", "jamais"),
    "token.none": ("There are no tokens.", "Il n'y a pas de jeton."),
    "token.gone": (
        "“{name}” lets nobody in any more.",
        "« {name} » ne laisse plus entrer personne.",
    ),
    "serve.sign_in": (
        "Sign in as administrator, once, within the hour:",
        "Pour s'identifier comme administrateur, une fois, dans l'heure :",
    ),
    "serve.administrator": ("Administrator", "Administration"),
    "sign_in.link": (
        "It works once, for {minutes} minutes: whoever has it gets in.",
        "Il sert une fois, pendant {minutes} minutes : qui l'a peut entrer.",
    ),
    # webhooks
    "webhook.active": ("active", "actif"),
    "webhook.disabled": ("disabled", "désactivé"),
    "webhook.by_hand": ("by hand", "à la main"),
    "webhook.failing": ("nothing got through for days", "rien n'est passé pendant des jours"),
    "webhook.gone": ("it said that it is gone (410)", "il a dit ne plus exister (410)"),
    "webhook.exhausted": ("given up after all attempts", "abandonné après toutes les tentatives"),
    "webhook.lost": (
        "its entry is no longer in the journal",
        "son écriture n'est plus dans le journal",
    ),
    "webhook.pending": ("pending", "en attente"),
    "webhook.sent": ("sent", "envoyé"),
    "webhook.dead": ("given up", "abandonné"),
    "webhook.due": ("next attempt {at}", "prochaine tentative {at}"),
    "webhook.types": ("types", "types"),
    "webhook.cooperation": ("cooperation", "coopération"),
    "webhook.description": ("description", "description"),
    "webhook.succeeded": ("last got through", "dernier envoi reçu"),
    "webhook.previous": ("the old secret signs until", "l'ancien secret signe jusqu'au"),
    "webhook.all": ("all", "tous"),
    "webhook.never": ("never", "jamais"),
    "webhook.secret": (
        "the secret of the receiver; it is not shown again",
        "le secret du destinataire ; il ne sera plus affiché",
    ),
    "webhook.rotated": (
        "the new secret, not shown again; the old one signs too until {until}",
        "le nouveau secret, qui ne sera plus affiché ; l'ancien signe aussi jusqu'au {until}",
    ),
    "webhook.none": ("no webhook", "aucun webhook"),
    "webhook.nothing": ("no delivery", "aucun envoi"),
    "webhook.removed": ("removed", "retiré"),
    "webhook.waiting": (
        "not sent yet: does coopflow outbox or coopflow dev run?",
        "pas encore envoyé : coopflow outbox ou coopflow dev tourne-t-il ?",
    ),
    "webhook.again": ("to be sent again: {count}", "à renvoyer : {count}"),
    "webhook.error.address": (
        "no address that may be reached",
        "aucune adresse qui puisse être jointe",
    ),
    "webhook.error.connection": ("no connection", "pas de connexion"),
    "webhook.error.timeout": ("too slow", "trop lent"),
    "webhook.error.protocol": ("no HTTP", "pas du HTTP"),
    # coopflow dev
    "dev.ready": (
        "ready: engine on {engine}, Temporal UI on {pages}",
        "prêt : moteur sur {engine}, interface Temporal sur {pages}",
    ),
    "dev.stopping": ("stopping …", "arrêt …"),
    "dev.stopped": ("stopped", "arrêté"),
    "dev.try": ("In another terminal:", "Dans un autre terminal :"),
    "demo.programme": ("Demonstration", "Démonstration"),
    "demo.there": (
        "The demo is there already: {address}, stage {stage}, {events} events; it lives on.",
        "La démo est déjà là : {address}, étape {stage}, {events} événements ; elle continue.",
    ),
    "demo.imported": (
        "Imported: {steps} steps, {events} events. From now on the cooperation lives by the clock.",
        "Import : {steps} pas, {events} événements. Désormais la coopération suit l'horloge.",
    ),
}
"""English and French by key; ``{name}`` stands for a value."""

_MONTHS: Final[Mapping[Language, tuple[str, ...]]] = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "fr": (
        "janv.",
        "févr.",
        "mars",
        "avr.",
        "mai",
        "juin",
        "juil.",
        "août",
        "sept.",
        "oct.",
        "nov.",
        "déc.",
    ),
}
_COUNTED: Final[Mapping[str, tuple[tuple[str, str], tuple[str, str]]]] = {
    "day": (("day", "days"), ("jour", "jours")),
    "organisation": (("organisation", "organisations"), ("organisation", "organisations")),
    "entry": (("entry", "entries"), ("écriture", "écritures")),
    "cooperation": (("cooperation", "cooperations"), ("coopération", "coopérations")),
    "worker": (("worker", "workers"), ("worker", "workers")),
    "delivery": (("delivery", "deliveries"), ("envoi", "envois")),
    "attempt": (("attempt", "attempts"), ("tentative", "tentatives")),
}


class Phrases:
    """The words of one language."""

    def __init__(self, language: Language) -> None:
        """Speak a language."""
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        """Return the words of a key, filled in; a key that is not known is said as it is."""
        words = WORDS.get(key)
        if words is None:
            return key.partition(".")[2].replace("_", " ")
        return words[self.language == "fr"].format(**values)

    def label(self, label: Label) -> str:
        """Return a label of the lifecycle or the policy."""
        return label.fr if self.language == "fr" else label.en

    def count(self, number: int, noun: str) -> str:
        """Write a number of things; in French 0 is singular."""
        forms = _COUNTED[noun][self.language == "fr"]
        is_one = number < 2 if self.language == "fr" else number == 1  # noqa: PLR2004 - grammar
        return f"{number} {forms[0] if is_one else forms[1]}"

    def day(self, instant: date | datetime) -> str:
        """Write a date, for example ``3 Feb 2026``; an instant is taken as its UTC date."""
        month = _MONTHS[self.language][instant.month - 1]
        return f"{instant.day} {month} {instant.year}"

    def days(self, span: timedelta) -> str:
        """Write a span in whole days."""
        return self.count(span.days, "day")

    def several(self, names: list[str]) -> str:
        """Write a list: ``a, b and c``."""
        if len(names) < 2:  # noqa: PLR2004 - one needs no joining word
            return "".join(names)
        joining = " et " if self.language == "fr" else " and "
        return ", ".join(names[:-1]) + joining + names[-1]

    def moment(self, instant: datetime) -> str:
        """Write an instant to the minute, in UTC."""
        return f"{self.day(instant)} {instant:%H:%M} UTC"

    def either(self, names: list[str]) -> str:
        """Write a choice: ``a, b or c``."""
        if len(names) < 2:  # noqa: PLR2004 - one needs no joining word
            return "".join(names)
        joining = " ou " if self.language == "fr" else " or "
        return ", ".join(names[:-1]) + joining + names[-1]

    def value(self, value: Any) -> str:
        """Write the value of a fact: yes or no, a whole number, or a number to two places.

        None is unknown.
        """
        if value is None:
            return self("fact.unknown")
        if isinstance(value, bool):
            return self("fact.true" if value else "fact.false")
        if isinstance(value, float):
            text = f"{value:.2f}".rstrip("0").rstrip(".")
            return text.replace(".", ",") if self.language == "fr" else text
        return str(value)
