"""Feed `terminal_event`: what port terminals did with containers (UN/EDIFACT COARRI, CODECO, BAPLIE D.95B), one record an `EQD`."""

from typing import Any

from feeds.expressions import sender_in_edifact
from feeds.feed import Event, Feed, Mention
from feeds.readers import edifact_values as v
from feeds.readers.edifact import at
from feeds.readers.edifact_count import Form, counter
from feeds.readers.edifact_messages import REFUSALS, Group, Message, reader
from lakehouse.field import Field, fields, string
from lakehouse.text import Text

FORM = Form(frozenset({"COARRI", "CODECO", "BAPLIE"}), "EQD", is_located=True)
_KINDS = {("COARRI", "44"): "discharge", ("COARRI", "46"): "load", ("CODECO", "34"): "gate_in", ("CODECO", "36"): "gate_out"}
# Where a kind of event happens, by place qualifiers in the order they are asked.
_SITES = {"discharge": ("11", "165"), "load": ("9", "165"), "gate_in": ("165", "9", "11"), "gate_out": ("165", "11", "9"), "stowage": ("5",)}
_ANYWHERE = ("165", "11", "9", "5")
# Stowage plans of SMDG 1.5 and older (D.91.1) tell the port of loading as 6 and that of discharge as 12.
_LOADING, _DISCHARGE = ("9", "6"), ("11", "12")
# A verified gross mass before an estimated one before whatever else is called gross.
_GROSS = ("VGM", "EGW", "G", "AAD", "AAB", "WT")
# Handled, gate passed, positioned, arrived, departed.
_HANDLED = ("203", "7", "181", "178", "136")

FIELDS = fields(
    *v.ENVELOPE,
    string("event_kind", "BGM C002/1001", "작업 구분", "What happened: discharge, load, gate_in, gate_out, stowage"),
    Field("event_at", "timestamp", Text("작업시각", "When it happened; a stowage plan's own time"), "DTM+203", required=True, when="message_type <> 'BAPLIE'"),
    *v.TRANSPORT,
    string("truck_id", "TDT+1 C222/8213", "차량번호", "Truck"),
    string("truck_carrier_code", "TDT+1 C040/3127", "육상운송인 부호", "Haulier code"),
    Field("arrival_estimated_at", "timestamp", Text("입항 예정시각", "Estimated arrival"), "DTM+132"),
    Field("arrived_at", "timestamp", Text("입항시각", "Actual arrival"), "DTM+178"),
    Field("departed_at", "timestamp", Text("출항시각", "Departure, actual else estimated"), "DTM+136/133"),
    string("event_port", "LOC+9/11/165", "작업 항만", "Port where it happened"),
    string("terminal_code", "LOC C519/3223", "터미널 부호", "Terminal, SMDG code"),
    string("loading_port", "LOC+9/6", "적재항", "Port of loading"),
    string("discharge_port", "LOC+11/12", "양륙항", "Port of discharge"),
    string("destination", "LOC+8/7/83/65", "최종 목적지", "Place of destination"),
    string("transhipment_port", "LOC+13", "환적항", "Port of transhipment"),
    string("next_port", "LOC+61", "차항", "Next port of call"),
    string("departure_port", "LOC+5", "출항지", "Port of departure"),
    string("stowage_position", "LOC+147", "적부 위치", "Stowage position, bay row tier"),
    Field("places", "list", Text("장소", "Every place told of the container"), "LOC", items=v.PLACES),
    string("equipment_kind", "EQD 8053", "장비 구분", "Kind of equipment: CN container"),
    string("container_no", "EQD C237/8260", "컨테이너 번호", "Container number", required=True),
    Field("check_digit_is_valid", "boolean", Text("검사숫자 일치", "The ISO 6346 check digit fits"), "EQD C237/8260"),
    string("size_type_code", "EQD C224/8155", "컨테이너 규격", "Size and type"),
    string("supplier_code", "EQD 8077", "장비 제공자", "Who supplied the equipment"),
    string("status_code", "EQD 8249", "장비 상태", "2 export, 3 import, 6 transhipment"),
    string("full_empty_code", "EQD 8169", "적·공 구분", "4 empty, 5 full"),
    Field("gross_mass", "double", Text("총중량", "Gross mass, verified before estimated"), "MEA+AAE+VGM/EGW", strict=True, low=0),
    Field("gross_mass_unit", "string", Text("총중량 단위", "Unit of the gross mass"), "MEA C174/6411", required=True,
          when="gross_mass IS NOT NULL", allowed=v.MASS_UNITS),
    string("gross_kind", "MEA C502/6313", "총중량 종류", "VGM verified, EGW estimated, else as called"),
    Field("tare_mass", "double", Text("자중", "Tare mass"), "MEA+AAE+T", low=0),
    string("tare_mass_unit", "MEA C174/6411", "자중 단위", "Unit of the tare mass"),
    Field("measures", "list", Text("측정값", "Every measure, as told"), "MEA", items=v.MEASURES),
    Field("temperature", "double", Text("설정온도", "Temperature set"), "TMP C239/6246"),
    string("temperature_unit", "TMP C239/6411", "온도 단위", "Unit of the temperature"),
    Field("seals", "list", Text("봉인", "Seals with who set them"), "SEL", items=v.SEALS),
    Field("texts", "list", Text("기재사항", "Every free text"), "FTX", items=v.TEXTS),
    string("remark", "FTX", "비고", "Free text, joined"),
    Field("damages", "array<string>", Text("손상", "Damages"), "DAM"),
    Field("imo_classes", "array<string>", Text("위험물 등급", "Classes of dangerous goods"), "DGS C205/8351"),
    Field("un_numbers", "array<string>", Text("유엔번호", "UN numbers of dangerous goods"), "DGS C234/7124"),
    string("bill_of_lading", "RFF+BM", "B/L 번호", "Bill of lading"),
    string("booking_no", "RFF+BN", "예약번호", "Booking number"),
    string("cargo_control_no", "RFF+AAQ", "화물관리번호", "Cargo control number"),
    Field("references", "list", Text("참조번호", "Every reference"), "RFF", items=v.REFERENCES),
    string("movement_code", "TMD C219/8335", "운송형태", "Kind of movement: FCL, LCL"),
    string("operator_code", "NAD+CF/CA", "컨테이너 운영선사", "Operator of the container"),
    string("reporter_code", "NAD+MS/TR", "보고 터미널", "Who reports"),
)


def _head(message: Message) -> dict[str, Any]:
    """What the containers of a message share."""
    header, values = v.told_in(message.header), v.envelope(message)
    kind = values["message_type"]
    event = "stowage" if kind == "BAPLIE" else _KINDS.get((kind, values["document_name_code"]))
    stowed_at = next(filter(v.is_readable, (values["document_at"], values["prepared_at"])), None)
    told = v.places(header)[:99]
    return {
        "values": values | v.transport(header, "20", "10", "30", "12", "13") | {
            "event_kind": event, "event_at": stowed_at if event == "stowage" else v.moment(header, *_HANDLED[:1]),
            "arrival_estimated_at": v.moment(header, "132"), "arrived_at": v.moment(header, "178"), "departed_at": v.moment(header, "136", "133"),
            "next_port": v.placed(told, "61"), "departure_port": v.placed(told, "5"), "reporter_code": _party(header, "MS", "TR"),
        },
        "places": told, "truck": v.transport(header, "1"), "operator": _party(header, "CF", "CA"),
    }


def _take(shared: dict[str, Any], message: Message, group: Group) -> dict[str, Any]:
    """The values of one container."""
    said, values = v.told_in(group.segments), shared["values"]
    eqd = said["EQD"][0]
    own, around = v.places(said), shared["places"]
    site = (*_SITES.get(values["event_kind"], ()), *_ANYWHERE)
    outward, inward = [*own, *around], [*around, *own]
    measures = v.measures(said)
    gross, tare = v.measured(measures, *_GROSS), v.measured(measures, "T")
    truck = v.transport(said, "1") if v.only(said, "TDT", "1") else shared["truck"]
    tmp, tmd = (next(iter(v.only(said, tag)), []) for tag in ("TMP", "TMD"))
    carried = v.transport(said, "20") if v.only(said, "TDT", "20") else {}
    is_plan, texts = values["event_kind"] == "stowage", v.texts(said)
    return {
        **values, **carried, "event_at": values["event_at"] if is_plan else v.moment(said, *_HANDLED) or values["event_at"],
        "truck_id": truck["vessel_id"] or truck["vessel_name"], "truck_carrier_code": truck["carrier_code"],
        "event_port": v.placed(inward, *site), "terminal_code": v.placed(inward, *site, what="terminal_code"),
        "loading_port": v.placed(outward, *_LOADING), "discharge_port": v.placed(outward, *_DISCHARGE),
        "destination": v.placed(own, "8", "7", "83", "65"), "transhipment_port": v.placed(own, "13"),
        "stowage_position": v.placed(own, "147"), "places": own,
        "equipment_kind": at(eqd, 1), "container_no": at(eqd, 2), "check_digit_is_valid": v.is_check_digit_valid(at(eqd, 2)),
        "size_type_code": at(eqd, 3), "supplier_code": at(eqd, 4), "status_code": at(eqd, 5), "full_empty_code": at(eqd, 6),
        "gross_mass": gross.get("value"), "gross_mass_unit": gross.get("unit"), "gross_kind": gross.get("kind"),
        "tare_mass": tare.get("value"), "tare_mass_unit": tare.get("unit"), "measures": measures,
        "temperature": v.number(at(tmp, 2)), "temperature_unit": at(tmp, 2, 1),
        "seals": v.seals(said), "texts": texts, "remark": " ".join([one["text"] for one in texts if one["text"]]) or None,
        "damages": [" ".join(filter(None, (at(dam, part, 3) or at(dam, part) for part in range(2, len(dam))))) for dam in v.only(said, "DAM")],
        "imo_classes": [code for dgs in v.only(said, "DGS") if (code := at(dgs, 2))],
        "un_numbers": [code for dgs in v.only(said, "DGS") if (code := at(dgs, 3))],
        "bill_of_lading": v.reference(said, "BM"), "booking_no": v.reference(said, "BN"), "cargo_control_no": v.reference(said, "AAQ"),
        "references": v.references(said), "movement_code": at(tmd, 1),
        "operator_code": _party(said, "CF", "CA") or shared["operator"],
    }


def _party(said: v.Told, *roles: str) -> str | None:
    for role in roles:
        for nad in said.get("NAD", ()):
            if at(nad, 1) == role and (code := at(nad, 2) or at(nad, 4) or at(nad, 3)):
                return code
    return None


def _event(kind: str, ko: str, en: str) -> Event:
    """The timeline fact of one kind of work."""
    told = ("{container} {terminal}, {gross}, 봉인 {seals}", "{container} {terminal}, {gross}, seals {seals}")
    return Event(
        kind, "event_at", Text(f"{ko} — {told[0]}", f"{en} — {told[1]}"), place="coalesce(event_port, '')", where=f"event_kind = '{kind}'",
        uses=("container=container_no", "terminal=concat_ws(' ', event_port, terminal_code)",
              "gross=concat_ws(' ', gross_kind, format_number(gross_mass, 0), gross_mass_unit)",
              "seals=coalesce(nullif(array_join(transform(seals, s -> s.seal_no), ' '), ''), '-')"))


FEED = Feed(
    name="terminal_event",
    text=Text("터미널 컨테이너 작업", "Terminal container event"),
    sender=Text("항만 터미널", "Port terminal"),
    form="UN/EDIFACT COARRI, CODECO, BAPLIE D.95B",
    key=("interchange_ref", "message_ref", "container_no", "event_at"),
    sent_by=sender_in_edifact("interchange_sender"),
    fields=FIELDS,
    read=reader(FORM, _head, _take),
    count=counter(FORM),
    listed={"unlocode": ("event_port", "loading_port", "discharge_port"), "smdg": ("terminal_code",)},
    issued_at="greatest(document_at, prepared_at)",
    refusals=REFUSALS,
    findings=(
        *v.ENVELOPE_FINDINGS,
        ("container.check_digit", "NOT check_digit_is_valid AND equipment_kind = 'CN'"),
        ("event.time_none", "event_at IS NULL"),
        ("event.year", "year(event_at) < 2000 OR year(event_at) > year(known_at) + 2"),
        ("event.unknown", "event_kind IS NULL"),
        ("location.unknown", "exists(array(loading_port, discharge_port, event_port), p -> NOT p RLIKE '^[A-Z]{2}[A-Z0-9]{3}$')"),
        ("seal.source", "exists(seals, s -> NOT s.source_code IN ('AA', 'AB', 'AC', 'CA', 'CU', 'SH', 'TO', 'TM'))"),
        ("container.full_empty", "NOT full_empty_code IN ('4', '5')"),
    ),
    events=(
        _event("discharge", "하선", "Discharged"),
        _event("load", "선적", "Loaded"),
        _event("gate_in", "게이트 반입", "Gate in"),
        _event("gate_out", "게이트 반출", "Gate out"),
        _event("stowage", "적부 계획", "Stowed"),
    ),
    mentions=(Mention("vessel", "vessel_name", "vessel_id", country="vessel_country"),),
)
