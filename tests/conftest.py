from __future__ import annotations

import os
from typing import Final

from hypothesis import HealthCheck, settings

pytest_plugins = ["pytester"]

_SLOW_ON_SHARED_CORES: Final = [HealthCheck.too_slow]

settings.register_profile(
    "dev", max_examples=50, deadline=None, suppress_health_check=_SLOW_ON_SHARED_CORES
)
settings.register_profile("ci", settings.get_profile("dev"), max_examples=400, derandomize=True)
settings.register_profile("nightly", settings.get_profile("dev"), max_examples=20_000)


def profile(ci: str | None) -> str:
    """Choose how many cases are generated, by the variable CI: unset, ``nightly``, or anything."""
    if not ci:
        return "dev"
    return "nightly" if ci == "nightly" else "ci"


settings.load_profile(profile(os.environ.get("CI")))
