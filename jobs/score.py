"""Step 9, score: every open shipment by the champion, or by the declared prior before there is one."""

import json

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from features.catalogue import FEATURES
from features.tables import FEATURE
from feeds.registry import FEEDS
from fusion.tables import SHIPMENT
from fusion.tables import TABLES as FUSION
from jobs.context import Counts, Run
from jobs.train import EXPOSURE, registry_of
from lakehouse.clock import sql_instant
from models.bundle import Bundle
from models.lanes import OUTSIDE_ID, with_lane, with_rank
from models.prior import keep_prior, prior_bundle
from models.score import SCORED, score_batches
from models.tables import SCORE

# What a score rests on: the feature rows, and the tables that they were made of.
INPUTS = (*(feed.silver for feed in FEEDS), *FUSION, FEATURE)


def run(run: Run) -> Counts:
    """Append the scores of this run."""
    scored = scored_tonight(run)
    rows = run.lake.append(scored, SCORE)
    return Counts(rows, rows)


def model(run: Run) -> Bundle:
    """The model of this run."""
    champion = registry_of(run.lake, run.settings).load_champion([feature.name for feature in FEATURES])
    if champion is None:
        prior = prior_bundle(FEATURES)
        keep_prior(run.lake.folder, run.as_of, prior)
        return prior
    if champion.warning:
        run.notes["warning"] = {"ko": champion.warning.ko, "en": champion.warning.en}
        run.say(champion.warning.en)
    return champion.bundle


def scored_tonight(run: Run) -> DataFrame:
    """Scores with lane and rank of tonight's feature rows."""
    if "scored" in run.frames:
        return run.frames["scored"]
    bundle = model(run)
    run.notes["model"] = bundle.version
    at = sql_instant(run.as_of)
    rows = run.lake.read(run.spark, FEATURE).where(f"as_of = {at}").withColumn("exposure_krw", F.expr(EXPOSURE))
    names = [*bundle.names, *([bundle.exposure] if bundle.exposure not in bundle.names else [])]
    scores = rows.select("shipment_id", "as_of", *names).mapInArrow(score_batches(bundle), SCORED)
    shipments = run.known.current(run.spark, SHIPMENT).select(
        "shipment_id", "kind", "office_code", "released_at", F.expr(OUTSIDE_ID).alias("outside_id"))
    versions = {table.full_name: version for table in INPUTS if (version := run.lake.version(table)) is not None}
    joined = scores.join(shipments, "shipment_id").withColumns({
        "scored_at": F.col("as_of"), "business_date": F.lit(run.business_date), "model_version": F.lit(bundle.version),
        "before_release": F.expr("released_at IS NULL OR released_at > as_of"),
        "input_versions": F.lit(json.dumps(versions, sort_keys=True)), "is_mandated": F.lit(False)})
    run.frames["scored"] = with_rank(with_lane(joined, run.settings)).persist()
    return run.frames["scored"]
