"""How hard the simulated world is, kind by kind: what a model makes of declared fields alone, and of evidence from all feeds with every label.

The first must not be easy, else the feeds would not be needed; the second must be able to see nearly all there is to see.
"""

from __future__ import annotations

import argparse

import lightgbm as lgb
import numpy as np
import pandas as pd

from bench.evidence import World, declared_fields, evidence, make_world
from bench.evidence_small import Small, make_small
from models.metrics import auc
from simulation.scenario import load_scenario
from simulation.typologies.typology import Kind

SCENARIOS = ("calm", "new_scheme", "drift")
DECLARED_BAND, EVIDENCE_BAND = (0.60, 0.70), (0.95, 0.985)
# Of a parcel there is less to see than of a cargo, of a bag little but its image.
Band = tuple[float, float]
SMALL_BANDS: dict[Kind, tuple[Band, Band]] = {"parcel": ((0.60, 0.72), (0.92, 0.97)), "baggage": ((0.50, 0.62), (0.82, 0.90))}
TRAINED = 0.7
_MODEL = {"objective": "binary", "learning_rate": 0.06, "num_leaves": 15, "min_data_in_leaf": 30, "feature_fraction": 0.6,
          "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0, "verbose": -1, "seed": 1, "num_threads": 1, "cat_smooth": 20,
          "deterministic": True, "force_row_wise": True}
_ROUNDS = 150


def measured(world: World | Small, table: pd.DataFrame) -> tuple[float, np.ndarray]:
    """The AUC of LightGBM on the last part of a world, trained on the part before it; and its scores."""
    cut, illicit = int(len(table) * TRAINED), world.illicit.astype(np.float64)
    model = lgb.train(_MODEL, lgb.Dataset(table.iloc[:cut], illicit[:cut]), _ROUNDS)
    score = np.asarray(model.predict(table.iloc[cut:]), dtype=np.float64)
    found = auc(score, illicit[cut:])
    if found is None:
        raise ValueError("the last part of the world holds one class only")
    return found, score


def difficulty(world: World) -> dict[str, float]:
    """The two AUCs of a world, with its shares of illicit and inspected shipments."""
    inspected = world.cargo["is_inspected"].to_numpy(dtype=bool).mean()
    return {"illicit": float(world.illicit.mean()), "inspected": float(inspected),
            "declared": measured(world, declared_fields(world))[0], "evidence": measured(world, evidence(world))[0]}


def difficulty_of(small: Small) -> dict[str, float]:
    """The same of parcels or bags."""
    return {"illicit": float(small.illicit.mean()), "inspected": float(small.truth["is_inspected"].mean()),
            "declared": measured(small, small.declared)[0], "evidence": measured(small, small.evidence)[0]}


def main() -> None:
    """Print the difficulty of scenarios."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--shipments", type=int, default=24_000, help="of each kind")
    ask.add_argument("--days", type=int, default=90)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("scenarios", nargs="*", default=SCENARIOS)
    opts = ask.parse_args()
    for name in opts.scenarios:
        size = (load_scenario(name), opts.shipments, opts.days, opts.seed)
        kinds: tuple[Kind, ...] = ("parcel", "baggage")
        for kind, told in (("cargo", difficulty(make_world(*size))), *((kind, difficulty_of(make_small(kind, *size))) for kind in kinds)):
            print(f"{name:12s} {kind:8s} " + "  ".join(f"{key} {value:.3f}" for key, value in told.items()), flush=True)


if __name__ == "__main__":
    main()
