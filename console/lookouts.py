"""What lookouts find in the published night: each is asked of the serving file once a publication and remembered."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from console.queue import folded as number
from console.serving import Served

# More than so many are no find but a pattern too wide; pages say so.
MOST = 2000
# By kind the shipments of each value of a list, folded; one question asks for all of them.
_VALUES = "(SELECT unnest($values) AS sought)"
KINDS: dict[str, str] = {
    "identifier": f"SELECT sought, shipment_id FROM identifier JOIN {_VALUES} ON value = sought",
    "party": f"SELECT sought, shipment_id FROM party JOIN {_VALUES} ON upper(identifier) = sought UNION "
             f"SELECT sought, shipment_id FROM party JOIN {_VALUES} ON upper(party_id) = sought",
    "voyage": " UNION ".join(f"SELECT sought, a.shipment_id FROM aboard a JOIN voyage v USING (voyage) JOIN {_VALUES} ON {name} = sought"
                             for name in ("v.voyage", "v.name", "v.name || ' ' || v.voyage_no")),
    "goods": f"SELECT sought, shipment_id FROM scored JOIN {_VALUES} ON contains(upper(goods), sought)",
    "hs": f"SELECT sought, shipment_id FROM scored JOIN {_VALUES} ON starts_with(hs6, sought)",
}
# Fewer characters would find everything.
LEAST = {"identifier": 5, "party": 3, "voyage": 3, "goods": 2, "hs": 2}


def folded(kind: str, value: str) -> str:
    """A value in the one form it is looked for in."""
    return number(value) if kind == "identifier" else " ".join(value.upper().split())


def found(served: Served, lookouts: Iterable[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """The shipments that each lookout finds in a publication, those not asked before in one question a kind."""
    wanted = [(one["kind"], one["folded"]) for one in lookouts]
    known: dict[tuple[str, str], tuple[str, ...]] = served.once("lookouts", dict)
    for kind, sql in KINDS.items():
        if fresh := sorted({value for of, value in wanted if of == kind and (of, value) not in known}):
            told: dict[str, list[str]] = {value: [] for value in fresh}
            for row in served.rows(f"SELECT DISTINCT sought, shipment_id FROM ({sql}) QUALIFY row_number() OVER (PARTITION BY sought ORDER BY "
                                   f"shipment_id) <= {MOST} ORDER BY ALL", {"values": fresh}):
                told[row["sought"]].append(row["shipment_id"])
            known.update({(kind, value): tuple(ids) for value, ids in told.items()})
    return [known[one] for one in wanted]


def watched(served: Served, lookouts: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """By shipment the lookouts that find it, in their order."""
    told: dict[str, list[Mapping[str, Any]]] = {}
    for lookout, ids in zip(lookouts, found(served, lookouts), strict=True):
        for shipment_id in ids:
            told.setdefault(shipment_id, []).append(lookout)
    return told
