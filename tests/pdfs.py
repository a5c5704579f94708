"""PDF files looked into for tests: what they say to readers, sighted or not."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Final, NamedTuple

import pikepdf

_CHAR: Final = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_BLOCK: Final = re.compile(rb"beginbf(char|range)(.*?)endbf", re.DOTALL)
_RANGE: Final = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")

Letters = dict[int, str]
"""What the codes of a font stand for."""


@dataclass(frozen=True)
class Element:
    """An element of the structure: what it is, its text, its alternative text, what is in it."""

    kind: str
    text: str
    alternative: str | None
    children: tuple[Element, ...]

    def all(self, *kinds: str) -> Iterator[Element]:
        """Yield the elements of some kinds within, in order of reading."""
        for child in self.children:
            if child.kind in kinds:
                yield child
            yield from child.all(*kinds)


@dataclass(frozen=True)
class Pdf:
    """A file, read into memory."""

    content: bytes

    @cached_property
    def file(self) -> pikepdf.Pdf:
        """The file, opened."""
        return pikepdf.Pdf.open(io.BytesIO(self.content))

    @property
    def root(self) -> Any:
        """The catalogue of the file."""
        return self.file.Root

    @property
    def title(self) -> str:
        """What the file is called."""
        with self.file.open_metadata() as metadata:
            return str(metadata.get("dc:title"))

    @property
    def part_of_ua(self) -> str | None:
        """Which part of PDF/UA the file says that it follows."""
        with self.file.open_metadata() as metadata:
            found = metadata.get("pdfuaid:part")
            return None if found is None else str(found)

    @cached_property
    def structure(self) -> Element:
        """What assistive technology reads, in order."""
        marked = {
            (page.objgen, number): text
            for page in self.file.pages
            for number, text in _marked(page).items()
        }
        return _element(self.root.StructTreeRoot, marked, None)

    @property
    def text(self) -> str:
        """All that is read out, without the breaks that lines need."""
        return self.structure.text

    @property
    def artifacts(self) -> str:
        """What is drawn on pages but not read out: headers and footers."""
        return "\n".join(_marked(page).get(None, "") for page in self.file.pages)


def _element(node: Any, marked: dict[Any, str], page: Any) -> Element:
    page = node.get("/Pg", page)
    found: list[Element] = []
    said: list[str] = []
    kids = node.get("/K", pikepdf.Array([]))
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, int):
            said.append(marked.get((page.objgen, kid), ""))
        elif kid.get("/Type") == "/MCR":
            said.append(marked.get((kid.get("/Pg", page).objgen, int(kid.MCID)), ""))
        elif kid.get("/Type") != "/OBJR":
            child = _element(kid, marked, page)
            found.append(child)
            said.append(child.text)
    kind = str(node.get("/S", "/Root")).removeprefix("/")
    breaks = "\n" if kind in {"P", "LI", "TR", "Root", "H1", "H2", "H3"} else " "
    own = "".join(said) if not found else " ".join(said)
    text = own.replace("\u200b", "") + breaks
    alternative = str(node.Alt) if "/Alt" in node else None
    return Element(kind, text, alternative, tuple(found))


class _Mark(NamedTuple):
    """What is marked: by which number, and whether what is drawn was said in other letters."""

    number: int | None
    is_said: bool = False

    def with_in_it(self, properties: Any) -> _Mark:
        if not isinstance(properties, pikepdf.Dictionary):
            return self
        number = int(properties.MCID) if "/MCID" in properties else self.number
        return _Mark(number, is_said="/ActualText" in properties)


def _marked(page: pikepdf.Page) -> dict[int | None, str]:
    """Return the text of a page by the number of what it is marked with; None for the rest."""
    fonts = {name: _letters(font) for name, font in page.resources.get("/Font", {}).items()}
    found: dict[int | None, list[str]] = {}
    open_marks: list[_Mark] = [_Mark(None)]
    letters: Letters = {}
    for instruction in pikepdf.parse_content_stream(page):
        operands: Any = instruction.operands
        match str(instruction.operator):
            case "BDC":
                mark = open_marks[-1].with_in_it(operands[1])
                open_marks.append(mark)
                if mark.is_said:
                    found.setdefault(mark.number, []).append(str(operands[1].ActualText))
            case "BMC":
                open_marks.append(open_marks[-1])
            case "EMC":
                open_marks.pop()
            case "Tf":
                letters = fonts[str(operands[0])]
            case "Tj" | "TJ":
                parts = operands[0] if isinstance(operands[0], pikepdf.Array) else operands
                text = "".join(
                    _decoded(bytes(part), letters)
                    for part in parts
                    if isinstance(part, pikepdf.String)
                )
                if not open_marks[-1].is_said:
                    found.setdefault(open_marks[-1].number, []).append(text)
    return {mark: "".join(texts) for mark, texts in found.items()}


def _decoded(codes: bytes, letters: Letters) -> str:
    return "".join(
        letters.get(int.from_bytes(codes[at : at + 2], "big"), "\ufffd")
        for at in range(0, len(codes), 2)
    )


def _letters(font: Any) -> Letters:
    found: Letters = {}
    for kind, body in _BLOCK.findall(font.ToUnicode.read_bytes()):
        if kind == b"char":
            for code, text in _CHAR.findall(body):
                found[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
        else:
            for first, last, text in _RANGE.findall(body):
                start = int(text, 16)
                for at in range(int(first, 16), int(last, 16) + 1):
                    found[at] = chr(start + at - int(first, 16))
    return found


def assert_accessible(content: bytes, language: str) -> Pdf:
    """Check what PDF/UA-1 asks that a program can see, and return the file.

    It says that it follows PDF/UA-1; it is tagged, in a language, and shows its title; tabs follow
    the structure; headings begin at 1 and skip none; pictures have alternative texts; tables have
    headers; links say where they lead, and are in the structure.
    """
    pdf = Pdf(content)
    root = pdf.root
    assert pdf.part_of_ua == "1"
    assert bool(root.MarkInfo.Marked)
    assert "/StructTreeRoot" in root
    assert str(root.Lang).partition("-")[0] == language
    assert bool(root.ViewerPreferences.DisplayDocTitle)
    assert pdf.title
    for page in pdf.file.pages:
        links = [one for one in page.get("/Annots", []) if one.Subtype == "/Link"]
        assert not page.get("/Annots") or page.Tabs == "/S"
        assert all(str(one.get("/Contents", "")) for one in links)
        assert all("/StructParent" in one for one in links)
    assert_headings(pdf)
    assert all(one.alternative for one in pdf.structure.all("Figure"))
    for table in pdf.structure.all("Table"):
        assert list(table.all("TH")), table.text
    return pdf


def assert_headings(pdf: Pdf) -> None:
    """Check that headings begin at 1, and go down one level at a time."""
    levels = [int(one.kind[1:]) for one in pdf.structure.all("H1", "H2", "H3", "H4", "H5", "H6")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
