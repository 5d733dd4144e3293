"""Upkeep as its callers use it: small files are put together, what no kept night needs goes, and every kept night stays as it was."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from deltalake import DeltaTable
from kept_lake import ALL_OF_IT, Told, files, lake, seen, small_lake, template, told

from jobs.journal import Journal
from jobs.maintain import maintain
from jobs.manifest import publications, write_atomically
from lakehouse.lake import Lake
from lakehouse.settings import load_settings
from models.tables import SCORE

__all__ = ["lake", "template", "told"]


def test_upkeep_puts_files_together_and_every_night_stays_as_it_was(told: Told, lake: Lake) -> None:
    before, all_files = seen(told, lake.root), files(lake.root)
    orphan = Path(lake.path(SCORE)) / "killed" / "part-0.parquet"
    orphan.parent.mkdir()
    orphan.write_bytes(b"half a file")
    reader = lake.pinned(publications(lake)[-1].versions).dataset(SCORE)
    code, trial = told("maintain", "--dry-run", "--lake", lake.root)
    assert code == 0 and orphan.exists() and files(lake.root).keys() - all_files.keys() == {"gold/score/killed/part-0.parquet"}
    code, done = told("maintain", "--lake", lake.root)
    of = {table["table"]: table for table in done["tables"]}
    assert of["gold.score"] | {"files": 4} == next(t for t in trial["tables"] if t["table"] == "gold.score")
    assert of["gold.score"] == {"table": "gold.score", "merged_files": 4, "files": 1, "removed_files": 1, "removed_bytes": 11, "finding": None}
    assert not orphan.parent.exists() and done["leftovers"]["files"] == 4 and len(list((lake.folder / "serving").iterdir())) == 3
    assert seen(told, lake.root) == before and reader.to_table().num_rows == 4 * 8  # type: ignore[attr-defined]
    code, again = told("maintain", "--lake", lake.root)
    assert code == 0 and not any(t["merged_files"] or t["removed_files"] for t in again["tables"])


def test_nights_beyond_the_retention_are_told_as_gone_and_their_files_go(told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAECHI_RETENTION_DAYS", "180")
    lake = Lake(str(tmp_path / "lake"))
    for days in (402, 401, 400):
        old = small_lake.add_night(lake, small_lake.night() - timedelta(days=days), 3, 1)
    assert told("maintain", "--lake", lake.root)[1]["expired"] == []
    for days in (179, 0):
        kept = small_lake.add_night(lake, small_lake.night() - timedelta(days=days), 3, 1)
    before = told("sql", ALL_OF_IT, "--lake", lake.root, "--as-of", kept.business_date)
    done = told("maintain", "--lake", lake.root)[1]
    assert len(done["expired"]) == 3 and all(t["removed_files"] >= 3 and t["finding"] is None for t in done["tables"])
    code, said = told("sql", ALL_OF_IT, "--lake", lake.root, "--as-of", old.business_date)
    assert code == 2 and said["error"]["code"] == "lake.expired"
    assert told("sql", ALL_OF_IT, "--lake", lake.root, "--as-of", kept.business_date) == before
    assert [p.is_expired for p in publications(lake)] == [True, True, True, False, False]


def test_what_a_kept_score_rests_on_stays_although_no_kept_night_names_it(tmp_path: Path) -> None:
    lake = small_lake.make(tmp_path / "lake", 3, 1, 3)
    rested = lake.version(SCORE)
    settings = load_settings({}).replaced(maintain__most_files=1, retention__unneeded_hours=0, retention__days=0)
    maintain(lake, settings, False)
    row = lake.arrow(SCORE).to_pylist()[0] | {"as_of": small_lake.night() + timedelta(hours=1), "input_versions": json.dumps({"gold.score": rested})}
    lake.append_rows([row], SCORE)
    small_lake.add_night(lake, small_lake.night() + timedelta(hours=1), 3, 1)
    maintain(lake, settings, False)
    assert lake.pinned({"gold.score": int(rested or 0)}).arrow(SCORE).num_rows == 12


def test_a_past_that_cannot_be_read_is_told_and_nothing_of_it_removed(told: Told, lake: Lake) -> None:
    # As releases before this one left it, whose commits cut the log 30 days back.
    DeltaTable(lake.path(SCORE)).create_checkpoint()
    (Path(lake.path(SCORE)) / "_delta_log" / f"{0:020}.json").unlink()
    before = files(Path(lake.path(SCORE)))
    done = told("maintain", "--lake", lake.root)[1]
    [found] = [t for t in done["tables"] if t["finding"]]
    assert found["table"] == "gold.score" and found["removed_files"] == 0 and before.items() <= (files(Path(lake.path(SCORE))) | {"_delta_log/_last_checkpoint": before["_delta_log/_last_checkpoint"]}).items()


def test_upkeep_waits_for_a_night_that_did_not_finish(told: Told, lake: Lake) -> None:
    write_atomically(Journal(lake).path, {"kind": "nightly", "business_date": "2026-07-01", "as_of": "", "started": {}})
    code, said = told("maintain", "--lake", lake.root)
    assert code == 2 and said["error"]["code"] == "run.unfinished"
