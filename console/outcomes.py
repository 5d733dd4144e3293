"""Outcomes in the officers' words, and how each is told to the outcome feed."""

from dataclasses import dataclass
from typing import Literal

from lakehouse.text import Text

Result = Literal["clean", "corrected", "violation"]
Status = Literal["final", "provisional", "cancelled"]


@dataclass(frozen=True)
class Finding:
    """What an inspection can come to: its words, the feed's result and status, and the kind of violation where it is one."""

    code: str
    text: Text
    result: Result
    kind: str = ""
    status: Status = "final"


# Not looked at is not clean: goods that were not there and inspections called off are told as cancelled, which labels nothing.
FINDINGS: tuple[Finding, ...] = (
    Finding("clean", Text("이상 없음", "Nothing found"), "clean"),
    Finding("corrected", Text("단순 정정", "Simple correction"), "corrected"),
    Finding("goods", Text("품명상이", "Other goods than declared"), "violation", "misclassification"),
    Finding("quantity", Text("수량 과부족", "More or fewer than declared"), "violation", "quantity"),
    Finding("code", Text("세번상이", "Other HS code"), "violation", "misclassification"),
    Finding("value", Text("과세가격 상이", "Other customs value"), "violation", "undervaluation"),
    Finding("origin", Text("원산지 미표시/허위표시", "Origin not or wrongly marked"), "violation", "false_origin"),
    Finding("preference", Text("협정관세 배제", "Preference refused"), "violation", "false_origin"),
    Finding("licence", Text("요건 미구비", "Import requirement not met"), "violation", "licence"),
    Finding("ipr_suspected", Text("지재권 침해 의심", "Infringement suspected"), "violation", "ipr", "provisional"),
    Finding("ipr", Text("지재권 침해 확정", "Infringement confirmed"), "violation", "ipr"),
    Finding("undeclared", Text("미신고 물품", "Undeclared goods"), "violation", "undeclared"),
    Finding("drugs", Text("마약류", "Narcotics"), "violation", "prohibited"),
    Finding("weapons", Text("총포·도검", "Firearms or blades"), "violation", "prohibited"),
    Finding("identity", Text("명의도용", "Someone else's identity used"), "violation", "other"),
    Finding("analysis", Text("분석 중", "In the laboratory"), "corrected", "", "provisional"),
    Finding("absent", Text("현품 없음", "Goods not there"), "clean", "", "cancelled"),
    Finding("called_off", Text("검사 취소", "Inspection called off"), "clean", "", "cancelled"),
)
BY_CODE = {finding.code: finding for finding in FINDINGS}
DEPTHS = {"document": Text("서류", "Papers"), "scan": Text("검색기", "Scanner"), "physical": Text("개장", "Opened")}
SEVERITIES = {"minor": Text("경미", "Minor"), "major": Text("중대", "Major"), "critical": Text("매우 중대", "Critical")}
CONFIDENCES = {"high": Text("높음", "High"), "medium": Text("보통", "Medium"), "low": Text("낮음", "Low")}
FOLLOW_UPS = {
    "release": Text("수리", "Released"), "release_corrected": Text("정정 후 수리", "Released once corrected"), "duty": Text("추징", "Duty collected"),
    "hold": Text("통관보류", "Held"), "return": Text("반송", "Sent back"), "destroy": Text("폐기", "Destroyed"), "seize": Text("유치", "Kept"),
    "investigate": Text("조사의뢰", "Referred to investigation")}
# Decisions that send someone to look.
LOOKED_INTO = ("scan", "inspect_now", "watch_unloading", "open_part", "open_all", "joint", "analysis")
