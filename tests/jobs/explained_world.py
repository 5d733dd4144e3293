"""A lake made by hand for what explains: feature rows, shipments and outcomes, then the steps of scoring runs over them, without a message ingested."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyspark.sql import SparkSession

from features.catalogue import FEATURES
from features.feature import Feature
from features.tables import FEATURE
from fusion.tables import CONTRADICTION, DECLARATION_FACT, EVENT, LABEL, SHIPMENT
from jobs import explain, score, select
from jobs.context import Kind, Run
from jobs.manifest import Publication, publish, seen_by_readers
from jobs.query import query
from jobs.train import registry_of
from lakehouse.clock import end_of
from lakehouse.lake import Lake
from lakehouse.settings import load_settings
from models.configuration import Configuration
from models.tables import SCORE
from models.tables import TABLES as WRITTEN
from models.train import Examples, fit

END = date(2026, 6, 30)
NIGHT = end_of(END)
OPEN, INSPECTED = 160, 240
_CODES = ("A", "B", "C", "D")
_RARE = frozenset(feature.name for feature in [feature for feature in FEATURES if feature.prior][12:])


def value(feature: Feature, draw: np.random.Generator) -> float | str | None:
    if draw.random() < 0.1:
        return None
    # Were all evidence there is everywhere, nobody would be green.
    if feature.name in _RARE and draw.random() < 0.97:
        return 0.0
    return str(draw.choice(_CODES)) if feature.type == "category" else float(np.round(draw.normal(1, 1.2), 2))


def feature_row(shipment: str, as_of: datetime, seed: int) -> dict[str, Any]:
    """A row of gold.feature, the same for the same seed."""
    draw = np.random.default_rng(seed)
    values = {feature.name: value(feature, draw) for feature in FEATURES}
    norms = {key: float(np.round(np.exp(draw.normal(3, 1)), 2)) for feature in FEATURES for key in feature.numbers}
    return {"shipment_id": shipment, "as_of": as_of, "norms": list(norms.items()), **values}


def shipment_row(number: int, **given: Any) -> dict[str, Any]:
    return {"shipment_id": f"s{number:04}", "kind": "cargo", "stage": "declared", "office_code": "020" if number % 2 else "030",
            "declaration_no": f"41223{number:05}0001M", "declaration_nos": [f"41223{number:05}0001M"], "house_bl": f"HBL{number}",
            "first_known_at": NIGHT - timedelta(days=20), "last_fact_at": NIGHT, "is_bound_for_korea": True, "known_at": NIGHT - timedelta(days=15), **given}


class World:
    """A night by the prior, a night by a model over other facts, and a refresh a minute later in which half of them stay as they are."""

    def __init__(self, spark: SparkSession, folder: Path) -> None:
        self.spark, self.root = spark, Lake(str(folder / "lake"))
        self.root.folder.mkdir(parents=True)
        self.settings = load_settings({}).replaced(explain__green_share=0.1)
        self._past()
        self.first = self._run("nightly", NIGHT - timedelta(days=1), {n: n for n in range(OPEN)})
        self._train()
        self.second = self._run("nightly", NIGHT, {n: n + (n % 3) * 1000 for n in range(OPEN)})
        self.last = self._run("refresh", NIGHT + timedelta(minutes=1), {n: n + (n % 3) * 1000 + (n % 2) * 5000 for n in range(OPEN)})
        self.lake = seen_by_readers(self.root)

    def rows(self, sql: str, lake: Lake | None = None) -> list[dict[str, Any]]:
        return query(lake or self.lake, sql, 100_000).dicts()

    def scores(self) -> list[dict[str, Any]]:
        return sorted(self.lake.arrow(SCORE).to_pylist(), key=lambda row: (row["as_of"], row["shipment_id"]))

    def _past(self) -> None:
        """Shipments that are open, and inspected ones with the feature row of the night before customs acted."""
        inspected = range(OPEN, OPEN + INSPECTED)
        customs_at = {n: end_of(END) - timedelta(days=3 + n % 9, hours=10) for n in inspected}
        nights = {n: end_of(at.date() - timedelta(days=1)) for n, at in customs_at.items()}
        self.past = [feature_row(f"s{n:04}", nights[n], n) for n in inspected]
        weights = {f.name: f.prior[1] for f in FEATURES if f.prior}
        risk = np.array([sum(w * (row[name] or 0) for name, w in weights.items()) for row in self.past])
        self.illicit = risk > np.quantile(risk, 0.8)
        self.root.append_rows(self.past, FEATURE)
        self.root.append_rows([shipment_row(n) for n in range(OPEN)] + [
            shipment_row(n, released_at=at + timedelta(hours=1), release_known_at=at + timedelta(hours=2)) for n, at in customs_at.items()], SHIPMENT)
        self.root.append_rows([
            {"shipment_id": f"s{n:04}", "known_at": at + timedelta(hours=8), "inspected_at": at, "illicit": bool(bad), "severity": "major" if bad else None,
             "revenue_krw": 1e6 if bad else 0.0, "selected_by": "random", "outcome_id": f"I{n}"}
            for (n, at), bad in zip(customs_at.items(), self.illicit, strict=True)], LABEL)
        known = NIGHT - timedelta(days=2)
        self.root.append_rows([{"shipment_id": f"s{n:04}", "known_at": known, "issued_on": END, "declaration_no": f"41223{n:05}0001M", "goods_text": "LAMPS <b>",
                                "gross_mass_kg": 950.5, "customs_value_krw": 1_234_567.0, "importer_id": "P123", "hs6": "940520",
                                "has_certificate_of_origin": True} for n in range(OPEN)], DECLARATION_FACT)
        self.root.append_rows([{"event_id": f"e{n}{feed}", "shipment_id": f"s{n:04}", "event_at": known - timedelta(days=n % 3), "known_at": known, "feed": feed,
                                "record_key": "k", "type": "t", "text_ko": f"사실 {n}", "text_en": f"Fact {n}"}
                               for n in range(OPEN) for feed in ("cargo_progress", "terminal_event", "watchlist")], EVENT)
        self.root.append_rows([{"shipment_id": f"s{n:04}", "type": "weight", "rule": rule, "severity": "high", "left_feed": "declaration", "left_value": "950.5 kg",
                                "right_feed": feed, "right_value": "1,200.0 kg", "known_at": known, "text_ko": "반입 중량 1,200.0 kg — 신고 총중량 950.5 kg. 통상 ±5%.",
                                "text_en": "Weight carried in 1,200.0 kg, declared 950.5 kg; usually within 5%.", "usual_ko": "팔레트", "usual_en": "Pallets"}
                               for n in range(0, OPEN, 4) for rule, feed in (("carried_in", "cargo_progress"), ("scanned", "screening"))], CONTRADICTION)

    def _train(self) -> None:
        frame = pa.Table.from_pylist([{f.name: row[f.name] for f in FEATURES} for row in self.past], pa.schema(
            [(f.name, pa.float64() if f.type == "double" else pa.string()) for f in FEATURES]))
        at = np.array([row["as_of"].replace(tzinfo=None) for row in self.past], dtype="datetime64[us]")
        fitted = fit(Examples(frame, self.illicit.astype(float), at, revenue=np.where(self.illicit, 1e6, 0.0)), FEATURES,
                     Configuration(rounds=30, patience=0, categories_rarest=5), 1)
        registry = registry_of(self.root, self.settings)
        # What it is to learn is the declared prior itself, which a model of so few rows does not reach: it is held back.
        registry.promote(registry.register(fitted, END, {}).version)

    def _run(self, kind: Kind, at: datetime, seeds: dict[int, int]) -> Lake:
        """The steps that score, explain and select, published; the lake as it is seen then."""
        self.root.append_rows([feature_row(f"s{n:04}", at, seed) for n, seed in seeds.items()], FEATURE)
        run = Run(self.spark, self.root, self.settings, kind, at.date(), at, None, f"run-{at:%m%dT%H%M}", "1", None)
        for step in (score.run, explain.run, select.run):
            step(run)
        run.release()
        tables = {table.full_name: version for table in (*score.INPUTS, *WRITTEN) if (version := self.root.version(table)) is not None}
        publish(self.root, Publication(run.run_id, kind, str(at.date()), at.isoformat(), "1", tables))
        return seen_by_readers(self.root)
