"""Similar past cases: inspected shipments that the model takes down the same branches, with what was found."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from models.bundle import Bundle
from models.score import booster
from models.tables import PAST_CASE

Floats = npt.NDArray[np.float64]
MOST = 5
CASE_OFFICE = "case_office"


def leaves(bundle: Bundle, matrix: Floats) -> npt.NDArray[np.int64]:
    """The leaf that each row comes to in each tree: rows x trees; none by a prior."""
    if not bundle.text or not len(matrix):
        return np.zeros((len(matrix), 0), dtype=np.int64)
    found = booster(bundle.text).predict(matrix, pred_leaf=True, num_threads=1)
    return np.asarray(found, dtype=np.int64).reshape(len(matrix), -1)


def index_batches(bundle: Bundle) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function for `mapInArrow(index_batches(bundle), PAST_CASE.ddl)` over its other columns, the office as CASE_OFFICE, and the features."""
    def index(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            rows = pa.Table.from_batches([batch])
            found = pa.array(leaves(bundle, bundle.encoding.matrix(rows)).tolist(), pa.list_(pa.int64()))
            made = {"leaves": found, "office_code": rows[CASE_OFFICE]}
            yield from pa.table({name: made[name] if name in made else rows[name] for name in PAST_CASE.columns}).to_batches()

    return index


def most_alike(cases: pa.Table, mine: npt.NDArray[np.int64], as_of: datetime, shipment_id: str, office: str | None) -> list[dict[str, Any]]:
    """The cases with most leaves in common, of outcomes known by then; those of another office without their identifiers.

    `cases` are rows of gold.past_case of one model; an outcome that was corrected counts as it was last known by then.
    """
    known = cases.filter(pc.and_(pc.less_equal(cases["known_at"], as_of), pc.not_equal(cases["shipment_id"], shipment_id)))
    if not known.num_rows or not len(mine):
        return []
    known = known.take(pc.sort_indices(known, [("shipment_id", "ascending"), ("known_at", "descending"), ("as_of", "descending")]))
    ids = np.asarray(known["shipment_id"].to_pylist())
    known = known.take(np.flatnonzero(np.append(True, ids[1:] != ids[:-1])))
    held = known["leaves"].combine_chunks().flatten().to_numpy().reshape(known.num_rows, -1)
    alike = (held == mine[None, :]).mean(axis=1)
    at = np.array([each.timestamp() for each in known["known_at"].to_pylist()])
    order = np.lexsort((np.asarray(known["shipment_id"].to_pylist()), -at, -alike))[:MOST]
    told = []
    for place in order:
        [row] = known.drop_columns(["leaves"]).slice(int(place), 1).to_pylist()
        is_ours = office is not None and row["office_code"] == office
        told.append({"similarity": float(alike[place]), "shipment_id": row["shipment_id"] if is_ours else None,
                     **{name: row[name] for name in ("inspected_at", "known_at", "office_code", "illicit", "severity", "revenue_krw")}})
    return told
