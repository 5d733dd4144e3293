"""A landed file as its messages: plain, gzip, or a zip of messages, all within bounds, read as streams."""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from os import fstat
from pathlib import Path
from typing import BinaryIO, Protocol

from feeds.feed import RefusedError


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


_FREE_BYTES = 10_000_000
_ARCHIVES = (".zip", ".gz", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz")
_GZIP, _ZIP, _LISTED = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06"), b"PK\x01\x02"
# What damaged archives raise: names that are no text are a ValueError, unknown methods and passwords a RuntimeError.
_UNREADABLE = (OSError, EOFError, ValueError, RuntimeError, zlib.error, zipfile.BadZipFile)


def file_hash(path: str) -> str:
    """SHA-256 of the file as it landed."""
    digest = sha256()
    with Path(path).open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def messages(path: str, ratio: int, members: int) -> Iterator[tuple[str, bytes | RefusedError]]:
    """Each message of a file as (member name or '', its bytes or why it cannot be had)."""
    try:
        with Path(path).open("rb") as stream:
            head = stream.read(4)
        if not head:
            yield "", RefusedError("file.empty")
        elif head[:2] == _GZIP:
            with Path(path).open("rb") as packed, gzip.GzipFile(fileobj=packed) as unpacked:
                yield "", _Unpacking.of(packed, ratio).content(unpacked)
        elif head in _ZIP or path.lower().endswith(".zip"):
            yield from _zip_members(path, ratio, members)
        else:
            yield "", Path(path).read_bytes()
    except _UNREADABLE as fault:
        code = "archive.unreadable" if path.lower().endswith(_ARCHIVES) else "file.unreadable"
        yield "", RefusedError(code, type(fault).__name__)


def _zip_members(path: str, ratio: int, members: int) -> Iterator[tuple[str, bytes | RefusedError]]:
    # zipfile would take a kilobyte for each entry before it could be asked how many there are.
    if (listed := _entries(path)) > members:
        yield "", RefusedError("archive.bounds", f"{listed} members, {members} allowed")
        return
    with Path(path).open("rb") as packed, zipfile.ZipFile(packed) as archive:
        unpacking = _Unpacking.of(packed, ratio)
        found = [info for info in archive.infolist() if not info.filename.endswith("/")]
        if not found:
            yield "", RefusedError("file.empty")
        for info in found:
            yield info.filename, _member(archive, info, unpacking)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, unpacking: "_Unpacking") -> bytes | RefusedError:
    """One message of a zip, or why it cannot be had."""
    if info.filename.lower().endswith(_ARCHIVES):
        return RefusedError("archive.nested", info.filename)
    # zipfile unpacks the other methods without asking how far.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return RefusedError("archive.unreadable", f"packed by method {info.compress_type}")
    try:
        with archive.open(info) as stream:
            return unpacking.content(stream)
    except _UNREADABLE as fault:
        return RefusedError("archive.unreadable", type(fault).__name__)


def _entries(path: str) -> int:
    """At most so many entries the directory of a zip lists: each is led by a mark."""
    count, tail = 0, b""
    with Path(path).open("rb") as stream:
        while block := stream.read(1 << 20):
            count += (tail + block).count(_LISTED)
            tail = block[1 - len(_LISTED):]
    return count


@dataclass
class _Unpacking:
    """The unpacking of one file: how many times what is read of it may it become, and how many bytes may still come of all of it."""

    packed: BinaryIO
    ratio: int
    left: int

    @classmethod
    def of(cls, packed: BinaryIO, ratio: int) -> "_Unpacking":
        """The unpacking of a file that is open at its beginning."""
        return cls(packed, ratio, max(_FREE_BYTES, fstat(packed.fileno()).st_size * ratio))

    def content(self, stream: _Stream) -> bytes | RefusedError:
        """What a stream expands to, unless it grows beyond the free bytes and the ratio."""
        start, size, blocks = self.packed.tell(), 0, list[bytes]()
        while block := stream.read(1 << 16):
            blocks.append(block)
            size, self.left = size + len(block), self.left - len(block)
            if self.left < 0 or size > max(_FREE_BYTES, (self.packed.tell() - start) * self.ratio):
                return RefusedError("archive.bounds", f"expands beyond {self.ratio} times its size")
        if not size:
            return RefusedError("file.empty")
        return RefusedError("archive.nested", "by its first bytes") if blocks[0].startswith((_GZIP, *_ZIP)) else b"".join(blocks)
