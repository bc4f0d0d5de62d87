"""From probabilities to blocks."""

from __future__ import annotations

import numpy as np
import pytest

from cleanpage.article.select import choose


def test_what_is_likely_is_taken() -> None:
    chosen, reason = choose(np.array([0.05, 0.9, 0.8, 0.02]), np.array([40, 60, 30, 50]))
    assert (chosen.tolist(), reason) == ([False, True, True, False], "scorer")


def test_a_short_article_brings_what_comes_nearest() -> None:
    chosen, reason = choose(np.array([0.05, 0.28, 0.16, 0.02]), np.array([4, 12, 6, 5]))
    assert chosen.tolist() == [False, True, True, False]
    assert "nearest" in reason


def test_a_long_page_of_doubtful_blocks_gives_the_least_doubtful() -> None:
    chosen, reason = choose(np.array([0.05, 0.14, 0.14]), np.array([300, 200, 200]))
    assert chosen.tolist() == [False, True, True]
    assert "nearest" in reason


@pytest.mark.parametrize("likely", [[0.0, 0.0], [0.1, 0.14], []])
def test_nothing_is_taken_where_nothing_is_likely(likely: list[float]) -> None:
    chosen, reason = choose(np.array(likely), np.full(len(likely), 30))
    assert not chosen.any()
    assert reason.startswith("nothing")
