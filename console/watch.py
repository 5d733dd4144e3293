"""The watch over a landing folder: each file is read as it lands, as a run would read it, and told where a lookout is found in it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import select

from console.desk import alerts
from console.sightings import Sighting, sightings
from console.store.database import Database
from console.store.schema import LOOKOUT
from feeds.landing import LandedFile, survey
from feeds.parsing import Parsing
from feeds.pseudonym import pseudonym_key
from feeds.registry import BY_NAME
from lakehouse.clock import now
from lakehouse.lake import Lake
from lakehouse.ops import FILE
from lakehouse.settings import Settings

# A folder of a day is known at its end; what lies in it has landed all the same.
_AHEAD = timedelta(days=2)
_Stamp = tuple[int, int]


class Watch:
    """Looks again and again at one landing folder; what a run has taken already, and what was read before, is passed over."""

    def __init__(self, lake: Lake, settings: Settings, database: Database, landing: Path, say: Callable[[str], None]) -> None:
        self._settings, self._database, self._landing, self._say = settings, database, landing, say
        self._taken = frozenset(lake.arrow(FILE, ("file",)).column("file").to_pylist())
        self._read: dict[str, _Stamp] = {}

    def look(self) -> tuple[int, int]:
        """Read what has landed since last looking; how many files, and how many alerts are new."""
        lookouts, files, told = self._standing(), 0, 0
        moment = now()
        for file in survey(self._landing, BY_NAME, moment, moment + _AHEAD, pseudonym_key(self._settings)).files:
            stamp = _stamp(file)
            if file.file in self._taken or stamp is None or self._read.get(file.path) == stamp:
                continue
            kept = alerts.keep(self._database, file.feed, self._found(file, lookouts)) if lookouts else 0
            # A lookout made later is found in what lands later, and by the next run in all that there is.
            self._read[file.path] = stamp
            files, told = files + 1, told + kept
            if kept:
                self._say(f"{file.file}: {kept} records that a lookout asks for")
        return files, told

    def _found(self, file: LandedFile, lookouts: Sequence[Any]) -> Iterator[Sighting]:
        """What lookouts find in a file; clear values are forgotten, as the run that takes it keeps them."""
        feed = BY_NAME[file.feed]
        landed = pa.RecordBatch.from_pylist([{"file": file.file, "path": file.path, "known_seconds": int(now().timestamp()), "finding": ""}])
        for batch in Parsing.of(feed, self._settings)(iter([landed])):
            yield from sightings(batch, [field.name for field in feed.fields], lookouts)

    def _standing(self) -> Sequence[Any]:
        with self._database.reading() as connection:
            wanted = select(LOOKOUT).where(LOOKOUT.c.withdrawn_at.is_(None), LOOKOUT.c.expires_at > now())
            return connection.execute(wanted).mappings().all()


def _stamp(file: LandedFile) -> _Stamp | None:
    """What changes when a file is written on; None where it is gone."""
    try:
        found = Path(file.path).stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
