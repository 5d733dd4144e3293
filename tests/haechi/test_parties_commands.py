"""The commands `haechi parties …` that need no Spark: what they print, where they refuse, and what the next night makes of them."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "fusion"))
from schemas import assert_valid
from told_rows import Nights, said

from haechi.cli import run
from jobs.lease import lease
from jobs.manifest import Publication, publish

Tell = Callable[..., tuple[int, dict[str, Any]]]
SAID = ("--feed", "manifest", "--record", "1", "--role", "consignee")
LATIN = {"business_no": "1238612345", "postcode": "04524", "country": "KR"}


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    made = Nights.at(tmp_path / "lake")
    made.night(*(said(str(key), "HANBIT CORPORATION CO., LTD.", **LATIN) for key in range(3)), said("9", "DURE TRADING", country="KR"))
    publish(made.lake, Publication("nightly-1", "nightly", str(made.moment.date()), made.moment.isoformat(), "1", {}))
    return made


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, nights: Nights) -> Tell:
    monkeypatch.delenv("HAECHI_PROFILE", raising=False)

    def told(command: str, *words: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = run(["parties", command, *words, "--lake", nights.lake.root, "--json"])
        [line] = capsys.readouterr().out.splitlines()
        answer = json.loads(line)
        assert_valid("error" if "error" in answer else f"parties-{command}", answer)
        return code, answer

    return told


def test_a_party_is_shown_with_what_it_rests_on(tell: Tell, nights: Nights, capsys: pytest.CaptureFixture[str]) -> None:
    party = nights.parties()["0.consignee"]
    code, told = tell("show", party)
    assert code == 0 and told["total"] == 3 and told["names"] == ["HANBIT CORPORATION CO., LTD."] and told["cuts"] == []
    assert tell("show", party, "--limit", "1")[1]["total"] == 3
    assert run(["parties", "show", party, "--lake", nights.lake.root]) == 0 and "HANBIT" in capsys.readouterr().out


def test_a_cut_is_kept_and_the_next_night_takes_it_up(tell: Tell, nights: Nights) -> None:
    party = nights.parties()["0.consignee"]
    at = nights.moment.replace(day=nights.moment.day + 1, hour=9).isoformat()
    code, told = tell("cut", *SAID, "--reason", "another firm", "--known-at", at)
    assert code == 0 and told["parties"] == [party] and told["state"] == "cut"
    [kept] = tell("show", party)[1]["cuts"]
    assert (kept["record_key"], kept["reason"]) == ("1", "another firm")
    nights.lake.reread()
    nights.night(said("1", "HANBIT CORPORATION CO., LTD.", **LATIN))
    assert nights.parties()["1.consignee"] != party
    later = nights.moment.replace(day=nights.moment.day + 1, hour=9).isoformat()
    code, told = tell("restore", *SAID, "--reason", "the same after all", "--known-at", later)
    assert code == 0 and told["parties"] == [party] and tell("show", party)[1]["cuts"] == []


@pytest.mark.parametrize(("words", "fault"), [
    (("show", "0" * 20), "party.unknown"), (("cut", "--feed", "manifest", "--record", "77", "--role", "consignee", "--reason", "x"), "mention.unknown"),
    (("cut", *SAID, "--reason", " "), "reason.empty"), (("restore", *SAID, "--reason", "x"), "cut.none"),
    (("cut", *SAID, "--reason", "x", "--known-at", "2020-01-01"), "act.past"),
    (("cut", *SAID, "--reason", "x", "--known-at", "soon"), "time.unreadable"), (("cut", *SAID), "command.usage"),
])
def test_mistakes_are_told(tell: Tell, words: tuple[str, ...], fault: str) -> None:
    code, told = tell(*words)
    assert code == 2 and told["error"]["code"] == fault


def test_a_held_lake_is_left_alone(tell: Tell, nights: Nights) -> None:
    with lease(nights.lake.folder, "nightly"):
        code, told = tell("cut", *SAID, "--reason", "x")
    assert code == 3 and told["error"]["code"] == "lease.held"
