"""Cache: the last verified champion as plain files, so that a night needs the registry only when the alias moved."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lakehouse.errors import HaechiError
from models.bundle import Bundle, open_bundle

FILES = {"model": "model.txt", "bundle": "bundle.json"}
_POINTER = "champion.json"


@dataclass(frozen=True)
class Kept:
    """What the pointer of the cache says: the champion's version, its hashes, and the registry it was read from."""

    version: str
    hashes: Mapping[str, str]
    registry: str


def fingerprint(database: Path) -> str:
    """The hash of the embedded registry's file and its journals; empty where there is none."""
    parts = [p for p in (database, *(database.with_name(database.name + end) for end in ("-wal", "-journal"))) if p.exists()]
    found = hashlib.sha256()
    for part in parts:
        with part.open("rb") as file:
            while block := file.read(1 << 20):
                found.update(block)
    return found.hexdigest() if parts else ""


def read_pointer(folder: Path) -> Kept | None:
    """The kept champion; None where none is kept or the pointer cannot be read."""
    try:
        given = json.loads((folder / _POINTER).read_text(encoding="utf-8"))
        return Kept(str(given["version"]), dict(given["hashes"]), str(given["registry"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def read_kept(folder: Path, kept: Kept, names: Sequence[str]) -> Bundle | None:
    """The kept champion, verified as one from the registry is; None where its files are gone or wrong."""
    try:
        text, plain = ((folder / kept.version / file).read_text(encoding="utf-8") for file in FILES.values())
        return open_bundle(kept.version, text, plain, kept.hashes, names)
    except (OSError, ValueError, HaechiError):
        return None


def keep(folder: Path, bundle: Bundle, hashes: Mapping[str, str], registry: str) -> None:
    """Keep a verified champion; the pointer moves last, so that a killed run leaves the one before."""
    home = folder / bundle.version
    home.mkdir(parents=True, exist_ok=True)
    for what, content in (("model", bundle.text), ("bundle", bundle.to_json())):
        _replace(home / FILES[what], content)
    _replace(folder / _POINTER, json.dumps({"version": bundle.version, "hashes": dict(hashes), "registry": registry}, indent=1))


def _replace(path: Path, content: str) -> None:
    beside = path.with_name(path.name + f".{os.getpid()}.tmp")
    with beside.open("w", encoding="utf-8", newline="") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
