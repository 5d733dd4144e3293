"""Scans of cargo: which containers, airfreight and loose cargo are looked at, and what shows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from simulation.cargo import AIR, FCL
from simulation.draws import Bools, Ints, chance, stream
from simulation.goods import GOODS
from simulation.lots import Lot
from simulation.timing import HOUR

ROUTINE_BOXES, ROUTINE_FLOWN = 0.03, 0.12
SEEN = 0.85
CONTAINER, PARCEL = "container", "parcel"
# Honest goods that look like something else: what it looks like, how often, and what the operator says of it.
_BATTERY, _WOOD, _DENSE = ("battery", 0.55, "배터리 내장 제품"), ("organic_mass", 0.08, "목재 포장재"), ("density_anomaly", 0.06, "고밀도 금속 부품")
_HEADINGS = {"8507": _BATTERY, "8517": _BATTERY, "8518": _BATTERY, "8471": _BATTERY, "8504": _BATTERY}
_CHAPTERS = {44: _WOOD, 94: _WOOD, 69: _WOOD, 72: _DENSE, 73: _DENSE, 76: _DENSE, 84: _DENSE, 87: _DENSE}
LOOKS = [_HEADINGS.get(good.hs10[:4]) or _CHAPTERS.get(int(good.hs10[:2])) for good in GOODS]


class Scan(NamedTuple):
    """One scan: of what, which shipment's, when, on which device, and what was seen."""

    kind: str
    ref: str
    row: int
    at: int
    draws: list[int]
    labels: list[tuple[str, float]]
    result: str
    note: str


def scans_of(lot: Lot, cargo: pd.DataFrame, boxes: pd.DataFrame) -> list[Scan]:
    """Scans by which an inspection was done, and a share of routine ones."""
    rng = stream(lot.seed, "scanners")
    mode, count = cargo["mode"].to_numpy(), len(cargo)
    is_ordered = (cargo["is_inspected"] & (cargo["depth"] == "scan")).to_numpy()
    before = cargo["t_inspected"].to_numpy(dtype=np.int64) - (rng.uniform(0.3, 2.0, count) * HOUR).astype(np.int64)
    before = np.maximum(before, cargo["t_carried_in"].to_numpy(dtype=np.int64) + 60)
    ship = boxes["ship"].to_numpy()
    is_box = is_ordered[ship] & (mode[ship] == FCL)
    is_routine = ~is_box & chance(rng, ROUTINE_BOXES, len(boxes))
    landed = boxes["t_discharge"].to_numpy() + (rng.uniform(0.3, 2.0, len(boxes)) * HOUR).astype(np.int64)
    parcel = is_ordered & (mode != FCL)
    is_flown = ~parcel & (mode == AIR) & chance(rng, ROUTINE_FLOWN, count)
    carried = cargo["t_carried_in"].to_numpy(dtype=np.int64) + (rng.uniform(0.2, 2.0, count) * HOUR).astype(np.int64)
    found = []
    for which, at in ((is_box, before[ship]), (is_routine, landed)):
        rows = np.flatnonzero(which)
        found += _seen(cargo, rng, CONTAINER, ship[rows], boxes["container_no"].to_numpy()[rows].tolist(), at[rows],
                       boxes["place"].to_numpy()[rows] == 0)
    for which, at in ((parcel, before), (is_flown, carried)):
        rows = np.flatnonzero(which)
        found += _seen(cargo, rng, PARCEL, rows, cargo["house_bl"].to_numpy()[rows].tolist(), at[rows], np.ones(len(rows), dtype=bool))
    return found


def _seen(cargo: pd.DataFrame, rng: np.random.Generator, kind: str, rows: Ints, refs: list[str], at: Ints, is_first: Bools) -> list[Scan]:
    """What each scan shows: what is hidden there, what honest goods look like, or nothing; and what the operator makes of it."""
    count = len(rows)
    image = cargo["image"].to_numpy()[rows]
    more = cargo["packages"].to_numpy()[rows] > 1.08 * cargo["declared_packages"].to_numpy()[rows]
    good = cargo["good"].to_numpy()[rows].tolist()
    is_shown = (image != "") & is_first & chance(rng, SEEN, count)
    is_more = more & chance(rng, 0.2, count)
    draw, odd, sure = rng.random(count).tolist(), chance(rng, 0.01, count).tolist(), rng.uniform(0.35, 0.97, count).round(2).tolist()
    is_doubted, is_unread = chance(rng, 0.06, count).tolist(), chance(rng, 0.02, count).tolist()
    is_caught = chance(rng, 0.75, count).tolist()
    draws = rng.integers(0, 1 << 20, (count, 3)).tolist()
    scans = []
    for place, row in enumerate(rows.tolist()):
        labels, note, look = [], "", LOOKS[good[place]]
        is_hiding = bool(is_shown[place] or is_more[place])
        if is_hiding:
            labels.append((str(image[place]) if is_shown[place] else "density_anomaly", max(sure[place], 0.55)))
        if look and draw[place] < look[1]:
            labels.append((look[0], sure[place]))
            note = look[2]
        elif odd[place]:
            labels.append(("density_anomaly", min(sure[place], 0.6)))
        is_suspect = is_caught[place] if is_hiding else bool(labels) and is_doubted[place]
        result = "suspect" if is_suspect else "none" if is_unread[place] and not labels else "clear"
        note = "개장 확인 필요" if is_suspect else note
        scans.append(Scan(kind, refs[place], row, int(at[place]), draws[place], labels, result, note))
    return scans
