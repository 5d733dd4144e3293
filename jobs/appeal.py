"""What a file of one shipment holds: for the house all there is, for disclosure facts, decision and legal ground alone."""

import hashlib
import json
from typing import Any, Literal

from features.reasons import Reason
from features.roles import Role, told_to
from feeds.registry import BY_NAME as FEEDS
from fusion.described import DECLARED
from fusion.tables import DECLARATION_FACT, LABEL
from jobs.dossier import dossier, scored
from jobs.explained import explanation_of, newest
from jobs.feedback import feedback_on
from jobs.legal import GROUNDS, REMEDY
from jobs.query import plain
from jobs.train import registry_of
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.settings import load_settings
from models.lanes import LANES, Lane
from models.prior import VERSION
from models.select import ACTIONS, REASONS, Action
from models.select import Reason as Selected
from models.tables import SELECTION

Edition = Literal["internal", "disclosure"]
# Feeds whose facts are the trader's own papers or customs' own acts towards him; of others he learns nothing.
_DISCLOSED = ("declaration", "declaration_open", "cargo_progress", "manifest", "air_waybill", "clearance_list", "outcome")
_IDENTIFIERS = ("declaration_no", "list_no", "cargo_control_no", "master_bl", "house_bl", "tracking_no", "bag_tag", "container_nos")
_INTERNAL = ("score", "probability", "uncertainty", "lane", "rank", "expected_revenue_krw", "base_value", "method", "explained_at", "contributions",
             "reasons", "contradictions", "timeline", "counterfactual", "similar", "input_versions")
_HIDDEN = frozenset(("declaration_no", "declared_at"))


def file_content(lake: Lake, shipment_id: str, edition: Edition) -> dict[str, Any]:
    """The content of the file, plain values alone."""
    told = dossier(lake, shipment_id)
    shipment = told["shipment"]
    common = {"edition": edition, "shipment_id": shipment_id, "scored_at": told["scored_at"], "office_code": told["office_code"],
              "explanation_hash": explanation_hash(lake, shipment_id),
              "identifiers": {name: shipment[name] for name in _IDENTIFIERS if shipment.get(name)},
              "facts": _facts(lake, shipment_id), "decision": _decision(lake, shipment_id, shipment, edition)}
    if edition == "internal":
        return common | {
            **{name: told[name] for name in _INTERNAL},
            "lane_text": _both(LANES[Lane(told["lane"])]), "model_card": model_card(lake, told["model_version"])}
    read = [Reason(r["code"], r["ko"], r["en"], tuple(r["features"]), r["direction"] or "raises") for r in told["reasons"]]
    return common | {
        "observed": [_observed(each) for each in told["contradictions"] if each["right_feed"] in _DISCLOSED and each["left_feed"] in _DISCLOSED],
        "timeline": [event for event in told["timeline"] if event["feed"] in _DISCLOSED],
        "subjects": [_both(text) for text in told_to(Role.TRADER, read)], "remedy": _both(REMEDY)}


def explanation_hash(lake: Lake, shipment_id: str, scored_at: str | None = None) -> str:
    """The hash of the explanation that the lake holds of a shipment's newest score, or of the one of a time."""
    score = scored(lake, shipment_id, scored_at)
    told = explanation_of(lake, score)
    kept = {name: told[name] for name in ("features", "feature_values", "contributions", "base_value")} | {
        name: score[name] for name in ("shipment_id", "score", "probability", "lane", "model_version")}
    if told["why"] is None:  # Not frozen: its text values are today's, the numbers are the same.
        kept["feature_values"] = None
    return hashlib.sha256(json.dumps(kept, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _facts(lake: Lake, shipment_id: str) -> list[dict[str, Any]]:
    """What was declared, field by field, in words; parties stand behind stand-ins and are left out."""
    row = newest(lake.arrow(DECLARATION_FACT, None, [("shipment_id", "=", shipment_id)]), "known_at")
    if row is None:
        return []
    shown = (field for field in DECLARED if not field.echo and not field.name.endswith("_id") and field.name not in _HIDDEN)
    return [{"name": field.name, "label": _both(field.text), "value": plain(row[field.name]), "feed": "declaration",
             "known_at": plain(row["known_at"])} for field in shown if row[field.name] is not None]


def _observed(found: dict[str, Any]) -> dict[str, Any]:
    """Both sources' values where they differ, without how much is usual."""
    return {"type": found["type"], **{side: {"feed": found[f"{side}_feed"], "label": _both(FEEDS[found[f"{side}_feed"]].text),
                                             "value": found[f"{side}_value"]} for side in ("left", "right")}, "known_at": found["known_at"]}


def _decision(lake: Lake, shipment_id: str, shipment: dict[str, Any], edition: Edition) -> dict[str, Any]:
    """What was asked for, what customs did and what was found, with the articles that it rests on."""
    asked = newest(lake.arrow(SELECTION, None, [("shipment_id", "=", shipment_id)]), "business_date")
    found = newest(lake.arrow(LABEL, None, [("shipment_id", "=", shipment_id)]), "known_at")
    acts = {"held": shipment.get("held_at"), "released": shipment.get("released_at")}
    grounds = [GROUNDS[name] for name in (*([asked["action"]] if asked else []), *(act for act, at in acts.items() if at))]
    return {
        "asked": asked and {"business_date": plain(asked["business_date"]), "action": asked["action"],
                            "text": _both(ACTIONS[Action(asked["action"])]),
                            **({"selected_by": _both(REASONS[Selected(asked["reason"])]),
                                "inclusion_probability": asked["inclusion_probability"]} if edition == "internal" else {})},
        "held_at": acts["held"], "decided_at": shipment.get("decided_at"), "released_at": acts["released"],
        "outcome": found and {"inspected_at": plain(found["inspected_at"]), "illicit": found["illicit"], "severity": found["severity"],
                              "revenue_krw": found["revenue_krw"]},
        "legal_grounds": [_both(text) for text in dict.fromkeys(grounds)]}


def model_card(lake: Lake, version: str) -> dict[str, Any]:
    """What the registry says of a model that scored, and officers of the reasons it gave."""
    said = [{name: row[name] for name in ("code", "useful", "wrong")} for row in feedback_on(lake, version)]
    if version == VERSION:
        return {"version": version, "trained_on": None, "configuration": "declared prior", "metrics": {}, "weighting": {}, "input_versions": {},
                "feedback": said}
    known = {card["version"]: card for card in registry_of(lake, load_settings()).models()}
    if version not in known:
        raise CallerError("model.unknown", f"{version} is no registered model", "See: haechi list models.")
    card = known[version]
    return {"version": version, "trained_on": card["business_date"], "configuration": card["configuration"],
            "input_versions": card["input_versions"], "weighting": card["weighting"],
            "metrics": {name: value for name, value in sorted(card["metrics"].items()) if isinstance(value, int | float)}, "feedback": said}


def _both(text: Any) -> dict[str, str]:
    return {"ko": text.ko, "en": text.en}
