"""What a simulated world is like, in figures: read from its landing, its truth and its tallies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pandas as pd

from bench import inputs
from feeds.registry import BY_NAME
from lakehouse.clock import KOREA
from lakehouse.settings import Settings
from lakehouse.text import Text
from simulation.signs import SIGNS
from simulation.typologies import TYPOLOGIES

KINDS = {
    "cargo": Text("화물", "Cargo"),
    "parcel": Text("특송", "Parcel"),
    "baggage": Text("여행자 수하물", "Baggage"),
}
_TRUTH = {"cargo": "shipments", "parcel": "parcels", "baggage": "bags"}
# When something happened, by feed: how long after it the feed tells is its delay.
TOLD_OF = {
    "terminal_event": "event_at", "carrier_event": "event_at", "air_waybill": "sent_at", "screening": "captured_at", "order": "ordered_at",
    "courier": "event_at", "clearance_list": "submitted_at", "baggage": "arrived_at", "outcome": "inspected_at",
}
TENTHS = [0.1, 0.5, 0.9]
_HOUR, _LEAST_OF_A_CHAPTER, _CHAPTERS = 3600, 30, 12


@dataclass(frozen=True)
class Facts:
    """Tables of a world: records by feed and day, truth by kind, tallies by feed, hours between an event and its telling."""

    daily: pd.DataFrame
    truth: dict[str, pd.DataFrame]
    tallies: pd.DataFrame
    delays: pd.DataFrame


def facts(out: Path, settings: Settings) -> Facts:
    """The facts of a world written to `out`."""
    counts = json.loads((out / "truth" / "counts.json").read_text(encoding="utf-8"))
    tallies = pd.DataFrame({feed: told for feed, told in counts.items() if feed in BY_NAME}).T.fillna(0).astype(int)
    read = {feed: pd.concat(list(_read(out, feed, settings)), ignore_index=True) for feed in sorted(tallies.index)}
    # References stand before all days.
    daily = pd.DataFrame({feed: rows.groupby("day").size() for feed, rows in read.items()}).fillna(0).iloc[1:]
    delays = pd.DataFrame({feed: read[feed]["hours"].quantile(TENTHS) for feed in TOLD_OF if feed in read}).T
    truth = {kind: _truth(out, name) for kind, name in _TRUTH.items()}
    return Facts(daily, truth, tallies, delays)


def _truth(out: Path, name: str) -> pd.DataFrame:
    parts = [pd.read_csv(path, keep_default_na=False) for path in sorted((out / "truth").glob(f"{name}-*.csv"))]
    return pd.concat(parts, ignore_index=True)


def _read(out: Path, feed: str, settings: Settings) -> Iterator[pd.DataFrame]:
    """Each record's day, and the hours from what it tells of to the end of the folder it came in."""
    for file in inputs.landed(out, feed):
        day = (file.known_at.astimezone(KOREA) - timedelta(seconds=1)).date()
        for batch in inputs.reader([file], settings)():
            told = pd.Series(pd.NaT, range(batch.num_rows), dtype="datetime64[us, UTC]")
            if feed in TOLD_OF:
                told = pd.to_datetime(batch.column(batch.schema.get_field_index(TOLD_OF[feed])).to_pandas(), utc=True)
            yield pd.DataFrame({"day": day, "hours": (pd.Timestamp(file.known_at) - told).dt.total_seconds() / _HOUR})


def value_per_kilo(truth: pd.DataFrame) -> pd.DataFrame:
    """Tenth, middle and ninetieth part of USD a kilo by chapter of the tariff: declared by the honest, declared and true of the illicit."""
    rows = truth.assign(chapter=truth["true_hs10"].astype(str).str.zfill(10).str[:2])
    declared, true = rows["declared_value_usd"] / rows["declared_gross_kg"], rows["true_value_usd"] / rows["true_gross_kg"]
    is_illicit = rows["illicit"] == 1
    told = {
        **_tenths("honest", declared[~is_illicit], rows["chapter"]),
        **_tenths("illicit", declared[is_illicit], rows["chapter"]),
        **_tenths("true", true[is_illicit], rows["chapter"]),
    }
    table = pd.DataFrame(told)
    return table[table["honest_count"] >= _LEAST_OF_A_CHAPTER].nlargest(_CHAPTERS, "honest_count").sort_index()


def _tenths(name: str, values: pd.Series, by: pd.Series) -> dict[str, pd.Series]:
    groups = values.groupby(by)
    return {f"{name}_{part:g}": groups.quantile(part) for part in TENTHS} | {f"{name}_count": groups.size()}


def rates(truth: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """By kind: shipments, shares of illicit, look-alikes and inspected, and how many of the inspected were illicit."""
    return pd.DataFrame({
        kind: {"shipments": len(rows), "found": rows.loc[rows["inspected"] == 1, "illicit"].mean(),
               **{name: rows[name].mean() for name in ("illicit", "look_alike", "inspected")}}
        for kind, rows in truth.items()}).T


def schemes(truth: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """By typology: cases, their share of their kind's shipments, and of the cargo's the shares that one feed, and several together, show.

    Where a world tells no signs, as of parcels and bags, the last is what the typology declares to leave a trace.
    """
    alone = {sign.name for sign in SIGNS if len(sign.feeds) == 1}
    told = []
    for typology in TYPOLOGIES:
        kind = truth[typology.kind]
        cases = kind[kind["typology"] == typology.name]
        row = {"typology": typology, "cases": len(cases), "share": len(cases) / len(kind), "alone": float("nan"), "fused": 1 - typology.hidden}
        if "signs" in cases and len(cases):
            seen = [set(str(signs).split(";")) - {""} for signs in cases["signs"]]
            row |= {"alone": sum(bool(one & alone) for one in seen) / len(seen), "fused": sum(map(bool, seen)) / len(seen)}
        told.append(row)
    return pd.DataFrame(told)
