"""Score and explain a published shipment on the spot, some of its facts as the caller says; nothing is written.

By the model that scored it, verified as every model is before it is loaded, from the values it was explained by; of a
shipment that nobody had to look at, from its stored feature row. Each thread of the pool has a Booster of its own.
"""

import json
import os
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np

from console.detail import Detail
from console.serving import Served
from features.catalogue import BY_NAME
from features.tables import FEATURE
from jobs.explained import row_of
from jobs.past import feature_rows, model_of, values_of
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.settings import Settings
from models.bundle import Bundle
from models.encoding import Floats
from models.explain import FOUND, reasons_of
from models.lanes import lane_of
from models.score import Method, contributions, raw_score

Value = float | str | None
_KEPT = 512
_DUTY = "duty_exposure_log"


class UnknownFactError(CallerError):
    """A fact that cannot be supposed; `allowed` are those that can."""

    def __init__(self, message: str, allowed: list[str]) -> None:
        super().__init__("fact.unknown", message, "Name facts of `allowed`, each with a value of its kind.")
        self.allowed = allowed


@dataclass(frozen=True)
class Known:
    """The values that a shipment was scored by, as text in the model's order, and the numbers its reasons compare with."""

    bundle: Bundle
    values: tuple[str | None, ...]
    norms: Mapping[str, float]
    row: Floats


class Scorer:
    """Scores on the spot, on as many threads as there are processors."""

    def __init__(self, lake: Lake, settings: Settings) -> None:
        self._lake, self._settings = lake, settings
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, "score")
        self._known: OrderedDict[tuple[str, str], Known] = OrderedDict()
        self._turn = Lock()

    def score(self, served: Served, shipment: Detail, facts: Mapping[str, Value]) -> dict[str, Any]:
        """Score and explain a shipment, with `facts` in place of what is known; UnknownFactError where one cannot be."""
        return self._pool.submit(self._score, served, shipment, facts).result()

    def _score(self, served: Served, shipment: Detail, facts: Mapping[str, Value]) -> dict[str, Any]:
        row, known = shipment.row, self._of(served, shipment)
        bundle = known.bundle
        matrix = supposed(known, facts)
        way = Method.PRED_CONTRIB if bundle.text else Method.PRIOR
        score, added = float(raw_score(bundle, matrix)[0]), contributions(bundle, matrix, method=way)[0]
        probability = float(bundle.calibration.probability(np.array([score]))[0])
        values = [_text(facts[name]) if name in facts else value for name, value in zip(bundle.names, known.values, strict=True)]
        found = [{name: one[name] for name in FOUND} for one in shipment.contradictions]
        reasons = reasons_of(bundle, values, added[:-1].tolist(), known.norms, found)
        stake = float(np.exp(float(duty))) if (duty := dict(zip(bundle.names, values, strict=True)).get(_DUTY)) else np.nan
        return {
            "shipment_id": row["shipment_id"], "run_id": served.run_id, "as_of": served.publication.as_of, "model_version": bundle.version,
            "published": {name: row[name] for name in ("score", "probability", "lane")},
            "score": score, "probability": probability, "expected_revenue_krw": float(probability * bundle.amount.of(np.array([stake]))[0]),
            "lane": str(lane_of(self._settings, probability)), "base_value": float(added[-1]),
            "contributions": _moved(bundle, values, added[:-1]),
            "reasons": [_said(one, facts) for one in reasons],
            "facts": {name: {"known": _plain(bundle, name, known.values[bundle.names.index(name)]), "supposed": value}
                      for name, value in facts.items()}}

    def _of(self, served: Served, shipment: Detail) -> Known:
        """What the shipment was scored by, kept for as long as others are not asked for more lately."""
        key = (served.run_id, str(shipment.row["shipment_id"]))
        with self._turn:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        made = self._read(served, shipment)
        with self._turn:
            self._known[key] = made
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return made

    def _read(self, served: Served, shipment: Detail) -> Known:
        row = shipment.row
        bundle = model_of(self._lake, row["model_version"], row["as_of"])
        kept = served.first("SELECT told FROM explanation WHERE shipment_id = ?", [row["shipment_id"]]) if row["is_tonight"] else None
        if kept:
            told = json.loads(kept["told"])
            values, norms = [told["values"].get(name) for name in bundle.names], told["norms"] or {}
        else:
            rows = feature_rows(self._lake, served.publication.versions.get(FEATURE.full_name), row["as_of"], [row["shipment_id"]], bundle)
            values, norms = values_of(rows, bundle)[0], dict(rows["norms"][0].as_py() or ())
        matrix = row_of(bundle, {"features": bundle.names, "feature_values": values})
        return Known(bundle, tuple(values), norms, matrix)


def allowed(bundle: Bundle) -> list[str]:
    """The facts that can be supposed: those the model asks for that an officer can check."""
    return [name for name in bundle.names if name in BY_NAME and BY_NAME[name].checkable and BY_NAME[name].is_told]


def supposed(known: Known, facts: Mapping[str, Value]) -> Floats:
    """The row of the model's matrix with the facts put in: 1 x features."""
    bundle, row = known.bundle, known.row.copy()
    can = allowed(bundle) if facts else []
    for name, value in facts.items():
        if name not in can:
            raise UnknownFactError(f"'{name[:60]}' is no fact that can be supposed", can)
        kind = BY_NAME[name].type
        if isinstance(value, bool) or (value is not None and not isinstance(value, str if kind == "category" else int | float)):
            raise UnknownFactError(f"'{name}' takes {'a text' if kind == 'category' else 'a number'} or null", can)
        if isinstance(value, int | float) and not np.isfinite(float(value)):
            raise UnknownFactError(f"'{name}' takes a finite number", can)
        row[bundle.names.index(name)] = _coded(bundle, name, value)
    return row[None, :]


def _coded(bundle: Bundle, name: str, value: Value) -> float:
    if value is None:
        return float("nan")
    if isinstance(value, str):
        vocabulary = bundle.encoding.vocabularies[name]
        return float(vocabulary.index(value) if value in vocabulary else len(vocabulary))
    return float(value)


def _moved(bundle: Bundle, values: list[str | None], added: Floats) -> list[dict[str, Any]]:
    """Every feature that moved the score, the weightiest first; with the base value they sum to it."""
    told = [{"feature": name, "value": _plain(bundle, name, value), "contribution": float(each)}
            for name, value, each in zip(bundle.names, values, added, strict=True) if each]
    return sorted(told, key=lambda each: (-abs(each["contribution"]), each["feature"]))


def _said(reason: Any, facts: Mapping[str, Value]) -> dict[str, Any]:
    """A reason as it is published; of a fact that was supposed, that it was: its comparison is of what is known."""
    ko, en, speaker = reason.ko, reason.en, reason.features[0]
    if speaker in facts:
        label, value = BY_NAME[speaker].text, facts[speaker]
        shown = f"{value:,.4g}" if isinstance(value, int | float) else value
        ko, en = f"가정한 사실: {label.ko} {shown or '자료 없음'}", f"As supposed: {label.en} {shown or 'not known'}"
    return {"code": reason.code, "ko": ko, "en": en, "direction": reason.direction, "features": list(reason.features)}


def _text(value: Value) -> str | None:
    return value if value is None or isinstance(value, str) else repr(float(value))


def _plain(bundle: Bundle, name: str, value: str | None) -> Value:
    return value if value is None or name in bundle.encoding.vocabularies else float(value)
