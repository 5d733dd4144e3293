"""The explanation of a score: as it was frozen, or, where none was owed, worked out from the frozen features and model."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fusion.tables import CONTRADICTION
from lakehouse.lake import Lake
from models.bundle import Bundle
from models.encoding import Floats
from models.tables import EXPLANATION

ON_REQUEST = "on_request"


def explanation_of(lake: Lake, score: dict[str, Any]) -> dict[str, Any]:
    """The explanation of one row of gold.score: the columns of gold.explanation, `method` on_request where it was not frozen."""
    return frozen(lake, [score])[0] or on_request(lake, score)


def frozen(lake: Lake, scores: Sequence[dict[str, Any]]) -> list[dict[str, Any] | None]:
    """The frozen explanation of each score, a carried one as it stands where it was made; None where there is none."""
    kept = lake.arrow(EXPLANATION, None, [("shipment_id", "in", sorted({score["shipment_id"] for score in scores}))]).to_pylist()
    rows = {(row["shipment_id"], row["as_of"]): row | {"norms": dict(row["norms"] or ())} for row in kept}
    return [_followed(rows, score["shipment_id"], score["as_of"]) for score in scores]


def _followed(rows: dict[tuple[str, datetime], dict[str, Any]], shipment: str, as_of: datetime) -> dict[str, Any] | None:
    mine = rows.get((shipment, as_of))
    if mine is None or mine["explained_at"] in (None, as_of):
        return mine
    first = rows.get((shipment, mine["explained_at"]))
    return None if first is None else first | {"as_of": as_of, "why": mine["why"]}


def on_request(lake: Lake, score: dict[str, Any]) -> dict[str, Any]:
    """The same from the stored features and the stored model."""
    from jobs.past import feature_rows, model_of, values_of, versions_of
    from models.explain import reasons_of, told
    from models.score import contributions

    bundle = model_of(lake, score["model_version"], score["as_of"])
    rows = feature_rows(lake, versions_of(score).get("gold.feature"), score["as_of"], [score["shipment_id"]], bundle)
    added = contributions(bundle, bundle.encoding.matrix(rows))[0]
    values, norms = values_of(rows, bundle)[0], dict(rows["norms"][0].as_py() or ())
    return {
        "shipment_id": score["shipment_id"], "as_of": score["as_of"], "model_version": score["model_version"], "explained_at": score["as_of"],
        "why": None, "method": ON_REQUEST, "score": score["score"], "base_value": float(added[-1]), "features": list(bundle.names),
        "feature_values": values, "contributions": added[:-1].tolist(), "norms": norms,
        **told(reasons_of(bundle, values, added[:-1].tolist(), norms, _found(lake, score))),
        "input_versions": score["input_versions"], "model_hash": bundle.digest, "input_hash": None}


def _found(lake: Lake, score: dict[str, Any]) -> list[dict[str, Any]]:
    """The contradictions of a scored shipment that were known then, the newest words of each."""
    rows = lake.arrow(CONTRADICTION, None, [("shipment_id", "=", score["shipment_id"]), ("known_at", "<=", score["as_of"])]).to_pylist()
    return list({row["rule"]: row for row in sorted(rows, key=lambda row: row["known_at"])}.values())


def row_of(bundle: Bundle, told: dict[str, Any]) -> Floats:
    """The row of the model's matrix that an explanation's values make."""
    values = dict(zip(told["features"], told["feature_values"], strict=True))
    columns = {name: pa.array([values[name]], pa.string()) if name in bundle.encoding.vocabularies
               else pa.array([None if values[name] is None else float(values[name])], pa.float64()) for name in bundle.names}
    return np.asarray(bundle.encoding.matrix(pa.table(columns))[0])


def newest(table: pa.Table, column: str) -> dict[str, Any] | None:
    """The row with the greatest value of a column; None of an empty table."""
    if not table.num_rows:
        return None
    return dict(table.take(pc.sort_indices(table, [(column, "descending")]).slice(0, 1)).to_pylist()[0])
