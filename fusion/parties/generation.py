"""Generations: parameters, thresholds and frequencies of the linkage, frozen until the next."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fusion.parties.blocking import hashed
from fusion.parties.model import BEARERS, OWN, estimate, shipped
from fusion.parties.store import Store
from fusion.party_tables import PARTY_FREQUENCY, PARTY_GENERATION
from lakehouse.settings import Settings


@dataclass(frozen=True)
class Generation:
    """What texts are linked by."""

    number: int
    parameters: Mapping[str, Any]
    link_weight: float
    merge_weight: float


@dataclass(frozen=True)
class Estimated:
    """What was estimated, for people: the generation, and by name its parameters and charts."""

    number: int
    told: Mapping[str, Mapping[str, Any]]


def current(store: Store) -> Generation | None:
    """The generation in force; None where nothing was linked yet."""
    rows = store.arrow(f"SELECT * FROM {store.newest(PARTY_GENERATION)} ORDER BY generation DESC LIMIT 1").to_pylist()
    return Generation(rows[0]["generation"], json.loads(rows[0]["parameters"]), rows[0]["link_weight"], rows[0]["merge_weight"]) if rows else None


def in_force(store: Store, settings: Settings, texts: str) -> tuple[Generation, Estimated | None]:
    """The generation to link new texts by: the one held; the first one, or one estimated where the first large batch has come."""
    held = current(store)
    is_estimated = held is not None and store.one("SELECT count(*) FROM party_generation WHERE origin <> 'shipped'") > 0
    is_enough = enough(store, settings, texts)
    if held and (is_estimated or not is_enough):
        return held, None
    return begin(store, settings, texts, "estimated" if is_enough else "shipped")


def enough(store: Store, settings: Settings, texts: str) -> bool:
    """Whether texts are enough to estimate from: those that tell who they are of, for others teach nothing of strangers."""
    return bool(store.one(f"SELECT count(*) FROM {texts} WHERE {OWN} IS NOT NULL") >= settings["parties.estimate_from"])


def begin(store: Store, settings: Settings, texts: str, origin: str) -> tuple[Generation, Estimated | None]:
    """Freeze a new generation on texts: shipped parameters, or estimated ones with frequencies."""
    held = current(store)
    number = held.number + 1 if held else 1
    parameters, charts = (shipped(), {}) if origin == "shipped" else estimate(store.connection, texts)
    made = Generation(number, parameters, float(settings["parties.link_weight"]), float(settings["parties.merge_weight"]))
    many = store.count(texts)
    store.lake.append_rows([{"generation": number, "origin": origin, "parameters": json.dumps(parameters, sort_keys=True), "link_weight": made.link_weight,
                             "merge_weight": made.merge_weight, "texts": many, "known_at": store.as_of}], PARTY_GENERATION)
    # A name is common where many bear it, not where one is named often.
    is_frozen = origin != "shipped"
    store.table("frozen", f"""SELECT {number} AS generation, 'words' AS part, {hashed('words')} AS value, bearers / (SELECT count(DISTINCT {OWN}) FROM {texts}) AS frequency
        FROM (SELECT words, {BEARERS} AS bearers FROM {texts} WHERE words IS NOT NULL GROUP BY words HAVING bearers > 1) WHERE {is_frozen}""")
    if is_frozen:
        store.append("SELECT * FROM frozen", PARTY_FREQUENCY)
    return made, Estimated(number, {"parameters": parameters, **charts}) if charts else None


def frequencies(store: Store, generation: Generation, texts: str) -> str:
    """The table words, tf_words of the words of texts that are frozen as common, in a generation."""
    known = f"SELECT value, frequency FROM party_frequency WHERE generation = {generation.number}"
    if store.one("SELECT count(*) FROM information_schema.tables WHERE table_name = 'frozen'"):
        known += f" UNION SELECT value, frequency FROM frozen WHERE generation = {generation.number}"
    store.table("common", f"SELECT t.words, max(k.frequency) AS tf_words FROM (SELECT DISTINCT words FROM {texts} WHERE words IS NOT NULL) t JOIN ({known}) k ON k.value = {hashed('t.words')} GROUP BY 1")
    return "common"
