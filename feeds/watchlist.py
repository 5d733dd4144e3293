"""Feed `watchlist`: OFAC SDN, ALT and ADD files, the UN consolidated list and a local list; one record an entry, alias or address."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lxml import etree

from feeds.feed import Bounds, Feed, Mention, Record, Refusal, RefusedError, canonical_hash
from feeds.readers import csv_plain, csv_rows, envelope
from feeds.readers.xml_messages import Element, content_hash, count_elements, opening_tag, parse, take
from lakehouse.field import Field, fields, string
from lakehouse.text import Text

OFAC, UN, LOCAL = "OFAC", "UN", "LOCAL"
KINDS = ("individual", "entity", "vessel", "aircraft")
# OFAC files have no header: the number of columns says which part of the list a file is.
COLUMNS = {
    12: ("entry", ("entry_id", "name", "kind", "program", "title", "call_sign", "vessel_type", "tonnage", "gross_tonnage", "flag", "owner", "remarks")),
    6: ("add", ("entry_id", "part_id", "address", "city", "country", "remarks")),
    5: ("alt", ("entry_id", "part_id", "alias_type", "name", "remarks")),
}
# Nothing, and the same cut short at the end of a file.
NULLS = ("", "-0-", "-0")
LONGEST_REMARK = 300
# What remarks of OFAC tell, in the words they always use. The first that fits counts.
REMARKS = tuple((field, re.compile(pattern)) for field, pattern in (
    ("birth_dates", r"(?:alt\. )?DOB (.+)"), ("birth_places", r"(?:alt\. )?POB (.+)"), ("nationalities", r"(?:alt\. )?(?:nationality|citizen) (.+)"),
    ("gender", r"Gender (\w+)"), ("aliases", r"(?:alt\. )?[afn]\.k\.a\. '?(.+?)'?"), ("linked_to", r"Linked To: (.+)"), ("mmsi", r"MMSI (\d{9})"),
    ("imo_no", r"Vessel Registration Identification (?:IMO )?(\d{7})(?: \(.+\))?"), ("former_flags", r"(?:alt\. )?(?:Former )?Vessel Flag (.+)"),
    ("documents", r"(?:alt\. )?((?:Stateless Person )?(?:ID Card|Identification Number|Passport|National ID No\.|Cedula No\.|NIT #|Tax ID No\.|RUC #|RFC|C\.U\.R\.P\.|D\.N\.I\.|SSN"
                  r"|US FEIN|Registration ID|Registration Number|Company Number|Trade License No\.|Business Registration Document #|D-U-N-S Number|Folio Mercantil No\."
                  r"|Matricula Mercantil No|Government Gazette Number|Commercial Registry Number)) (.+)"),
))
_DOCUMENT = re.compile(r"(?P<number>.+?)(?: \((?P<country>[^()]+)\))?(?: issued (?P<issued_on>.+?))?(?: expires (?P<note>.+))?")
_MONTHS = {name: f"{number:02}" for number, name in enumerate(("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1)}
_DAY = re.compile(rf"(?:(\d{{1,2}}) )?({'|'.join(_MONTHS)})[a-z]*\.? (\d{{4}})")
# The full stop after the last remark is none of its own, unless it ends an abbreviation.
_ABBREVIATED = re.compile(r"(?:\.\w|\b(?:[A-Z]|Co|Corp|Inc|Ltd|Jr|Sr|St))\.$", re.IGNORECASE)


_ALIAS = (string("name", "ALIAS_NAME", "이름", "Name"), string("quality", "QUALITY", "확실성", "Quality: Good, Low; a.k.a., f.k.a."), string("note", "NOTE", "비고", "Note"))
_ADDRESS = fields(
    string("street", "STREET", "거리", "Street"), string("city", "CITY", "도시", "City"), string("region", "STATE_PROVINCE", "지역", "State or province"),
    string("postcode", "ZIP_CODE", "우편번호", "Postcode"), string("country", "COUNTRY", "국가", "Country"), string("note", "NOTE", "비고", "Note"),
)
_DOCUMENT_ITEM = fields(
    string("type", "TYPE_OF_DOCUMENT", "문서 종류", "Kind of document"), string("number", "NUMBER", "번호", "Number"),
    string("country", "*[self::ISSUING_COUNTRY or self::COUNTRY_OF_ISSUE][normalize-space()]", "발급국", "Country of issue"),
    string("issued_on", "DATE_OF_ISSUE", "발급일", "Date of issue, as sent"), string("note", "NOTE", "비고", "Note"),
)
# As the UN list keeps them; the columns of OFAC and of a local list bear the same names.
_UN = fields(
    string("reference_no", "REFERENCE_NUMBER", "유엔 지정번호", "UN permanent reference number"), string("data_id", "DATAID", "유엔 자료번호", "UN data number"),
    string("version", "VERSIONNUM", "판", "Version of the entry"), string("program", "UN_LIST_TYPE", "제재 프로그램", "Programme, as sent"),
    Field("titles", "array<string>", Text("칭호", "Titles"), "TITLE/VALUE"), Field("designations", "array<string>", Text("직책", "Designations"), "DESIGNATION/VALUE"),
    string("name_original", "NAME_ORIGINAL_SCRIPT", "원어 이름", "Name in its own script"), string("gender", "GENDER", "성별", "Gender"),
    Field("nationalities", "array<string>", Text("국적", "Nationalities and citizenships"), "NATIONALITY/VALUE"), string("remarks", "COMMENTS1", "비고", "Remarks"),
    Field("aliases", "list", Text("별칭", "Aliases"), "*[self::INDIVIDUAL_ALIAS or self::ENTITY_ALIAS][normalize-space(ALIAS_NAME)]", items=_ALIAS),
    Field("addresses", "list", Text("주소(유엔)", "Addresses, UN"), "*[self::INDIVIDUAL_ADDRESS or self::ENTITY_ADDRESS][normalize-space()]", items=_ADDRESS),
    Field("documents", "list", Text("신분증·등록 문서", "Documents"), "INDIVIDUAL_DOCUMENT[normalize-space()]", items=_DOCUMENT_ITEM),
    Field("listed_on", "date", Text("등재일", "Date of listing"), "LISTED_ON"),
)
_LOCAL = fields(
    string("entry_id", "entry_id", "항목번호", "Number of the entry", required=True), string("kind", "kind", "구분", "Kind"), string("name", "name", "이름", "Name", required=True),
    string("aliases", "aliases", "별칭", "Aliases"), string("country", "country", "국가", "Country"), string("reason", "reason", "등재 사유", "Why it is listed"),
    Field("valid_from", "date", Text("적용 시작일", "First day it applies"), "valid_from"), Field("valid_to", "date", Text("적용 종료일", "Last day it applies; empty: open"), "valid_to"),
)
_read_rows = csv_rows.reader(lambda: _LOCAL)
FIELDS = fields(
    string("list_name", "form of the file", "목록", "List: OFAC, UN, LOCAL", required=True),
    string("entry_id", "SDN, ADD, ALT 1; REFERENCE_NUMBER, else DATAID; entry_id", "항목번호", "Number of the entry", required=True),
    string("part", "form of the file", "부분", "Part: entry, alt (alias), add (address)", required=True),
    string("part_id", "ADD, ALT 2", "부분번호", "Number of the part", required=True, when="part <> 'entry'"),
    Field("kind", "string", Text("구분", "Kind: individual, entity, vessel, aircraft; none on parts"), "SDN 3; INDIVIDUAL, ENTITY; kind", allowed=KINDS),
    string("name", "SDN 2; ALT 4; FIRST_NAME to FOURTH_NAME; name", "이름", "Name", required=True, when="part <> 'add'"),
    string("alias_type", "ALT 3", "별칭 구분", "Kind of alias: aka, fka, nka"),
    *_UN,
    Field("programs", "array<string>", Text("제재 프로그램 목록", "Programmes, one by one"), "SDN 4; UN_LIST_TYPE"), string("title", "SDN 5; TITLE", "칭호·직함", "Title"),
    string("call_sign", "SDN 6", "호출부호", "Call sign"), string("vessel_type", "SDN 7", "선종", "Type of vessel"),
    Field("tonnage", "double", Text("재화중량톤", "Deadweight, tonnes"), "SDN 8"), Field("gross_tonnage", "double", Text("총톤수", "Gross register tonnage"), "SDN 9"),
    string("flag", "SDN 10", "선적국", "Flag"), string("owner", "SDN 11", "선주", "Owner"), string("imo_no", "SDN 12", "IMO 번호", "IMO number"), string("mmsi", "SDN 12", "MMSI", "MMSI"),
    Field("former_flags", "array<string>", Text("이전 선적국", "Former flags"), "SDN 12"), Field("linked_to", "array<string>", Text("관련 대상", "Linked to"), "SDN 12"),
    Field("birth_dates", "array<string>", Text("생년월일", "Dates of birth: yyyy-MM-dd, yyyy-MM or yyyy, from/to, circa; else as sent"), "SDN 12; INDIVIDUAL_DATE_OF_BIRTH"),
    Field("birth_places", "array<string>", Text("출생지", "Places of birth"), "SDN 12; INDIVIDUAL_PLACE_OF_BIRTH"),
    string("address", "ADD 3", "주소", "Street"), string("city", "ADD 4", "도시", "City, region and postcode"), string("country", "ADD 5; country", "국가", "Country"),
    Field("updated_on", "date", Text("최근 갱신일", "Last day updated"), "LAST_DAY_UPDATED"), *_LOCAL[5:],
    Field("generated_at", "timestamp", Text("목록 생성 시각", "When the list was generated"), "/CONSOLIDATED_LIST/@dateGenerated"),
)


def _form(text: str) -> str:
    """UN where it is XML, LOCAL where the first line is its heading, else OFAC."""
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        return UN
    _, first = next(csv_plain.lines(text), (0, ""))
    headings = {cell.strip("\ufeff\" \t").lower() for cell in first.split(",")}
    return LOCAL if len(headings & {field.source for field in _LOCAL}) > 2 else OFAC


def count(text: str) -> int:
    """Entries of the UN list by their tags, rows of a local list, lines of an OFAC file."""
    form = _form(text)
    if form == UN:
        return count_elements(text, "INDIVIDUAL", "ENTITY")
    return csv_rows.count(text) if form == LOCAL else csv_plain.count(text)


def read(text: str, bounds: Bounds) -> Iterator[Record]:
    """Every entry, alias or address of one list file, each held against the bounds by itself."""
    form = _form(text)
    try:
        yield from _un(text, bounds) if form == UN else _local(text, bounds) if form == LOCAL else _ofac(text, bounds)
    except RefusedError as refused:
        yield Record("", text[:bounds.record_bytes], None, refusal=refused.code, detail=refused.detail)


def _ofac(text: str, bounds: Bounds) -> Iterator[Record]:
    rows: list[tuple[str, str, list[str] | RefusedError]] = []
    for number, line in csv_plain.lines(text):
        try:
            rows.append((f"line {number}", line, csv_plain.cells(line, bounds)))
        except RefusedError as refused:
            rows.append((f"line {number}", line, refused))
    widths = Counter(len(row) for _, _, row in rows if isinstance(row, list))
    width = max(COLUMNS, key=lambda columns: (widths[columns], columns))
    if not widths[width]:
        raise RefusedError("watchlist.form" if rows else "file.empty", f"{', '.join(map(str, sorted(widths))) or 'no'} columns")
    company = envelope.around(f"{','.join('0' * width)}\n" * 2)
    for position, line, row in rows:
        if isinstance(row, RefusedError):
            yield Record(position, line[:bounds.record_bytes], None, refusal=row.code, detail=row.detail, envelope=company)
        elif len(row) != width:
            yield Record(position, line, None, refusal="csv.row", detail=f"{len(row)} cells, {width} needed", envelope=company)
        else:
            part, names = COLUMNS[width]
            sent = dict(zip(names, (None if cell in NULLS else cell for cell in row), strict=True))
            yield Record(position, line, _ofac_values(part, sent), (canonical_hash(sent),), envelope=company)


def _ofac_values(part: str, sent: Mapping[str, str | None]) -> dict[str, Any]:
    values: dict[str, Any] = {"list_name": OFAC, "part": part, **sent}
    if part == "entry":
        # Programmes are written as "NPWMD] [IFSR", outer brackets lost.
        programs = [program.strip(" []") for program in re.split(r"\]\s*\[", sent["program"] or "")]
        values |= {"kind": (sent["kind"] or "entity").lower(), "programs": [program for program in programs if program], **_remarks(sent["remarks"] or "")}
    return values


def _remarks(text: str) -> dict[str, Any]:
    """What remarks tell in words that are always the same."""
    told: dict[str, list[Any]] = {field: [] for field, _ in REMARKS}
    remarks = (text if _ABBREVIATED.search(text) else text.removesuffix(".")).split(";")
    for said in (remark.strip() for remark in remarks if len(remark) <= LONGEST_REMARK):
        field, found = next(((field, found) for field, pattern in REMARKS if (found := pattern.fullmatch(said))), ("", None))
        if field == "documents" and found and (document := _DOCUMENT.fullmatch(found[2])):
            told[field].append({"type": found[1], **document.groupdict()})
        elif field == "aliases" and found:
            told[field].append({"name": found[1], "quality": said[:6]})
        elif found:
            told[field].append(_birth_date(found[1]) if field == "birth_dates" else found[1])
    return told | {field: next(iter(told[field]), None) for field in ("gender", "imo_no", "mmsi")}


def _birth_date(said: str) -> str:
    """A date in words as yyyy-MM-dd, yyyy-MM or yyyy, two of them as from/to; what else is said stays."""
    plain = _DAY.sub(lambda day: "-".join(part for part in (day[3], _MONTHS[day[2]], day[1] and day[1].zfill(2)) if part), said)
    return re.sub(r"^(circa )?([\d-]+) to ([\d-]+)$", r"\1\2/\3", plain)


def _local(text: str, bounds: Bounds) -> Iterator[Record]:
    for record in _read_rows(text, bounds):
        sent = record.values
        names = [name.strip() for name in re.split(r"[;|]", sent["aliases"] or "")] if sent else []
        made = {"list_name": LOCAL, "part": "entry", "aliases": [{"name": name} for name in names if name]}
        yield replace(record, values={**sent, "kind": (sent["kind"] or "").lower() or None, **made}) if sent else record


def _un(text: str, bounds: Bounds) -> Iterator[Record]:
    root = parse(text, replace(bounds, record_bytes=len(text), field_bytes=len(text)), "CONSOLIDATED_LIST")
    entries = list(root.iter("{*}INDIVIDUAL", "{*}ENTITY"))
    if any(etree.QName(around).localname in ("INDIVIDUAL", "ENTITY") for entry in entries for around in entry.iterancestors()):
        raise RefusedError("xml.form", "an entry within another")
    whole = envelope.around(opening_tag(root), "</CONSOLIDATED_LIST>")
    for number, entry in enumerate(entries, 1):
        raw, position, longest = etree.tostring(entry, encoding="unicode", with_tail=False), f"entry {number}", max(map(len, entry.itertext()), default=0)
        try:
            if len(raw) > bounds.record_bytes or longest > bounds.field_bytes:
                raise RefusedError("record.bounds", f"{len(raw)} characters, a field of {longest}")
            yield Record(position, raw, _un_values(entry) | {"generated_at": root.get("dateGenerated")}, (content_hash(entry),), envelope=whole)
        except RefusedError as refused:
            yield Record(position, raw[:bounds.record_bytes], None, refusal=refused.code, detail=refused.detail, envelope=whole)


def _un_values(entry: Element) -> dict[str, Any]:
    values = take(entry, _UN)
    updates = [(value.text or "").strip() for value in entry.iterfind("LAST_DAY_UPDATED/VALUE")]
    return values | {
        "list_name": UN, "part": "entry", "entry_id": values["reference_no"] or values["data_id"], "kind": etree.QName(entry).localname.lower(),
        "name": _joined(entry, " ", "FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"), "title": "; ".join(values["titles"]) or None,
        "programs": [values["program"]] if values["program"] else [], "updated_on": max(updates, default="") or None,
        "birth_dates": [said for birth in entry.iterfind("INDIVIDUAL_DATE_OF_BIRTH") if (said := _un_birth(birth))],
        "birth_places": [said for place in entry.iterfind("INDIVIDUAL_PLACE_OF_BIRTH") if (said := _joined(place, ", ", "CITY", "STATE_PROVINCE", "COUNTRY"))],
    }


def _un_birth(birth: Element) -> str | None:
    ways = ((_joined(birth, "", "DATE") or "")[:10], _joined(birth, "", "YEAR"), _joined(birth, "/", "FROM_YEAR", "TO_YEAR"), _joined(birth, "", "NOTE"))
    said = next(filter(None, ways), None)
    return f"circa {said}" if said and _joined(birth, "", "TYPE_OF_DATE") == "APPROXIMATELY" else said


def _joined(element: Element, mark: str, *tags: str) -> str | None:
    return mark.join(said for tag in tags if (said := (element.findtext(tag) or "").strip())) or None


_NAMED = "part <> 'add' AND name IS NOT NULL"
FEED = Feed(
    name="watchlist",
    text=Text("우려거래자 목록", "Watchlist"),
    sender=Text("OFAC·유엔·관세청", "OFAC, UN, customs"),
    form="OFAC SDN, ALT, ADD CSV; UN consolidated XML; CSV",
    key=("list_name", "entry_id", "part", "part_id"),
    fields=FIELDS,
    read=read,
    count=count,
    issued_at="generated_at",
    refusals=(
        Refusal("watchlist.form", Text("열 수로 알 수 있는 목록이 아닙니다(12·6·5열): {detail}", "No list is of that many columns (12, 6 or 5): {detail}")),
        Refusal("watchlist.number", Text("항목번호가 숫자가 아닙니다.", "The number of the entry or part is not a number.")),
    ),
    rules=(("watchlist.number", f"list_name = '{OFAC}' AND NOT (entry_id RLIKE '^[0-9]+$' AND coalesce(part_id, '0') RLIKE '^[0-9]+$')"),),
    findings=(
        ("alias.type", "alias_type NOT IN ('aka', 'fka', 'nka')"),
        ("valid.order", "valid_to < valid_from"),
        ("listed.year", "year(listed_on) NOT BETWEEN 1945 AND year(known_at) + 2"),
    ),
    mentions=(
        # Aliases of an entry are the same party: its number, not the name, tells who it is.
        Mention("party", f"CASE WHEN {_NAMED} AND NOT kind <=> 'vessel' THEN name END", f"CASE WHEN {_NAMED} AND NOT kind <=> 'vessel' THEN concat(list_name, '|', entry_id) END", country="CASE WHEN country RLIKE '^[A-Z]{2}$' THEN country END"),
        Mention("vessel", f"CASE WHEN {_NAMED} AND kind = 'vessel' THEN name END", f"CASE WHEN {_NAMED} AND kind = 'vessel' THEN coalesce(imo_no, concat(list_name, '|', entry_id)) END", also="call_sign"),
    ),
    snapshot="concat(list_name, '|', part)", sent_by="list_name",
)
