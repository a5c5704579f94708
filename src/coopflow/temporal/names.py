"""Names on the wire. They stand in stored histories, so none of them ever changes its meaning."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from temporalio.common import SearchAttributeKey

from coopflow.application.engine import Address
from coopflow.application.notices import NoticeKind

TASK_QUEUE: Final = "coopflow"
"""Where workers look for work, unless told otherwise."""

WORKFLOW: Final = "coopflow.cooperation"

COMMAND: Final = "coopflow.command"
COMMANDS: Final = "coopflow.commands"
TELL: Final = "coopflow.tell"
GO_LIVE: Final = "coopflow.go_live"
OFFER: Final = "coopflow.offer"
ANSWER: Final = "coopflow.answer"

WAKE: Final = "coopflow.wake"
"""The signal that makes a cooperation look whether another version of the workers is to go on."""

HAND_OUT: Final = "coopflow.hand_out"
"""The signal that makes a cooperation hand out at once what lingers."""

LINGERING: Final = "lingering"
"""The patch from which entries may linger."""

STATE: Final = "coopflow.state"
DEFINITIONS: Final = "coopflow.definitions"
CARRIED: Final = "coopflow.carried"
CHECK_GATE: Final = "coopflow.check_gate"
JOURNAL_HEAD: Final = "coopflow.journal_head"

PLATFORM_OPEN: Final = "coopflow.platform.open"
PLATFORM_GIVE: Final = "coopflow.platform.give"
PLATFORM_PASSED: Final = "coopflow.platform.passed"
PLATFORM_CLOSED: Final = "coopflow.platform.closed"
WATCH: Final = "coopflow.platform.watch"

PROJECT: Final = "coopflow.project"
CHECK: Final = "coopflow.check"
NOTICES: Final[Mapping[NoticeKind, str]] = MappingProxyType(
    {
        "invite_voters": "coopflow.invite_voters",
        "remind_voters": "coopflow.remind_voters",
        "publish_outcome": "coopflow.publish_outcome",
        "convene_review": "coopflow.convene_review",
        "compile_dossier": "coopflow.compile_dossier",
        "publish_summary": "coopflow.publish_summary",
    }
)
"""The activity that delivers each kind of notice."""

REFUSED: Final = "coopflow.Refused"
"""The type of the failure that carries a refusal as its only detail."""

INTERNAL: Final = "coopflow.Internal"
"""The type of the failure of a command that the engine could not decide."""

NEVER_OPENED: Final = "coopflow.NeverOpened"
"""The type of the failure of a run that was started and got no command to open it."""

UNDELIVERED: Final = "coopflow.Undelivered"
"""The type of the failure of an activity whose port did not take a batch."""

CHECK_FAILED: Final = "coopflow.CheckFailed"
"""The type of the failure of an activity whose check raised; its message is the type of that."""

WAITING: Final = "coopflow.Waiting"
"""The type of the failure by which an activity says that what it waits for has not come yet."""

UNKNOWN: Final = "coopflow.Unknown"
"""The type of the failure of who names a cooperation, a lifecycle or a policy that is not there."""

PROGRAMME_ATTRIBUTE: Final = SearchAttributeKey.for_keyword("CoopProgramme")
STAGE_ATTRIBUTE: Final = SearchAttributeKey.for_keyword("CoopStage")
STATUS_ATTRIBUTE: Final = SearchAttributeKey.for_keyword("CoopStatus")
SEARCH_ATTRIBUTES: Final[tuple[SearchAttributeKey[Any], ...]] = (
    PROGRAMME_ATTRIBUTE,
    STAGE_ATTRIBUTE,
    STATUS_ATTRIBUTE,
)
"""What operators can list workflows by; a namespace must know them before a workflow starts.

They are stored in clear, whatever codec encrypts the rest: nothing about people goes in.
"""

_PREFIX: Final = "coopflow/"


def queue_of(programme: str, own: Collection[str], common: str = TASK_QUEUE) -> str:
    """Return the task queue on which cooperations of a programme are opened.

    Args:
        programme: which.
        own: the programmes that have a queue of their own.
        common: that of all others.
    """
    return f"{common}.{programme}" if programme in own else common


def queues(own: Iterable[str], common: str = TASK_QUEUE) -> tuple[str, ...]:
    """Return the common task queue and those of programmes that have one of their own."""
    programmes = tuple(own)
    return (common, *(queue_of(one, programmes, common) for one in programmes))


def checks_queue(task_queue: str) -> str:
    """Return where checks are asked for the workflows of a task queue.

    A queue of its own: checks that wait for the world hold up no delivery.
    """
    return f"{task_queue}-checks"


def platform_queue(task_queue: str) -> str:
    """Return where what the workflows of a platform ask of cooperations is done.

    A queue of its own beside theirs: their workers need know nothing of it, and lend it no slots.
    """
    return f"{task_queue}-coopflow"


def workflow_id(address: Address) -> str:
    """Return the id of the workflow that is a cooperation."""
    return f"{_PREFIX}{address.programme}/{address.cooperation}"


@lru_cache(maxsize=4096)
def address_of(workflow: str) -> Address:
    """Return the address of the cooperation that a workflow, by its id, is.

    Raises:
        ValueError: it is the id of no cooperation.
    """
    programme, separator, cooperation = workflow.removeprefix(_PREFIX).partition("/")
    if not workflow.startswith(_PREFIX) or not separator:
        raise ValueError(f"{workflow} is not the workflow of a cooperation")
    return Address(programme, cooperation)
