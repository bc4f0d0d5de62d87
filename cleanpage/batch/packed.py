"""Packed files as what they are made of: gzip members, zstd frames, each read in bounded steps, damage survived.

An archive holds a member for each page, and one that is broken must not cost those after it: reading goes on where the
next one begins. How much is unpacked at once does not depend on how well it was packed.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import IO, Protocol

GZIP, ZSTD = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"
# What ends the magic number of zstd frames that hold no data, and that of those that hold a dictionary (by the WARC
# specification for zstd).
_SKIPPABLE, _DICTIONARY = b"\x2a\x4d\x18", b"\x5d\x2a\x4d\x18"
_SKIPPABLE_HEAD = 8
_MAX_DICTIONARY = 1 << 24
_CHUNK = 1 << 16
# A byte of zstd can become some 30,000: so few at once become no more than 32 MB.
_ZSTD_CHUNK = 1 << 10
_ZSTD_WINDOW = 1 << 27
# How many packed bytes of a part are kept to look for the next part in, should this one be damaged.
_KEPT = 1 << 24
# How much of what may be the next part is unpacked to find out, and to how much. gzip gives something soon, and a file
# may be full of what looks like its beginning. zstd gives nothing before a block, of 128 KB at most, is complete.
_GZIP_TRIAL, _ZSTD_TRIAL, _TRIAL_SIZE = 1 << 12, (1 << 17) + (1 << 10), 1 << 8


class DamagedError(Exception):
    """Packed data cannot be unpacked."""


class _Unpacker(Protocol):
    step: int  # how many packed bytes to feed it at most
    trial: int  # how many it may take until it gives something

    def feed(self, data: bytes, size: int) -> tuple[bytes, int, bool]:
        """What the bytes become, how many of them are left over, and whether the part has ended.

        What is beyond `size` comes with the next ones, where the format allows to stop.

        Raises:
            DamagedError: nothing.
        """


class _Gzip:
    step, trial = _CHUNK, _GZIP_TRIAL

    def __init__(self) -> None:
        self._unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)

    def feed(self, data: bytes, size: int) -> tuple[bytes, int, bool]:
        try:
            out = self._unpacker.decompress(data, size)
        except zlib.error as error:
            raise DamagedError(str(error)) from None
        left = self._unpacker.unused_data if self._unpacker.eof else self._unpacker.unconsumed_tail
        return out, len(left), self._unpacker.eof


class _Zstd:
    step, trial = _ZSTD_CHUNK, _ZSTD_TRIAL

    def __init__(self, dictionary: bytes) -> None:
        import zstandard

        known = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
        self._error = zstandard.ZstdError
        self._unpacker = zstandard.ZstdDecompressor(known, max_window_size=_ZSTD_WINDOW).decompressobj()

    def feed(self, data: bytes, size: int) -> tuple[bytes, int, bool]:
        try:
            out = self._unpacker.decompress(data) if data else b""
        except self._error as error:
            raise DamagedError(str(error)) from None
        return out, len(self._unpacker.unused_data), self._unpacker.eof


class PackedFile:
    """A file in parts that are unpacked on their own; a file that is not packed is one part.

    Args:
        raw: the file as it is stored, at its beginning.
        looks: whether unpacked bytes look like the beginning of a part. It decides where reading goes on after damage.
        offset: the part to begin with, by the place where it stands in the stored file.
        name: the file's name, which says how it is packed where its first bytes do not.
    """

    def __init__(self, raw: IO[bytes], looks: Callable[[bytes], bool], offset: int = 0, name: str = "") -> None:
        self._raw = raw
        self._looks = looks
        self._buffer = bytearray()
        self._at = 0  # where the buffer's first byte stands in the file
        self._next = 0  # the first byte of the buffer that has not been unpacked
        self._ended = False
        self._dictionary = b""
        self._have(len(ZSTD))
        self._is_zstd = self._buffer.startswith(ZSTD) or self._buffer[1:4] == _SKIPPABLE
        self._is_gzip = self._buffer.startswith(GZIP)
        if not self.is_packed and not (self._buffer and self._looks(bytes(self._buffer))):
            self._is_gzip, self._is_zstd = name.endswith(".gz"), name.endswith((".zst", ".zstd"))
        if offset:
            self._skip_frames()  # for the dictionary
            self._go_to(offset)

    @property
    def offset(self) -> int:
        """How many bytes of the stored file have been unpacked."""
        return self._at + self._next

    @property
    def is_packed(self) -> bool:
        return self._is_gzip or self._is_zstd

    def parts(self) -> Iterator[Part]:
        """The parts, one after the other. What is not read of a part is passed over."""
        begin = self.offset
        while self._skip_frames() or self._have(1):
            part = Part(self, self._unpacker())
            yield part
            part.pass_over()
            if part.is_damaged:
                # Where nothing can be unpacked at all, the part before this one may have swallowed the beginning.
                self._find_next((part.offset if part.has_begun else begin) + 1, part.offset)
            begin = min(part.offset, self.offset)
            self._trim(max(begin - self._at, 0))

    def _unpacker(self) -> _Unpacker | None:
        if self._is_gzip:
            return _Gzip()
        return _Zstd(self._dictionary) if self._is_zstd else None

    # --- for the parts -------------------------------------------------------------------------

    def take(self, size: int) -> bytes:
        """The next stored bytes, fewer only at the end."""
        self._have(size)
        data = self._peek(size)
        self._next += len(data)
        return data

    def give_back(self, count: int) -> None:
        """The last so many bytes that were taken come next again."""
        self._next -= count
        if not self.is_packed or self._next > _KEPT:
            self._trim(self._next)

    # --- the buffer ----------------------------------------------------------------------------

    def _have(self, size: int) -> bool:
        """Read on until so many bytes can be taken; whether they can."""
        while len(self._buffer) - self._next < size and not self._ended:
            data = self._raw.read(_CHUNK)
            self._ended = not data
            self._buffer += data
        return len(self._buffer) - self._next >= size

    def _trim(self, count: int) -> None:
        del self._buffer[:count]
        self._at += count
        self._next -= count

    def _go_to(self, offset: int) -> None:
        """Go on at a place further behind."""
        if self._raw.seekable():
            self._raw.seek(offset)
            self._buffer.clear()
            self._at, self._next, self._ended = offset, 0, False
            return
        while self.offset < offset and self.take(min(_CHUNK, offset - self.offset)):
            self._trim(self._next)

    # --- between parts -------------------------------------------------------------------------

    def _skip_frames(self) -> bool:
        """Pass over what is no part: padding, and frames of zstd without data. Never true."""
        while self.is_packed and self._have(1):
            if self._buffer[self._next] == 0:
                left = self._peek(_CHUNK)
                self._next += len(left) - len(left.lstrip(b"\0"))
                if self._next > _KEPT:
                    self._trim(self._next)
            elif self._is_zstd and self._have(_SKIPPABLE_HEAD) and self._peek(4)[1:] == _SKIPPABLE:
                self._skip_frame()
            else:
                break
        return False

    def _peek(self, size: int) -> bytes:
        return bytes(self._buffer[self._next : self._next + size])

    def _skip_frame(self) -> None:
        head = self.take(_SKIPPABLE_HEAD)
        left = int.from_bytes(head[4:], "little")
        keep = head.startswith(_DICTIONARY) and left <= _MAX_DICTIONARY
        kept = []
        while left and (data := self.take(min(left, _CHUNK))):
            left -= len(data)
            self._trim(self._next)
            if keep:
                kept.append(data)
        if keep:
            self._dictionary = _unpacked_dictionary(b"".join(kept))

    def _find_next(self, begin: int, damaged: int) -> None:
        """After damage: go to the first place from `begin` on, but for the damaged one, where a part begins; or to the
        end."""
        magic = GZIP if self._is_gzip else ZSTD
        self._next = max(begin - self._at, 0)
        while self._have(len(magic)):
            found = self._buffer.find(magic, self._next)
            if found < 0:
                self._next = len(self._buffer) - len(magic) + 1
                self._trim(self._next)
                self._have(_CHUNK)
                continue
            self._next = found
            if self.offset != damaged and self._begins_here():
                return
            self._next = found + 1
        self._next = len(self._buffer)

    def _begins_here(self) -> bool:
        unpacker = self._unpacker()
        assert unpacker is not None
        self._have(unpacker.trial)
        data = self._peek(unpacker.trial)
        try:
            for at in range(0, len(data), unpacker.step):
                out, _, has_ended = unpacker.feed(data[at : at + unpacker.step], _TRIAL_SIZE)
                if out or has_ended:
                    return self._looks(out)
        except DamagedError:
            pass
        return False


class Part:
    """A part of a file.

    Attributes:
        offset: where it begins, in bytes of the file as it is stored.
        is_damaged: whether reading has met damage.
        has_begun: whether anything of it could be unpacked.
    """

    def __init__(self, file: PackedFile, unpacker: _Unpacker | None) -> None:
        self.offset = file.offset
        self.is_damaged = False
        self.has_begun = False
        self._file = file
        self._unpacker = unpacker
        self._has_ended = False
        self._ready = memoryview(b"")  # unpacked already

    @property
    def end(self) -> int:
        """Where the next part begins, once this one has been read to its end."""
        return self._file.offset

    def read(self, size: int) -> bytes:
        """At most so many of the next bytes, unpacked; none at the end.

        Raises:
            DamagedError: they cannot be unpacked.
        """
        if self._unpacker is None:
            data = self._file.take(size)
            self._file.give_back(0)
            return data
        try:
            while not self._ready and not self._has_ended:
                self._ready = memoryview(self._unpack(self._unpacker, size))
        except DamagedError:
            self.is_damaged = self._has_ended = True
            raise
        self.has_begun = self.has_begun or bool(self._ready)
        data, self._ready = bytes(self._ready[:size]), self._ready[size:]
        return data

    def _unpack(self, unpacker: _Unpacker, size: int) -> bytes:
        data = self._file.take(unpacker.step)
        out, left, self._has_ended = unpacker.feed(data, size)
        self._file.give_back(left)
        if not (data or out or self._has_ended):
            raise DamagedError("it ends too early")
        return out

    def pass_over(self) -> None:
        """Read what is left of it."""
        try:
            while self.read(_CHUNK):
                pass
        except DamagedError:
            pass


def _unpacked_dictionary(data: bytes) -> bytes:
    if not data.startswith(ZSTD):
        return data
    import zstandard

    # In steps: what a frame says of its size need not be true.
    unpacker = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
    unpacked = bytearray()
    try:
        for at in range(0, len(data), _ZSTD_CHUNK):
            unpacked += unpacker.decompress(data[at : at + _ZSTD_CHUNK])
            if unpacker.eof or len(unpacked) > _MAX_DICTIONARY:
                break
    except zstandard.ZstdError:
        return b""  # what needs it cannot be unpacked, and says so
    return bytes(unpacked) if len(unpacked) <= _MAX_DICTIONARY else b""
