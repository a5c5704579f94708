"""The few pages of signing in: plain HTML in French or English, which needs no script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from html import escape
from typing import Final

from fastapi import Request
from fastapi.responses import HTMLResponse

from coopflow.application.callers import Language
from coopflow.entrypoints.http.cookies import LANGUAGE_COOKIE, THEME_COOKIE
from coopflow.entrypoints.http.languages import language_of
from coopflow.entrypoints.http.problem_kinds import KINDS

_LANGUAGES: Final[Mapping[str, Language]] = {"fr": "fr", "en": "en"}
_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "confirm.title": ("Sign in", "S'identifier"),
    "confirm.text": (
        "This link signs you in, once. Go on if you asked for it.",
        "Ce lien vous identifie, une seule fois. Continuez si vous l'avez demandé.",
    ),
    "confirm.button": ("Sign in", "S'identifier"),
    "again": ("Begin again", "Recommencer"),
}
# As the pages of a cooperation look, without their files: the API may be served without them.
_STYLE: Final = (
    ":root{color-scheme:light dark}:root[data-theme=light]{color-scheme:light}"
    ":root[data-theme=dark]{color-scheme:dark}*{box-sizing:border-box}"
    "body{margin:0;font:1rem/1.55 system-ui,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif;"
    "color:light-dark(#1c2024,#eceae4);background:light-dark(#fbfaf7,#14171a)}"
    "header{background:light-dark(#fff,#1d2126);"
    "border-bottom:1px solid light-dark(#d9d6cd,#373d44)}"
    "header div{max-width:76rem;margin:0 auto;padding:.7rem 1rem;font-weight:700;"
    "display:flex;align-items:center;gap:.5rem}"
    "main{max-width:36rem;margin:8vh auto 0;padding:1.5rem 1rem}"
    "h1{font-size:1.75rem;line-height:1.25;margin:0 0 .5em;text-wrap:balance}"
    "p{font-size:1.1rem;margin:0 0 1rem}a{color:light-dark(#0b5f58,#5fd0c4)}"
    "button{font:inherit;font-weight:600;min-height:2.75rem;padding:.45rem 1.1rem;cursor:pointer;"
    "border:1px solid light-dark(#0b5f58,#5fd0c4);border-radius:.5rem;"
    "background:light-dark(#0b5f58,#5fd0c4);color:light-dark(#fff,#0c2220)}"
    ":focus-visible{outline:3px solid light-dark(#0b5f58,#5fd0c4);outline-offset:2px}"
)
_MARK: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="24" height="24" '
    'aria-hidden="true"><circle cx="11" cy="12" r="8" fill="#0f766e" fill-opacity=".85"/>'
    '<circle cx="21" cy="12" r="8" fill="#b45309" fill-opacity=".8"/>'
    '<circle cx="16" cy="21" r="8" fill="#3730a3" fill-opacity=".8"/></svg>'
)
_DIGEST: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def wants_page(request: Request) -> bool:
    """Return whether a request is that of a browser in which somebody looks at a page."""
    return "text/html" in request.headers.get("accept", "")


def confirmation(request: Request, action: str, secret: str) -> HTMLResponse:
    """Return the page that asks whether to use a link: looking at it uses nothing up."""
    say = _Speaker(request)
    form = (
        f'<form method="post" action="{escape(action)}">'
        f'<input type="hidden" name="secret" value="{escape(secret)}">'
        f"<button>{say('confirm.button')}</button></form>"
    )
    return _page(say, "confirm.title", f"<p>{say('confirm.text')}</p>{form}")


def failure(request: Request, code: str, again: str | None = None) -> HTMLResponse:
    """Return the page about a problem.

    Args:
        request: what was asked.
        code: the kind of problem.
        again: where to begin anew.
    """
    say, kind = _Speaker(request), KINDS[code]
    language = say.language
    link = f'<p><a href="{escape(again)}">{say("again")}</a></p>' if again else ""
    body = f"<p>{escape(kind.explained(language))}</p>{link}"
    return _page(say, escape(kind.title(language)), body, kind.status)


class _Speaker:
    """Speaks to who asks, in the language and the colours that were chosen in their browser."""

    def __init__(self, request: Request) -> None:
        chosen = request.cookies.get(LANGUAGE_COOKIE, "")
        theme = request.cookies.get(THEME_COOKIE, "")
        self.language: Language = _LANGUAGES.get(chosen) or language_of(request)
        self.theme = theme if theme in {"light", "dark"} else ""

    def __call__(self, key: str) -> str:
        words = _WORDS.get(key)
        return key if words is None else escape(words[self.language == "fr"], quote=False)


def _page(say: _Speaker, title: str, body: str, status: int = 200) -> HTMLResponse:
    theme = f' data-theme="{say.theme}"' if say.theme else ""
    content = (
        f'<!doctype html><html lang="{say.language}"{theme}><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{say(title)} – coopflow</title><style>{_STYLE}</style></head>"
        f"<body><header><div>{_MARK}coopflow</div></header>"
        f"<main><h1>{say(title)}</h1>{body}</main></body></html>"
    )
    headers = {
        "Content-Security-Policy": _POLICY,
        "Content-Language": say.language,
        "Vary": "Cookie, Accept-Language",
        "Cache-Control": "no-store",
        # Else browsers say of the form that it comes from nowhere. Nothing leads elsewhere here.
        "Referrer-Policy": "same-origin",
    }
    return HTMLResponse(content, status, headers)
