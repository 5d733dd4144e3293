"""Step 1, ingest: landing files to bronze."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from feeds.bronze import bring_in, new_files
from feeds.landing import survey
from feeds.pseudonym import pseudonym_key
from feeds.registry import BY_NAME
from feeds.vault.store import VaultAccess, prepare
from jobs.context import Counts, Run
from lakehouse.session import compile_queries

# Feeds are read side by side: small ones leave a core idle otherwise.
SIDE_BY_SIDE = 3
# From about here on, compiling a run's queries costs less than interpreting them.
_LARGE_BYTES = 30_000_000


def run(run: Run) -> Counts:
    """Take every file known by now that was not taken before."""
    if run.landing is None:
        return Counts()
    published = run.previous.at if run.previous and run.kind != "ingest" else None
    found = survey(run.landing, run.feeds or BY_NAME, run.as_of, run.as_of, pseudonym_key(run.settings), published)
    for folder in found.ignored:
        run.say(f"{folder}: no feed of that name, not read")
    files = new_files(run.lake, found.files)
    late = sum(1 for file in files if file.finding)
    if late:
        run.say(f"{late} files came late for a published day and are known now")
    if sum(Path(file.path).stat().st_size for file in files) > _LARGE_BYTES:
        compile_queries(run.spark, True)
    by_feed = {name: [f for f in files if f.feed == name] for name in BY_NAME}
    taken = [name for name, landed in by_feed.items() if landed]
    vault = VaultAccess.of(run.settings, run.lake.folder)
    if taken:
        prepare(vault)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        list(pool.map(lambda name: bring_in(run.spark, run.lake, BY_NAME[name], by_feed[name], run.settings, run.batch_id, vault), taken))
    run.notes["taken"] = taken
    return Counts(len(files), len(files))
