"""The inspections of the past: whom an imperfect policy picked, what officers found, and their records."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from simulation.agents import Agents
from simulation.cargo import TABLE
from simulation.draws import Floats, chance, pick, race, stream
from simulation.lots import Lot
from simulation.names import objects
from simulation.places import COUNTRIES, COUNTRY
from simulation.typologies import BY_NAME

SHARES = (("random", 0.12), ("mandate", 0.07), ("officer", 0.18), ("rule", 0.36), ("model", 0.27))
FOUND_RATIO = {"physical": 0.90, "scan": 0.84, "document": 0.78}
FALSE_ALARM_RATIO = 0.01
BY_MISTAKE = ("other", "licence")
MINOR_KRW, CRITICAL_KRW = 1_000_000, 30_000_000
# What an outcome of a parcel or a bag is written from.
SUBJECT = ["office", "is_violation", "claimed_krw", "typology", "depth", "selected_by", "subject_kind", "subject_ref", "outcome_sign", "t_inspected"]
Weigh = Callable[[np.random.Generator], dict[str, Floats]]


def choose(lot: Lot, cargo: pd.DataFrame, weigh: Weigh) -> pd.DataFrame:
    """Add who is inspected, by whose choice and how deep, what is found and the duty claimed for it.

    `weigh` weighs every shipment for each way of choosing.
    """
    rng = stream(lot.seed, "selection")
    count = len(cargo)
    weights = weigh(rng)
    selected_by = objects([""] * count)
    budget = lot.scenario.inspected * count
    for kind, share in SHARES:
        free = selected_by == ""
        selected_by[race(rng, np.where(free, weights[kind], 0.0), round(budget * share))] = kind
    depth = np.array(("document", "scan", "physical"))[pick(rng, (0.25, 0.25, 0.50), count)]
    is_illicit = (cargo["typology"] != "").to_numpy()
    found = np.array([FOUND_RATIO[kind] for kind in depth.tolist()])
    is_found = chance(rng, np.where(is_illicit, found, FALSE_ALARM_RATIO), count)
    evaded = cargo["evaded_krw"].to_numpy() * rng.uniform(0.85, 1.05, count)
    claimed = np.where(is_illicit, np.maximum(evaded, 30_000), rng.uniform(30_000, 400_000, count))
    return cargo.assign(
        selected_by=selected_by,
        depth=objects(depth.tolist()),
        is_inspected=selected_by != "",
        is_violation=is_found & (selected_by != ""),
        claimed_krw=np.floor(claimed / 10) * 10,
        is_managed=np.where(
            np.isin(selected_by, ("rule", "officer")), rng.random(count) < 0.3, rng.random(count) < 0.01
        ),
    )


def weigh_cargo(agents: Agents, cargo: pd.DataFrame, items: pd.DataFrame, rng: np.random.Generator) -> dict[str, Floats]:
    """Weigh every shipment for each way of choosing; all but the random one are biased, all are noisy."""
    count = len(cargo)
    main = items[items["seq"] == 1]
    good = main["declared_good"].to_numpy()
    level = np.array([country.price_level for country in COUNTRIES])[main["declared_origin"]]
    cheap = -np.log(main["declared_usd_per_kg"].to_numpy() / TABLE.price[good] / level) / (TABLE.sigma[good] + 0.15)
    is_heavy = cargo["bill_gross_kg"].to_numpy() > 1.04 * cargo["declared_gross_kg"].to_numpy()
    is_more = (cargo["bill_packages"] != cargo["declared_packages"]).to_numpy()
    is_bare = (cargo["is_claiming"].astype(bool) & ~cargo["has_certificate"].astype(bool)).to_numpy()
    is_detour = cargo["load_country"].to_numpy() != main["declared_origin"].to_numpy()
    is_china = (cargo["load_country"] == COUNTRY["CN"]).to_numpy()
    is_small = agents.importers["is_small"].to_numpy()[cargo["importer"]]
    past = np.log(agents.importers["propensity"].to_numpy()[cargo["importer"]]) * chance(rng, 0.7, count)
    broker = np.log(agents.brokers["propensity"].to_numpy()[cargo["broker"]])
    duty = np.log1p(TABLE.duty[good]) / 3
    noise = rng.normal(size=(count, 3))
    rule = (
        0.5 * duty + 0.4 * is_china + 0.4 * is_small + 1.1 * is_heavy + 0.7 * is_bare + 0.7 * past + 0.3 * noise[:, 0]
    )
    officer = 0.4 * is_china + 0.4 * is_small + 0.4 * cheap + 0.5 * broker + 0.6 * past + 0.5 * noise[:, 1]
    model = 0.6 * cheap + 1.4 * is_heavy + 0.9 * is_more + 1.2 * is_detour + 1.0 * is_bare + 0.9 * past + 0.5 * broker
    return {
        "random": np.ones(count),
        "mandate": np.where(TABLE.chapter[good] <= 22, 1.0, 0.001),
        "officer": np.exp(officer),
        "rule": np.exp(1.4 * rule),
        "model": np.exp(1.5 * model + 0.4 * noise[:, 2]),
    }


def outcome_line(record: Mapping[str, Any], serial: int, inspected_at: str, draws: Sequence[int], is_provisional: bool) -> str:
    """Give the outcome record of a shipment as one JSON line; while it is provisional the duty claimed is an estimate."""
    first, second, third = draws
    office, is_violation = record["office"], bool(record["is_violation"])
    claimed = float(record["claimed_krw"]) * (0.6 + first % 8 / 10 if is_provisional else 1)
    line = {
        "outcome_id": f"{record.get('outcome_sign', 'IR')}{inspected_at[:4]}{office}{serial:08d}",
        "subject": {"kind": record.get("subject_kind", "declaration"), "ref": record.get("subject_ref") or record["declaration_no"]},
        "inspected_at": f"{inspected_at}+09:00",
        "office": office,
        "depth": record["depth"],
        "result": "violation" if is_violation else "clean",
        "violations": [_violation(str(record["typology"]), claimed, first)] if is_violation else [],
        "selected_by": record["selected_by"],
        "officer_ref": f"OF-{office}-{second % 24 + 1:03d}",
        "confidence": "low" if is_provisional else ("high", "high", "medium", "low")[third % 4],
        "status": "provisional" if is_provisional else "final",
    }
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def _violation(typology: str, claimed_krw: float, draw: int) -> dict[str, str | int | bool]:
    kinds = BY_NAME[typology].violations if typology else BY_MISTAKE
    kind = kinds[0] if draw % 4 else kinds[-1]
    if typology and (seized := BY_NAME[typology].seized):
        return {"type": kind, "severity": seized, "additional_duty_krw": 0, "seized": True}
    severity = "critical" if claimed_krw >= CRITICAL_KRW else "minor" if claimed_krw < MINOR_KRW else "major"
    is_seized = severity == "critical" and draw % 5 == 0
    return {"type": kind, "severity": severity, "additional_duty_krw": int(claimed_krw), "seized": is_seized}
