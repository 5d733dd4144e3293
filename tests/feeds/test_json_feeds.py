"""Carrier events, parcels, orders, lists, bags and screenings: read whole, counted alike, hostile text refused one by one."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import baggage, carrier_event, clearance_list, courier, order, screening
from feeds.expressions import COUNTRIES, spoken, wrong_check_digit
from feeds.feed import Bounds, Feed, Record, record_key
from feeds.pseudonym import pseudonymise
from feeds.refusals import COMMON
from lakehouse.text import LANGUAGES

BOUNDS = Bounds(10_000_000, 1_000_000, 64)
FEEDS = (carrier_event.FEED, courier.FEED, order.FEED, clearance_list.FEED, baggage.FEED, screening.FEED)
LINE_FEEDS = FEEDS[1:]
EVENT = {"eventID": "E1", "eventType": "EQUIPMENT", "eventClassifierCode": "ACT", "eventDateTime": "2026-01-05T09:00:00Z",
         "eventCreatedDateTime": "2026-01-05T09:01:00Z", "equipmentEventTypeCode": "LOAD", "equipmentReference": "CSQU3054383"}
PARCEL = {"record_type": "shipment", "tracking_no": "T-1", "courier_code": "EX", "created_at": "2026-01-05T09:12:00+09:00", "hawb_no": "H1",
          "shipper": {"name": "Lamp Works", "country": "CN"}, "consignee": {"name": "받는이", "customs_id": "P123456789012", "phone": "010-1234-5678"},
          "pieces": 1, "weight_kg": 0.42, "declared_value": {"amount": 39.9, "currency": "USD"}, "order_refs": ["A", "B"], "dims_cm": [10, 20.5, 30],
          "lines": [{"seq": 1, "description": "lamp", "hs_code": "940520", "quantity": 2, "unit_value": 19.95, "origin": "CN"}], "unheard_of": 1}
ARRIVAL = {"record_type": "event", "tracking_no": "T-1", "event_code": "ARRIVED", "event_at": "2026-01-05T09:12:00+09:00", "unlocode": "KRICN"}


def read(feed: Feed, text: str, bounds: Bounds = BOUNDS) -> list[Record]:
    found = list(feed.read(text, bounds))
    whole = len(found) == 1 and found[0].refusal and not found[0].position
    assert whole or feed.count(text) == len(found)
    return found


def said(feed: Feed, *objects: object) -> list[dict]:
    found = read(feed, "\n".join(json.dumps(one, ensure_ascii=False) for one in objects))
    return [{**record.values, "key": record.key or record_key(feed, record.values)} for record in found]


def codes(feed: Feed, text: str, bounds: Bounds = BOUNDS) -> list[str]:
    return [record.refusal for record in read(feed, text, bounds)]


@pytest.fixture
def answers(shared: Path) -> Iterator[dict[str, str]]:
    yield {path.stem: path.read_text(encoding="utf-8") for path in (shared / "samples/dcsa-tnt").glob("*.json")}


def test_published_answers_of_both_versions_give_one_table(answers: dict[str, str]) -> None:
    old, new = (read(carrier_event.FEED, answers[name]) for name in ("tnt-220-response", "tnt-300-response"))
    assert (len(old), len(new)) == (7, 5) and not any(record.refusal for record in old + new)
    load = old[2].values
    assert load["version"] == "2.2" and load["event_code"] == "LOAD" and load["equipment_reference"] == "APZU4812090"
    assert load["master_bl"] == "reserved-HHL123" and load["booking_no"] == "ABC123123123" and load["facility_code"] == "ADT"
    assert load["seals"] == [{"number": "string", "source": "CUS", "type": "WIR"}] and load["vessel_imo"] == "9321483"
    departure, gate = new[1].values, new[2].values
    assert departure["version"] == "3.0" and departure["master_bl"] == "HHL71800000" and departure["booking_no"] == "ABC709951"
    assert departure["export_voyage_no"] == "V002E" and departure["vessel_imo"] == "7654321" and departure["unlocode"] == "GBSOU"
    assert gate["equipment_reference"] == "APZU4812090" and gate["event_code"] == "GTIN" and gate["event_updated_at"] == "2025-01-27T01:23:45Z"


def test_wrong_answers_keep_what_was_sent(answers: dict[str, str]) -> None:
    dates = read(carrier_event.FEED, answers["tnt-220-response-wrong-date-times"])
    assert len(dates) == 7 and [record.values["event_at"] for record in dates][2] is None
    assert dates[3].values["event_created_at"] == "2021 01 01 14:12:56"
    # None of them has a number, and a record without its key is refused whatever else it holds.
    assert all(record_key(carrier_event.FEED, record.values) is None for record in dates)
    values = [record.values for record in read(carrier_event.FEED, answers["tnt-220-response-wrong-attribute-values"])]
    assert [value["event_id"] is None for value in values] == [True, False, False]
    assert values[2]["unlocode"] == "XYABC" and values[2]["call_unlocode"] == "XYBCD" and "XY" not in COUNTRIES


def test_new_seals_and_a_bill_beside_a_booking_are_found() -> None:
    [event] = said(carrier_event.FEED, {"events": [{
        "eventID": "N1", "eventDateTime": "2026-01-05T09:00:00Z", "eventUpdatedDateTime": "2026-01-05T10:00:00Z",
        "eventClassification": {"eventTypeCode": "EQUIPMENT", "eventClassifierCode": "ACT", "equipmentEventTypeCode": "CUSI"},
        "eventLocation": {"UNLocationCode": "KRPUS", "facility": {"facilityCode": "PNC", "facilityCodeListProvider": "SMDG"}},
        "equipmentDetails": {"equipmentReference": "CSQU3054383", "seals": [{"number": "S1", "source": "CUS"}, "S2"]},
        "transportDetails": {"delayReasonCodes": ["WEA", "STR"]},
        "shipmentDetails": {"documentReference": {"typeCode": "BKG", "reference": "B1"},
                            "additionalDocumentReferences": [{"typeCode": "TRD", "reference": "M1"}, {"typeCode": "TRD", "reference": "M1"}]}}]})
    assert event["seals"] == [{"number": "S1", "source": "CUS", "type": None}, {"number": "S2", "source": None, "type": None}]
    assert (event["master_bl"], event["booking_no"], event["facility_code"]) == ("M1", "B1", "PNC")
    assert [one["type"] for one in event["document_references"]] == ["BKG", "TRD"] and event["delay_reason_codes"] == ["WEA", "STR"]
    assert event["is_customs_step"] == "true"


def test_the_facility_of_a_call_elsewhere_is_not_taken() -> None:
    call = {"transportCall": {"UNLocationCode": "CNSHA", "facilityCode": "YSH"}}
    [there, here] = said(carrier_event.FEED, EVENT | call, EVENT | call | {"eventLocation": {"UNLocationCode": "KRPUS"}})
    assert (there["unlocode"], there["facility_code"]) == ("CNSHA", "YSH")
    assert (here["unlocode"], here["call_unlocode"], here["facility_code"]) == ("KRPUS", "CNSHA", None)


def test_lists_envelopes_lines_and_one_event_tell_the_same() -> None:
    twice = [EVENT, EVENT | {"eventID": "E2", "changeRemark": 'a "quoted" ] } , [ { remark\\'}]
    forms = [json.dumps(twice), json.dumps(twice, indent=2), json.dumps({"feedbackElements": [{"events": [1]}], "events": twice}, indent=1),
             json.dumps({"events": twice}), "\n\n".join(map(json.dumps, twice)) + "\r\n"]
    told = [[(record.parts, record.values) for record in read(carrier_event.FEED, form)] for form in forms]
    assert all(one == told[0] for one in told) and len(told[0]) == 2
    [alone] = read(carrier_event.FEED, json.dumps(EVENT, indent=2))
    assert (alone.parts, alone.values) == told[0][0]
    assert [record.position for record in read(carrier_event.FEED, forms[1])] == ["event 1", "event 2"]
    assert json.loads(read(carrier_event.FEED, forms[1])[1].raw) == twice[1]


@pytest.mark.parametrize(("text", "code"), [
    ("[]", "dcsa.none"), ('{"events": []}', "dcsa.none"), ('{"events": [], "feedbackElements": [{"severity": "ERROR", "message": "no"}]}', "dcsa.error"),
    ('{"httpMethod": "GET", "errors": [{"reason": "invalidQuery", "message": "no"}], "statusCode": 400}', "dcsa.error"),
    ('{"events": null}', "dcsa.form"), ("17", "json.malformed"), ("not JSON", "json.malformed"), ("<a/>", "json.malformed"),
    (json.dumps([EVENT, EVENT])[:-9], "json.malformed"), (json.dumps([EVENT]) + "]", "json.malformed"), ('[{"eventID": NaN}]', "json.malformed"),
    ('{"events": [], "events": []}', "json.malformed"), ('[{"eventID": "a", "eventID": "b"}]', "json.malformed"), ("[" * 100_000, "record.bounds"),
    ('[{"eventID": ' + "9" * 5000 + "}]", "json.malformed"), ('"' + '\\"' * 50_000, "json.malformed"), ("{" + '"\\' * 50_000, "json.malformed"),
])
def test_an_answer_without_events_or_a_broken_one_is_one_record(text: str, code: str) -> None:
    assert codes(carrier_event.FEED, text) == [code]


def test_one_bad_event_leaves_the_others() -> None:
    deep: object = "x"
    for _ in range(80):
        deep = [deep]
    listed = [EVENT, 1, EVENT | {"x": deep}, EVENT | {"x": "\ud800"}, EVENT | {"x": "y" * 1_000_001}, EVENT | {"x": "[" * 100}]
    assert codes(carrier_event.FEED, json.dumps(listed)) == ["", "json.malformed", "record.bounds", "json.malformed", "record.bounds", ""]
    lines = "\n".join([json.dumps(EVENT), "{broken", '[{"eventID": 1}, {"eventID": 2}]', json.dumps(EVENT)])
    assert codes(carrier_event.FEED, lines) == ["", "json.malformed", "json.malformed", ""]


def test_a_name_spelled_in_escapes_is_no_envelope() -> None:
    [record] = read(carrier_event.FEED, '{"\\u0065vents": [{"eventID": "a"}, {"eventID": "b"}]}')
    assert record_key(carrier_event.FEED, record.values or {}) is None


def test_parcels_and_their_events_have_their_own_keys() -> None:
    parcel, event, held, odd = said(courier.FEED, PARCEL, ARRIVAL, ARRIVAL | {"event_code": "CUSTOMS_HELD"}, PARCEL | {"record_type": "bag"})
    assert parcel["key"] == "T-1" and event["key"] == "T-1|2026-01-05T09:12:00+09:00|ARRIVED" and odd["key"] == "T-1"
    assert (parcel["is_customs_held"], event["is_customs_held"], held["is_customs_held"]) == (None, "false", "true")
    assert parcel["declared_value_amount"] == 39.9 and parcel["lines"][0]["unit_value"] == 19.95 and parcel["dims_cm"] == ["10", "20.5", "30"]
    assert parcel["order_refs"] == ["A", "B"] and parcel["pieces"] == 1 and "unheard_of" not in parcel


def test_what_no_field_declares_is_still_content() -> None:
    same, spaced, other = (read(courier.FEED, text)[0].parts for text in (
        json.dumps(PARCEL), json.dumps(dict(reversed(PARCEL.items())), separators=(",", ":")), json.dumps(PARCEL | {"unheard_of": 2})))
    assert same == spaced != other


def test_personal_values_come_as_stand_ins() -> None:
    [record] = read(courier.FEED, pseudonymise(json.dumps(PARCEL), "key"))
    assert record.values["consignee_customs_id"].startswith("~P") and record.values["consignee_phone"].startswith("~H")


def test_orders_lists_and_screenings_are_read_whole() -> None:
    [bought] = said(order.FEED, {"order_no": "O1", "market_code": "D12200001", "ordered_at": "2026-01-05T09:12:00+09:00", "currency": "USD", "total_paid": 304.4,
                                 "seller": {"id": "S", "registered_on": "2025-11-02"}, "buyer": {"postcode": "06000"}, "ship_to": {"postcode": "06000"},
                                 "lines": [{"seq": 1, "category_path": ["a", "b"], "quantity": 2, "unit_price": 152.2}], "status": "paid"})
    assert bought["key"] == "D12200001|O1" and bought["lines"][0]["category_path"] == ["a", "b"] and bought["buyer_postcode"] == "06000"
    assert bought["seller_registered_on"] == "2025-11-02" and bought["ship_to"] == '{"postcode": "06000"}'
    [listed] = said(clearance_list.FEED, {"list_no": "AE02312600001167", "line": 1, "goods": "lamp", "consignee": {"name": "받는이"}})
    assert listed["key"] == "AE02312600001167|1" and listed["consignee_name"] == "받는이"
    [seen] = said(screening.FEED, {"screening_id": "X1", "subject": {"kind": "container", "ref": "CSQU3054383"}, "detections": [
        {"label": "false_wall", "confidence": 0.87, "box": [0.1, 0.2, 0.3, 0.4]}], "operator_result": "none", "image_sha256": "0" * 64})
    assert seen["key"] == "X1" and seen["subject_ref"] == "CSQU3054383" and seen["detections"][0]["box"] == ["0.1", "0.2", "0.3", "0.4"]


@pytest.mark.parametrize(("sent", "day"), [
    ("2026-01-05T09:12:00+09:00", "2026-01-05"), ("2026-01-05T15:00:00Z", "2026-01-06"), ("2026-01-05T14:59:59.999Z", "2026-01-05"),
    ("2026-01-05 23:30:00 +00:00", "2026-01-06"), ("2026-01-05 23:30:00 UTC", "2026-01-06"), ("2026-01-05T23:30", "2026-01-05"), ("20260105233000", "2026-01-05"),
    ("202601052330", "2026-01-05"), ("20260105", "2026-01-05"), ("2026-01-05", "2026-01-05"), ("0001-01-01T00:00:00+14:00", "0001-01-01"), ("soon", "soon"),
    (" 2026-01-05T00:30:00-08:00 ", "2026-01-05"),
])
def test_a_bags_day_is_koreas(sent: str, day: str) -> None:
    [bag] = said(baggage.FEED, {"bag_tag": "0988123456", "arrived_at": sent, "declared": False})
    assert bag["key"] == f"0988123456|{day}" and bag["declared"] == "false"


@pytest.mark.parametrize("feed", LINE_FEEDS, ids=lambda feed: feed.name)
def test_each_broken_line_is_one_refused_record(feed: Feed) -> None:
    good = json.dumps(PARCEL)
    lines = [good, "", "{broken", "[1]", '{"a": Infinity}', good + "x", '{"a": 1, "a": 2}', '{"a": "\\udc00"}', '{"a":' * 100 + "1" + "}" * 100,
             '{"a":' * 60_000, json.dumps({"a": "b" * 1_000_001}), " \t", good]
    malformed = ["json.malformed"] * 6
    assert codes(feed, "\n".join(lines)) == ["", *malformed, "record.bounds", "record.bounds", "record.bounds", ""]
    assert codes(feed, good, Bounds(100, 100, 64)) == ["record.bounds"]


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_every_feed_is_declared_whole(feed: Feed) -> None:
    names = {field.name for field in feed.fields}
    assert set(feed.key) <= names and all(field.source or field.name.startswith("is_") for field in feed.fields)
    for event in feed.events:
        given_names = {use.split("=", 1)[0] for use in event.uses}
        assert event.text.names() <= given_names
    told = [refusal.code for refusal in (*COMMON, *feed.refusals)]
    assert len(told) == len(set(told))
    noted = [code for code, _ in feed.findings]
    assert len(noted) == len(set(noted))


def test_customs_own_decisions_are_marked() -> None:
    assert {field.name for feed in FEEDS for field in feed.fields if field.echo} == {"is_customs_step", "is_customs_held"}


def test_words_and_checks_are_sql_of_every_code() -> None:
    assert all(f"WHEN '{code}'" in spoken("c", courier.WORDS, language) for code in courier.WORDS for language in LANGUAGES)
    assert wrong_check_digit("x").count("substr(x") == 2 and len(COUNTRIES) > 240


_SCALARS = st.none() | st.booleans() | st.integers(-10**9, 10**9) | st.text(st.sampled_from('ab"\\[]{},:한\n\u2028'), max_size=8)
_VALUES = st.recursive(_SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["events", "eventID", "a", '"']), inner, max_size=3),
                       max_leaves=12)


@settings(max_examples=100, deadline=None)
@given(_VALUES, st.sampled_from([None, 1]), st.booleans())
def test_any_message_is_counted_as_it_is_read(value: object, indent: int | None, is_ascii: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=is_ascii)
    read(carrier_event.FEED, text)
    read(carrier_event.FEED, json.dumps({"x": value, "events": [value, value]}, indent=indent))
    for cut in (len(text) // 3, len(text) - 1):
        read(carrier_event.FEED, text[:cut])


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200) | st.text(st.sampled_from('[]{}",:\\ \n1aeE.-'), max_size=60))
def test_any_text_is_read_without_a_crash(text: str) -> None:
    for feed in FEEDS:
        read(feed, text)
