"""How the pages of documentation become a site: ``python3 dev.py docs``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pygments.lexers.special import TextLexer

from coopflow import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "coopflow"
author = "The coopflow authors"
version = release = __version__

extensions = ["myst_parser"]
myst_heading_anchors = 4
source_suffix = {".md": "markdown"}

html_theme = "furo"
html_title = "coopflow"
html_show_copyright = False

_PAGES: Final = {"README": "index", "CHANGELOG": "changelog", "CONTRIBUTING": "contributing"}
_PAGE: Final = re.compile(rf"\]\((?:\.\./)*({'|'.join(_PAGES)})\.md(#[^)]*)?\)")
_ELSEWHERE: Final = re.compile(r"\[([^][]*)\]\((?:\.\./)*(?:\w+/|LICENSE)\)")


def within(text: str) -> str:
    """Return a page as it stands in the site, which has the folder of documentation alone.

    Links to pages beside that folder lead to where the site has them; folders are named only.
    """
    found = _PAGE.sub(lambda link: f"](/{_PAGES[link[1]]}.md{link[2] or ''})", text)
    return _ELSEWHERE.sub(r"\1", found)


def setup(app: Sphinx) -> None:
    """Have every page read so, and what other pages include."""

    def read(_: Sphinx, __: str, content: list[str]) -> None:
        content[0] = within(content[0])

    def included(_: Sphinx, __: Path, ___: str, content: list[str]) -> None:
        content[0] = within(content[0])

    app.add_lexer("csv", TextLexer)  # of which Pygments knows nothing
    app.connect("source-read", read)
    app.connect("include-read", included)
