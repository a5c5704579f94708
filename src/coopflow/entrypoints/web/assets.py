"""Styles and scripts of this package and of others, at addresses that change with them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple


class _File(NamedTuple):
    package: str
    path: str
    media_type: str


_FILES: Final[Mapping[str, _File]] = {
    "coopflow.css": _File("coopflow.entrypoints.web", "static/coopflow.css", "text/css"),
    "portfolio.css": _File("coopflow.entrypoints.web", "static/portfolio.css", "text/css"),
    "pictures.css": _File("coopflow.entrypoints.web", "static/pictures.css", "text/css"),
    "forms.css": _File("coopflow.entrypoints.web", "static/forms.css", "text/css"),
    "htmx.js": _File("js_lib_htmx", "static/htmx/htmx.min.js", "text/javascript"),
    "kept.js": _File("coopflow.entrypoints.web", "static/kept.js", "text/javascript"),
    "icon.svg": _File("coopflow.entrypoints.web", "static/icon.svg", "image/svg+xml"),
}


class Asset(NamedTuple):
    """A file that pages use."""

    content: bytes
    media_type: str
    digest: str


@cache
def asset(name: str) -> Asset | None:
    """Return the file of a name; None when there is none."""
    found = _FILES.get(name)
    if found is None:
        return None
    content = files(found.package).joinpath(found.path).read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:16]
    return Asset(content, found.media_type, digest)


def address_of(name: str) -> str:
    """Return the path of a file; another content has another one, so that it may be kept for good.

    Raises:
        KeyError: there is no such file.
    """
    found = asset(name)
    if found is None:
        raise KeyError(name)
    return f"/static/{found.digest}/{name}"
