"""Promotion: the gate between challenger and champion, a second person's approval, and the way back; each kept on record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pyspark.sql import SparkSession

from features.catalogue import FEATURES
from jobs import cards
from jobs.context import beside_nights
from jobs.later import compared, weeks
from jobs.lease import lease
from jobs.manifest import Publication, require_published
from jobs.train import registry_of
from lakehouse.clock import end_of, now
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.settings import Settings
from models.bundle import Bundle
from models.gate import PROMOTE, Rules, judge
from models.prior import VERSION, prior_bundle
from models.registry import CHALLENGER, CHAMPION, Registry

_NAMES = [feature.name for feature in FEATURES]
_SPARK = Callable[[Settings], Callable[[], SparkSession]]


@dataclass(frozen=True)
class Who:
    """Who asks, under which account of the system, and why."""

    by: str
    account: str
    why: str = ""

    def told(self) -> dict[str, str]:
        """As a record keeps it."""
        return {"by": self.by, "account": self.account, "why": self.why, "at": now().isoformat()}


def promote(lake: Lake, settings: Settings, spark_of: _SPARK, say: Callable[[str], None], who: Who, version: str = "",
            is_dry: bool = False) -> dict[str, Any]:
    """Judge the challenger, or the version named, and move the alias where it is better; the record."""
    published = require_published(lake)
    registry = registry_of(lake, settings)
    challenger = version or registry.holder(CHALLENGER)
    if challenger is None:
        raise CallerError("promote.none", "No challenger waits for the gate", "Train one: haechi train.")
    champion = registry.holder(CHAMPION)
    if challenger == champion:
        raise CallerError("promote.champion", f"{challenger} is the champion", "Name a challenger: haechi list models.")
    if is_dry:
        return _judged(lake, settings, spark_of, say, published, registry, champion, challenger) | who.told() | {"is_dry_run": True}
    with lease(lake.folder, "promote"):
        record = _judged(lake, settings, spark_of, say, published, registry, champion, challenger) | who.told() | {"is_dry_run": False}
        if record["decision"] == "promoted" and settings["promote.second_person"]:
            record["decision"] = "waiting"
        registry.record(challenger, record)
        if record["decision"] == "promoted":
            registry.promote(challenger)
        cards.keep(lake, settings)
    return record


def approve(lake: Lake, settings: Settings, who: Who, version: str = "") -> dict[str, Any]:
    """Promote what the gate let through and a first person asked for; CallerError where nothing waits or it is the same person."""
    registry = registry_of(lake, settings)
    with lease(lake.folder, "promote"):
        challenger, champion = version or registry.holder(CHALLENGER), registry.holder(CHAMPION)
        last = next((told for told in reversed(registry.records()) if told["version"] == challenger), None)
        if last is None or last["decision"] != "waiting":
            raise CallerError("promote.nothing_waits", "No promotion waits for approval", "Ask for one first: haechi promote --by NAME.")
        if last["champion"] != (champion or VERSION):
            raise CallerError("promote.outdated", f"It was compared with {last['champion']}, the champion is {champion or VERSION} now",
                              "Compare again: haechi promote.")
        # Whoever leaves --by out goes by the account, under which the first person may have given a name.
        if _same(who.by, last["by"]) or _same(who.by, last["account"]):
            raise CallerError("promote.same_person", f"{last['by']} asked for it and cannot approve it", "Let another person approve: --by NAME.")
        asked = {name: last[name] for name in ("by", "account", "why", "at")}
        record = {name: value for name, value in last.items() if name != "version"} | who.told() | {"decision": "promoted", "asked": asked}
        registry.record(str(challenger), record)
        registry.promote(str(challenger))
        cards.keep(lake, settings)
    return record


def roll_back(lake: Lake, settings: Settings, who: Who) -> dict[str, Any]:
    """Make the former champion the champion again; the record, kept with the version withdrawn."""
    registry = registry_of(lake, settings)
    if registry.is_empty:
        raise CallerError("promote.no_former", "There is no former champion to go back to", "See: haechi list models.")
    with lease(lake.folder, "rollback"):
        withdrawn, restored = registry.roll_back()
        record = {"decision": "rolled_back", "champion": restored, "challenger": withdrawn, **who.told()}
        registry.record(withdrawn, record)
        cards.keep(lake, settings)
    return record


def kept(lake: Lake, settings: Settings, version: str = "") -> dict[str, Any]:
    """Every record, or those of one version, oldest first."""
    records = registry_of(lake, settings).records()
    return {"records": sorted((told for told in records if version in ("", told["version"])), key=lambda told: told["at"])}


def trained_until(model: Mapping[str, Any]) -> datetime:
    """What a registered model could have learned from reaches to here."""
    return datetime.fromisoformat(model["as_of"]) if model["as_of"] else end_of(date.fromisoformat(model["business_date"]))


def rules(settings: Settings) -> Rules:
    """What the gate asks for, as it is set."""
    return Rules(settings["promote.outcomes_needed"], settings["promote.violations_needed"], settings["promote.cell_violations"],
                 settings["promote.random_violations"], settings["promote.certainty"])


def bundle_of(registry: Registry, version: str | None) -> Bundle:
    """A registered model, or the declared prior where none is named."""
    return registry.load(version, _NAMES) if version else prior_bundle(FEATURES)


def _judged(lake: Lake, settings: Settings, spark_of: _SPARK, say: Callable[[str], None], published: Publication, registry: Registry,
            champion: str | None, challenger: str) -> dict[str, Any]:
    models = {model["version"]: model for model in registry.models()}
    bundles = [bundle_of(registry, version) for version in (champion, challenger)]
    since = max(trained_until(models[version]) for version in (champion, challenger) if version)
    run = beside_nights(published, spark_of(settings)(), lake, settings, "promote", say)
    found = weeks(run, since)
    say(f"{challenger} against {champion or VERSION}: {found.rows.num_rows} outcomes of {found.nights} nights since {since:%Y-%m-%d %H:%M}")
    later, is_weighted = compared(found, *bundles)
    judged = judge(later, rules(settings), settings["train.seed"])
    return judged | {
        "decision": "promoted" if judged["decision"] == PROMOTE else "refused", "champion": champion or VERSION, "challenger": challenger,
        "since": since.isoformat(), "until": published.at.isoformat(), "nights": found.nights, "capacity": found.capacity,
        "is_weighted": is_weighted}


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
