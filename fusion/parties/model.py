"""The linkage model: comparisons and their levels, declared; parameters shipped or estimated by Splink; pairs weighed by it."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker, SettingsCreator
from splink.internals.exceptions import EMTrainingException

from lakehouse.settings import load_yaml


@dataclass(frozen=True)
class Level:
    """One degree of agreement: SQL over both texts, `_l` and `_r`, and a label for charts; `common` names the column whose frequency weighs it."""

    sql: str
    label: str
    common: str = ""


@dataclass(frozen=True)
class Comparison:
    """What is compared: levels from the strongest on, above all else; where `missing` (SQL) it tells nothing."""

    name: str
    missing: str
    levels: tuple[Level, ...]


def _same(column: str) -> str:
    return f"{column}_l = {column}_r"


def _none(column: str) -> str:
    return f"({column}_l IS NULL OR {column}_r IS NULL)"


def _exact(column: str) -> Comparison:
    return Comparison(column, _none(column), (Level(_same(column), "same"),))


_DIGITS = "coalesce(digits_l, '') = coalesce(digits_r, '')"
_LONG = "least(length(compact_l), length(compact_r))"
COMPARISONS = (
    Comparison("name", _none("words"), (
        Level(_same("words"), "same words", "words"),
        Level(f"{_DIGITS} AND (compact_l = compact_r OR (bones_l = bones_r AND length(bones_l) >= 5))", "written otherwise, heard alike"),
        Level(f"{_DIGITS} AND {_LONG} >= 8 AND (letters_l = letters_r OR damerau_levenshtein(compact_l, compact_r) <= CASE WHEN {_LONG} >= 14 THEN 2 ELSE 1 END)", "a slip or two apart"),
        Level(f"{_DIGITS} AND greatest(jaro_winkler_similarity(words_l, words_r), jaro_winkler_similarity(compact_l, compact_r)) >= 0.93", "much alike"),
        Level(f"{_DIGITS} AND {_LONG} >= 6 AND (list_has_all(string_split(words_l, ' '), string_split(words_r, ' ')) OR list_has_all(string_split(words_r, ' '), string_split(words_l, ' ')))",
              "one within the other"),
    )),
    _exact("customs_id"),
    _exact("business_no"),
    _exact("code"),
    _exact("phone"),
    Comparison("place", f"{_none('place')} AND {_none('postcode')}", (
        Level(f"{_same('place')} AND coalesce(postcode_l, '') = coalesce(postcode_r, '')", "same address"),
        Level(f"{_same('postcode')} AND jaro_winkler_similarity(coalesce(place_l, ''), coalesce(place_r, '')) >= 0.9", "same postcode, much the same address"),
        Level(f"{_same('postcode')}", "same postcode"),
        Level("jaro_winkler_similarity(place_l, place_r) >= 0.95", "much the same address"),
    )),
    _exact("country"),
)
LEVELS = tuple(f"{one.name}_level" for one in COMPARISONS)
# Pairs among which the parameters are estimated: what agrees in one thing leaves the others to be told.
_TRAINED_ON = ("l.words = r.words", "l.phone = r.phone", "l.customs_id = r.customs_id", "l.code = r.code")
_SEED, _SAMPLED = 1, 2e6
# What tells a text's party from others.
OWN = "coalesce(customs_id, business_no, code)"
# How many bear a name at the least: one party has one identifier of a kind.
BEARERS = "greatest(count(DISTINCT customs_id), count(DISTINCT business_no), count(DISTINCT code))"


def settings(parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The model as Splink takes it, with the parameters of a generation where they are given."""
    kept = (parameters or {}).get("comparisons", {})
    return {
        "link_type": "dedupe_only", "unique_id_column_name": "text_id", "retain_matching_columns": True, "retain_intermediate_calculation_columns": False,
        "probability_two_random_records_match": (parameters or {}).get("prior", 1e-5), "blocking_rules_to_generate_predictions": ["l.words = r.words"],
        "comparisons": [_comparison(one, kept.get(one.name)) for one in COMPARISONS],
    }


def _comparison(declared: Comparison, kept: Sequence[Mapping[str, float]] | None) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [{"sql_condition": declared.missing, "label_for_charts": "not told", "is_null_level": True}]
    for place, level in enumerate((*declared.levels, Level("ELSE", "different"))):
        made: dict[str, Any] = {"sql_condition": level.sql, "label_for_charts": level.label}
        if level.common:
            made |= {"tf_adjustment_column": level.common, "tf_adjustment_weight": 1.0, "tf_minimum_u_value": 1e-6}
        if kept:
            made |= {f"{name}_probability": value for name, value in kept[place].items() if value is not None}
        levels.append(made)
    return {"output_column_name": declared.name, "comparison_levels": levels}


def shipped() -> dict[str, Any]:
    """The parameters that come with Haechi, estimated on simulated worlds."""
    kept: dict[str, Any] = load_yaml("party_model.yaml")
    return kept


def _linker(connection: duckdb.DuckDBPyConnection, texts: str, parameters: Mapping[str, Any] | None) -> Linker:
    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI(connection)
    return Linker(api.register(texts), SettingsCreator.from_path_or_dict(settings(parameters)), log_level=None, validate_settings=False)


def weigh(connection: duckdb.DuckDBPyConnection, texts: str, pairs: str, frequencies: str, parameters: Mapping[str, Any], least: float) -> str:
    """Weigh pairs (one, other) of texts; the table of those of at least a match weight: one, other, weight, and the level of each comparison.

    `frequencies` is the table words, tf_words of names that are common.
    """
    linker = _linker(connection, texts, parameters)
    api = linker._db_api
    connection.execute(f"CREATE OR REPLACE TEMP TABLE blocked AS SELECT '0' AS match_key, one AS join_key_l, other AS join_key_r FROM {pairs}").fetchall()
    linker.table_management.register_blocked_pairs_for_predict(api.register("blocked"))
    linker.table_management.register_term_frequency_lookup(api.register(frequencies), "words")
    found = linker.inference.predict(threshold_match_weight=least, warning_mode="never").physical_name
    connection.execute(f"CREATE OR REPLACE TEMP TABLE weighed AS SELECT text_id_l AS one, text_id_r AS other, match_weight AS weight, "
                       f"{', '.join(f'gamma_{one.name} AS {one.name}_level' for one in COMPARISONS)} FROM {found}").fetchall()
    connection.execute(f"DROP TABLE {found}").fetchall()
    return "weighed"


def estimate(connection: duckdb.DuckDBPyConnection, texts: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parameters estimated on texts, u by random sampling and m by expectation maximisation; and the charts of them, by name.

    Pairs drawn at random have to be of strangers: u is estimated on one text of each identifier, for texts of one party are many.
    """
    connection.execute(f"CREATE OR REPLACE TEMP TABLE strangers AS SELECT * FROM {texts} WHERE {OWN} IS NOT NULL QUALIFY row_number() OVER (PARTITION BY {OWN} ORDER BY text_id) = 1").fetchall()
    apart = _linker(connection, "strangers", None)
    apart.training.estimate_u_using_random_sampling(max_pairs=_SAMPLED, seed=_SEED)
    unlike = _levels(apart)
    [[prior]] = connection.sql(f"""
        WITH n AS (SELECT count(*) AS many FROM {texts} WHERE {OWN} IS NOT NULL GROUP BY {OWN})
        SELECT greatest(sum(many * (many - 1)) / greatest(sum(many) * (sum(many) - 1), 1), 1e-7) FROM n""").fetchall()
    linker = _linker(connection, texts, {"prior": prior, "comparisons": {name: [{"u": level["u"]} for level in levels] for name, levels in unlike.items()}})
    for rule in _TRAINED_ON:
        # Nothing is learned from what no two texts share.
        with suppress(EMTrainingException):
            linker.training.estimate_parameters_using_expectation_maximisation(rule, estimate_without_term_frequencies=True)
    charts: dict[str, Any] = {"match_weights": linker.visualisations.match_weights_chart(), "m_u_parameters": linker.visualisations.m_u_parameters_chart()}
    told = {name: [{"m": _kept(level["m"], 1e-3), "u": _kept(unlike[name][place]["u"], 1e-6)} for place, level in enumerate(levels)] for name, levels in _levels(linker).items()}
    return {"prior": prior, "comparisons": told}, {name: dict(chart.chart_dict) for name, chart in charts.items()}


def _levels(linker: Linker) -> dict[str, list[dict[str, Any]]]:
    """The probabilities of each level of each comparison, the one of what is not told aside."""
    return {one["output_column_name"]: [{"m": level.get("m_probability"), "u": level.get("u_probability")} for level in one["comparison_levels"] if not level.get("is_null_level")]
            for one in linker.misc.save_model_to_json()["comparisons"]}


def _kept(probability: Any, least: float) -> float:
    """A probability that leaves a weight in reason: what was never seen is rare, not impossible."""
    return min(max(round(float(probability), 7), least), 1 - least) if isinstance(probability, int | float) else least
