"""Values held against reference lists: what a list does not hold is told, and nothing is told where there is no list."""

from pathlib import Path

import pyarrow as pa
import pytest
from edifact_sent import BOUNDS, COARRI, sent

from feeds import clearance_list, terminal_event
from feeds.feed import UNLISTED, Feed
from feeds.parsing import Parsing
from feeds.reference import LISTINGS, codes, unlisted
from feeds.registry import FEEDS
from lakehouse.settings import load_settings


def told(feed: Feed, text: str, folder: Path | str = "") -> list[list[str]]:
    parsing = Parsing.of(feed, load_settings({}).replaced(reference__folder=str(folder)))
    rows = [parsing._row(feed, "", record, at) for at, record in enumerate(feed.read(text, BOUNDS))]
    return [[fault["field"] for fault in faults if fault["code"] == UNLISTED] for faults in parsing.batch(rows).column("faults").to_pylist()]


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_what_is_held_against_a_list_is_a_text_of_the_feed(feed: Feed) -> None:
    texts = {field.name for field in feed.fields if field.type == "string"}
    assert set(feed.listed) <= set(LISTINGS) and set(feed.listed_by_field) <= texts


def test_places_and_terminals_are_known_by_their_lists(shared: Path) -> None:
    folder = shared / "reference"
    assert len(codes(str(folder), "unlocode")) > 100_000 and len(codes(str(folder), "smdg")) > 900
    known = COARRI.replace("PNIT", "PNC")
    assert told(terminal_event.FEED, sent(known), folder) == [[], []]
    assert told(terminal_event.FEED, sent(known.replace("CNSHA", "CNZZQ").replace("PNC", "NOSUCH")), folder) == [["terminal_code", "loading_port"], ["terminal_code"]]


def test_without_a_folder_chapters_judge_and_places_are_not_judged() -> None:
    line = '{"list_no":"L1","line":1,"hs6":"%s"}'
    assert told(clearance_list.FEED, "\n".join(line % code for code in ("851830", "8518.30", "779999", ""))) == [[], [], ["hs6"], []]
    assert told(terminal_event.FEED, sent(COARRI.replace("CNSHA", "CNZZQ"))) == [[], []]


def test_a_whole_list_judges_subheadings(shared: Path) -> None:
    test = unlisted(str(shared / "reference"))
    assert test("hs", pa.array(["851830", "8518301000", "851899", None])).to_pylist() == [False, False, True, False]
