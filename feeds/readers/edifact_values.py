"""Values of EDIFACT segments as the directories place them: instants, references, places, transport, measures, parties, seals."""

import re
from collections.abc import Sequence
from typing import Any

from feeds.readers.edifact import Segment, at
from feeds.readers.edifact_messages import Message
from lakehouse.field import Field, fields, string
from lakehouse.text import Text

Told = dict[str, list[Segment]]
_INSTANT = re.compile(r"([0-9]{6,14}) ?(Z|[A-Z]{3}|[+-][0-9]{2}:?(?:[0-9]{2})?)?\Z")
_READABLE = re.compile(r"(?:[0-9]{8}|[0-9]{12}|[0-9]{14}|[0-9]{4}-[0-9]{2}-[0-9]{2}.*)\Z", re.DOTALL)
_ZONES = {"Z": "+00:00", "UTC": "+00:00", "GMT": "+00:00", "KST": "+09:00", "JST": "+09:00"}
_SHORT_YEAR = {6: ("", "101"), 12: ("202", "302")}
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+\Z")
_CONTAINER = re.compile(r"[A-Z]{4}[0-9]{7}\Z")
# ISO 6346: letters count from 10 on, multiples of 11 left out.
_WORTH = dict(zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", (n for n in range(39) if n < 10 or n % 11), strict=False))
_BETWEEN = re.compile(r"[\s-]")
MASS_UNITS = ("KGM", "KGS", "KG", "GRM", "G", "TNE", "TON", "T", "LBR", "LBS", "LB")


MEASURES = fields(
    string("kind", "MEA C502/6313", "측정 종류", "Kind of measure"),
    Field("value", "double", Text("측정값", "Value"), "MEA C174/6314"),
    string("unit", "MEA C174/6411", "단위", "Unit"),
)
SEALS = fields(
    string("seal_no", "SEL 9308", "봉인번호", "Seal number"),
    string("source_code", "SEL C215/9303", "봉인 주체", "Who sealed: CA carrier, SH shipper, CU customs, TO terminal"),
    string("condition_code", "SEL 4517", "봉인 상태", "Condition of the seal"),
)
TEXTS = fields(
    string("qualifier", "FTX 4451", "내용 구분", "Subject of the text"),
    string("text", "FTX C108", "내용", "Text"),
)
PLACES = fields(
    string("qualifier", "LOC 3227", "장소 구분", "Kind of place"),
    string("code", "LOC C517/3225", "장소 부호", "Place, UN/LOCODE"),
    string("name", "LOC C517/3224", "장소명", "Place, in words"),
    string("terminal_code", "LOC C519/3223", "터미널 부호", "Terminal, SMDG code"),
)
REFERENCES = fields(
    string("qualifier", "RFF C506/1153", "참조 구분", "Kind of reference"),
    string("number", "RFF C506/1154", "참조번호", "Reference"),
)
ENVELOPE = fields(
    string("interchange_ref", "UNB 0020", "전송참조번호", "Interchange control reference"),
    string("interchange_sender", "UNB S002/0004", "송신자", "Sender of the interchange"),
    string("interchange_recipient", "UNB S003/0010", "수신자", "Recipient of the interchange"),
    Field("prepared_at", "timestamp", Text("전송 작성시각", "When the interchange was prepared"), "UNB S004"),
    Field("is_test", "boolean", Text("시험 전송", "Sent as a test"), "UNB 0035"),
    string("message_ref", "UNH 0062", "전자문서 참조번호", "Message reference"),
    string("message_type", "UNH S009/0065", "전자문서 종류", "Message type"),
    string("message_version", "UNH S009", "전자문서 판", "Version, release, agency and association code"),
    string("document_name_code", "BGM C002/1001", "문서명 부호", "Document name code"),
    string("document_no", "BGM 1004", "문서번호", "Document number"),
    string("function_code", "BGM 1225", "전자문서 기능", "Message function: 1 cancels, 9 is original"),
    Field("document_at", "timestamp", Text("문서 작성시각", "When the document was issued"), "DTM+137"),
    Field("envelope_faults", "array<string>", Text("봉투 불일치", "What is missing or told wrong by envelope and trailers"), "UNB, UNT, UNZ, CNT"),
)
TRANSPORT = fields(
    string("transport_stage", "TDT 8051", "운송단계", "Stage of transport"),
    string("voyage_no", "TDT 8028", "항차", "Voyage"),
    string("transport_mode", "TDT C220/8067", "운송수단", "Mode of transport"),
    string("carrier_code", "TDT C040/3127", "운송인 부호", "Carrier code"),
    string("carrier_name", "TDT C040/3128", "운송인", "Carrier"),
    string("vessel_id", "TDT C222/8213", "선박 식별부호", "Vessel by call sign, IMO or Lloyd's number"),
    string("vessel_id_list", "TDT C222/1131", "선박 식별부호 체계", "List of the vessel's code: 103 call sign, 146 IMO, 11 Lloyd's"),
    string("vessel_name", "TDT C222/8212", "선명", "Vessel"),
    string("vessel_country", "TDT C222/8453", "선박국적", "Flag"),
)
# Findings of every EDIFACT feed: (code, Spark SQL over the fields above).
ENVELOPE_FINDINGS = (
    ("envelope.unb", "array_contains(envelope_faults, 'unb')"),
    ("envelope.totals", "exists(envelope_faults, f -> f LIKE '%/%')"),
    ("envelope.reference", "exists(envelope_faults, f -> f LIKE 'reference %')"),
    ("envelope.test", "is_test"),
    ("function.unknown", "NOT function_code RLIKE '^([1-9]|[1-6][0-9])$'"),
    ("date.year", "exists(array(document_at, prepared_at), t -> year(t) < 2000 OR year(t) > year(known_at) + 2)"),
)


def envelope(message: Message) -> dict[str, Any]:
    """The values that interchange and message give to each of their records."""
    unb, unh, header = message.unb, message.header[0], told_in(message.header)
    bgm = next(iter(only(header, "BGM")), [])
    day, time = at(unb, 4) or "", at(unb, 4, 1) or ""
    century = "20" if len(day) == 6 else ""
    return {
        "interchange_ref": at(unb, 5), "interchange_sender": at(unb, 2), "interchange_recipient": at(unb, 3),
        "prepared_at": instant(century + day + time, None), "is_test": "true" if at(unb, 11) == "1" else "false",
        "message_ref": at(unh, 1), "message_type": at(unh, 2), "message_version": ":".join(value.strip() for value in unh[2][1:]) or None,
        "document_name_code": at(bgm, 1), "document_no": at(bgm, 2), "function_code": at(bgm, 3),
        "document_at": moment(header, "137"), "envelope_faults": message.faults,
    }


def told_in(segments: Sequence[Segment]) -> Told:
    """Segments by their tag."""
    told: Told = {}
    for one in segments:
        told.setdefault(one[0][0], []).append(one)
    return told


def only(told: Told, tag: str, *qualifiers: str) -> list[Segment]:
    """The segments of a tag, where qualifiers are given only those with one of them."""
    found = told.get(tag, [])
    return [one for one in found if at(one, 1) in qualifiers] if qualifiers and found else found


def instant(value: str | None, form: str | None) -> str | None:
    """An instant as digits from the year on, or with its offset where it names one; as sent where it cannot be read."""
    found = _INSTANT.match(value or "")
    if not found:
        return value or None
    digits, zone = found.groups()
    if len(digits) == 10 or form in _SHORT_YEAR.get(len(digits), ()) or (form is None and len(digits) == 6):
        digits = "20" + digits
    if not zone:
        return digits
    offset = _ZONES.get(zone) or (f"{zone[:3]}:{zone[3:].lstrip(':') or '00'}" if zone[0] in "+-" else "")
    if not offset or len(digits) < 12:
        return value
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}T{digits[8:10]}:{digits[10:12]}:{digits[12:14] or '00'}{offset}"


def is_readable(value: str | None) -> bool:
    """Whether an instant has a form that a timestamp is read from."""
    return bool(value and _READABLE.match(value))


def moment(told: Told, *qualifiers: str) -> str | None:
    """The first instant told under one of the qualifiers, in their order."""
    said = [(at(one, 1), at(one, 1, 1), at(one, 1, 2)) for one in told.get("DTM", ())]
    for qualifier in qualifiers:
        for kind, value, form in said:
            if kind == qualifier and value:
                return instant(value, form)
    return None


def reference(told: Told, *qualifiers: str) -> str | None:
    """The first reference told under one of the qualifiers, in their order."""
    for qualifier in qualifiers:
        for one in told.get("RFF", ()):
            if at(one, 1) == qualifier and (number := at(one, 1, 1)):
                return number
    return None


def references(told: Told) -> list[dict[str, Any]]:
    """Every reference."""
    return [{"qualifier": at(one, 1), "number": at(one, 1, 1)} for one in only(told, "RFF")]


def places(told: Told) -> list[dict[str, Any]]:
    """Every place, with its terminal where one is told."""
    return [{"qualifier": at(one, 1), "code": at(one, 2), "name": at(one, 2, 3), "terminal_code": at(one, 3)} for one in only(told, "LOC")]


def placed(told: Sequence[dict[str, Any]], *qualifiers: str, what: str = "code") -> str | None:
    """What is told of the first place under one of the qualifiers, in their order; a place without code by its name."""
    for qualifier in qualifiers:
        for one in told:
            if one["qualifier"] == qualifier and (value := one[what] or (one["name"] if what == "code" else None)):
                return str(value)
    return None


def transport(told: Told, *stages: str) -> dict[str, str | None]:
    """Means of transport of the first of the stages that is told; its identity is the last composite."""
    one = next((tdt for stage in stages for tdt in only(told, "TDT", stage)), [])
    last = next((place for place in range(len(one) - 1, 5, -1) if any(value.strip() for value in one[place])), len(one))
    lists = [code for place in (1, 2) if (code := at(one, last, place)) in ("103", "146", "11")]
    return {
        "transport_stage": at(one, 1), "voyage_no": at(one, 2), "transport_mode": at(one, 3),
        "carrier_code": at(one, 5), "carrier_name": at(one, 5, 3), "vessel_id": at(one, last),
        "vessel_id_list": lists[0] if lists else at(one, last, 1), "vessel_name": at(one, last, 3), "vessel_country": at(one, last, 4),
    }


def number(value: str | None) -> str | None:
    """A number as sent, a decimal comma made a point: EDIFACT knows no thousands separator."""
    return value.replace(",", ".") if value and _DECIMAL_COMMA.match(value) else value


def measures(told: Told) -> list[dict[str, str | None]]:
    """Every measure by its kind: the dimension told, else the qualifier."""
    return [{"kind": at(one, 2) or at(one, 1), "value": number(at(one, 3, 1)), "unit": (at(one, 3) or "").upper() or None}
            for one in only(told, "MEA")]


def measured(told: Sequence[dict[str, str | None]], *kinds: str) -> dict[str, str | None]:
    """The first measure of one of the kinds, in their order, that has a value; empty where there is none."""
    for kind in kinds:
        for one in told:
            if one["kind"] == kind and one["value"]:
                return one
    return {}


def seals(told: Told) -> list[dict[str, Any]]:
    """Every seal with who set it."""
    return [{"seal_no": at(one, 1), "source_code": at(one, 2), "condition_code": at(one, 3)} for one in only(told, "SEL")]


def words(segment: Segment) -> str | None:
    """Free text of a segment, its lines joined; some put it a place too early."""
    told = (" ".join(value.strip() for value in element if value.strip()) for element in (*segment[4:5], *segment[3:4]))
    return next(filter(None, told), None)


def texts(told: Told) -> list[dict[str, Any]]:
    """Every free text by its subject."""
    return [{"qualifier": at(one, 1), "text": words(one)} for one in only(told, "FTX")]


def joined(told: Told, *qualifiers: str) -> str | None:
    """Free text of some subjects, segments joined in their order."""
    return " ".join(filter(None, map(words, only(told, "FTX", *qualifiers)))) or None


def is_check_digit_valid(container_no: str | None) -> str | None:
    """'true' where a container number ends in its ISO 6346 check digit, else 'false'; None where there is no number."""
    plain = _BETWEEN.sub("", container_no or "").upper()
    if not plain:
        return None
    if not _CONTAINER.match(plain):
        return "false"
    total = sum([_WORTH[mark] << place for place, mark in enumerate(plain[:10])])
    return "true" if total % 11 % 10 == int(plain[10]) else "false"
