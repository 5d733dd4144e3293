"""The landing folder: which files there are, for which feed, and when each is known."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from feeds.registry import BY_NAME
from lakehouse.clock import BEFORE_EVERYTHING, KOREA, end_of
from lakehouse.errors import CallerError

_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_MINUTE = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{4}$")
_UNREAD_SUFFIXES = (".part", ".tmp")
_UNREAD_FOLDERS = frozenset({"truth"})


@dataclass(frozen=True)
class LandedFile:
    """A file as it lies in the landing: feed, path relative to the landing, where to open it, when it is known."""

    feed: str
    file: str
    path: str
    known_at: datetime
    finding: str = ""


@dataclass(frozen=True)
class Landing:
    """What a landing folder holds, known by `as_of`; `ignored` are folders that belong to no feed."""

    files: tuple[LandedFile, ...]
    ignored: tuple[str, ...]


def survey(landing: Path, feeds: Iterable[str], undated_known_at: datetime, as_of: datetime,
           published_as_of: datetime | None = None) -> Landing:
    """Every file known by `as_of`, in order; one found late in the folder of a published run is known now."""
    if not landing.is_dir():
        raise CallerError("landing.missing", f"{landing} is no folder", "Give the folder that holds <feed>/ folders as --landing.")
    wanted, found, ignored = set(feeds), [], []
    for folder in sorted(p for p in landing.iterdir() if p.is_dir() and not p.name.startswith(".")):
        moment = _moment(folder.name)
        if folder.name in BY_NAME:
            found += _files(landing, folder, folder.name, undated_known_at)
        elif moment is not None or folder.name == "reference":
            known_at = moment or BEFORE_EVERYTHING
            for inner in sorted(p for p in folder.iterdir() if p.is_dir()):
                if inner.name in BY_NAME:
                    found += _files(landing, inner, inner.name, known_at)
                else:
                    ignored.append(f"{folder.name}/{inner.name}")
        elif folder.name not in _UNREAD_FOLDERS:
            ignored.append(folder.name)
    known = [_late(file, published_as_of, as_of) for file in found if file.feed in wanted and file.known_at <= as_of]
    return Landing(tuple(sorted(known, key=lambda f: (f.known_at, f.file))), tuple(ignored))


def _moment(name: str) -> datetime | None:
    try:
        if _DAY.match(name):
            return end_of(date.fromisoformat(name))
        if _MINUTE.match(name):
            return datetime.strptime(name, "%Y-%m-%dT%H%M").replace(tzinfo=KOREA)
    except ValueError:
        return None
    return None


def _files(landing: Path, folder: Path, feed: str, known_at: datetime) -> list[LandedFile]:
    return [LandedFile(feed, str(path.relative_to(landing)), str(path.resolve()), known_at)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not _is_unread(path.relative_to(folder))]


def _is_unread(inner: Path) -> bool:
    """Whether a path within a feed's folder is none of the sender's deliveries: hidden, unfinished, or truth, at any depth."""
    return (any(part.startswith(".") for part in inner.parts) or not _UNREAD_FOLDERS.isdisjoint(inner.parts[:-1])
            or inner.name.endswith(_UNREAD_SUFFIXES))


def _late(file: LandedFile, published_as_of: datetime | None, as_of: datetime) -> LandedFile:
    if published_as_of is None or file.known_at > published_as_of or file.known_at == BEFORE_EVERYTHING:
        return file
    return LandedFile(file.feed, file.file, file.path, as_of, "late")
