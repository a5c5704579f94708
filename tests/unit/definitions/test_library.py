"""Finding and loading definitions: where files lie, and every fault at once with its place."""

from functools import cache
from pathlib import Path

import pytest

from coopflow.definitions import library
from coopflow.definitions.faults import Fault, FaultsError, listing, suggestion
from coopflow.definitions.library import (
    UnknownNameError,
    available,
    documents_in,
    find,
    load_definition,
    load_policy,
    offered,
    policy_beside,
    read_definition,
    scenarios_beside,
    shelf,
    shipped,
)
from coopflow.definitions.yaml import Document, loads

LIFECYCLE = find("workflows", "impact-collectif").read_text(encoding="utf-8")
POLICY = find("policies", "reference").read_text(encoding="utf-8")


def _line(text: str, part: str) -> int:
    """Return the line on which a part of a text first stands."""
    return text[: text.index(part)].count("\n") + 1


@cache
def _document(text: str, file: str) -> Document:
    return loads(text, file)


def _faults(lifecycle: str = LIFECYCLE, policy: str = POLICY) -> list[Fault]:
    """Return what is wrong with two contents."""
    with pytest.raises(FaultsError) as caught:
        read_definition(_document(lifecycle, "lifecycle"), _document(policy, "policy"))
    return list(caught.value.faults)


def _changed(text: str, *changes: tuple[str, str]) -> str:
    """Replace the first occurrence of each part, which must be there."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def test_the_reference_definition_loads() -> None:
    """What is shipped has no fault, and is called by name and version."""
    definition = load_definition("impact-collectif", "reference")
    assert definition.lifecycle_name == "impact-collectif@1"
    assert definition.policy_name == "reference@1"


@pytest.mark.parametrize(
    ("old", "new", "path", "message"),
    [
        (
            "when: vision.contributors >= 3",
            "when: vision.contributor >= 3",
            "conditions[0].criteria[0].when",
            "there is no fact named vision.contributor (did you mean vision.contributors?)",
        ),
        (
            "when: map.actors >= 5",
            "when: map.actors >= 5.0",
            "conditions[1].criteria[0].when",
            (
                "found no matching overload for '_>=_' applied to '(int, double)' "
                "(compare whole numbers with 2, ratios with 2.0)"
            ),
        ),
        (
            "when: charter.signed_share >= 2.0/3.0",
            "when: charter.signed_share",
            "gates.to_animation.guards[0].when",
            "the expression gives double, not true or false (compare it with something)",
        ),
        (
            "remedies: [adopt-vision]",
            "remedies: [adopt-visions]",
            "conditions[0].criteria[1].remedies[0]",
            "there is no remedy named adopt-visions (did you mean adopt-vision?)",
        ),
        (
            "- id: vision-adopted",
            "- id: vision-contributors",
            "conditions[0].criteria[1].id",
            "another criterion, guard or piece of advice has this id",
        ),
        (
            "- id: members-enough",
            "- id: map-actors",
            "gates.to_structuration.guards[0].id",
            "another criterion, guard or piece of advice has this id",
        ),
        ("letter: B", "letter: A", "conditions[1].letter", "another condition has this letter"),
        (
            "minima: {common_plan: 2,",
            "minima: {comon_plan: 2,",
            "gates.to_structuration.minima.comon_plan",
            "there is no condition named comon_plan (did you mean common_plan?)",
        ),
        (
            "  renewal:\n    minima",
            "  renewel:\n    minima",
            "gates.renewel",
            "there is no gate named renewel (did you mean renewal?)",
        ),
        (
            "never_short: [support]",
            "never_short: [money]",
            "ratification.never_short[0]",
            (
                "there is no condition named money (known: common_plan, mutual_actions, "
                "shared_evaluation, communication, support)"
            ),
        ),
        (
            "quarterly: {every: {months: 3}, stages: [animation]}",
            "quarterly: {every: {months: 3}, stages: [animations]}",
            "reviews.cadence.quarterly.stages[0]",
            "there is no stage named animations (did you mean animation?)",
        ),
        (
            "steps: [sign_charter]",
            "steps: [sign_charters]",
            "remedies.sign-charter.steps[0]",
            "there is no command named sign_charters (did you mean sign_charter?)",
        ),
        (
            "mandate: consent",
            "mandates: consent",
            "decisions.rules.mandates",
            "there is no subject named mandates (did you mean mandate?)",
        ),
        (
            "gate: [silence]",
            "gate: [silent]",
            "decisions.not_allowed.gate[0]",
            "there is no rule named silent (did you mean silence?)",
        ),
        (
            "document:charter: [silence]",
            "document:chart: [silence]",
            "decisions.not_allowed.document:chart",
            "there is no subject named document:chart (did you mean document:charter?)",
        ),
        (
            "never_for: [document:charter, exclusion, gate]",
            "never_for: [document:charter, exclusion, gates]",
            "decisions.second_call.never_for[2]",
            "there is no subject named gates (did you mean gate?)",
        ),
        (
            "  # Mutual actions\n",
            "  meetings: {fact: attendance, last: 2}\n",
            "facts.meetings",
            "meetings is a published fact already (name the reading otherwise)",
        ),
        (
            "    quarterly: {days: 137}\n",
            "",
            "measures.current_for",
            "the frequency quarterly is missing",
        ),
        (
            "    roadmap: {rule: consent, valid: {months: 6}}\n",
            "",
            "documents.kinds",
            "the kind of document roadmap is missing",
        ),
        (
            "gate: consent",
            "gate: consnt",
            "decisions.rules.gate",
            "there is no rule named consnt (did you mean consent?)",
        ),
        (
            "exclusion: {name: qualified_majority, threshold: 2/3,",
            "exclusion: {name: qualified_majority, treshold: 2/3,",
            "decisions.rules.exclusion.treshold",
            "unknown key (did you mean threshold?)",
        ),
        (
            "per_holder: 2",
            "per_holder: 2\n    per_member: 1",
            "decisions.delegation.per_member",
            "unknown key (did you mean per_holder?)",
        ),
        ("  rounds: 3\n", "", "decisions.rounds", "the key is missing"),
        (
            "quorum: 1/2\n  open_for",
            "quorum: a half\n  open_for",
            "ratification.quorum",
            "a ratio is written as 2/3, 0.5 or 1",
        ),
        (
            "remedy_within: {days: 90}",
            "remedy_within: {}",
            "ratification.remedy_within",
            "a span has months, days or hours",
        ),
        (
            "remedy_within: {days: 90}",
            "remedy_within: 90",
            "ratification.remedy_within",
            "should be a mapping, not 90",
        ),
        ("version: 1", "version: 0", "version", "should be greater than or equal to 1"),
        ("version: 1", "version: one", "version", "should be a valid integer, unable to parse"),
        (
            "fr: Politique de référence",
            "fr: 2026",
            "label.fr",
            "should be a text, not 2026 (put it in quotes)",
        ),
        (
            "letter: C",
            "letter: CC",
            "conditions[2].letter",
            "CC does not match the pattern ^[A-Z]$",
        ),
        (
            "vision_adopted: {fact: document.usable, kind: shared_vision}",
            "vision_adopted: {fact: document.usable, kind: sharedvision}",
            "facts.vision_adopted.kind",
            (
                "should be 'shared_vision', 'stakeholder_map', 'identity_sheet', 'value_chain', "
                "'charter', 'roadmap', 'feedback_loop' or 'support_model', not sharedvision "
                "(did you mean shared_vision?)"
            ),
        ),
        (
            "chain_leads: {fact: chain.least, of: leads}",
            "chain_leads: {fact: chain.most, of: leads}",
            "facts.chain_leads.fact",
            "there is no fact named chain.most (did you mean chain.least?)",
        ),
        (
            "chain_leads: {fact: chain.least, of: leads}",
            "chain_leads: {of: leads}",
            "facts.chain_leads",
            "the key fact is missing",
        ),
        (
            "steps: [sign_charter]",
            "steps: []",
            "remedies.sign-charter.steps",
            "is empty",
        ),
        (
            "remedies: [adopt-vision]",
            "remedies: adopt-vision",
            "conditions[0].criteria[1].remedies",
            "should be a list, not adopt-vision",
        ),
        (
            "lasting: true",
            "lasting: maybe",
            "gates.to_structuration.guards[0].lasting",
            "should be a valid boolean, unable to interpret input",
        ),
    ],
)
def test_each_fault_of_a_policy_has_its_place(old: str, new: str, path: str, message: str) -> None:
    """One mistake in the reference policy gives one fault, with its path, words and line."""
    found = _faults(policy=_changed(POLICY, (old, new)))
    assert [fault.path for fault in found] == [path]
    assert str(found[0]).partition(f": {path}: ")[2].startswith(message)
    first = _line(POLICY, old)
    assert first - 60 <= found[0].line <= first + new.count("\n") + 1
    assert found[0].file == "policy"


def test_lines_and_columns_are_exact() -> None:
    """The place of a fault is that of the word, key or expression at fault."""
    policy = _changed(
        POLICY,
        ("when: vision_adopted", "when: sheet_adopted && vision_adoptd"),
        ("      fr: Une fonction de soutien\n", ""),
        ("per_holder: 2", "per_holdr: 2"),
        ("policy: reference", "policy: the reference"),
        (
            "when: sheet.goals >= 3",
            "when: |\n          sheet.goals >= 3 &&\n          sheet.gaols > 1",
        ),
    )
    lines = policy.splitlines()
    found = {fault.path: fault for fault in _faults(policy=policy)}
    assert set(found) == {
        "policy",
        "conditions[0].criteria[1].when",
        "conditions[2].criteria[0].when",
        "conditions[4].label.fr",
        "decisions.delegation.per_holdr",
        "decisions.delegation.per_holder",
    }
    for path, word in (
        ("policy", "the reference"),
        ("conditions[0].criteria[1].when", "vision_adoptd"),
        ("conditions[2].criteria[0].when", "sheet.gaols"),
        ("conditions[4].label.fr", "label:"),
        ("decisions.delegation.per_holdr", "per_holdr"),
        ("decisions.delegation.per_holder", "delegation:"),
    ):
        assert lines[found[path].line - 1][found[path].column - 1 :].startswith(word)


def test_faults_of_shape_and_of_sense_come_together() -> None:
    """A missing label, an unknown fact, a wrong type and a repeated key are said in one go."""
    policy = _changed(
        POLICY,
        ("    label:\n      fr: Un plan d'action commun\n      en: A common plan of action\n", ""),
        ("when: map.actors >= 5", "when: map.actor >= 5"),
        ("when: map.categories >= 3", "when: map.categories >= 3.0"),
        ("alerts:\n", "alerts: {}\nalerts:\n"),
    )
    messages = [
        fault.message for fault in _faults(LIFECYCLE.replace("leaves: impulsion", ""), policy)
    ]
    assert len(messages) == 12
    assert "there is no fact named map.actor" in messages
    assert "the key is given twice, first on line" in "".join(messages)
    assert messages.count("the key is missing") == 9  # a label, a gate's stage, seven alerts


def test_a_condition_given_twice_is_a_fault() -> None:
    """Two conditions of one id are told apart by nothing; what named the lost one is said too."""
    found = _faults(policy=_changed(POLICY, ("- id: mutual_actions", "- id: common_plan")))
    assert found[0].path == "conditions[1].id"
    assert found[0].message == "another condition has this id"
    assert {fault.message for fault in found[1:]} == {"there is no condition named mutual_actions"}


def test_a_gap_between_levels_is_a_fault() -> None:
    """A level without criteria under one that has some can only be a mistake."""
    policy = POLICY.replace("        level: 3\n", "        level: 4\n")
    found = _faults(policy=policy)
    gaps = [fault for fault in found if "level 3 has no criterion" in fault.message]
    assert len(gaps) == 5
    assert gaps[0].path == "conditions[0].criteria"
    assert gaps[0].remedy == "give each level up to the highest a criterion"


def test_a_minimum_beyond_the_highest_level_is_a_fault() -> None:
    """No gate may ask for a level that the condition does not have."""
    policy = _changed(POLICY, ("        level: 4\n", "        level: 3\n"))
    policy = _changed(policy, ("        level: 4\n", "        level: 3\n"))
    policy = policy.replace("minima: {common_plan: 3,", "minima: {common_plan: 4,")
    assert {(f.path, f.message) for f in _faults(policy=policy)} == {
        (f"gates.{gate}.minima.common_plan", "the condition has no level 4, its highest is 3")
        for gate in ("to_animation", "renewal")
    }


@pytest.mark.parametrize(
    ("old", "new", "path", "message"),
    [
        ("  - id: structuration", "  - id: impulsion", "stages[1].id", "another stage has this id"),
        ("- id: renewal", "- id: to_animation", "gates[2].id", "another gate has this id"),
        (
            "leaves: structuration",
            "leaves: structurations",
            "gates[1].leaves",
            "there is no stage named structurations (did you mean structuration?)",
        ),
        (
            "falls_back_to: structuration",
            "falls_back_to: structurations",
            "stages[2].falls_back_to",
            "there is no stage named structurations (did you mean structuration?)",
        ),
        (
            "falls_back_to: impulsion",
            "falls_back_to: structuration",
            "stages[1].falls_back_to",
            "falling back from here comes round to this stage",
        ),
        (
            "falls_back_to: impulsion",
            "falls_back_to: animation",
            "stages[1].falls_back_to",
            "falling back from here comes round to this stage",
        ),
        ("enters: structuration", "enters: impulsion", "stages[1].id", "no gate leads into"),
        (
            "tools: [value_chain, charter]",
            "tools: [value_chain, charters]",
            "stages[1].tools[1]",
            "there is no kind of document named charters (did you mean charter?)",
        ),
        ("term: {months: 12}", "term: {month: 12}", "gates[2].term.month", "unknown key (did you"),
        (
            "term: {months: 12}",
            "term: {zzz: 1}",
            "gates[2].term.zzz",
            "unknown key (known: months,",
        ),
        ("    leaves: impulsion\n", "", "gates[0].leaves", "the key is missing"),
    ],
)
def test_each_fault_of_a_lifecycle_has_its_place(
    old: str, new: str, path: str, message: str
) -> None:
    """A mistake in the lifecycle gives a fault with its path and words, said once."""
    found = [fault for fault in _faults(_changed(LIFECYCLE, (old, new))) if fault.path == path]
    assert len(found) == 1
    assert str(found[0]).partition(f": {path}: ")[2].startswith(message)
    assert found[0].file == "lifecycle"


def test_what_a_shape_says_of_the_whole_is_not_repeated() -> None:
    """A fault that a check places exactly is not said again without a place."""
    found = _faults(_changed(LIFECYCLE, ("leaves: structuration", "leaves: nowhere")))
    assert [fault.path for fault in found] == ["gates[1].leaves"]


def test_contents_of_any_shape_are_only_faults() -> None:
    """Whatever stands where, the answer is a list of faults."""
    for odd in ("5", "[]", "[5, [], {}]", "{}", "{a: 5, b: []}", "text", "null"):
        for key in (
            "facts",
            "remedies",
            "conditions",
            "advice",
            "gates",
            "ratification",
            "documents",
            "decisions",
            "reviews",
            "measures",
        ):
            assert _faults(f"stages: {odd}\ngates: {odd}\n", f"{key}: {odd}\n")
    assert _faults(policy=POLICY.replace("level: 2\n", f"level: {10**30}\n"))
    assert _faults(policy="remedies: {a: {steps: [5, draft_documents]}}\n")


def test_faults_of_both_files_come_together(tmp_path: Path) -> None:
    """Two unreadable files are reported at once, and nothing else is tried."""
    lifecycle, policy = tmp_path / "a.yaml", tmp_path / "b.yaml"
    lifecycle.write_text("[")
    with pytest.raises(FaultsError) as caught:
        load_definition(lifecycle, policy)
    assert [Path(fault.file).name for fault in caught.value.faults] == ["a.yaml", "b.yaml"]
    assert str(caught.value).count("\n") == 1


def test_a_file_may_be_named_by_its_path(tmp_path: Path) -> None:
    """A path, or text that ends like a YAML file, means that file."""
    path = tmp_path / "own.yaml"
    path.write_text(_changed(POLICY, ("policy: reference", "policy: own")), encoding="utf-8")
    assert load_definition("impact-collectif", path).policy_name == "own@1"
    assert load_definition("impact-collectif", str(path)).policy_name == "own@1"


def test_unknown_names_list_what_there_is() -> None:
    """A name that is not there is answered with those that are; no name leads out of the folder."""
    with pytest.raises(UnknownNameError) as caught:
        load_definition("impact-collectif", "refrence")
    assert str(caught.value) == (
        "there is no policy named refrence; did you mean reference? "
        f"there are: {', '.join(available('policies'))}; "
        "or give the path of a file, ending in .yaml"
    )
    with pytest.raises(UnknownNameError, match=r"there is no lifecycle named \.\./policies/"):
        find("workflows", "../policies/reference")


def test_schemas_are_no_definitions() -> None:
    """What lies beside the definitions is not listed among them."""
    assert list(available("workflows")) == ["essaimage", "impact-collectif"]
    assert list(available("policies")) == ["essaimage", "light", "public-funding", "reference"]
    assert set(available("examples")) >= {"bocage-gourmand", "cap-jeunes-valdore"}


def test_the_installed_folders_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package reads what was shipped with it; without files there are no names."""
    package = tmp_path / "src" / "coopflow"
    monkeypatch.setattr(library, "_PACKAGE", package)
    assert shelf("policies") == tmp_path / "policies"
    assert available("policies") == {}
    shipped = package / "_shipped" / "policies"
    shipped.mkdir(parents=True)
    (shipped / "own.yaml").write_text("policy: own\n")
    (shipped / "own.scenario.yaml").write_text("scenario: own\n")
    assert available("policies") == {"own": shipped / "own.yaml"}
    with pytest.raises(UnknownNameError, match="there are: none"):
        find("workflows", "any")


def test_faults_are_written_on_one_line_and_sorted() -> None:
    """A fault is FILE:LINE:COLUMN: path: message (remedy), those of a file in order."""
    late = Fault("f", 3, 1, "a[0].b", "is wrong", "do this")
    early = Fault("f", 2, 9, "", "is odd")
    assert str(FaultsError([late, early])) == "f:2:9: is odd\nf:3:1: a[0].b: is wrong (do this)"


def test_suggestions() -> None:
    """The nearest known word is suggested, and something else when none is near."""
    assert suggestion("annimation", ["animation", "impulsion"]) == "did you mean animation?"
    assert suggestion("xyz", ["animation"], otherwise="look it up") == "look it up"


def test_listings_are_cut_short() -> None:
    """What may be written is listed, but never in dozens."""
    assert listing([]) == ""
    assert listing("ab") == "known: a, b"
    assert listing("abcdefghijklm") == "known: a, b, c, d, e, f, g, h, i, j, k, l, …"


@pytest.mark.parametrize(
    ("policy", "is_there"), [("light@1", True), ("light@2", False), ("none@1", False)]
)
def test_a_policy_of_the_library_is_offered_by_name_and_version(
    policy: str, *, is_there: bool
) -> None:
    """Only that very version is."""
    found = offered("impact-collectif", policy)
    assert (found is not None and found.policy_name == policy) is is_there


@pytest.mark.parametrize(
    ("scenario", "policy"),
    [
        ("valley.scenario.yaml", "valley.yaml"),
        ("valley.harvest.scenario.yaml", "valley.yaml"),
        ("valley.late.scenario.yaml", "valley.late.yaml"),
        ("valley.late.frost.scenario.yaml", "valley.late.yaml"),
        ("hill.scenario.yaml", "hill.yml"),
        ("plain.scenario.yaml", None),
        ("valley.yaml", None),
        (".scenario.yaml", None),
    ],
)
def test_a_scenario_belongs_to_the_policy_beside_that_it_is_named_after(
    tmp_path: Path, scenario: str, policy: str | None
) -> None:
    """The longest name counts; what is not named like a scenario belongs to none."""
    for name in ("valley.yaml", "valley.late.yaml", "hill.yml"):
        (tmp_path / name).touch()
    assert policy_beside(tmp_path / scenario) == (policy and tmp_path / policy)


def test_the_scenarios_of_a_policy_are_beside_it_under_its_name(tmp_path: Path) -> None:
    """Of its name alone, or of its name and more; those of other policies are theirs."""
    ours = ("valley.late.scenario.yaml", "valley.scenario.yaml")
    for name in (*ours, "valley.yaml", "hill.scenario.yaml", "valleys.scenario.yaml"):
        (tmp_path / name).touch()
    assert scenarios_beside(tmp_path / "valley.yaml") == [tmp_path / name for name in ours]


@pytest.mark.parametrize("line", ["", "lifecycle: impact-collectif\n", "lifecycle: essaimage\n"])
def test_a_policy_says_which_lifecycle_it_is_for(tmp_path: Path, line: str) -> None:
    """Without a word it is that of the method; whoever names another one tries it with that."""
    base = "essaimage" if "essaimage" in line else "reference"
    policy = tmp_path / "own.yaml"
    policy.write_text(f"policy: own\nversion: 1\nextends: {base}\nlabel: {{fr: A, en: A}}\n{line}")
    expected = "essaimage" if line == "lifecycle: essaimage\n" else "impact-collectif"
    assert load_definition(None, policy).lifecycle["lifecycle"] == expected
    if expected == "essaimage":
        with pytest.raises(FaultsError):
            load_definition("impact-collectif", policy)


def test_an_extension_is_for_the_lifecycle_of_what_it_extends(tmp_path: Path) -> None:
    """It need not say so again."""
    policy = tmp_path / "own.yaml"
    policy.write_text("policy: own\nversion: 1\nextends: essaimage\nlabel: {fr: A, en: A}\n")
    assert load_definition(None, policy).lifecycle_name == "essaimage@1"


@pytest.mark.parametrize(
    ("word", "said"),
    [
        (
            "esaimage",
            "5:12: lifecycle: there is no lifecycle named esaimage (did you mean essaimage?)",
        ),
        ("[essaimage]", "5:12: lifecycle: should be a text, not a list"),
    ],
)
def test_a_lifecycle_that_is_none_is_a_fault(tmp_path: Path, word: str, said: str) -> None:
    """It is told with its place."""
    policy = tmp_path / "own.yaml"
    policy.write_text(
        f"policy: own\nversion: 1\nextends: reference\nlabel: {{fr: A, en: A}}\nlifecycle: {word}\n"
    )
    with pytest.raises(FaultsError) as caught:
        load_definition(None, policy)
    assert str(caught.value) == f"{policy}:{said}"


@pytest.mark.parametrize(
    ("every", "said"),
    [
        ("{hours: 23}", "reviews are convened once a day at most"),
        ("soon", "should be a mapping, not soon"),
    ],
)
def test_reviews_are_convened_once_a_day_at_most(tmp_path: Path, every: str, said: str) -> None:
    """A shorter cadence would fill the journal with nothing else."""
    policy = tmp_path / "own.yaml"
    policy.write_text(
        "policy: own\nversion: 1\nextends: reference\nlabel: {fr: A, en: A}\n"
        f"reviews: {{cadence: {{quarterly: {{every: {every}}}}}}}\n"
    )
    with pytest.raises(FaultsError) as caught:
        load_definition(None, policy)
    assert str(caught.value) == f"{policy}:5:40: reviews.cadence.quarterly.every: {said}"


def test_what_is_shipped_is_found_by_name_and_version() -> None:
    """A policy is whole, with what it extends; another version is not what is shipped."""
    assert shipped("lifecycle", "impact-collectif@1") == loads(LIFECYCLE, "lifecycle.yaml").data
    assert shipped("policy", "light@1") == load_policy(find("policies", "light")).data
    assert shipped("policy", "light@99") is None
    assert shipped("policy", "unheard-of@1") is None


@pytest.mark.parametrize("base", ["reference", "reference.yaml", "reference.yml"])
def test_a_text_from_elsewhere_extends_the_library(base: str) -> None:
    """It is filled in by a policy of the library, whatever ending its name has."""
    text = f"policy: ours\nversion: 1\nextends: {base}\nlabel: {{fr: Nous, en: Us}}\n"
    definition = read_definition(*documents_in(text, "ours.yaml"))
    assert definition.policy_name == "ours@1"
    assert (
        definition.policy["conditions"] == load_definition(None, "reference").policy["conditions"]
    )


@pytest.mark.parametrize("base", ["nothing-there", "../reference", "nothing-there.yaml"])
def test_a_text_from_elsewhere_reads_no_other_files(
    base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file beside is not taken for a policy: only those of the library are."""
    (tmp_path / "nothing-there.yaml").write_text(POLICY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    text = f"policy: ours\nversion: 1\nextends: {base}\nlabel: {{fr: Nous, en: Us}}\n"
    with pytest.raises(FaultsError) as caught:
        documents_in(text, "ours.yaml")
    assert [fault.path for fault in caught.value.faults] == ["extends"]
