"""Tariff: what the declared line would bear, what its neighbours bear, and what certificate and premium say."""

from features.feature import Feature, History, floored
from features.tax import IS_PREFERENCE
from lakehouse.text import Text


def _points(name: str, sql: str, shows: str, norm: str, words: Text, reason: Text, monotone: int = 1, group: str = "") -> Feature:
    return Feature(name, "tax", f"round({sql}, 1)", words, reason, monotone=monotone, checkable=True, shows=shows, norm=norm, group=group)  # type: ignore[arg-type]


_LINE = "duty_rate_percent"

HISTORIES: tuple[History, ...] = ()
FEATURES = (
    _points("tariff_rate_gap", floored(f"tariff_rate_percent - {_LINE}"), _LINE, "tariff_rate_percent",
            Text("세율표보다 낮은 신고 세율(%p)", "Duty rate below the tariff's, points"),
            Text("신고 세율 {shown:.1f}% — 세율표 {norm:.1f}%, 차이 {value:.1f}%p. 통상 사유: 할당관세, 감면",
                 "Declared rate {shown:.1f}%, the tariff has {norm:.1f}%: {value:.1f} points below. Usual reasons: quota rates, relief"), group="rate"),
    _points("general_rate_saved", f"CASE WHEN {IS_PREFERENCE} THEN greatest(general_rate_percent - {_LINE}, 0D) WHEN regime_code IS NOT NULL THEN 0D END", _LINE,
            "general_rate_percent", Text("세율표 일반세율 대비 특혜(%p)", "Points saved against the tariff's general rate"),
            Text("특혜 신고 세율 {shown:.1f}% — 세율표 일반세율 {norm:.1f}%, 차이 {value:.1f}%p. 원산지증명 확인 필요",
                 "Preferential rate {shown:.1f}%, general rate in the tariff {norm:.1f}%: {value:.1f} points. Check the certificate"), 0, "preference"),
    _points("heading_rate_above", floored("heading_rate_percent - general_rate_percent"), "general_rate_percent", "heading_rate_percent",
            Text("같은 호 고세율 세번과의 차이(%p)", "Points to the highest rate of the heading"),
            Text("신고 세번 일반세율 {shown:.1f}% — 같은 호의 다른 세번 최고 {norm:.1f}%, 차이 {value:.1f}%p. 품목분류 확인 필요",
                 "General rate of the line {shown:.1f}%, up to {norm:.1f}% within its heading: {value:.1f} points. Check the classification"), 0, "neighbour"),
    _points("chapter_rate_above", floored("chapter_rate_percent - general_rate_percent"), "general_rate_percent", "chapter_rate_percent",
            Text("같은 류 고세율 세번과의 차이(%p)", "Points to the highest rate of the chapter"),
            Text("신고 세번 일반세율 {shown:.1f}% — 같은 류의 다른 세번 최고 {norm:.1f}%, 차이 {value:.1f}%p. 품목분류 확인 필요",
                 "General rate of the line {shown:.1f}%, up to {norm:.1f}% within its chapter: {value:.1f} points. Check the classification"), 0, "neighbour"),
    Feature(
        "exchange_rate_gap", "documents", "round(abs(try_divide(exchange_rate - rate_of_day, rate_of_day)), 3)",
        Text("과세환율 차이(자료 점검)", "Gap to the exchange rate of the day, a data check"),
        Text("신고 환율 {shown:,.2f} — 과세환율 {norm:,.2f}의 {ratio:.1%}. 자료 점검 항목, 통상 사유: 기준일 차이",
             "Exchange rate declared {shown:,.2f}: {ratio:.1%} of the day's {norm:,.2f}. A data check; usual reason: another day's rate"),
        checkable=True, shows="exchange_rate", norm="rate_of_day", group="exchange",
    ),
    Feature(
        "certificate_use", "documents", "round(try_divide(certificate_used_kg, certificate_total_kg), 2)",
        Text("원산지증명서 사용률", "Share of the certificate that is used"),
        Text("원산지증명서 사용중량 {shown:,.0f}㎏ — 전체 {norm:,.0f}㎏의 {ratio:.1%}, 통상 100% 이내. 통상 사유: 순중량 기준",
             "Used of the certificate {shown:,.0f} kg: {ratio:.1%} of the {norm:,.0f} kg it covers, usually within 100%. Usual reason: net mass"),
        monotone=1, checkable=True, shows="certificate_used_kg", norm="certificate_total_kg", group="certificate", prior=(1.02, 1.3),
    ),
    Feature(
        "certificate_elsewhere", "documents", "CAST(certificate_country <> certified_origin AS INT)",
        Text("원산지와 다른 증명서 발행국", "Certificate issued outside the origin"),
        Text("원산지와 증명서 발행국 불일치 여부 {value:.0f}(1 해당). 통상 사유: 연결 원산지증명서",
             "The certificate was issued outside the origin: {value:.0f} (1 yes). Usual reason: a back-to-back certificate"),
        monotone=1, checkable=True, group="certificate", prior=(1.0, 1.5),
    ),
    Feature(
        "insured_over_invoice", "value", "round(try_divide(insured_krw, invoice_krw), 2)",
        Text("보험료 상당 가격/결제금액", "Price that the premium stands for over the invoice"),
        Text("보험료 상당 물품가격 {shown:,.0f}원 — 결제금액 {norm:,.0f}원의 {ratio:.0%}. 통상 사유: 희망이익 부보",
             "The premium stands for {shown:,.0f} KRW at the usual rate: {ratio:.0%} of the invoice, {norm:,.0f} KRW. Usual reason: expected profit insured"),
        monotone=1, checkable=True, shows="insured_krw", norm="invoice_krw", group="premium", prior=(1.08, 1.2),
    ),
    Feature(
        "model_lines_gap", "documents", "round(abs(try_divide(items_invoiced - invoice_amount, invoice_amount)), 3)",
        Text("규격별 금액 합계 차이", "Gap of the model lines' sum to the invoice"),
        Text("규격별 금액 합계 {shown:,.2f} — 결제금액 {norm:,.2f}의 {ratio:.1%}, 통상 ±2%. 통상 사유: 할인",
             "Model lines sum to {shown:,.2f}: {ratio:.1%} of the invoice {norm:,.2f}, usually within 2%. Usual reason: discounts"),
        checkable=True, shows="items_invoiced", norm="invoice_amount", group="invoice_gap",
    ),
)  # fmt: skip
