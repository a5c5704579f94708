"""Paths of this site that somebody may be sent to."""

from __future__ import annotations

from urllib.parse import urlsplit


def safe_place(place: str | None, otherwise: str = "/") -> str:
    """Return a path of this site that was asked for; another one where it leads elsewhere.

    Args:
        place: what a link or a form says, a path with a query or not.
        otherwise: where to go if it is not one.
    """
    if place is None or not place.startswith("/") or place.startswith(("//", "/\\")):
        return otherwise
    if any(ord(letter) < ord(" ") or letter == "\\" for letter in place):
        return otherwise
    try:
        found = urlsplit(place)
    except ValueError:
        return otherwise
    return place if not found.scheme and not found.netloc else otherwise
