"""Value: the declared price against peers, the own past and the papers that make it up."""

from features.feature import Feature, History
from features.peers import coarse_log, log_peers, spreads_above
from lakehouse.text import Text

PRICE = "try_divide(customs_value_krw, net_mass_kg)"
LOG_PRICE = f"ln({PRICE})"
FREIGHT = "try_divide(freight_krw, gross_mass_kg)"
LOG_FREIGHT = f"ln({FREIGHT})"
_WITHOUT_FREIGHT = "terms_code IN ('EXW', 'FCA', 'FAS', 'FOB')"

# From the closest peers to the widest: the first with enough declarations is the comparison.
LEVELS: tuple[tuple[str, tuple[str, ...], int, Text], ...] = (
    ("hs6_origin", ("hs6", "origin_country"), 10, Text("동일 세번(6단위)·원산지", "the same HS6 and origin")),
    ("hs4_origin", ("hs4", "origin_country"), 15, Text("동일 세번(4단위)·원산지", "the same HS4 and origin")),
    ("hs4_mode", ("hs4", "transport_mode"), 20, Text("동일 세번(4단위)·운송수단", "the same HS4 and mode")),
)
OWN: tuple[tuple[str, tuple[str, ...], int, Text], ...] = (
    ("importer_hs6", ("importer_id", "hs6"), 3, Text("동일 수입자·세번의 과거 신고", "past declarations of the importer and HS6")),
    ("seller_hs6", ("seller_id", "hs6"), 3, Text("동일 해외거래처·세번의 과거 신고", "past declarations of the seller and HS6")),
)
_LOG_VALUE = "ln(customs_value_krw)"
_CLEAN_PRICE = f"CASE WHEN NOT illicit THEN {LOG_PRICE} END"

HISTORIES = (
    *(history for name, key, least, _ in LEVELS + OWN for history in log_peers(f"price_{name}", key, LOG_PRICE, least)),
    *log_peers("price_hs6", ("hs6",), LOG_PRICE, 10),
    *log_peers("freight", ("export_country", "transport_mode"), LOG_FREIGHT, 20),
    *log_peers("importer_value", ("importer_id",), _LOG_VALUE, 5),
    # In millions: a sum of won over a large importer's year would pass what a measure may hold.
    History("importer_value_sum", ("importer_id",), "declarations", "customs_value_krw / 1000000", "sum", 365),
    History("clean_price_mean", ("hs4",), "outcomes", _CLEAN_PRICE, "mean", minimum=10),
    History("clean_price_std", ("hs4",), "outcomes", _CLEAN_PRICE, "std", minimum=10),
    History("clean_price_n", ("hs4",), "outcomes", _CLEAN_PRICE),
)


def _below(name: str, peers: Text, mean: str, std: str, n: str, prior: tuple[float, float] | None = None) -> Feature:
    """A feature of how far the price per kg lies below that of its peers."""
    return Feature(
        name,
        "value",
        f"-{spreads_above(LOG_PRICE, mean, std)}",
        Text(f"㎏당 신고가격({peers.ko} 대비)", f"Price per kg against {peers.en}"),
        Text(
            f"㎏당 신고가격 {{shown:,.0f}}원 — {peers.ko} 평균 {{norm:,.0f}}원({{peers:,.0f}}건)의 {{ratio:.0%}}. "
            "출처: 수입신고. 통상 사유: 계약·계절·등급 차이",
            f"Declared price {{shown:,.0f}} KRW/kg: {{ratio:.0%}} of the mean {{norm:,.0f}} KRW of {peers.en} "
            "({peers:,.0f} declarations). Usual reasons: contract, season, grade",
        ),
        checkable=True,
        shows=PRICE,
        norm=f"exp({mean})",
        peers=n,
        group="price",
        prior=prior,
    )


def _of_levels(what: str) -> str:
    return f"coalesce({', '.join(f'price_{name}_{what}' for name, *_ in LEVELS)})"


_BEST_N = "CASE " + " ".join(f"WHEN price_{name}_std IS NOT NULL THEN price_{name}_n" for name, *_ in LEVELS) + " END"

FEATURES = (
    _below(
        "price_below_peers", Text("최근 12개월 동종 물품", "alike goods of 12 months"),
        _of_levels("mean"), _of_levels("std"), _BEST_N, prior=(2.0, 1.2),
    ),
    *(
        _below(f"price_below_{name}", peers, f"price_{name}_mean", f"price_{name}_std", f"price_{name}_n")
        for name, _, _, peers in LEVELS + OWN
    ),
    _below("price_below_hs6", Text("동일 세번(6단위)", "the same HS6"), "price_hs6_mean", "price_hs6_std", "price_hs6_n"),
    _below(
        "price_below_clean", Text("이상 없음으로 끝난 동일 세번(4단위)", "the same HS4 found clean"),
        "clean_price_mean", "clean_price_std", "clean_price_n",
    ),
    Feature(
        "customs_value_log", "value", coarse_log("customs_value_krw"),
        Text("과세가격(로그)", "Customs value, log"),
        Text("과세가격 {shown:,.0f}원 — 금액대별 과거 검사결과의 경향",
             "Customs value {shown:,.0f} KRW: tendency of past inspections at such amounts"),
        shows="customs_value_krw", group="amount",
    ),
    Feature(
        "value_above_importer", "value", spreads_above(_LOG_VALUE, "importer_value_mean", "importer_value_std"),
        Text("과세가격(수입자 평소 대비)", "Customs value against the importer's usual"),
        Text("과세가격 {shown:,.0f}원 — 동일 수입자 최근 12개월 평균 {norm:,.0f}원({peers:,.0f}건)의 {ratio:.0%}",
             "Customs value {shown:,.0f} KRW: {ratio:.0%} of the importer's mean {norm:,.0f} KRW of 12 months "
             "({peers:,.0f} declarations)"),
        shows="customs_value_krw", norm="exp(importer_value_mean)", peers="importer_value_n", group="amount",
    ),
    Feature(
        "value_share_importer", "value",
        "round(try_divide(customs_value_krw / 1000000, importer_value_sum + customs_value_krw / 1000000), 2)",
        Text("수입자 연간 수입액 중 비중", "Share of the importer's yearly value"),
        Text("수입자 최근 12개월 수입액 중 이번 신고의 비중 {value:.0%}(과거 신고 {peers:,.0f}건)",
             "This shipment is {value:.0%} of the importer's value of 12 months ({peers:,.0f} past declarations)"),
        peers="importer_value_n", group="amount",
    ),
    Feature(
        "freight_share", "value", "round(try_divide(freight_krw, customs_value_krw), 3)",
        Text("과세가격 대비 운임 비율", "Freight as a share of the value"),
        Text("운임 {freight_krw:,.0f}원 — 과세가격의 {value:.1%}. 출처: 수입신고",
             "Freight {freight_krw:,.0f} KRW: {value:.1%} of the customs value. Source: declaration"),
        checkable=True, uses=("freight_krw",), group="freight",
    ),
    Feature(
        "insurance_share", "value", "round(try_divide(insurance_krw, customs_value_krw), 4)",
        Text("과세가격 대비 보험료 비율", "Insurance as a share of the value"),
        Text("보험료 {insurance_krw:,.0f}원 — 과세가격의 {value:.2%}",
             "Insurance {insurance_krw:,.0f} KRW: {value:.2%} of the customs value"),
        checkable=True, uses=("insurance_krw",), group="freight",
    ),
    Feature(
        "freight_below_peers", "value", f"-{spreads_above(LOG_FREIGHT, 'freight_mean', 'freight_std')}",
        Text("㎏당 운임(동일 적출국·운송수단 대비)", "Freight per kg against the same country and mode"),
        Text("㎏당 운임 {shown:,.0f}원 — 동일 적출국·운송수단 최근 12개월 평균 {norm:,.0f}원({peers:,.0f}건)의 {ratio:.0%}. "
             "통상 사유: 운임의 송장 포함, 간주운임",
             "Freight {shown:,.0f} KRW/kg: {ratio:.0%} of the mean {norm:,.0f} KRW of the same country of dispatch and mode "
             "({peers:,.0f} declarations). Usual reasons: freight in the invoice, deemed freight"),
        checkable=True, shows=FREIGHT, norm="exp(freight_mean)", peers="freight_n", group="freight",
    ),
    Feature(
        "freight_missing_for_terms", "value",
        f"CASE WHEN terms_code IS NOT NULL THEN IF({_WITHOUT_FREIGHT} AND coalesce(freight_krw, 0) <= 0, 1, 0) END",
        Text("운임 미가산 인도조건", "Terms without freight and no freight added"),
        Text("운임 별도 인도조건 여부 {value:.0f}(1 해당) — 신고 운임 {freight_krw:,.0f}원, 가산 여부 확인 필요",
             "Terms leave freight to the buyer ({value:.0f}; 1 yes) and the freight declared is {freight_krw:,.0f} KRW: "
             "check that it is added"),
        checkable=True, uses=("freight_krw",), group="freight",
    ),
)  # fmt: skip
