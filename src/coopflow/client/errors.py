"""What a client cannot do, apart from what cooperations refuse."""

from __future__ import annotations

from collections.abc import Sequence

from coopflow.application.engine import Address, Reply, UnavailableError, UnknownCooperationError


class NobodyActsError(ValueError):
    """It was not said who gives a command, or who wants to read."""

    def __init__(self) -> None:
        super().__init__(
            "nobody was named who does this: pass actor=, or name a person once, with "
            "acting_as(person) or person= where the client is made"
        )


class NoReadModelError(RuntimeError):
    """A question needs the read model, and this client was made without one."""

    def __init__(self) -> None:
        super().__init__(
            "this client was given an engine and no read model: connect with Coopflow.connect, or "
            "open one with bootstrap.reading"
        )


class NoProgrammeError(ValueError):
    """It was not said which programme is meant."""

    def __init__(self) -> None:
        super().__init__("name the programme: programme=, here or where the client is made")


class AmbiguousCooperationError(LookupError):
    """Several programmes have a cooperation by an id, and none was named.

    Attributes:
        addresses: where they are.
    """

    def __init__(self, cooperation: str, addresses: Sequence[Address]) -> None:
        listed = ", ".join(one.programme for one in addresses)
        super().__init__(
            f"{cooperation} is the id of cooperations in several programmes ({listed}): name the "
            "programme, cooperation(id, programme=…)"
        )
        self.addresses = tuple(addresses)


class UnknownAnywhereError(UnknownCooperationError):
    """No programme that the read model knows has a cooperation by an id.

    Attributes:
        address: with an empty programme.
    """

    def __init__(self, cooperation: str) -> None:
        super().__init__(Address("", cooperation))
        message = (
            f"no programme has a cooperation {cooperation}; one that was opened a moment ago is "
            "found at once when its programme is named, cooperation(id, programme=…)"
        )
        self.args = (message,)


class BehindError(UnavailableError):
    """A command was accepted, and the read model has not caught up with it in time.

    Attributes:
        reply: what the command came to; it need not be given again.
    """

    def __init__(self, address: Address, seq: int, seconds: float, reply: Reply | None) -> None:
        done = "It was accepted. " if reply is not None else ""
        super().__init__(
            f"{done}The read model has not yet taken entry {seq} of {address} after {seconds:g} s. "
            "It catches up by itself; look at the database and at the worker's log."
        )
        self.reply = reply
