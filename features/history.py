"""History columns: what was known by then about the entities of a shipment, point in time by construction.

A fact counts for a row where fact.known_at <= row.as_of < fact.known_at + window. Facts are first added up by key and the
instant they became known; each key and instant that any row asks for then adds up what it may know; and each row takes
out what its own shipment put in. All keys share these passes: a row of theirs carries the number of its group. Sums are
whole numbers, so that the order of rows never shows in a result and a shipment's own fact is taken out exactly.
"""

from collections.abc import Mapping, Sequence
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from features.feature import History
from features.slots import Group, contribution, formula, measures, plan

Groups = tuple[Group, ...]
_KEY = ("g", "key")
_IN_TIME = "at <= unix_micros(as_of) AND at > after"


def with_history(spine: DataFrame, declaration_facts: DataFrame, outcome_facts: DataFrame, histories: Sequence[History]) -> DataFrame:
    """Add one double column a history to the spine (unique by shipment_id, as_of).

    Facts hold shipment_id, known_at and the columns that keys and measures name. Spine and facts are read more than
    once: cache them where they are costly.
    """
    if not histories:
        return spine
    groups = plan(tuple(histories))
    width = max(len(group.slots) for group in groups)
    frames = {"declarations": declaration_facts, "outcomes": outcome_facts}
    facts = {source: frame for source, frame in frames.items() if any(group.source == source for group in groups)}
    probes = _probes(spine, groups)
    known = _known(probes, _exploded(facts, groups, width), width)
    mine = {source: frame.join(F.broadcast(spine.select("shipment_id").distinct()), "shipment_id", "left_semi") for source, frame in facts.items()}
    own = _own(probes, _exploded(mine, groups, width), width)
    rows = probes.join(known, [*_KEY, "as_of"], "left").join(own, ["shipment_id", "as_of", "g"], "left")
    sums = ", ".join(f"IF(key IS NULL, NULL, coalesce(s{place}, 0L) - coalesce(o{place}, 0L)) AS s{place}" for place in range(width))
    # Every group of a row, in order, so that a formula finds its sums by the group's number.
    gathered = rows.selectExpr("shipment_id", "as_of", f"struct(g, first_at, {sums}) AS one").groupBy("shipment_id", "as_of").agg(
        F.sort_array(F.collect_list("one")).alias("sums"))
    values = [f"{formula(history, groups)} AS {history.name}" for history in histories]
    return spine.join(gathered, ["shipment_id", "as_of"], "left").selectExpr(*spine.columns, *values)


def _probes(spine: DataFrame, groups: Groups) -> DataFrame:
    """What the spine asks: one row a shipment, as_of and group, its key NULL where a part of it is, with what is in the window."""
    keys = ", ".join(f"struct({group.number} AS g, {group.key_sql} AS key, at - {group.window_micros}L AS after)" for group in groups)
    return spine.withColumn("at", F.expr("unix_micros(as_of)")).selectExpr("shipment_id", "as_of", f"inline(array({keys}))")


def _exploded(facts: Mapping[str, DataFrame], groups: Groups, width: int) -> DataFrame:
    """Every fact as one row a group: shipment_id, at, g, key, and what it adds to each sum."""
    frames = []
    for source, frame in facts.items():
        mine = [group for group in groups if group.source == source]
        wholes = measures(groups, source)
        column = {measure: f"m{place}" for place, measure in enumerate(wholes)}
        measured = frame.where("known_at IS NOT NULL").selectExpr(
            "shipment_id", "unix_micros(known_at) AS at", *(f"{group.key_sql} AS k{group.number}" for group in mine),
            *(f"{sql} AS {column[measure]}" for measure, sql in wholes.items()))
        rows = ", ".join(_share(group, column, width) for group in mine)
        frames.append(measured.selectExpr("shipment_id", "at", f"inline(array({rows}))").where("key IS NOT NULL"))
    return reduce(DataFrame.unionByName, frames)


def _share(group: Group, column: Mapping[str, str], width: int) -> str:
    """What one fact adds to the sums of a group, filled up with zeros to the common width, as a Spark SQL struct."""
    added = [contribution(slot, column[slot.measure]) for slot in group.slots]
    named = ", ".join(f"{value} AS s{place}" for place, value in enumerate(added + ["0L"] * (width - len(added))))
    return f"struct({group.number} AS g, k{group.number} AS key, {named})"


def _known(probes: DataFrame, facts: DataFrame, width: int) -> DataFrame:
    """The sums of each group and key that a row asks for, as of each instant it is asked for."""
    asked = probes.where("key IS NOT NULL").select(*_KEY, "as_of", "after").distinct()
    # What nobody asks for need not be added up.
    wanted = facts.join(F.broadcast(asked.select(*_KEY).distinct()), list(_KEY), "left_semi")
    by_instant = wanted.groupBy(*_KEY, "at").agg(*(F.sum(f"s{place}").alias(f"s{place}") for place in range(width)))
    met = by_instant.join(asked, list(_KEY)).where(_IN_TIME)
    sums = [F.sum(f"s{place}").alias(f"s{place}") for place in range(width)]
    return met.groupBy(*_KEY, "as_of").agg(*sums, F.min("at").alias("first_at"))


def _own(probes: DataFrame, facts: DataFrame, width: int) -> DataFrame:
    """What each row's own facts put into those sums; a corrected declaration may stand under another key."""
    met = probes.join(facts, ["shipment_id", *_KEY]).where(_IN_TIME)
    return met.groupBy("shipment_id", "as_of", "g").agg(*(F.sum(f"s{place}").alias(f"o{place}") for place in range(width)))
