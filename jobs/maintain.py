"""Upkeep of a lake: small files put together, files that no kept night needs removed, leftovers cleared away."""

import json
import shutil
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from jobs.journal import Journal
from jobs.lease import lease
from jobs.manifest import Publication, expire, publications, require_published
from jobs.serving import outdated, serving_file
from jobs.tables import TABLES
from lakehouse.lake import Lake
from lakehouse.settings import Settings
from lakehouse.table import Table
from models.tables import SCORE

# What runs leave in the lake's own folder when they are killed; nobody holds it while the lease is ours.
_LEFT = ("staged/*", "spilled/*", "*.new", "serving/*.new", "serving/*.new.wal", "model/*/*.tmp", "model/*.tmp")


@dataclass(frozen=True)
class Kept:
    """One table after its upkeep; `finding` where its past cannot be read, so that nothing of it is removed."""

    table: str
    merged_files: int
    files: int
    removed_files: int
    removed_bytes: int
    finding: str | None = None


def maintain(lake: Lake, settings: Settings, is_trial: bool,
             progress: Callable[[str, int, int], None] = lambda table, done, total: None) -> dict[str, Any]:
    """Compact and vacuum every table and clear leftovers, or tell what that would do; what was done.

    Every night of the last `retention.days` can be read, explained and scored again afterwards as before.
    """
    with nullcontext() if is_trial else lease(lake.folder, "maintain"):
        lake.reread()
        newest = require_published(lake)
        if not is_trial:
            Journal(lake).make_way()
        since = newest.at - timedelta(days=settings["retention.days"])
        gone = [p for p in publications(lake) if p.at < since and p.run_id != newest.run_id]
        needed = _needed(lake, [p for p in publications(lake) if p not in gone], since)
        if not is_trial and any(not p.is_expired for p in gone):
            # Before any file goes: whoever asks for such a night is told, and does not find half of it.
            expire(lake, {p.run_id for p in gone})
        tables = []
        for number, table in enumerate(TABLES):
            progress(table.full_name, number, len(TABLES))
            if lake.version(table) is not None:
                tables.append(_upkeep(lake, table, needed.get(table.full_name, set()), settings, is_trial))
        left = _clear([*outdated(lake, {serving_file(lake, newest)}), *(p for pattern in _LEFT for p in lake.folder.glob(pattern))], is_trial)
        return {"dry_run": is_trial, "kept_since": since.isoformat(), "expired": sorted(p.run_id for p in gone if not p.is_expired),
                "tables": [asdict(kept) for kept in tables], "leftovers": left}


def _needed(lake: Lake, kept: Iterable[Publication], since: Any) -> dict[str, set[int]]:
    """Versions of each table that kept nights are read at, and those that scores of that time rest on."""
    needed: dict[str, set[int]] = {}
    scores = lake.arrow(SCORE, ("input_versions",), [("as_of", ">=", since)])
    told = [json.loads(text) for text in pc.unique(scores["input_versions"]).to_pylist() if text]
    for versions in (*(p.versions for p in kept), *told):
        for name, version in versions.items():
            needed.setdefault(name, set()).add(version)
    return needed


def _upkeep(lake: Lake, table: Table, needed: set[int], settings: Settings, is_trial: bool) -> Kept:
    merged, files = lake.compact(table, settings["maintain.most_files"], is_trial)
    try:
        removed, size = lake.sweep(table, needed, settings["retention.unneeded_hours"], is_trial)
    except Exception as fault:  # deltalake raises several kinds where a version is not to be read.
        return Kept(table.full_name, merged, files, 0, 0, f"Nothing is removed: {str(fault).splitlines()[0][:200]}")
    return Kept(table.full_name, merged, files, removed, size)


def _clear(paths: Iterable[Path], is_trial: bool) -> dict[str, int]:
    """Remove files and folders; how many files they were, and their bytes."""
    files, size = 0, 0
    for path in paths:
        inside = [p for p in path.rglob("*") if p.is_file()] if path.is_dir() else [path]
        files, size = files + len(inside), size + sum(p.stat().st_size for p in inside)
        if not is_trial and path.is_dir():
            shutil.rmtree(path)
        elif not is_trial:
            path.unlink(missing_ok=True)
    return {"files": files, "bytes": size}
