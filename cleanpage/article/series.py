"""Columns of numbers, one for each block in page order."""

from __future__ import annotations

from typing import Any

import numpy as np


def shifted(values: Any, step: int, fill: float = 0) -> Any:
    """The value of the block so many places before (or, if negative, after)."""
    moved = np.full(len(values), fill, dtype=np.asarray(values).dtype)
    if abs(step) < len(values):
        if step > 0:
            moved[step:] = values[:-step]
        else:
            moved[:step] = values[-step:]
    return moved


def window_mean(values: Any, reach: int) -> Any:
    """The mean over each block and so many before and after it."""
    running = np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))
    index = np.arange(len(values))
    low, high = np.maximum(index - reach, 0), np.minimum(index + reach + 1, len(values))
    return (running[high] - running[low]) / np.maximum(high - low, 1)
