"""Columns of numbers, one for each block in page order, several on top of each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np


def shifted(values: Any, steps: Iterable[int], fill: float = 0) -> Iterator[Any]:
    """For each step the values of the blocks so many places before (or, if negative, after).

    Args:
        values: a row of numbers, or several.
        steps: none farther than there are given.
        fill: where there is no such block.
    """
    steps = list(steps)
    count = values.shape[-1]
    reach = max(map(abs, steps))
    padded = np.full((*values.shape[:-1], count + 2 * reach), fill, dtype=values.dtype)
    padded[..., reach : reach + count] = values
    for step in steps:
        yield padded[..., reach - step : reach - step + count]


def window_means(values: Any, reaches: Iterable[int]) -> Iterator[Any]:
    """For each reach the means over each block and so many before and after it.

    Args:
        values: a row of numbers, or several.
        reaches: how many blocks on either side.
    """
    count = values.shape[-1]
    sums = running(values)
    index = np.arange(count)
    for reach in reaches:
        low, high = np.maximum(index - reach, 0), np.minimum(index + reach + 1, count)
        yield (sums[..., high] - sums[..., low]) / np.maximum(high - low, 1)


def running(values: Any) -> Any:
    """How much stands before each block, and how much in all."""
    sums = np.zeros((*values.shape[:-1], values.shape[-1] + 1))
    np.cumsum(values, axis=-1, out=sums[..., 1:])
    return sums
