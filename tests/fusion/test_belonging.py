"""Which records belong to which shipment: of every feed, by every number, night by night, and what is cut stays cut."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from feeds.registry import BY_NAME
from fusion.belonging import Links, belonging, touched
from fusion.links import link
from fusion.records import BY, Records
from fusion.shipments import shipment_states
from fusion.tables import CONSIGNMENT_NUMBER, LINK, LINK_CUT, REDIRECT, RELATION
from lakehouse.clock import sql_instant
from lakehouse.lake import Lake

pytestmark = pytest.mark.spark
MASTER, HOUSE_A, HOUSE_B, BOX = "MAEU123456789", "HOUSEA0001", "HOUSEB0001", "MSKU1234565"
CARGO_A, CARGO_B = "26ABCD0001I00010001", "26ABCD0001I00010002"


def day(number: int) -> datetime:
    return datetime(2026, 3, 1, 14, 59, 59, tzinfo=UTC) + timedelta(days=number)


def on(number: int) -> date:
    return date(2026, 3, 1) + timedelta(days=number)


class Small:
    """A lake of few records, linked night by night."""

    def __init__(self, spark: SparkSession, root: str) -> None:
        self.spark, self.lake, self.count, self.seen = spark, Lake(root), 0, 0

    def send(self, feed: str, key: str, known: int, **columns: Any) -> None:
        self.count += 1
        self.lake.append_rows([{"record_key": key, "known_at": day(known), "issued_at": day(known), "content_hash": f"{self.count:04}", "file": f"f{self.count}",
                                "ordinal": 0, "batch_id": f"{self.count:04}", **columns}], BY_NAME[feed].silver)

    def night(self, number: int) -> None:
        known = self.lake.known(day(number))
        found = link(self.spark, known, f"batch_id > '{self.seen:04}' AND known_at <= {sql_instant(day(number))}")
        for frame, table in ((found.links, LINK), (found.relations, RELATION), (found.numbers, CONSIGNMENT_NUMBER), (found.redirects, REDIRECT)):
            self.lake.append(frame.localCheckpoint(), table)
        self.seen = self.count
        self.found = found

    def shipments(self, number: int) -> list[dict[str, Any]]:
        known = self.lake.known(day(number))
        links = Links.of(self.spark, known)
        every = links.links.where("owner_kind = 'cargo'").selectExpr("owner_id AS shipment_id").union(links.relations.selectExpr("holder_id")).distinct()
        spine = every.withColumn("as_of", F.expr(sql_instant(day(number))))
        states = shipment_states(Records.of(self.spark, known, spine), links, {"KRPUS": "030"}, {"parcel": "040"})
        return [row.asDict() for row in states.where("NOT is_superseded").collect()]

    def records(self, shipment_id: str, number: int) -> set[tuple[str, str]]:
        spine = self.spark.createDataFrame([(shipment_id,)], "shipment_id string").withColumn("as_of", F.expr(sql_instant(day(number))))
        rows = belonging(spine, Links.of(self.spark, self.lake.known(day(number)))).collect()
        return {(row["feed"], row["record_key"]) for row in rows}


@pytest.fixture
def small(spark: SparkSession, tmp_path: Any) -> Small:
    return Small(spark, str(tmp_path / "lake"))


def one(rows: list[dict[str, Any]], **wanted: Any) -> dict[str, Any]:
    [row] = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    return row


def houses(small: Small) -> None:
    for house, cargo in ((HOUSE_A, CARGO_A), (HOUSE_B, CARGO_B)):
        small.send("manifest", f"{MASTER}|{house}", 1, master_bl=MASTER, house_bl=house, cargo_control_no=cargo, container_nos=[BOX],
                   arrival_estimated_at=day(20), discharge_port="KRPUS")


def test_houses_share_a_container_and_stay_two_shipments(small: Small) -> None:
    houses(small)
    small.send("terminal_event", f"I|M|{BOX}|t", 21, container_no=BOX, event_kind="discharge", event_at=day(20), event_port="KRPUS", discharge_port="KRPUS")
    small.send("carrier_event", "E1", 2, event_at=day(-10), equipment_reference=BOX, master_bl=MASTER, event_code="GTOT", classifier="ACT", unlocode="CNSHA")
    small.send("declaration", "D1", 22, declaration_no="D1", cargo_control_no=CARGO_A, declaration_office_id="03010", issued_on=on(22), arrived_on=on(20))
    small.night(23)
    rows = small.shipments(23)
    assert {row["house_bl"]: row["stage"] for row in rows} == {HOUSE_A: "declared", HOUSE_B: "manifest"}
    assert all(row["container_nos"] == [BOX] and row["office_code"] == "030" and row["arrived_at"] for row in rows)
    mine = small.records(one(rows, house_bl=HOUSE_A)["shipment_id"], 23)
    assert {feed for feed, _ in mine} == {"manifest", "terminal_event", "carrier_event", "declaration"} and ("manifest", f"{MASTER}|{HOUSE_B}") not in mine


def test_another_trip_of_the_container_is_another_shipments(small: Small) -> None:
    houses(small)
    small.send("manifest", "OTHER12345|", 60, master_bl="OTHER12345", container_nos=[BOX], arrival_estimated_at=day(65), discharge_port="KRPUS")
    small.send("terminal_event", "first", 21, container_no=BOX, event_kind="discharge", event_at=day(20), event_port="KRPUS")
    small.send("terminal_event", "second", 66, container_no=BOX, event_kind="discharge", event_at=day(65), event_port="KRPUS")
    small.night(70)
    rows = small.shipments(70)
    assert ("terminal_event", "second") not in small.records(one(rows, house_bl=HOUSE_A)["shipment_id"], 70)
    later = small.records(one(rows, master_bl="OTHER12345")["shipment_id"], 70)
    assert ("terminal_event", "second") in later and ("terminal_event", "first") not in later


def test_a_master_is_a_shipment_until_its_houses_are_known(small: Small) -> None:
    small.send("carrier_event", "E1", 0, event_at=day(0), equipment_reference=BOX, master_bl=MASTER, event_code="LOAD", classifier="ACT", unlocode="CNSHA")
    small.send("carrier_event", "E2", 0, event_at=day(20), equipment_reference=BOX, master_bl=MASTER, event_code="DISC", classifier="PLN", unlocode="KRPUS")
    small.night(0)
    [before] = small.shipments(0)
    assert (before["master_bl"], before["kind"], before["is_bound_for_korea"]) == (MASTER, "cargo", True)
    houses(small)
    small.night(1)
    after = small.shipments(1)
    assert {row["house_bl"] for row in after} == {HOUSE_A, HOUSE_B}
    assert ("carrier_event", "E1") in small.records(one(after, house_bl=HOUSE_B)["shipment_id"], 1)


def test_a_container_is_a_shipment_only_while_no_bill_is_known(small: Small) -> None:
    small.send("terminal_event", "t", 20, container_no=BOX, event_kind="discharge", event_at=day(20), event_port="KRPUS", discharge_port="KRPUS")
    small.night(20)
    [box] = small.shipments(20)
    assert (box["kind"], box["container_nos"], box["office_code"]) == ("container", [BOX], "030")
    houses(small)
    small.night(21)
    assert {row["kind"] for row in small.shipments(21)} == {"cargo"}


def test_a_parcel_is_order_list_courier_and_answers_together(small: Small) -> None:
    small.send("order", "M1|O1", 0, order_no="O1", market_code="M1", ordered_at=day(0))
    small.send("courier", "T1", 3, record_type="shipment", tracking_no="T1", hawb_no="HAWB00001", mawb_no="18012345675", created_at=day(3), order_refs=["O1"])
    small.send("courier", "T1|x|ARRIVED", 5, record_type="event", tracking_no="T1", event_code="ARRIVED", event_at=day(5), unlocode="KRICN")
    small.send("clearance_list", "L1|4", 5, list_no="L1", line=4, hawb_no="HAWB-00001", submitted_at=day(5))
    small.send("screening", "S1", 5, screening_id="S1", subject_kind="parcel", subject_ref="HAWB00001", captured_at=day(5), office="040")
    small.send("air_waybill", "18012345675|", 4, master_awb_plain="18012345675", house_awb_plain="", sent_at=day(4), destination="ICN")
    small.night(6)
    [parcel] = small.shipments(6)
    assert (parcel["kind"], parcel["stage"], parcel["list_no"], parcel["tracking_no"], parcel["order_nos"]) == ("parcel", "listed", "L1", "T1", ["O1"])
    assert {feed for feed, _ in small.records(parcel["shipment_id"], 6)} == {"order", "courier", "clearance_list", "screening", "air_waybill"}


def test_an_order_no_parcel_names_is_of_the_parcel_its_buyer_gets_that_names_none(small: Small) -> None:
    for number, buyer in (("O1", "~Pone"), ("O2", "~Pone"), ("O3", "~Ptwo")):
        small.send("order", f"M1|{number}", 0, order_no=number, market_code="M1", ordered_at=day(0), buyer_customs_id=buyer)
    small.send("courier", "T1", 3, record_type="shipment", tracking_no="T1", created_at=day(3), order_refs=["O2"], consignee_customs_id="~Pone")
    small.send("courier", "T2", 4, record_type="shipment", tracking_no="T2", created_at=day(4), order_refs=[], consignee_customs_id="~Pone")
    small.night(5)
    rows = small.shipments(5)
    orders = {no: {key for feed, key in small.records(one(rows, tracking_no=no)["shipment_id"], 5) if feed == "order"} for no in ("T1", "T2")}
    assert orders == {"T1": {"M1|O2"}, "T2": {"M1|O1"}}


def test_further_declarations_of_a_cargo_are_further_shipments(small: Small) -> None:
    small.send("cargo_progress", CARGO_A, 1, cargo_control_no=CARGO_A, house_bl=HOUSE_A, arrived_on=on(1), steps=[])
    small.night(1)
    [before] = small.shipments(1)
    for number in ("D1", "D2"):
        small.send("declaration", number, 2, declaration_no=number, cargo_control_no=CARGO_A, declaration_office_id="03010", issued_on=on(2))
    small.night(2)
    rows = small.shipments(2)
    assert {row["declaration_no"] for row in rows} == {"D1", "D2"} and all(row["declaration_nos"] == ["D1", "D2"] for row in rows)
    assert one(rows, declaration_no="D1")["shipment_id"] == before["shipment_id"]
    small.send("cargo_progress", CARGO_A, 3, cargo_control_no=CARGO_A, house_bl=HOUSE_A, arrived_on=on(1), steps=[])
    small.night(3)
    relations = Links.of(small.spark, small.lake.known(day(3))).relations
    small.send("outcome", "O1", 4, outcome_id="O1", subject_kind="declaration", subject_ref="D2", inspected_at=day(4))
    small.night(4)
    assert [row["shipment_id"] for row in touched(small.found, relations).collect()] == [one(rows, declaration_no="D2")["shipment_id"]]


def test_nights_one_by_one_link_what_one_pass_links(small: Small, spark: SparkSession, tmp_path: Any) -> None:
    def records(into: Small, nights: bool) -> set[frozenset[tuple[str, str]]]:
        into.send("declaration", "D1", 1, declaration_no="D1", house_bl=HOUSE_A, master_bl=MASTER, issued_on=on(1))
        if nights:
            into.night(1)
        houses(into)
        if nights:
            into.night(2)
        into.send("cargo_progress", CARGO_A, 3, cargo_control_no=CARGO_A, arrived_on=on(3), steps=[])
        into.send("courier", "T1", 3, record_type="shipment", tracking_no="T1", hawb_no="HAWB00001", created_at=day(3))
        into.night(3)
        return {frozenset(into.records(row["shipment_id"], 3)) for row in into.shipments(3)}

    assert records(small, True) == records(Small(spark, str(tmp_path / "other")), False)


def test_a_cut_link_stays_cut_and_was_there_before(small: Small) -> None:
    houses(small)
    small.send("screening", "S1", 2, screening_id="S1", subject_kind="container", subject_ref=BOX, captured_at=day(19))
    small.night(2)
    shipment = one(small.shipments(2), house_bl=HOUSE_A)["shipment_id"]
    small.lake.append_rows([{"owner_kind": "container", "owner_id": BOX, "feed": "screening", "record_key": "S1", "reason": "another box", "cut_by": "analyst",
                             "is_withdrawn": False, "known_at": day(3)}], LINK_CUT)
    small.send("screening", "S2", 4, screening_id="S2", subject_kind="container", subject_ref=BOX, captured_at=day(20))
    small.night(4)
    assert ("screening", "S1") in small.records(shipment, 2)
    assert ("screening", "S1") not in small.records(shipment, 4) and ("screening", "S2") in small.records(shipment, 4)


def test_every_naming_names_a_feed_and_what_it_is_read_by(spark: SparkSession) -> None:
    from fusion.naming import NAMINGS

    for naming in NAMINGS:
        empty = spark.createDataFrame([], BY_NAME[naming.feed].silver.ddl)
        assert empty.selectExpr(naming.seen_on, naming.cargo_no, naming.house, naming.master, naming.tracking, naming.bill,
                                *(sql for _, sql in (*naming.about, *naming.carries))).columns
    assert BY == ("shipment_id", "as_of")
