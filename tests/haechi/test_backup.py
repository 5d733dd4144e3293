"""Backup and restore as their callers use them: a lake comes back as it was saved, or damage is named and nothing is replaced."""

import json
import sqlite3
import tarfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from kept_lake import PSEUDONYM, Told, files, lake, seen, small_lake, template, told
from sqlalchemy import update

from feeds.vault import books
from jobs.journal import Journal
from jobs.lease import lease
from jobs.manifest import latest, publications, write_atomically
from jobs.saved_place import Folder
from jobs.tables import TABLES
from lakehouse.clock import now
from lakehouse.lake import Lake
from models.tables import SCORE

__all__ = ["lake", "template", "told"]


@pytest.mark.parametrize("words", [("maintain",), ("backup", "--out", "OUT"), ("restore", "--from", "OUT", "--force")])
def test_a_run_under_way_is_left_alone(told: Told, lake: Lake, tmp_path: Path, words: tuple[str, ...]) -> None:
    out = tmp_path / "out"
    assert told("backup", "--out", out, "--lake", lake.root)[0] == 0
    with lease(lake.folder, "nightly"):
        code, said = told(*(out if word == "OUT" else word for word in words), "--lake", lake.root)
    assert code == 3 and said["error"]["code"] == "lease.held"


@pytest.mark.parametrize("name", ["saved", "saved.tar"])
def test_a_lake_comes_back_as_it_was_saved(told: Told, lake: Lake, tmp_path: Path, name: str) -> None:
    out, before = tmp_path / name, seen(told, lake.root)
    # An officer is deciding meanwhile: what is committed is saved, what is not is not.
    deciding = sqlite3.connect(lake.folder / "decisions.db", isolation_level=None)
    deciding.execute("INSERT INTO decision VALUES (2)")
    deciding.execute("BEGIN IMMEDIATE")
    deciding.execute("INSERT INTO decision VALUES (3)")
    code, saved = told("backup", "--out", out, "--verify", "--lake", lake.root)
    deciding.close()
    assert code == 0 and saved["verified"] and saved["unfinished"] is None and saved["outside"] == []
    code, back = told("restore", "--from", out, "--lake", tmp_path / "back")
    assert code == 0 and back["files"] == saved["files"] and back["replaced"] is None
    with sqlite3.connect(tmp_path / "back" / "_haechi" / "decisions.db") as database:
        assert database.execute("SELECT number FROM decision ORDER BY 1").fetchall() == [(1,), (2,)]
    database.close()
    assert seen(told, str(tmp_path / "back")) == before
    held, given = files(lake.root), files(tmp_path / "back")
    assert {n for n in held if n.startswith(("gold", "silver", "bronze", "quarantine", "ops", "_haechi/mlflow", "_haechi/published"))} <= given.keys()
    assert not any(part in n for n in given for part in ("serving", "staged"))
    assert all(given[n] == held[n] for n in given if not n.endswith(".db"))
    assert (tmp_path / "back" / "_haechi" / "vault.db").stat().st_mode & 0o777 == 0o600


def test_a_second_backup_adds_what_is_new_and_drops_what_is_gone(told: Told, lake: Lake, tmp_path: Path) -> None:
    out = tmp_path / "saved"
    first = told("backup", "--out", out, "--lake", lake.root)[1]
    (out / "data" / "half.part").write_text("of a backup that was killed", encoding="utf-8")
    small_lake.add_night(lake, small_lake.night() + timedelta(hours=1), 2, 1)
    told("maintain", "--lake", lake.root)
    second = told("backup", "--out", out, "--verify", "--lake", lake.root)[1]
    assert 0 < second["copied_files"] < second["files"] / 2 < first["files"]
    assert len([p for p in out.rglob("*") if p.is_file()]) == second["files"] + 1
    told("restore", "--from", out, "--lake", tmp_path / "back")
    assert seen(told, str(tmp_path / "back")) == seen(told, lake.root)


def test_a_backup_that_fails_or_is_killed_leaves_the_one_before(told: Told, lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, left, add = tmp_path / "saved", [30], Folder.add

    def fills_up(place: Folder, name: str, source: Path) -> tuple[int, str]:
        left[0] -= 1
        if not left[0]:
            raise OSError(28, "No space left on device")
        return add(place, name, source)

    monkeypatch.setattr(Folder, "add", fills_up)
    # Within one second, as a script may call it.
    monkeypatch.setattr("jobs.backup.now", now().replace)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    code, said = told("backup", "--out", out, "--lake", lake.root)
    assert code == 1 and "No space left" in said["error"]["message"]
    assert told("restore", "--from", out, "--lake", tmp_path / "back")[1]["error"]["code"] == "backup.missing"
    first = told("backup", "--out", out, "--verify", "--lake", lake.root)[1]
    small_lake.add_night(lake, small_lake.night() + timedelta(hours=1), 2, 1)
    left[0] = 3
    assert told("backup", "--out", out, "--lake", lake.root)[0] == 1
    assert told("restore", "--from", out, "--lake", tmp_path / "back")[1]["published"] == first["published"]


def test_what_a_killed_restore_left_beside_the_lake_goes_and_what_another_makes_stays(told: Told, lake: Lake, tmp_path: Path) -> None:
    out, dead, alive = tmp_path / "saved", tmp_path / "back.restoring-1", tmp_path / "back.restoring-2"
    told("backup", "--out", out, "--lake", lake.root)
    for left in (dead, alive):
        (left / "gold").mkdir(parents=True)
    with lease(alive / "_haechi", "restore"):
        assert told("restore", "--from", out, "--lake", tmp_path / "back")[0] == 0
    assert {p.name for p in tmp_path.iterdir()} == {"lake", "saved", "back", "back.restoring-2"}


def damage(out: Path) -> Iterator[tuple[str, Path, bytes | None]]:
    """One file of each kind, and what becomes of it: cut, changed in one place, or gone."""
    for pattern, how in (("data/gold/score/*/rows.parquet", "flip"), ("data/gold/event/_delta_log/*0.json", "gone"), ("state/*/_haechi/published.json", "cut"),
                         ("state/*/_haechi/decisions.db", "flip"), ("manifest.json", "flip")):
        path = next(iter(sorted(out.glob(pattern))))
        held = path.read_bytes()
        changed = {"flip": held[:50] + bytes([held[50] ^ 1]) + held[51:], "cut": held[:-1], "gone": None}[how]
        yield "manifest.json" if path.name == "manifest.json" else path.name, path, changed


def test_damage_is_named_and_replaces_nothing(told: Told, lake: Lake, tmp_path: Path) -> None:
    out = tmp_path / "saved"
    told("backup", "--out", out, "--lake", lake.root)
    before = files(lake.root)
    for name, path, changed in damage(out):
        held = path.read_bytes()
        path.unlink() if changed is None else path.write_bytes(changed)
        for words in (("--force",), ("--dry-run",)):
            code, said = told("restore", "--from", out, "--lake", lake.root, *words)
            assert code == 1 and said["error"]["code"] == "backup.damaged" and name in said["error"]["message"]
        path.write_bytes(held)
    assert files(lake.root) == before and {p.name for p in tmp_path.iterdir()} == {"lake", "saved"}
    assert told("restore", "--from", out, "--dry-run", "--lake", lake.root)[0] == 0


def test_a_tar_file_cut_or_changed_is_refused(told: Told, lake: Lake, tmp_path: Path) -> None:
    out = tmp_path / "saved.tar"
    told("backup", "--out", out, "--lake", lake.root)
    held = out.read_bytes()
    with tarfile.open(out) as tar:
        at = next(m.offset_data for m in tar if m.name.endswith("rows.parquet"))
    for changed in (held[: at + 5] + bytes([held[at + 5] ^ 1]) + held[at + 6:], held[: len(held) // 2]):
        out.write_bytes(changed)
        code, said = told("restore", "--from", out, "--lake", tmp_path / "back")
        assert code in (1, 2) and said["error"]["code"] in ("backup.damaged", "backup.missing")
    assert not (tmp_path / "back").exists()


def test_a_manifest_that_leads_out_of_the_lake_is_refused(told: Told, lake: Lake, tmp_path: Path) -> None:
    from jobs.saved import _digest

    out = tmp_path / "saved"
    told("backup", "--out", out, "--lake", lake.root)
    said = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    said.pop("digest")
    said["files"][0]["path"] = "../outside"
    (out / "manifest.json").write_text(json.dumps(said | {"digest": _digest(said)}), encoding="utf-8")
    assert told("restore", "--from", out, "--lake", tmp_path / "back")[1]["error"]["code"] == "backup.damaged"
    assert not (tmp_path / "outside").exists()


def test_a_lake_is_replaced_only_if_forced_and_kept_beside(told: Told, lake: Lake, tmp_path: Path) -> None:
    out = tmp_path / "saved"
    told("backup", "--out", out, "--lake", lake.root)
    small_lake.add_night(lake, small_lake.night() + timedelta(hours=1), 2, 1)
    newer = files(lake.root)
    code, said = told("restore", "--from", out, "--lake", lake.root)
    assert code == 2 and said["error"]["code"] == "restore.exists" and files(lake.root) == newer
    code, said = told("restore", "--from", out, "--lake", lake.root, "--force")
    assert code == 0 and files(said["replaced"]) == newer and len(publications(Lake(lake.root))) == 4 and said["erased_since"] == []


def test_what_was_erased_from_the_vault_since_is_named(told: Told, lake: Lake, tmp_path: Path) -> None:
    out = tmp_path / "saved"
    told("backup", "--out", out, "--lake", lake.root)
    with books.transaction(f"sqlite:///{lake.folder}/vault.db") as connection:
        connection.execute(update(books.ENTRY).values(ciphertext=None, erased_at="2026-07-01T10:00:00+09:00"))
    assert told("restore", "--from", out, "--lake", lake.root, "--force")[1]["erased_since"] == [PSEUDONYM]


def test_a_lake_that_lacks_a_file_is_not_saved_over_a_sound_backup(told: Told, lake: Lake, tmp_path: Path) -> None:
    out = tmp_path / "saved"
    told("backup", "--out", out, "--lake", lake.root)
    before = files(out)
    next(iter(Path(lake.path(SCORE)).glob("*/rows.parquet"))).unlink()
    code, said = told("backup", "--out", out, "--lake", lake.root)
    assert code == 1 and said["error"]["code"] == "lake.damaged" and "gold.score" in said["error"]["message"] and files(out) == before


def test_mistakes_are_told(told: Told, lake: Lake, tmp_path: Path) -> None:
    other, file, full = tmp_path / "other", tmp_path / "file", tmp_path / "full"
    small_lake.make(other, 1, 1)
    file.write_text("x", encoding="utf-8")
    full.mkdir()
    (full / "letter").touch()
    assert told("backup", "--out", tmp_path / "saved", "--lake", other)[0] == 0
    for code, words in (("backup.other", ("backup", "--out", tmp_path / "saved")), ("backup.inside", ("backup", "--out", f"{lake.root}/saved")),
                        ("backup.kind", ("backup", "--out", file)), ("backup.missing", ("backup", "--out", full)),
                        ("backup.missing", ("restore", "--from", tmp_path / "nowhere", "--force")), ("backup.missing", ("restore", "--from", full, "--force"))):
        exit_code, said = told(*words, "--lake", lake.root)
        assert (exit_code, said["error"]["code"]) == (2, code)
    for words in (("maintain",), ("backup", "--out", tmp_path / "new")):
        assert told(*words, "--lake", full)[1]["error"]["code"] == "lake.unpublished"


def test_databases_elsewhere_are_told_with_what_saves_them(told: Told, lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAECHI_DECISIONS_URL", "postgresql+psycopg://clerk:secret@db.example/haechi")
    monkeypatch.setenv("HAECHI_VAULT_URL", f"sqlite:///{lake.folder}/vault.db")
    [one] = told("backup", "--out", tmp_path / "saved", "--lake", lake.root)[1]["outside"]
    assert one["what"] == "decisions" and one["run"] == "pg_dump --format=custom --file decisions.dump postgresql://clerk@db.example/haechi"
    assert "secret" not in json.dumps(one) and (tmp_path / "saved").exists()
    assert told("restore", "--from", tmp_path / "saved", "--lake", tmp_path / "back")[1]["outside"] == [one]


def test_an_unfinished_run_is_saved_with_its_journal(told: Told, lake: Lake, tmp_path: Path) -> None:
    entry = {"kind": "nightly", "business_date": "2026-07-01", "as_of": "2026-07-01T23:59:59+09:00"}
    write_atomically(Journal(lake).path, entry)
    assert told("backup", "--out", tmp_path / "saved", "--lake", lake.root)[1]["unfinished"] == "nightly 2026-07-01"
    told("restore", "--from", tmp_path / "saved", "--lake", tmp_path / "back")
    back = Lake(str(tmp_path / "back"))
    assert Journal(back).entry == entry and latest(back) == latest(lake)
    assert {t.full_name: back.version(t) for t in TABLES} == {t.full_name: lake.version(t) for t in TABLES}
