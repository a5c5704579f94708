"""What is wrong with files, in French: the words for each English sentence that faults hold.

Faults are made in English where files are read, without knowing who will read them. A sentence here
is the English one, with what varies in braces; what stands in its place is put into the French one,
itself in French where it is in ``_THINGS`` or is another sentence of this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FRENCH: Final[Mapping[str, str]] = {
    # what all have in common
    "there are more faults": "il y a d'autres fautes",
    "mend those above first": "corrigez d'abord celles qui précèdent",
    "did you mean {near}?": "vouliez-vous dire {near} ?",
    "known: {words}": "possibles : {words}",
    "is empty": "est vide",
    "is missing": "manque",
    # YAML
    "cannot be read: {reason}": "ne peut pas être lu : {reason}",
    "is larger than {size} bytes": "dépasse {size} octets",
    "is not UTF-8 text": "n'est pas un texte en UTF-8",
    "save it as UTF-8": "enregistrez-le en UTF-8",
    "the character {character} is not allowed": "le caractère {character} n'est pas permis",
    "is no YAML from here on: {reason}": "n'est plus du YAML à partir d'ici : {reason}",
    "holds no mapping": "ne contient pas de clés avec leurs valeurs",
    "write keys and values at the top": "écrivez des clés et des valeurs au premier niveau",
    "holds a second document": "contient un second document",
    "one file, one document": "un fichier, un document",
    "has the tag {tag}, and tags are not obeyed": (
        "porte l'étiquette {tag}, et les étiquettes ne sont pas suivies"
    ),
    "remove the tag": "retirez l'étiquette",
    "is nested deeper than {most} levels": "est imbriqué sur plus de {most} niveaux",
    "the file comes to more than {most} values": "le fichier contient plus de {most} valeurs",
    "the file comes to more than {most} characters, aliases expanded": (
        "le fichier dépasse {most} caractères, alias développés"
    ),
    "contains itself": "se contient lui-même",
    "there is no anchor {anchor} before": "aucune ancre {anchor} ne précède",
    "the key is given twice, first on line {line}": (
        "la clé est donnée deux fois, d'abord à la ligne {line}"
    ),
    "keep one of them": "gardez l'une des deux",
    "a key is a word, not an alias, a list or a mapping": (
        "une clé est un mot, et non un alias, une liste ou un ensemble de clés"
    ),
    "merge keys (<<) are no part of YAML 1.2": (
        "les clés de fusion (<<) ne font pas partie de YAML 1.2"
    ),
    "write the keys out": "écrivez les clés en entier",
    "holds half of a surrogate pair, which is no character": (
        "contient une moitié de paire de substitution, qui n'est pas un caractère"
    ),
    "the number {number} is too large or not finite": (
        "le nombre {number} est trop grand ou n'est pas fini"
    ),
    "mapping values are not allowed {where}": "un deux-points n'est pas permis ici ({where})",
    "could not find expected {what}": "il manque {what}",
    "did not find expected {what}": "il manque {what}",
    "found character {character} that cannot start any token": (
        "rien ne peut commencer par le caractère {character}"
    ),
    "expected {what}, but found {found}": "attendu : {what} ; trouvé : {found}",
    "expected {what}, got {found}": "attendu : {what} ; trouvé : {found}",
    "found unexpected {what}": "inattendu : {what}",
    "found unknown escape character {character}": "échappement inconnu : {character}",
    "found duplicate anchor {rest}": "ancre donnée deux fois : {rest}",
    # shapes
    "unknown key": "clé inconnue",
    "the key is missing": "la clé manque",
    "the key {key} is missing": "la clé {key} manque",
    "put it in quotes": "mettez-le entre guillemets",
    "should be {expected}, not {given}": "devrait être {expected}, et non {given}",
    "{given} does not match the pattern {pattern}": "{given} ne suit pas le modèle {pattern}",
    "should be greater than or equal to {least}": "devrait être au moins {least}",
    "should be greater than {less}": "devrait être supérieur à {less}",
    "should be less than or equal to {most}": "devrait être au plus {most}",
    "should be less than {more}": "devrait être inférieur à {more}",
    "should be a valid date or datetime, {why}": "devrait être une date ({why})",
    "should be a valid datetime or date, {why}": "devrait être une date avec une heure ({why})",
    "should be a finite number": "devrait être un nombre fini",
    "should be a valid number": "devrait être un nombre",
    "should be a valid number, {why}": "devrait être un nombre ({why})",
    "should be a valid integer, {why}": "devrait être un nombre entier ({why})",
    "should be a valid {what}": "n'est pas de la bonne forme ({what})",
    "should be {expected}": "devrait être {expected}",
    "String should have at least {least} character": "est vide",
    "String should have at least {least} characters": "compte au moins {least} caractères",
    "String should have at most {most} characters": "compte au plus {most} caractères",
    "{what} should have at least {least} {items} after validation, not {count}": (
        "devrait en avoir au moins {least}, et non {count}"
    ),
    "{what} should have at most {most} {items} after validation, not {count}": (
        "devrait en avoir au plus {most}, et non {count}"
    ),
    "a span has months, days or hours": "une durée a des mois, des jours ou des heures",
    "an instant needs a time zone, for example {example}": (
        "un instant se donne avec son fuseau horaire, par exemple {example}"
    ),
    "should be a date and a time, for example {example}": (
        "devrait être une date avec une heure, par exemple {example}"
    ),
    "the year lies between {first} and {last}": "l'année est comprise entre {first} et {last}",
    "text is not valid Unicode (it holds a lone surrogate)": (
        "le texte n'est pas de l'Unicode valide (il contient une moitié de paire)"
    ),
    "text is {size} bytes long, at most {most} are accepted": (
        "le texte compte {size} octets, {most} au plus sont acceptés"
    ),
    "text holds a NUL character": "le texte contient un caractère nul",
    "a ratio is written as 2/3, 0.5 or 1": "une proportion s'écrit 2/3, 0.5 ou 1",
    "a ratio is written as 2/3, 0.5 or 1, with few digits": (
        "une proportion s'écrit 2/3, 0.5 ou 1, avec peu de chiffres"
    ),
    "a ratio is not divided by zero": "une proportion ne se divise pas par zéro",
    "a ratio is not negative": "une proportion n'est pas négative",
    "a share lies between 0 and 1": "une part est comprise entre 0 et 1",
    "{what} {name} is declared twice": "{what} : {name} est déclaré deux fois",
    "gate {gate} names the stage {stage}, which is not declared": (
        "le passage {gate} nomme l'étape {stage}, qui n'est pas déclarée"
    ),
    "stage {stage} falls back to {back}, which is not another stage": (
        "l'étape {stage} ramène à {back}, qui n'est pas une autre étape"
    ),
    "subject: nothing is decided under {subject}": "subject : rien ne se décide sous {subject}",
    "parties: a disagreement is between at least two organisations": (
        "parties : un désaccord oppose au moins deux organisations"
    ),
    "answers: more than there were people asked": "answers : plus que de personnes interrogées",
    "until: deferring a change says until when": (
        "until : qui reporte un changement dit jusqu'à quand"
    ),
    "a vote is entrusted for one decision, or until a date": (
        "un vote est confié pour une décision, ou jusqu'à une date"
    ),
    # lifecycles and policies
    "another criterion, guard or piece of advice has this id": (
        "un autre critère, garde-fou ou conseil porte cet identifiant"
    ),
    "another condition has this {key}": "une autre condition porte le même {key}",
    "another stage has this id": "une autre étape porte cet identifiant",
    "another gate has this id": "un autre passage porte cet identifiant",
    "falling back from here comes round to this stage": (
        "en retombant d'ici, on revient à cette étape"
    ),
    "no gate leads into this stage": "aucun passage ne mène à cette étape",
    "no gate leads out of this stage, nor back into it for another term": (
        "aucun passage ne quitte cette étape, ni n'y ramène pour une nouvelle période"
    ),
    "add a gate that leaves it, such as a renewal": (
        "ajoutez un passage qui la quitte, comme un renouvellement"
    ),
    "the policy asks nothing of this gate: whoever asks passes": (
        "la politique n'exige rien à ce passage : qui le demande passe"
    ),
    "write gates.{gate} in the policy": "écrivez gates.{gate} dans la politique",
    "level {level} has no criterion although level {most} has": (
        "le niveau {level} n'a pas de critère alors que le niveau {most} en a"
    ),
    "give each level up to the highest a criterion": (
        "donnez un critère à chaque niveau jusqu'au plus haut"
    ),
    "the condition has no level {level}, its highest is {top}": (
        "la condition n'a pas de niveau {level}, le plus haut est {top}"
    ),
    "reviews are convened once a day at most": "les bilans ont lieu une fois par jour au plus",
    "the kind of document {kind} is missing": "le type de document {kind} manque",
    "the frequency {frequency} is missing": "la fréquence {frequency} manque",
    "{fact} is a published fact already": "{fact} est déjà un fait publié",
    "name the reading otherwise": "donnez un autre nom à cette lecture",
    "its expressions read {count} checks, at most {most} may be read": (
        "ses expressions lisent {count} vérifications, {most} au plus peuvent être lues"
    ),
    "let one check answer what belongs together": (
        "faites répondre une seule vérification à ce qui va ensemble"
    ),
    "the expressions come to more than {most} characters": (
        "les expressions dépassent {most} caractères en tout"
    ),
    "leave some criteria out": "retirez des critères",
    "reads more than {most} checks, too many to try what they may answer": (
        "lit plus de {most} vérifications : trop pour essayer toutes leurs réponses"
    ),
    "split the criterion": "divisez le critère",
    "there is no check {check}: its answer stays unknown": (
        "il n'y a pas de vérification {check} : sa réponse reste inconnue"
    ),
    "write it in a module beside the policy, or install one": (
        "écrivez-la dans un module à côté de la politique, ou installez-en une"
    ),
    "level {level} of {condition} can never be reached: {want} goes beyond {by}": (
        "le niveau {level} de {condition} ne peut jamais être atteint : {want} dépasse {by}"
    ),
    "change one of the two": "changez l'un des deux",
    "a gate asks for this, and nothing is said to remedy it": (
        "un passage l'exige, et rien n'est dit pour y remédier"
    ),
    "name one of the remedies": "nommez un des remèdes",
    "{rule} is the rule for {subject}, and not allowed for it": (
        "{rule} est la règle pour {subject}, et n'y est pas permise"
    ),
    "name another rule, or allow it (decisions.not_allowed)": (
        "nommez une autre règle, ou permettez celle-ci (decisions.not_allowed)"
    ),
    "is over before a decision on the remedy is ({span})": (
        "prend fin avant qu'une décision sur le remède puisse être close ({span})"
    ),
    "give more time, or let decisions close sooner": (
        "donnez plus de temps, ou laissez les décisions se clore plus tôt"
    ),
    "would remind before the decision opens": "rappellerait avant que la décision soit ouverte",
    "bring it nearer to the closing": "rapprochez-le de la clôture",
    "silence counts as agreement only after decisions have closed": (
        "le silence ne vaut accord qu'une fois les décisions closes"
    ),
    "make it shorter than open_for": "rendez-le plus court que open_for",
    "leaves no time for a second call": "ne laisse pas le temps d'une seconde consultation",
    "make it later": "repoussez-le",
    "no criterion reads this": "aucun critère ne le lit",
    "no criterion names this remedy": "aucun critère ne nomme ce remède",
    "leave it out": "retirez-le",
    "should be the name of a policy": "devrait être le nom d'une politique",
    "should be the name of a policy, not a path": (
        "devrait être le nom d'une politique, et non un chemin"
    ),
    "name one of the library, or put it beside this one": (
        "nommez-en une de la bibliothèque, ou placez-la à côté de celle-ci"
    ),
    "more than {most} policies stand on top of each other here": (
        "plus de {most} politiques s'appuient ici les unes sur les autres"
    ),
    "the policy stands on top of itself: this goes round in a circle": (
        "la politique s'appuie sur elle-même : cela tourne en rond"
    ),
    "with what it extends, the policy is larger than {size} bytes": (
        "avec ce qu'elle prolonge, la politique dépasse {size} octets"
    ),
    "there is no policy named {name}; {rest}": "il n'y a pas de politique nommée {name} ; {rest}",
    "there is no lifecycle named {name}; {rest}": (
        "il n'y a pas de cycle de vie nommé {name} ; {rest}"
    ),
    "there is no policy named {name}": "il n'y a pas de politique nommée {name}",
    "there is no lifecycle named {name}": "il n'y a pas de cycle de vie nommé {name}",
    "there are: {names}; or give the path of a file, ending in .yaml": (
        "il y a : {names} ; ou donnez le chemin d'un fichier en .yaml"
    ),
    "did you mean {near}? there are: {names}; or give the path of a file, ending in .yaml": (
        "vouliez-vous dire {near} ? Il y a : {names} ; ou donnez le chemin d'un fichier en .yaml"
    ),
    # expressions
    "the expression is longer than {most} characters": "l'expression dépasse {most} caractères",
    "the expression gives {type}, not true or false": (
        "l'expression donne {type}, et non vrai ou faux"
    ),
    "compare it with something": "comparez-la à quelque chose",
    "the number is too large to compare with": "le nombre est trop grand pour être comparé",
    "is nested too deeply, or strings too many operators together": (
        "est imbriqué trop profondément, ou enchaîne trop d'opérateurs"
    ),
    "compare facts: criteria have no loops and no patterns": (
        "comparez des faits : les critères n'ont ni boucles ni motifs"
    ),
    "compare whole numbers with 2, ratios with 2.0": (
        "comparez les nombres entiers à 2, les proportions à 2.0"
    ),
    "a fact is named by words joined by dots": (
        "un fait est nommé par des mots que joignent des points"
    ),
    "the fact {fact} needs parameters": "le fait {fact} demande des paramètres",
    "name a reading of it under facts": "nommez-en une lecture sous facts",
    "see docs/reference/facts.md": "voir docs/reference/facts.md",
    "there is no fact named {name}": "il n'y a pas de fait nommé {name}",
    "there is no function named {name}": "il n'y a pas de fonction nommée {name}",
    "Syntax error: {rest}": "erreur de syntaxe : {rest}",
    "found no matching overload for {operator} applied to {types}": (
        "aucune opération {operator} ne s'applique à {types}"
    ),
    # checks in Python
    "{place}: the check {check} is written in {other} too; rename one": (
        "{place} : la vérification {check} est aussi écrite dans {other} ; renommez l'une des deux"
    ),
    "{path}: holds no module with checks, that is no {name}": (
        "{path} : ne contient aucun module de vérifications, c'est-à-dire aucun {name}"
    ),
    "{path}: there is no such module with checks": (
        "{path} : il n'y a pas de tel module de vérifications"
    ),
    "{path}: is no Python module; its name ends with .py": (
        "{path} : n'est pas un module Python, dont le nom se termine par .py"
    ),
    "{path}: cannot be loaded: {reason}": "{path} : ne peut pas être chargé : {reason}",
    "{path}: holds no check; decorate a function with @check(...)": (
        "{path} : ne contient aucune vérification ; décorez une fonction avec @check(...)"
    ),
    "the entry point {name} of {group} cannot be loaded: {reason}": (
        "le point d'entrée {name} de {group} ne peut pas être chargé : {reason}"
    ),
    "{check}: gave {kind}; return True, False, yes, no or unknown": (
        "{check} : a donné {kind} ; renvoyez True, False, yes, no ou unknown"
    ),
    "{check} is no id of a check; write small letters, digits and hyphens": (
        "{check} n'est pas un identifiant de vérification ; écrivez des minuscules, des chiffres "
        "et des tirets"
    ),
    "{count} functions of checks run or hang; restart the worker": (
        "{count} fonctions de vérification sont en cours ou bloquées ; redémarrez le worker"
    ),
    "raised {error}": "a levé {error}",
    "{check}: {key} is {written}; write a number and s, m, h, d or w: 30d": (
        "{check} : {key} vaut {written} ; écrivez un nombre et s, m, h, d ou w : 30d"
    ),
    "{check}: {key} is {written}; it lies between {least} and {most}": (
        "{check} : {key} vaut {written} ; il est compris entre {least} et {most}"
    ),
    # steps of scenarios, and commands that are only supposed
    "time goes back: an earlier step is at {at}": (
        "le temps recule : une étape antérieure est à {at}"
    ),
    "put the steps in order": "mettez les étapes dans l'ordre",
    "time goes back: an earlier command is at {at}": (
        "le temps recule : une commande antérieure est à {at}"
    ),
    "put the commands in order": "mettez les commandes dans l'ordre",
    "a command needs by: who gives it": "une commande demande by : qui la donne",
    "belongs to no command": "n'appartient à aucune commande",
    "move it into each command": "déplacez-le dans chaque commande",
    "say what to do, or leave it out": "dites quoi faire, ou retirez-le",
    "only a step with a single command may be refused": (
        "seule une étape à une seule commande peut être refusée"
    ),
    "{key} is said beside the payload, not in it": "{key} se dit à côté du contenu, et non dedans",
    "say it with {key}": "dites-le avec {key}",
    # tables of people and organisations
    "there is no column {name}": "il n'y a pas de colonne {name}",
    "the column {name} is there twice": "la colonne {name} est là deux fois",
    "leave one out": "retirez-en une",
    "leave one of them out": "retirez l'une des deux",
    "there are {cells} cells here, and {header} in the header": (
        "il y a {cells} cellules ici, et {header} dans l'en-tête"
    ),
    "quote cells that hold the separator": (
        "mettez entre guillemets les cellules qui contiennent le séparateur"
    ),
    "more than {most} lines": "plus de {most} lignes",
    "import it in parts": "importez-le en plusieurs fois",
    "the file is empty": "le fichier est vide",
    "begin with a header": "commencez par un en-tête",
    "no CSV: {reason}": "ce n'est pas du CSV : {reason}",
    "look for a quotation mark that is not closed or not doubled": (
        "cherchez un guillemet qui n'est pas fermé ou pas doublé"
    ),
    "the file has {size} bytes, at most {most} are read": (
        "le fichier compte {size} octets, {most} au plus sont lus"
    ),
    "this is not UTF-8": "ce n'est pas de l'UTF-8",
    "save it as CSV in UTF-8": "enregistrez-le en CSV, en UTF-8",
    "this is no text": "ce n'est pas du texte",
    "line {line} is about the same": "la ligne {line} concerne la même personne ou organisation",
    "the file is imported into {programme}": "le fichier est importé dans {programme}",
    "name that one, or none": "nommez celui-là, ou aucun",
    "there is no programme {programme}": "il n'y a pas de programme {programme}",
    "add it first": "ajoutez-le d'abord",
    "name one, here or for the whole file": "nommez-en un, ici ou pour tout le fichier",
    "name it, here or for the whole file": "nommez-le, ici ou pour tout le fichier",
    "give an id, or the {key} of one that is there": (
        "donnez un identifiant, ou {key} d'une fiche qui existe"
    ),
    "roles are held in a programme": "on tient un rôle dans un programme",
    "there is no role {role}": "il n'y a pas de rôle {role}",
    "{value} is taken by another one": "{value} est déjà pris par une autre fiche",
    "choose another": "choisissez-en un autre",
    "only an administrator of the installation changes this person": (
        "seule l'administration de l'installation modifie cette personne"
    ),
    "leave out what would change": "retirez ce qui changerait",
    "write it on one line, without control characters": (
        "écrivez-le sur une ligne, sans caractère de contrôle"
    ),
    "this is no e-mail address; write it as name@example.org": (
        "ce n'est pas une adresse électronique ; écrivez-la comme nom@example.org"
    ),
    "this is no web address; write it as https://example.org": (
        "ce n'est pas une adresse web ; écrivez-la comme https://example.org"
    ),
    "this is no registration number: write a SIREN (9 digits), a SIRET (14 digits) or an RNA (W "
    "and 9 digits); look for a digit that is missing or mistyped": (
        "ce n'est pas un numéro d'immatriculation : écrivez un SIREN (9 chiffres), un SIRET "
        "(14 chiffres) ou un RNA (W et 9 chiffres) ; cherchez un chiffre manquant ou mal saisi"
    ),
    "{name} is no id; write letters, digits and . _ : @ -, at most 120": (
        "{name} n'est pas un identifiant ; écrivez des lettres, des chiffres et . _ : @ -, 120 au "
        "plus"
    ),
    "Field required": "à remplir",
    "Input should be a valid string": "devrait être un texte",
    "Input should be a valid integer": "devrait être un nombre entier",
    "Input should be a valid boolean": "devrait être true ou false",
    "Input should be greater than or equal to {least}": "devrait valoir {least} au moins",
    "Input should be less than or equal to {most}": "devrait valoir {most} au plus",
    "Input should be {expected}": "devrait être {expected}",
    "Extra inputs are not permitted": "ce champ n'existe pas",
    "String should match pattern {pattern}": "ne suit pas le modèle {pattern}",
    # webhooks
    "there are no events of type {types}": "aucun événement n'est de la sorte {types}",
    "a description has at most {most} signs": "une description a {most} signes au plus",
    "this is no URL: write https://HOST/PATH": (
        "ce n'est pas une adresse web : écrivez https://HÔTE/CHEMIN"
    ),
    "this is no URL of a web service: write https://HOST/PATH, in ASCII": (
        "ce n'est pas l'adresse d'un service web : écrivez https://HÔTE/CHEMIN, en ASCII"
    ),
    "a URL with a user, a password or a # is not kept: leave them out": (
        "une adresse avec un nom d'utilisateur, un mot de passe ou un # n'est pas gardée : "
        "retirez-les"
    ),
    "events are sent by https alone: give such a URL, or set {setting}, where all who add webhooks "
    "are trusted": (
        "les événements ne partent qu'en https : donnez une telle adresse, ou fixez {setting} là "
        "où quiconque ajoute des webhooks est digne de confiance"
    ),
    "{host} is not a public address: give one, or set {setting}, where all who add webhooks are "
    "trusted": (
        "{host} n'est pas une adresse publique : donnez-en une, ou fixez {setting} là où quiconque "
        "ajoute des webhooks est digne de confiance"
    ),
    "a description has no NUL character": "une description n'a pas de caractère nul",
    "{count} months": "{count} mois",
    "{count} days": "{count} jours",
    "{count} hours": "{count} heures",
    # at last what could be many of those above
    "another {what} has this id": "cet identifiant est déjà pris ({what})",
    "the {what} {name} is missing": "il manque {name} ({what})",
    "there is no {what} named {name}": "rien ne s'appelle ainsi ({what}) : {name}",
}
"""The French of each sentence, by the English one. The first that fits counts."""

THINGS: Final[Mapping[str, str]] = {
    "stage": "étape",
    "gate": "passage",
    "condition": "condition",
    "kind of document": "type de document",
    "remedy": "remède",
    "command": "commande",
    "subject": "objet de décision",
    "rule": "règle",
    "id": "identifiant",
    "letter": "signe",
    "nothing": "rien",
    "a mapping": "un ensemble de clés",
    "a list": "une liste",
    "a text": "un texte",
    "a whole number": "un nombre entier",
    "true or false": "true ou false",
    "what it is": "ce qu'il est",
    "registration_number": "le numéro d'immatriculation",
    "email": "l'adresse",
}
"""Words that stand in such sentences."""
