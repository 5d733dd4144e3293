"""The commands `haechi watchlist …` that need no Spark: what they print, what they keep, where they refuse."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from schemas import NIGHT, assert_valid, published_lake

from feeds.registry import BY_NAME
from fusion.tables import PARTY_MENTION, WATCHLIST_CLEARANCE, WATCHLIST_HIT
from haechi.cli import run
from lakehouse.clock import end_of
from lakehouse.lake import Lake

Tell = Callable[..., tuple[int, dict[str, Any]]]
AT, PARTY, LATER = end_of(NIGHT), "0" * 20, ("--known-at", str(NIGHT + timedelta(days=1)))
WHOM = ("--list", "LOCAL", "--entry", "L1", "--party", PARTY)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(published_lake(tmp_path / "lake"))
    alike = {"letters": 0.9, "found": 1.0, "covered": 0.8, "is_disguised": False, "status": "open", "feed": "manifest", "role": "consignor", "party_id": PARTY, "known_at": AT}
    made.append_rows([{**alike, "list": "LOCAL", "entry_id": "L1", "entry_hash": "h1", "record_key": "1", "score": 0.91},
                      {**alike, "list": "OFAC", "entry_id": "9", "entry_hash": "h9", "record_key": "1", "score": 0.75}], WATCHLIST_HIT)
    made.append_rows([{"feed": "manifest", "record_key": "1", "role": "consignor", "name": "NORTHSTAR GUANGZHU", "party_id": PARTY, "known_at": AT}], PARTY_MENTION)
    made.append_rows([{"record_key": "LOCAL|L1|entry|", "content_hash": "h1", "name": "Northstar Guangzhou", "known_at": AT}], BY_NAME["watchlist"].silver)
    return made


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, lake: Lake) -> Tell:
    monkeypatch.delenv("HAECHI_PROFILE", raising=False)

    def told(command: str, *words: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = run(["watchlist", command, *words, "--lake", lake.root, "--json"])
        [line] = capsys.readouterr().out.splitlines()
        said = json.loads(line)
        assert_valid("error" if "error" in said else f"watchlist-{command}", said)
        return code, said

    return told


def kept(lake: Lake) -> list[dict[str, Any]]:
    return sorted(Lake(lake.root).arrow(WATCHLIST_CLEARANCE).to_pylist(), key=lambda row: row["known_at"])


def test_hits_come_with_the_listed_name_the_most_alike_first(tell: Tell, lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = tell("hits")
    assert code == 0 and told["total"] == 2 and [hit["entry_id"] for hit in told["hits"]] == ["L1", "9"]
    assert (told["hits"][0]["listed_name"], told["hits"][0]["name"]) == ("Northstar Guangzhou", "NORTHSTAR GUANGZHU")
    assert tell("hits", "--list", "OFAC")[1]["total"] == 1 and tell("hits", "--status", "cleared")[1]["hits"] == []
    assert len(tell("hits", "--limit", "1")[1]["hits"]) == 1
    assert run(["watchlist", "hits", "--lake", lake.root]) == 0 and "2 of 2" in capsys.readouterr().out


def test_a_clearance_is_of_the_entry_as_it_stands_and_can_be_taken_back(tell: Tell, lake: Lake) -> None:
    last = NIGHT + timedelta(days=30)
    code, told = tell("clear", *WHOM, "--reason", "another firm", "--until", str(last), *LATER)
    assert code == 0 and (told["state"], told["until"]) == ("cleared", str(last))
    [row] = kept(lake)
    assert (row["entry_hash"], row["until"], row["is_withdrawn"], row["reason"], row["known_at"]) == ("h1", last, False, "another firm", end_of(NIGHT + timedelta(days=1)))
    code, told = tell("withdraw", *WHOM, "--reason", "it is the same", "--known-at", str(NIGHT + timedelta(days=2)))
    assert code == 0 and told["state"] == "withdrawn" and [row["is_withdrawn"] for row in kept(lake)] == [False, True]
    assert tell("withdraw", *WHOM, "--reason", "again", "--known-at", str(NIGHT + timedelta(days=3)))[1]["error"]["code"] == "clearance.none"


@pytest.mark.parametrize(("words", "fault"), [
    (("clear", *WHOM[:4], "--party", "1" * 20, "--reason", "x"), "hit.unknown"), (("clear", *WHOM, "--reason", " "), "reason.empty"),
    (("clear", *WHOM, "--reason", "x", "--until", str(date(2020, 1, 1))), "until.past"), (("clear", *WHOM, "--reason", "x", "--until", "never"), "date.unreadable"),
    (("clear", *WHOM, "--reason", "x", "--known-at", str(NIGHT)), "act.past"), (("withdraw", *WHOM, "--reason", "x"), "clearance.none"), (("clear", *WHOM), "command.usage"),
])
def test_mistakes_are_told_and_nothing_is_kept(tell: Tell, lake: Lake, words: tuple[str, ...], fault: str) -> None:
    code, told = tell(*words)
    assert code == 2 and told["error"]["code"] == fault and not kept(lake)
