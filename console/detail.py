"""One shipment as its page shows it, from the serving file: who it is, what disagrees, why it was scored so, what happened."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from console.serving import Served
from features.catalogue import BY_NAME
from fusion.described import DECLARED
from jobs.serving_sheet import OTHERS, STEPS
from lakehouse.text import Text
from models.support import said

# Columns of the file that are instants, which JSON has as text.
_INSTANTS = frozenset({"as_of", "decide_by"})


@dataclass(frozen=True)
class Bar:
    """One step of the waterfall: what it says, its value, what it adds to the log-odds, and where it starts."""

    text: Text
    value: str
    added: float
    start: float


@dataclass(frozen=True)
class Detail:
    """Everything of one shipment that its page shows of one publication; scores are log-odds."""

    row: dict[str, Any]
    voyage: dict[str, Any] | None
    reasons: list[dict[str, Any]]
    bars: list[Bar]
    base_value: float
    method: str
    contradictions: list[dict[str, Any]]
    events: list[dict[str, Any]]
    history: list[dict[str, Any]]
    labels: list[dict[str, Any]]
    parties: list[dict[str, Any]]
    watchlist: list[dict[str, Any]]
    declared: Mapping[str, Any]
    carried: Mapping[str, Any]

    @property
    def uncertainty(self) -> Mapping[str, Any] | None:
        """How sure the probability is; None where the model that gave it keeps no ranges."""
        return said(self.row["probability_low"], self.row["probability_high"], self.row["similar_outcomes"])


def detail(served: Served, shipment_id: str) -> Detail | None:
    """The shipment, None where the publication does not hold it."""
    kept = served.first("SELECT told FROM sheet WHERE shipment_id = ?", [shipment_id])
    if kept is None:
        return None
    told = json.loads(kept["told"])
    lists = {name: [_timed(one) for one in told[name] or ()] for name in ("contradictions", "events", "history", "labels", "watchlist")}
    row = _timed(told["row"])
    row["business_date"] = date.fromisoformat(row["business_date"])
    base = float(told["base_value"] or 0)
    return Detail(row, told["voyage"], told["reasons"] or [], _bars(told, base), base, told["method"] or "", declared=told["declared"] or {},
                  carried=told["carried"] or {}, parties=_known(served, shipment_id, told["parties"] or []), **lists)


def _timed(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the file with its instants as such."""
    for name, value in row.items():
        if value is not None and (name.endswith("_at") or name in _INSTANTS):
            row[name] = datetime.fromisoformat(value)
    return row


def _known(served: Served, shipment_id: str, parties: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The parties with what is known of each, and its other shipments."""
    numbers = list(dict.fromkeys(party["party_id"] for party in parties if party["party_id"]))
    # Each looked up by itself: a list of values would be sought in every row group between the least and the greatest.
    sought = " UNION ALL ".join(["SELECT * FROM party_sheet WHERE party_id = ?"] * len(numbers))
    found = {row["party_id"]: json.loads(row["told"]) for row in served.rows(sought, numbers)} if numbers else {}
    for party in parties:
        known = found.get(party["party_id"]) or {"shipments": None, "inspected": None, "violations": None, "first_known_at": None, "others": []}
        others = [_timed(dict(one)) for one in known["others"] if one["shipment_id"] != shipment_id][:OTHERS - 1]
        party.update(known | {"others": others})
    return parties


def _bars(told: Mapping[str, Any], base: float) -> list[Bar]:
    """The weightiest contributions as steps of a waterfall, and the rest of them as one."""
    steps, at = [], base
    for one in told["steps"] or ():
        if one["added"]:
            feature, name = BY_NAME.get(one["feature"]), one["feature"]
            steps.append(Bar(feature.text if feature else Text(name, name), _shown(one["value"]), one["added"], at))
            at += one["added"]
    if rest := told["rest"]:
        others = told["features"] - STEPS
        steps.append(Bar(Text(f"그 밖 {others}개 항목", f"{others} others"), "", rest, at))
    return steps


def _shown(value: Any) -> str:
    try:
        return f"{float(value):,.4g}"
    except (TypeError, ValueError):
        return "" if value is None else str(value)


_FIELDS = {field.name: field for field in DECLARED}


def _declared(*names: str) -> tuple[Text, str, tuple[str, ...]]:
    """One line of declared values under their declared names."""
    texts = [_FIELDS[name].text for name in names]
    return Text(" / ".join(text.ko for text in texts), " / ".join(text.en for text in texts)), "declared", names


# What officers look for first; a pair that is read together stands in one line.
_LINES: tuple[tuple[Text, str, tuple[str, ...]], ...] = (
    _declared("goods_text"), _declared("hs6"), _declared("origin_country", "export_country"), _declared("customs_value_krw"),
    (Text("결제금액 / 인도조건", "Invoice / terms"), "declared", ("invoice_amount", "invoice_currency", "terms_code")),
    _declared("freight_krw", "insurance_krw"), (Text("관세율구분 / 세율", "Duty regime / rate"), "declared", ("regime_code", "duty_rate_percent")),
    (Text("총중량 / 순중량", "Gross / net mass"), "declared", ("gross_mass_kg", "net_mass_kg")), _declared("package_count"),
    (Text("거래구분 / 통관계획", "Transaction / clearance plan"), "declared", ("transaction_code", "procedure_code")),
    _declared("has_certificate_of_origin"), (Text("적하목록 품명", "Goods in the manifest"), "carried", ("goods",)),
    (Text("적하목록 중량 / 포장개수", "Manifest weight / packages"), "carried", ("gross_mass", "packages")),
    (Text("적재항 / 양륙항", "Loading / discharge"), "carried", ("loading_port", "discharge_port")),
    (Text("선(기)명·항차", "Vessel or flight, voyage"), "carried", ("vessel_name", "voyage_no")),
    (Text("운항사", "Carrier"), "carried", ("carrier_name",)), (Text("컨테이너 수", "Containers"), "carried", ("container_count",)),
)


def facts(found: Detail) -> list[tuple[Text, list[tuple[str, Any]]]]:
    """Label, and names with values, of what was declared, then of what the cargo says."""
    told = []
    for text, side, names in _LINES:
        known = found.declared if side == "declared" else found.carried
        values = [(name, known[name]) for name in names if known.get(name) not in (None, "", [], 0.0) or isinstance(known.get(name), bool)]
        if values:
            told.append((text, values))
    return told
