"""Restore: a saved lake checked file by file, then put in place as one; a lake that it replaces is kept beside it."""

import ctypes
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.engine import URL

from feeds.vault import books
from jobs.backup import Progress, refuse_damaged
from jobs.lease import lease
from jobs.saved import Manifest
from jobs.saved_place import damaged, discard, opened
from jobs.tables import BY_NAME
from lakehouse.clock import now
from lakehouse.errors import CallerError, HaechiError, InternalError, LeaseHeldError
from lakehouse.lake import Lake

_HERE, _EXCHANGE = -100, 2
_RESTORING = ".restoring-"


def restore(lake: Lake, source: Path, force: bool, is_trial: bool, progress: Progress = lambda what, done, total: None) -> dict[str, Any]:
    """Bring a saved lake back into an empty place, or over a lake if forced; what was brought back.

    Every file is copied beside the lake and checked first: a damaged backup changes nothing and is an InternalError that names
    the files. A lake under way is not replaced (LeaseHeldError).
    """
    if "://" in lake.root:
        raise CallerError("restore.address", f"{lake.root} lies in an object store", "Restore into a folder, then copy it there.")
    root = Path(lake.root).absolute()
    is_empty = _is_empty(root)
    if not is_empty and not force and not is_trial:
        raise CallerError("restore.exists", f"{lake.root} is not empty", "Give another --lake, or --force to put the backup in its place.")
    with opened(source) as (place, manifest):
        fresh = None if is_trial else root.with_name(f"{root.name}{_RESTORING}{uuid4().hex[:8]}")
        with _held(root, fresh, is_empty):
            faults = []
            for number, (file, fault) in enumerate(damaged(place, manifest.files, fresh)):
                progress("restore", number, len(manifest.files))
                faults += [(file.path, fault)] if fault else []
            refuse_damaged(source, faults, len(manifest.files))
            replaced = None
            if fresh:
                _require_versions(source, Lake(str(fresh)), manifest)
                replaced = _put_in_place(fresh, root, is_empty)
    return {"lake": lake.root, "from": str(source), "dry_run": is_trial, "made_at": manifest.made_at, "published": manifest.published,
            "files": len(manifest.files), "bytes": manifest.size, "tables": len(manifest.versions),
            "replaced": str(replaced) if replaced else None, "erased_since": _erased_since(replaced, root) if replaced else None,
            "outside": manifest.outside}


@contextmanager
def _held(root: Path, fresh: Path | None, is_empty: bool) -> Iterator[None]:
    """Both leases, of the place and of what is put there, and nothing left behind where it fails."""
    if fresh is None:
        yield
        return
    existed = root.exists()
    try:
        with lease(Lake(str(root)).folder, "restore"), lease(Lake(str(fresh)).folder, "restore"):
            _clear_dead(root)
            yield
    except PermissionError as fault:
        raise CallerError("lake.unwritable", f"{root} cannot be written: {fault.strerror}", "Give a folder you may write as --lake.") from None
    finally:
        discard(fresh)
        if not existed and is_empty and root.exists() and _is_empty(root):
            discard(root)


def _clear_dead(root: Path) -> None:
    """Remove copies that a killed restore left beside the lake: nobody holds their lease."""
    for left in root.parent.glob(f"{root.name}{_RESTORING}*"):
        try:
            with lease(Lake(str(left)).folder, "restore"):
                discard(left)
        except LeaseHeldError:
            continue


def _is_empty(root: Path) -> bool:
    """Whether nothing lies there but a lease that nobody holds."""
    if root.exists() and not root.is_dir():
        raise CallerError("restore.file", f"{root} is a file", "Give the folder of the lake as --lake.")
    return not root.exists() or not any(path.is_file() and path.name != "lease" for path in root.rglob("*"))


def _require_versions(source: Path, lake: Lake, manifest: Manifest) -> None:
    """InternalError where a table does not open at the version that was saved."""
    found = {name: lake.version(BY_NAME[name]) for name in manifest.versions if name in BY_NAME}
    wrong = [name for name, version in found.items() if version != manifest.versions[name]]
    if wrong or len(found) < len(manifest.versions):
        gone = sorted(set(manifest.versions) - set(found))
        raise InternalError("backup.damaged", f"{(wrong or gone)[0]} of {source} does not open as it was saved",
                            "Give another backup, or restore with the release that wrote it; nothing was replaced.")


def _put_in_place(fresh: Path, root: Path, is_empty: bool) -> Path | None:
    """Swap the restored lake in once it is on the disk; where the lake before it lies now, if there was one."""
    os.sync()
    aside = root.with_name(f"{root.name}.replaced-{now():%Y%m%dT%H%M%S}-{uuid4().hex[:4]}")
    if _exchange(fresh, root):
        fresh.rename(aside)
    else:
        # Elsewhere than on Linux, and on file systems without it, there is an instant with no lake.
        root.rename(aside)
        try:
            fresh.rename(root)
        except OSError:
            aside.rename(root)
            raise
    if is_empty:
        discard(aside)
        return None
    return aside


def _erased_since(replaced: Path, root: Path) -> list[str] | None:
    """Pseudonyms whose values were erased from the vault since the backup, and are back; None where the vault before cannot be read."""
    try:
        return sorted(_erased(replaced) - _erased(root))
    except HaechiError:
        return None


def _erased(root: Path) -> set[str]:
    url = URL.create("sqlite", database=str(Lake(str(root)).folder / "vault.db")).render_as_string()
    if not books.is_there(url):
        return set()
    with books.transaction(url, is_reading=True) as connection:
        return set(connection.execute(select(books.ENTRY.c.pseudonym).where(books.ENTRY.c.erased_at.is_not(None))).scalars())


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step, so that a reader finds the one or the other; False where the system cannot."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    if call(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    failed = ctypes.get_errno()
    if failed in (errno.ENOSYS, errno.EINVAL):
        return False
    raise CallerError("restore.place", f"{other} cannot be exchanged: {os.strerror(failed)}",
                      "Give a folder within a file system as --lake, no mount point.")
