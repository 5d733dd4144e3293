"""The past as it is stored: the model that scored, and the feature rows as they stood; what is gone is said, never made up."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from features.catalogue import FEATURES
from features.tables import FEATURE
from jobs.train import registry_of
from lakehouse.errors import CallerError, InternalError
from lakehouse.lake import Lake
from lakehouse.settings import load_settings
from models.bundle import Bundle
from models.prior import VERSION, kept_prior

_NAMES = [feature.name for feature in FEATURES]


def model_of(lake: Lake, version: str, as_of: datetime) -> Bundle:
    """The verified model that scored under this version as of then; CallerError where it cannot be had or asks for other features."""
    return _model_of(lake.root, version, as_of)


@lru_cache(maxsize=4)
def _model_of(root: str, version: str, as_of: datetime) -> Bundle:
    lake = Lake(root)
    try:
        bundle = kept_prior(lake.folder, as_of) if version == VERSION else registry_of(lake, load_settings()).load(version, _NAMES)
    except InternalError as fault:
        if fault.code == "model.features":
            raise CallerError("rescore.features", fault.message, "Score it with the release whose catalogue holds them.") from None
        raise
    if bundle is None:
        raise CallerError("rescore.model", f"What {version} said on {as_of:%Y-%m-%d} was not kept, or its file was changed",
                          "Restore the lake's _haechi folder from a backup.")
    if gone := sorted(set(bundle.names) - set(_NAMES)):
        raise CallerError("rescore.features", f"{version} was made of features that are declared no more: {gone[:5]}",
                          "Score it with the release whose catalogue holds them.")
    return bundle


def versions_of(score: Mapping[str, Any]) -> dict[str, int]:
    """The versions of its input tables that a score names."""
    told = score["input_versions"]
    return dict(json.loads(told)) if isinstance(told, str) else dict(told or {})


def feature_rows(lake: Lake, version: int | None, as_of: datetime, shipments: Iterable[str], bundle: Bundle) -> pa.Table:
    """The stored feature rows of shipments at a version of gold.feature: shipment_id, as_of, the model's features, norms."""
    wanted = sorted(set(shipments))
    where = [("as_of", "=", as_of), ("shipment_id", "in", wanted)]
    columns = ("shipment_id", "as_of", *bundle.names, "norms")
    try:
        rows = Lake(lake.root, {FEATURE.full_name: -1 if version is None else version}).arrow(FEATURE, columns, where)
    except (CallerError, OSError):
        raise CallerError("rescore.version", f"Version {version} of {FEATURE.full_name}, which the score rests on, is not in the lake any more",
                          "Restore it from a backup; nothing is approximated.") from None
    if lacking := sorted(set(wanted) - set(rows["shipment_id"].to_pylist())):
        what = f"The features of {lacking[0]} as of {as_of:%Y-%m-%d %H:%M} are not in version {version} of {FEATURE.full_name}"
        raise CallerError("rescore.row", what, "Restore the table from a backup; nothing is approximated.")
    return rows.take(pc.sort_indices(rows["shipment_id"]))


def values_of(rows: pa.Table, bundle: Bundle) -> list[list[str | None]]:
    """Feature values as text, as gold.explanation keeps them."""
    columns = [[None if value is None else value if isinstance(value, str) else repr(float(value)) for value in rows[name].to_pylist()]
               for name in bundle.names]
    return [list(row) for row in zip(*columns, strict=True)] if columns else [[] for _ in range(rows.num_rows)]
