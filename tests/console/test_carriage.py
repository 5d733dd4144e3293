"""Voyages and containers: what came together, of one's own office alone, weighed and sealed as its records say."""

from typing import Any

import carried_lake
import pytest
import small_lake
from conftest import SignIn, Site
from sqlalchemy import select

from console import carriage
from console.serving import Served
from console.store.schema import CLAIM

ABOARD, MINE = len(small_lake.TOGETHER), len(small_lake.TOGETHER) - 1


def test_an_officer_goes_from_a_shipment_to_its_voyage_and_its_container(embedded_site: Site, enter: Any) -> None:
    page = enter(embedded_site, "officer")
    page.goto(f"{embedded_site.address}/shipments/s00041")
    page.click(".ids a:has-text('HAEON PIONEER 101E')")
    page.wait_for_url(f"**/voyages/{small_lake.VOYAGE}")
    assert page.locator("tr.item").count() == MINE and "다른 세관 화물 1건" in page.inner_text("main")
    assert "PNP" in page.inner_text(".strip") and small_lake.VOYAGE in page.inner_text(".strip")
    page.click(".tabs a:has-text('운송주선인')")
    page.wait_for_url("**by=forwarder**")
    assert "자료 없음" in page.inner_text(".group")
    # Two at once, from the list as from tonight's.
    for place in (0, 1):
        page.locator(".pick").nth(place).check()
    page.click(".batch button[value=claim]")
    page.wait_for_url("**/voyages/**by=forwarder**")
    with embedded_site.database.reading() as connection:
        assert len(connection.execute(select(CLAIM.c.shipment_id)).all()) == 2
    page.click(f".box-list a:has-text('{small_lake.BOX}')")
    page.wait_for_url(f"**/containers/{small_lake.BOX}")
    text = page.inner_text("main")
    assert f"다른 {MINE - 1}건도 나가지 못합니다" in text and f"하우스가 {ABOARD + carried_lake.UNSEEN}건 있고" in text
    houses = (ABOARD + carried_lake.UNSEEN) * carried_lake.HOUSE_KG
    net = carried_lake.VGM - carried_lake.TARE
    assert f"{net:,.0f} kg" in text and f"{houses:,.1f} kg" in text and f"{net - houses:+,.0f} kg (+8.7%)" in text
    seals = page.locator("[aria-labelledby=seals-title] tbody tr").all_inner_texts()
    assert len(seals) == 2 and "HAE1234567" in seals[0] and "선사" in seals[0] and "적하목록에 없음" not in seals[0]
    assert "CUS777" in seals[1] and "세관" in seals[1] and "적하목록에 없음" in seals[1]
    moves = page.locator("[aria-labelledby=moves-title] tbody tr").all_inner_texts()
    assert [row.split("\t")[2] for row in moves] == ["게이트 반출", "하선", "선적"], "what was only planned did not happen"
    assert "밀도 이상" in page.inner_text("[aria-labelledby=scans-title]") and page.title() != "hit"


def test_offices_see_their_own_part(sign_in: SignIn, served: Served) -> None:
    voyage = f"/voyages/{small_lake.VOYAGE}"
    analyst, officer = sign_in("analyst").get(voyage).text, sign_in("officer").get(voyage).text
    assert "s00064" in analyst and "s00064" not in officer and "s00041" in officer
    alone = small_lake.control_of(65)[:11]
    for path in (f"/voyages/{alone}", "/containers/HAEU0000065"):
        assert sign_in("analyst").get(path).status_code == 200 and sign_in("officer").get(path).status_code == 404
    assert sign_in("officer").get("/voyages/none").status_code == 404
    assert sign_in("officer").get(f"{voyage}?after=-1").status_code == sign_in("officer").get(f"{voyage}?after={10**30}").status_code == 422
    assert sign_in("officer").get("/containers/'; DROP TABLE x").status_code == 404


def test_found_by_name_number_and_container(embedded: SignIn) -> None:
    person = embedded("officer")
    for text in ("haeon pioneer", "HAEON PIONEER 101E", small_lake.VOYAGE):
        assert f"/voyages/{small_lake.VOYAGE}" in person.get(f"/tonight?q={text}").text, text
    assert f"/containers/{small_lake.BOX}" in person.get(f"/tonight?q={small_lake.BOX}").text
    # One shipment alone opens at once, as before; a voyage all of another office is not told of.
    assert person.get("/tonight?q=HAEU0000003").headers["location"] == "/shipments/s00003"
    assert small_lake.control_of(65)[:11] not in person.get(f"/tonight?q={small_lake.control_of(65)[:11]}").text.split("<main")[1].split("찾은 결과")[1]


def test_lanes_and_pages_keep_the_count(embedded: SignIn, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    person = embedded("officer")
    green = person.get(f"/voyages/{small_lake.VOYAGE}?lane=green&lane=nonsense").text
    assert green.count('class="item"') == MINE and person.get(f"/voyages/{small_lake.VOYAGE}?lane=red").text.count('class="item"') == 0
    monkeypatch.setattr(carriage, "SHOWN", 5)
    first, last = (person.get(f"/voyages/{small_lake.VOYAGE}?after={after}").text for after in (0, 10))
    assert first.count('class="item"') == 5 and last.count('class="item"') == MINE - 10 and "after=5" in first


def test_weights_that_cannot_be_compared_are_not(served: Served) -> None:
    told, bills = carriage.told_of(served, small_lake.BOX), carriage.bills_of(served, small_lake.BOX)
    seen = carriage.weighing(told, bills)
    assert seen is not None and seen.seen == pytest.approx(carried_lake.VGM) and seen.is_unusual
    split = carriage.weighing(told, [*bills[1:], bills[0] | {"containers": 2}])
    assert split is not None and split.houses is None and split.difference is None and not split.is_unusual
    assert carriage.weighing([row for row in told if row["weight_kg"] is None], bills) is None
    untared = carriage.weighing([row | {"tare_kg": None} for row in told], bills)
    assert untared is not None and untared.net is None and untared.difference is None
