"""A saved lake as it lies: a folder that grows from backup to backup, or one tar file."""

import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Protocol

from jobs.saved import MANIFEST, Manifest, Saved, read_manifest
from lakehouse.errors import CallerError, InternalError

_BLOCK = 1 << 20


class Place(Protocol):
    """Where a backup lies."""

    def open(self, name: str) -> IO[bytes]:
        """One of its files; OSError or KeyError where it is not there."""

    def add(self, name: str, source: Path) -> tuple[int, str]:
        """Copy a file in; its bytes and hash."""

    def finish(self, manifest: Manifest) -> None:
        """Put the manifest in its place: from then on it is the backup."""


class Folder:
    """A backup in a folder: what the manifest before named and is still needed stays where it is."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def open(self, name: str) -> IO[bytes]:
        """One of its files."""
        return (self.root / name).open("rb")

    def add(self, name: str, source: Path) -> tuple[int, str]:
        """Copy a file in; its bytes and hash."""
        target = self.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(target.name + ".part")
        with source.open("rb") as read, fresh.open("wb") as write:
            told = copied(read, write)
        fresh.replace(target)
        return told

    def finish(self, manifest: Manifest) -> None:
        """Swap the manifest, then remove what only the one before named."""
        # The files first, on the disk, then what says that they are there.
        os.sync()
        fresh = self.root / f"{MANIFEST}.part"
        with fresh.open("w", encoding="utf-8") as stream:
            stream.write(manifest.to_json())
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(self.root / MANIFEST)
        kept = {self.root / file.at for file in manifest.files} | {self.root / MANIFEST}
        for path in sorted(self.root.rglob("*"), reverse=True):
            if path.is_dir():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path not in kept:
                path.unlink()


class Archive:
    """A backup in one tar file, written whole each time."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar

    def open(self, name: str) -> IO[bytes]:
        """One of its members."""
        member = self.tar.extractfile(name)
        if member is None:
            raise KeyError(name)
        return member

    def add(self, name: str, source: Path) -> tuple[int, str]:
        """Copy a file in; its bytes and hash."""
        info = self.tar.gettarinfo(source, name)
        with source.open("rb") as read:
            passing = _Hashed(read)
            self.tar.addfile(info, passing)
        return info.size, passing.found.hexdigest()

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest."""
        said = manifest.to_json().encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(said), 0o600
        self.tar.addfile(info, io.BytesIO(said))


class _Hashed(io.RawIOBase):
    """A stream that hashes what is read from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream, self.found = stream, hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        block = self.stream.read(size)
        self.found.update(block)
        return block


def is_archive(path: Path) -> bool:
    """Whether a backup of this name is one tar file."""
    return path.suffix == ".tar"


@contextmanager
def opened(path: Path) -> Iterator[tuple[Place, Manifest]]:
    """A backup and its manifest; CallerError where there is none, InternalError where its manifest is damaged."""
    if not path.exists():
        raise CallerError("backup.missing", f"There is no backup at {path}", "Give the folder or .tar file that haechi backup wrote.")
    with ExitStack() as stack:
        try:
            place: Place = Archive(stack.enter_context(tarfile.open(path, "r:"))) if path.is_file() else Folder(path)
            said = stack.enter_context(place.open(MANIFEST)).read()
        except (KeyError, FileNotFoundError):
            raise CallerError("backup.missing", f"{path} holds no finished backup",
                              "Give the folder or .tar file that haechi backup wrote.") from None
        except tarfile.TarError as fault:
            raise InternalError("backup.damaged", f"{path} cannot be read: {fault}", "Give another backup; nothing was replaced.") from None
        yield place, read_manifest(path, said)


@contextmanager
def written(path: Path) -> Iterator[Place]:
    """A backup to be written; a tar file takes its place once it is whole."""
    if not is_archive(path):
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o700)
        yield Folder(path)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".part")
    try:
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as stream:
            with tarfile.open(fileobj=stream, mode="w") as tar:
                yield Archive(tar)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def damaged(place: Place, files: Sequence[Saved], into: Path | None = None) -> Iterator[tuple[Saved, str | None]]:
    """Each file read, copied below a folder if one is given, and what is wrong with it: missing, or changed."""
    for file in files:
        fault = None
        try:
            with place.open(file.at) as read:
                if into is None:
                    told = copied(read, None)
                else:
                    target = into / file.path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as write:
                        told = copied(read, write)
                    target.chmod(file.mode)
                    os.utime(target, ns=(file.modified_ns, file.modified_ns))
            fault = None if told == (file.size, file.sha256) else "changed"
        except (FileNotFoundError, KeyError):
            fault = "missing"
        except tarfile.TarError:
            fault = "changed"
        yield file, fault


def copied(read: IO[bytes], write: IO[bytes] | None) -> tuple[int, str]:
    """Copy a stream, or only read it; its bytes and hash."""
    found, size = hashlib.sha256(), 0
    while block := read.read(_BLOCK):
        found.update(block)
        size += len(block)
        if write is not None:
            write.write(block)
    return size, found.hexdigest()


def discard(folder: Path) -> None:
    """Take a folder away, if it is there."""
    shutil.rmtree(folder, ignore_errors=True)


