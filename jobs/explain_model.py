"""One model over its published nights: what moves its scores, by kind, lane and what was found, and how that shifted; from frozen explanations."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.catalogue import BY_NAME
from features.tables import FEATURE
from feeds.outcome import FEED as OUTCOME
from fusion.tables import LABEL, SHIPMENT
from jobs.appeal import model_card
from jobs.feedback import feedback_on
from jobs.past import model_of, values_of
from jobs.query import ask, opened, plain
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.settings import Settings
from lakehouse.text import Text
from models.bundle import Bundle
from models.encoding import Floats
from models.explain import reasons_of
from models.influence import groups_of, label_of, moved_by, sizes
from models.lanes import LANES
from models.overview import overview
from models.score import contributions
from models.tables import DRIFT, EXPLANATION, PAST_CASE, SCORE

# Explanations that are averaged, by lot where there are more; of them so many for interactions, which cost the most.
_ROWS, _PAIRED = 20_000, 1_000
# Violations, and clean inspections, that are looked at.
_INSPECTIONS = 500
# Groups told, and of a kind of violation; features that drift; shipments below which a kind is left out; reasons that officers read first.
_TOLD, _RAISING, _DRIFTING, _FEWEST, _FIRST = 20, 5, 15, 5, 3
KINDS = {"cargo": Text("일반화물", "Cargo"), "parcel": Text("특송·우편", "Parcels"), "baggage": Text("여행자 휴대품", "Baggage"),
         "container": Text("컨테이너", "Containers")}
FOUND = {
    "clean": Text("이상 없음", "Nothing found"), "undervaluation": Text("과세가격 상이", "Undervaluation"),
    "misclassification": Text("세번상이", "Misclassification"), "false_origin": Text("원산지 허위표시", "False origin"),
    "quantity": Text("수량 과부족", "Quantity"), "undeclared": Text("미신고 물품", "Undeclared goods"),
    "prohibited": Text("금지 물품", "Prohibited goods"),
    "ipr": Text("지재권 침해", "Intellectual property"), "licence": Text("요건 미구비", "Licence"), "other": Text("기타", "Other"),
}
# Green ones that were selected are no fair draw of the green: the drawn ones stand for them all.
_FROZEN = """
    WITH s AS (SELECT shipment_id, as_of, lane FROM gold.score WHERE model_version = $version AND list_contains($nights, as_of)),
    e AS (SELECT e.shipment_id, e.as_of, e.explained_at, s.lane FROM gold.explanation e JOIN s USING (shipment_id, as_of)
          WHERE e.model_hash = $hash AND e.why <> 'selected' ORDER BY md5(e.shipment_id || epoch_us(e.as_of)), 1, 2 LIMIT $rows)
    SELECT e.lane, e.as_of, h.kind, m.contributions, m.feature_values FROM e
    JOIN gold.explanation m ON m.shipment_id = e.shipment_id AND m.as_of = e.explained_at AND m.contributions IS NOT NULL
    LEFT JOIN gold.shipment h ON h.shipment_id = e.shipment_id ORDER BY md5(e.shipment_id || epoch_us(e.as_of)), e.shipment_id, e.as_of"""
# What inspections found of the shipments that the model has indexed, violations and clean ones, each by lot where there are more.
_INSPECTED = """
    WITH c AS (SELECT shipment_id, as_of, illicit FROM gold.past_case WHERE model_version = ?
               QUALIFY row_number() OVER (PARTITION BY shipment_id ORDER BY known_at DESC, as_of DESC) = 1)
    SELECT c.shipment_id, c.as_of, CASE WHEN c.illicit THEN coalesce(list_distinct(list_transform(o.violations, lambda v: v.type)), ['other'])
        ELSE ['clean'] END AS found FROM c LEFT JOIN gold.label l USING (shipment_id) LEFT JOIN current.outcome o ON o.outcome_id = l.outcome_id
    QUALIFY row_number() OVER (PARTITION BY c.illicit ORDER BY md5(c.shipment_id)) <= ? ORDER BY 2, 1"""


@dataclass(frozen=True)
class Frozen:
    """Frozen explanations of some nights: what each group added, and how many scored shipments each row stands for."""

    rows: pa.Table
    moved: Floats
    weight: Floats

    def where(self, column: str, value: str) -> npt.NDArray[np.bool_]:
        """Which rows hold a value."""
        return np.asarray(pc.fill_null(pc.equal(self.rows[column], value), False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def explained_model(lake: Lake, settings: Settings, asked: str | None) -> dict[str, Any]:
    """What `haechi explain --global` tells of a model, of the one that scored last where none is asked for.

    CallerError where it scored no published night, or nothing of its newest nights was explained.
    """
    version, nights, is_last = _nights(lake, asked)
    most = settings["drift.reference_nights"]
    bundle, recent, half = model_of(lake, version, nights[-1]), nights[-most:], min(most, len(nights) // 2)
    groups = groups_of(bundle.names)
    newest = _frozen(lake, bundle, groups, recent)
    if not newest.rows.num_rows:
        raise CallerError("explain.none", f"No explanation of {version} is frozen in its last {len(recent)} nights",
                          "Raise explain.green_share for nights to come.")
    added = _contributions(newest.rows, len(bundle.names))
    words = _words(bundle, groups, np.average(np.abs(added), axis=0, weights=newest.weight))
    seen = overview(bundle, _matrix(bundle, newest.rows), added, newest.weight, _PAIRED)
    return {
        "model_version": version, "nights": len(recent), "first_night": plain(recent[0]), "last_night": plain(recent[-1]),
        "explained": newest.rows.num_rows, "scored": round(float(newest.weight.sum())), "card": model_card(lake, version),
        "groups": _groups(newest, words), "features": seen["importance"], "dependence": seen["dependence"],
        "interactions": [{**each, **_pair(each["features"])} for each in seen["interactions"]],
        "found": _found(lake, bundle, groups, words), "shift": _shift(lake, bundle, groups, words, nights[:half], nights[-half:]) if half else [],
        "drift": _drift(lake) if is_last and half else [], "feedback": [row | _both(words.get(row["code"])) for row in feedback_on(lake, version)]}


def _nights(lake: Lake, asked: str | None) -> tuple[str, list[datetime], bool]:
    """The model, the instants of the runs that it scored, and whether it is the one that scored last."""
    told = ask(lake, (SCORE,), "SELECT model_version, list(DISTINCT as_of ORDER BY as_of) FROM gold.score GROUP BY 1 ORDER BY max(as_of)").rows
    nights = {name: [datetime.fromisoformat(at) for at in instants] for name, instants in told}
    last = next(reversed(nights), None)
    version = asked or last
    if version is None or version not in nights:
        raise CallerError("explain.unscored", f"{version or 'No model'} scored no published night",
                          f"Ask for one that did: {', '.join(nights) or 'there is none yet'}.")
    return version, nights[version], version == last


def _words(bundle: Bundle, groups: dict[str, list[int]], weight: Floats) -> dict[str, Text]:
    return {code: label_of(bundle.names, columns, weight) for code, columns in groups.items()}


def _pair(names: Sequence[str]) -> dict[str, str]:
    texts = [BY_NAME[name].text if name in BY_NAME else Text(name, name) for name in names]
    return {"ko": " × ".join(text.ko for text in texts), "en": " × ".join(text.en for text in texts)}


def _frozen(lake: Lake, bundle: Bundle, groups: dict[str, list[int]], nights: Sequence[datetime]) -> Frozen:
    with opened(lake, (SCORE, EXPLANATION, SHIPMENT)) as connection:
        rows = _arrow(connection, _FROZEN, {"version": bundle.version, "hash": bundle.digest, "nights": list(nights), "rows": _ROWS})
        scored = connection.execute("SELECT lane, count(*) FROM gold.score WHERE model_version = ? AND list_contains(?, as_of) GROUP BY 1",
                                    [bundle.version, list(nights)]).fetchall()
    frozen = Frozen(rows, moved_by(_contributions(rows, len(bundle.names)), groups), np.zeros(rows.num_rows))
    for lane, many in scored:
        if (mine := frozen.where("lane", lane)).any():
            frozen.weight[mine] = many / mine.sum()
    return frozen


def _arrow(connection: duckdb.DuckDBPyConnection, sql: str, values: dict[str, Any]) -> pa.Table:
    found: pa.Table = connection.sql(sql, params=values).to_arrow_table()
    return found


def _contributions(rows: pa.Table, width: int) -> Floats:
    return np.asarray(rows["contributions"].combine_chunks().flatten().to_numpy(zero_copy_only=False), dtype=np.float64).reshape(-1, width)


def _matrix(bundle: Bundle, rows: pa.Table) -> Floats:
    """The rows of the model's matrix that the values make, column by column."""
    flat, width = rows["feature_values"].combine_chunks().flatten(), len(bundle.names)
    columns = {name: flat.take(pa.array(np.arange(i, rows.num_rows * width, width))) for i, name in enumerate(bundle.names)}
    return bundle.encoding.matrix(pa.table({name: values if name in bundle.encoding.vocabularies else pc.cast(values, pa.float64())
                                            for name, values in columns.items()}))


def _groups(frozen: Frozen, words: dict[str, Text]) -> list[dict[str, Any]]:
    """The weightiest groups: how far they move a score over all, by kind and by lane; null where no shipment is of a part."""
    whole = sizes(frozen.moved, frozen.weight)
    parts = {"kinds": {name: frozen.where("kind", name) for name in KINDS}, "lanes": {str(lane): frozen.where("lane", lane) for lane in LANES}}
    by = {part: {name: sizes(frozen.moved[rows], frozen.weight[rows]) if rows.any() else None for name, rows in held.items()}
          for part, held in parts.items()}
    codes = list(words)
    return [{"code": codes[i], **_both(words[codes[i]]), "size": float(whole[i]),
             **{part: {name: None if each is None else float(each[i]) for name, each in held.items()} for part, held in by.items()}}
            for i in _heaviest(whole)]


def _found(lake: Lake, bundle: Bundle, groups: dict[str, list[int]], words: dict[str, Text]) -> list[dict[str, Any]]:
    """By what inspections found: which groups had raised the scores, and which reasons come first.

    Worked out anew from the stored features of the last run before customs acted: most are rows that the model learned from,
    which it never scored by night.
    """
    with opened(lake, (PAST_CASE, LABEL), (OUTCOME,)) as connection:
        cases = connection.execute(_INSPECTED, [bundle.version, _INSPECTIONS]).fetchall()
    if not cases:
        return []
    at = {(shipment, as_of): found for shipment, as_of, found in cases}
    where = [("as_of", "in", sorted({as_of for _, as_of in at})), ("shipment_id", "in", sorted({shipment for shipment, _ in at}))]
    rows = lake.arrow(FEATURE, ("shipment_id", "as_of", *bundle.names, "norms"), where)
    keys = list(zip(rows["shipment_id"].to_pylist(), rows["as_of"].to_pylist(), strict=True))
    rows, kinds = rows.filter(pa.array([key in at for key in keys], pa.bool_())), [at[key] for key in keys if key in at]
    added = contributions(bundle, bundle.encoding.matrix(rows))[:, :-1]
    moved, first = moved_by(added, groups), _first_codes(bundle, rows, added)
    told = []
    for kind in [kind for kind in FOUND if sum(kind in each for each in kinds) >= _FEWEST]:
        mine = [i for i, each in enumerate(kinds) if kind in each]
        mean = moved[mine].mean(axis=0)
        raising = [int(i) for i in np.argsort(-mean, kind="stable")[:_RAISING] if mean[i] > 0]
        named = Counter(code for row in mine for code in first[row])
        told.append({
            "found": kind, **_both(FOUND[kind]), "shipments": len(mine),
            "groups": [{"code": code, **_both(words[code]), "mean": float(mean[i])} for i, code in ((i, list(words)[i]) for i in raising)],
            "reasons": [{"code": code, **_both(words[code]), "share": many / len(mine)}
                        for code, many in sorted(named.items(), key=lambda each: (-each[1], each[0]))[:_RAISING]]})
    return told


def _first_codes(bundle: Bundle, rows: pa.Table, added: Floats) -> list[set[str]]:
    """The codes of the first reasons of each row."""
    norms = [dict(each or ()) for each in rows["norms"].to_pylist()]
    return [{reason.code for reason in reasons_of(bundle, values, each, norm)[:_FIRST] if reason.direction == "raises"}
            for values, each, norm in zip(values_of(rows, bundle), added.tolist(), norms, strict=True)]


def _shift(lake: Lake, bundle: Bundle, groups: dict[str, list[int]], words: dict[str, Text], first: Sequence[datetime],
           last: Sequence[datetime]) -> list[dict[str, Any]]:
    """How far the groups moved scores in the model's first nights and in its newest, the weightiest of either first."""
    before, after = (sizes(part.moved, part.weight) for part in (_frozen(lake, bundle, groups, nights) for nights in (first, last)))
    codes = list(words)
    return [{"code": codes[i], **_both(words[codes[i]]), "first": float(before[i]), "last": float(after[i])}
            for i in _heaviest(np.maximum(before, after)) if before.any()]


def _drift(lake: Lake) -> list[dict[str, Any]]:
    """What the last night that was compared says of contributions, the furthest beyond its limit first.

    A model's first night is compared with the inspected shipments that it learned from, which says nothing of drift.
    """
    return ask(lake, (DRIFT,), """
        SELECT subject AS feature, value, threshold, is_drifting, text_ko AS ko, text_en AS en FROM gold.drift WHERE kind = 'explanation'
        AND segment = 'all' AND business_date = (SELECT max(business_date) FROM gold.drift WHERE kind = 'explanation')
        ORDER BY value / threshold DESC, 1""", (), _DRIFTING).dicts()


def _heaviest(size: Floats) -> list[int]:
    return [int(i) for i in np.argsort(-size, kind="stable")[:_TOLD] if size[i] > 0]


def _both(text: Text | None) -> dict[str, str | None]:
    return {"ko": text.ko if text else None, "en": text.en if text else None}
