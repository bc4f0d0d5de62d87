"""What the workers of tests do."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any


def double(number: int) -> int:
    return number * 2


def misbehave(piece: Any) -> Any:
    """What a piece says."""
    match piece:
        case "hang":
            time.sleep(600)
        case "hang for good":
            while True:  # as C code does: no signal that Python would handle gets through
                time.sleep(0.01)
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "exit":
            os._exit(3)
        case "raise":
            raise ValueError("no such thing")
        case "leave":
            raise SystemExit
        case ("die once", path):
            if not Path(path).exists():
                Path(path).touch()
                os.kill(os.getpid(), signal.SIGKILL)
        case ("slow", seconds):
            time.sleep(seconds)
    return piece


def large(size: int) -> bytes:
    return b"x" * size


def process(_: object) -> int:
    return os.getpid()


def keep(size: int) -> int:
    """Hold on to memory."""
    _kept.append(bytearray(os.urandom(1)) * size)
    return os.getpid()


_kept: list[bytearray] = []


class Unloadable:
    """A function that cannot be unpickled."""

    def __call__(self, piece: object) -> object:
        return piece

    def __reduce__(self) -> tuple[Any, ...]:
        return _fail, ()


def _fail() -> None:
    raise RuntimeError("this cannot be loaded")
