"""The landing folder: which files there are, for which feed, and when each is known."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from feeds.pseudonym import Personal, hide
from feeds.readers.opening import is_unread
from feeds.registry import BY_NAME
from lakehouse.clock import BEFORE_EVERYTHING, KOREA, end_of
from lakehouse.errors import CallerError

_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_MINUTE = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{4}$")
_UNREAD_FOLDERS = frozenset({"truth"})


@dataclass(frozen=True)
class LandedFile:
    """A file as it lies in the landing: feed, path relative to the landing, where to open it, when it is known.

    Of a person's code in its name `file` tells the pseudonym; `personal` holds what it stands for.
    """

    feed: str
    file: str
    path: str
    known_at: datetime
    finding: str = ""
    personal: Mapping[str, Personal] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class Landing:
    """What a landing folder holds, known by `as_of`; `ignored` are folders that belong to no feed."""

    files: tuple[LandedFile, ...]
    ignored: tuple[str, ...]


def survey(landing: Path, feeds: Iterable[str], undated_known_at: datetime, as_of: datetime, key: str,
           published_as_of: datetime | None = None) -> Landing:
    """Every file known by `as_of`, in order, with pseudonyms under a key; one found late in the folder of a published run is known now."""
    if not landing.is_dir():
        raise CallerError("landing.missing", f"{landing} is no folder", "Give the folder that holds <feed>/ folders as --landing.")
    wanted, found, ignored = set(feeds), [], []
    for folder in sorted(p for p in landing.iterdir() if p.is_dir() and not p.name.startswith(".")):
        moment = _moment(folder.name)
        if folder.name in BY_NAME:
            found += _files(landing, folder, folder.name, undated_known_at, key)
        elif moment is not None or folder.name == "reference":
            known_at = moment or BEFORE_EVERYTHING
            for inner in sorted(p for p in folder.iterdir() if p.is_dir()):
                if inner.name in BY_NAME:
                    found += _files(landing, inner, inner.name, known_at, key)
                else:
                    ignored.append(hide(f"{folder.name}/{inner.name}", key).text)
        elif folder.name not in _UNREAD_FOLDERS:
            ignored.append(hide(folder.name, key).text)
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


def _files(landing: Path, folder: Path, feed: str, known_at: datetime, key: str) -> list[LandedFile]:
    deliveries = (path for path in sorted(folder.rglob("*")) if path.is_file() and not is_unread(path.relative_to(folder)))
    named = ((path, hide(str(path.relative_to(landing)), key)) for path in deliveries)
    return [LandedFile(feed, hidden.text, str(path.resolve()), known_at, personal=hidden.values) for path, hidden in named]


def _late(file: LandedFile, published_as_of: datetime | None, as_of: datetime) -> LandedFile:
    if published_as_of is None or file.known_at > published_as_of or file.known_at == BEFORE_EVERYTHING:
        return file
    return replace(file, known_at=as_of, finding="late")
