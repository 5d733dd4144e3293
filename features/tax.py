"""Tax: what is to be paid, what a preference saves, and whether it fits."""

from features.codes import category
from features.feature import Feature, History
from features.peers import coarse_log
from features.rates import violation_rate
from lakehouse.text import Text

# Member countries of the agreements that declarations name most; others are not judged. The United Kingdom was
# within the EU's agreement until the end of 2020.
_EU = "'AT','BE','BG','HR','CY','CZ','DK','EE','FI','FR','DE','GR','HU','IE','IT','LV','LT','LU','MT','NL','PL','PT'," \
    "'RO','SK','SI','ES','SE','GB'"  # fmt: skip
_ASEAN = "'BN','KH','ID','LA','MY','MM','PH','SG','TH','VN'"
_AGREEMENTS = {
    "FCN": "'CN'", "FUS": "'US'", "FVN": "'VN'", "FIN": "'IN'", "FEU": _EU, "FAS": _ASEAN, "FCL": "'CL'", "FSG": "'SG'",
    "FPE": "'PE'", "FTR": "'TR'", "FAU": "'AU'", "FCA": "'CA'", "FNZ": "'NZ'", "FCO": "'CO'", "FGB": "'GB'",
    "FEF": "'CH','NO','IS','LI'",
}  # fmt: skip
IS_PREFERENCE = "(regime_code RLIKE '^(F[A-Z]|U|E)')"
_GENERAL_RATE = "CASE WHEN regime_code IN ('A', 'C') THEN duty_rate_percent END"
_FOREIGN = " ".join(
    f"WHEN regime_code LIKE '{code}%' THEN CAST(origin_country NOT IN ({members}) AS INT)" for code, members in _AGREEMENTS.items()
)

_REGIME_RATE, _REGIME = violation_rate(
    "regime_origin", ("regime_code", "origin_country"), Text("관세율구분·원산지", "duty regime and origin"), "tax", 30.0
)
HISTORIES = (
    *_REGIME_RATE,
    History("rate_hs6_mean", ("hs6",), "declarations", "duty_rate_percent", "mean", 365, minimum=5),
    History("rate_hs6_n", ("hs6",), "declarations", "duty_rate_percent", "count", 365),
    History("general_rate_hs6_mean", ("hs6",), "declarations", _GENERAL_RATE, "mean", 365, minimum=3),
    History("general_rate_hs6_n", ("hs6",), "declarations", _GENERAL_RATE, "count", 365),
    History("hs6_regime_past", ("hs6", "regime_code"), "declarations", window_days=365),
    History("regime_hs6_past", ("hs6",), "declarations", "IF(regime_code IS NULL, NULL, 1)", "count", 365),
)

FEATURES = (
    _REGIME,
    Feature(
        "duty_rate_percent", "tax", "duty_rate_percent",
        Text("세율", "Duty rate"),
        Text("신고 세율 {value:.1f}% — 동일 세번 최근 12개월 평균 {norm:.1f}%({peers:,.0f}건)",
             "Declared duty rate {value:.1f}%; the same HS6 has {norm:.1f}% over 12 months ({peers:,.0f} declarations)"),
        checkable=True, norm="rate_hs6_mean", peers="rate_hs6_n", group="rate",
    ),
    Feature(
        "rate_below_hs6", "tax", "round(rate_hs6_mean - duty_rate_percent, 1)",
        Text("동일 세번 평균보다 낮은 세율(%p)", "Duty rate below the mean of the HS6, points"),
        Text("신고 세율 {shown:.1f}% — 동일 세번 최근 12개월 평균 {norm:.1f}%({peers:,.0f}건)과의 차이 {value:+.1f}%p",
             "Declared duty rate {shown:.1f}%: {value:+.1f} points below the mean {norm:.1f}% of the same HS6 "
             "({peers:,.0f} declarations)"),
        checkable=True, shows="duty_rate_percent", norm="rate_hs6_mean", peers="rate_hs6_n", group="rate",
    ),
    Feature(
        "preference_saving", "tax",
        f"CASE WHEN NOT {IS_PREFERENCE} OR general_rate_hs6_mean < duty_rate_percent THEN 0D "
        f"WHEN {IS_PREFERENCE} THEN round(general_rate_hs6_mean - duty_rate_percent, 1) END",
        Text("특혜로 낮아진 세율(%p)", "Points of duty saved by the preference"),
        Text("특혜 신고 세율 {shown:.1f}% — 동일 세번 일반세율 평균 {norm:.1f}%({peers:,.0f}건), 차이 {value:.1f}%p",
             "Preferential rate {shown:.1f}%: the general rate of the same HS6 has a mean of {norm:.1f}% "
             "({peers:,.0f} declarations), {value:.1f} points saved"),
        checkable=True, shows="duty_rate_percent", norm="general_rate_hs6_mean", peers="general_rate_hs6_n",
        group="preference",
    ),
    Feature(
        "duty_exposure_log", "tax",
        f"CASE WHEN duty_rate_percent > 0 THEN {coarse_log('customs_value_krw * duty_rate_percent / 100')} END",
        Text("과세가격 × 세율(로그)", "Customs value times duty rate, log"),
        Text("관세 상당액 {shown:,.0f}원(신고 세율 {duty_rate_percent:.1f}%) — 세액 규모의 참고",
             "Duty at stake {shown:,.0f} KRW at the declared {duty_rate_percent:.1f}%: size of the tax"),
        shows="customs_value_krw * duty_rate_percent / 100", uses=("duty_rate_percent",), group="exposure",
    ),
    Feature(
        "duty_gap_ratio", "tax",
        "round(try_divide(customs_value_krw * duty_rate_percent / 100 - duty_krw, customs_value_krw), 3)",
        Text("신고 세액과 계산 세액의 차이", "Gap between duty declared and computed"),
        Text("신고 관세액 {shown:,.0f}원 — 과세가격 × 세율 {norm:,.0f}원의 {ratio:.0%}. 통상 사유: 감면, 란별 세율",
             "Duty declared {shown:,.0f} KRW: {ratio:.0%} of value times rate, {norm:,.0f} KRW. "
             "Usual reasons: relief, rates by item"),
        checkable=True, shows="duty_krw", norm="customs_value_krw * duty_rate_percent / 100", group="exposure",
    ),
    Feature(
        "preference_without_certificate", "tax",
        f"CASE WHEN has_certificate_of_origin IS NOT NULL THEN IF({IS_PREFERENCE} AND NOT has_certificate_of_origin, 1, 0) END",
        Text("원산지증명서 없는 특혜", "Preference without certificate"),
        Text("특혜세율 {duty_rate_percent:.1f}% 신고 중 원산지증명서 미기재 여부 {value:.0f}(1 해당). 통상 사유: 면제 금액, 사후 제출",
             "Preferential rate {duty_rate_percent:.1f}% with no certificate of origin named: {value:.0f} (1 yes). "
             "Usual reasons: exempt value, late certificate"),
        checkable=True, uses=("duty_rate_percent",), group="preference", prior=(1.0, 1.3),
    ),
    Feature(
        "preference_of_other_origin", "tax", f"CASE {_FOREIGN} END",
        Text("협정 당사국이 아닌 원산지", "Origin outside the agreement"),
        Text("협정세율 {duty_rate_percent:.1f}% 신고 중 원산지의 협정 당사국 불일치 여부 {value:.0f}(1 해당), 확인 필요",
             "Agreement rate {duty_rate_percent:.1f}% with an origin outside the agreement: {value:.0f} (1 yes), to be checked"),
        checkable=True, uses=("duty_rate_percent",), group="preference", prior=(1.0, 1.0),
    ),
    Feature(
        "preference_loaded_elsewhere", "tax",
        f"CASE WHEN loading_country IS NOT NULL THEN IF({IS_PREFERENCE} AND loading_country <> origin_country, 1, 0) END",
        Text("특혜 원산지 밖 적재", "Preference loaded outside its origin"),
        Text("특혜세율 {duty_rate_percent:.1f}% 신고 중 적재국·원산지 불일치 여부 {value:.0f}(1 해당). 통상 사유: 환적항 경유",
             "Preferential rate {duty_rate_percent:.1f}% and loaded outside the origin: {value:.0f} (1 yes). "
             "Usual reason: transhipment at a hub"),
        checkable=True, uses=("duty_rate_percent",), group="preference", prior=(1.0, 0.9),
    ),
    Feature(
        "regime_share_hs6", "tax", "CASE WHEN regime_hs6_past >= 10 THEN round(hs6_regime_past / regime_hs6_past, 2) END",
        Text("동일 세번 중 같은 관세율구분 비중", "Share of the same HS6 under that regime"),
        Text("동일 세번 최근 12개월 {peers:,.0f}건 중 같은 관세율구분 {shown:,.0f}건({value:.0%})",
             "Of {peers:,.0f} declarations of the same HS6 in 12 months {shown:,.0f} ({value:.0%}) had the same regime"),
        checkable=True, shows="hs6_regime_past", peers="regime_hs6_past", group="regime",
    ),
    category("regime_code", "tax", Text("관세율구분", "Duty regime"), "regime"),
)  # fmt: skip
