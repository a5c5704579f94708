"""Setting a paper as an accessible PDF: PDF/UA-1, tagged, with its language and title.

Typst runs on the template that is shipped and on the paper as JSON, in memory. Faces are those that
typst brings, so that the same paper is the same file everywhere; it reads no file and no network.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, partial
from importlib.resources import files
from typing import Any, Final

import typst

from coopflow.papers.paper import Paper
from coopflow.papers.words import PaperPhrases

_STANDARD: Final[list[typst.PDFStandard]] = ["ua-1"]
_LATIN: Final = 0x250  # what lies below is in the faces
_UNDRAWN: Final = re.compile(r"the text `\"((?:[^\"\\]|\\.)*)\"` could not be displayed")
_ESCAPED: Final = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")
_TRIES: Final = 4
_LONG: Final = re.compile(r"\S{22,}")
_BREAK: Final = "\u200b"
_STEERING: Final = dict.fromkeys(
    (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0x200E, 0x200F, 0xFEFF)
)
_STRUCTURE: Final = frozenset({"block", "style", "to", "anchor", "language"})
_DRAWN: Final = "svg"  # lines are broken already in what is drawn


class TypesettingError(Exception):
    """A paper cannot be set; the text says why, and quotes nothing of it."""


def typeset(paper: Paper) -> bytes:
    """Return a paper as PDF. It takes a processor for up to seconds: call it in a thread.

    A character that no face has is written as its number in Unicode, such as ``[U+1F600]``.

    Raises:
        TypesettingError: it cannot be set.
    """
    say = PaperPhrases(paper.language)
    words = {"page": say("paper.page"), "contents": say("paper.contents")}
    content = _each(paper.as_json(), _readable, _readable)
    undrawn = _undrawn(content)
    for _ in range(_TRIES):
        shown = _each(content, partial(_shown, undrawn), partial(_without, undrawn))
        try:
            return _compiled(_template(), {"paper": shown, "words": words}, paper)
        except typst.TypstError as error:
            found = _named(error)
            if not found - undrawn:
                raise TypesettingError(_headline(error)) from None
            undrawn |= found
    raise TypesettingError("its letters cannot be drawn")


def _compiled(source: bytes, inputs: dict[str, Any], paper: Paper | None = None) -> bytes:
    compiler = typst.Compiler(source, ignore_system_fonts=True)
    found = compiler.compile(
        format="pdf",
        pdf_standards=_STANDARD,
        sys_inputs={name: json.dumps(value) for name, value in inputs.items()},
        timestamp=int(paper.at.timestamp()) if paper else 0,
    )
    assert isinstance(found, bytes)
    return found


@cache
def _template() -> bytes:
    return files("coopflow.papers").joinpath("templates", "paper.typ").read_bytes()


def _headline(error: typst.TypstError) -> str:
    return error.message.partition("`")[0].strip()


# --- letters --------------------------------------------------------------------------------------


def _undrawn(content: Any) -> frozenset[str]:
    """Return the letters of a paper that no face has, found out on a page of its own."""
    rare = frozenset(one for text in _texts(content) for one in text if ord(one) >= _LATIN)
    if not rare:
        return frozenset()
    source = (
        b'#set document(title: "-")\n#set text(font: ("Libertinus Serif", "DejaVu Sans Mono"))\n'
        b'#for one in json(bytes(sys.inputs.letters)) { text(one + " ") }'
    )
    try:
        _compiled(source, {"letters": sorted(rare)})
    except typst.TypstError as error:
        return _named(error)
    return frozenset()


def _named(error: typst.TypstError) -> frozenset[str]:
    """Return the letters that an error names as such that no face has."""
    return frozenset(
        letter
        for found in _UNDRAWN.findall(error.diagnostic)
        for letter in _ESCAPED.sub(lambda one: chr(int(one[1], 16)) if one[1] else one[2], found)
    )


def _shown(undrawn: frozenset[str], text: str) -> str:
    """Return a text as it is set: letters that cannot be drawn by their number, long words broken.

    Templates take the marks of where words may break out again.
    """
    return _LONG.sub(_broken, _without(undrawn, text))


def _without(undrawn: frozenset[str], text: str) -> str:
    if undrawn.isdisjoint(text):
        return text
    return "".join(
        one
        if one not in undrawn
        else ""
        if unicodedata.category(one) in {"Cf", "Mn"}  # it only joins or colours others
        else f"[U+{ord(one):04X}]"
        for one in text
    )


def _readable(text: str) -> str:
    """Return a text that stays within its place: nothing in it turns the direction of others."""
    return text.translate(_STEERING).replace("\r\n", "\n").replace("\t", " ")


def _broken(word: re.Match[str]) -> str:
    text = word[0]
    return _BREAK.join(text[start : start + 8] for start in range(0, len(text), 8))


def _each(
    value: Any, change: Callable[[str], str], drawn: Callable[[str], str], key: str = ""
) -> Any:
    """Return JSON with its texts changed, and those that are drawn, but for what is structure."""
    if isinstance(value, str):
        return value if key in _STRUCTURE else drawn(value) if key == _DRAWN else change(value)
    if isinstance(value, dict):
        return {name: _each(one, change, drawn, name) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_each(one, change, drawn, key) for one in value]
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
