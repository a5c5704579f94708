"""What goes over the wire and into histories: one model for each message.

A worker meets messages written by older and newer versions. Unknown fields are ignored, though not
in what a cooperation is (`Carried`), and a new field needs a default, for ever: an accepted message
that no longer decodes breaks the replay.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from coopflow.application.engine import Mode, Reply
from coopflow.application.notices import Notice
from coopflow.application.receipts import Receipt
from coopflow.definitions.compile import shared
from coopflow.domain.base import Instant
from coopflow.domain.chain import GENESIS
from coopflow.domain.checks import Outcome, Portrait
from coopflow.domain.commands import Command, parse
from coopflow.domain.events import Entry
from coopflow.domain.explanation import Examination
from coopflow.domain.refusals import Refusal
from coopflow.domain.rulebook import Definition
from coopflow.domain.state import Cooperation, CooperationStatus

_Shared = Annotated[Definition, AfterValidator(shared)]


class Message(BaseModel):
    """The base of all messages."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Carried(Message):
    """All that a cooperation is: the input of every run of its workflow.

    Attributes:
        definition: what it is judged by.
        offers: the definitions that were offered since, each with a policy of its own.
        unregistered: the definitions that the read model has not been told of.
        mode: how time passes.
        state: what its events have come to.
        receipts: of the latest accepted commands, oldest first.
        outbox: the entries that the read model has not acknowledged, in order.
        notices: those that have not been delivered, in order.
        projected_seq: the number of the last entry that the read model acknowledged.
        imported_to: entries up to this number are an imported past; of it nobody is notified.
        head: the digest of the last entry, in hexadecimal.
        pepper: a secret, made when it was opened, that the salts of its journal are made from.
    """

    # What a newer version has added is never dropped: an older one leaves the cooperation alone.
    model_config = ConfigDict(extra="forbid")

    definition: _Shared
    offers: tuple[_Shared, ...] = ()
    unregistered: tuple[_Shared, ...] = ()
    mode: Mode = "live"
    state: Cooperation = Field(default_factory=Cooperation)
    receipts: tuple[Receipt, ...] = ()
    outbox: tuple[Entry, ...] = ()
    notices: tuple[Notice, ...] = ()
    projected_seq: int = 0
    imported_to: int = 0
    head: str = GENESIS
    pepper: str = ""


class Request(Message):
    """The base of what is asked of a cooperation as an update.

    ``is_written`` tells that whoever asks writes the entries that it comes to into the read model,
    so that the workflow need not hurry to do so.
    """

    is_written: bool = False

    @property
    def kind(self) -> str:
        """What is asked, for logs: a word of the contract, nothing that a caller made up."""
        raise NotImplementedError(type(self).__name__)


class CommandRequest(Request):
    """A command in wire form, and the roles that its actor holds outside the cooperation.

    ``expected_seq`` is the number of the last entry that its giver knows, if that matters.
    """

    command: dict[str, Any]
    grants: tuple[str, ...] = ()
    expected_seq: int | None = None

    @property
    def kind(self) -> str:
        """The wire name of the command, if there is such a command."""
        name = self.command.get("command")
        return name if isinstance(name, str) and name in Command.kinds else "unknown"

    def read(self, mode: Mode, now: datetime) -> Command | Refusal:
        """Read the command; a live cooperation takes the time from the engine alone.

        Args:
            mode: how time passes.
            now: the engine's time, used in live mode.
        """
        if mode == "recorded":
            return parse(self.command)
        if "at" in self.command:
            problem = "a live cooperation takes the time from the engine; leave it out"
            return Refusal(
                code="invalid_command",
                message=f"at: {problem}",
                facts={
                    "command": self.command.get("command"),
                    "faults": [{"path": "at", "problem": problem}],
                },
            )
        return parse(self.command, at=now)


class CommandsRequest(Request):
    """Several commands, to be decided one after the other up to the first that is refused."""

    commands: Annotated[tuple[CommandRequest, ...], Field(min_length=1)]

    @property
    def kind(self) -> str:
        """The wire name."""
        return "commands"


class TellRequest(Request):
    """Let happen what falls due up to an instant."""

    at: Instant

    @property
    def kind(self) -> str:
        """The wire name."""
        return "tell"


class OfferRequest(Request):
    """Let the cooperation know a policy that its members may decide on."""

    definition: _Shared

    @property
    def kind(self) -> str:
        """The wire name."""
        return "offer"


class AnswerRequest(Request):
    """Record what checks answered at an instant."""

    outcomes: Annotated[tuple[Outcome, ...], Field(min_length=1)]
    at: Instant

    @property
    def kind(self) -> str:
        """The wire name."""
        return "answer"


class GoLiveRequest(Request):
    """End the recording."""

    @property
    def kind(self) -> str:
        """The wire name."""
        return "go_live"


class CommandReply(Reply):
    """What an accepted request came to."""

    model_config = ConfigDict(extra="ignore")


class CommandsReply(Message):
    """What the first of several commands came to: at least one, and maybe all.

    The others were not decided for good: whoever gave them gives them again, and learns why if the
    next one is refused.
    """

    replies: tuple[CommandReply, ...]


class CheckGateRequest(Message):
    """Which gate to check, and at which instant.

    ``now`` is the caller's time, for a live cooperation when no instant is given: the workflow's
    own clock stands still while it sleeps.
    """

    gate: str
    at: Instant | None = None
    now: Instant | None = None


class GateAnswer(Message):
    """The examination of a gate, or why there is none."""

    examination: Examination | None = None
    refusal: Refusal | None = None


class JournalHead(Message):
    """How far the journal goes, how far the read model follows it, and how much is kept.

    ``digest`` is that of the last entry, in hexadecimal; ``forgetting`` tells whether the present
    history still names a person who was erased. ``waiting_since`` is the instant of the oldest
    entry that the read model has not taken; None when none waits, or only an imported past does.
    ``lingering`` tells that they wait on purpose, since whoever gave the commands writes them.
    ``bytes`` are those of the state and of what waits; beyond ``bytes_limit`` commands are refused.
    """

    seq: int
    at: Instant | None
    projected_seq: int
    mode: Mode
    status: CooperationStatus
    undelivered: int = 0
    digest: str = GENESIS
    forgetting: bool = False
    waiting_since: Instant | None = None
    lingering: bool = False
    bytes: int = 0
    bytes_limit: int = 0


class CheckRequest(Message):
    """Which check to ask, and of what."""

    check: str
    portrait: Portrait


class ProjectBatch(Message):
    """Entries for the read model, in order and without gaps, and definitions to register.

    ``waiting`` is how many entries wait, these included; ``since`` is the instant of the oldest one
    that is no imported past, which are those up to the number ``imported_to``.
    """

    programme: str
    cooperation: str
    entries: tuple[Entry, ...]
    definitions: tuple[Definition, ...] = ()
    waiting: int = 0
    since: Instant | None = None
    imported_to: int = 0


class NoticeBatch(Message):
    """Notices of one kind to be delivered, in order."""

    programme: str
    notices: tuple[Notice, ...] = Field(min_length=1)
