"""Explain: contributions and reasons of feature rows as rows of gold.explanation."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from features.catalogue import BY_NAME
from features.feature import Feature
from features.reasons import Reason, reasons_for
from lakehouse.text import LANGUAGES, Text
from models.bundle import Bundle
from models.score import contributions, method_for
from models.tables import EXPLANATION

# What `explain_batches` takes beside the features.
GIVEN = ("shipment_id", "as_of", "model_version", "why", "score", "feature_values", "norms", "input_versions", "model_hash", "input_hash", "found")
# The columns of gold.contradiction that `found` lists.
FOUND = ("rule", "text_ko", "text_en", "usual_ko", "usual_en")
# As many rows at once as the quick way wants, so far as memory is not felt.
_ROWS_AT_ONCE = 50_000
_REASON = pa.list_(pa.struct([("code", pa.string()), ("ko", pa.string()), ("en", pa.string()), ("features", pa.list_(pa.string()))]))


def explain_batches(bundle: Bundle) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function for `mapInArrow(explain_batches(bundle), EXPLANATION.ddl)` over rows of GIVEN and the features."""
    def explain(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for rows in _gathered(batches):
            yield from _explained(bundle, rows).to_batches(max_chunksize=5_000)

    return explain


def reasons_of(bundle: Bundle, values: Sequence[str | None], added: Iterable[float], norms: Mapping[str, float],
               found: Iterable[Mapping[str, str | None]] = ()) -> list[Reason]:
    """The reasons of one row; features that are declared no more have none. `found` are its contradictions, by the columns FOUND."""
    moved = [(BY_NAME[name], typed(BY_NAME[name], value), each, norms.get(name))
            for name, value, each in zip(bundle.names, values, added, strict=True) if name in BY_NAME]
    texts = {f"contradiction_{each['rule']}": _said(each) for each in found}
    return reasons_for(moved, columns=norms, quantiles=bundle.reference.get("quantiles", {}), said=texts)


def typed(feature: Feature | None, value: str | None) -> float | str | None:
    """A value kept as text, as its feature's type has it."""
    return float(value) if value is not None and feature is not None and feature.type == "double" else value


def _gathered(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        if sum(each.num_rows for each in held) >= _ROWS_AT_ONCE:
            yield pa.Table.from_batches(held)
            held = []
    if held and any(each.num_rows for each in held):
        yield pa.Table.from_batches(held)


def _explained(bundle: Bundle, rows: pa.Table) -> pa.Table:
    method = method_for(bundle, rows.num_rows)
    added = contributions(bundle, bundle.encoding.matrix(rows), method=method)
    inner = added[:, :-1].tolist()
    said = [told(reasons_of(bundle, values, each, dict(norms or ()), found or ())) for values, each, norms, found in
            zip(rows["feature_values"].to_pylist(), inner, rows["norms"].to_pylist(), rows["found"].to_pylist(), strict=True)]
    made: dict[str, Any] = {
        "explained_at": rows["as_of"], "base_value": pa.array(added[:, -1]), "contributions": pa.array(inner, pa.list_(pa.float64())),
        "method": pa.array([str(method)] * rows.num_rows), "features": pa.array([list(bundle.names)] * rows.num_rows),
        "reasons": pa.array([each["reasons"] for each in said], _REASON),
        "directions": pa.array([each["directions"] for each in said], pa.list_(pa.string())),
        "percentiles": pa.array([each["percentiles"] for each in said], pa.list_(pa.float64()))}
    return pa.table({name: made[name] if name in made else rows[name] for name in EXPLANATION.columns})


def _said(found: Mapping[str, str | None]) -> Text:
    """A contradiction in the words that it was found with, and why honest traders show the same."""
    ko, en = (str(found[f"text_{language}"]).rstrip().removesuffix(".") for language in LANGUAGES)
    return Text(f"{ko}. 통상 사유: {found['usual_ko']}" if found["usual_ko"] else ko,
                f"{en}. Usual reasons: {found['usual_en']}" if found["usual_en"] else en)


def told(reasons: Iterable[Reason]) -> dict[str, Any]:
    """Reasons as gold.explanation keeps them."""
    listed = list(reasons)
    return {"reasons": [{"code": r.code, "ko": r.ko, "en": r.en, "features": list(r.features)} for r in listed],
            "directions": [r.direction for r in listed], "percentiles": [r.percentile for r in listed]}
