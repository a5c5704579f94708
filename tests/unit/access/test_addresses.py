from __future__ import annotations

import pytest

from coopflow.access.addresses import client_address, networks

TRUSTED = networks(["10.0.0.0/8", "2001:db8::/32"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "198.51.100.1", "192.0.2.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "203.0.113.5, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "203.0.113.5, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
        ("10.0.0.1", " , ,198.51.100.1,", "198.51.100.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("2001:db8::1", "2a00:1:2:3:4:5:6:7", "2a00:1:2:3::/64"),
        ("2a00:1:2:3::9", "", "2a00:1:2:3::/64"),
        ("/run/coopflow.sock", "198.51.100.1", "/run/coopflow.sock"),
        (None, "198.51.100.1", "unknown"),
    ],
)
def test_where_a_request_comes_from(peer: str | None, forwarded: str, found: str) -> None:
    """The last address that a trusted proxy vouches for; never what a client made up."""
    assert client_address(peer, forwarded, TRUSTED) == found


def test_nobody_is_trusted_by_default() -> None:
    """Not even this machine."""
    assert client_address("127.0.0.1", "198.51.100.1", ()) == "127.0.0.1"


def test_networks_are_read() -> None:
    """Single addresses, too; anything else is an error."""
    assert [str(one) for one in networks(["10.1.2.3/8", "::1"])] == ["10.0.0.0/8", "::1/128"]
    with pytest.raises(ValueError, match="proxy"):
        networks(["proxy"])
