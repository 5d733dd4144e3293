"""Documents: the papers themselves, their sums, corrections and declared codes."""

from features.codes import category
from features.feature import Feature
from features.rates import violation_rate
from lakehouse.text import Text

_USE_RATE, _USE = violation_rate(
    "transaction_use", ("transaction_code", "import_use_code"), Text("거래구분·수입용도", "kind of transaction and use"),
    "documents", 30.0)  # fmt: skip
_MARKING_RATE, _MARKING = violation_rate(
    "marking_payment", ("origin_marking_code", "payment_code"), Text("원산지 표시·징수형태", "origin marking and payment"),
    "documents", 30.0)  # fmt: skip
HISTORIES = (*_USE_RATE, *_MARKING_RATE)

# Under these terms the buyer pays freight and insurance on top of the invoice, and the customs value holds both.
_ADDED = (
    "IF(terms_code IN ('EXW', 'FCA', 'FAS', 'FOB'), coalesce(freight_krw, 0D) + coalesce(insurance_krw, 0D), "
    "IF(terms_code IN ('CFR', 'CPT'), coalesce(insurance_krw, 0D), 0D))"
)
_EXPECTED = f"(invoice_amount * IF(invoice_currency = 'KRW', 1D, exchange_rate) + {_ADDED})"
_INVOICE_GAP = f"round(try_divide(customs_value_krw - {_EXPECTED}, {_EXPECTED}), 3)"
_SAID_INVOICE = Text(
    "과세가격 {shown:,.0f}원 — 결제금액 × 환율과 가산요소 합계 {norm:,.0f}원의 {ratio:.1%}, 통상 ±2%. 통상 사유: 할인, 조정 요소",
    "Customs value {shown:,.0f} KRW: {ratio:.1%} of invoice times exchange rate with additions, {norm:,.0f} KRW, "
    "usually within ±2%. Usual reasons: discounts, adjustments",
)

FEATURES = (
    _USE, _MARKING,
    Feature(
        "corrections", "documents", "IF(declaration_versions < 1, 0D, declaration_versions - 1)",
        Text("신고 정정 횟수", "Corrections of the declaration"),
        Text("신고 정정 {value:,.0f}회 — 정정 항목 확인 필요. 통상 사유: 단순 기재 정정",
             "The declaration was corrected {value:,.0f} times: check what changed. Usual reason: typing errors"),
        checkable=True,
    ),
    Feature(
        "has_certificate", "documents", "CAST(has_certificate_of_origin AS INT)",
        Text("원산지증명서 유무", "Certificate of origin named"),
        Text("원산지증명서 기재 여부 {value:.0f}(1 기재, 0 미기재). 통상 사유: 특혜 미신청",
             "Certificate of origin named: {value:.0f} (1 yes, 0 no). Usual reason: no preference claimed"),
        checkable=True, group="preference",
    ),
    Feature(
        "invoice_gap_size", "documents", f"abs({_INVOICE_GAP})",
        Text("결제금액·과세가격 차이(크기)", "Invoice against customs value, size of the gap"),
        _SAID_INVOICE, monotone=1, checkable=True, shows="customs_value_krw", norm=_EXPECTED, group="invoice_gap",
    ),
    Feature(
        "invoice_gap", "documents", _INVOICE_GAP,
        Text("결제금액·과세가격 차이(부호)", "Invoice against customs value, signed gap"),
        _SAID_INVOICE, checkable=True, shows="customs_value_krw", norm=_EXPECTED, group="invoice_gap",
    ),
    Feature(
        "invoice_round_zeros", "documents",
        "CASE WHEN invoice_amount >= 1 AND invoice_amount < 1e12 THEN IF(invoice_amount <> floor(invoice_amount), 0, "
        "length(regexp_extract(CAST(CAST(floor(invoice_amount) AS DECIMAL(14,0)) AS STRING), '0*$', 0))) END",
        Text("결제금액 끝자리 0의 수", "Zeros at the end of the invoice amount"),
        Text("결제금액 {invoice_amount:,.2f}, 끝자리 0의 수 {value:.0f}개. 통상 사유: 정액 계약",
             "Invoice amount {invoice_amount:,.2f} ends in {value:.0f} zeros. Usual reason: a lump-sum contract"),
        checkable=True, uses=("invoice_amount",),
    ),
    Feature(
        "split_share", "documents", "round(try_divide(gross_mass_kg, split_gross_kg), 2)",
        Text("분할신고 중 이번 신고 비중", "Share of this declaration in the split cargo"),
        Text("분할신고 총중량 {split_gross_kg:,.0f}㎏ 중 이번 신고 {gross_mass_kg:,.0f}㎏({value:.0%})",
             "This declaration is {gross_mass_kg:,.0f} kg ({value:.0%}) of the {split_gross_kg:,.0f} kg declared over "
             "all splits"),
        checkable=True, uses=("split_gross_kg", "gross_mass_kg"),
    ),
    category("procedure_code", "documents", Text("통관계획", "Clearance plan")),
    category("transaction_code", "documents", Text("거래구분", "Kind of transaction"), "transaction"),
    category("import_use_code", "documents", Text("수입용도", "Import use"), "transaction"),
    category("payment_code", "documents", Text("징수형태", "Kind of payment")),
    category("origin_marking_code", "documents", Text("원산지 표시", "Origin marking")),
    category("terms_code", "documents", Text("인도조건", "Terms of delivery")),
    category("invoice_currency", "documents", Text("결제통화", "Invoice currency")),
)  # fmt: skip
