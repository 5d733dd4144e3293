"""Mentions as records tell them, as a dataset, and nights of them linked without Spark."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa

from fusion.parties.night import Linked, link
from fusion.parties.store import opened
from fusion.party_tables import PARTY_CUT
from fusion.tables import PARTY_MENTION
from jobs.query import ask
from lakehouse.clock import KOREA
from lakehouse.lake import Lake
from lakehouse.settings import load_settings

FIRST = datetime(2026, 5, 1, 23, 59, 59, tzinfo=KOREA)
TOLD = ("kind", "meant", "customs_id", "business_no", "code", "phone", "place", "postcode", "country")
SENT = ("feed", "record_key", "role", "name", "identifier", "address", "postcode", "phone", "country")
SCHEMA = pa.schema([*((name, pa.string()) for name in SENT), ("issued_at", pa.timestamp("us", tz="UTC")), ("known_at", pa.timestamp("us", tz="UTC")),
                    *((f"told_{name}", pa.string()) for name in TOLD), ("text_id", pa.int64())])


@dataclass
class Nights:
    """A lake over which nights of mentions are linked."""

    lake: Lake
    settings: Any = field(default_factory=lambda: load_settings({}))
    nights: int = 0

    @classmethod
    def at(cls, folder: Path) -> "Nights":
        lake = Lake(str(folder))
        lake.folder.mkdir(parents=True)
        return cls(lake)

    @property
    def moment(self) -> datetime:
        """The end of the last night."""
        return FIRST + timedelta(days=self.nights)

    def night(self, *mentions: dict[str, Any]) -> Linked:
        """Link a night's mentions."""
        self.nights += 1
        with opened(self.lake.known(self.moment), self.moment, "500MB") as store:
            return link(store, pa.Table.from_pylist([self._row(one) for one in mentions], SCHEMA), self.settings)

    def parties(self) -> dict[str, str]:
        """The party of each mention by its record and role, as it stands."""
        rows = ask(self.lake, (PARTY_MENTION,), "SELECT record_key, role, party_id FROM gold.party_mention").rows
        return {f"{record_key}.{role}": party for record_key, role, party in rows}

    def groups(self) -> set[frozenset[str]]:
        """Mentions of one party, together."""
        whose: dict[str, set[str]] = {}
        for mention, party in self.parties().items():
            whose.setdefault(party, set()).add(mention)
        return {frozenset(mentions) for mentions in whose.values()}

    def cut(self, record_key: str, role: str, party_id: str, is_restored: bool = False, feed: str = "manifest") -> None:
        """Cut a mention from a party, or restore it."""
        number = int.from_bytes(sha256(f"{feed}|{record_key}|{role}".encode()).digest()[:8], "big", signed=True)
        self.lake.append_rows([{"feed": feed, "record_key": record_key, "role": role, "party_id": party_id, "text_id": number, "is_restored": is_restored,
                                "reason": "two firms", "who": "analyst", "known_at": self.moment + timedelta(hours=1)}], PARTY_CUT)

    def _row(self, told: dict[str, Any]) -> dict[str, Any]:
        text = [str(told.get(name) or "") for name in TOLD]
        return {**{name: told.get(name) for name in SENT}, "issued_at": None, "known_at": self.moment, **{f"told_{name}": told.get(name) for name in TOLD},
                "text_id": int.from_bytes(sha256("|".join(text).encode()).digest()[:8], "big", signed=True)}


def said(record_key: str, name: str | None, role: str = "consignee", feed: str = "manifest", kind: str = "party", **told: str) -> dict[str, Any]:
    """A mention."""
    return {"feed": feed, "record_key": record_key, "role": role, "name": name, "meant": name, "kind": kind, "identifier": told.get("customs_id"), **told}


def together(groups: Sequence[Sequence[str]]) -> set[frozenset[str]]:
    """Groups as `Nights.groups` gives them."""
    return {frozenset(group) for group in groups}
