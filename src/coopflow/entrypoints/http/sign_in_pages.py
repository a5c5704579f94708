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
from coopflow.entrypoints.http.languages import language_of
from coopflow.entrypoints.http.problem_kinds import KINDS

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "confirm.title": ("Sign in", "S'identifier"),
    "confirm.text": (
        "This link signs you in, once. Go on if you asked for it.",
        "Ce lien vous identifie, une seule fois. Continuez si vous l'avez demandé.",
    ),
    "confirm.button": ("Sign in", "S'identifier"),
    "again": ("Begin again", "Recommencer"),
}
_STYLE: Final = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;margin:15vh auto;max-width:32rem;padding:0 1.5rem;"
    "color:#1b1b1b;background:#fff}h1{font-size:1.5rem}button,a{font:inherit}"
    "button{padding:.6rem 1.4rem;border:0;border-radius:.4rem;background:#14532d;color:#fff;"
    "cursor:pointer}button:focus-visible{outline:3px solid #f59e0b;outline-offset:2px}"
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
    say = _Speaker(language_of(request))
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
    language = language_of(request)
    say, kind = _Speaker(language), KINDS[code]
    link = f'<p><a href="{escape(again)}">{say("again")}</a></p>' if again else ""
    body = f"<p>{escape(kind.explained(language))}</p>{link}"
    return _page(say, escape(kind.title(language)), body, kind.status)


class _Speaker:
    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, key: str) -> str:
        words = _WORDS.get(key)
        return key if words is None else escape(words[self.language == "fr"], quote=False)


def _page(say: _Speaker, title: str, body: str, status: int = 200) -> HTMLResponse:
    content = (
        f'<!doctype html><html lang="{say.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        f"<title>{say(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{say(title)}</h1>{body}</main></body></html>"
    )
    headers = {
        "Content-Security-Policy": _POLICY,
        "Content-Language": say.language,
        "Vary": "Accept-Language",
        "Cache-Control": "no-store",
        # Else browsers say of the form that it comes from nowhere. Nothing leads elsewhere here.
        "Referrer-Policy": "same-origin",
    }
    return HTMLResponse(content, status, headers)
