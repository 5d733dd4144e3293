"""The queue: which of an office's shipments are asked for, a page at a time, and how many there are of each sort."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from console.desk.live import Live
from console.serving import Served

PAGE = 50
# How a facet is asked of a shipment; the URL carries its name.
FACETS = {"lane": "lane", "by": "coalesce(selected_by, '')", "stage": "stage", "kind": "kind",
          "mark": "CASE WHEN severe > 0 THEN 'severe' WHEN contradictions > 0 THEN 'differs' ELSE '' END",
          "new": "CASE WHEN importer_shipments <= 1 THEN 'new' ELSE '' END"}
SORTS: dict[str, tuple[str, str]] = {
    "place": ("coalesce(position, 1000000 + rank)", "ASC"), "time": ("coalesce(epoch(decide_by), 1e12)", "ASC"),
    "chance": ("probability", "DESC"), "revenue": ("coalesce(expected_revenue_krw, 0)", "DESC")}
STATES = ("open", "mine", "watched", "snoozed", "decided")
_COLUMNS = """shipment_id, office_code, kind, stage, outside_id, declaration_no, house_bl, tracking_no, rank, position, lane, action, selected_by,
    probability, expected_revenue_krw, contradictions, severe, reason_ko, reason_en, goods, origin_country, importer_id, is_person,
    importer_shipments, importer_violations, decide_by, run_id"""
_FROM = "FROM scored CROSS JOIN (SELECT run_id FROM publication)"


@dataclass(frozen=True)
class Asked:
    """What a page of the queue asks for; every part of it stands in the URL."""

    scope: str = "list"
    state: str = "open"
    sort: str = "place"
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Sequence[str]]) -> "Asked":
        """What a query string asks for; what it cannot mean is passed over."""
        def one(name: str, allowed: Sequence[str]) -> str:
            value = next(iter(given.get(name, ())), "")
            return value if value in allowed else allowed[0]

        facets = {name: tuple(sorted(set(given[name]))) for name in FACETS if given.get(name)}
        return cls(one("scope", ("list", "all")), one("state", STATES), one("sort", tuple(SORTS)), facets,
                   next(iter(given.get("after", ())), "")[:100])

    def url(self, **changes: Any) -> str:
        """The query string of this with some parts changed; a change of facets starts at the first page."""
        wanted = replace(self, **({"after": ""} | changes))
        pairs = [(name, value) for name, value, usual in (("scope", wanted.scope, "list"), ("state", wanted.state, "open"),
                                                          ("sort", wanted.sort, "place"), ("after", wanted.after, "")) if value != usual]
        pairs += [(name, value) for name, values in wanted.facets.items() for value in values]
        return "?" + urlencode(pairs)

    def toggled(self, name: str, value: str) -> str:
        """The query string with one facet's value put in or taken out."""
        had = self.facets.get(name, ())
        now_ = tuple(v for v in had if v != value) if value in had else (*had, value)
        return self.url(facets={**{n: v for n, v in self.facets.items() if n != name}, **({name: now_} if now_ else {})})


@dataclass(frozen=True)
class Page:
    """One page of the queue, and where the next one starts."""

    rows: list[dict[str, Any]]
    next_url: str
    total: int


def page(served: Served, office: str, asked: Asked, states: Mapping[str, Live], account_id: int, limit: int = PAGE,
         watched: Collection[str] = ()) -> Page:
    """The shipments asked for, from the one after `asked.after` on."""
    where, values = _where(office, asked, states, account_id, watched)
    column, way = SORTS[asked.sort]
    kept = list(values)
    if cursor := _cursor(asked.after):
        sign = ">" if way == "ASC" else "<"
        where += f" AND ({column} {sign} ? OR ({column} = ? AND shipment_id > ?))"
        kept += [cursor[0], cursor[0], cursor[1]]
    rows = served.rows(f"SELECT {_COLUMNS}, {column} AS sorted_by {_FROM} WHERE {where} ORDER BY sorted_by {way}, shipment_id LIMIT {limit + 1}",
                       kept)
    more = len(rows) > limit
    rows = rows[:limit]
    next_url = asked.url(after=f"{rows[-1]['sorted_by']!r}~{rows[-1]['shipment_id']}") if more else ""
    return Page(rows, next_url, count(served, office, asked, states, account_id, watched))


def _cursor(text: str) -> tuple[float, str] | None:
    value, _, shipment_id = text.partition("~")
    try:
        return (float(value), shipment_id) if shipment_id else None
    except ValueError:
        return None


def _where(office: str, asked: Asked, states: Mapping[str, Live], account_id: int, watched: Collection[str]) -> tuple[str, list[Any]]:
    """SQL of what is asked for, and its values."""
    where = "is_tonight AND office_code = ?" + (" AND position IS NOT NULL" if asked.scope == "list" else "")
    values: list[Any] = [office]
    if asked.state in ("snoozed", "decided"):
        where += " AND shipment_id IN (SELECT unnest(?))"
        values.append([one for one, state in states.items() if state.state == asked.state])
    elif asked.state == "watched":
        where += " AND is_open AND shipment_id IN (SELECT unnest(?))"
        values.append(list(watched))
    elif asked.state == "mine":
        where += " AND is_open AND shipment_id IN (SELECT unnest(?))"
        values.append([one for one, state in states.items() if state.state == "claimed" and state.account_id == account_id])
    else:
        where += " AND is_open"
        if away := _away(states):
            where += " AND shipment_id NOT IN (SELECT unnest(?))"
            values.append(away)
    for name, wanted in asked.facets.items():
        where += f" AND {FACETS[name]} IN (SELECT unnest(?))"
        values.append(list(wanted))
    return where, values


def _away(states: Mapping[str, Live]) -> list[str]:
    """Shipments that wait for nobody now."""
    return [one for one, state in states.items() if state.state in ("snoozed", "decided")]


Cube = Counter[tuple[str, ...]]


def cube(served: Served, office: str, scope: str, states: Mapping[str, Live]) -> Cube:
    """How many open shipments there are by all facets together: what every chip counts from."""
    whole = Counter(served.once(("cube", office, scope), lambda: dict(_grouped(served, office, scope, "", []))))
    if away := _away(states):
        whole.subtract(dict(_grouped(served, office, scope, "AND shipment_id IN (SELECT unnest(?))", [away])))
    return whole


def _grouped(served: Served, office: str, scope: str, where: str, values: list[Any]) -> tuple[tuple[tuple[str, ...], int], ...]:
    listed = "AND position IS NOT NULL" if scope == "list" else ""
    names = ", ".join(f"{sql} AS f_{name}" for name, sql in FACETS.items())
    found = served.rows(f"SELECT {names}, count(*) AS n FROM scored WHERE is_tonight AND is_open AND office_code = ? {listed} {where} GROUP BY ALL",
                        [office, *values])
    return tuple((tuple(str(row[f"f_{name}"]) for name in FACETS), int(row["n"])) for row in found)


def facet_counts(counted: Cube, asked: Asked) -> dict[str, Counter[str]]:
    """For each facet how many there are of each value, as the other facets are set."""
    names = list(FACETS)
    told: dict[str, Counter[str]] = {name: Counter() for name in names}
    for key, number in counted.items():
        misses = [name for name, value in zip(names, key, strict=True) if name in asked.facets and value not in asked.facets[name]]
        for name, value in zip(names, key, strict=True):
            if not misses or misses == [name]:
                told[name][value] += number
    return told


def count(served: Served, office: str, asked: Asked, states: Mapping[str, Live], account_id: int, watched: Collection[str] = ()) -> int:
    """How many are asked for in all."""
    if asked.state == "open":
        names = list(FACETS)
        counted = cube(served, office, asked.scope, states)
        return sum(n for key, n in counted.items() if all(value in asked.facets.get(name, (value,)) for name, value in zip(names, key, strict=True)))
    where, values = _where(office, asked, states, account_id, watched)
    found = served.first(f"SELECT count(*) AS n FROM scored WHERE {where}", values)
    return int(found["n"]) if found else 0


def folded(text: str) -> str:
    """A number in the one form that identifiers are kept in."""
    return text.strip().upper().replace("-", "").replace(" ", "")


def search(served: Served, text: str, limit: int = 30) -> list[dict[str, Any]]:
    """Shipments one of whose identifiers is the text, or starts with it where it has five characters or more."""
    wanted = folded(text)
    if not wanted:
        return []
    until = wanted[:-1] + chr(ord(wanted[-1]) + 1)
    alike = "value >= ? AND value < ?" if len(wanted) >= 5 else "value = ?"
    values = [wanted, until] if len(wanted) >= 5 else [wanted]
    return served.rows(f"""
        SELECT {_COLUMNS}, bool_or(i.value = ?) OVER () AS any_exact, i.value = ? AS is_exact, is_open
        FROM (SELECT shipment_id, min(value) AS value FROM identifier WHERE {alike} GROUP BY shipment_id LIMIT 200) i
        JOIN scored USING (shipment_id) CROSS JOIN (SELECT run_id FROM publication)
        ORDER BY is_exact DESC, is_open DESC, rank LIMIT {limit}""", [wanted, wanted, *values])
