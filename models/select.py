"""Select: which shipments each office looks at within its capacity, why, and with what probability they were chosen."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window, WindowSpec

from lakehouse.errors import CallerError
from lakehouse.text import Text
from models.lanes import Lane

_OPTIONS = {"capacity": 0.0, "random_share": 0.0, "explore_share": 0.0, "revenue_share": 0.2}
_BAND = 10  # Exploration draws from this many times its places, the next in rank below the model's picks.


class Reason(StrEnum):
    """Why a shipment was selected."""

    MANDATE = "mandate"
    MODEL = "model"
    EXPLORE = "explore"
    RANDOM = "random"


class Action(StrEnum):
    """What the office is asked to do."""

    DOCUMENTS = "documents"
    SCAN = "scan"
    OPEN = "open"


REASONS = {
    Reason.MANDATE: Text("지시", "Rule or order"),
    Reason.MODEL: Text("모델", "Model"),
    Reason.EXPLORE: Text("탐색", "Exploration draw"),
    Reason.RANDOM: Text("무작위", "Random draw"),
}
ACTIONS = {
    Action.DOCUMENTS: Text("서류제출 요구", "Ask for documents"),
    Action.SCAN: Text("검색기검사", "Scan"),
    Action.OPEN: Text("물품검사", "Open and inspect"),
}
# By lane; a mandate and a random draw are opened whatever the lane, an exploration draw is scanned at least: a draw
# that is not looked at teaches nothing.
_BY_LANE = {Lane.RED: Action.OPEN, Lane.ORANGE: Action.SCAN, Lane.YELLOW: Action.DOCUMENTS, Lane.GREEN: Action.DOCUMENTS}


def read_offices(given: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Capacity and shares of every office, those of `default` under the empty code; CallerError names a wrong one."""
    common = {**_OPTIONS, **given.get("default", {})}
    offices = {}
    for code, own in {"": {}, **given.get("offices", {})}.items():
        merged = {**common, **own}
        offices[str(code)] = {name: merged[name] for name in _OPTIONS}
        shares = [merged[name] for name in _OPTIONS if name != "capacity"]
        numbers = all(isinstance(v, int | float) and not isinstance(v, bool) and v >= 0 for v in offices[str(code)].values())
        if not numbers or any(share > 1 for share in shares) or merged["random_share"] + merged["explore_share"] > 1:
            raise CallerError("office.setting", f"offices.yaml: office {code or 'default'} has {offices[str(code)]}",
                              "Capacity is 0 or more; shares are 0 to 1, random and explore together at most 1.")
    return offices


def select(scores: DataFrame, offices: Mapping[str, Mapping[str, float]], seed: str) -> DataFrame:
    """The selection: business_date, office_code, shipment_id, position, action, reason, inclusion_probability.

    `scores` are one night's open shipments: shipment_id, outside_id, business_date, office_code, lane, rank,
    expected_revenue_krw, is_mandated (boolean). Mandates come first, then the random and exploration places are kept
    free, and the model fills the rest: most by rank, `revenue_share` of them by expected revenue. Exploration draws
    from the band next in rank, the random share from all the rest: each by lot with probability places / candidates,
    1 for what was not drawn. `seed` keeps the lots from being foretold. Never more than capacity.
    """
    office = Window.partitionBy("business_date", "office_code")
    rows = scores.where(F.col("office_code").isNotNull()).withColumn("is_mandated", F.coalesce("is_mandated", F.lit(False)))
    rows = _with_places(rows, offices, office)
    rows = _with_model(rows, office)
    rows = _with_draws(rows, office, seed)
    return _listed(rows.where(F.col("reason").isNotNull()), office)


def _option(offices: Mapping[str, Mapping[str, float]], name: str) -> Column:
    pairs = [F.lit(value) for code, options in offices.items() for value in (code, float(options[name]))]
    return F.coalesce(F.try_element_at(F.create_map(*pairs), F.col("office_code")), F.lit(float(offices[""][name])))


def _with_places(rows: DataFrame, offices: Mapping[str, Mapping[str, float]], office: WindowSpec) -> DataFrame:
    """How many places each reason has in the office that night, mandates beyond capacity left to the next night."""
    capacity = F.floor(_option(offices, "capacity"))
    first = F.row_number().over(office.orderBy(F.col("is_mandated").desc(), "rank"))
    random, explore = (F.round(capacity * _option(offices, name)).cast("bigint") for name in ("random_share", "explore_share"))
    return (
        rows.withColumn("is_taken", F.col("is_mandated") & (first <= capacity))
        .withColumn("left", capacity - F.sum(F.col("is_taken").cast("bigint")).over(office))
        .withColumn("random_places", F.least("left", random))
        .withColumn("explore_places", F.least(F.col("left") - F.col("random_places"), explore))
        .withColumn("model_places", F.col("left") - F.col("random_places") - F.col("explore_places"))
        .withColumn("revenue_places", F.floor(F.col("model_places") * _option(offices, "revenue_share")))
    )


def _with_model(rows: DataFrame, office: WindowSpec) -> DataFrame:
    """Whether the model picks the row: the best ranks, then the highest expected revenue among the others."""
    by_rank = office.orderBy("is_bound", "rank")
    by_revenue = office.orderBy("is_bound", F.col("expected_revenue_krw").desc_nulls_last(), "rank")
    # A mandate beyond capacity waits for its own places and takes none of the model's.
    rows = rows.withColumn("is_bound", F.col("is_mandated"))
    ranked = ~F.col("is_bound") & (F.row_number().over(by_rank) <= F.col("model_places") - F.col("revenue_places"))
    rows = rows.withColumn("is_ranked", ranked).withColumn("is_bound", F.col("is_bound") | F.col("is_ranked"))
    valued = ~F.col("is_bound") & (F.row_number().over(by_revenue) <= F.col("revenue_places"))
    return rows.withColumn("is_valued", valued).withColumn("is_bound", F.col("is_bound") | F.col("is_valued"))


def _with_draws(rows: DataFrame, office: WindowSpec, seed: str) -> DataFrame:
    """The draws by lot from two strata that do not overlap, so that each has one known probability."""
    explore, random = F.col("explore_places"), F.col("random_places")
    rest = F.sum((~F.col("is_bound")).cast("bigint")).over(office)
    fair = F.coalesce(F.floor(F.try_divide(F.col("rest") * explore, explore + random)), F.lit(0))
    band = F.least(F.col("rest"), _BAND * explore, F.greatest(explore, fair))
    in_band = ~F.col("is_bound") & (F.row_number().over(office.orderBy("is_bound", "rank")) <= F.col("band"))
    stratum = F.when(F.col("is_bound"), "bound").when(in_band, Reason.EXPLORE.value).otherwise(Reason.RANDOM.value)
    lot = F.sha2(F.concat_ws("|", F.lit(seed), F.col("business_date").cast("string"), "outside_id"), 256)
    drawing = Window.partitionBy("business_date", "office_code", "stratum")
    places = F.when(F.col("stratum") == Reason.EXPLORE.value, explore).otherwise(random)
    rows = rows.withColumn("rest", rest).withColumn("band", band).withColumn("stratum", stratum).withColumn("places", places)
    rows = rows.withColumn("candidates", F.count(F.lit(1)).over(drawing))
    is_drawn = (F.col("stratum") != "bound") & (F.row_number().over(drawing.orderBy(lot, "outside_id")) <= F.col("places"))
    reason = (
        F.when(F.col("is_taken"), Reason.MANDATE.value).when(F.col("is_ranked") | F.col("is_valued"), Reason.MODEL.value)
        .when(is_drawn, F.col("stratum"))
    )
    chance = F.when(F.col("stratum") == "bound", 1.0).otherwise(F.least(F.lit(1.0), F.col("places") / F.col("candidates")))
    return rows.withColumn("reason", reason).withColumn("inclusion_probability", chance)


def _listed(rows: DataFrame, office: WindowSpec) -> DataFrame:
    by_lane = F.create_map(*[F.lit(code.value) for pair in _BY_LANE.items() for code in pair])
    usual = F.element_at(by_lane, F.col("lane"))
    action = (
        F.when(F.col("reason").isin(Reason.MANDATE.value, Reason.RANDOM.value), Action.OPEN.value)
        .when((F.col("reason") == Reason.EXPLORE.value) & (usual == Action.DOCUMENTS.value), Action.SCAN.value)
        .otherwise(usual)
    )
    order = office.orderBy((F.col("reason") == Reason.MANDATE.value).desc(), "rank")
    return rows.select("business_date", "office_code", "shipment_id", F.row_number().over(order).cast("bigint").alias("position"),
                       action.alias("action"), "reason", "inclusion_probability")
