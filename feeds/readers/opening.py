"""A landed file as its messages: plain, gzip, or a zip of messages, all within bounds, read as streams."""

import gzip
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePath, PurePosixPath
from typing import BinaryIO, Protocol, cast

from feeds.feed import RefusedError


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


# A stream, and where its file has been read up to.
Opened = tuple[_Stream, Callable[[], int]]
_BLOCK = 1 << 18
_FREE_BYTES = 10_000_000
_UNREAD_SUFFIXES = (".part", ".tmp")
_UNREAD_FOLDERS = frozenset({"truth", "__MACOSX"})
_ARCHIVES = (".zip", ".gz", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz")
_GZIP, _ZIP, _LISTED = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06"), b"PK\x01\x02"
# What damaged archives raise: names that are no text are a ValueError, unknown methods and passwords a RuntimeError.
_UNREADABLE = (OSError, EOFError, ValueError, RuntimeError, zlib.error, zipfile.BadZipFile)


def is_unread(inner: PurePath) -> bool:
    """Whether a path is none of the sender's deliveries, at any depth: hidden, unfinished, truth, or what a desktop adds to an archive."""
    # A path that leads out of its folder is not hidden: what it names is refused or taken, never passed by.
    return (any(part.startswith(".") and not part.startswith("..") for part in inner.parts) or not _UNREAD_FOLDERS.isdisjoint(inner.parts[:-1])
            or inner.name.endswith(_UNREAD_SUFFIXES))


def file_hash(path: str) -> str:
    """SHA-256 of the file as it landed."""
    digest = sha256()
    with Path(path).open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


@dataclass
class Message:
    """One message of a file: the member it is in an archive ('' where the file is the message), and how to read it, again if need be.

    Of a packed one at most `left` bytes may come, and `ratio` times what is read of its file; `size` is what came.
    """

    member: str
    open: Callable[[], AbstractContextManager[Opened]]
    fault: str
    ratio: int = 0
    left: int = 0
    size: int = 0

    def blocks(self) -> Iterator[bytes]:
        """Its bytes in blocks; RefusedError where it cannot be had, expands beyond its bounds, or is an archive itself."""
        try:
            with self.open() as (stream, tell):
                start, self.size = tell(), 0
                while block := stream.read(_BLOCK):
                    if self.ratio:
                        self._require(block, tell() - start)
                    self.size += len(block)
                    yield block
        except _UNREADABLE as fault:
            raise RefusedError(self.fault, type(fault).__name__) from None

    def _require(self, block: bytes, packed: int) -> None:
        if not self.size and block.startswith((_GZIP, *_ZIP)):
            raise RefusedError("archive.nested", "by its first bytes")
        size = self.size + len(block)
        if size > self.left or size > max(_FREE_BYTES, packed * self.ratio):
            raise RefusedError("archive.bounds", f"expands beyond {self.ratio} times its size")


def messages(path: str, ratio: int, members: int) -> Iterator[Message | tuple[str, RefusedError]]:
    """Each message of a file, or the member and why it cannot be had."""
    code = "archive.unreadable" if path.lower().endswith(_ARCHIVES) else "file.unreadable"
    try:
        with Path(path).open("rb") as stream:
            head = stream.read(4)
        most = max(_FREE_BYTES, Path(path).stat().st_size * ratio)
        if not head:
            yield "", RefusedError("file.empty")
        elif head[:2] == _GZIP:
            yield Message("", lambda: _gunzipped(path), code, ratio, most)
        elif head in _ZIP or path.lower().endswith(".zip"):
            yield from _zip_members(path, ratio, most, members)
        else:
            yield Message("", lambda: _plain(path), code)
    except _UNREADABLE as fault:
        yield "", RefusedError(code, type(fault).__name__)


@contextmanager
def _plain(path: str) -> Iterator[Opened]:
    with Path(path).open("rb") as stream:
        yield stream, stream.tell


@contextmanager
def _gunzipped(path: str) -> Iterator[Opened]:
    with Path(path).open("rb") as packed, gzip.GzipFile(fileobj=packed) as unpacked:
        yield unpacked, packed.tell


def _zip_members(path: str, ratio: int, most: int, members: int) -> Iterator[Message | tuple[str, RefusedError]]:
    # zipfile would take a kilobyte for each entry before it could be asked how many there are.
    if (listed := _entries(path)) > members:
        yield "", RefusedError("archive.bounds", f"{listed} members, {members} allowed")
        return
    with zipfile.ZipFile(path) as archive:
        found = [info for info in archive.infolist() if not info.filename.endswith("/") and not is_unread(_within(info.filename))]
        if not found:
            yield "", RefusedError("file.empty")
        for info in found:
            if info.filename.lower().endswith(_ARCHIVES):
                yield info.filename, RefusedError("archive.nested", info.filename)
            elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                # zipfile unpacks the other methods without asking how far.
                yield info.filename, RefusedError("archive.unreadable", f"packed by method {info.compress_type}")
            else:
                message = Message(info.filename, _opener(archive, info), "archive.unreadable", ratio, most)
                yield message
                most -= message.size


def _within(name: str) -> PurePosixPath:
    """The path of a member without steps upwards, which hide nothing: what would slip out of an archive is read as text and told."""
    return PurePosixPath(*(part for part in name.replace("\\", "/").split("/") if part != ".."))


def _opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], AbstractContextManager[Opened]]:
    @contextmanager
    def opened() -> Iterator[Opened]:
        with archive.open(info) as stream:
            yield stream, cast(BinaryIO, archive.fp).tell

    return opened


def _entries(path: str) -> int:
    """At most so many entries the directory of a zip lists: each is led by a mark."""
    count, tail = 0, b""
    with Path(path).open("rb") as stream:
        while block := stream.read(1 << 20):
            count += (tail + block).count(_LISTED)
            tail = block[1 - len(_LISTED):]
    return count
