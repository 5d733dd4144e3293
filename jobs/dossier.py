"""The dossier of one shipment: its frozen explanation, contradictions and timeline, found by any identifier."""

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from features.catalogue import BY_NAME
from fusion.tables import CONTRADICTION, EVENT, SHIPMENT
from jobs.query import plain, query
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from models.tables import EXPLANATION, SCORE

_IDENTIFIERS = ("declaration_no", "cargo_control_no", "house_bl", "master_bl", "tracking_no", "list_no", "bag_tag")
_LISTS = ("container_nos", "order_nos")


def resolve(lake: Lake, identifier: str) -> str:
    """The shipment an identifier names; CallerError where it names none or several."""
    if lake.arrow(SHIPMENT, ("shipment_id",), [("shipment_id", "=", identifier)]).num_rows:
        return identifier
    wanted = "'" + identifier.strip().replace("'", "''") + "'"
    either = [f"{name} = {wanted}" for name in _IDENTIFIERS] + [f"list_contains({name}, {wanted})" for name in _LISTS]
    found = query(lake, f"SELECT shipment_id, declaration_no, house_bl FROM gold.shipment WHERE {' OR '.join(either)} "
                        f"ORDER BY (declaration_no = {wanted}) DESC NULLS LAST, 2, 3", 20).rows
    exact = [row for row in found if row[1] == identifier.strip()]
    if not found:
        raise CallerError("shipment.unknown", f"No published shipment is known as '{identifier}'",
                          "Give a shipment_id, or a declaration, cargo control, bill or container number.")
    if len(found) > 1 and len(exact) != 1:
        names = ", ".join(str(row[1] or row[2] or row[0]) for row in found[:5])
        raise CallerError("shipment.ambiguous", f"'{identifier}' names {len(found)} shipments: {names}", "Give one of their own numbers.")
    return str((exact or found)[0][0])


def dossier(lake: Lake, shipment_id: str) -> dict[str, Any]:
    """What `haechi explain` tells, from the published tables."""
    score = _newest(lake.arrow(SCORE, None, [("shipment_id", "=", shipment_id)]), "as_of")
    told = _newest(lake.arrow(EXPLANATION, None, [("shipment_id", "=", shipment_id)]), "as_of")
    if score is None or told is None:
        raise CallerError("shipment.unscored", f"Shipment {shipment_id} was never scored",
                          "It was released before the first scored night, or its first night is still to come.")
    contributions = [{"feature": name, "value": _typed(name, value), "contribution": added} for name, value, added in
                     zip(told["features"], told["feature_values"], told["contributions"], strict=True)]
    contributions.sort(key=lambda c: -abs(c["contribution"]))
    return dict(plain({
        "shipment_id": shipment_id, "scored_at": score["scored_at"], "model_version": score["model_version"],
        "score": score["score"], "probability": score["probability"], "lane": score["lane"],
        "expected_revenue_krw": score["expected_revenue_krw"], "office_code": score["office_code"], "rank": score["rank"],
        "base_value": told["base_value"], "contributions": contributions, "reasons": told["reasons"],
        "contradictions": _contradictions(lake, shipment_id), "timeline": _timeline(lake, shipment_id),
        "shipment": _identifiers(lake, shipment_id), "input_versions": json.loads(score["input_versions"]),
    }))


def _typed(name: str, value: str | None) -> float | str | None:
    """A frozen value as its feature's type has it."""
    feature = BY_NAME.get(name)
    return float(value) if value is not None and feature is not None and feature.type == "double" else value


def _newest(table: pa.Table, column: str) -> dict[str, Any] | None:
    if not table.num_rows:
        return None
    return dict(table.take(pc.sort_indices(table, [(column, "descending")]).slice(0, 1)).to_pylist()[0])


def _contradictions(lake: Lake, shipment_id: str) -> list[dict[str, Any]]:
    rows = query(lake, f"SELECT type, severity, left_feed, left_value, right_feed, right_value, known_at, text_ko AS ko, text_en AS en, "
                       f"usual_ko, usual_en FROM {CONTRADICTION.full_name} WHERE shipment_id = '{shipment_id}' "
                       f"ORDER BY severity = 'high' DESC, type", 100)
    return [dict(zip(rows.columns, row, strict=True)) for row in rows.rows]


def _timeline(lake: Lake, shipment_id: str) -> list[dict[str, Any]]:
    rows = query(lake, f"SELECT event_at, known_at, feed, record_key AS record, text_ko AS ko, text_en AS en FROM {EVENT.full_name} "
                       f"WHERE shipment_id = '{shipment_id}' ORDER BY event_at, known_at, feed, ko", 1000)
    return [dict(zip(rows.columns, row, strict=True)) for row in rows.rows]


def _identifiers(lake: Lake, shipment_id: str) -> dict[str, Any]:
    rows = query(lake, f"SELECT * EXCLUDE (shipment_id) FROM {SHIPMENT.full_name} WHERE shipment_id = '{shipment_id}'", 1)
    return {name: value for name, value in zip(rows.columns, rows.rows[0], strict=True) if value not in (None, [])} if rows.rows else {}
