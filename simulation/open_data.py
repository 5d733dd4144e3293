"""What customs publishes of an earlier year: inspected declarations without a name, one row a good, and what was found of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import numpy as np

from simulation.happened import Happened
from simulation.lots import Lot, lots_of
from simulation.outcomes import CRITICAL_KRW

COLUMNS = (
    "Declaration ID", "Date", "Office ID", "Process Type", "Import Type", "Import Use", "Payment Type", "Mode of Transport", "Declarant ID",
    "Importer ID", "Seller ID", "Courier ID", "HS6 Code", "Country of Departure", "Country of Origin", "Tax Rate", "Tax Type",
    "Country of Origin Indicator", "Net Mass", "Item Price", "Fraud", "Critical Fraud")
# Published so long after the fact, of so many days, out of so many shipments, most of which were inspected then.
DAYS, LAG_DAYS, LEAST, MOST, PUBLISHED_RATIO, INSPECTED = 14, 180, 60, 5_000, 0.15, 0.8
# Of what inspections were published of, one in five was wrong.
ILLICIT = 0.2
ORIGIN_MARKS = ("G", "B", "E", "Y")
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def published(lot: Lot, shipments: int) -> Lot:
    """The lot of an earlier time from which a world of so many shipments has its open data."""
    start, many = lot.start - timedelta(days=LAG_DAYS + DAYS), int(min(max(shipments * PUBLISHED_RATIO, LEAST), MOST))
    usual = lot.scenario.model_copy(update={"inspected": INSPECTED, "illicit": ILLICIT, "strikes": (), "marketplaces": ()})
    # One lot whatever its size: it is not shared out.
    first, *others = lots_of(lot.world, many, DAYS, start, usual)
    arrivals = sum((other.arrivals for other in others), first.arrivals)
    return replace(first, lots=1, arrivals=arrivals, world=lot.world + 1_000_003)


def open_rows(happened: Happened) -> list[Sequence[object]]:
    """The main good of each inspected declaration."""
    lot, cargo = happened.lot, happened.cargo
    main = happened.items[happened.items["seq"] == 1].reset_index(drop=True)
    rows: list[Sequence[object]] = []
    filed = happened.calendar.iso(cargo["t_declared"].to_numpy(dtype=np.int64))
    for row, item, at in zip(cargo.to_dict("records"), main.to_dict("records"), filed, strict=True):
        if not row["is_inspected"]:
            continue
        is_fraud = bool(row["is_violation"])
        is_critical = is_fraud and row["claimed_krw"] >= CRITICAL_KRW
        rows.append((
            at[:10], row["office"][:2], row["process"], 11, 21,
            row["payment"], 40 if row["is_air"] else 10, _blind(lot, row["declaration_no"][:5]), _blind(lot, row["importer_code"]),
            _blind(lot, row["seller_id"]), "", item["hs10"][:6], row["export_code"], item["origin_code"], f"{item['rate']:.1f}", item["regime"],
            ORIGIN_MARKS[row["serial"] % len(ORIGIN_MARKS)], f"{item['declared_net_kg']:.1f}", f"{item['base_krw']:.1f}", int(is_fraud),
            2 if is_critical else int(is_fraud)))
    return [(10_000_000 + place * 37, *row) for place, row in enumerate(sorted(rows, key=str))]


def _blind(lot: Lot, code: str) -> str:
    """Seven characters that stand for a code and tell nothing of it."""
    number = int.from_bytes(sha256(f"{lot.world} {code}".encode()).digest()[:8])
    return "".join(_ALPHABET[number // 36**place % 36] for place in range(7))
