"""Which tests measure what they reach of the core: its own, which need nothing but Python.

Measuring makes Python two to four times as slow, also in code that is not measured. So it stops for
tests of all that is around the core: every branch of what decides is to be reached by tests that
show by themselves what it decides.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from coverage import Coverage

_TESTS: Final = Path(__file__).parent
_MEASURE: Final = tuple(
    _TESTS / name for name in ("unit/domain", "unit/definitions", "unit/application", "property")
)
_STOPPED: Final = pytest.StashKey[Coverage]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> None:
    """Stop before the first test that does not measure, and go on before the next that does."""
    measures = any(item.path.is_relative_to(folder) for folder in _MEASURE)
    running, stopped = Coverage.current(), item.config.stash.get(_STOPPED, None)
    if running is not None and not measures:
        running.stop()
        item.config.stash[_STOPPED] = running
    elif stopped is not None and measures:
        del item.config.stash[_STOPPED]
        stopped.start()
