"""One shipment as its page shows it, from the serving file: who it is, what disagrees, why it was scored so, what happened."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.serving import Served
from features.catalogue import BY_NAME
from fusion.described import DECLARED
from lakehouse.text import Text
from models.support import said

_SHOWN_BARS = 8


@dataclass(frozen=True)
class Bar:
    """One step of the waterfall: what it says, its value, what it adds to the log-odds, and where it starts."""

    text: Text
    value: str
    added: float
    start: float


@dataclass(frozen=True)
class Detail:
    """Everything of one shipment that one publication holds."""

    row: dict[str, Any]
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
    uncertainty: Mapping[str, Any] | None


def detail(served: Served, shipment_id: str) -> Detail | None:
    """The shipment, None where the publication does not hold it."""
    place = served.first("SELECT * FROM place WHERE shipment_id = ?", [shipment_id])
    if place is None:
        return None
    # Two steps, for the table is sorted by office and rank: the first finds where, the second reads one stretch.
    row = served.first("SELECT s.*, run_id, business_date FROM scored s CROSS JOIN (SELECT run_id, business_date FROM publication) "
                       "WHERE is_tonight = ? AND office_code = ? AND rank = ? AND shipment_id = ?",
                       [place["is_tonight"], place["office_code"], place["rank"], shipment_id])
    assert row is not None
    row["voyage"] = place["voyage"]

    def of(table: str, order: str = "") -> list[dict[str, Any]]:
        return served.rows(f"SELECT * FROM {table} WHERE shipment_id = ? {order}", [shipment_id])

    told = next(iter(of("explanation")), None) or {"base_value": 0.0, "method": "", "reasons": "[]", "contributions": "[]"}
    base = float(told["base_value"] or 0)
    return Detail(row, json.loads(told["reasons"] or "[]"), bars(zipped(told["contributions"]), base), base, told["method"] or "",
                  of("contradiction"), of("event", "ORDER BY event_at NULLS LAST, known_at, feed"), of("history", "ORDER BY as_of"),
                  of("label", "ORDER BY inspected_at"), _parties(served, shipment_id), of("watchlist"),
                  json.loads(row["declared"] or "{}"), json.loads(row["carried"] or "{}"),
                  # A file that was made before ranges were kept lacks the columns.
                  said(row.get("probability_low"), row.get("probability_high"), row.get("similar_outcomes")))


def zipped(text: str | None) -> list[tuple[str, str | None, float]]:
    """Name, value as text and contribution of each feature, from the file's JSON: DuckDB zips lists into arrays or into objects."""
    told = (list(one.values()) if isinstance(one, dict) else one for one in json.loads(text or "[]"))
    return [(str(name), value, float(added or 0)) for name, value, added in told]


def bars(contributions: list[tuple[str, str | None, float]], base: float) -> list[Bar]:
    """The weightiest contributions as steps of a waterfall, and the rest of them as one."""
    told = sorted(contributions, key=lambda one: -abs(one[2]))
    steps, at = [], base
    for name, value, added in told[:_SHOWN_BARS]:
        if added:
            feature = BY_NAME.get(name)
            steps.append(Bar(feature.text if feature else Text(name, name), _shown(value), added, at))
            at += added
    if rest := sum(added for _, _, added in told[_SHOWN_BARS:]):
        steps.append(Bar(Text(f"그 밖 {len(told) - _SHOWN_BARS}개 항목", f"{len(told) - _SHOWN_BARS} others"), "", rest, at))
    return steps


def _shown(value: Any) -> str:
    try:
        return f"{float(value):,.4g}"
    except (TypeError, ValueError):
        return "" if value is None else str(value)


def _parties(served: Served, shipment_id: str) -> list[dict[str, Any]]:
    """The parties, each once, with the roles it has here and what is known of it."""
    found = served.rows("""
        SELECT p.party_id, list(DISTINCT p.role ORDER BY p.role) AS roles, bool_or(p.is_person) AS is_person,
            any_value(p.identifier) AS identifier, any_value(s.shipments) AS shipments, any_value(s.inspected) AS inspected,
            any_value(s.violations) AS violations, any_value(s.first_known_at) AS first_known_at
        FROM party p LEFT JOIN standing s USING (party_id) WHERE p.shipment_id = ?
        GROUP BY p.party_id, CASE WHEN p.party_id IS NULL THEN p.identifier END
        ORDER BY min(CASE p.role WHEN 'importer' THEN 0 WHEN 'payer' THEN 1 WHEN 'consignee' THEN 2 WHEN 'seller' THEN 3 WHEN 'supplier' THEN 4
            WHEN 'consignor' THEN 5 WHEN 'forwarder' THEN 7 WHEN 'broker' THEN 6 ELSE 8 END), 1""", [shipment_id])
    for party in found:
        party["others"] = served.rows("""
            SELECT shipment_id, outside_id, kind, stage, first_known_at, illicit, lane, probability, list(DISTINCT role) AS roles FROM together
            WHERE party_id = ? AND shipment_id <> ? GROUP BY ALL ORDER BY first_known_at DESC LIMIT 6""", [party["party_id"], shipment_id])
    return found


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
