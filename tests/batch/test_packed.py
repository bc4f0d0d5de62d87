"""Packed files, whole and damaged."""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Callable

import pytest

from cleanpage.batch.packed import DamagedError, PackedFile

from .support import stream

zstandard = pytest.importorskip("zstandard")


def _zstd(data: bytes) -> bytes:
    return bytes(zstandard.ZstdCompressor(write_checksum=True).compress(data))


Pack = Callable[[bytes], bytes]
PACKS = [gzip.compress, _zstd]


def looks(data: bytes) -> bool:
    return data.startswith(b"PART")


def read(data: bytes, offset: int = 0, name: str = "", seekable: bool = True) -> list[tuple[int, bytes, bool]]:
    """Where each part begins, what it holds, whether it is whole."""
    found = []
    for part in PackedFile(stream(data, seekable=seekable), looks, offset, name).parts():
        got = b""
        try:
            while more := part.read(1000):
                got += more
        except DamagedError:
            pass
        found.append((part.offset, got, not part.is_damaged))
    return found


def some_parts(dice: random.Random, count: int = 8) -> list[bytes]:
    return [b"PART %d " % number + dice.randbytes(dice.randrange(10, 300_000)) for number in range(count)]


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("seekable", [True, False])
def test_parts_from_any_place(pack: Pack, seekable: bool) -> None:
    parts = some_parts(random.Random(1))
    data = b"".join(map(pack, parts))
    whole = read(data, seekable=seekable)
    assert [part for _, part, _ in whole] == parts
    for number, (offset, _, _) in enumerate(whole):
        assert read(data, offset, seekable=seekable) == whole[number:]


def test_what_is_not_packed_is_one_part() -> None:
    data = random.Random(2).randbytes(200_000)
    assert read(data) == [(0, data, True)]
    assert read(data, 5000) == [(5000, data[5000:], True)]
    assert read(b"") == []


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("seed", range(30))
def test_damage_costs_one_part(pack: Pack, seed: int) -> None:
    dice = random.Random(seed)
    parts = some_parts(dice)
    packed = list(map(pack, parts))
    victim = dice.randrange(len(parts))
    packed[victim] = _damaged(packed[victim], dice)
    found = read(b"\0\0".join(packed), name=".gz" if pack is gzip.compress else ".zst")
    whole = [part for _, part, is_whole in found if is_whole]
    assert whole == parts[:victim] + parts[victim + 1 :]
    assert len(found) == len(parts)


def _damaged(data: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(data) - 8)
    match dice.randrange(4):
        case 0:
            return (
                data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :] if at > 10 else b"?" + data[1:]
            )
        case 1:
            return data[:at] + data[at + dice.randrange(1, 8) :]
        case 2:
            return data[: max(at, 1)]
    return dice.randbytes(len(data))


def test_a_frame_without_check_sum_that_swallows_the_next_ones_beginning() -> None:
    parts = [b"PART %d " % number + random.Random(number).randbytes(100_000) for number in range(4)]
    packed = [zstandard.compress(part) for part in parts]
    packed[1] = packed[1][:5000] + packed[1][5010:]
    assert [part for _, part, _ in read(b"".join(packed))][-2:] == parts[2:]


def test_a_bomb_is_unpacked_in_small_steps() -> None:
    for data in (gzip.compress(bytes(50 << 20), 9), zstandard.compress(bytes(50 << 20))):
        part = next(PackedFile(stream(data), looks).parts())
        assert len(part.read(1000)) <= 1000
        assert len(part._ready) <= 40 << 20


def test_a_dictionary_as_archives_have_it() -> None:
    samples = [
        b"PART %d: a page of the site, with the menu of the site and the footer of the site" % n for n in range(500)
    ]
    dictionary = zstandard.train_dictionary(4000, samples)
    packer = zstandard.ZstdCompressor(dict_data=dictionary)
    frames = [packer.compress(sample) for sample in samples[:5]]
    for raw in (dictionary.as_bytes(), zstandard.compress(dictionary.as_bytes())):
        head = b"\x5d\x2a\x4d\x18" + len(raw).to_bytes(4, "little") + raw
        data = head + b"".join(frames)
        found = read(data)
        assert [part for _, part, _ in found] == samples[:5]
        assert read(data, found[3][0]) == found[3:]


def test_deflate_data_without_a_head_is_not_taken_for_a_part() -> None:
    assert read(zlib.compress(b"PART"), name="x.gz")[0][2] is False
