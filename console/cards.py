"""Models as the analyst reads them: cards from what the registry keeps, outcomes and drift from the published night."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import sqrt
from typing import Any

from console.serving import Served
from features.catalogue import BY_NAME
from jobs.manifest import Publication
from jobs.serving_models import EDGES
from lakehouse.text import Text
from models.prior import VERSION
from models.versions import CHALLENGER, CHAMPION

# How far from the share found a bin of few outcomes may lie by chance: a 95 % interval.
_Z = 1.96


@dataclass(frozen=True)
class Card:
    """One registered model: its place, what it learned from, and how it did on the outcomes held out from its training."""

    version: str
    aliases: tuple[str, ...]
    as_of: str
    rows: int
    violations: int
    configuration: str
    measured: Mapping[str, float]
    gate: Mapping[str, Any] | None

    def at(self, measure: str, percent: int, of: str = "") -> float | None:
        """Precision, recall or revenue recall of the first k % held out; `best` of whoever had known the outcomes."""
        return self.measured.get(f"{of}{measure}_at.{percent}")

    def lift(self, percent: int) -> float | None:
        """How many times the violations that as many shipments drawn by lot would hold."""
        found, base = self.at("precision", percent), self.measured.get("base_rate")
        return found / base if found is not None and base else None

    def beside(self, measure: str) -> float | None:
        """The model less the declared prior on the rows held out; None where they were not compared."""
        return self.measured.get(f"beside_prior.{VERSION}.{measure}.difference")


@dataclass(frozen=True)
class Bin:
    """Outcomes of shipments scored within one span of probability: what was expected, what was found, and how sure that is."""

    low: float
    high: float
    inspected: int
    violations: int
    expected: float

    @property
    def found(self) -> float:
        """The share with a violation."""
        return self.violations / self.inspected

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the share found."""
        n, share = self.inspected, self.found
        middle, spread = share + _Z**2 / (2 * n), _Z * sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
        return max(0.0, (middle - spread) / (1 + _Z**2 / n)), min(1.0, (middle + spread) / (1 + _Z**2 / n))

    @property
    def is_off(self) -> bool:
        """Whether what was expected lies outside what chance explains."""
        low, high = self.interval
        return not low <= self.expected <= high


@dataclass(frozen=True)
class Drift:
    """What differs from the shipments the model met first: tonight's rows, the gravest first, and how it went night by night."""

    rows: list[dict[str, Any]]
    nights: list[dict[str, Any]]
    compared: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def is_compared(self) -> bool:
        """Whether tonight was compared: a model's first night has met only inspected shipments, what is over the limit then is no drift."""
        return bool(self.rows) and not any(row["value"] > row["threshold"] and not row["is_drifting"] for row in self.rows)

    @property
    def drifting(self) -> list[dict[str, Any]]:
        """Tonight's that are over their limit."""
        return [row for row in self.rows if row["is_drifting"]]


def cards(kept: Mapping[str, Any] | None) -> list[Card]:
    """The registered models, newest first."""
    return [Card(model["version"], tuple(model["aliases"]), model["as_of"] or model["business_date"] or "", int(model.get("rows") or 0),
                 int(model.get("violations") or 0), model["configuration"] or "", model["metrics"], model["gate"])
            for model in (kept or {}).get("models", ())]


def holder(models: Sequence[Card], alias: str) -> Card | None:
    """The model that holds an alias."""
    return next((card for card in models if alias in card.aliases), None)


def records(kept: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """What was decided about any model, newest first."""
    return sorted((kept or {}).get("records", ()), key=lambda one: datetime.fromisoformat(one["at"]), reverse=True)


def standing(models: Sequence[Card], decided: Sequence[Mapping[str, Any]]) -> tuple[str, Mapping[str, Any] | None]:
    """Where the challenger stands: none, new (never judged), waiting, refused or held_back; and the record that says so."""
    challenger, champion = holder(models, CHALLENGER), holder(models, CHAMPION)
    if challenger is None:
        return "none", None
    last = next((one for one in decided if one["version"] == challenger.version), None)
    if last is None or last["decision"] not in ("waiting", "refused", "held_back"):
        return "new", last
    # What was compared with a champion of before says nothing of today's.
    is_outdated = last["decision"] == "waiting" and last["champion"] != (champion.version if champion else VERSION)
    return ("new" if is_outdated else str(last["decision"])), last


def since(published: Sequence[Publication], version: str) -> tuple[Publication | None, int]:
    """The first publication of the unbroken time that a model ranks, and how many it has ranked."""
    first, nights = None, 0
    for publication in reversed(published):
        ranked = publication.summary.get("model")
        if ranked == version:
            first, nights = publication, nights + 1
        elif ranked:
            break
    return first, nights


def ranking(served: Served) -> str:
    """The version that scored the published night."""
    row = served.first("SELECT model_version, count(*) AS n FROM scored WHERE is_tonight GROUP BY 1 ORDER BY n DESC LIMIT 1")
    return str(served.publication.summary.get("model") or (row["model_version"] if row else ""))


def bins(served: Served, version: str) -> list[Bin]:
    """How the probabilities a model gave stood up to what inspections found."""
    uppers = dict(zip(EDGES, (*EDGES[1:], 1.0), strict=True))
    return [Bin(float(row["low"]), uppers[float(row["low"])], int(row["inspected"]), int(row["violations"]), float(row["expected"]))
            for row in served.rows("SELECT * FROM tested WHERE model_version = ? ORDER BY low", [version])]


def found(served: Served) -> list[dict[str, Any]]:
    """What inspections found by what had asked for them, the most inspections first."""
    return served.rows("SELECT *, violations / inspected AS share FROM found ORDER BY inspected DESC, selected_by")


def weights(served: Served) -> list[tuple[Text, dict[str, Any]]]:
    """What moves tonight's scores most, in words."""
    return [(BY_NAME[row["feature"]].text if row["feature"] in BY_NAME else Text(row["feature"], row["feature"]), row)
            for row in served.rows("SELECT * FROM weight ORDER BY weight DESC, feature")]


def drift(served: Served) -> Drift:
    """Drift of the newest night that was compared, and of those before it."""
    rows = served.rows("""SELECT *, value / nullif(threshold, 0) AS ratio FROM drift WHERE business_date = (SELECT max(business_date) FROM drift)
        ORDER BY is_drifting DESC, segment <> 'all', CASE kind WHEN 'score' THEN 0 WHEN 'outcome' THEN 1 WHEN 'feed' THEN 2 ELSE 3 END, ratio DESC""")
    nights = served.rows("""SELECT business_date,
        count(*) FILTER (kind = 'input') AS inputs, count(*) FILTER (kind = 'input' AND is_drifting) AS drifting,
        max(value) FILTER (kind = 'score') AS score, max(threshold) FILTER (kind = 'score') AS score_limit
        FROM drift WHERE segment = 'all' GROUP BY 1 HAVING count(*) FILTER (kind = 'input') > 0
        AND NOT bool_or(value > threshold AND NOT is_drifting) ORDER BY 1""")
    compared: dict[str, tuple[int, int]] = {}
    for row in rows:
        if row["segment"] == "all":
            over, of = compared.get(row["kind"], (0, 0))
            compared[row["kind"]] = over + bool(row["is_drifting"]), of + 1
    return Drift(rows, nights, compared)
