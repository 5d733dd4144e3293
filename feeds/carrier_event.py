"""Feed `carrier_event`: DCSA Track & Trace events of ocean carriers (JSON), 2.2 as a bare list and 3.0 under `events`."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from feeds import dcsa_codes as codes
from feeds.expressions import odd_year, spoken, unknown_place, unlisted, wrong_check_digit, wrong_imo_digit
from feeds.feed import Bounds, Event, Feed, Mention, Record, Refusal, RefusedError
from feeds.readers import json_message
from feeds.readers.envelope import around
from feeds.readers.json_objects import as_text, line_reader, plan, record, refused_record, take
from lakehouse.field import Field, fields, string
from lakehouse.text import Language, Text

WRAPPER = "events"
_CLASS, _SHIPMENT = "eventClassification", "shipmentDetails"
_CALL, _CALL_3 = "transportCall", "transportDetails.transportCall"
_VESSEL, _VESSEL_3 = f"{_CALL}.vessel", f"{_CALL_3}.vesselTransport"
_SENT_WHOLE = "NOT coalesce(is_retracted, false)"
# What customs did with the container or its papers, told on by the carrier.
_CUSTOMS_CODES = frozenset(("CUSI", "CUSS", "CUSR", "INSP", "HOLD"))
_CUSTOMS_DOCUMENTS = frozenset(("CUS", "CUC"))


_DOCUMENT = fields(
    string("reference", "documentReferenceValue | reference | value", "문서번호", "Number of the document"),
    string("type", "documentReferenceType | typeCode | type", "문서 종류", "Kind of document"),
)
_REFERENCE = fields(
    string("reference", "referenceValue | reference | value", "참조번호", "Reference"),
    string("type", "referenceType | typeCode | type", "참조 종류", "Kind of reference"),
)
_SEAL = fields(
    string("number", "sealNumber | number", "봉인번호", "Seal number"),
    string("source", "sealSource | source", "봉인 주체", "Who affixed it"),
    string("type", "sealType | type", "봉인 종류", "Kind of seal"),
)
_PLACE = fields(
    string("facility_code", f"eventLocation.facilityCode | eventLocation.facility.facilityCode | {_CALL}.facilityCode | {_CALL}.location.facilityCode",
       "시설부호", "Facility code"),
    string("facility_list", f"eventLocation.facilityCodeListProvider | eventLocation.facility.facilityCodeListProvider | {_CALL}.facilityCodeListProvider",
       "시설부호 체계", "List of the facility code: SMDG, BIC"),
    string("facility_type_code", f"eventLocation.facilityTypeCode | {_CALL}.facilityTypeCode", "시설 종류", "Kind of facility"),
    string("location_name", f"eventLocation.locationName | eventLocation.facility.facilityName | {_CALL}.location.locationName | {_CALL}.otherFacility",
       "장소명", "Name of the place"),
)
FIELDS = fields(
    string("event_id", "eventID", "이벤트번호", "Event number", required=True),
    string("version", _CLASS, "표준 판", "Version of the standard: 2.2 or 3.0"),
    Field("is_retracted", "boolean", Text("철회 여부", "Taken back by the carrier"), "isRetracted"),
    string("event_type", f"eventType | {_CLASS}.eventTypeCode", "이벤트 구분", "Kind of event"),
    string("classifier", f"eventClassifierCode | {_CLASS}.eventClassifierCode", "계획·예정·실제", "Planned PLN, estimated EST, actual ACT"),
    Field("event_at", "timestamp", Text("이벤트 시각", "When it happens or happened"), "eventDateTime", required=True, when=_SENT_WHOLE),
    Field("event_created_at", "timestamp", Text("이벤트 작성 시각", "When the event was made, 2.2"), "eventCreatedDateTime", required=True,
          when=f"version = '2.2' AND {_SENT_WHOLE}"),
    Field("event_updated_at", "timestamp", Text("이벤트 갱신 시각", "When the event was last changed, 3.0"), "eventUpdatedDateTime", strict=True),
    string("event_code", " | ".join(f"{kind}EventTypeCode | {_CLASS}.{kind}EventTypeCode" for kind in ("equipment", "transport", "shipment", "iot", "reefer"))
       + " | eventTypeCode", "이벤트 부호", "What happened, whatever the kind of event"),
    string("equipment_event_code", f"equipmentEventTypeCode | {_CLASS}.equipmentEventTypeCode", "컨테이너 이벤트 부호", "What happened to the container"),
    string("transport_event_code", f"transportEventTypeCode | {_CLASS}.transportEventTypeCode", "운송 이벤트 부호", "What the means of transport did"),
    string("shipment_event_code", f"shipmentEventTypeCode | {_CLASS}.shipmentEventTypeCode", "문서 이벤트 부호", "What became of the document"),
    string("iot_event_code", "iotDetails.iotEventCode", "감지 부호", "What the device saw"),
    string("equipment_reference", "equipmentReference | equipmentDetails.equipmentReference", "컨테이너 번호", "Container number"),
    string("iso_equipment_code", "ISOEquipmentCode | equipmentDetails.ISOEquipmentCode", "컨테이너 규격", "ISO size and type"),
    string("empty_indicator_code", "emptyIndicatorCode | equipmentDetails.emptyIndicatorCode", "공·적 구분", "Empty or laden"),
    string("movement_type", "equipmentDetails.movementType", "이동 구분", "Import, export or transhipment"),
    string("unlocode", f"eventLocation.UNLocationCode | {_CALL}.UNLocationCode | {_CALL}.location.UNLocationCode", "장소(UN/LOCODE)", "Place, UN/LOCODE"),
    string("call_unlocode", f"{_CALL}.UNLocationCode | {_CALL}.location.UNLocationCode", "기항지(UN/LOCODE)", "Place of the transport call, UN/LOCODE"),
    *_PLACE,
    Field("latitude", "double", Text("위도", "Latitude"), f"eventLocation.latitude | eventLocation.geoCoordinate.latitude | {_CALL}.location.latitude",
          low=-90, high=90),
    Field("longitude", "double", Text("경도", "Longitude"), f"eventLocation.longitude | eventLocation.geoCoordinate.longitude | {_CALL}.location.longitude",
          low=-180, high=180),
    string("vessel_imo", f"{_VESSEL}.vesselIMONumber | {_VESSEL_3}.vesselIMONumber", "선박 IMO 번호", "Vessel's IMO number"),
    string("vessel_name", f"{_VESSEL}.vesselName | {_VESSEL_3}.vesselName", "선명", "Vessel"),
    string("vessel_flag", f"{_VESSEL}.vesselFlag | {_VESSEL_3}.vesselFlag", "선박 국적", "Flag"),
    string("vessel_call_sign", f"{_VESSEL}.vesselCallSignNumber | {_VESSEL_3}.vesselCallSign", "호출부호", "Call sign"),
    string("vessel_operator_code", f"{_VESSEL}.vesselOperatorCarrierCode | {_VESSEL_3}.operatorCarrierCode", "운항선사 부호", "Carrier that runs the vessel"),
    string("export_voyage_no", f"{_CALL}.exportVoyageNumber | {_CALL}.carrierVoyageNumber | {_CALL_3}.exportVoyageNumberOrReference.carrierVoyageNumber"
       f" | {_CALL_3}.exportVoyageNumberOrReference.universalVoyageReference", "수출 항차", "Export voyage"),
    string("import_voyage_no", f"{_CALL}.importVoyageNumber | {_CALL_3}.importVoyageNumberOrReference.carrierVoyageNumber"
       f" | {_CALL_3}.importVoyageNumberOrReference.universalVoyageReference", "수입 항차", "Import voyage"),
    string("service_code", f"{_CALL}.carrierServiceCode | {_CALL_3}.serviceCodeOrReference.carrierServiceCode"
       f" | {_CALL_3}.serviceCodeOrReference.universalServiceReference", "항로부호", "Service"),
    string("transport_call_id", f"{_CALL}.transportCallID | {_CALL_3}.transportCallReference | transportCallID", "기항번호", "Transport call"),
    string("transport_mode", f"{_CALL}.modeOfTransport | {_CALL_3}.modeOfTransport", "운송수단", "Mode of transport"),
    Field("delay_reason_codes", "array<string>", Text("지연사유", "Reasons of the delay, SMDG"), "delayReasonCode | transportDetails.delayReasonCodes"),
    string("remark", f"changeRemark | vesselScheduleChangeRemark | transportDetails.changeRemark | reason | {_SHIPMENT}.reason", "비고", "Remark"),
    Field("document_references", "list", Text("문서", "Documents, the event's own first"), f"documentReferences | {_SHIPMENT}.additionalDocumentReferences",
          items=_DOCUMENT),
    string("master_bl", f"documentReferences | {_SHIPMENT}", "M B/L", "Master bill: the document of type TRD"),
    string("booking_no", f"documentReferences | {_SHIPMENT}", "선적예약번호", "Booking: the document of type BKG or CBR"),
    Field("shipment_references", "list", Text("화주 참조번호", "References of shipper and forwarder"), f"references | {_SHIPMENT}.shipmentReferences",
          items=_REFERENCE),
    Field("seals", "list", Text("봉인", "Seals"), "seals | equipmentDetails.seals", items=_SEAL),
    string("sender_code", "eventRouting.originatingParty.partyCode", "송신 선사 부호", "Party the event comes from"),
    Field("is_customs_step", "boolean", Text("세관 조치 전달", "Tells what customs did"), echo=True),
)
_DOCUMENT_PLAN, _PLACE_PLAN = plan(_DOCUMENT), plan(_PLACE)


def _documents(event: dict[str, Any]) -> list[dict[str, Any]]:
    """The documents an event names, its own first, each once."""
    details = event.get(_SHIPMENT)
    details = details if isinstance(details, dict) else {}
    own = {"type": event.get("documentTypeCode") or event.get("shipmentInformationTypeCode"), "reference": event.get("documentID")}
    named = [own, details.get("documentReference")]
    for held in (event.get("documentReferences"), details.get("documentReferences"), details.get("additionalDocumentReferences")):
        named += held if isinstance(held, list) else [held]
    found = [take(one, _DOCUMENT_PLAN) for one in named if isinstance(one, dict)]
    return list({(one["type"], one["reference"]): one for one in found if one["reference"]}.values())


def _first(documents: list[dict[str, Any]], *types: str) -> str | None:
    wanted = (one["reference"] for kind in types for one in documents if str(one["type"] or "").strip().upper() == kind)
    return next(wanted, None)


def _finish(event: dict[str, Any], values: dict[str, Any]) -> str:
    """Add what an event says by its shape: version, bill, booking, the facility of its own place, and customs' own steps."""
    is_new = any(name in event for name in (_CLASS, "eventUpdatedDateTime", "isRetracted"))
    documents = _documents(event)
    values |= {
        "version": "3.0" if is_new else "2.2", "document_references": documents or None,
        "master_bl": _first(documents, "TRD"), "booking_no": _first(documents, "BKG", "BOK", "CBR"),
    }
    # The facility of a transport call elsewhere is not where the event takes place.
    if values["call_unlocode"] and values["unlocode"] != values["call_unlocode"]:
        values |= take({"eventLocation": event.get("eventLocation")}, _PLACE_PLAN)
    primary = as_text(event.get("documentTypeCode")) or (documents[0]["type"] if is_new and documents else None)
    values["is_customs_step"] = str(values["event_code"] in _CUSTOMS_CODES or primary in _CUSTOMS_DOCUMENTS).lower()
    return ""


_PLAN, _read_lines = plan(FIELDS), line_reader(FIELDS, _finish)
# Either version of an event is read from a bare list; a line only after another is one.
_IN_LIST, _IN_LINES = around("[", "]"), around("{}\n")


def read(text: str, bounds: Bounds) -> Iterator[Record]:
    """Each event of a list, of an `events` envelope or of JSON Lines, or one event by itself; a broken message is one refused record."""
    if json_message.are_lines(text):
        yield from (replace(line, envelope=_IN_LINES) for line in _read_lines(text, bounds))
        return
    try:
        members, events = json_message.records_of(text, WRAPPER)
        if events is None:
            _require_event(members)
            yield record("", text, members, _PLAN, bounds, _finish)
        elif not events:
            raise RefusedError(*_why_none(members))
    except RefusedError as refused:
        yield refused_record("", text, refused, bounds)
        return
    for number, (raw, event) in enumerate(events or (), 1):
        yield replace(record(f"event {number}", raw, event, _PLAN, bounds, _finish), envelope=_IN_LIST)


def _require_event(members: dict[str, Any]) -> None:
    """Refuse an answer that is an error, or an envelope whose list is none."""
    if WRAPPER in members and "eventID" not in members:
        raise RefusedError("dcsa.form", f"{WRAPPER} holds no list")
    if {"errors", "statusCode", "feedbackElements"} & members.keys() and "eventID" not in members:
        raise RefusedError(*_why_none(members))


def _why_none(members: dict[str, Any]) -> tuple[str, str]:
    """The refusal of an answer without events, with what it says about itself."""
    told = members.get("feedbackElements") or members.get("errors")
    first = next((one for one in told if isinstance(one, dict)), {}) if isinstance(told, list) else {}
    ways = (first.get("message"), first.get("errorCodeMessage"), first.get("reason"), members.get("statusCodeText"))
    said = next((one for one in ways if one and isinstance(one, str)), "")
    is_error = "errors" in members or "statusCode" in members or first.get("severity") == "ERROR"
    return "dcsa.error" if is_error else "dcsa.none", said[:300]


def count(text: str) -> int:
    """Events of the raw text by its brackets."""
    return json_message.count(text, WRAPPER)


def _said(language: Language) -> str:
    return spoken("event_code", codes.WORDS, language)


_THING = "concat_ws(' ', transport_mode, vessel_name, coalesce(import_voyage_no, export_voyage_no), equipment_reference, master_bl)"
_USES = (f"ko={_said('ko')}", f"en={_said('en')}", f"thing={_THING}", "place=coalesce(unlocode, location_name)",
         "how_ko=CASE classifier WHEN 'PLN' THEN '계획' ELSE '예정' END", "how_en=CASE classifier WHEN 'PLN' THEN 'Planned' ELSE 'Expected' END")
_IS_AHEAD = "coalesce(classifier, '') IN ('PLN', 'EST')"

FEED = Feed(
    name="carrier_event",
    text=Text("선사 운송 이벤트", "Carrier events"),
    sender=Text("선사", "Ocean carrier"),
    form="DCSA Track & Trace 2.2, 3.0 JSON",
    key=("event_id",),
    sent_by="sender_code",
    fields=FIELDS,
    read=read,
    count=count,
    listed={"unlocode": ("unlocode", "call_unlocode")},
    issued_at="coalesce(event_updated_at, event_created_at)",
    refusals=(
        Refusal("dcsa.none", Text("이벤트가 없는 응답입니다. {detail}", "The answer holds no event. {detail}")),
        Refusal("dcsa.error", Text("오류 응답입니다: {detail}", "The answer is an error: {detail}")),
        Refusal("dcsa.form", Text("정해진 서식이 아닙니다: {detail}", "The message is of another form: {detail}")),
    ),
    findings=(
        ("event.retracted", "is_retracted"),
        ("event.year", odd_year("event_at", "event_created_at", "event_updated_at")),
        ("event.future", "classifier = 'ACT' AND event_at > known_at"),
        ("event.updated_at", f"version = '3.0' AND event_updated_at IS NULL AND {_SENT_WHOLE}"),
        # The standard gives a document's event the time at which it was made.
        ("shipment.time", "version = '2.2' AND event_type = 'SHIPMENT' AND event_at <> event_created_at"),
        ("event_type.unknown", f"coalesce({unlisted('event_type', codes.TYPES)}, {_SENT_WHOLE})"),
        ("classifier.unknown", f"coalesce({unlisted('classifier', codes.CLASSIFIERS)}, {_SENT_WHOLE})"),
        ("event_code.unknown", f"coalesce({unlisted('event_code', codes.WORDS)}, {_SENT_WHOLE})"),
        ("empty_indicator.unknown", unlisted("empty_indicator_code", ("EMPTY", "LADEN"))),
        ("transport_mode.unknown", unlisted("transport_mode", codes.MODES)),
        ("document.unknown", f"exists(document_references, d -> {unlisted('d.type', codes.DOCUMENT_TYPES)})"),
        ("bill.many", "size(array_distinct(filter(document_references, d -> d.type = 'TRD'))) > 1"),
        ("seal.source", f"exists(seals, one -> {unlisted('one.source', codes.SEAL_SOURCES)})"),
        ("seal.number", "exists(seals, one -> one.number IS NULL)"),
        ("container.number", "NOT equipment_reference RLIKE '^[A-Z]{4}[0-9]{7}$'"),
        ("container.check_digit", wrong_check_digit("equipment_reference")),
        ("equipment.missing", "event_type = 'EQUIPMENT' AND equipment_reference IS NULL"),
        ("vessel.imo", f"NOT vessel_imo RLIKE '^[0-9]{{7}}$' OR {wrong_imo_digit('vessel_imo')}"),
        ("location.unknown", f"{unknown_place('unlocode')} OR {unknown_place('call_unlocode')}"),
        ("location.differs", "event_type = 'EQUIPMENT' AND event_code IN ('LOAD', 'DISC') AND unlocode <> call_unlocode"),
    ),
    events=(
        Event("carrier_event", "event_at", Text("{ko} — {place} {thing}", "Carrier: {en} — {place} {thing}"),
              place="unlocode", where=f"{_SENT_WHOLE} AND NOT {_IS_AHEAD}", uses=_USES),
        Event("carrier_plan", "event_at", Text("{how_ko}: {ko} — {place} {thing}", "{how_en}: {en} — {place} {thing}"),
              place="unlocode", where=f"{_SENT_WHOLE} AND {_IS_AHEAD}", uses=_USES),
    ),
    mentions=(Mention("vessel", "vessel_name", "vessel_imo", also="vessel_call_sign", country="vessel_flag"),),
)
