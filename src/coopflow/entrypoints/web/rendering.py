"""Pages from templates: in the language, the colours and the time zone of who reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import cache
from typing import Any, ClassVar, Final, Literal, get_args
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from coopflow import __version__
from coopflow.application.callers import Caller, Language
from coopflow.domain.base import Label
from coopflow.entrypoints.http.cookies import LANGUAGE_COOKIE, THEME_COOKIE
from coopflow.entrypoints.http.languages import CALLER_KEY, preferred
from coopflow.entrypoints.http.links import here
from coopflow.entrypoints.web.assets import address_of
from coopflow.wording.elision import elided
from coopflow.wording.phrases import Phrases
from coopflow.wording.spacing import SPACE, in_language, spaced
from coopflow.wording.words import WORDS

Theme = Literal["auto", "light", "dark"]
THEMES: Final[tuple[Theme, ...]] = get_args(Theme)

_LANGUAGES: Final[Mapping[str, Language]] = {"fr": "fr", "en": "en"}

_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # Else browsers say of forms that they come from nowhere; other sites learn nothing.
    "Referrer-Policy": "same-origin",
    "Vary": "Cookie, Accept-Language",
    "X-Robots-Tag": "noindex",
}

# Headings of people's texts would break the order of those of the page; images would tell others
# who reads it.
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).disable(
    ["heading", "lheading", "image", "html_block", "html_inline"]
)


class PagePhrases(Phrases):
    """The words of one language as pages show them: no line breaks before a colon or in a date."""

    words: ClassVar[Mapping[str, tuple[str, str]]] = {
        key: (english, spaced(french)) for key, (english, french) in WORDS.items()
    }

    def label(self, label: Label) -> str:
        """Return a label with the spaces of its language."""
        words = super().label(label)
        return spaced(words) if self.language == "fr" else words

    def day(self, instant: date | datetime) -> str:
        """Write a date in one piece."""
        return super().day(instant).replace(" ", SPACE)


@dataclass(frozen=True)
class Look:
    """How somebody wants to see pages.

    Attributes:
        language: what they read.
        theme: light or dark; ``auto`` for what their device prefers.
    """

    language: Language
    theme: Theme


def look_of(request: Request) -> Look:
    """Return how a request wants to see pages.

    What was chosen here goes first, then what the directory says of the person, then what the
    browser says; French where nothing does.
    """
    caller: Caller | None = request.scope.get(CALLER_KEY)
    language = (
        _LANGUAGES.get(request.cookies.get(LANGUAGE_COOKIE, ""))
        or (caller.language if caller is not None else None)
        or preferred(request.headers.get("accept-language", ""))
        or "fr"
    )
    chosen = request.cookies.get(THEME_COOKIE, "")
    return Look(language, next((one for one in THEMES if one == chosen), "auto"))


def zone_of(request: Request) -> tzinfo:
    """Return where people live who read the pages."""
    zone: tzinfo = request.app.state.zone
    return zone


def phrases_of(request: Request) -> Phrases:
    """Return the words of the language of a request."""
    return PagePhrases(look_of(request).language, zone_of(request))


def render(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    """Return a page, or a part of one.

    Templates are given, beside ``values``: ``t(english, french, **values)`` for texts of the page,
    ``say`` (a :class:`Phrases`) for words of the domain, dates and numbers, ``url(path)`` for links
    to here, ``asset(name)``, ``language``, ``theme``, ``caller`` (None for nobody), ``path``
    and ``place``, where the reader is without and with the query, ``query``, what the address asks,
    and ``done``, the command that was given just now.

    Args:
        request: what was asked.
        template: the name of the template.
        status: of the answer.
        headers: of the answer, beside those that every page has.
        values: what the template shows.
    """
    look = look_of(request)
    root = request.scope.get("root_path", "").rstrip("/")
    path = request.url.path.removeprefix(root)
    query = f"?{request.url.query}" if request.url.query else ""
    say = phrases_of(request)
    done = request.query_params.get("done", "")
    shown = (
        _environment()
        .get_template(template)
        .render(
            values
            | {
                "t": translator(look.language),
                "say": say,
                "done": done if say.knows(f"command.{done}") else None,
                "url": lambda target: here(request, quote(target, safe="/?&=%#:@,+~")),
                "asset": lambda name: here(request, address_of(name)),
                "language": look.language,
                "theme": look.theme,
                "caller": request.scope.get(CALLER_KEY),
                "path": path,
                "place": path + query,
                "query": request.query_params,
            }
        )
    )
    more = {"Content-Language": look.language, **_HEADERS, **(headers or {})}
    return HTMLResponse(shown, status, more)


def translator(language: Language) -> Callable[..., str]:
    """Return what chooses between a text in English and the same in French, and fills it in."""

    def t(english: str, french: str, **values: object) -> str:
        text = in_language((english, french), language)
        text = elided(text, values) if language == "fr" else text
        return text.format(**values) if values else text

    return t


def markdown(text: str) -> Markup:
    """Return a text of somebody as HTML: emphasis, lists, quotes, links, and no HTML of theirs."""
    # What it writes is escaped, and its links go to the web or to e-mail alone.
    return Markup(_MARKDOWN.render(text))  # noqa: S704


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("coopflow.entrypoints.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    environment.filters["markdown"] = markdown
    environment.filters["spaced"] = spaced
    environment.filters["capital"] = lambda text: text[:1].upper() + text[1:]
    environment.globals["version"] = __version__
    return environment
