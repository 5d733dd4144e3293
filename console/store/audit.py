"""The audit: a row for every change, each holding the hash of those before it, so that none can be changed, moved or cut off unseen."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, update

from console.store.schema import AUDIT, HEAD
from feeds.vault.audit import Verified
from lakehouse.clock import now

_SAID = ("number", "at", "who", "role", "office_code", "action", "subject", "before", "after", "why")


@dataclass(frozen=True)
class Actor:
    """Who changes something, in which role, for which office."""

    who: str
    role: str = ""
    office_code: str = ""


SYSTEM = Actor("haechi")


def append(connection: Connection, actor: Actor, action: str, subject: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None,
           why: str) -> None:
    """Add a row in the transaction that makes the change; writers take turns at the head."""
    head = connection.execute(select(HEAD).with_for_update()).mappings().one()
    row = {"number": head["number"] + 1, "at": now().isoformat(), "who": actor.who, "role": actor.role, "office_code": actor.office_code,
           "action": action, "subject": subject[:200], "before": _plain(before), "after": _plain(after), "why": why[:1000]}
    digest = _hash(head["hash"], row)
    connection.execute(insert(AUDIT).values(**row, hash=digest))
    connection.execute(update(HEAD).values(number=row["number"], hash=digest))


def verify(connection: Connection, noted: Iterable[str] = ()) -> Verified:
    """Whether every row is as it was written; heads `noted` elsewhere must be among them, which finds an older copy put back."""
    faults: list[tuple[int, str]] = []
    last, rows, seen = "", 0, set()
    wanted = set(noted)
    for number, digest, fault in _walk(connection):
        rows, last = rows + 1, digest
        if fault:
            faults.append((number, fault))
        if digest in wanted:
            seen.add(digest)
    head = connection.execute(select(HEAD)).mappings().one()
    if (head["number"], head["hash"]) != (rows, last):
        faults.append((0, "end"))
    faults += [(0, "noted") for _ in sorted(wanted - seen)]
    return Verified(rows, last, tuple(faults))


def _walk(connection: Connection) -> Iterator[tuple[int, str, str]]:
    """Each row's number and hash, and what is wrong with it."""
    before, expected = "", 1
    for row in connection.execute(select(AUDIT).order_by(AUDIT.c.number)).mappings():
        fault = "missing_before" if row["number"] != expected else "changed" if row["hash"] != _hash(before, row) else ""
        before, expected = row["hash"], row["number"] + 1
        yield row["number"], row["hash"], fault


def note_head(connection: Connection, file: Path) -> bool:
    """Keep today's head outside the database, once a day; whether it did."""
    head = connection.execute(select(HEAD)).mappings().one()
    line = {"on": str(now().date()), "number": head["number"], "hash": head["hash"]}
    known = noted_heads(file)
    if not head["number"] or any(one["on"] == line["on"] for one in known):
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")
    return True


def noted_heads(file: Path) -> list[dict[str, Any]]:
    """Heads kept outside the database, oldest first."""
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def _plain(value: Mapping[str, Any] | None) -> Any:
    """A value as its database gives it back."""
    return None if value is None else json.loads(json.dumps(dict(value), ensure_ascii=False, default=str))


def _hash(before: str, row: Mapping[Any, Any]) -> str:
    said = json.dumps([row[name] for name in _SAID], ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return sha256(f"{before}\n{said}".encode(errors="surrogatepass")).hexdigest()
