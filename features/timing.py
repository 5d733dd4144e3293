"""Timing: the order and distance of manifest, arrival, carry-in and declaration."""

from features.feature import Feature
from lakehouse.text import Text


def _hours(later: str, earlier: str) -> str:
    return f"round((unix_micros({later}) - unix_micros({earlier})) / 3600000000D, 0)"


def _between(name: str, earlier: str, later: str, words: Text, usual: Text, group: str = "") -> Feature:
    """Hours from one step to a later one; negative where the order is turned."""
    return Feature(
        name, "timing", _hours(later, earlier),
        Text(f"{words.ko} 시간", f"Hours from {words.en}"),
        Text(f"{words.ko} {{value:,.0f}}시간. 통상 사유: {usual.ko}",
             f"{{value:,.0f}} hours from {words.en}. Usual reasons: {usual.en}"),
        checkable=True, group=group,
    )  # fmt: skip


_STOCK = Text("보세구역 보관, 서류 준비", "bonded storage, papers not ready")

HISTORIES = ()
FEATURES = (
    _between("arrival_to_declaration_hours", "arrived_at", "declared_at",
             Text("입항부터 신고까지", "arrival to declaration"), _STOCK, "declaration_delay"),
    _between("carry_in_to_declaration_hours", "carried_in_at", "declared_at",
             Text("반입부터 신고까지", "carry-in to declaration"), _STOCK, "declaration_delay"),
    _between("arrival_to_carry_in_hours", "arrived_at", "carried_in_at", Text("입항부터 반입까지", "arrival to carry-in"),
             Text("하선 순서, 보세운송", "order of unloading, bonded transport")),
    _between("manifest_to_arrival_hours", "manifest_at", "arrived_at",
             Text("적하목록 제출부터 입항까지", "manifest to arrival"), Text("근거리 항로, 항공", "a near sea, air")),
    Feature(
        "declared_before_arrival", "timing", "CAST(declared_at < arrived_at AS INT)",
        Text("입항 전 신고", "Declared before arrival"),
        Text("입항 전 신고 여부 {value:.0f}(1 해당, 0 입항 후). 통상 사유: 신속 통관",
             "Declared before arrival: {value:.0f} (1 yes, 0 no). Usual reason: quick clearance"),
        checkable=True, group="declaration_delay",
    ),
    Feature(
        "arrival_date_gap_days", "timing", "datediff(declared_arrival_on, CAST(arrived_at AS DATE))",
        Text("신고된 입항일과 실제 입항일의 차이(일)", "Days from actual to declared arrival"),
        Text("신고된 입항일과 실제 입항일의 차이 {value:+.0f}일. 통상 사유: 입항 전 신고의 예정일",
             "Declared and actual arrival differ by {value:+.0f} days. Usual reason: an estimate before arrival"),
        checkable=True,
    ),
    Feature(
        "declared_weekday", "timing", "CASE WHEN issued_on IS NOT NULL THEN "
        "element_at(array('MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'), weekday(issued_on) + 1) END",
        Text("신고 요일", "Weekday of the declaration"),
        Text("신고 요일 {value} — 요일별 과거 검사결과의 경향", "Declared on {value}: tendency of past inspections by weekday"),
        type="category",
    ),
    Feature(
        "declared_month_day", "timing", "day(issued_on)",
        Text("신고일(월중)", "Day of the month of the declaration"),
        Text("신고일 {value:.0f}일 — 월중 시기별 과거 검사결과의 경향",
             "Declared on day {value:.0f} of the month: tendency of past inspections by time of month"),
    ),
)  # fmt: skip
