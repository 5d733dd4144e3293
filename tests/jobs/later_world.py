"""The hand-made lake some days on: outcomes that its model never saw, drawn and picked by stored lists, and a challenger."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from explained_world import END, NIGHT, World, shipment_row
from pyspark.sql import SparkSession

from features.catalogue import BY_NAME
from features.tables import FEATURE
from fusion.tables import LABEL, SHIPMENT
from jobs.manifest import Publication, publish
from jobs.train import registry_of
from lakehouse.lake import Lake
from lakehouse.settings import load_settings
from models.configuration import Configuration
from models.tables import SCORE, SELECTION
from models.train import Examples, fit

TRUE, DAYS, A_DAY = ("evidence_prior", "contradictions_high", "importer_declarations"), 8, 60


class Trained(World):
    """The hand-made past with the model that learned from it, without a run that scored."""

    def __init__(self, spark: SparkSession, folder: Path) -> None:
        self.spark, self.root = spark, Lake(str(folder / "lake"))
        self.root.folder.mkdir(parents=True)
        self.settings = load_settings({})
        self._past()
        self._train()


def truth(draw: np.random.Generator, rows: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    columns = {"evidence_prior": np.round(draw.random(rows), 3), "contradictions_high": draw.integers(0, 3, rows).astype(float),
               "importer_declarations": np.round(np.log1p(draw.integers(0, 300, rows)), 1)}
    risk = 3 * columns["evidence_prior"] + columns["contradictions_high"] + draw.normal(0, 0.4, rows)
    return columns, risk > np.quantile(risk, 0.75)


def eight_days_on(world: World, folder: Path) -> Lake:
    """The hand-made lake, eight days on: inspected shipments that its model never saw, and a challenger that knows what they turn on."""
    lake = Lake(shutil.copytree(world.root.root, folder).as_posix())
    draw = np.random.default_rng(4)
    columns, illicit = truth(draw, 600)
    features = [BY_NAME[name] for name in TRUE]
    fitted = fit(Examples(pd.DataFrame(columns), illicit.astype(float), np.datetime64("2026-06-01") + np.arange(600).astype("timedelta64[h]"),
                          revenue=illicit * 1e6), features, Configuration(rounds=40, patience=0, features=TRUE), 1)
    registry_of(lake, world.settings).register(fitted, END, {}, NIGHT)
    columns, illicit = truth(draw, DAYS * A_DAY)
    tables: dict[Any, list[dict[str, Any]]] = {FEATURE: [], SHIPMENT: [], LABEL: [], SCORE: [], SELECTION: []}
    for n, bad in enumerate(illicit):
        night = NIGHT + timedelta(days=n % DAYS)
        acted, shipment = night + timedelta(hours=10), f"s{5000 + n:04}"
        tables[FEATURE].append({"shipment_id": shipment, "as_of": night, **{name: float(values[n]) for name, values in columns.items()}})
        tables[SHIPMENT].append(shipment_row(5000 + n, released_at=acted + timedelta(hours=1)))
        drawn = "random" if n % 5 == 0 else "model"
        tables[LABEL].append({"shipment_id": shipment, "known_at": acted + timedelta(hours=8), "inspected_at": acted, "illicit": bool(bad),
                              "revenue_krw": 1e6 * (1 + n % 7) if bad else 0.0, "selected_by": drawn, "outcome_id": f"I{5000 + n}"})
        office = "020" if n % 2 else "030"
        tables[SCORE] += [{"shipment_id": f"{shipment}{extra}", "as_of": night, "scored_at": night, "business_date": night.date(), "office_code": office,
                           "model_version": "haechi-1", "score": 0.0, "probability": 0.5} for extra in ("", "a", "b", "c")]
        tables[SELECTION].append({"business_date": night.date(), "office_code": office, "shipment_id": shipment, "reason": drawn,
                                  "inclusion_probability": 0.25 if drawn == "random" else 1.0})
    for table, rows in tables.items():
        lake.append_rows(rows, table)
    until = NIGHT + timedelta(days=DAYS + 1)
    publish(lake, Publication("later", "nightly", str(until.date()), until.isoformat(), "1", {}))
    return lake
