"""Where webhooks may go: to the outside, and not to what only this machine or network can reach."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

from coopflow.outgoing.errors import EndpointFault

LONGEST_URL: Final = 2000

_PORTS: Final = {"http": 80, "https": 443}
_TRANSLATED: Final = ipaddress.ip_network("64:ff9b::/96")
_UNICAST: Final = ipaddress.ip_network("2000::/3")
"""All that was ever given out of IPv6: elsewhere there are older and local ways into IPv4."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class ForbiddenAddressError(ConnectionError):
    """A host has no address that may be reached."""


class Target(NamedTuple):
    """Where a URL leads, looked up and found to be allowed.

    Attributes:
        url: the same URL with the address in place of the host.
        host: what the request and the certificate are for: the host, with a port that is unusual.
        name: the host alone.
    """

    url: str
    host: str
    name: str


def check_url(url: str, *, allow_private: bool) -> None:
    """Refuse a URL that no webhook is sent to, whatever its host resolves to.

    Args:
        url: what was given.
        allow_private: whether HTTP without TLS and addresses that are not public will do.

    Raises:
        EndpointFault: it cannot be used.
    """
    fault = _fault(url, allow_private=allow_private)
    if fault is not None:
        raise EndpointFault("url", fault)


async def resolved(url: str, *, allow_private: bool) -> Target:
    """Look up the host of a URL, and return where it may be reached.

    Whoever connects does so to this address and looks up nothing again: a name that leads to
    another place a moment later does not matter.

    Raises:
        ForbiddenAddressError: it has no address, or none that may be reached.
    """
    fault = _fault(url, allow_private=allow_private)
    if fault is not None:
        raise ForbiddenAddressError(fault)
    parts = urlsplit(url)
    assert parts.hostname is not None
    port = parts.port or _PORTS[parts.scheme]
    for address in await _addresses(parts.hostname, port):
        if allow_private or is_public(address):
            return _target(parts, address, port)
    raise ForbiddenAddressError(f"{parts.hostname} has no public address")


def is_public(address: Address) -> bool:
    """Whether an address can be reached from anywhere, and is nobody's own."""
    if isinstance(address, ipaddress.IPv6Address):
        within = address.ipv4_mapped or address.sixtofour
        if address in _TRANSLATED:
            within = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if within is not None:
            return is_public(within)
        if address.teredo is not None or address not in _UNICAST:
            return False
    return address.is_global and not address.is_multicast


def _fault(url: str, *, allow_private: bool) -> str | None:
    """Return what is wrong with a URL, as far as it can be said without looking up its host."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "this is no URL: write https://HOST/PATH"
    is_clean = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
    if not host or parts.scheme not in _PORTS or not is_clean:
        return "this is no URL of a web service: write https://HOST/PATH, in ASCII"
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "a URL with a user, a password or a # is not kept: leave them out"
    return None if allow_private else _private(parts.scheme, host)


def _private(scheme: str, host: str) -> str | None:
    advice = "or set COOPFLOW_WEBHOOKS_ALLOW_PRIVATE, where all who add webhooks are trusted"
    if scheme != "https":
        return f"events are sent by https alone: give such a URL, {advice}"
    literal = _literal(host)
    if literal is not None and not is_public(literal):
        return f"{host} is not a public address: give one, {advice}"
    return None


async def _addresses(host: str, port: int) -> list[Address]:
    literal = _literal(host)
    if literal is not None:
        return [literal]
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ForbiddenAddressError(f"{host} has no address") from error
    return [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _target(parts: SplitResult, address: Address, port: int) -> Target:
    shown = f"[{address}]" if address.version == 6 else str(address)  # noqa: PLR2004 - of IP
    assert parts.hostname is not None
    name = parts.hostname
    host = f"[{name}]" if ":" in name else name
    usual = port == _PORTS[parts.scheme]
    return Target(
        parts._replace(netloc=f"{shown}:{port}").geturl(),
        host if usual else f"{host}:{port}",
        name,
    )
