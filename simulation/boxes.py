"""Containers as they are: what they hold and weigh and how they are sealed, one row a container."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.cargo import AIR, FCL
from simulation.draws import Bools, Floats, Ints, Texts, chance, pick, stream
from simulation.goods import GOODS
from simulation.lots import Lot
from simulation.names import objects, spaced_serials
from simulation.places import SEA_CARRIERS
from simulation.traces import SEAL_INSPECTED, SEAL_OTHER, SEAL_PREFIX_DROPPED, SEAL_SAME

# Size types by ISO 6346 with their usual tare; the last two are refrigerated.
SIZE_TYPES = (("22G1", 2_280), ("42G1", 3_740), ("45G1", 3_900), ("22R1", 3_050), ("45R1", 4_580))
IS_COLD = np.array([good.name_ko.startswith(("냉동", "냉장", "신선")) for good in GOODS])
HEAVY_KG = 18_000


def make_boxes(lot: Lot, cargo: pd.DataFrame) -> pd.DataFrame:
    """The containers of a lot's cargo by sea.

    `ship` is the shipment that fills a container, or the first of those that share it; `master` is what all of them share.
    `bill_kg` is what the bills say of its load, `vgm_kg` the verified gross mass that its shipper gave, `weighed_kg` what
    a weighbridge shows.
    """
    rng = stream(lot.seed, "boxes")
    masters, first = np.unique(cargo["master"].to_numpy(), return_index=True)
    sea = first[(cargo["mode"] != AIR).to_numpy()[first]]
    named = [cargo["containers"].iloc[row] for row in sea.tolist()]
    many = np.array([len(boxes) for boxes in named], dtype=np.int64)
    ship, starts = np.repeat(sea, many), np.repeat(np.cumsum(many) - many, many)
    count = len(ship)
    place, master = np.arange(count) - starts, cargo["master"].to_numpy()[ship]
    raw = rng.uniform(0.95, 1.05, count)
    total = np.bincount(master, raw, len(masters))
    share = raw / total[master]
    upto = np.cumsum(raw)
    upto = (upto - (upto - raw)[starts]) / total[master]
    packages = cargo["bill_packages"].to_numpy(dtype=np.int64)[ship]
    until = np.rint(upto * packages).astype(np.int64)

    def held(column: str) -> Floats:
        total = np.bincount(cargo["master"], cargo[column].to_numpy(dtype=np.float64), len(masters))
        return np.asarray(total[master], dtype=np.float64)

    is_first, bill, is_full = place == 0, held("bill_gross_kg") * share, (cargo["mode"] == FCL).to_numpy()[ship]
    size = _sizes(rng, is_full & IS_COLD[cargo["good"].to_numpy()[ship]], bill)
    tare = np.array([kilograms for _, kilograms in SIZE_TYPES])[size] + 10 * rng.integers(-8, 9, count)
    dunnage = np.where(is_full, rng.uniform(20, 150, count), rng.uniform(60, 250, count))
    vgm = tare + bill * (1 + 0.002 * rng.normal(size=count)) + dunnage + held("shown_kg") * is_first
    weighed = tare + held("measured_gross_kg") * share + dunnage + held("hidden_kg") * is_first
    boxes = pd.DataFrame(
        {
            "container_no": objects([number for numbers in named for number in numbers]),
            "ship": ship,
            "master": master,
            "place": place,
            "is_full": is_full,
            "packages": until - np.where(is_first, 0, np.roll(until, 1)),
            "size_type": objects([SIZE_TYPES[kind][0] for kind in size.tolist()]),
            "tare_kg": tare,
            "bill_kg": bill,
            "vgm_kg": (np.round(vgm / 10) * 10).astype(np.int64),
            "weighed_kg": (np.round(weighed * (1 + 0.002 * rng.normal(size=count)) / 20) * 20).astype(np.int64),
        }
    )
    trace = np.where(is_first, cargo["seal_trace"].to_numpy()[ship], SEAL_SAME)
    prefixes = [SEA_CARRIERS[carrier].prefix for carrier in cargo["carrier"].to_numpy()[ship].tolist()]
    return boxes.assign(seal_trace=trace, **_seals(rng, lot, prefixes, trace))


def _sizes(rng: np.random.Generator, is_cold: Bools, kilograms: Floats) -> Ints:
    """Small boxes for what is heavy, large ones for the rest, refrigerated ones for what is cold."""
    heavy, light = pick(rng, (0.70, 0.10, 0.20), len(kilograms)), pick(rng, (0.28, 0.14, 0.58), len(kilograms))
    cold = 3 + pick(rng, (0.2, 0.8), len(kilograms))
    return np.where(is_cold, cold, np.where(kilograms > HEAVY_KG, heavy, light))


def _seals(rng: np.random.Generator, lot: Lot, prefixes: list[str], trace: Ints) -> dict[str, Texts | Bools]:
    """The seal put on at loading, a shipper's second one now and then, and the one that is there at discharge with who set it."""
    count = len(prefixes)
    serials = spaced_serials(rng, 2 * count, *lot.numbers(1_000_000, 10_000_000)).tolist()
    loaded = [f"{prefix}{serial}" for prefix, serial in zip(prefixes, serials[:count], strict=True)]
    landed = list(loaded)
    for place in np.flatnonzero(trace != SEAL_SAME).tolist():
        kind, other = int(trace[place]), serials[count + place]
        landed[place] = {SEAL_PREFIX_DROPPED: loaded[place][3:], SEAL_INSPECTED: f"KC{other}", SEAL_OTHER: f"{prefixes[place]}{other}"}[kind]
    is_second = chance(rng, 0.18, count)
    return {
        "seal_loaded": objects(loaded),
        "seal_second": objects([f"SH{serial % 1_000_000:06d}" if second else "" for serial, second in zip(serials[:count], is_second, strict=True)]),
        "seal_landed": objects(landed),
        "seal_setter": np.where(trace == SEAL_INSPECTED, "CU", "CA").astype(object),
        # Nobody reads a few seals; one that differs was read.
        "is_seal_read": chance(rng, 0.93, count) | (trace != SEAL_SAME),
        "is_seal_told": chance(rng, 0.90, count) | (trace != SEAL_SAME),
        "is_weighed": chance(rng, 0.35, count),
    }
