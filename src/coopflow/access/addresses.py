"""From where somebody asks: the address of a client, also behind proxies that are trusted."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

_HOME = 64  # bits that one subscriber of IPv6 has at least: all addresses below are theirs


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Read networks, such as ``10.0.0.0/8``, and single addresses.

    Raises:
        ValueError: one is neither.
    """
    return tuple(ip_network(text, strict=False) for text in texts)


def client_address(peer: str | None, forwarded: str, trusted: Sequence[Network]) -> str:
    """Return where a request comes from, as far as it can be known.

    Args:
        peer: the other end of the connection.
        forwarded: the values of ``X-Forwarded-For``, each added on the right by who handed it on.
        trusted: the proxies whose word is taken. What comes from others is their own invention.

    Returns:
        An address, of IPv6 the network of the subscriber; what the peer is called, if that is none.
    """
    hops = [one.strip() for one in forwarded.split(",") if one.strip()]
    current = peer or "unknown"
    while (address := _read(current)) is not None and hops and _is_within(address, trusted):
        if _read(hops[-1]) is None:
            break
        current = hops.pop()
    return current if address is None else _counted(address)


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_within(address: IPv4Address | IPv6Address, trusted: Sequence[Network]) -> bool:
    return any(address.version == one.version and address in one for one in trusted)


def _counted(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, _HOME), strict=False))
    return str(address)
