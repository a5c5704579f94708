"""Workflows that are packed up as a whole, and carried on elsewhere."""

from __future__ import annotations

from pydantic_core import to_json

from coopflow.application.cooperation_file import Packed
from coopflow.application.engine import Address, UnknownCooperationError
from coopflow.definitions.compile import compile_family
from coopflow.domain.shedding import relieve
from coopflow.domain.state import Cooperation
from coopflow.temporal.client import TemporalEngine
from coopflow.temporal.messages import Carried
from coopflow.temporal.workflow import STATE_RELIEF


class WholeWorkflows:
    """The workflows of an engine; the port ``Workflows`` of transferring.

    Every method may raise EngineUnavailableError, and KeysError when a key is missing here.
    """

    def __init__(self, engine: TemporalEngine) -> None:
        """Use an engine."""
        self._engine = engine

    async def pack(self, address: Address) -> tuple[Packed, int] | None:
        """Return what a workflow knows, once the read model has all its entries, and how many."""
        try:
            carried = await self._engine.carried(address)
        except UnknownCooperationError:
            return None
        seq = carried.state.seq
        if not seq:
            return None
        if carried.projected_seq < seq:
            await self._engine.until_projected(address, seq)
        packed = Packed(
            mode=carried.mode,
            definitions=(carried.definition, *carried.offers),
            receipts=carried.receipts,
            head=carried.head,
            pepper=carried.pepper,
        )
        return packed, seq

    async def lives(self, address: Address) -> bool:
        """Whether a cooperation has a workflow, which may have ended."""
        try:
            return (await self._engine.journal_head(address)).seq > 0
        except UnknownCooperationError:
            return False

    async def carry_on(self, address: Address, state: Cooperation, packed: Packed) -> None:
        """Let a cooperation live from a state on, unless it does."""
        first, *offers = packed.definitions
        if len(to_json(state)) > STATE_RELIEF:
            rules = compile_family(*packed.definitions)
            state = relieve(state, rules, lambda one: len(to_json(one)) <= STATE_RELIEF // 2)
        carried = Carried(
            definition=first,
            offers=tuple(offers),
            mode=packed.mode,
            state=state,
            receipts=packed.receipts,
            projected_seq=state.seq,
            imported_to=state.seq,
            head=packed.head,
            pepper=packed.pepper,
        )
        await self._engine.carry_on(address, carried)
