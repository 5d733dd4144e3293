"""What commands that run the walk share: settings, session, progress, and the keys they refuse to go without."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

from pyspark.sql import SparkSession

from haechi.output import err, say
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.settings import Settings, load_settings

_SLOW_IMPORTS = ("great_expectations", "lightgbm", "mlflow")


def checked_settings() -> Settings:
    """The settings; one warning in the development profile, a refusal of any other without its keys."""
    settings = load_settings()
    if settings["profile"] == "development":
        say("Profile development: pseudonyms and vault use public keys. Set HAECHI_PROFILE, HAECHI_PSEUDONYM_KEY and HAECHI_VAULT_KEY for real data.")
    elif not settings["pseudonym.key"]:
        raise CallerError("pseudonym.key", f"Profile {settings['profile']} has no pseudonym key", "Set HAECHI_PSEUDONYM_KEY.")
    elif not settings["vault.key"]:
        raise CallerError("vault.key", f"Profile {settings['profile']} has no vault key", "Set HAECHI_VAULT_KEY.")
    return settings


def writable_lake(root: str) -> Lake:
    """The lake to write to; CallerError where its folder cannot be made."""
    lake = Lake(root)
    if "://" not in root:
        try:
            lake.folder.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise CallerError("lake.unwritable", f"{root} cannot be written: {fault.strerror}", "Give a folder you may write as --lake.") from None
    return lake


def readable_lake(root: str) -> Lake:
    """The lake to read from; CallerError where there is none."""
    lake = Lake(root)
    if "://" not in root and not Path(root).is_dir():
        raise CallerError("lake.missing", f"{root} is no lake", "Run haechi demo, or give --lake.")
    return lake


def landing_folder(landing: str) -> Path:
    """The landing folder; CallerError where there is none."""
    path = Path(landing)
    if not path.is_dir():
        raise CallerError("landing.missing", f"{landing} is no folder", "Give the folder that holds <feed>/ folders as --landing.")
    return path


def walk(lake: Lake, settings: Settings, is_long: bool = False) -> Any:
    """A walk on the lake that shows its progress, of many nights where told; Spark starts at once, beside what Python has to import."""
    starting = ThreadPoolExecutor(1).submit(spark_of(settings, is_long))
    from jobs.walk import Walk

    return Walk(starting.result, lake, settings, say, show_progress, lambda landing: bring_in_decisions(lake, settings, landing))


def bring_in_decisions(lake: Lake, settings: Settings, landing: Path | None) -> None:
    """What officers decided and found since the last run, where there is a console at all."""
    if settings["decisions.url"] or (lake.folder / "decisions.db").exists():
        from console.export import export

        told = export(lake, settings, landing)
        if told.decisions or told.outcomes:
            say(f"From the console: {told.decisions} decisions, {told.outcomes} outcomes")


def spark_of(settings: Settings, is_long: bool = False) -> Callable[[], SparkSession]:
    """Start Spark when asked."""
    def start() -> SparkSession:
        from lakehouse.session import start_session

        # Python waits while the JVM starts: time enough for the imports that later steps ask for.
        Thread(target=lambda: [import_module(name) for name in _SLOW_IMPORTS], daemon=True).start()
        return start_session(settings, is_long=is_long)

    return start


def show_progress(stage: str, done: int, total: int) -> None:
    """The step under way, redrawn on a terminal, silent elsewhere."""
    if sys.stderr.isatty():
        err.print(f"  {done + 1:2}/{total} {stage:<12}", end="\r", markup=False)
