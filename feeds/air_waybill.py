"""Feed `air_waybill`: IATA Cargo-XML waybills, master (XFWB) and house (XFZB), one a message."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from lxml import etree

from feeds.feed import Bounds, Event, Feed, Mention, Record, RefusedError
from feeds.readers.xml_messages import Element, content_hash, parse, take
from lakehouse.field import Field, double, fields, string
from lakehouse.text import Text

MASTER, HOUSE = "XFWB", "XFZB"
CANCELS = "coalesce(upper(purpose_code), '') = 'DELETION'"
NOTIFY_ROLES = ("NI", "NFY", "N1", "N2", "NP", "NOTIFY")
# The namespace ends in its version, which senders raise before their messages change.
_ROOT = re.compile(r"\{(?P<namespace>iata:(?P<house>house)?waybill:[0-9][\w.]*)\}(?P<root>(?(house)House)Waybill)")
_HOUSE_TAG = re.compile(r"<(?:[\w.-]+:)?HouseWaybill[\s>]")
_WEIGHT_UNITS = ("KGM", "KG", "KGS", "K", "LBR", "LB", "LBS", "L", "GRM", "TNE")
_PREPAID, _COLLECT = (f"[normalize-space(PrepaidIndicator)='{word}' or normalize-space(PrepaidIndicator)='{digit}']" for word, digit in (("true", 1), ("false", 0)))
_SUM = "ApplicablePrepaidCollectMonetarySummation"
_ADDRESS = "*[self::PostalStructuredAddress or self::FreightForwarderAddress]"
_NOTE = "IncludedCustomsNote[normalize-space(ContentCode)='T'][normalize-space(SubjectCode)='{}']/Content"
_NOTIFY = "*[self::NotifyParty or self::AssociatedParty[" + " or ".join(f"normalize-space(RoleCode)='{r}'" for r in NOTIFY_ROLES) + "]]"


def _face(tag: str, path: str) -> str:
    """Path within the face rating: a waybill may be rated for its face (F), the agent and the consignee side by side."""
    return f"{tag}[normalize-space(TypeCode)='F']/{path} | self::*[not({tag}[normalize-space(TypeCode)='F'])]/{tag}/{path}"


def _with(attribute: str, what: str, ko: str, name: str, source: str, of_ko: str, of_en: str, strict: bool = False) -> tuple[Field, Field]:
    """A number and the attribute that tells its unit or currency."""
    places = " | ".join(f"{path}/@{attribute}" for path in source.split(" | "))
    told = string(f"{name}_{what}", places, f"{of_ko} {ko}", f"{what.capitalize()}: {of_en[0].lower()}{of_en[1:]}")
    return Field(name, "double", Text(of_ko, of_en), source, strict=strict), told


_amount, _measure = partial(_with, "currencyID", "currency", "통화"), partial(_with, "unitCode", "unit", "단위")


def _party(prefix: str, path: str, ko: str, en: str) -> tuple[Field, ...]:
    """Who a party is and where; `path` leads to its element."""
    said = (
        ("name", "Name", "", ""), ("id", "PrimaryID", " 부호", ", identifier"), ("account_id", "AccountID", " 계정", ", account with the carrier"),
        ("address", f"{_ADDRESS}/StreetName", " 주소", ", street"), ("city", f"{_ADDRESS}/CityName", " 도시", ", city"),
        ("region", f"{_ADDRESS}/*[self::CountrySubDivisionName or self::CountrySubDivisionID]", " 지역", ", region"),
        ("postcode", f"{_ADDRESS}/PostcodeCode", " 우편번호", ", postcode"), ("country", f"{_ADDRESS}/CountryID", " 국가", ", country"),
        ("contact", "DefinedTradeContact/PersonName", " 담당자", ", contact"),
        ("phone", "DefinedTradeContact/DirectTelephoneCommunication/CompleteNumber", " 전화", ", phone"),
        ("email", "DefinedTradeContact/URIEmailCommunication/URIID", " 전자우편", ", e-mail"),
    )
    return tuple(string(f"{prefix}_{name}", f"{path}/{source}", ko + of_ko, en + of_en) for name, source, of_ko, of_en in said)


_FLIGHT = fields(
    string("sequence", "SequenceNumeric", "순번", "Sequence"), string("mode_code", "ModeCode", "운송수단", "Mode of transport"),
    string("flight_no", "ID", "편명", "Flight number"), string("carrier_code", "UsedLogisticsTransportMeans/Name", "항공사", "Carrier"),
    string("origin", "DepartureEvent/OccurrenceDepartureLocation/ID", "출발공항", "Airport of departure, IATA"),
    Field("departs_at", "timestamp", Text("출발(예정)", "Departure, scheduled or actual"), "DepartureEvent/*[contains(local-name(),'OccurrenceDateTime')]"),
    string("destination", "ArrivalEvent/OccurrenceArrivalLocation/ID", "도착공항", "Airport of arrival, IATA"),
    Field("arrives_at", "timestamp", Text("도착(예정)", "Arrival, scheduled or actual"), "ArrivalEvent/*[contains(local-name(),'OccurrenceDateTime')]"),
)
_ITEM = fields(
    string("sequence", "SequenceNumeric", "순번", "Sequence"), Field("hs_codes", "array<string>", Text("세번부호", "HS codes"), "./TypeCode"),
    string("description", "NatureIdentificationTransportCargo/Identification", "품명", "Nature of the goods"),
    string("information", "Information", "부가정보", "Information, such as NDA: no dimensions available"),
    *_measure("gross_weight", "GrossWeightMeasure", "총중량", "Gross weight"), *_measure("volume", "GrossVolumeMeasure", "용적", "Volume"),
    double("packages", "PackageQuantity", "내품개수", "Packages within the pieces"), double("pieces", "PieceQuantity", "포장개수", "Pieces"),
    string("origin_country", "OriginCountry/ID", "원산지", "Country of origin"),
    *_measure("chargeable_weight", "ApplicableFreightRateServiceCharge/ChargeableWeightMeasure", "운임중량", "Chargeable weight"),
    *_amount("amount", "ApplicableFreightRateServiceCharge/AppliedAmount", "운임", "Freight"),
)
_ULD = fields(
    string("uld_no", "", "ULD 번호", "ULD number: type, serial, owner"), string("type_code", "CharacteristicCode", "ULD 종류", "ULD type"),
    string("serial", "ID", "일련번호", "Serial number"), string("owner_code", "OperatingParty/PrimaryID", "소유자", "Owner"),
    string("seal_no", "AffixedLogisticsSeal/ID", "봉인", "Seal"),
)
_CUSTOMS_NOTE = fields(
    string("content_code", "ContentCode", "내용 구분", "What it tells: T identifier, CP contact person, CT phone"), string("content", "Content", "내용", "Content"),
    string("subject_code", "SubjectCode", "대상 구분", "Whom it is about: SHP, CNE, NFY, AGT, ISS"), string("country", "CountryID", "국가", "Country"),
)
_ACCOUNTING_NOTE = (string("content_code", "ContentCode", "구분", "Kind"), string("content", "Content", "내용", "Content"))
_CHARGE = fields(
    string("code", "ID", "기타요금 부호", "Code of the charge"), Field("is_prepaid", "boolean", Text("선불 여부", "Prepaid"), "PrepaidIndicator"),
    string("due_to_code", "PartyTypeCode", "수취인 구분", "Due to: A agent, C carrier"), *_amount("amount", "ActualAmount", "금액", "Amount"),
)
_HEADER = fields(
    string("message_id", "MessageHeaderDocument/ID", "전문번호", "Message number"),
    string("document_type_code", "MessageHeaderDocument/TypeCode", "문서 구분", "Kind of waybill: 740 direct, 741 master, 703 house"),
    Field("sent_at", "timestamp", Text("발행 시각", "When the message was issued"), "MessageHeaderDocument/IssueDateTime", strict=True),
    string("purpose_code", "MessageHeaderDocument/PurposeCode", "전문 기능", "Purpose: Creation, Update, Deletion"),
    Field("sender_ids", "array<string>", Text("송신자", "Senders"), "MessageHeaderDocument/SenderParty/PrimaryID"),
    Field("header_codes", "array<string>", Text("머리 부호", "Header codes, such as C: consolidation"), "BusinessHeaderDocument/IncludedHeaderNote/ContentCode"),
    *_measure("master_gross_weight", "MasterConsignment/IncludedTareGrossWeightMeasure", "마스터 총중량", "Gross weight of the master"),
    double("master_pieces", "MasterConsignment/TotalPieceQuantity", "마스터 포장개수", "Pieces of the master"),
    string("master_origin", "MasterConsignment/OriginLocation/ID", "마스터 출발공항", "Origin of the master, IATA"),
    string("master_destination", "MasterConsignment/FinalDestinationLocation/ID", "마스터 도착공항", "Destination of the master, IATA"),
)
# Sources below are within IncludedHouseConsignment of a house waybill, MasterConsignment of a master.
_CONSIGNMENT = fields(
    string("shipment_ref", "ID", "화물 참조번호", "Reference of the consignment"), *_party("consignor", "ConsignorParty", "송하인", "Consignor"),
    *_party("consignee", "ConsigneeParty", "수하인", "Consignee"), *_party("forwarder", "FreightForwarderParty", "운송주선인", "Forwarder (agent)"),
    string("forwarder_agent_code", "FreightForwarderParty/CargoAgentID", "IATA 대리점 부호", "IATA code of the agent"),
    *_party("notify", _NOTIFY, "통지처", "Notify party"),
    string("consignor_tax_id", _NOTE.format("SHP"), "송하인 사업자번호", "Consignor's identifier given for customs"),
    string("consignee_tax_id", _NOTE.format("CNE"), "수하인 사업자번호", "Consignee's identifier given for customs"),
    string("notify_tax_id", _NOTE.format("NFY"), "통지처 사업자번호", "Notify party's identifier given for customs"),
    Field("other_parties", "list", Text("관련 당사자", "Other parties"), "./AssociatedParty", items=(string("role_code", "RoleCode", "역할", "Role"), string("name", "Name", "이름", "Name"), string("country", f"{_ADDRESS}/CountryID", "국가", "Country"))),
    string("origin", "OriginLocation/ID", "출발공항", "Origin, IATA"), string("destination", "FinalDestinationLocation/ID", "도착공항", "Destination, IATA"),
    Field("flights", "list", Text("운송구간", "Flights"), "./SpecifiedLogisticsTransportMovement", items=_FLIGHT),
    double("pieces", "TotalPieceQuantity", "포장개수", "Pieces", strict=True), double("packages", "PackageQuantity", "내품개수", "Packages within the pieces"),
    *_measure("gross_weight", "IncludedTareGrossWeightMeasure", "총중량", "Gross weight", strict=True),
    *_measure("volume", "GrossVolumeMeasure", "용적", "Volume"),
    Field("is_prepaid", "boolean", Text("운임 선불 여부", "Charges are prepaid"), "TotalChargePrepaidIndicator"),
    *_amount("weight_charge", f"WeightTotalChargeAmount | {_face('ApplicableTotalRating', _SUM + '/WeightChargeTotalAmount')}", "중량운임", "Weight charge"),
    *_amount("total_prepaid", f"TotalPrepaidChargeAmount | {_face('ApplicableTotalRating', _SUM + _PREPAID + '/GrandTotalAmount')}", "선불 합계", "Total prepaid"),
    *_amount("total_collect", f"TotalCollectChargeAmount | {_face('ApplicableTotalRating', _SUM + _COLLECT + '/GrandTotalAmount')}", "착불 합계", "Total collect"),
    Field("is_customs_value_nil", "boolean", Text("세관신고가격 없음(NCV)", "No customs value declared (NCV)"), "NilCustomsValueIndicator"),
    *_amount("customs_value", "DeclaredValueForCustomsAmount", "세관신고가격", "Declared value for customs", strict=True),
    Field("is_carriage_value_nil", "boolean", Text("운송신고가격 없음(NVD)", "No carriage value declared (NVD)"), "NilCarriageValueIndicator"),
    *_amount("carriage_value", "DeclaredValueForCarriageAmount", "운송신고가격", "Declared value for carriage", strict=True),
    *_amount("insurance_value", "InsuranceValueAmount", "보험가액", "Insured value"),
    Field("charges", "list", Text("기타요금", "Other charges"), "./ApplicableLogisticsAllowanceCharge", items=_CHARGE),
    Field("items", "list", Text("화물 내역", "Goods items"), f"IncludedHouseConsignmentItem | {_face('ApplicableRating', 'IncludedMasterConsignmentItem')}", items=_ITEM),
    Field("ulds", "list", Text("단위적재용기", "Unit load devices"), ".//AssociatedUnitLoadTransportEquipment | UtilizedLogisticsTransportEquipment", items=_ULD),
    Field("customs_notes", "list", Text("세관 기재사항", "Customs notes"), "./IncludedCustomsNote", items=_CUSTOMS_NOTE),
    string("customs_status_code", "AssociatedConsignmentCustomsProcedure/GoodsStatusCode", "통관상태", "Customs status of the goods"),
    Field("handling_codes", "array<string>", Text("특수취급 부호", "Special handling codes"), "HandlingSPHInstructions/DescriptionCode"),
    Field("handling_notes", "array<string>", Text("취급 지시", "Service requests and other information"), "HandlingSSRInstructions/Description | HandlingOSIInstructions/Description"),
    Field("accounting_notes", "list", Text("회계 정보", "Accounting information"), "./IncludedAccountingNote", items=_ACCOUNTING_NOTE),
)
_MADE = fields(
    string("message_type", "/Waybill: XFWB, /HouseWaybill: XFZB", "전문 종류", "Message type: XFWB master, XFZB house", required=True),
    string("master_awb", "XFWB BusinessHeaderDocument/ID, XFZB MasterConsignment/TransportContractDocument/ID", "MAWB", "Master air waybill, as sent", required=True),
    string("house_awb", "XFZB BusinessHeaderDocument/ID", "HAWB", "House air waybill, as sent; none for a master", required=True, when=f"message_type = '{HOUSE}'"),
    string("master_awb_plain", "master_awb", "MAWB(구분자 제외)", "Master air waybill without blanks and dashes"),
    string("house_awb_plain", "house_awb", "HAWB(구분자 제외)", "House air waybill without blanks and dashes"),
    string("goods", "SummaryDescription, else NatureIdentificationTransportCargo/Identification of all items", "품명", "Goods in words"),
    Field("hs_codes", "array<string>", Text("세번부호", "HS codes"), "TypeCode of all items"),
)
FIELDS = fields(*_MADE, *_HEADER, *_CONSIGNMENT)


def read(text: str, bounds: Bounds) -> Iterator[Record]:
    """The waybill as one record; one refused record where it cannot be read."""
    try:
        root = _parsed(text, bounds)
        content = content_hash(root)
    except RefusedError as refused:
        yield Record("", text[:bounds.record_bytes], None, refusal=refused.code, detail=refused.detail)
        return
    for element in root.iter("*"):
        element.tag = etree.QName(element).localname
    yield Record("", text, _values(root), (content,))


def _parsed(text: str, bounds: Bounds) -> Element:
    """The root of either message in any version of its namespace."""
    guess = ("HouseWaybill", "iata:housewaybill:1") if _HOUSE_TAG.search(text) else ("Waybill", "iata:waybill:1")
    try:
        return parse(text, bounds, *guess)
    except RefusedError as refused:
        found = _ROOT.fullmatch(refused.detail) if refused.code == "xml.form" else None
        if found is None:
            raise
        return parse(text, bounds, found["root"], found["namespace"])


def _values(root: Element) -> dict[str, Any]:
    is_house = root.tag == "HouseWaybill"
    consignment = root.find("MasterConsignment/IncludedHouseConsignment" if is_house else "MasterConsignment")
    values = take(root, _HEADER) | (take(consignment, _CONSIGNMENT) if consignment is not None else {})
    own = _said(root, "BusinessHeaderDocument/ID") or (values.get("shipment_ref") if is_house else None)
    master_awb, house_awb = (_said(root, "MasterConsignment/TransportContractDocument/ID"), own) if is_house else (own, None)
    items = values.get("items") or []
    return values | {
        "message_type": HOUSE if is_house else MASTER, "master_awb": master_awb, "house_awb": house_awb,
        "master_awb_plain": _plain(master_awb), "house_awb_plain": _plain(house_awb),
        "goods": _said(consignment, "SummaryDescription") or "; ".join(item["description"] for item in items if item["description"]) or None,
        "hs_codes": list(dict.fromkeys(code for item in items for code in item["hs_codes"])),
        "ulds": _ulds(values.get("ulds") or []),
    }


def _said(element: Element | None, path: str) -> str | None:
    return None if element is None else (element.findtext(path) or "").strip() or None


def _plain(number: str | None) -> str | None:
    return re.sub(r"[\s-]", "", number).upper() or None if number else None


def _ulds(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each unit once, under its whole number."""
    named = [uld | {"uld_no": "".join(uld[part] or "" for part in ("type_code", "serial", "owner_code")) or None} for uld in found]
    return list({tuple(uld.items()): uld for uld in named}.values())


def _mention(role: str, same_as: str = "") -> Mention:
    """A party by its name on one line and its identifier without marks; a pseudonym stays as it is."""
    plain = f"nullif(upper(regexp_replace({role}_tax_id, '[^0-9A-Za-z]', '')), '')"
    return Mention(role, f"regexp_replace({role}_name, '[ \\n\\r\\t]+', ' ')", f"CASE WHEN {role}_tax_id LIKE '~%' THEN {role}_tax_id ELSE {plain} END",
                   also=f"{role}_id", address=f"{role}_address || coalesce(' ' || {role}_city, '')", postcode=f"{role}_postcode", phone=f"{role}_phone",
                   country=f"{role}_country", same_as=same_as)


_AWB = "awb=coalesce(house_awb, master_awb)"
FEED = Feed(
    name="air_waybill",
    text=Text("항공화물운송장", "Air waybill"),
    sender=Text("항공사·운송주선인", "Airline, forwarder"),
    form="IATA Cargo-XML XFWB, XFZB 3.00",
    key=("master_awb", "house_awb"),
    sent_by="get(sender_ids, 0)",
    fields=FIELDS,
    read=read,
    count=lambda text: 1,
    issued_at="sent_at",
    findings=(
        ("waybill.purpose", "coalesce(upper(purpose_code), '') NOT IN ('CREATION', 'UPDATE', 'DELETION')"),
        ("waybill.issue_time", "sent_at IS NULL"),
        ("waybill.number", "NOT coalesce(master_awb_plain, '') RLIKE '^[0-9]{11}$'"),
        ("waybill.check_digit", "master_awb_plain RLIKE '^[0-9]{11}$' AND try_cast(substr(master_awb_plain, 4, 7) AS BIGINT) % 7 <> try_cast(substr(master_awb_plain, 11, 1) AS BIGINT)"),
        ("weight.unit", f"gross_weight IS NOT NULL AND upper(coalesce(gross_weight_unit, '')) NOT IN ({', '.join(map(repr, _WEIGHT_UNITS))})"),
        ("location.unknown", "NOT origin RLIKE '^[A-Z]{3}$' OR NOT destination RLIKE '^[A-Z]{3}$'"),
        ("event.year", "year(sent_at) NOT BETWEEN 2000 AND year(known_at) + 2 OR exists(flights, f -> year(f.departs_at) NOT BETWEEN 2000 AND year(known_at) + 2)"),
    ),
    events=(
        Event("waybill", "coalesce(sent_at, known_at)", Text("항공화물운송장 {awb}: {route}, {pieces}개 {weight}", "Air waybill {awb}: {route}, {pieces} pieces {weight}"),
              place="destination", where=f"NOT ({CANCELS})",
              uses=(_AWB, "route=concat_ws(' → ', origin, destination)", "pieces=format_number(pieces, 0)", "weight=concat_ws(' ', format_number(gross_weight, 1), gross_weight_unit)")),
        Event("waybill_deleted", "coalesce(sent_at, known_at)", Text("항공화물운송장 {awb} 삭제", "Air waybill {awb} deleted"), where=CANCELS, uses=(_AWB,)),
        Event("flight", "step.departs_at", Text("{awb} 항공편 {flight}: {route}", "{awb} on flight {flight}: {route}"), place="step.origin",
              where=f"NOT ({CANCELS}) AND step.departs_at IS NOT NULL", each="flights", uses=(_AWB, "flight=step.flight_no", "route=concat_ws(' → ', step.origin, step.destination)")),
    ),
    mentions=(_mention("consignor"), _mention("consignee"), _mention("notify", same_as="consignee")),
    cancels=CANCELS,
)
