"""The dossier of one shipment: its frozen explanation, contradictions and timeline, found by any identifier."""

import json
from datetime import datetime
from typing import Any

import numpy as np

from features.catalogue import BY_NAME
from fusion.tables import CONTRADICTION, EVENT, SHIPMENT
from jobs.explained import explanation_of, newest, row_of
from jobs.query import plain, query
from lakehouse.errors import CallerError, HaechiError
from lakehouse.lake import Lake
from lakehouse.settings import load_settings
from models.bundle import Bundle
from models.counterfactual import flip
from models.encoding import Floats
from models.explain import typed
from models.lanes import Lane
from models.support import said
from models.tables import SCORE

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
    score = scored(lake, shipment_id)
    told = explanation_of(lake, score)
    contributions = [{"feature": name, "value": typed(BY_NAME.get(name), value), "contribution": added} for name, value, added in
                     zip(told["features"], told["feature_values"], told["contributions"], strict=True)]
    contributions.sort(key=lambda c: -abs(c["contribution"]))
    return dict(plain({
        "shipment_id": shipment_id, "scored_at": score["scored_at"], "model_version": score["model_version"],
        "score": score["score"], "probability": score["probability"], "lane": score["lane"],
        "uncertainty": said(score["probability_low"], score["probability_high"], score["similar_outcomes"]),
        "expected_revenue_krw": score["expected_revenue_krw"], "office_code": score["office_code"], "rank": score["rank"],
        "base_value": told["base_value"], "method": told["method"], "explained_at": told["explained_at"] or score["as_of"],
        "explained_for": told["why"], "contributions": contributions, "reasons": _reasons(told),
        "contradictions": _contradictions(lake, shipment_id), "timeline": _timeline(lake, shipment_id),
        "shipment": _identifiers(lake, shipment_id), "input_versions": json.loads(score["input_versions"]), **_beside(lake, score, told),
    }))


def scored(lake: Lake, shipment_id: str, scored_at: str | None = None) -> dict[str, Any]:
    """The newest score of a shipment, or the one of a time."""
    at = [("as_of", "=", datetime.fromisoformat(scored_at))] if scored_at else []
    score = newest(lake.arrow(SCORE, None, [("shipment_id", "=", shipment_id), *at]), "as_of")
    if score is None:
        raise CallerError("shipment.unscored", f"Shipment {shipment_id} was never scored",
                          "It was released before the first scored night, or its first night is still to come.")
    return score


def _beside(lake: Lake, score: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """What would change the lane, and similar past cases; neither where the model is not to be had any more."""
    from jobs.cases import similar_cases
    from jobs.past import model_of

    try:
        bundle = model_of(lake, score["model_version"], score["as_of"])
    except HaechiError:
        return {"counterfactual": None, "similar": []}
    row = row_of(bundle, told)
    return {"counterfactual": _counterfactual(bundle, score, told, row), "similar": similar_cases(lake, score, bundle, row)}


def _counterfactual(bundle: Bundle, score: dict[str, Any], told: dict[str, Any], row: Floats) -> dict[str, Any] | None:
    """The fewest checkable facts that would put it into a milder lane, by the frozen values; null of a green shipment."""
    if score["lane"] == Lane.GREEN:
        return None
    found = flip(bundle, load_settings(), row, np.array(told["contributions"]), told["norms"])
    said = found.text
    reached = {"lane": str(found.lane), "score": found.score, "probability": found.probability}
    return {**(reached if found.facts else dict.fromkeys(reached)), "ko": said.ko, "en": said.en, "facts": [
        {"code": fact[0].feature.code, "changes": [{"feature": each.feature.name, "from": each.value, "to": each.usual} for each in fact]}
        for fact in found.facts]}


def _reasons(told: dict[str, Any]) -> list[dict[str, Any]]:
    """The reasons with their direction and place; an older explanation keeps neither."""
    blank = [None] * len(told["reasons"])
    return [reason | {"direction": direction, "percentile": place} for reason, direction, place in
            zip(told["reasons"], told["directions"] or blank, told["percentiles"] or blank, strict=True)]


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
