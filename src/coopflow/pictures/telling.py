"""How the texts of pictures are put together: marks as each language sets them."""

from __future__ import annotations

from collections.abc import Iterable

from coopflow.wording.phrases import Phrases


def about(say: Phrases, subject: str, told: str) -> str:
    """Write what is told of a subject: ``subject: told``."""
    return f"{subject}{_space(say)}: {told}"


def listed(say: Phrases, parts: Iterable[str]) -> str:
    """Write parts that are no words: ``one; another``."""
    return f"{_space(say)}; ".join(parts)


def sentence(words: str) -> str:
    """Write words as a sentence."""
    return f"{words[:1].upper()}{words[1:]}."


def _space(say: Phrases) -> str:
    return "\u00a0" if say.language == "fr" else ""
