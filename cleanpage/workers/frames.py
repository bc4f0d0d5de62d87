"""Messages between a pool and its workers: a length, then a pickle."""

from __future__ import annotations

import pickle
import socket
import struct
from typing import Any

LENGTH = struct.Struct("<Q")


def packed(message: Any) -> bytes:
    """A message as it goes over the wire."""
    data = pickle.dumps(message, protocol=5)
    return LENGTH.pack(len(data)) + data


def send(sock: socket.socket, message: Any) -> None:
    """Send a message, and wait until all of it is on its way."""
    sock.sendall(packed(message))


def receive(sock: socket.socket) -> bytes | None:
    """Wait for a message and return its pickle; None if the other side is gone."""
    head = _exactly(sock, LENGTH.size)
    return None if head is None else _exactly(sock, LENGTH.unpack(head)[0])


def _exactly(sock: socket.socket, size: int) -> bytes | None:
    data = bytearray(size)
    view, done = memoryview(data), 0
    while done < size:
        got = sock.recv_into(view[done:])
        if not got:
            return None
        done += got
    return bytes(data)


class Inbox:
    """Messages that arrive in parts."""

    def __init__(self) -> None:
        self._data = bytearray()

    @property
    def has_part(self) -> bool:
        """Whether a part of a message has arrived."""
        return bool(self._data)

    def add(self, data: bytes) -> list[bytes]:
        """Take what has arrived, and return the pickles of the messages that are complete now."""
        self._data += data
        complete, at = [], 0
        while len(self._data) - at >= LENGTH.size:
            end = at + LENGTH.size + LENGTH.unpack_from(self._data, at)[0]
            if len(self._data) < end:
                break
            complete.append(bytes(memoryview(self._data)[at + LENGTH.size : end]))
            at = end
        del self._data[:at]
        return complete
