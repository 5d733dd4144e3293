"""Score: the log-odds of every row, and for the rows to be explained its exact SHAP values by the quickest way."""

import threading
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from models.bundle import Bundle, sha256
from models.encoding import Frame
from models.prior import prior_contributions
from models.shapley import fits, shapley
from models.support import sizes_of

Floats = npt.NDArray[np.float64]
SCORED = ("shipment_id string, as_of timestamp, score double, probability double, expected_revenue_krw double, "
          "probability_low double, probability_high double, similar_outcomes bigint")
# From so many rows on, patterns of conditions are quicker than LightGBM's way row by row: 2 to 4 times at twice as many.
# Measured by `python -m bench explanations`, which writes the crossover into docs/explanations.md.
FAST_FROM = 1_500
_ROWS_AT_ONCE = 20_000
# One Booster per thread: LightGBM has crashed when threads shared one for contributions.
_held = threading.local()


class Method(StrEnum):
    """How contributions were worked out."""

    PRIOR = "prior"
    PRED_CONTRIB = "pred_contrib"
    WOODELF = "woodelf"


def method_for(bundle: Bundle, rows: int) -> Method:
    """The quickest exact way for so many rows."""
    if not bundle.text:
        return Method.PRIOR
    return Method.WOODELF if rows >= FAST_FROM and fits(bundle.text) else Method.PRED_CONTRIB


def contributions(bundle: Bundle, matrix: Floats, threads: int = 1, method: Method | None = None) -> Floats:
    """Exact SHAP values in log-odds, the base value last: rows x (features + 1); by the quickest way unless one is given."""
    if not bundle.text:
        return prior_contributions(bundle, matrix)
    if not len(matrix):
        return np.zeros((0, len(bundle.names) + 1))
    if (method or method_for(bundle, len(matrix))) == Method.WOODELF:
        return shapley(bundle.text, matrix)
    return np.asarray(booster(bundle.text).predict(matrix, pred_contrib=True, num_threads=threads), dtype=np.float64)


def raw_score(bundle: Bundle, matrix: Floats, threads: int = 1) -> Floats:
    """The log-odds score alone, much faster than with contributions; equal to their sum within rounding."""
    if not bundle.text:
        return np.asarray(prior_contributions(bundle, matrix).sum(axis=1))
    if not len(matrix):
        return np.zeros(0)
    return np.asarray(booster(bundle.text).predict(matrix, raw_score=True, num_threads=threads), dtype=np.float64)


def expected_revenue(bundle: Bundle, probability: Floats, frame: Frame) -> Floats:
    """Probability x additional revenue if a violation, KRW; by the frame's exposure column where it has one."""
    columns = frame.schema.names if isinstance(frame, pa.Table | pa.RecordBatch) else list(frame.columns)
    exposure = np.full(len(probability), np.nan)
    if bundle.exposure in columns:
        column = frame[bundle.exposure] if not isinstance(frame, pa.RecordBatch) else frame.column(bundle.exposure)
        exposure = np.asarray(column.to_numpy(zero_copy_only=False) if hasattr(column, "cast") else column, dtype=np.float64)
    return np.asarray(probability * bundle.amount.of(exposure))


def score_batches(bundle: Bundle) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function for `mapInArrow(score_batches(bundle), SCORED)` over rows of shipment_id, as_of and the features."""
    def score(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for first in range(0, batch.num_rows, _ROWS_AT_ONCE):
                yield _scored(bundle, batch.slice(first, _ROWS_AT_ONCE))

    return score


def values_sql(names: tuple[str, ...]) -> str:
    """Spark SQL of the features' values as text in the model's order, as gold.explanation keeps them."""
    return f"array({', '.join(f'CAST(`{name}` AS STRING)' for name in names)})"


def _scored(bundle: Bundle, rows: pa.RecordBatch) -> pa.RecordBatch:
    matrix = bundle.encoding.matrix(rows)
    score = raw_score(bundle, matrix)
    probability = bundle.calibration.probability(score)
    low, high, outcomes = bundle.support.of(probability, sizes_of(bundle.encoding, matrix))
    return pa.RecordBatch.from_arrays(
        [rows.column("shipment_id"), rows.column("as_of"), pa.array(score), pa.array(probability),
         pa.array(expected_revenue(bundle, probability, rows)), pa.array(low, from_pandas=True), pa.array(high, from_pandas=True),
         pa.array(outcomes, pa.int64(), from_pandas=True)],
        names=["shipment_id", "as_of", "score", "probability", "expected_revenue_krw", "probability_low", "probability_high", "similar_outcomes"])


def booster(text: str) -> Any:
    """The Booster of a verified text, kept for the thread that asked."""
    import lightgbm

    key = sha256(text) if getattr(_held, "text", None) is not text else _held.key
    if getattr(_held, "key", None) != key:
        _held.booster = lightgbm.Booster(model_str=text)
    _held.text, _held.key = text, key
    return _held.booster
