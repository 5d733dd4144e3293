"""Large files are read in pieces: every record at its line, whatever is refused refused as it would be in a small file."""

import gzip
import json
from itertools import chain
from pathlib import Path

import pytest

from feeds import exchange_rate, order
from feeds.feed import Feed
from feeds.parsing import Parsing
from feeds.readers import pieces
from lakehouse.settings import load_settings


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_PIECE_CHARACTERS", 3_000)


def rows(path: Path, feed: Feed, **bounds: int) -> list[dict]:
    settings = load_settings({}).replaced(**{f"bounds__{name}": value for name, value in bounds.items()})
    found = list(Parsing.of(feed, settings).rows({"file": path.name, "path": str(path), "known_seconds": 0, "finding": ""}))
    assert max(row["file_records"] for row in found) == sum("ordinal" in row for row in found)
    assert [row["ordinal"] for row in found if "ordinal" in row] == list(range(sum("ordinal" in row for row in found)))
    return found


def orders(count: int) -> list[str]:
    return [json.dumps({"order_no": str(number), "market_code": "D1", "ordered_at": "2026-01-05T09:12:00+09:00"}) for number in range(count)]


def test_records_of_lines_stand_at_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "orders.jsonl"
    path.write_text("\n\n".join(orders(400)) + "\n", encoding="utf-8")
    found = rows(path, order.FEED)
    assert [row["position"] for row in found] == [f"line {1 + 2 * number}" for number in range(400)]
    assert [row["values"]["order_no"] for row in found] == [str(number) for number in range(400)]


def test_a_line_beyond_the_bound_is_refused_alone_and_never_held_whole(tmp_path: Path) -> None:
    path = tmp_path / "orders.jsonl"
    lines = orders(300)
    lines[150] = '{"order_no": "' + "x" * 50_000 + '"}'
    path.write_text("\n".join(lines), encoding="utf-8")
    found = rows(path, order.FEED, record_bytes=2_000)
    refused = [row for row in found if row["refusal"]]
    assert len(found) == 300 and [(row["position"], row["refusal"], len(row["raw"])) for row in refused] == [("line 151", "record.bounds", 2_000)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_rows_keep_their_heading_in_every_piece(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "rates.csv"
    rates = (f'"USD",2026-01-{1 + day % 28:02},"1{day:03}"' for day in range(500))
    path.write_bytes("\n".join(chain(["currency,valid_from,krw_per_unit"], rates)).encode(encoding))
    found = rows(path, exchange_rate.FEED)
    first = int(found[0]["position"].removeprefix("line "))
    assert [row["position"] for row in found] == [f"line {number}" for number in range(first, first + 500)]
    assert [row["values"]["krw_per_unit"] for row in found] == [f"1{day:03}" for day in range(500)]


def test_a_heading_that_lacks_a_column_refuses_the_file_once(tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    path.write_text("currency,krw\n" + "USD,1\n" * 3_000, encoding="utf-8")
    assert [row["refusal"] for row in rows(path, exchange_rate.FEED)] == ["csv.header"]


def test_what_is_cut_or_wrongly_encoded_is_refused_whole(tmp_path: Path) -> None:
    packed = gzip.compress("\n".join(orders(2_000)).encode(), compresslevel=0)
    (tmp_path / "cut.jsonl.gz").write_bytes(packed[:-40])
    (tmp_path / "odd.jsonl").write_bytes("\n".join(orders(400)).encode() + b"\xff")
    assert [row["refusal"] for row in rows(tmp_path / "cut.jsonl.gz", order.FEED)] == ["archive.unreadable"]
    assert [row["refusal"] for row in rows(tmp_path / "odd.jsonl", order.FEED)] == ["text.encoding"]


def test_a_message_that_cannot_be_parted_has_a_bound(tmp_path: Path) -> None:
    from feeds import declaration

    path = tmp_path / "big.xml"
    path.write_text("<a>" + "P123456789012 " * 1_000 + "</a>", encoding="utf-8")
    [row] = rows(path, declaration.FEED, message_bytes=5_000)
    assert row["refusal"] == "record.bounds" and "P123456789012" not in row["raw"] and row["raw"].startswith("<a>")
