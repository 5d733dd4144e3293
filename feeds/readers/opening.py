"""A landed file as its messages: plain, gzip, or a zip of messages, all within bounds, read as streams."""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from feeds.feed import RefusedError


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


_FREE_BYTES = 10_000_000
_ARCHIVES = (".zip", ".gz", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz")


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
        elif head[:2] == b"\x1f\x8b":
            with gzip.open(path) as unpacked:
                yield "", _bounded(unpacked, Path(path).stat().st_size, ratio)
        elif head in (b"PK\x03\x04", b"PK\x05\x06") or path.lower().endswith(".zip"):
            yield from _zip_members(path, ratio, members)
        else:
            yield "", Path(path).read_bytes()
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError) as fault:
        code = "archive.unreadable" if path.lower().endswith(_ARCHIVES) else "file.unreadable"
        yield "", RefusedError(code, type(fault).__name__)


def _zip_members(path: str, ratio: int, members: int) -> Iterator[tuple[str, bytes | RefusedError]]:
    with zipfile.ZipFile(path) as archive:
        listed = [info for info in archive.infolist() if not info.is_dir()]
        if not listed:
            yield "", RefusedError("file.empty")
            return
        if len(listed) > members:
            yield "", RefusedError("archive.bounds", f"{len(listed)} members, {members} allowed")
            return
        for info in listed:
            if info.filename.lower().endswith(_ARCHIVES):
                yield info.filename, RefusedError("archive.nested", info.filename)
                continue
            try:
                with archive.open(info) as stream:
                    yield info.filename, _bounded(stream, max(info.compress_size, 1), ratio)
            except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError) as fault:
                yield info.filename, RefusedError("archive.unreadable", type(fault).__name__)


def _bounded(stream: _Stream, packed: int, ratio: int) -> bytes | RefusedError:
    """What a stream expands to, unless it grows beyond the free bytes and the ratio."""
    limit = max(_FREE_BYTES, packed * ratio)
    blocks, size = [], 0
    while block := stream.read(1 << 20):
        size += len(block)
        if size > limit:
            return RefusedError("archive.bounds", f"expands beyond {ratio} times its size")
        blocks.append(block)
    return b"".join(blocks) if size else RefusedError("file.empty")
