"""Featurize: described shipments in, one row of feature values a shipment and run out."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from features.catalogue import FEATURES, HISTORIES
from features.feature import Feature, History
from features.history import with_history

# A number beyond it is a fault of arithmetic, not a fact.
_FINITE = 1e300


def featurize(
    spine: DataFrame,
    declaration_facts: DataFrame,
    outcome_facts: DataFrame,
    features: Sequence[Feature] = FEATURES,
    histories: Sequence[History] = HISTORIES,
) -> DataFrame:
    """The features of each described shipment: shipment_id, as_of, one column a feature, `norms`.

    `norms` maps what reasons need besides the value: `<feature>` its norm, `<feature>.shown`, `<feature>.peers` and
    `<feature>.<column>`. Spine and facts are read more than once: cache them where they are costly.
    """
    return computed(with_history(spine, declaration_facts, outcome_facts, histories), features)


def computed(described: DataFrame, features: Sequence[Feature] = FEATURES, with_norms: bool = True) -> DataFrame:
    """The features of described shipments that carry their histories; without norms nothing can be put into words."""
    values = [_value(feature) for feature in features]
    numbers = {key: sql for feature in features for key, sql in feature.numbers.items()} if with_norms else {}
    pairs = [F.struct(F.lit(key).alias("key"), F.expr(f"CAST(({sql}) AS DOUBLE)").alias("value")) for key, sql in numbers.items()]
    raw = described.select("shipment_id", "as_of", *values, F.array(*pairs).cast("array<struct<key:string,value:double>>").alias("norms"))
    kept = F.filter("norms", lambda pair: F.abs(pair["value"]) < F.lit(_FINITE))
    finite = [
        F.when(F.abs(F.col(f.name)) < _FINITE, F.col(f.name)).alias(f.name) if f.type == "double" else F.col(f.name) for f in features
    ]
    return raw.select("shipment_id", "as_of", *finite, F.map_from_entries(kept).alias("norms"))


def _value(feature: Feature) -> Column:
    kind = "DOUBLE" if feature.type == "double" else "STRING"
    return F.expr(f"CAST(({feature.sql}) AS {kind})").alias(feature.name)
