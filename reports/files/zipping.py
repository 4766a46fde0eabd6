"""Zipping: a ZIP archive as a stream, written by hand because what is streamed cannot be gone back to.

Each part says its size after its bytes (a data descriptor), as streamed archives do. A part stays below 4 GiB, so that
no reader needs the larger form of the format.
"""

import struct
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from isal import isal_zlib

LEVEL = 1
LARGEST_PART = 0xF000_0000
WAITING = 4
"""Blocks that may wait to be pressed together."""
_VERSION, _FLAGS, _DEFLATE, _TIME, _DAY = (
    20,
    0x0808,
    8,
    0,
    0x21,
)  # 1980-01-01: the same rows are the same bytes
_LOCAL, _AFTER, _CENTRAL, _END = 0x04034B50, 0x08074B50, 0x02014B50, 0x06054B50


@dataclass(frozen=True, slots=True)
class Pressed:
    """Bytes that were pressed by themselves, so they may stand anywhere in a part.

    `plain` is how many they were before, `crc` the checksum of those.
    """

    content: bytes
    plain: int
    crc: int


def pressed(plain: bytes) -> Pressed:
    """This function will return bytes ready to stand in a part."""
    deflate = _deflating()
    content = deflate.compress(plain) + deflate.flush(isal_zlib.Z_SYNC_FLUSH)
    return Pressed(content, len(plain), isal_zlib.crc32(plain))


def unpressed(one: Pressed) -> bytes:
    """This function will return what was pressed."""
    plain: bytes = isal_zlib.decompressobj(-15).decompress(one.content)
    return plain


@dataclass(frozen=True, slots=True)
class _Part:
    name: bytes
    crc: int
    pressed: int
    plain: int
    at: int


class Archive:
    """An archive that grows part by part; what each call yields belongs to its end."""

    def __init__(self) -> None:
        self._parts: list[_Part] = []
        self._at = 0

    def part(self, name: str, blocks: Iterable[bytes | Pressed]) -> Iterator[bytes]:
        """One file of the archive. Pressing runs beside the reading of `blocks`: isal lets go of the interpreter."""
        at, key = self._at, name.encode()
        head = struct.pack(
            "<IHHHHHIIIHH", _LOCAL, _VERSION, _FLAGS, _DEFLATE, _TIME, _DAY, 0, 0, 0, len(key), 0
        )
        yield self._count(head + key)
        press = _Press()
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="press") as thread:
            for pressed in _beside(thread, press.press, blocks):
                if pressed:
                    yield self._count(pressed)
            rest = press.flush()
        sizes = struct.pack("<IIII", _AFTER, press.crc, press.pressed, press.plain)
        self._parts.append(_Part(key, press.crc, press.pressed, press.plain, at))
        yield self._count(rest + sizes)

    def end(self) -> bytes:
        """This function will return the directory of the parts, which ends the archive."""
        begun = self._at
        directory = b"".join(
            struct.pack(
                "<IHHHHHHIIIHHHHHII",
                _CENTRAL, _VERSION, _VERSION, _FLAGS, _DEFLATE, _TIME, _DAY, part.crc, part.pressed, part.plain,
                len(part.name), 0, 0, 0, 0, 0, part.at,
            )
            + part.name
            for part in self._parts
        )  # fmt: skip
        count = len(self._parts)
        return directory + struct.pack("<IHHHHIIH", _END, 0, 0, count, count, len(directory), begun, 0)

    def _count(self, block: bytes) -> bytes:
        self._at += len(block)
        return block


class _Press:
    def __init__(self) -> None:
        self._deflate = _deflating()
        self._is_fresh = True
        self.crc = self.pressed = self.plain = 0

    def press(self, block: bytes | Pressed) -> bytes:
        """What was pressed by itself begins at a whole byte, and nothing after it may look back over it."""
        if isinstance(block, Pressed):
            self.crc = isal_zlib.crc32_combine(self.crc, block.crc, block.plain)
            self.plain += block.plain
            done = (b"" if self._is_fresh else self._deflate.flush(isal_zlib.Z_SYNC_FLUSH)) + block.content
            self._deflate, self._is_fresh = _deflating(), True
        else:
            self.crc = isal_zlib.crc32(block, self.crc)
            self.plain += len(block)
            done = self._deflate.compress(block)
            self._is_fresh = False
        self.pressed += len(done)
        return done

    def flush(self) -> bytes:
        done = self._deflate.flush()
        self.pressed += len(done)
        return done


def _deflating() -> isal_zlib.Compress:
    return isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, -15)


def _beside(
    thread: ThreadPoolExecutor, deed: Callable[[bytes | Pressed], bytes], blocks: Iterable[bytes | Pressed]
) -> Iterator[bytes]:
    """What `deed` makes of each block, in their order, a few of them waiting at most."""
    waiting: list[Future[bytes]] = []
    for block in blocks:
        waiting.append(thread.submit(deed, block))
        if len(waiting) >= WAITING:
            yield waiting.pop(0).result()
    for future in waiting:
        yield future.result()
