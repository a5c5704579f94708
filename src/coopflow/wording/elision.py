"""Elision in French: ``de`` becomes ``d'`` before a name that begins with a vowel or a mute h."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

_ELIDED: Final = re.compile(r"\b([dDlL]|[qQ]u)(?:e|(?<=[lL])a) \{(\w+)\}")
"""Words that lose their vowel, right before the place of a value."""

_OPEN: Final = re.compile(
    r"[aeiouœæ]|y(?![aeiou])"
    # Most words in h are mute; aspirated ones are told by how they go on: hal-, har-, hau-, hut-.
    r"|h(?:a(?:b|lei|lluc|lter|meco|rm)|e(?:[bcdglmpsx]|r(?!iss|s|on|os\b|ni|se)|u(?!rt))"
    r"|i(?!bou|er\w|p(?!p(?:iq|o))|ss|t)|o(?:m(?!ar)|n[no]|p|r(?!d|mi|n|s)|s[pt]|t(?!t))"
    r"|u(?:i(?!t(?!r))|m(?!er\b))|y)"
)
_CLOSED: Final = re.compile(r"onz[ei]|oui\b|uhlan|yaourt")
_QUOTES: Final = "\"'“«( \u00a0\u202f"
"""What may stand before a name and is not spoken."""


def elided(french: str, values: Mapping[str, object]) -> str:
    """Return a French text, to be filled in, with its elisions before these values.

    Args:
        french: with places as ``{name}``.
        values: what will stand in them.
    """

    def joined(found: re.Match[str]) -> str:
        whole, word, name = found[0], found[1], found[2]
        return f"{word}'{{{name}}}" if name in values and begins_open(values[name]) else whole

    return _ELIDED.sub(joined, french)


def begins_open(value: object) -> bool:
    """Whether something is spoken with a vowel at its beginning."""
    bare = unicodedata.normalize("NFD", str(value).lstrip(_QUOTES)[:20]).casefold()
    bare = "".join(one for one in bare if not unicodedata.combining(one))
    return bool(_OPEN.match(bare)) and not _CLOSED.match(bare)
