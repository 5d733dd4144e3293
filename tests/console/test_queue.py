import itertools
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest
import small_lake
from conftest import SignIn

from console import queue
from console.desk.live import Live
from console.queue import Asked
from console.serving import Shelf
from jobs.serving import build, prune, serving_file
from lakehouse.clock import now
from lakehouse.lake import Lake


def walked(served: Any, asked: Asked, states: dict[str, Live], limit: int) -> list[str]:
    """Every shipment over all pages."""
    found: list[str] = []
    for _ in range(1000):
        page = queue.page(served, small_lake.OFFICE, asked, states, 1, limit)
        found += [row["shipment_id"] for row in page.rows]
        if not page.next_url:
            return found
        asked = Asked.of({"after": [unquote(page.next_url.split("after=")[1].split("&")[0])], "scope": [asked.scope], "sort": [asked.sort]})
    raise AssertionError("pages never end")


@pytest.mark.parametrize(("sort", "limit"), list(itertools.product(queue.SORTS, (1, 7, 50, 64, 100))))
def test_pages_hold_every_shipment_once_in_order(served: Any, sort: str, limit: int) -> None:
    whole = served.rows("SELECT shipment_id FROM scored WHERE office_code = ?", [small_lake.OFFICE])
    found = walked(served, Asked(scope="all", sort=sort), {}, limit)
    assert sorted(found) == sorted(row["shipment_id"] for row in whole)
    assert found == walked(served, Asked(scope="all", sort=sort), {}, 1000)


def test_the_list_is_what_was_selected_in_its_order(served: Any) -> None:
    assert walked(served, Asked(), {}, 10) == [f"s{n:05d}" for n in range(24)]


def test_what_is_decided_or_put_off_is_elsewhere(served: Any) -> None:
    states = {"s00000": Live("decided", 1, "kim", now(), "scan"), "s00001": Live("snoozed", 1, "kim", now()), "s00002": Live("claimed", 1, "kim", now()),
              "s00003": Live("claimed", 2, "lee", now())}
    rest = walked(served, Asked(), states, 10)
    assert rest[:3] == ["s00002", "s00003", "s00004"] and len(rest) == 22
    for state, one in (("decided", ["s00000"]), ("snoozed", ["s00001"]), ("mine", ["s00002"])):
        page = queue.page(served, small_lake.OFFICE, Asked(state=state), states, 1)
        assert [row["shipment_id"] for row in page.rows] == one and page.total == 1


def test_chips_count_what_pressing_them_shows(served: Any) -> None:
    states = {"s00000": Live("decided", 1, "kim", now(), "scan"), "s00009": Live("snoozed", 1, "kim", now())}
    for scope, lane, mark in itertools.product(("list", "all"), ((), ("red",), ("red", "orange"), ("none such",)), ((), ("severe",))):
        asked = Asked(scope=scope, facets={name: values for name, values in (("lane", lane), ("mark", mark)) if values})
        counted = queue.facet_counts(queue.cube(served, small_lake.OFFICE, scope, states), asked)
        for name, counts in counted.items():
            for value, number in counts.items():
                pressed = Asked(scope=scope, facets={**{n: v for n, v in asked.facets.items() if n != name}, name: (value,)})
                page = queue.page(served, small_lake.OFFICE, pressed, states, 1, 1000)
                assert len(page.rows) == page.total == number, (asked, name, value)


def test_every_identifier_finds_its_shipment(served: Any) -> None:
    row = served.first("SELECT * FROM scored WHERE shipment_id = 's00003'")
    for text in (row["declaration_no"], row["cargo_control_no"], row["house_bl"], row["master_bl"], row["container_nos"][0], "s00003",
                 f" {row['house_bl'].lower()} ", row["declaration_no"][:5] + "-" + row["declaration_no"][5:]):
        assert [hit["shipment_id"] for hit in queue.search(served, text) if hit["is_exact"]] == ["s00003"], text
    assert len(queue.search(served, "4122326100")) == 30
    assert queue.search(served, "4122") == [] == queue.search(served, " ")


def test_a_url_says_what_was_asked() -> None:
    asked = Asked("all", "mine", "time", {"lane": ("orange", "red"), "mark": ("severe",)}, "3.0~s1")
    assert Asked.of(parse_qs(asked.url(after=asked.after).lstrip("?"))) == asked
    assert Asked.of({"scope": ["x"], "state": ["y"], "sort": ["z"], "unknown": ["1"]}) == Asked()


def test_next_claims_one_and_the_next_officer_gets_another(sign_in: SignIn) -> None:
    where = [sign_in(name).post("/next").headers["location"] for name in ("officer", "officer2", "officer")]
    # One's own claim comes first: what was begun is gone on with.
    assert where == ["/shipments/s00000", "/shipments/s00001", "/shipments/s00000"]


def test_several_at_once(sign_in: SignIn) -> None:
    kim, lee, boss = sign_in("officer"), sign_in("officer2"), sign_in("supervisor")
    lee.post("/shipments/s00003/claim")
    kim.post("/batch", act="claim", shipment=["s00002", "s00003", "s00064"])
    assert [row.split('"')[0] for row in kim.get("/tonight?state=mine").text.split('data-id="')[1:]] == ["s00002"]
    kim.post("/batch", act="snooze", shipment=["s00002", "s00004"], until="1h")
    assert len(kim.get("/tonight?state=snoozed").text.split('data-id="')[1:]) == 2
    [assignee] = re.findall(r'value="(\d+)">선별 2팀', boss.get("/tonight").text)
    boss.post("/batch", act="assign", shipment=["s00005"], account_id=assignee)
    assert "s00005" in lee.get("/tonight?state=mine").text


def test_views_are_ones_own(sign_in: SignIn) -> None:
    kim, lee = sign_in("officer"), sign_in("officer2")
    assert kim.post("/views", name="빨강", query="?lane=red&scope=all").headers["location"] == "/tonight?scope=all&lane=red"
    page = kim.get("/tonight").text
    assert "빨강" in page and "빨강" not in lee.get("/tonight").text
    drop = page.split("/views/")[1].split("/drop")[0]
    lee.post(f"/views/{drop}/drop")
    assert "빨강" in kim.get("/tonight").text
    kim.post(f"/views/{drop}/drop")
    assert "빨강" not in kim.get("/tonight").text


def test_a_new_night_is_served_whole_and_old_files_go(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    first = small_lake.add_night(lake, small_lake.night() - timedelta(days=1), 8, 1)
    shelf = Shelf(lake)
    before = shelf.current()
    assert before is not None and before is shelf.current() and before.run_id == first.run_id
    published = small_lake.add_night(lake, small_lake.night(), 9, 1)
    after = shelf.current()
    assert after is not None and after.run_id == published.run_id
    # Who still holds the night before reads that one to the end.
    for served, shipments in ((before, 9), (after, 10)):
        assert served.first("SELECT count(*) AS n, count(DISTINCT as_of) AS nights FROM scored WHERE is_tonight") == {"n": shipments, "nights": 1}
    for number in range(5):
        (lake.folder / "serving" / f"old{number}.1.duckdb").write_bytes(b"")
    prune(lake, {serving_file(lake, published)})
    assert serving_file(lake, published).exists() and len(list((lake.folder / "serving").glob("*.duckdb"))) <= 4
    assert build(lake, published) == serving_file(lake, published)
