"""The journal of the run in progress: which steps are done, and where tables stood before the one under way."""

import json
from typing import Any

from jobs.context import Counts, Run
from jobs.decision import TABLES as DECIDED
from jobs.manifest import write_atomically
from jobs.tables import BY_NAME, TABLES
from lakehouse.clock import now
from lakehouse.errors import CallerError
from lakehouse.lake import Lake

_RESUMED = ("nightly", "refresh", "history")


class Journal:
    """A file beside the lake that a killed run leaves and the next attempt resumes from."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self.path = lake.folder / "run.json"
        self.entry: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8")) if self.path.exists() else {}

    def matches(self, kind: str, as_of: str) -> bool:
        """Whether the unfinished run is this one."""
        return self.entry.get("kind") == kind and self.entry.get("as_of") == as_of

    def begin(self, run: Run) -> None:
        """Open a new entry."""
        self.entry = {"run_id": run.run_id, "kind": run.kind, "as_of": run.as_of.isoformat(), "business_date": str(run.business_date),
                      "batch_id": run.batch_id, "attempt": 1, "stages": [], "notes": run.notes, "before": None, "started": self.versions()}
        self._write()

    def resume(self, run: Run) -> None:
        """Take up the unfinished run: what its last step half wrote is dropped."""
        for name, version in (self.entry["before"] or {}).items():
            self.lake.restore(BY_NAME[name], version)
        # A step that failed has told so itself; one that was killed has not.
        if cut_off := self.entry.get("under_way"):
            told = {"status": "failed", "ended_at": now().isoformat(), "message": "interrupted", "rows_in": 0, "rows_out": 0}
            self.entry["stages"].append(cut_off | told)
            self.entry["under_way"] = None
        self.entry["attempt"] += 1
        self.entry["before"] = None
        run.notes |= self.entry["notes"]
        self._write()

    def make_way(self) -> None:
        """Drop what a run wrote that is never resumed; CallerError where one is unfinished that is, for it goes on from where tables stood."""
        if self.entry.get("kind") in _RESUMED:
            raise CallerError("run.unfinished", f"The {self.entry['kind']} run of {self.entry['business_date']} did not finish",
                              "Run it again first: it resumes where it was.")
        if self.entry:
            self.abandon()

    def abandon(self) -> None:
        """Drop everything an unfinished run of another kind or time wrote."""
        for name, version in (self.entry.get("started") or {}).items():
            self.lake.restore(BY_NAME[name], version)
        self.close()

    def start(self, stage: str) -> None:
        """A step begins."""
        self.entry["before"] = self.versions()
        self.entry["under_way"] = {"name": stage, "attempt": self.entry["attempt"], "started_at": now().isoformat()}
        self._write()

    def finish(self, run: Run, counts: Counts, seconds: float, status: str = "done", message: str = "") -> None:
        """A step ended."""
        self.entry["stages"].append(self.entry["under_way"] | {
            "status": status, "ended_at": now().isoformat(), "rows_in": counts.rows_in, "rows_out": counts.rows_out,
            "seconds": round(seconds, 2), "message": message})
        self.entry["under_way"] = None
        if status == "done":
            self.entry["before"] = None
        self.entry["notes"] = run.notes
        self._write()

    def done(self, stage: str) -> bool:
        """Whether a step has ended well in this run."""
        return any(s["name"] == stage and s["status"] == "done" for s in self.entry["stages"])

    def versions(self) -> dict[str, int | None]:
        """Where every table of the run stands now; what officers decided and said is no part of a run, and no run takes it back."""
        return {table.full_name: self.lake.version(table) for table in TABLES if table not in DECIDED}

    def close(self) -> None:
        """The run is published; nothing is left to resume."""
        self.path.unlink(missing_ok=True)
        self.entry = {}

    def _write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self.path, self.entry)
