"""Hypothesis runs the same examples every time, in every place; `HYPOTHESIS_PROFILE=explore` looks for new ones."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

_COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}

settings.register_profile("default", max_examples=60, derandomize=True, database=None, **_COMMON)
settings.register_profile("explore", max_examples=2000, print_blob=True, **_COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Packs that tests compile are kept apart from the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLEANPAGE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield
