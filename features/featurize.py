"""Featurize: described shipments in, one row of feature values a shipment and run out."""

from collections.abc import Sequence

from pyspark.sql import DataFrame

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
    kinds = {"double": "DOUBLE", "category": "STRING"}
    values = [f"CAST(({feature.sql}) AS {kinds[feature.type]}) AS {feature.name}" for feature in features]
    numbers = {key: sql for feature in features for key, sql in feature.numbers.items()} if with_norms else {}
    pairs = ", ".join(f"struct('{key}' AS key, CAST(({sql}) AS DOUBLE) AS value)" for key, sql in numbers.items())
    # One text a row of columns: a call into the JVM for each part of each of several hundred columns takes seconds.
    raw = described.selectExpr("shipment_id", "as_of", *values, f"CAST(array({pairs}) AS array<struct<key:string,value:double>>) AS norms")
    finite = [f"CASE WHEN abs({f.name}) < {_FINITE}D THEN {f.name} END AS {f.name}" if f.type == "double" else f.name for f in features]
    kept = f"map_from_entries(filter(norms, pair -> abs(pair.value) < {_FINITE}D)) AS norms"
    return raw.selectExpr("shipment_id", "as_of", *finite, kept)
