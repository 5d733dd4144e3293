"""`haechi simulate`: a world is written where there is none; what is there is replaced only when asked, and only a world."""

import json
from pathlib import Path

import pytest

from haechi import cli

SMALL = ("--shipments", "3", "--days", "1", "--json")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict]:
    code = cli.run(["simulate", *words, *SMALL])
    return code, json.loads(capsys.readouterr().out)


def test_what_is_there_is_replaced_only_when_asked(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "world"
    assert run(capsys, "--out", str(out))[0] == 0
    left = out / "left.txt"
    left.touch()
    code, said = run(capsys, "--out", str(out))
    assert code == 2 and said["error"]["code"] == "simulate.exists" and left.exists()
    assert run(capsys, "--out", str(out), "--force")[0] == 0
    assert not left.exists() and (out / "truth/counts.json").exists()


@pytest.mark.parametrize("name", ["file", "folder"])
def test_what_is_no_world_is_never_replaced(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/mine").touch()
    for words in ((), ("--force",)):
        code, said = run(capsys, "--out", str(tmp_path / name), *words)
        assert code == 2 and said["error"]["code"] == ("simulate.no_world" if words else "simulate.exists")
    assert (tmp_path / "file").read_text() == "mine" and (tmp_path / "folder/mine").exists()


def test_an_empty_folder_is_written_into(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys, "--out", str(tmp_path))[0] == 0


def test_an_impossible_scenario_is_refused_before_anything_is_removed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    odd, out = tmp_path / "odd.yaml", tmp_path / "world"
    odd.write_text("name: odd\ntext: {ko: 해, en: year}\nillicit: 1.5\n", encoding="utf-8")
    assert run(capsys, "--out", str(out))[0] == 0
    code, said = run(capsys, "--out", str(out), "--force", "--scenario", str(odd))
    assert code == 2 and said["error"]["message"].startswith("illicit: ") and (out / "truth/counts.json").exists()


@pytest.mark.parametrize("size", [("--days", "1000000"), ("--shipments", "1000000000000")])
def test_a_world_beyond_all_bounds_is_the_callers_mistake(capsys: pytest.CaptureFixture[str], tmp_path: Path, size: tuple[str, str]) -> None:
    code = cli.run(["simulate", "--out", str(tmp_path / "world"), *size, "--json"])
    assert code == 2 and json.loads(capsys.readouterr().out)["error"]["code"] == "simulate.too_large"
