"""History columns: what was known by then about the entities of a shipment, point in time by construction.

A fact counts for a row where fact.known_at <= row.as_of < fact.known_at + window. So each fact is an entry at known_at
and, under a window, a leave at known_at + window; a running sum over a key in time order, read at as_of, is the answer
whatever the row's as_of, in one linear pass. All keys share that pass: rows carry the number of their group. Sums are
whole numbers, so that the order of rows never shows in a result and a shipment's own fact is taken out exactly.
"""

from collections.abc import Mapping, Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from features.feature import History
from features.slots import DAY_MICROS, Group, contribution, formula, measures, plan

Groups = tuple[Group, ...]
_SO_FAR = "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
# The hash comes first, because a sort by a number of many values compares texts only where it must.
_BY_KEY = f"(PARTITION BY hash, g, key ORDER BY at {_SO_FAR})"
_BY_GROUP = f"(PARTITION BY g ORDER BY at {_SO_FAR})"
_NOBODY = "CAST(NULL AS STRING)"


def with_history(spine: DataFrame, declaration_facts: DataFrame, outcome_facts: DataFrame, histories: Sequence[History]) -> DataFrame:
    """Add one double column a history to the spine (unique by shipment_id, as_of).

    Facts hold shipment_id, known_at and the columns that keys and measures name. Spine and facts are read more than
    once: cache them where they are costly.
    """
    if not histories:
        return spine
    groups = plan(tuple(histories))
    frames = {"declarations": declaration_facts, "outcomes": outcome_facts}
    facts = {
        source: _measured(frame, groups, source) for source, frame in frames.items() if any(group.source == source for group in groups)
    }
    keyed = spine.select("shipment_id", "as_of", F.expr("unix_micros(as_of)").alias("at"), *_keys(groups))
    joined = spine.join(_totals(keyed, facts, groups), on=["shipment_id", "as_of"], how="left")
    if not all(group.key for group in groups):
        joined = joined.join(F.broadcast(_overall(keyed, facts, groups)), on="as_of", how="left")
    values = [F.expr(formula(history, groups)).alias(history.name) for history in histories]
    return joined.select(*spine.columns, *values)


def _keys(groups: Sequence[Group]) -> list[Column]:
    return [F.expr(group.key_sql).alias(f"k{group.number}") for group in groups if group.key]


def _measured(facts: DataFrame, groups: Groups, source: str) -> DataFrame:
    """Each fact as shipment_id, at, one key text a group (k0, ...) and one whole number a measure (m0, ...)."""
    wholes = [F.expr(sql).alias(f"m{place}") for place, sql in enumerate(measures(groups, source).values())]
    keys = _keys([group for group in groups if group.source == source])
    at = F.expr("unix_micros(known_at)").alias("at")
    return facts.where("known_at IS NOT NULL").select("shipment_id", at, *keys, *wholes)


def _totals(keyed: DataFrame, facts: Mapping[str, DataFrame], groups: Groups) -> DataFrame:
    """One row a spine row, one column a sum of each group: read from the running sums, less the row's own facts."""
    width = max(len(group.slots) for group in groups)
    shares = _own(keyed, facts, groups, width)
    if any(group.key for group in groups):
        shares = _read(keyed, facts, tuple(group for group in groups if group.key), groups, width).unionByName(shares)
    sums = [
        F.expr(f"sum(IF(g = {group.number}, s{place}, NULL))").alias(group.column(place))
        for group in groups
        for place in range(len(group.slots))
    ]
    firsts = [F.expr(f"min(IF(g = {group.number}, first_at, NULL))").alias(group.first) for group in groups if group.wants_first]
    return shares.groupBy("shipment_id", "as_of").agg(*sums, *firsts)


def _read(keyed: DataFrame, facts: Mapping[str, DataFrame], wanted: Groups, groups: Groups, width: int) -> DataFrame:
    """The running sums of each group with a key, read at each spine row: one row a spine row and group."""
    probe = ", ".join(f"struct({group.number} AS g, k{group.number} AS key)" for group in wanted)
    probes = keyed.selectExpr("shipment_id AS ship", "as_of", "at", f"inline(array({probe}))").where("key IS NOT NULL")
    # A fact that no row asks for, or that moves after the last row that asks, need not be sorted.
    asked = probes.groupBy("g", "key").agg(F.max("at").alias("last_at"))
    events = _events(facts, wanted, groups, width).join(asked, on=["g", "key"], how="inner").where("at <= last_at")
    rows = probes.unionByName(events.drop("last_at"), allowMissingColumns=True)
    rows = rows.withColumn("hash", F.xxhash64("g", "key"))
    earliest = f"min(IF(as_of IS NULL AND ship IS NOT NULL, struct(at, ship), NULL)) OVER {_BY_KEY} AS earliest"
    # The first fact may be the row's own: then the first one of any other shipment is the answer.
    runner_up = f"min(IF(as_of IS NULL AND ship <> earliest.ship, at, NULL)) OVER {_BY_KEY} AS next_at"
    kept = ("hash", "g", "key", "ship", "as_of", "at")
    running = rows.selectExpr(*kept, earliest, *_running(_BY_KEY, width))
    second = runner_up if any(group.wants_first for group in wanted) else "CAST(NULL AS BIGINT) AS next_at"
    run = running.selectExpr(*kept, "earliest", second, *_sums(width))
    first = "IF(earliest.ship = ship, next_at, earliest.at) AS first_at"
    return run.where("as_of IS NOT NULL").selectExpr("ship AS shipment_id", "as_of", "g", first, *_sums(width))


def _overall(keyed: DataFrame, facts: Mapping[str, DataFrame], groups: Groups) -> DataFrame:
    """The sums over every fact of a source, one row an as_of; facts are first added up by instant to stay small."""
    wanted = tuple(group for group in groups if not group.key)
    width = max(len(group.slots) for group in wanted)
    moves = _events(facts, wanted, groups, width)
    added = moves.groupBy("g", "at").agg(*(F.sum(name).alias(name) for name in _sums(width)))
    numbers = ", ".join(str(group.number) for group in wanted)
    probes = keyed.select("as_of", "at").distinct().selectExpr("as_of", "at", f"explode(array({numbers})) AS g")
    rows = probes.unionByName(added, allowMissingColumns=True)
    read = rows.selectExpr("g", "as_of", *_running(_BY_GROUP, width)).where("as_of IS NOT NULL")
    return read.groupBy("as_of").agg(
        *(
            F.expr(f"max(IF(g = {group.number}, s{place}, NULL))").alias(group.overall(place))
            for group in wanted
            for place in range(len(group.slots))
        )
    )


def _own(keyed: DataFrame, facts: Mapping[str, DataFrame], groups: Groups, width: int) -> DataFrame:
    """What each spine row's own facts hold within the sums, negative: one row an own fact and group."""
    frames = []
    for source, frame in facts.items():
        shares = ", ".join(_own_share(group, groups, width) for group in groups if group.source == source)
        known = F.expr("row.shipment_id = fact.shipment_id AND fact.at <= row.at")
        owned = keyed.alias("row").join(frame.alias("fact"), on=known, how="inner")
        frames.append(owned.selectExpr("row.shipment_id", "row.as_of", f"inline(array({shares}))").where("is_same"))
    return reduce(DataFrame.unionByName, frames).drop("is_same")


def _own_share(group: Group, groups: Groups, width: int) -> str:
    same = f"row.k{group.number} = fact.k{group.number}" if group.key else "true"
    values = []
    for place, value in enumerate(_added(group, groups, width)):
        window = group.slots[place].window_days if place < len(group.slots) else 0
        values.append(f"IF(row.at < fact.at + {window * DAY_MICROS}L, -{value}, 0L)" if window else f"-{value}")
    return f"struct({same} AS is_same, {group.number} AS g, CAST(NULL AS BIGINT) AS first_at, {_named(values)})"


def _events(facts: Mapping[str, DataFrame], wanted: Groups, groups: Groups, width: int) -> DataFrame:
    """Every fact's entries and leaves of the wanted groups, as rows of one shape."""
    frames = []
    for source, frame in facts.items():
        moves = [move for group in wanted if group.source == source for move in _moves(group, groups, width)]
        if moves:
            frames.append(frame.selectExpr(f"inline(array({', '.join(moves)}))").where("key IS NOT NULL"))
    return reduce(DataFrame.unionByName, frames)


def _moves(group: Group, groups: Groups, width: int) -> list[str]:
    """A fact's entry into the group and, for each window, its leave, as Spark SQL structs of one shape."""
    start = f"{group.number} AS g, {f'k{group.number}' if group.key else repr('')} AS key"
    ship = "shipment_id" if group.wants_first else _NOBODY
    added = _added(group, groups, width)
    moves = [f"struct({start}, at, {ship} AS ship, {_named(added)})"]
    for window in group.windows:
        left = ["0L"] * width
        for place, slot in enumerate(group.slots):
            left[place] = f"-{added[place]}" if slot.window_days == window else "0L"
        moves.append(f"struct({start}, at + {window * DAY_MICROS}L AS at, {_NOBODY} AS ship, {_named(left)})")
    return moves


def _added(group: Group, groups: Groups, width: int) -> list[str]:
    """What one fact adds to each sum of the group, filled up with zeros to the common width."""
    column = {measure: f"m{place}" for place, measure in enumerate(measures(groups, group.source))}
    added = [contribution(slot, column[slot.measure]) for slot in group.slots]
    return added + ["0L"] * (width - len(added))


def _named(values: Sequence[str]) -> str:
    return ", ".join(f"{value} AS s{place}" for place, value in enumerate(values))


def _running(window: str, width: int) -> list[str]:
    return [f"coalesce(sum({name}) OVER {window}, 0L) AS {name}" for name in _sums(width)]


def _sums(width: int) -> list[str]:
    return [f"s{place}" for place in range(width)]
