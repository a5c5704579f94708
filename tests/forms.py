"""Forms for tests: what a browser sends back of a form that it was shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from functools import cache
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Template

from coopflow.domain.catalogue import COMMANDS
from coopflow.domain.tools import TOOLS
from coopflow.entrypoints.web.forms.form import Form, of_command, of_tool
from coopflow.entrypoints.web.rendering import _environment, translator
from coopflow.wording.phrases import Phrases

ENGLISH = Phrases("en", UTC)
FRENCH = Phrases("fr", ZoneInfo("Europe/Paris"))

TOOL_FORMS = {kind: of_tool(kind) for kind in TOOLS}
COMMAND_FORMS = {name: of_command(name) for name in COMMANDS}


def html_of(form: Form, typed: Any, say: Phrases = FRENCH, **more: Any) -> str:
    """Return the fields of a form as a page shows them."""
    shown = form.show(typed, say, **more)
    return _template().render(form=shown, t=translator(say.language))


@cache
def _template() -> Template:
    return _environment().from_string(
        '{% import "forms.html" as forms %}<form id="form">{{ forms.enter() }}'
        '{{ forms.summary(form, t) }}{{ forms.fields(form, t, "/again") }}</form>'
    )


def sent(html: str) -> list[tuple[str, str]]:
    """Return what a browser would send of a form, without any button."""
    reader = _Browser()
    reader.feed(html)
    reader.close()
    return list(reader.sent())


class _Browser(HTMLParser):
    """Reads the inputs of a form as browsers do."""

    def __init__(self) -> None:
        super().__init__()
        self._found: list[tuple[str, str]] = []
        self._select: str | None = None
        self._area: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input":
            kind, name = given.get("type", "text"), given["name"]
            if kind not in {"checkbox", "radio"} or "checked" in given:
                value = given.get("value", "on")
                self._found.append((name, value.replace("\n", "").replace("\r", "")))
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and self._select is not None and "selected" in given:
            self._found.append((self._select, given["value"]))
        elif tag == "textarea":
            self._area = (given["name"], [])

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            name, parts = self._area
            text = "".join(parts).removeprefix("\n").replace("\r\n", "\n").replace("\r", "\n")
            self._found.append((name, text.replace("\n", "\r\n")))
            self._area = None
        elif tag == "select":
            self._select = None

    def sent(self) -> Iterator[tuple[str, str]]:
        """Yield names and values in the order of the form."""
        yield from self._found
