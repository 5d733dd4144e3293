"""Backup: the lake, its registry, its vault and its decisions copied under the lease, consistent with one another."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from jobs.journal import Journal
from jobs.lease import lease
from jobs.manifest import Publication, publications, require_published
from jobs.saved import MANIFEST, Manifest, Saved
from jobs.saved_place import damaged, is_archive, opened, written
from jobs.tables import BY_NAME, TABLES
from lakehouse.clock import now
from lakehouse.errors import CallerError, InternalError
from lakehouse.lake import Lake
from lakehouse.settings import Settings

_LAYERS = tuple(dict.fromkeys(table.layer for table in TABLES))
# Of the lake's own folder: what a run makes again, what the demonstration landed, and what is under way.
_LEFT_OUT = ("lease", "serving", "staged", "spilled", "landing")
_UNDER_WAY = (".new", ".tmp", ".wal", "-wal", "-shm", "-journal")
# Settings that move a database out of the lake's folder.
_ADDRESSES = {"decisions": "decisions.url", "vault": "vault.url", "mlflow": "mlflow.tracking_uri"}
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class _Found:
    """A file to save; one that `changes` is copied anew each time, others stay as they were written."""

    path: str
    source: Path
    changes: bool


def backup(lake: Lake, settings: Settings, out: Path, verify: bool, progress: Progress = lambda what, done, total: None) -> dict[str, Any]:
    """Save the lake into a folder, adding only what is new there, or into one .tar file; what was saved.

    The lease is held meanwhile, so that no run moves what is copied; databases are copied by SQLite's own backup. An unfinished
    run is saved with its journal: it resumes in the restored lake as it would have here. InternalError where a file that the
    published night needs is missing.
    """
    if "://" in lake.root:
        raise CallerError("backup.address", f"{lake.root} lies in an object store",
                          "Use the store's own versions or snapshots, while no run is under way.")
    _require_outside(lake, out)
    with lease(lake.folder, "backup"):
        lake.reread()
        published = require_published(lake)
        first = publications(lake)[0].run_id
        before = _before(out, first)
        require_whole(lake, published)
        known = {file.path: file for file in before.files} if before and not is_archive(out) else {}
        made_at = now()
        # Named apart from every other backup's, one within the same second too: what the one before holds must stay as it is.
        state = f"state/{made_at:%Y%m%dT%H%M%S}-{uuid4().hex[:8]}"
        with tempfile.TemporaryDirectory(prefix="haechi-backup-") as made, written(out) as place:
            found = sorted([*_tables(Path(lake.root)), *_own(lake.folder, Path(made))], key=lambda file: file.path)
            files, copied = [], []
            for number, file in enumerate(found):
                progress("backup", number, len(found))
                stat = file.source.stat()
                held = known.get(file.path)
                if held and not file.changes and (held.size, held.modified_ns) == (stat.st_size, stat.st_mtime_ns) and _lies(out, held):
                    files.append(held)
                    continue
                at = f"{state}/{file.path}" if file.changes else f"data/{file.path}"
                files.append(Saved(file.path, at, *place.add(at, file.source), stat.st_mode & 0o777, stat.st_mtime_ns))
                copied.append(files[-1])
            manifest = Manifest(made_at.isoformat(), first, _told(published), _versions(lake), outside(settings, lake), tuple(files))
            place.finish(manifest)
        unfinished = Journal(lake).entry
    if verify:
        require_sound(out, progress)
    return {"out": str(out), "made_at": manifest.made_at, "published": manifest.published, "files": len(files), "bytes": manifest.size,
            "copied_files": len(copied), "copied_bytes": sum(file.size for file in copied), "verified": verify,
            "unfinished": f"{unfinished['kind']} {unfinished['business_date']}" if unfinished else None, "outside": manifest.outside}


def require_sound(path: Path, progress: Progress) -> Manifest:
    """Read every file of a backup; InternalError names those that are not as they were saved."""
    with opened(path) as (place, manifest):
        faults = []
        for number, (file, fault) in enumerate(damaged(place, manifest.files)):
            progress("verify", number, len(manifest.files))
            faults += [(file.path, fault)] if fault else []
    refuse_damaged(path, faults, len(manifest.files))
    return manifest


def refuse_damaged(path: Path, faults: list[tuple[str, str]], files: int) -> None:
    """InternalError that names the damaged files of a backup, if there are any."""
    if faults:
        named = ", ".join(f"{name} ({fault})" for name, fault in faults[:5])
        raise InternalError("backup.damaged", f"{len(faults)} of {files} files of {path} are not as they were saved: {named}",
                            "Give another backup, or make a new one; nothing was replaced.")


def require_whole(lake: Lake, published: Publication) -> None:
    """InternalError where a file of the published night is missing or of another size: a backup of it would restore nothing."""
    seen = lake.pinned(published.versions)
    for name in published.versions:
        for file, size in seen.files(BY_NAME[name]).items():
            path = Path(lake.path(BY_NAME[name])) / file
            if not path.is_file() or path.stat().st_size != size:
                raise InternalError("lake.damaged", f"{name} lacks {file}, or it is not of {size} bytes",
                                    "Restore the lake from the last backup: haechi restore.")


def outside(settings: Settings, lake: Lake) -> list[dict[str, str]]:
    """The databases that lie elsewhere than in the lake's folder, and what to run to save each."""
    told = []
    for what, setting in _ADDRESSES.items():
        address = str(settings[setting])
        if address and not _is_within(address, lake.folder):
            told.append({"what": what, "address": _shown(address), "run": _advice(what, address)})
    return told


def _is_within(address: str, folder: Path) -> bool:
    if not address.startswith("sqlite"):
        return False
    return Path(str(make_url(address).database)).resolve().parent == folder.resolve()


def _shown(address: str) -> str:
    try:
        return make_url(address).render_as_string(hide_password=True)
    except ArgumentError:
        return address.partition("://")[0] + "://…"


def _advice(what: str, address: str) -> str:
    if address.startswith("postgresql"):
        url = make_url(address)
        plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database)
        return f"pg_dump --format=custom --file {what}.dump {plain}"
    if address.startswith("sqlite"):
        return f"sqlite3 {make_url(address).database} '.backup {what}.db'"
    return f"Back up the server at {_shown(address)} by its own means"


def _require_outside(lake: Lake, out: Path) -> None:
    root = Path(lake.root).resolve()
    if out.resolve() == root or root in out.resolve().parents:
        raise CallerError("backup.inside", f"{out} lies in the lake itself", "Give --out on another disk or machine.")
    if out.exists() and out.is_dir() == is_archive(out):
        raise CallerError("backup.kind", f"{out} is a {'folder' if out.is_dir() else 'file'}", "Give --out a folder, or a file that ends in .tar.")


def _before(out: Path, first_run: str) -> Manifest | None:
    """The manifest of the backup that is there; CallerError where what is there is none, or another lake's."""
    if not out.exists():
        return None
    # Nothing yet, or what a first backup left that was killed.
    if out.is_dir() and {path.name for path in out.iterdir()} <= {"data", "state", f"{MANIFEST}.part"}:
        return None
    try:
        with opened(out) as (_, manifest):
            held = manifest
    except InternalError as fault:
        raise CallerError("backup.damaged", fault.message, "Give another --out, and keep this one for inspection.") from None
    if held.first_run != first_run:
        raise CallerError("backup.other", f"{out} holds a backup of another lake", "Give another --out.")
    return held


def _lies(out: Path, file: Saved) -> bool:
    path = out / file.at
    return path.is_file() and path.stat().st_size == file.size


def _tables(root: Path) -> Iterator[_Found]:
    """Files of the tables; Delta's pointer to its newest checkpoint is the one that changes."""
    for layer in _LAYERS:
        for path in (root / layer).rglob("*"):
            if path.is_file() and "_temporary" not in path.parts:
                yield _Found(path.relative_to(root).as_posix(), path, path.name == "_last_checkpoint")


def _own(folder: Path, made: Path) -> Iterator[_Found]:
    """Files of the lake's own folder, its databases as SQLite copies them while others write."""
    for path in folder.rglob("*"):
        within = path.relative_to(folder)
        if not path.is_file() or within.parts[0] in _LEFT_OUT or path.name.endswith(_UNDER_WAY):
            continue
        if path.suffix == ".db":
            yield _Found(f"{folder.name}/{within.as_posix()}", _copy_database(path, made / path.name), True)
        else:
            yield _Found(f"{folder.name}/{within.as_posix()}", path, within.parts[0] != "mlflow")


def _copy_database(source: Path, target: Path) -> Path:
    try:
        with closing(sqlite3.connect(source, timeout=60)) as read, closing(sqlite3.connect(target)) as write:
            read.backup(write)
            if (found := write.execute("PRAGMA quick_check").fetchone()[0]) != "ok":
                raise sqlite3.DatabaseError(found)
    except sqlite3.Error as fault:
        raise InternalError("backup.database", f"{source} cannot be copied: {fault}", "Restore it from the last backup: haechi restore.") from None
    target.chmod(source.stat().st_mode & 0o777)
    return target


def _versions(lake: Lake) -> dict[str, int]:
    return {table.full_name: version for table in TABLES if (version := lake.version(table)) is not None}


def _told(published: Publication) -> dict[str, str]:
    return {"run_id": published.run_id, "date": published.business_date, "as_of": published.as_of}
