"""Step 12, monitor: drift against the model's first nights, and the headline share of shipments scored before release."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import functions as F

from features.catalogue import FEATURES
from features.tables import FEATURE
from fusion.tables import LABEL, SHIPMENT
from jobs.context import Counts, Run
from jobs.score import model
from lakehouse.clock import sql_instant
from lakehouse.text import Text
from models.bundle import Bundle
from models.drift import ALL, count_rows, drift_rows, outcome_row, proposal
from models.drift import Counts as Bins
from models.score import contributions, raw_score
from models.tables import DRIFT, SCORE

# Fewer shipments of a kind or an office are compared with nothing; so many have their contributions compared.
_SEGMENT_NEEDED, _EXPLAINED = 200, 500
_LABELS = {f.name: f.text for f in FEATURES} | {"score": Text("점수", "Score")}
_FEED = {"held": Text("{subject} 자료 보류: {detail}", "Feed {subject} is held: {detail}"),
         "absent": Text("{subject} 자료 없음: {detail}", "Feed {subject} is silent: {detail}")}
Segments = dict[str, npt.NDArray[np.bool_]]


def run(run: Run) -> Counts:
    """Append drift rows where a trained model scored, propose to train anew where they say so, and note the headline."""
    run.notes["scored_before_release"] = before_release_share(run)
    bundle = model(run)
    rows = _feeds(run)
    tonight = _sampled(run, bundle, [run.as_of]) if bundle.text else None
    if tonight is not None and tonight.num_rows:
        rows += _compared(run, bundle, tonight)
    run.lake.append_rows(rows, DRIFT)
    if (why := proposal(rows, run.settings["drift.retrain_share"])) is not None:
        run.notes["retrain"] = {"ko": why.ko, "en": why.en}
        run.say(why.en)
    return Counts(tonight.num_rows if tonight is not None else 0, len(rows))


def _compared(run: Run, bundle: Bundle, tonight: pa.Table) -> list[dict[str, Any]]:
    """Tonight's shipments, all and by kind and office, against those of the model's first nights.

    On its first night a model has only met the inspected shipments that it learned from, which are not like all: that is
    told, and is no drift.
    """
    found, first = _counted(bundle, tonight), _first_nights(run, bundle)
    if not first:
        return [row | {"is_drifting": False} for row in drift_rows(bundle, found[ALL], run.business_date, _LABELS)]
    before = _counted(bundle, _sampled(run, bundle, first))
    whole = drift_rows(bundle, found.pop(ALL), run.business_date, _LABELS, before.pop(ALL))
    parts = [row for name in sorted(found.keys() & before.keys())
             for row in drift_rows(bundle, found[name], run.business_date, _LABELS, before[name], name)]
    # Of a part its score, and what of its inputs drifts.
    said = [row for row in parts if row["kind"] == "score" or row["is_drifting"]]
    outcome = outcome_row(run.business_date, *_outcomes(run))
    return [*whole, *said, *([outcome] if outcome else [])]


def _counted(bundle: Bundle, rows: pa.Table) -> dict[str, Bins]:
    """The bins of all rows, and of each kind and office that has enough; rows come by lot, so that the first are as good as any."""
    matrix = bundle.encoding.matrix(rows)
    score, some = raw_score(bundle, matrix), matrix[:_EXPLAINED]
    explained = count_rows(bundle, some, None, contributions(bundle, some)[:, :-1]).bins
    bins = {**count_rows(bundle, matrix, score).bins, **{key: held for key, held in explained.items() if key[0] == "explanation"}}
    return {ALL: Bins(bins)} | {name: count_rows(bundle, matrix[mine], score[mine]) for name, mine in _segments(rows).items()}


def _segments(rows: pa.Table) -> Segments:
    found: Segments = {}
    for name, column in (("kind", "shipment_kind"), ("office", "shipment_office")):
        values = np.asarray(rows[column].to_pylist(), dtype=object)
        found |= {f"{name}:{value}": values == value for value in {v for v in values.tolist() if v}}
    return {name: mine for name, mine in found.items() if mine.sum() >= _SEGMENT_NEEDED}


def _sampled(run: Run, bundle: Bundle, instants: list[datetime]) -> pa.Table:
    """Feature rows of runs, by lot where they are many, with the kind and the office of their shipments."""
    at = ", ".join(map(sql_instant, instants))
    lot, many = F.xxhash64("shipment_id", "as_of"), run.settings["drift.sample"] * len(instants)
    scores = run.lake.read(run.spark, SCORE).where(f"as_of IN ({at})").select("shipment_id", "as_of", F.col("office_code").alias("shipment_office"))
    kinds = run.known.current(run.spark, SHIPMENT).select("shipment_id", F.col("kind").alias("shipment_kind"))
    rows = run.lake.read(run.spark, FEATURE).where(f"as_of IN ({at})").select("shipment_id", "as_of", *bundle.names)
    drawn = scores.orderBy(lot).limit(many).join(kinds, "shipment_id")
    return drawn.join(rows, ["shipment_id", "as_of"]).orderBy(lot).toArrow()


def _first_nights(run: Run, bundle: Bundle) -> list[datetime]:
    """When the model first scored, before tonight."""
    mine = run.lake.read(run.spark, SCORE).where((F.col("model_version") == bundle.version) & F.expr(f"as_of < {sql_instant(run.as_of)}"))
    nights = mine.select("as_of").distinct().orderBy("as_of").limit(run.settings["drift.reference_nights"]).toArrow()
    return list(nights["as_of"].to_pylist())


def _outcomes(run: Run) -> tuple[tuple[int, int], tuple[int, int]]:
    """Violations and inspections of the last days, and of all before."""
    labels = run.known.arrow(LABEL, ("inspected_at", "illicit", "known_at"), [("known_at", "<=", run.as_of)])
    late = pc.greater(labels["inspected_at"], run.as_of - timedelta(days=run.settings["drift.outcome_days"]))

    def counted(part: pa.Table) -> tuple[int, int]:
        return pc.sum(part["illicit"].cast(pa.int64())).as_py() or 0, part.num_rows

    return counted(labels.filter(late)), counted(labels.filter(pc.invert(late)))


def _feeds(run: Run) -> list[dict[str, Any]]:
    """A row for each feed whose newest state is not to be had."""
    rows = []
    for feed, why in sorted(run.notes.get("stale", {}).items()):
        said = _FEED[why["why"]].render({"subject": feed, "detail": why["detail"]})
        rows.append({"business_date": run.business_date, "segment": ALL, "subject": feed, "kind": "feed", "value": 1.0, "threshold": 0.0,
                     "is_drifting": True, "text_ko": said.ko, "text_en": said.en})
    return rows


def before_release_share(run: Run) -> dict[str, dict[str, float | int]]:
    """By kind, of the shipments released since scoring began: how many were scored before their release."""
    scores = run.lake.read(run.spark, SCORE)
    first = scores.agg(F.min("as_of")).first()
    if first is None or first[0] is None:
        return {}
    scored = scores.where("before_release").select("shipment_id").distinct().withColumn("is_scored", F.lit(1))
    # A shipment released before the first scoring run could not have been scored.
    current = run.known.current(run.spark, SHIPMENT).where("released_at IS NOT NULL AND is_bound_for_korea")
    released = current.where(F.col("released_at") > first[0])
    rows = released.join(scored, "shipment_id", "left").groupBy("kind").agg(
        F.count("*").alias("released"), F.coalesce(F.sum("is_scored"), F.lit(0)).alias("scored")).collect()
    return {row["kind"]: {"released": row["released"], "scored_before": row["scored"],
                          "share": round(row["scored"] / row["released"], 4)} for row in rows}
