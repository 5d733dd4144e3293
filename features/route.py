"""Route: origin, dispatch, loading, entry and clearance, and how usual the way is."""

from features.codes import category
from features.feature import Feature, History
from features.rates import violation_rate
from lakehouse.text import Text

_ORIGIN_RATE, _ORIGIN = violation_rate("origin", ("origin_country",), Text("원산지", "country of origin"), "route", 30.0)
_EXPORT_RATE, _EXPORT = violation_rate("export_country", ("export_country",), Text("적출국", "country of dispatch"), "route", 30.0)
_LANE_RATE, _LANE = violation_rate(
    "origin_export",
    ("origin_country", "export_country", "transport_mode"),
    Text("원산지·적출국·운송수단", "origin, country of dispatch and mode"),
    "route",
    30.0,
)
_PROCEDURE_RATE, _PROCEDURE = violation_rate(
    "office_procedure", ("office_code", "procedure_code"), Text("통관지·통관계획", "office and clearance plan"),
    "route", 30.0)  # fmt: skip

HISTORIES = (
    *_ORIGIN_RATE, *_EXPORT_RATE, *_LANE_RATE, *_PROCEDURE_RATE,
    History("hs4_origin_past", ("hs4", "origin_country"), "declarations", window_days=365),
    History("hs4_origin_export_past", ("hs4", "origin_country", "export_country"), "declarations", window_days=365),
    History("importer_past", ("importer_id",), "declarations", window_days=365),
    History("importer_export_past", ("importer_id", "origin_country", "export_country"), "declarations", window_days=365),
    History("hs6_past", ("hs6",), "declarations", window_days=365),
    History("hs6_origin_past", ("hs6", "origin_country"), "declarations", window_days=365),
)  # fmt: skip


def _differs(name: str, left: str, right: str, words: Text, usual: Text, prior: tuple[float, float] | None = None) -> Feature:
    """A feature that is 1 where two codes differ, 0 where they agree, NULL where one is not known."""
    return Feature(
        name, "route", f"CAST({left} <> {right} AS INT)",
        Text(f"{words.ko} 불일치", f"{words.en} differ"),
        Text(f"{words.ko} 불일치 여부 {{value:.0f}}(1 해당, 0 일치). 통상 사유: {usual.ko}",
             f"{words.en} differ: {{value:.0f}} (1 yes, 0 no). Usual reasons: {usual.en}"),
        checkable=True, group="route", prior=prior,
    )  # fmt: skip


_HUB = Text("환적항 경유, 중계무역", "transhipment at a hub, triangular trade")

FEATURES = (
    _ORIGIN, _EXPORT, _LANE, _PROCEDURE,
    _differs("origin_differs_from_export", "origin_country", "export_country",
             Text("원산지·적출국", "Origin and country of dispatch"), _HUB),
    _differs("export_differs_from_loading", "export_country", "loading_country",
             Text("적출국·적재국", "Country of dispatch and country of loading"), _HUB),
    _differs("origin_differs_from_loading", "origin_country", "loading_country",
             Text("원산지·적재국", "Origin and country of loading"), _HUB),
    _differs("office_differs_from_entry", "office_code", "entry_office_code",
             Text("통관지·입항지 세관", "Clearance and entry office"), Text("보세운송", "bonded transport")),
    Feature(
        "country_count", "route",
        "CASE WHEN origin_country IS NOT NULL AND export_country IS NOT NULL THEN "
        "size(array_distinct(array_compact(array(origin_country, export_country, loading_country)))) END",
        Text("경로상 국가 수", "Countries on the way"),
        Text("원산지·적출국·적재국 중 서로 다른 국가 {value:.0f}개. 통상 사유: 환적항 경유, 중계무역",
             "Origin, dispatch and loading name {value:.0f} countries. "
             "Usual reasons: transhipment at a hub, triangular trade"),
        checkable=True, group="route",
    ),
    Feature(
        "route_share_hs4_origin", "route",
        "CASE WHEN hs4_origin_past >= 10 THEN round(hs4_origin_export_past / hs4_origin_past, 2) END",
        Text("동일 세번·원산지 중 같은 적출국 비중", "Share of the same HS4 and origin dispatched from there"),
        Text("동일 세번·원산지 최근 12개월 {peers:,.0f}건 중 같은 적출국 {shown:,.0f}건({value:.0%})",
             "Of {peers:,.0f} declarations of the same HS4 and origin in 12 months {shown:,.0f} ({value:.0%}) came "
             "from the same country of dispatch"),
        checkable=True, shows="hs4_origin_export_past", peers="hs4_origin_past", group="rare_route",
    ),
    Feature(
        "origin_share_hs6", "route", "CASE WHEN hs6_past >= 10 THEN round(hs6_origin_past / hs6_past, 2) END",
        Text("동일 세번 중 같은 원산지 비중", "Share of the same HS6 of that origin"),
        Text("동일 세번 최근 12개월 {peers:,.0f}건 중 같은 원산지 {shown:,.0f}건({value:.0%})",
             "Of {peers:,.0f} declarations of the same HS6 in 12 months {shown:,.0f} ({value:.0%}) had the same origin"),
        checkable=True, shows="hs6_origin_past", peers="hs6_past", group="rare_origin",
    ),
    Feature(
        "importer_new_route", "route", "CASE WHEN importer_past >= 5 THEN CAST(importer_export_past = 0 AS INT) END",
        Text("수입자의 첫 경로", "Route new to the importer"),
        Text("수입자 최근 12개월 {peers:,.0f}건 중 같은 원산지·적출국 {shown:,.0f}건",
             "Of the importer's {peers:,.0f} declarations in 12 months {shown:,.0f} had the same origin and dispatch"),
        checkable=True, shows="importer_export_past", peers="importer_past", group="rare_route",
    ),
    category("origin_country", "route", Text("원산지", "Origin"), "origin"),
    category("export_country", "route", Text("적출국", "Country of dispatch"), "dispatch"),
    category("loading_country", "route", Text("적재국", "Country of loading"), "dispatch"),
    category("transport_mode", "route", Text("운송수단", "Mode of transport")),
    category("office_code", "route", Text("통관지 세관", "Clearance office"), "office"),
)  # fmt: skip
