"""A landed file as its messages: plain, gzip, or a zip of messages, read as bounded streams."""

import gzip
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from feeds.feed import RefusedError


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


_BLOCK = 1 << 20
_FREE_BYTES = 10_000_000
_ARCHIVES = (".zip", ".gz", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz")
_FAULTS = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)
# A member's place in the directory of a zip: 46 bytes and its name; longer names than these make the file suspect.
_DIRECTORY_ENTRY_BYTES = 1_000


def file_hash(path: str) -> str:
    """SHA-256 of the file as it landed."""
    digest = sha256()
    with Path(path).open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


@dataclass(frozen=True)
class Message:
    """One message of a file: the member it is in an archive ('' where the file is the message), and how to read it again and again."""

    member: str
    open: Callable[[], AbstractContextManager[_Stream]]
    most_bytes: int = 0
    fault: str = "file.unreadable"

    def blocks(self) -> Iterator[bytes]:
        """Its bytes in blocks; RefusedError where it cannot be had, or expands beyond its bound."""
        size = 0
        try:
            with self.open() as stream:
                while block := stream.read(_BLOCK):
                    size += len(block)
                    if self.most_bytes and size > self.most_bytes:
                        raise RefusedError("archive.bounds", f"expands beyond {self.most_bytes} bytes")
                    yield block
        except _FAULTS as fault:
            raise RefusedError(self.fault, type(fault).__name__) from None


def messages(path: str, ratio: int, members: int) -> Iterator[Message | tuple[str, RefusedError]]:
    """Each message of a file, or the member and why it cannot be had."""
    try:
        with Path(path).open("rb") as stream:
            head = stream.read(4)
        packed = Path(path).stat().st_size
        if not head:
            yield "", RefusedError("file.empty")
        elif head[:2] == b"\x1f\x8b":
            yield Message("", lambda: gzip.open(path), max(_FREE_BYTES, packed * ratio), "archive.unreadable")  # noqa: SIM115 - closed where read
        elif head in (b"PK\x03\x04", b"PK\x05\x06") or path.lower().endswith(".zip"):
            yield from _zip_members(path, ratio, members)
        else:
            fault = "archive.unreadable" if path.lower().endswith(_ARCHIVES) else "file.unreadable"
            yield Message("", lambda: Path(path).open("rb"), fault=fault)  # noqa: SIM115 - closed where read
    except _FAULTS as fault:
        code = "archive.unreadable" if path.lower().endswith(_ARCHIVES) else "file.unreadable"
        yield "", RefusedError(code, type(fault).__name__)


def _zip_members(path: str, ratio: int, members: int) -> Iterator[Message | tuple[str, RefusedError]]:
    told = _directory(path)
    if told is not None and (told[0] > members or told[1] > members * _DIRECTORY_ENTRY_BYTES):
        yield "", RefusedError("archive.bounds", f"{told[0]} members, {members} allowed")
        return
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
            else:
                yield Message(info.filename, _member(archive, info), max(_FREE_BYTES, info.compress_size * ratio), "archive.unreadable")


def _directory(path: str) -> tuple[int, int] | None:
    """Entries and bytes of a zip's directory as its end tells them, before any entry is taken into memory."""
    with Path(path).open("rb") as stream:
        end = zipfile._EndRecData(stream)  # type: ignore[attr-defined]  # the library's own reading of it, Zip64 included
    return (int(end[4]), int(end[5])) if end else None


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], AbstractContextManager[_Stream]]:
    return lambda: archive.open(info)
