"""The table of features, derived from the catalogue."""

from collections.abc import Sequence

from features.catalogue import FEATURES
from features.feature import Feature
from lakehouse.field import Field
from lakehouse.table import Table
from lakehouse.text import Text


def feature_table(features: Sequence[Feature]) -> Table:
    """gold.feature for a set of features."""
    values = (Field(f.name, "double" if f.type == "double" else "string", f.text) for f in features)
    return Table(
        "gold",
        "feature",
        Text("특징값: 화물별·실행 시점별 한 줄", "Features: one row a shipment and run"),
        (
            Field("shipment_id", "string", Text("화물 식별자", "Shipment"), required=True),
            Field("as_of", "timestamp", Text("기준 시각", "What was known until then"), required=True),
            *values,
            Field("norms", "map<string,double>", Text("사유에 쓰는 비교값", "Numbers that reasons compare with")),
        ),
        key=("shipment_id", "as_of"),
    )


FEATURE = feature_table(FEATURES)
