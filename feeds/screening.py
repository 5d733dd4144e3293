"""Feed `screening`: what scanners, X-ray, millimetre-wave, cameras, radiation portals and dogs saw (JSON Lines)."""

from feeds.expressions import odd_year, sender_in_json, spoken, table, unlisted
from feeds.feed import Event, Feed
from feeds.readers import json_lines
from feeds.readers.json_objects import line_reader
from lakehouse.field import Field, fields, string
from lakehouse.text import Language, Text

MODALITIES = table("""
    nii=컨테이너 검색기=container scanner
    xray_parcel=특송·우편 X-ray=parcel X-ray
    xray_baggage=수하물 X-ray=baggage X-ray
    mmwave=밀리미터파=millimetre-wave
    cctv=CCTV=camera
    radiation=방사선=radiation portal
    canine=탐지견=dog""")
SUBJECTS = ("container", "parcel", "baggage", "vehicle", "traveller")
# What a device or dog points at is a likeness, never a finding of goods.
LABELS = table("""
    density_anomaly=밀도 이상=density anomaly
    false_wall=이중벽 의심=possible false wall
    weapon=무기류 의심=weapon-like
    narcotic_like=마약류 의심=narcotic-like
    organic_mass=유기물 덩어리=organic mass
    currency=통화 의심=currency-like
    battery=배터리=battery
    counterfeit_like=지재권 침해 의심=counterfeit-like
    loitering=배회=loitering
    route_deviation=동선 이탈=route deviation
    contact=접촉=contact""")
RESULTS = table("""
    clear=이상 없음=clear
    suspect=의심=suspect
    none=판독 없음=not read""")


_DETECTION = fields(
    string("label", "label", "탐지 유형", "What it looks like"),
    Field("confidence", "double", Text("신뢰도", "Confidence, 0 to 1"), "confidence"),
    Field("box", "array<double>", Text("위치", "Where in the image: left, top, right, bottom, 0 to 1"), "box"),
)
FIELDS = fields(
    string("screening_id", "screening_id", "검색번호", "Screening number", required=True),
    string("modality", "modality", "검색 수단", "Kind of device"),
    string("device_id", "device_id", "장비번호", "Device"),
    string("office", "office", "세관", "Office"),
    string("shed", "shed", "장치장부호", "Shed code"),
    Field("captured_at", "timestamp", Text("촬영 시각", "When it was captured"), "captured_at", required=True),
    string("subject_kind", "subject.kind", "대상 구분", "Kind of subject"),
    string("subject_ref", "subject.ref", "대상 번호", "Reference of the subject", required=True),
    string("image_ref", "image_ref", "영상번호", "Image"),
    Field("detections", "list", Text("탐지", "Detections"), "detections", items=_DETECTION),
    string("operator_result", "operator_result", "판독 결과", "What the operator read: clear, suspect, none"),
    string("operator_note", "operator_note", "판독 의견", "The operator's note"),
    string("image_sha256", "image_sha256", "영상 해시", "SHA-256 of the image"),
    string("operator_ref", "operator_ref", "판독자", "Operator's reference"),
    Field("decided_at", "timestamp", Text("판독 시각", "When the operator decided"), "decided_at", strict=True),
)
_PERCENT = "coalesce(concat(' ', format_number(100 * d.confidence, 0), '%'), '')"
_IS_SHARE = "BETWEEN 0 AND 1"


def _detections(language: Language) -> str:
    """Spark SQL of all detections in words, with their confidence."""
    return f"array_join(transform(detections, d -> concat(coalesce({spoken('d.label', LABELS, language)}, '-'), {_PERCENT})), ', ')"


FEED = Feed(
    name="screening",
    text=Text("검색·판독 기록", "Screenings"),
    sender=Text("검색 장비·판독실", "Scanners and their operators"),
    form="JSON Lines",
    key=("screening_id",),
    sent_by=sender_in_json("device_id"),
    fields=FIELDS,
    read=line_reader(FIELDS),
    count=json_lines.count,
    parted="lines",
    findings=(
        ("modality.unknown", f"coalesce({unlisted('modality', MODALITIES)}, true)"),
        ("subject_kind.unknown", f"coalesce({unlisted('subject_kind', SUBJECTS)}, true)"),
        ("detection.unknown", f"exists(detections, d -> coalesce({unlisted('d.label', LABELS)}, true))"),
        ("detection.confidence", f"exists(detections, d -> NOT coalesce(d.confidence {_IS_SHARE}, false))"),
        ("detection.box", f"exists(detections, d -> d.box IS NOT NULL AND (size(d.box) <> 4 OR exists(d.box, b -> NOT coalesce(b {_IS_SHARE}, false))))"),
        ("operator_result.unknown", unlisted("operator_result", RESULTS)),
        ("operator.clears_detections", "operator_result = 'clear' AND size(detections) > 0"),
        ("office.form", "NOT office RLIKE '^[0-9]{3}$'"),
        ("shed.form", "NOT shed RLIKE '^[0-9]{8}'"),
        ("captured.year", odd_year("captured_at", "decided_at")),
        ("captured.future", "captured_at > known_at"),
        ("decided.early", "decided_at < captured_at"),
        ("image.hash", "NOT image_sha256 RLIKE '^[0-9A-Fa-f]{64}$'"),
    ),
    events=(
        Event("screened", "captured_at",
              Text("{modality_ko} 검색: {detections_ko} 판독 {result_ko}", "Screened by {modality_en}: {detections_en} operator {result_en}"),
              place="coalesce(shed, office)",
              uses=(f"modality_ko={spoken('modality', MODALITIES, 'ko')}", f"modality_en={spoken('modality', MODALITIES, 'en')}",
                    f"detections_ko=coalesce(nullif({_detections('ko')}, ''), '탐지 없음') || ' ·'",
                    f"detections_en=coalesce(nullif({_detections('en')}, ''), 'nothing detected') || ' ·'",
                    f"result_ko=coalesce({spoken('operator_result', RESULTS, 'ko')}, '미정')",
                    f"result_en=coalesce({spoken('operator_result', RESULTS, 'en')}, 'open')")),
    ),
)
