from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from coopflow.application.callers import Language
from coopflow.domain.conditions import FactRead
from coopflow.domain.explanation import examine
from coopflow.papers.about import About, NoSuchPaperError
from coopflow.papers.dossier import dossier, focused
from coopflow.papers.lives import Life
from coopflow.papers.paper import Heading, Paper
from coopflow.papers.proofs import Proofs
from coopflow.papers.typesetting import typeset
from tests.collective import Collective
from tests.integration.readmodel.lives import EXAMPLES
from tests.papers import about, life_of, lived, words_of, young
from tests.pdfs import assert_accessible

GATES = ("to_structuration", "to_animation", "renewal")
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.yaml"))
OF_KIND = {"pulse", "mandate"}
"""Sources whose id is no field of the entry that proves them."""


def looking(life: Life, gate: str, language: Language = "en", *roles: str) -> About:
    """Return what the dossier of a gate needs: the state before it was requested last."""
    looked = focused(life, gate)
    it = about(looked, language, *roles)
    return it if looked is life else replace(it, at=life.entries[len(looked.entries)].at)


def facts(life: Life, gate: str) -> list[FactRead]:
    it = looking(life, gate)
    assert it.rules is not None
    found = examine(it.state, gate, it.at, it.rules)
    return [
        fact
        for finding in (*found.guards, *found.criteria, *found.advice)
        for fact in finding.facts
    ]


def links(paper: Paper) -> set[str]:
    """Return the anchors that a paper links to."""
    return set(_links(paper.as_json()["blocks"]))


def _links(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["to"]] if value.get("to") else []
        return own + [one for part in value.values() for one in _links(part)]
    if isinstance(value, (list, tuple)):
        return [one for part in value for one in _links(part)]
    return []


def quoted(paper: Paper) -> set[str]:
    return {one.anchor for one in paper.blocks if isinstance(one, Heading) and one.anchor}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("gate", GATES)
async def test_every_fact_is_proved_or_said_to_come_from_nothing(name: str, gate: str) -> None:
    """By entries that are about the thing that the fact comes from, and are before the verdict."""
    life = await lived(name)
    looked = focused(life, gate)
    it = looking(life, gate)
    assert it.rules is not None
    proofs = Proofs(looked.entries, it.state, it.rules)

    for fact in facts(life, gate):
        proof = proofs.of(fact)
        assert proof.entries or proof.looked_at == looked.entries[-1].seq
        assert bool(fact.sources) == (proof.looked_at is None)
        assert all(1 <= seq <= len(looked.entries) for seq in proof.entries)
        told = [json.dumps(life.record(seq)["event"]) for seq in proof.entries]
        for source in fact.sources:
            if source.kind not in OF_KIND:
                about_it = [text for text in told if f'"{source.id}"' in text]
                assert about_it, (fact.name, source)
            if source.version is not None:
                assert any(f'"version": {source.version}' in text for text in told)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("gate", GATES)
async def test_it_says_what_the_journal_says(name: str, gate: str) -> None:
    """The verdict that it explains is the one that was recorded."""
    life = await lived(name)
    it = looking(life, gate)
    assert it.rules is not None
    after = life.entries[it.state.seq :][:1]
    if after and after[0].event.type == "gate_requested":
        recorded = dict(after[0].event)["verdict"]
        found = examine(it.state, gate, it.at, it.rules)
        assert (found.result, found.unmet) == (recorded.result, recorded.unmet)


@pytest.mark.parametrize("gate", GATES)
async def test_each_link_leads_to_an_entry_of_the_annex(gate: str) -> None:
    """And nothing is quoted that no statement cites."""
    life = await lived()
    paper = dossier(looking(life, gate), life, gate)

    assert links(paper) == quoted(paper)
    assert len(quoted(paper)) > 10
    numbers = [int(anchor.removeprefix("entry-")) for anchor in quoted(paper)]
    said = words_of(paper)
    for number in numbers:
        assert life.record(number)["event"]["type"] in said


async def test_the_file_links_what_it_cites() -> None:
    """Each link of the file goes to a page, says where to, and is in the structure."""
    life = await lived()

    pdf = assert_accessible(typeset(dossier(looking(life, "renewal", "fr"), life, "renewal")), "fr")

    assert len(list(pdf.structure.all("Link"))) > 100
    assert "favorable[écriture251]" in "".join(pdf.text.split())
    (figure,) = pdf.structure.all("Figure")
    assert "Animation et pérennisation" in str(figure.alternative)


def test_what_comes_from_nothing_says_how_far_was_looked() -> None:
    """Of a young cooperation hardly anything is proved."""
    life = young()
    said = words_of(dossier(about(life), life, "to_structuration"))

    last = len(life.entries)
    assert f"no entry proves it: nothing of the kind in entries 1 to {last}" in said
    assert "This gate has never been requested." in said
    assert "✗ not met" in said


async def test_who_may_not_read_the_journal_has_the_numbers_alone() -> None:
    """A funder sees that each statement is proved; the entries are for those inside."""
    life = await lived()
    paper = dossier(looking(life, "renewal", "en", "funder"), life, "renewal")

    assert not links(paper)
    assert not quoted(paper)
    said = words_of(paper)
    assert "251" in said.split("\n")
    assert "They are quoted for those who may read the journal." in said


def test_secret_choices_are_not_quoted() -> None:
    """Neither in the annex nor in the sentences."""
    coop = Collective(3)
    coop.do(
        "rep-alpha",
        "raise_disagreement",
        disagreement="x",
        subject="Money",
        content="Nobody told us",
        parties=["alpha", "beta"],
        touches="money",
        blocking=True,
    )
    coop.do("fay", "triage_disagreement", disagreement="x", verdict="accept", blocking=True)
    life = life_of(coop.journal)

    said = words_of(dossier(about(life), life, "to_structuration"))

    assert "disagreement_raised" in said
    assert "blocked" in said
    assert "told us" not in said


@pytest.mark.parametrize("roles", [(), ("mediator",)])
def test_there_is_none_of_a_gate_that_is_not_there(roles: tuple[str, ...]) -> None:
    """Nor for who may not read about gates."""
    life = young()

    with pytest.raises(NoSuchPaperError):
        dossier(about(life, "en", *roles), life, "renewal" if roles else "to_the_moon")
    with pytest.raises(NoSuchPaperError):
        dossier(replace(about(life), rules=None), life, "renewal")
