"""The commands `haechi lookouts …`: the watch over a landing folder, which tells officers within a minute of what they asked to be watched for."""

import time
from pathlib import Path
from typing import Annotated

import typer

from haechi import running
from haechi.output import Json, LakeOption, emit, out, say, shown
from lakehouse.errors import CallerError

app = typer.Typer(no_args_is_help=True, help="Lookouts: watch a landing folder for what officers asked for.")


@app.callback()
def _group() -> None:
    """Commands of lookouts."""


@app.command("watch")
def watch(landing: Annotated[str, typer.Option("--landing", help="Folder that feeds land in.")],
          every: Annotated[int, typer.Option("--every", min=1, max=3600, help="Seconds between two looks.")] = 15,
          once: Annotated[bool, typer.Option("--once", help="Look once and end.")] = False,
          lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Read files as they land and alert the console where a lookout is found, until Ctrl-C; the runs read them all the same."""
    from console.store.database import Database
    from console.watch import Watch

    settings, kept, folder = running.checked_settings(), running.writable_lake(lake), Path(landing)
    if not folder.is_dir():
        raise CallerError("landing.missing", f"{landing} is no folder", "Give the folder that holds <feed>/ folders as --landing.")
    database = Database.of(settings["decisions.url"], Path(kept.folder))
    database.prepare()
    looking = Watch(kept, settings, database, folder, lambda text: say(shown(text)))
    try:
        files, told = looking.look()
        if once:
            if not emit({"files": files, "alerts": told}, as_json):
                out.print(f"{files} files, {told} alerts", markup=False)
            return
        say(f"Watching {shown(landing)} every {every} s. Ctrl-C ends it.")
        while True:
            time.sleep(every)
            looking.look()
    except KeyboardInterrupt:
        say("The watch has ended.")
    finally:
        database.close()
