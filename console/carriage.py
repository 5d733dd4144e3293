"""A voyage or flight with all that is aboard, and a container with its houses and what was told of it, from the serving file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from console.serving import Served
from console.sessions import Session

SHOWN, MOST_BOXES, MOST_FOUND = 200, 400, 8
# What a list can be grouped by; persons are one group, for their codes are nobody's heading.
_PERSON, _UNKNOWN = "~", ""
GROUPS = {
    "lane": "lane", "importer": f"CASE WHEN is_person THEN '{_PERSON}' ELSE coalesce(importer, importer_id, '{_UNKNOWN}') END",
    "forwarder": f"coalesce(forwarder, '{_UNKNOWN}')", "goods": f"coalesce(left(hs6, 4), '{_UNKNOWN}')"}
_TIE = 3  # How far per cent of the weight seen may usually lie from what was declared.


@dataclass(frozen=True)
class Group:
    """Lines that belong together: their key, how many there are in all, and those of this page."""

    key: str
    count: int
    gross_kg: float | None
    rows: list[dict[str, Any]]


@dataclass(frozen=True)
class Manifest:
    """What of a voyage or container a reader may see: counts by lane, groups of this page, and what lies beyond."""

    by_lane: Mapping[str, int]
    groups: list[Group]
    total: int
    after: int | None
    others: int
    gross_kg: float | None
    open: int
    held: int
    severe: int
    first: int
    limit: int

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The lines of this page."""
        return [row for group in self.groups for row in group.rows]


@dataclass(frozen=True)
class Seal:
    """One seal: who put it on, when it was first and last told of, by which feeds, and whether the manifest names it."""

    number: str
    sources: tuple[str, ...]
    first_at: Any
    last_at: Any
    feeds: tuple[str, ...]
    is_listed: bool


@dataclass(frozen=True)
class Weighing:
    """The weight of a container against what its houses declare, kg; None where a side is not known or not comparable."""

    seen: float
    kind: str
    tare: float | None
    houses: float | None

    @property
    def net(self) -> float | None:
        """What the goods weigh by the weighing."""
        return self.seen - self.tare if self.tare is not None else None

    @property
    def difference(self) -> float | None:
        """Goods as weighed less what the houses declare."""
        return self.net - self.houses if self.net is not None and self.houses else None

    @property
    def is_unusual(self) -> bool:
        """Whether the difference is larger than weighings usually leave."""
        return self.difference is not None and self.houses is not None and abs(self.difference) > self.houses * _TIE / 100


def voyage(served: Served, key: str | None) -> dict[str, Any] | None:
    """A voyage or flight by the number of its manifest; None where nothing aboard is known."""
    return served.first("SELECT * FROM voyage WHERE voyage = ?", [key])


def manifest(served: Served, session: Session, table: str, key: str, lanes: Sequence[str], by: str, after: int = 0) -> Manifest:
    """The lines of a voyage (`aboard`) or container (`boxed`) that a reader may see, grouped, the gravest first."""
    column = {"aboard": "voyage", "boxed": "container_no"}[table]
    where, values = f"{column} = ?", [key]  # type: tuple[str, list[Any]]
    counted = served.rows(f"SELECT office_code, lane, count(*) AS n, sum(gross_kg) AS gross_kg, count(*) FILTER (is_open) AS open, "
                          f"count(held_at) AS held, count(*) FILTER (severe > 0) AS severe FROM {table} WHERE {where} GROUP BY ALL", values)
    mine = [row for row in counted if session.may_see(row["office_code"])]
    by_lane: dict[str, int] = {}
    for row in mine:
        by_lane[row["lane"]] = by_lane.get(row["lane"], 0) + row["n"]
    seen, offices = _seen(session)
    where, values = f"{where} AND {seen}", [*values, *offices]
    if lanes:
        where += " AND lane IN (SELECT unnest(?))"
        values.append(list(lanes))
    grouped = f"PARTITION BY {GROUPS[by]}"
    rows = served.rows(f"""
        SELECT *, {GROUPS[by]} AS group_key, count(*) OVER ({grouped}) AS group_count, sum(gross_kg) OVER ({grouped}) AS group_kg
        FROM {table} WHERE {where}
        ORDER BY min(gravity) OVER ({grouped}), max(probability) OVER ({grouped}) DESC, group_key, gravity, probability DESC, shipment_id
        LIMIT {SHOWN + 1} OFFSET {after}""", values)
    told = [Group(name, part[0]["group_count"], part[0]["group_kg"], part)
            for name, part in ((name, list(part)) for name, part in groupby(rows[:SHOWN], lambda row: str(row["group_key"])))]
    return Manifest(by_lane, told, sum(n for lane, n in by_lane.items() if not lanes or lane in lanes), after + SHOWN if len(rows) > SHOWN else None,
                    sum(row["n"] for row in counted) - sum(row["n"] for row in mine), _sum(row["gross_kg"] for row in mine),
                    sum(row["open"] for row in mine), sum(row["held"] for row in mine), sum(row["severe"] for row in mine), after, SHOWN)


def boxes_of(served: Served, session: Session, key: str) -> list[dict[str, Any]]:
    """The containers of a voyage with how many houses each holds, those with the gravest first."""
    where, values = _seen(session)
    return served.rows(f"""SELECT container_no, count(*) AS houses, min(gravity) AS gravity, arg_min(lane, gravity) AS lane
        FROM (SELECT unnest(container_nos) AS container_no, gravity, lane FROM aboard WHERE voyage = ? AND {where})
        WHERE container_no <> '' GROUP BY 1 ORDER BY gravity, houses DESC, container_no LIMIT {MOST_BOXES}""", [key, *values])


def told_of(served: Served, container_no: str) -> list[dict[str, Any]]:
    """What was told of a container, the newest first."""
    return served.rows("SELECT * FROM box_told WHERE container_no = ? ORDER BY coalesce(event_at, known_at) DESC, known_at DESC, feed",
                       [container_no])


def seals(told: Iterable[Mapping[str, Any]]) -> list[Seal]:
    """Every seal that was told of, in the order in which it appeared."""
    found: dict[str, list[tuple[Mapping[str, Any], str, str]]] = {}
    for row in sorted(told, key=lambda row: row["event_at"] or row["known_at"]):
        for one in row["seals"] or ():
            number, _, source = one.rpartition(":")
            # Some senders leave the letters in front out: the digits are the seal.
            found.setdefault("".join(filter(str.isdigit, number)) or number, []).append((row, number, source))
    return [_seal(each) for each in found.values()]


def _seal(told: Sequence[tuple[Mapping[str, Any], str, str]]) -> Seal:
    at = [row["event_at"] or row["known_at"] for row, _, _ in told]
    feeds = tuple(sorted({row["feed"] for row, _, _ in told}))
    return Seal(max((number for _, number, _ in told), key=len), tuple(sorted({source for _, _, source in told if source})), at[0], at[-1], feeds,
                "manifest" in feeds)


def bills_of(served: Served, container_no: str) -> list[dict[str, Any]]:
    """The bills that the manifest lists in a container, of every office: their numbers and weights, nothing else."""
    return served.rows("SELECT DISTINCT record_key, master_bl, house_bl, gross_kg, containers FROM box_bill WHERE container_no = ? "
                       "ORDER BY master_bl, house_bl", [container_no])


def weighing(told: Iterable[Mapping[str, Any]], bills: Sequence[Mapping[str, Any]]) -> Weighing | None:
    """The newest weighing, beside the sum of the bills where all of them lie in this container alone."""
    weighed = [row for row in told if row["weight_kg"] is not None]
    if not weighed:
        return None
    best = next((row for row in weighed if row["weight_kind"] == "VGM"), weighed[0])
    tare = best["tare_kg"] if best["tare_kg"] is not None else next((row["tare_kg"] for row in weighed if row["tare_kg"] is not None), None)
    is_whole = bool(bills) and all(bill["gross_kg"] is not None and bill["containers"] == 1 for bill in bills)
    return Weighing(best["weight_kg"], best["weight_kind"] or "", tare, _sum(bill["gross_kg"] for bill in bills) if is_whole else None)


def sought(served: Served, session: Session, text: str) -> list[dict[str, Any]]:
    """Voyages and flights of a number or a name that have something aboard which a reader may see, the newest first."""
    wanted = " ".join(text.upper().split())
    if len(wanted) < 3:
        return []
    where, values = _seen(session)
    named = [wanted.replace(" ", "").replace("-", "") if wanted[:2].isdigit() else wanted, wanted, wanted, wanted, wanted]
    return served.rows(f"""
        WITH named AS (SELECT * FROM voyage WHERE voyage = ? OR name = ? OR name || ' ' || coalesce(voyage_no, '') = ?
            OR (length(?) >= 4 AND starts_with(name, ?)))
        SELECT * FROM named WHERE voyage IN (SELECT voyage FROM aboard WHERE voyage IN (SELECT voyage FROM named) AND {where})
        ORDER BY coalesce(arrived_at, estimated_at) DESC NULLS LAST, voyage LIMIT {MOST_FOUND}""", [*named, *values])


def houses(served: Served, session: Session, text: str) -> int:
    """How many shipments a reader may see in a container of that number."""
    where, values = _seen(session)
    row = served.first(f"SELECT count(*) AS n FROM boxed WHERE container_no = ? AND {where}", [text, *values])
    return int(row["n"]) if row else 0


def _seen(session: Session) -> tuple[str, list[Any]]:
    """SQL of the shipments that a reader may see, and its values."""
    return ("office_code IN (SELECT unnest(?))", [list(session.account.offices)]) if session.is_of_one_office else ("true", [])


def _sum(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
