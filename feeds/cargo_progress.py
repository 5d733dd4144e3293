"""Feed `cargo_progress`: UNI-PASS API001 answers on the progress of one cargo (XML), cumulative from answer to answer."""

from collections.abc import Iterator
from hashlib import sha256

from lxml import etree

from feeds.feed import Bounds, Event, Feed, Mention, Record, Refusal, RefusedError
from feeds.readers.envelope import around
from feeds.readers.xml_messages import Element, count_elements, parse
from lakehouse.field import Field, fields, string
from lakehouse.text import Text

ROOT, HEADER, STEP = "cargCsclPrgsInfoQryRtnVo", "cargCsclPrgsInfoQryVo", "cargCsclPrgsInfoDtlQryVo"
_AMONG_MANY = around(f"<{ROOT}><ntceInfo>[N00]</ntceInfo>", f"</{ROOT}>")
# What the header says of the newest step: it follows from the steps and is no content of its own.
_STATUS = frozenset({"csclPrgsStts", "prgsStts", "prgsStCd", "prcsDttm"})
RELEASE_STEPS = ("수입신고수리", "통관목록심사완료")
CARRY_OUT_STEP, CARRY_IN_STEP = "반출신고", "반입신고"


_STEP = fields(
    Field("processed_at", "timestamp", Text("처리일시", "When it was processed"), "prcsDttm"),
    string("step", "cargTrcnRelaBsopTpcd", "처리단계", "Step"),
    string("document_no", "dclrNo", "신고·문서번호", "Number of the step's document"),
    Field("happened_at", "timestamp", Text("반출입일시", "When goods moved"), "rlbrDttm"),
    string("movement", "rlbrCn", "반출입내용", "Kind of movement"),
    string("basis_no", "rlbrBssNo", "반출입근거번호", "Basis of the movement"),
    string("shed_code", "shedSgn", "장치장부호", "Shed code"),
    string("shed_name", "shedNm", "장치장", "Shed"),
    Field("weight", "double", Text("중량", "Weight"), "wght"),
    string("weight_unit", "wghtUt", "중량단위", "Unit of the weight"),
    Field("packages", "double", Text("포장개수", "Packages"), "pckGcnt"),
    string("package_code", "pckUt", "포장단위", "Kind of package"),
    string("notice", "bfhnGdncCn", "사전안내", "Notice"),
)
FIELDS = fields(
    string("cargo_control_no", "cargMtNo", "화물관리번호", "Cargo control number", required=True),
    string("house_bl", "hblNo", "H B/L", "House bill or HAWB"),
    string("master_bl", "mblNo", "M B/L", "Master bill or MAWB"),
    Field("processed_at", "timestamp", Text("최근 처리일시", "When last processed"), "prcsDttm"),
    string("status", "csclPrgsStts", "통관진행상태", "Clearance status"),
    string("progress", "prgsStts", "진행상태", "Progress"),
    string("progress_code", "prgsStCd", "진행상태코드", "Progress code"),
    string("goods", "prnm", "품명", "Goods in the manifest"),
    string("cargo_type", "cargTp", "화물구분", "Kind of cargo"),
    string("bill_type", "blPt", "B/L유형", "Type of bill"),
    string("bill_type_name", "blPtNm", "B/L유형명", "Type of bill, in words"),
    Field("gross_mass", "double", Text("총중량", "Gross weight"), "ttwg", strict=True),
    string("gross_mass_unit", "wghtUt", "중량단위", "Unit of the weight"),
    Field("packages", "double", Text("포장개수", "Packages"), "pckGcnt", strict=True),
    string("package_code", "pckUt", "포장단위", "Kind of package"),
    Field("volume_m3", "double", Text("용적", "Volume"), "msrm"),
    Field("container_count", "double", Text("컨테이너 개수", "Containers"), "cntrGcnt"),
    string("container_no", "cntrNo", "컨테이너 번호", "Container number"),
    Field("arrived_on", "date", Text("입항일자", "Date of arrival"), "etprDt"),
    string("entry_office", "etprCstm", "입항세관", "Entry office, name"),
    string("loading_port", "ldprCd", "적재항", "Port of loading"),
    string("loading_port_name", "ldprNm", "적재항명", "Port of loading, name"),
    string("loading_country", "lodCntyCd", "적출국가", "Country of loading"),
    string("discharge_port", "dsprCd", "양륙항", "Port of discharge"),
    string("discharge_port_name", "dsprNm", "양륙항명", "Port of discharge, name"),
    string("vessel_name", "shipNm", "선(기)명", "Vessel or flight"),
    string("vessel_country", "shipNat", "선(기)국적", "Flag"),
    string("voyage_no", "vydf", "항차", "Voyage"),
    string("carrier_code", "shcoFlcoSgn", "선사·항공사 부호", "Carrier code"),
    string("carrier_name", "shcoFlco", "선사·항공사", "Carrier"),
    string("forwarder_code", "frwrSgn", "운송주선인 부호", "Forwarder code"),
    string("forwarder_name", "frwrEntsConm", "운송주선인", "Forwarder"),
    string("agent_name", "agnc", "대리점", "Carrier's agent"),
    string("special_cargo_code", "spcnCargCd", "특수화물", "Special cargo"),
    Field("is_managed_cargo", "boolean", Text("관리대상화물", "Cargo customs chose to watch"), "mtTrgtCargYnNm", echo=True),
    Field("steps", "list", Text("처리단계", "Steps"), f"following-sibling::{STEP}", items=_STEP),
)
# Header and steps are flat: a tag is all of a field's path.
_HEADER_TAGS, _STEP_TAGS = ([(field.name, field.source) for field in declared if not field.items] for declared in (FIELDS, _STEP))


def read(text: str, bounds: Bounds) -> Iterator[Record]:
    """The detail answer as one record, each row of a many-hits answer as one, an error answer as one refused."""
    try:
        root = parse(text, bounds, ROOT)
        rows = _rows(root)
    except RefusedError as refused:
        yield Record("", text[:bounds.record_bytes], None, refusal=refused.code, detail=refused.detail)
        return
    many = (root.findtext("ntceInfo") or "").strip().startswith("[N00]")
    # Steps beside many rows would be part of each, and stand in the text of none.
    envelope = "" if not many else _AMONG_MANY if root.find(STEP) is None else None
    for number, row in enumerate(rows, 1):
        raw = etree.tostring(row, encoding="unicode", with_tail=False) if many else text
        header, steps = _told(row), [_told(step) for step in root.iter(STEP)]
        values = {name: header.get(tag) for name, tag in _HEADER_TAGS} | {
            "is_one_of_many": str(many).lower(), "steps": [{name: step.get(tag) for name, tag in _STEP_TAGS} for step in steps]}
        yield Record(f"row {number}" if many else "", raw, values, _parts(header, steps), envelope=envelope)


def _rows(root: Element) -> list[Element]:
    rows, told = list(root.iter(f"{{*}}{HEADER}")), (root.findtext("tCnt") or "").strip()
    notice = (root.findtext("ntceInfo") or "").strip()
    if told == "-1":
        raise RefusedError(_error_code(notice), notice[:300])
    if told == "0" or not rows:
        raise RefusedError("unipass.none", notice[:300])
    # Steps belong to the one cargo of a detail answer; of several they cannot be told apart.
    if len(rows) > 1 and (not notice.startswith("[N00]") or next(root.iter(STEP), None) is not None):
        raise RefusedError("xml.form", f"{len(rows)} × {HEADER}")
    return rows


def _error_code(notice: str) -> str:
    if "존재하지 않는 인증키" in notice:
        return "unipass.key_unknown"
    if "인증키" in notice and "필수" in notice:
        return "unipass.key_missing"
    if "필수입력" in notice or "자리" in notice:
        return "unipass.reference_missing"
    return "unipass.error"


def _parts(header: dict[str, str], steps: list[dict[str, str]]) -> tuple[str, ...]:
    """Hashes of what the header says beyond the newest step, and of each step."""
    lasting = {tag: text for tag, text in header.items() if tag not in _STATUS}
    return tuple(dict.fromkeys(map(_hash, (lasting, *steps))))


def _told(element: Element) -> dict[str, str]:
    """What the elements below say, by tag, the first of each; empty ones left out."""
    return {child.tag: said for child in reversed(element) if (text := child.text) and (said := text.strip())}


def _hash(told: dict[str, str]) -> str:
    """SHA-256 of tags and texts; neither holds the marks that part them, which XML forbids."""
    return sha256("\x1f".join([f"{tag}\x1e{text}" for tag, text in sorted(told.items())]).encode(errors="surrogatepass")).hexdigest()


def count(text: str) -> int:
    """Rows of an answer by their tags; one where it has none."""
    return max(1, count_elements(text, HEADER))


FEED = Feed(
    name="cargo_progress",
    text=Text("화물통관 진행정보", "Cargo clearance progress"),
    sender=Text("UNI-PASS", "UNI-PASS"),
    form="UNI-PASS API001 XML",
    key=("cargo_control_no",),
    fields=(*FIELDS, Field("is_one_of_many", "boolean", Text("다건 조회 행", "Row of a many-hits answer"))),
    read=read,
    count=count,
    issued_at="coalesce(processed_at, array_max(transform(steps, s -> s.processed_at)))",
    refusals=(
        Refusal("unipass.none", Text("조회 결과가 없는 응답입니다.", "The answer says that nothing was found.")),
        Refusal("unipass.key_unknown", Text("인증키가 거부된 응답입니다: {detail}", "The answer says that the key is unknown: {detail}")),
        Refusal("unipass.key_missing", Text("인증키 없이 조회한 응답입니다: {detail}", "The answer says that no key was given: {detail}")),
        Refusal("unipass.reference_missing", Text("조회 조건이 없는 응답입니다: {detail}", "The answer says that no reference was given: {detail}")),
        Refusal("unipass.error", Text("오류 응답입니다: {detail}", "The answer is an error: {detail}")),
    ),
    findings=(
        ("answer.many", "is_one_of_many"),
        ("cargo.number", "NOT cargo_control_no RLIKE '^[0-9]{2}[0-9A-Z]{13,17}$'"),
        ("step.time", "exists(steps, s -> s.processed_at IS NULL)"),
    ),
    events=(
        Event("step", "coalesce(step.happened_at, step.processed_at)",
              Text("{step} — {shed} {weight}", "{step} — {shed} {weight}"),
              place="substr(step.shed_code, 1, 8)", each="steps",
              uses=("step=step.step", "shed=coalesce(step.shed_name, '')",
                    "weight=coalesce(concat(format_number(step.weight, 1), ' ', coalesce(step.weight_unit, '')), '')")),
    ),
    mentions=(Mention("forwarder", "forwarder_name", "forwarder_code", country="'KR'"),),
)
