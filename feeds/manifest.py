"""Feed `manifest`: sea cargo manifests of ocean carriers (UN/EDIFACT CUSCAR D.95B), one record a consignment (`CNI`)."""

from feeds.expressions import sender_in_edifact
from feeds.feed import Event, Feed, Mention
from feeds.readers import edifact_values as v
from feeds.readers.cuscar import PARTIES, head, take
from feeds.readers.edifact_count import Form, counter
from feeds.readers.edifact_messages import REFUSALS, reader
from lakehouse.field import Field, fields, string
from lakehouse.text import Text

FORM = Form(frozenset({"CUSCAR"}), "CNI")


def _party(role: str, ko: str, en: str) -> tuple[Field, ...]:
    """The fields of one party."""
    source = "NAD+" + "/".join(PARTIES[role])
    return (
        string(f"{role}_name", f"{source} C080", ko, en),
        string(f"{role}_address", f"{source} C059", f"{ko} 주소", f"Address of the {role}"),
        string(f"{role}_postcode", f"{source} 3251", f"{ko} 우편번호", f"Postcode of the {role}"),
        string(f"{role}_country", f"{source} 3207", f"{ko} 국가", f"Country of the {role}"),
        string(f"{role}_id", f"{source} C082/3039", f"{ko} 부호", f"Code of the {role}"),
        string(f"{role}_phone", f"{source} COM", f"{ko} 전화", f"Phone of the {role}"),
    )


_CONTAINERS = fields(
    string("container_no", "EQD C237/8260", "컨테이너 번호", "Container number"),
    Field("check_digit_is_valid", "boolean", Text("검사숫자 일치", "The ISO 6346 check digit fits"), "EQD C237/8260"),
    string("equipment_kind", "EQD 8053", "장비 구분", "Kind of equipment: CN container"),
    string("size_type_code", "EQD C224/8155", "컨테이너 규격", "Size and type"),
    string("full_empty_code", "EQD 8169", "적·공 구분", "4 empty, 5 full"),
    Field("packages", "double", Text("컨테이너 내 포장개수", "Packages in it"), "SGP 7224"),
    Field("seals", "list", Text("봉인", "Seals"), "SEL", items=v.SEALS),
)
FIELDS = fields(
    string("master_bl", "RFF+BM", "M B/L", "Master bill"),
    string("house_bl", "RFF+BH", "H B/L", "House bill; empty where there is none"),
    *v.ENVELOPE,
    string("consignment_no", "CNI 1490", "연번", "Number of the consignment within the message"),
    string("consignment_bl", "CNI C503/1004", "B/L 번호", "Bill named by the consignment itself"),
    string("cargo_control_no", "RFF+AAQ", "화물관리번호", "Cargo control number"),
    string("mrn", "RFF+ABT", "적하목록관리번호", "Manifest reference number"),
    *v.TRANSPORT,
    Field("arrival_estimated_at", "timestamp", Text("입항 예정시각", "Estimated arrival"), "DTM+132"),
    Field("arrived_at", "timestamp", Text("입항시각", "Actual arrival"), "DTM+178"),
    Field("departed_at", "timestamp", Text("출항시각", "Departure, actual else estimated"), "DTM+136/133"),
    string("loading_port", "LOC+9", "적재항", "Port of loading"),
    string("discharge_port", "LOC+11", "양륙항", "Port of discharge"),
    string("discharge_terminal", "LOC+11 C519", "양륙 터미널", "Terminal of discharge"),
    string("delivery_place", "LOC+7", "인도지", "Place of delivery"),
    string("arrival_place", "LOC+60", "도착지", "Place of arrival"),
    string("receipt_place", "LOC+88", "수탁지", "Place of receipt"),
    string("original_loading_port", "LOC+76", "최초 적재항", "Original port of loading"),
    string("transhipment_port", "LOC+13", "환적항", "Port of transhipment"),
    Field("places", "list", Text("장소", "Every place told"), "LOC", items=v.PLACES),
    Field("packages", "double", Text("포장개수", "Packages"), "CNT+11, GID C213/7224", strict=True, low=0),
    string("package_code", "GID C213/7065", "포장종류", "Kind of package"),
    Field("gross_mass", "double", Text("총중량", "Gross mass"), "MEA+AAE+G", strict=True, low=0),
    Field("gross_mass_unit", "string", Text("총중량 단위", "Unit of the gross mass"), "MEA C174/6411", required=True,
          when="gross_mass IS NOT NULL", allowed=v.MASS_UNITS),
    Field("volume", "double", Text("용적", "Volume"), "MEA+VOL"),
    string("volume_unit", "MEA C174/6411", "용적 단위", "Unit of the volume"),
    string("goods", "FTX+AAA", "품명", "Goods in the manifest"),
    Field("texts", "list", Text("기재사항", "Every free text"), "FTX", items=v.TEXTS),
    string("marks", "PCI C210", "화인", "Marks"),
    Field("hs_codes", "array<string>", Text("세번부호", "HS codes"), "CST C246/7361, PIA"),
    Field("imo_classes", "array<string>", Text("위험물 등급", "Classes of dangerous goods"), "DGS C205/8351"),
    Field("un_numbers", "array<string>", Text("유엔번호", "UN numbers of dangerous goods"), "DGS C234/7124"),
    Field("container_nos", "array<string>", Text("컨테이너 번호", "Container numbers"), "EQD, SGP"),
    Field("seal_nos", "array<string>", Text("봉인번호", "Seal numbers"), "SEL"),
    Field("containers", "list", Text("컨테이너", "Containers with their seals"), "EQD, SGP", items=_CONTAINERS),
    *_party("consignor", "송하인", "Consignor"),
    *_party("consignee", "수하인", "Consignee"),
    *_party("notify", "통지처", "Notify party"),
    *_party("forwarder", "운송주선인", "Forwarder"),
    Field("references", "list", Text("참조번호", "Every reference"), "RFF", items=v.REFERENCES),
)


def _mention(role: str, same_as: str = "") -> Mention:
    return Mention(role, f"{role}_name", f"{role}_id", address=f"{role}_address", postcode=f"{role}_postcode", phone=f"{role}_phone",
                   country=f"{role}_country", same_as=same_as)


FEED = Feed(
    name="manifest",
    text=Text("해상 적하목록", "Sea cargo manifest"),
    sender=Text("선사", "Ocean carrier"),
    form="UN/EDIFACT CUSCAR D.95B",
    key=("master_bl", "house_bl"),
    sent_by=sender_in_edifact("interchange_sender"),
    fields=FIELDS,
    read=reader(FORM, head, take),
    count=counter(FORM),
    listed={"unlocode": ("loading_port", "discharge_port", "delivery_place", "transhipment_port"), "smdg": ("discharge_terminal",)},
    issued_at="greatest(document_at, prepared_at)",
    refusals=REFUSALS,
    findings=(
        *v.ENVELOPE_FINDINGS,
        ("container.check_digit", "exists(containers, c -> NOT c.check_digit_is_valid)"),
        ("location.unknown", "exists(array(loading_port, discharge_port), p -> NOT p RLIKE '^[A-Z]{2}[A-Z0-9]{3}$')"),
        ("cargo.number", "NOT cargo_control_no RLIKE '^[0-9]{2}[0-9A-Z]{13,17}$'"),
        ("seal.source", "exists(containers, c -> exists(c.seals, s -> NOT s.source_code IN ('AA', 'AB', 'AC', 'CA', 'CU', 'SH', 'TO', 'TM')))"),
        ("goods.none", "goods IS NULL"),
    ),
    events=(
        Event("manifest_filed", "coalesce(document_at, prepared_at, known_at)",
              Text("적하목록 제출 — M B/L {master} H B/L {house}, {vessel} {voyage}항차, 포장 {packages}, 총중량 {mass}",
                   "Manifest filed — master bill {master}, house bill {house}, {vessel} voyage {voyage}, packages {packages}, gross mass {mass}"),
              place="discharge_port", where="coalesce(function_code, '') <> '1'",
              uses=("master=master_bl", "house=coalesce(house_bl, '-')", "vessel=vessel_name", "voyage=voyage_no", "packages=format_number(packages, 0)",
                    "mass=concat(format_number(gross_mass, 1), ' ', gross_mass_unit)")),
    ),
    mentions=(
        _mention("consignor"), _mention("consignee"), _mention("notify", same_as="consignee"), _mention("forwarder"),
        Mention("vessel", "vessel_name", "vessel_id", country="vessel_country"),
    ),
    cancels="coalesce(function_code, '') = '1'",
)
