"""The manifest of a saved lake: what it holds, every file with its hash."""

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from lakehouse.errors import CallerError, InternalError

FORM = 1
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Saved:
    """One file: its path in the lake, where it lies in the backup, bytes, hash, permissions, and when it was last written."""

    path: str
    at: str
    size: int
    sha256: str
    mode: int
    modified_ns: int


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: the lake's first run, which tells lakes apart, its published run, table versions, and every file."""

    made_at: str
    first_run: str
    published: dict[str, str]
    versions: dict[str, int]
    outside: list[dict[str, str]] = field(default_factory=list)
    files: tuple[Saved, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    def to_json(self) -> str:
        """The manifest with a digest over itself."""
        said = {"form": FORM, **asdict(self)}
        return json.dumps(said | {"digest": _digest(said)}, indent=0, ensure_ascii=False)


def read_manifest(path: Path, said: bytes) -> Manifest:
    """The manifest of its text, its digest and every path in it checked."""
    try:
        given = json.loads(said)
        digest, form = given.pop("digest"), given.pop("form")
        if form != FORM:
            raise CallerError("backup.form", f"{path} was written in form {form}, this release reads {FORM}",
                              "Restore it with the release that wrote it.")
        manifest = Manifest(**given)
        manifest = replace(manifest, files=tuple(Saved(**dict(file)) for file in given["files"]))
        if digest != _digest({"form": form, **asdict(manifest)}) or not all(_is_within(name) for f in manifest.files for name in (f.path, f.at)):
            raise ValueError("digest")
    except (ValueError, KeyError, TypeError):
        raise InternalError("backup.damaged", f"{MANIFEST} of {path} is not as it was written",
                            "Give another backup; nothing was replaced.") from None
    return manifest


def _is_within(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and bool(path.parts)


def _digest(said: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
