"""What the command line says beside what is told of cooperations everywhere, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from coopflow.wording import phrases
from coopflow.wording.words import WORDS

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    # checks
    "check.none": ("{policy} reads no check", "{policy} ne lit aucune vérification"),
    "check.every": ("asked again after {span}", "à nouveau demandée après {span}"),
    "check.unwritten": (
        "nobody has written it: neither beside the policy, nor installed, nor --checks",
        "écrite nulle part : ni à côté de la politique, ni installée, ni donnée par --checks",
    ),
    "registry.empty": ("no policy is registered yet", "aucune politique n'est encore enregistrée"),
    # coopflow coop paper
    "paper.written": ("{file} is written", "{file} est enregistré"),
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
    "serve.ready": (
        "pages on {url}, HTTP API on {url}/v1",
        "pages sur {url}, API HTTP sur {url}/v1",
    ),
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


class Phrases(phrases.Phrases):
    """The words of the command line in one language."""

    words: ClassVar[Mapping[str, tuple[str, str]]] = {**WORDS, **_WORDS}
