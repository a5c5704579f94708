from __future__ import annotations

from typing import Any

import pytest
from limits.errors import StorageError

from coopflow.access.access import granted
from coopflow.access.rates import RateOptions, Rates


async def test_requests_are_counted() -> None:
    """Each one for itself, and each kind."""
    rates = Rates(RateOptions(caller="2/minute", address="1/hour"))
    counts = [await rates.count("caller", "max") for _ in range(3)]
    assert [one and (one.remaining, one.exceeded) for one in counts] == [
        (1, False),
        (0, False),
        (0, True),
    ]
    other = await rates.count("caller", "zoe")
    assert other is not None
    assert (other.limit, other.window, other.remaining) == (2, 60, 1)
    hour = await rates.count("address", "max")
    assert hour is not None
    assert 3500 < hour.wait <= 3600


async def test_no_limit() -> None:
    """Where none is set, there is nothing to count."""
    assert await Rates(RateOptions(caller=None)).count("caller", "max") is None


async def test_where_it_cannot_be_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A storage that is away keeps nobody out."""
    rates = Rates()

    async def fail(*_: Any, **__: Any) -> bool:
        raise StorageError(ConnectionError("away"))

    monkeypatch.setattr(rates._counter, "hit", fail)
    assert await rates.count("caller", "max") is None


@pytest.mark.parametrize("more", [{"caller": "often"}, {"storage": "nowhere://"}])
def test_options_that_cannot_be_meant(more: dict[str, str]) -> None:
    """A limit that is none, a storage that is not known."""
    with pytest.raises(ValueError, match=r"often|nowhere"):
        Rates(RateOptions.model_validate(more))


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        ("", {"read", "write"}),
        ("openid email", {"read", "write"}),
        ("openid read", {"read", "write"}),
        ("coopflow:read", {"read"}),
        ("coopflow:read coopflow:directory other:write", {"read", "directory"}),
        ("coopflow:act coopflow:tokens", set[str]()),
        ("coopflow:nothing", {"read", "write"}),
    ],
)
def test_what_a_token_of_the_provider_allows(scope: str, found: set[str]) -> None:
    """What it names, without vouching for others or keeping tokens."""
    assert granted(scope) == found
