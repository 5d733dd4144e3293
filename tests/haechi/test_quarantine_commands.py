"""The commands `haechi quarantine …` on a lake that needs no Spark: what they print, where they refuse, and what a spreadsheet would run."""

import csv
import io
import json
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from schemas import NIGHT, assert_valid

from feeds.registry import BY_NAME
from haechi.cli import run
from jobs.lease import lease
from jobs.refusal_report import as_text, file_name
from lakehouse.clock import end_of
from lakehouse.lake import Lake
from lakehouse.ops import FILE, HOLD

Tell = Callable[..., tuple[int, dict[str, Any]]]
AT = end_of(NIGHT)
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "=HYPERLINK(\"x\")", "\u200b=1", "\u202e=1", "\x1b[31m=1", "\ufeff=1", "'=1", '"=1', "=1\r\n=2")


def refused(number: int, **more: Any) -> dict[str, Any]:
    return {"known_at": AT, "file": f"courier/{number}.jsonl", "position": f"line {number}", "code": "field.missing", "message_ko": "필수 항목이 없습니다: 운송장번호",
            "message_en": "A needed field is missing: Tracking number", "raw": '{"a": 1}', "ordinal": number, "batch_id": "1", "refusal_id": f"{number:016x}",
            "sender": "EX", "sha256": "0" * 64, "envelope": "", **more}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(str(tmp_path / "lake"))
    rows = [refused(1), refused(2, sender=None, code="json.malformed", raw="{broken \x1b[31m[/red]", known_at=AT - timedelta(days=3)), refused(3, envelope=None, raw=None)]
    made.append_rows(rows, BY_NAME["courier"].quarantine)
    why = {"state": "held", "reason_ko": "레코드 4건 중 3건 거부", "reason_en": "3 of 4 records refused", "known_at": AT, "stated_at": AT}
    made.append_rows([{"feed": "courier", "batch_id": "1", **why}, {"feed": "order", "batch_id": "1", **why}, {"feed": "order", "batch_id": "2", **why}], HOLD)
    made.append_rows([{"feed": "courier", "batch_id": "1", "file": "f", "records_in": 4, "accepted": 1, "quarantined": 3, "duplicate": 0}], FILE)
    return made


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, lake: Lake) -> Tell:
    monkeypatch.delenv("HAECHI_PROFILE", raising=False)

    def told(command: str, *words: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = run(["quarantine", command, *words, "--lake", lake.root, "--json"])
        [line] = capsys.readouterr().out.splitlines()
        said = json.loads(line)
        assert_valid("error" if "error" in said else f"quarantine-{command}", said)
        return code, said

    return told


def test_browsing(tell: Tell, capsys: pytest.CaptureFixture[str], lake: Lake) -> None:
    code, said = tell("list", "--limit", "2")
    assert (code, said["total"], said["truncated"], [one["id"][-1] for one in said["refusals"]]) == (0, 3, True, ["1", "3"])
    assert [one["feed"] for one in tell("list", "order")[1]["refusals"]] == [] and tell("list", "--code", "json.malformed")[1]["total"] == 1
    assert tell("counts")[1]["counts"] == [{"feed": "courier", "code": "field.missing", "open": 2, "settled": 0}, {"feed": "courier", "code": "json.malformed", "open": 1, "settled": 0}]
    assert tell("show", f"{2:016x}")[1]["raw"] == "{broken \x1b[31m[/red]"
    for words in (("list", "--lang", "ko"), ("show", f"{2:016x}"), ("show", f"{3:016x}", "--lang", "ko"), ("counts",), ("held", "--lang", "ko")):
        assert run(["quarantine", *words, "--lake", lake.root]) == 0
    shown = capsys.readouterr().out
    assert "{broken \ufffd[31m[/red]" in shown and "\x1b[31m" not in shown and "필수 항목이 없습니다" in shown and "not kept whole" in shown


def test_dismissing(tell: Tell) -> None:
    one, other = f"{1:016x}", f"{2:016x}"
    assert tell("dismiss", one, other, "--reason", "asked 010-1234-5678 ") == (0, {"dismissed": [one, other]})
    [act] = tell("show", one)[1]["history"]
    assert act["action"] == act["outcome"] == "dismissed" and act["reason"].startswith("asked ~H") and act["who"]
    assert [refusal["state"] for refusal in tell("list", "--all")[1]["refusals"]] == ["dismissed", "open", "dismissed"]
    assert tell("list")[1]["total"] == 1 and tell("counts")[1]["counts"][1] == {"feed": "courier", "code": "json.malformed", "open": 0, "settled": 1}


def test_held_feeds_and_their_release(tell: Tell) -> None:
    held = tell("held")[1]["held"]
    assert [(one["feed"], one["batch_id"], one["files"], one["quarantined"]) for one in held] == [("courier", "1", 1, 3), ("order", "1", 0, 0), ("order", "2", 0, 0)]
    assert tell("release", "order", "--batch", "2", "--reason", "seen") == (0, {"feed": "order", "state": "released", "batches": ["2"]})
    assert tell("release", "order", "--reason", "test data", "--drop") == (0, {"feed": "order", "state": "dropped", "batches": ["1"]})
    assert [one["feed"] for one in tell("held")[1]["held"]] == ["courier"] and tell("release", "order", "--reason", "again")[0] == 2
    assert tell("list", "courier")[1]["total"] == 3 and tell("release", "courier", "--reason", "no good", "--drop")[0] == 0 and tell("list")[1]["total"] == 0


@pytest.mark.parametrize("words", [
    ("list", "no_such_feed"), ("list", "--limit", "0"), ("show", "x"), ("show",), ("dismiss", "x", "--reason", "r"), ("dismiss", f"{1:016x}"), ("dismiss", f"{1:016x}", "--reason", " "),
    ("correct", "x", "--raw", "f", "--reason", "r"), ("correct", f"{1:016x}", "--raw", "nowhere", "--reason", "r"), ("correct", f"{1:016x}", "--raw", "bytes", "--reason", "r"),
    ("replay", "--id", "x"), ("replay", "no_such_feed"), ("report",), ("report", "--out", "bytes"), ("report", "--out", "o", "--since", "soon"), ("release", "courier"),
    ("release", "tariff", "--reason", "r"), ("release", "order", "--batch", "9", "--reason", "r"), ("held", "--lang", "fr"), ("nothing",),
])
def test_mistakes_are_exit_2(tell: Tell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\xff")
    monkeypatch.chdir(tmp_path)
    code, said = tell(*words)
    assert code == 2 and said["error"]["hint"]


@pytest.mark.parametrize("words", [("dismiss", f"{1:016x}", "--reason", "r"), ("release", "courier", "--reason", "r")])
def test_a_held_lease_is_exit_3(tell: Tell, lake: Lake, words: tuple[str, ...]) -> None:
    with lease(lake.folder, "another run"):
        assert tell(*words)[0] == 3


def test_every_command_has_a_help_text(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("list", "show", "counts", "replay", "correct", "dismiss", "report", "held", "release"):
        assert run(["quarantine", command, "--help"]) == 0
        assert len(capsys.readouterr().out.split("Options")[0].split()) > 8


def test_reports_since_a_day_and_of_chosen_feeds(tell: Tell, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, said = tell("report", "--out", str(out))
    assert code == 0 and [(one["file"], one["rows"]) for one in said["reports"]] == [("courier.csv", 1), ("courier-EX.csv", 2)]
    assert [one["rows"] for one in tell("report", "courier", "--out", str(out), "--since", str(NIGHT))[1]["reports"]] == [2]
    assert tell("report", "order", "tariff", "--out", str(out))[1]["reports"] == []


def test_ten_thousand_formula_cells_are_text(lake: Lake, tell: Tell, tmp_path: Path) -> None:
    chance = random.Random(7)
    payloads = [chance.choice(FORMULAS) + "".join(chance.choices("=+-@\t\r\n,;'\"|!A1()가", k=chance.randrange(12))) for _ in range(10_000)]
    rows = [refused(10 + at, refusal_id=f"{10 + at:016x}", **{name: payloads[at + step] for step, name in enumerate(("file", "position", "raw", "message_en"))},
                    sender=f"{payloads[at]}{at % 3}") for at in range(0, 10_000, 4)]
    lake.append_rows(rows, BY_NAME["order"].quarantine)
    said = tell("report", "order", "--out", str(tmp_path / "out"))[1]
    assert sum(one["rows"] for one in said["reports"]) == 2_500 and len({one["file"].lower() for one in said["reports"]}) == len(said["reports"])
    cells = 0
    for one in said["reports"]:
        text = (tmp_path / "out" / one["file"]).read_bytes().decode("utf-8-sig")
        for row in csv.reader(io.StringIO(text, newline="")):
            cells += len(row)
            # No cell begins as a formula, and none goes on in a line that could.
            assert not [cell for cell in row if cell.lstrip(" \ufeff\u200b\u202e")[:1] in ("=", "+", "-", "@", "＝") or any(mark in cell for mark in "\r\n\t\x1b")]
    assert cells >= 17_500
    assert {path.parent for path in (tmp_path / "out").iterdir()} == {tmp_path / "out"} and not (tmp_path / "out").with_name("passwd.csv").exists()


@pytest.mark.parametrize(("cell", "shown"), [("=1", "'=1"), ("a=1", "a=1"), (None, ""), (" \u200b =1", "'=1"), ("a\r\n=1", "a =1"), ("-5", "'-5"), ("＠x", "'＠x"), ("가", "가")])
def test_cells(cell: str | None, shown: str) -> None:
    assert as_text(cell) == shown


def test_names_of_reports_stay_in_the_folder_and_apart() -> None:
    senders = ["EX", "ex", "Ex", "../../etc/passwd", "..", "a/b", "a_b", "=x", "x" * 500, "x" * 501, "\x00", "쿠리어", "con\n"]
    names = [file_name("courier", sender) for sender in senders]
    assert len({name.lower() for name in names}) == len(names) and not [name for name in names if "/" in name or ".." in name or len(name.encode()) > 200]
    assert names[0] == "courier-EX.csv" and file_name("courier", None) == file_name("courier", "") == "courier.csv"
