"""Commands that change a lake: simulate, ingest, nightly, refresh, train, demo."""

import shutil
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from haechi import running
from haechi.output import Json, LakeOption, emit, grid, out, say
from lakehouse.clock import days_between, now, parse_date, parse_instant
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.settings import load_settings

Landing = Annotated[str, typer.Option("--landing", help="Folder where senders land files.")]


def simulate(
    out_: Annotated[Path, typer.Option("--out", help="Folder to write; it must not exist.")],
    shipments: Annotated[int | None, typer.Option(min=1, help="Shipments of the world; the scenario's unless given.")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="Days of the world; the scenario's unless given.")] = None,
    seed: Annotated[int, typer.Option(help="Seed; the same seed gives the same bytes.")] = 1,
    scenario: Annotated[str, typer.Option("--scenario", help="A shipped scenario by name, or a YAML file.")] = "calm",
    force: Annotated[bool, typer.Option("--force", help="Replace a world that is there.")] = False,
    as_json: Json = False,
) -> None:
    """Write feed files of a simulated world, and its truth, which the pipeline never reads."""
    from simulation.scenario import load_scenario, require_possible
    from simulation.world import simulate as write_world

    told = load_scenario(scenario)
    many = shipments or told.shipments
    require_possible(many, days or told.days)
    if out_.exists() and any(out_.iterdir() if out_.is_dir() else [out_]):
        if not force:
            raise CallerError("simulate.exists", f"{out_} exists", "Give another --out, or --force to replace it.")
        # What is removed by mistake does not come back.
        if not out_.joinpath("truth").is_dir():
            raise CallerError("simulate.no_world", f"{out_} holds no simulated world", "Give another --out: --force replaces worlds alone.")
        shutil.rmtree(out_)
    counts = write_world(out_, many, days or told.days, seed, spark=_spark_for(many), scenario=told)
    if not emit({"out": str(out_), "records": counts}, as_json):
        grid(f"World in {out_}", ("feed", "records"), list(counts.items()))


def _spark_for(shipments: int) -> Any:
    """A session where a world has lots enough to share out."""
    from simulation.lots import SHIPMENTS_A_LOT

    return running.spark_of(load_settings(), is_long=True)() if shipments > SHIPMENTS_A_LOT else None


def ingest(
    feeds: Annotated[list[str] | None, typer.Argument(help="Feeds to take; none means all.")] = None,
    landing: Landing = "./landing",
    lake: LakeOption = "./lake",
    as_json: Json = False,
) -> None:
    """Bring landed files in: landing to bronze, silver and quarantine."""
    from feeds.registry import feed_named

    names = tuple(feed_named(name).name for name in feeds or ())
    settings, folder = running.checked_settings(), running.landing_folder(landing)
    counts = running.walk(running.writable_lake(lake), settings).ingest(folder, names)
    balanced = all(c["records_in"] == c["accepted"] + c["quarantined"] + c["duplicate"] for c in counts.values())
    if not emit({"feeds": counts, "balanced": balanced}, as_json):
        heads = ("files", "records_in", "accepted", "quarantined", "duplicate")
        grid("", ("feed", *heads), [(name, *(c[h] for h in heads)) for name, c in counts.items()])
        out.print("Nothing new." if not any(c["files"] for c in counts.values()) else f"Balanced: {balanced}")


def nightly(
    date_: Annotated[str | None, typer.Option("--date", help="The night, YYYY-MM-DD: what was known by its end.")] = None,
    from_: Annotated[str | None, typer.Option("--from", help="First night of a backfill.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="Last night of a backfill.")] = None,
    score_from: Annotated[str | None, typer.Option("--score-from", help="Take the nights before it in one pass without scoring.")] = None,
    landing: Landing = "./landing",
    lake: LakeOption = "./lake",
    as_json: Json = False,
) -> None:
    """Run the whole night; run again it changes nothing, killed it resumes."""
    if (date_ is None) == (from_ is None or to is None):
        raise CallerError("nightly.dates", "A night needs --date, or --from and --to", "For example: haechi nightly --date 2026-06-30")
    settings, target = running.checked_settings(), running.writable_lake(lake)
    if date_ is not None:
        said = _night(target, settings, parse_date(date_), landing)
        if not emit(said, as_json):
            _show_night(said)
        return
    days = days_between(parse_date(str(from_)), parse_date(str(to)))
    nights = backfill(target, settings, days, parse_date(score_from) if score_from else days[0], landing)
    if not emit({"nights": nights}, as_json):
        for said in nights:
            _show_night(said)


def backfill(lake: Lake, settings: Any, days: list[date], score_from: date, landing: str) -> list[dict[str, Any]]:
    """The nights before `score_from` in one pass without scoring, the rest one by one."""
    from jobs.manifest import latest

    history = [day for day in days if day < score_from]
    published = latest(lake)
    if history and (published is None or published.business_date < str(history[-1])):
        say(f"History to {history[-1]} in one pass")
        began = time.monotonic()
        running.walk(lake, settings, is_long=True).night(history[-1], running.landing_folder(landing), "history")
        say(f"History to {history[-1]}: {time.monotonic() - began:.0f} s")
    return [_night(lake, settings, day, landing, is_long=True) for day in days if day >= score_from]


def _night(lake: Lake, settings: Any, day: date, landing: str, is_long: bool = False) -> dict[str, Any]:
    from jobs.manifest import published_night

    began = time.monotonic()
    if (done := published_night(lake, day)) is not None:
        return spoken(done, "already_done")
    publication, status = running.walk(lake, settings, is_long).night(day, running.landing_folder(landing))
    say(f"Night {day}: {status} in {time.monotonic() - began:.0f} s")
    return spoken(publication, status)


def spoken(publication: Any, status: str) -> dict[str, Any]:
    """A publication as `nightly --json` tells it."""
    return {"date": publication.business_date, "run_id": publication.run_id, "status": status, "stages": publication.stages,
            "published": publication.versions, "content_hash": publication.content_hash, **publication.summary}


def _show_night(said: dict[str, Any]) -> None:
    grid(f"Night {said['date']} — {said['status']}", ("stage", "rows in", "rows out", "seconds"),
         [(s["name"], s["rows_in"], s["rows_out"], s["seconds"]) for s in said["stages"]])
    show_headline(said)


def show_headline(said: dict[str, Any]) -> None:
    """The share of shipments scored before release, by kind."""
    for kind, share in (said.get("scored_before_release") or {}).items():
        out.print(f"Scored before release, {kind}: {share['share']:.1%} ({share['scored_before']} of {share['released']} released)")
    if said.get("model"):
        out.print(f"Model: {said['model']}")


def refresh(
    as_of: Annotated[str | None, typer.Option("--as-of", help="The instant to know up to; now unless given.")] = None,
    landing: Landing = "./landing",
    lake: LakeOption = "./lake",
    as_json: Json = False,
) -> None:
    """The same walk within the day over what has landed since, without training."""
    settings = running.checked_settings()
    moment = parse_instant(as_of) if as_of else now()
    publication, status = running.walk(running.writable_lake(lake), settings).refresh(moment, running.landing_folder(landing))
    said = spoken(publication, status)
    if not emit(said, as_json):
        _show_night(said)


def train(lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Train a challenger on the outcomes known by the last published run."""
    from jobs.training import train_challenger

    trained = train_challenger(running.readable_lake(lake), running.checked_settings(), running.spark_of, say)
    if not emit(trained, as_json):
        grid(f"{trained['model_version']} — {trained['alias']}", ("metric", "value"),
             [(name, f"{value:.4g}") for name, value in trained["metrics"].items() if isinstance(value, int | float)])


def demo(
    shipments: Annotated[int, typer.Option(min=200, help="Shipments of the world.")] = 20_000,
    days: Annotated[int, typer.Option(min=8, help="Days of the world.")] = 60,
    seed: Annotated[int, typer.Option(help="Seed of the world.")] = 1,
    nights: Annotated[int, typer.Option(min=1, help="Nights at the end that are run one by one.")] = 5,
    scenario: Annotated[str, typer.Option("--scenario", help="A shipped scenario by name, or a YAML file.")] = "calm",
    lake: LakeOption = "./lake",
    opens: Annotated[bool, typer.Option("--console", help="On a terminal, open the console on the lake afterwards, with sample accounts.")] = False,
    as_json: Json = False,
) -> None:
    """Simulate a world, land it, run its nights, and leave a lake to look at."""
    from haechi.console import serve
    from jobs.manifest import latest
    from simulation.scenario import load_scenario
    from simulation.world import simulate as write_world

    world = load_scenario(scenario)
    settings, target = running.checked_settings(), running.writable_lake(lake)
    opens = opens and sys.stdout.isatty() and not as_json
    if latest(target) is not None:
        if opens:
            say(f"{lake} holds a demonstration already")
            return serve(target, settings, has_samples=True)
        raise CallerError("demo.exists", f"{lake} already holds published runs", "Give another --lake, or remove it first.")
    began, landing = time.monotonic(), target.folder / "landing"
    shutil.rmtree(landing, ignore_errors=True)
    say(f"A world of {shipments} shipments over {days} days, seed {seed}")
    counts = write_world(landing, shipments, days, seed, spark=_spark_for(shipments), scenario=world)
    say(f"Landed {sum(counts.values())} records in {time.monotonic() - began:.0f} s")
    dates = sorted({date.fromisoformat(p.name[:10]) for p in landing.iterdir() if p.name[:1] == "2"})
    told = backfill(target, settings, days_between(dates[0], dates[-1]), dates[-1] - timedelta(days=nights - 1), str(landing))
    seconds = round(time.monotonic() - began, 1)
    payload = {"lake": lake, "landing": str(landing), "records": counts, "seconds": seconds, "nights": told,
               "scored_before_release": told[-1].get("scored_before_release", {})}
    if not emit(payload, as_json):
        _show_night(told[-1])
        out.print(f"Done in {seconds:.0f} s. Look further with:\n  haechi score --lake {lake}\n  haechi explain ID --lang ko --lake {lake}\n"
                  f"  haechi sql \"SELECT lane, count(*) FROM gold.score GROUP BY lane\" --lake {lake}", markup=False)
    if opens:
        serve(target, settings, has_samples=True)
