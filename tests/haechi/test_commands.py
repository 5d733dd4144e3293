"""The command line as its callers use it: exit codes, one JSON object, one line that says what to change."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from haechi import cli
from haechi.explanations import _show_now
from lakehouse.text import Language

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def haechi(capsys: pytest.CaptureFixture[str]) -> Command:
    """A command in this process; what is said goes through the same pipes as outside."""
    def run(*words: str) -> tuple[int, str, str]:
        code = cli.run(list(words))
        return code, *capsys.readouterr()

    return run


def test_a_process_ends_with_the_code_and_one_object() -> None:
    words = [sys.executable, "-m", "haechi.cli", "sql", "SELECT 1", "--lake", "nowhere", "--json"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and json.loads(done.stdout)["error"]["code"] == "lake.missing"


@pytest.mark.parametrize("words", [
    ("ingest", "no_such_feed"), ("ingest", "--landing", "nowhere"), ("nightly",), ("nightly", "--date", "tomorrow", "--landing", "."),
    ("sql", "SELECT 1", "--lake", "nowhere"), ("explain", "X", "--lake", "nowhere"), ("list", "nothing"), ("no-such-command",),
    ("evaluate", "--train", "a.csv", "--valid", "b.csv", "--test", "c.csv"), ("simulate", "--out", "."), ("rescore", "X", "--lake", "nowhere"),
    ("verify", "no-such-file.html"), ("rescore", "X", "--as-of", "tomorrow"), ("explain", "X", "--edition", "secret"), ("train", "--lake", "nowhere"),
    ("select", "--date", "2026-06-30", "--lake", "nowhere"), ("nightly", "--from", "2026-06-02", "--to", "2026-06-01"),
])
def test_a_callers_mistake_is_one_json_object_and_exit_2(haechi: Command, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "something").touch()
    monkeypatch.chdir(tmp_path)
    code, out, err = haechi(*words, "--json")
    told = json.loads(out)["error"]
    assert code == 2 and told["code"] and told["message"] and told["hint"]
    assert "Traceback" not in err


def test_evaluate_names_the_lacking_column(haechi: Command, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Declaration ID,Date\n1,2020-01-01\n", encoding="utf-8")
    code, out, _ = haechi("evaluate", "--train", str(path), "--valid", str(path), "--test", str(path), "--json")
    assert code == 2 and "HS6 Code" in json.loads(out)["error"]["message"]


@pytest.mark.parametrize(("lang", "base"), [("ko", "기준값"), ("en", "base value")])
def test_a_rescore_names_the_base_value_in_words(lang: Language, base: str, capsys: pytest.CaptureFixture[str]) -> None:
    scored = {"scored_at": "2026-06-30T23:59:59+09:00", "model_version": "haechi-1", "lane": "green", "score": -2.5, "probability": 0.08}
    moved = {"late_facts": 0.0, "changed_data": 0.25, "changed_model": -0.5}
    features = [{"feature": name, "then": None, "late": None, "now": None, **moved} for name in ("customs_value_log", "base_value")]
    _show_now({"shipment_id": "s1", "then": scored, "now": scored, "difference": {"score": -0.5, **moved}, "features": features}, lang)
    said = capsys.readouterr().out
    assert base in said and "base_value" not in said and "customs_value_log" not in said


def test_every_command_has_a_help_text(haechi: Command) -> None:
    code, out, _ = haechi("--help")
    assert code == 0
    for command in ("doctor", "demo", "simulate", "ingest", "nightly", "refresh", "train", "score", "explain", "rescore", "verify", "select", "evaluate", "sql", "list", "vault"):
        assert command in out


def test_features_and_feeds_are_listed_before_there_is_a_lake(haechi: Command, tmp_path: Path) -> None:
    for what, least in (("feeds", 4), ("features", 25), ("tables", 20)):
        code, out, _ = haechi("list", what, "--lang", "ko", "--lake", str(tmp_path / "none"), "--json")
        assert code == 0 and len(json.loads(out)[what]) >= least


def test_a_profile_without_a_pseudonym_key_is_refused(haechi: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAECHI_PROFILE", "production")
    monkeypatch.delenv("HAECHI_PSEUDONYM_KEY", raising=False)
    code, out, _ = haechi("ingest", "--landing", str(tmp_path), "--lake", str(tmp_path / "lake"), "--json")
    assert code == 2 and json.loads(out)["error"]["code"] == "pseudonym.key"
