"""Webhooks, as those see them who keep them."""

from __future__ import annotations

from dataclasses import dataclass

from coopflow.outgoing.deliveries import Deliveries
from coopflow.outgoing.endpoints import Endpoints


@dataclass(frozen=True)
class Webhooks:
    """The parts with which webhooks are kept.

    Attributes:
        endpoints: who is told.
        deliveries: what was told and what is to be told.
    """

    endpoints: Endpoints
    deliveries: Deliveries
