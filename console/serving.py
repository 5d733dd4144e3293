"""The published night as pages read it: one read-only file a publication, opened once and asked by many."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, TypeVar, cast

import duckdb

from jobs.manifest import Publication, latest
from jobs.serving import build
from lakehouse.clock import end_of, now
from lakehouse.lake import Lake

T = TypeVar("T")
# A lake that has had no night for longer is an older one looked at, such as the demo's: times left are then counted from its end.
_CURRENT = timedelta(days=2)
_OPTIONS: dict[str, Any] = {"threads": 2, "enable_external_access": "false", "python_enable_replacements": "false"}


@dataclass(frozen=True, eq=False)
class Served:
    """One publication: every question of a request is put to the same one, so that no page mixes two nights."""

    publication: Publication
    connection: duckdb.DuckDBPyConnection
    _kept: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    def once(self, name: Hashable, work: Callable[[], T]) -> T:
        """What was worked out of this publication under a name, worked out on first asking; it goes when the publication does."""
        if name not in self._kept:
            self._kept[name] = work()
        return cast("T", self._kept[name])

    def rows(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[dict[str, Any]]:
        """The rows of a question, by column name."""
        found = self.connection.cursor().execute(sql, values)
        columns = [column[0] for column in found.description or []]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]

    def first(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> dict[str, Any] | None:
        """The first row of a question."""
        return next(iter(self.rows(sql, values)), None)

    @property
    def offices(self) -> dict[str, int]:
        """The offices of the night with how many shipments each has, by their codes."""
        counted = "SELECT office_code, count(*) AS n FROM scored WHERE is_tonight GROUP BY 1 ORDER BY 1"
        return self.once("offices", lambda: {str(row["office_code"]): int(row["n"]) for row in self.rows(counted)})

    @property
    def run_id(self) -> str:
        """The run that published it."""
        return self.publication.run_id

    @property
    def is_current(self) -> bool:
        """Whether it is of last night; an older one is looked at as it was at its end."""
        return now() - self.publication.at < _CURRENT

    @property
    def moment(self) -> datetime:
        """The instant that times left are counted from."""
        return now() if self.is_current else self.publication.at

    @property
    def next_run(self) -> datetime:
        """When what has landed since is known at the earliest: the end of the next night."""
        return end_of(self.publication.at.date() + timedelta(days=1))


class Shelf:
    """The newest publication, taken down and replaced when another appears."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self._turn = Lock()
        self._served: Served | None = None
        self._seen: tuple[float, int] | None = None

    def current(self) -> Served | None:
        """The newest publication, None where nothing is published yet."""
        stamp = self._stamp()
        if stamp is None:
            return None
        if stamp != self._seen:
            with self._turn:
                if stamp != self._seen:
                    self._served, self._seen = self._open(), stamp
        return self._served

    def _stamp(self) -> tuple[float, int] | None:
        try:
            found = (self.lake.folder / "published.json").stat()
        except OSError:
            return None
        return found.st_mtime, found.st_ino

    def _open(self) -> Served | None:
        self.lake.reread()
        publication = latest(self.lake)
        if publication is None:
            return None
        # A run that published without one, such as of an earlier version: made once, on first asking.
        file = build(self.lake, publication)
        opened = duckdb.connect(str(file), read_only=True, config=_OPTIONS)
        opened.execute("SET GLOBAL TimeZone='Asia/Seoul'")
        return Served(publication, opened)
