"""Policies written on top of others: what a file leaves out stands in the one that it extends.

A mapping keeps the keys that are not given again, and a list whose items have an ``id`` the items
that are not named again; what is given goes before. ``key: null`` leaves a key out, and
``removed: true`` an item. Anything else is replaced as a whole; so are a span of time, a decision
rule that is named and the reading of a fact that is named, each of which is one value. Everything
keeps its place, in whichever file it stands, so that faults and explanations lead there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from coopflow.definitions.faults import FaultsError
from coopflow.definitions.yaml import DEFINITION, Document, Entry, Node
from coopflow.domain.calendar import Span

EXTENDS: Final = "extends"
OWN: Final = frozenset({"policy", "version", "label", "author", EXTENDS})
"""What a policy says of itself alone; none of it is taken over."""

MAX_ANCESTORS: Final = 8
"""How many policies may stand on top of each other."""

_NAME: Final = re.compile(r"\w[\w.@-]{0,59}")
"""No path: a policy that came from somewhere else reads no other files of whoever tries it."""

_REMOVED: Final = "removed"
_SPAN: Final = frozenset(Span.model_fields)
_NAMING: Final = frozenset({"name", "fact"})
"""The keys that say what kind of rule or reading a mapping is: with another kind all is other."""


def extended(document: Document, load: Callable[[str, Path], Document]) -> Document:
    """Return a policy with everything that it leaves out filled in; one that extends none as it is.

    Args:
        document: the policy as it is written.
        load: reads the file of a policy by its name, as named in a file of a folder.

    Raises:
        FaultsError: what it extends is not there, is itself at fault, goes round in a circle, or
            is too large.
    """
    chain = [document]
    while (name := chain[-1].data.get(EXTENDS)) is not None:
        youngest = chain[-1]
        if not isinstance(name, str):
            raise FaultsError([youngest.fault((EXTENDS,), "should be the name of a policy")])
        if not _NAME.fullmatch(name):
            message = "should be the name of a policy, not a path"
            remedy = "name one of the library, or put it beside this one"
            raise FaultsError([youngest.fault((EXTENDS,), message, remedy)])
        if len(chain) > MAX_ANCESTORS:
            message = f"more than {MAX_ANCESTORS} policies stand on top of each other here"
            raise FaultsError([youngest.fault((EXTENDS,), message)])
        try:
            chain.append(load(name, Path(youngest.file).parent))
        except LookupError as error:
            raise FaultsError([youngest.fault((EXTENDS,), str(error))]) from error
        if chain[-1].file in {one.file for one in chain[:-1]}:
            message = "the policy stands on top of itself: this goes round in a circle"
            raise FaultsError([youngest.fault((EXTENDS,), message)])
        if sum(len(text) for one in chain for text in one.texts.values()) > DEFINITION.size:
            message = f"with what it extends, the policy is larger than {DEFINITION.size} bytes"
            raise FaultsError([youngest.fault((EXTENDS,), message)])
    whole = chain.pop()
    while chain:
        whole = _overlaid(whole, chain.pop())
    return whole


def _overlaid(below: Document, above: Document) -> Document:
    kept = {key: entry for key, entry in _entries(below.root).items() if key not in OWN}
    stated = {key: entry for key, entry in _entries(above.root).items() if key != EXTENDS}
    root = Node(_merged(kept, stated), above.root.place)
    return Document(
        above.file,
        {**below.texts, **above.texts},
        root,
        (*below.faults, *above.faults),
    )


def _merged(below: dict[str, Entry], above: dict[str, Entry]) -> dict[str, Entry]:
    whole = dict(below)
    for key, entry in above.items():
        if key not in below:
            whole[key] = entry
        elif entry.node.value is None:
            del whole[key]
        else:
            whole[key] = Entry(entry.key, _over(below[key].node, entry.node))
    return whole


def _over(below: Node, above: Node) -> Node:
    if isinstance(below.value, dict) and isinstance(above.value, dict):
        keys = set(above.value)
        is_one_value = (keys and keys <= _SPAN) or keys & _NAMING
        return above if is_one_value else Node(_merged(below.value, above.value), above.place)
    old, new = _by_id(below), _by_id(above)
    if old is None or not new:
        return above
    for slug, node in new.items():
        if _is_removed(node):
            old.pop(slug, None)
        else:
            old[slug] = _over(old[slug], node) if slug in old else node
    return Node(list(old.values()), above.place)


def _by_id(node: Node) -> dict[object, Node] | None:
    """Return the items of a list by their ids; None for what is no list of things with an id."""
    if not isinstance(node.value, list):
        return None
    found: dict[object, Node] = {}
    for item in node.value:
        slug = item.value["id"].node.value if "id" in _entries(item) else None
        if not isinstance(slug, str) or slug in found:
            return None
        found[slug] = item
    return found


def _is_removed(node: Node) -> bool:
    entry = _entries(node).get(_REMOVED)
    return entry is not None and entry.node.value is True


def _entries(node: Node) -> dict[str, Entry]:
    return node.value if isinstance(node.value, dict) else {}
