"""Proposing a policy: what is followed already, and what only bears the same name."""

from __future__ import annotations

from coopflow.application.adopting import Terms, propose
from coopflow.application.engine import Address, Reply
from coopflow.application.memory import MemoryEngine
from coopflow.domain.rulebook import Definition
from tests.collective import START, reference_rules
from tests.temporal_engine import grants_of, opening

HERE = Address("prog", "coop")
TERMS = Terms("fay", "Shall we?")


async def _opened() -> MemoryEngine:
    rules = reference_rules()
    engine = MemoryEngine({rules.definition.digest: rules})
    reply = await engine.open(
        rules.definition, opening(HERE, at=START.isoformat()), grants_of("pam")
    )
    assert isinstance(reply, Reply)
    return engine


async def test_what_is_followed_already_is_not_proposed() -> None:
    """The policy of the day, proposed again, is said to be followed."""
    proposal = await propose(await _opened(), HERE, reference_rules().definition, TERMS)
    assert (proposal.outcome, proposal.decision, proposal.detail) == ("followed", None, "")


async def test_other_content_under_the_same_version_is_refused() -> None:
    """Whoever changed a file and not its version is told so, not that it is followed."""
    known = reference_rules().definition
    changed = Definition(
        lifecycle=known.lifecycle,
        policy={**known.policy, "clocks": {"cure": {"days": 120}}},
        digest="changed",
    )
    proposal = await propose(await _opened(), HERE, changed, TERMS)
    assert proposal.outcome == "refused"
    assert "give this one a version of its own" in proposal.detail


async def test_where_there_is_no_cooperation_it_is_refused() -> None:
    """An address without a cooperation is reported among the others."""
    elsewhere = Address("prog", "nowhere")
    proposal = await propose(await _opened(), elsewhere, reference_rules().definition, TERMS)
    assert proposal.outcome == "refused"
    assert "nowhere" in proposal.detail
