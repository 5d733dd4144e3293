"""Tracing back: from one shipment to others that share its contacts, sellers, orders and containers, those still open first."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from fusion.tables import CONTACT, LABEL, RELATION, SHIPMENT
from jobs.manifest import latest
from jobs.query import ask
from lakehouse.clock import now
from lakehouse.lake import Lake

# What a shared value says of two shipments, one beside another.
WEIGHTS: Mapping[str, int] = {"customs_id": 3, "phone": 3, "traveller": 3, "order": 3, "container": 3, "address": 2, "seller": 1}
# More shipments than this share what is nobody's; of a seller and a container it says little too.
CROWDED, MOST = 300, 200
MONTH_DAYS = 30.5
# A container is on another trip by then.
_TRIP_DAYS = 10
_NUMBERS = ("declaration_no", "tracking_no", "house_bl", "master_bl", "list_no", "bag_tag", "cargo_control_no")
_WEIGHT = "CASE kind " + " ".join(f"WHEN '{kind}' THEN {weight}" for kind, weight in WEIGHTS.items()) + " ELSE 0 END"
_SHARED = f"""
    WITH every AS (
        SELECT shipment_id, kind, value, seen_on FROM {CONTACT.full_name} WHERE kind IN ('customs_id', 'phone', 'address', 'seller', 'traveller')
        UNION ALL SELECT holder_id, owner_kind, owner_id, seen_on FROM {RELATION.full_name} WHERE owner_kind IN ('order', 'container')),
    mine AS (SELECT kind, value, max(seen_on) AS mine_on FROM every WHERE shipment_id = $1 GROUP BY ALL),
    theirs AS (
        SELECT kind, value, every.shipment_id, max(seen_on) AS seen_on FROM every JOIN mine USING (kind, value)
        WHERE every.shipment_id <> $1 AND seen_on >= $2 AND (kind <> 'container' OR abs(date_diff('day', seen_on, mine_on)) <= {_TRIP_DAYS})
        GROUP BY ALL),
    crowds AS (SELECT kind, value, count(*) AS shipments FROM theirs GROUP BY ALL)"""
_NEIGHBOURS = f"""{_SHARED},
    kept AS (SELECT theirs.* FROM theirs JOIN crowds USING (kind, value) WHERE shipments <= {CROWDED}),
    -- A hash of an address tells a person nothing.
    links AS (SELECT shipment_id, list(struct_pack(kind := kind, value := CASE WHEN kind <> 'address' THEN value END, seen_on := seen_on)
                     ORDER BY {_WEIGHT} DESC, kind, value) AS shares, sum({_WEIGHT}) AS weight FROM kept GROUP BY shipment_id)
    SELECT h.shipment_id, h.kind, h.stage, h.office_code, {', '.join(f'h.{name}' for name in _NUMBERS)}, h.arrived_at, h.released_at,
           coalesce(h.stage, '') <> 'released' AND h.released_at IS NULL AS is_open, l.illicit, links.weight, links.shares
    FROM links JOIN {SHIPMENT.full_name} h USING (shipment_id) LEFT JOIN {LABEL.full_name} l USING (shipment_id)
    ORDER BY is_open DESC, weight DESC, h.arrived_at DESC NULLS FIRST, h.shipment_id"""
_CROWDS = f"""{_SHARED}
    SELECT kind, CASE WHEN kind <> 'address' THEN value END AS value, shipments FROM crowds WHERE shipments > {CROWDED} ORDER BY 3 DESC, 1, 2"""
_OWN = f"""SELECT h.kind, h.stage, l.illicit, l.severity, l.inspected_at
    FROM {SHIPMENT.full_name} h LEFT JOIN {LABEL.full_name} l USING (shipment_id) WHERE h.shipment_id = ?"""


def trace(lake: Lake, shipment_id: str, months: int) -> dict[str, Any]:
    """What `haechi trace` tells: the shipment, what shares something with it, and what too many share to follow."""
    tables, since = (CONTACT, RELATION, SHIPMENT, LABEL), _since(lake, months)
    own = ask(lake, (SHIPMENT, LABEL), _OWN, (shipment_id,)).dicts()
    found = ask(lake, tables, _NEIGHBOURS, (shipment_id, since), MOST)
    return {
        "shipment_id": shipment_id, "months": months, "since": since.isoformat(), "shipment": own[0] if own else None,
        "shared": [_row(row) for row in found.dicts()], "crowded": ask(lake, tables[:2], _CROWDS, (shipment_id, since)).dicts(),
        "truncated": found.truncated,
    }


def _since(lake: Lake, months: int) -> date:
    published = latest(Lake(lake.root))
    return (published.at if published else now()).date() - timedelta(days=round(months * MONTH_DAYS))


def _row(row: dict[str, Any]) -> dict[str, Any]:
    numbers = {name: row.pop(name) for name in _NUMBERS}
    return row | {"numbers": {name: value for name, value in numbers.items() if value is not None}}
