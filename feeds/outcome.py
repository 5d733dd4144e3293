"""Feed `outcome`: what inspecting officers found (JSON Lines); the only source of labels."""

from feeds.feed import Event, Feed
from feeds.readers import json_lines
from feeds.readers.json_objects import line_reader
from lakehouse.field import Field, fields, string
from lakehouse.text import Text

_VIOLATION = fields(
    string("type", "type", "적발 유형", "Kind of violation"),
    string("severity", "severity", "심각도", "Severity"),
    Field("additional_duty_krw", "double", Text("추징세액(원)", "Additional duty, KRW"), "additional_duty_krw"),
    Field("is_seized", "boolean", Text("압수 여부", "Seized"), "seized"),
)
FIELDS = fields(
    string("outcome_id", "outcome_id", "검사결과번호", "Outcome number", required=True),
    Field("subject_kind", "string", Text("대상 구분", "Kind of subject"), "subject.kind", required=True,
          allowed=("declaration", "parcel", "container", "baggage")),
    string("subject_ref", "subject.ref", "대상 번호", "Reference of the subject", required=True),
    Field("inspected_at", "timestamp", Text("검사일시", "When inspected"), "inspected_at", required=True),
    string("office_code", "office", "검사 세관", "Inspecting office"),
    string("depth", "depth", "검사 방법", "Depth of the inspection"),
    Field("result", "string", Text("결과", "Result"), "result", required=True, allowed=("clean", "violation", "corrected")),
    Field("violations", "list", Text("적발 내역", "Violations"), "violations", items=_VIOLATION),
    Field("selected_by", "string", Text("선별 주체", "What selected it"), "selected_by", echo=True),
    string("officer_ref", "officer_ref", "검사자", "Officer's reference"),
    string("confidence", "confidence", "확신도", "Confidence"),
    string("status", "status", "결과 상태", "Status: provisional, final, cancelled"),
    string("method", "method", "검사 수단", "Method"),
    Field("packages_opened", "double", Text("개장 포장수", "Packages opened"), "packages_opened"),
    Field("packages_total", "double", Text("전체 포장수", "Packages in all"), "packages_total"),
    string("found", "found", "발견 내용", "What was found"),
    string("action", "action", "조치", "Action taken"),
    string("legal_basis", "legal_basis", "법적 근거", "Legal basis"),
)

FEED = Feed(
    name="outcome",
    text=Text("검사 결과", "Inspection outcome"),
    sender=Text("검사 직원", "Inspecting officers"),
    form="JSON Lines",
    key=("outcome_id",),
    sent_by="office_code",
    fields=FIELDS,
    read=line_reader(FIELDS),
    count=json_lines.count,
    parted="lines",
    findings=(
        ("outcome.future", "inspected_at > known_at"),
        ("selected_by.unknown", "selected_by NOT IN ('model', 'rule', 'random', 'explore', 'mandate', 'officer')"),
    ),
    events=(
        Event("inspected", "inspected_at", Text("검사 결과: {found}", "Inspection result: {result}"), place="office_code",
              uses=("result=result", "found=CASE result WHEN 'clean' THEN '이상 없음' WHEN 'violation' THEN '적발' ELSE '단순 정정' END")),
    ),
)
