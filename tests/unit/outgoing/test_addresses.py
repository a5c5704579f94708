from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import Any

import pytest

from coopflow.outgoing.addresses import ForbiddenAddressError, is_public, resolved


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 - refused
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.8.8.8",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
        "2002:7f00:1::",
        "fc00::1",
        "fe80::1",
        "fec0::1",
        "::127.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b:1::127.0.0.1",
        "ff02::1",
    ],
)
def test_what_only_this_machine_or_network_can_reach_is_not_public(address: str) -> None:
    """Also where an address of IPv4 hides in one of IPv6."""
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.215.14", "::ffff:1.1.1.1", "64:ff9b::101:101", "2606:4700::1111"]
)
def test_what_anybody_can_reach_is_public(address: str) -> None:
    """Both kinds of addresses are."""
    assert is_public(ipaddress.ip_address(address))


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[tuple[Any, ...]]:
    """Let every name lead to these addresses, and return what was looked up."""
    asked: list[tuple[Any, ...]] = []

    async def getaddrinfo(*what: Any, **_: Any) -> list[tuple[Any, ...]]:
        asked.append(what)
        if not addresses:
            raise socket.gaierror
        kind = {4: socket.AF_INET, 6: socket.AF_INET6}
        return [
            (kind[ipaddress.ip_address(one.partition("%")[0]).version], 0, 0, "", (one, what[1]))
            for one in addresses
        ]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    return asked


async def test_a_name_is_looked_up_once_and_its_address_is_what_is_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The certificate and the request are for the name; a name that changes changes nothing."""
    asked = resolving(monkeypatch, "127.0.0.1", "93.184.215.14")
    target = await resolved("https://hooks.example.org:8443/in?a=b", allow_private=False)
    assert target == (
        "https://93.184.215.14:8443/in?a=b",
        "hooks.example.org:8443",
        "hooks.example.org",
    )
    assert asked == [("hooks.example.org", 8443)]


async def test_a_usual_port_is_left_out_of_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """As browsers do, also for an address of IPv6."""
    resolving(monkeypatch, "2606:4700::1111")
    assert await resolved("https://example.org/", allow_private=False) == (
        "https://[2606:4700::1111]:443/",
        "example.org",
        "example.org",
    )
    assert await resolved("https://[2606:4700::1111]/", allow_private=False) == (
        "https://[2606:4700::1111]:443/",
        "[2606:4700::1111]",
        "2606:4700::1111",
    )


@pytest.mark.parametrize("addresses", [(), ("127.0.0.1",), ("fe80::1%eth0", "10.0.0.1")])
async def test_a_name_that_leads_inside_is_refused(
    addresses: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However public it looks, and whatever it led to when the webhook was added."""
    resolving(monkeypatch, *addresses)
    with pytest.raises(ForbiddenAddressError):
        await resolved("https://example.org/", allow_private=False)


async def test_what_the_setting_no_longer_allows_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A URL that was kept while more was allowed is looked at again each time."""
    asked = resolving(monkeypatch, "93.184.215.14")
    for url in ("http://example.org/", "https://192.168.1.1/"):
        with pytest.raises(ForbiddenAddressError):
            await resolved(url, allow_private=False)
        assert (await resolved(url, allow_private=True)).url
    assert len(asked) == 1


@pytest.mark.parametrize("url", ["https://2130706433/", "https://0x7f.1/", "https://localhost/"])
async def test_other_ways_to_write_loopback_are_looked_up_too(url: str) -> None:
    """What the system makes of a number or a name is what is judged."""
    with pytest.raises(ForbiddenAddressError):
        await resolved(url, allow_private=False)
