"""Weight and packages: what is declared against the manifest, the shed and peers."""

from features.feature import Feature
from features.peers import coarse_log, log_peers, spreads_above
from lakehouse.text import Text

# Cargo is weighed whole, declarations may split it: all of them together are what the cargo is compared with.
DECLARED_KG = "coalesce(split_gross_kg, gross_mass_kg)"
DECLARED_PACKAGES = "coalesce(split_packages, package_count)"
PER_PACKAGE = "try_divide(net_mass_kg, package_count)"
NET_RATIO = "try_divide(net_mass_kg, gross_mass_kg)"

HISTORIES = (
    *log_peers("mass_hs6", ("hs6",), "ln(net_mass_kg)", 10),
    *log_peers("package_kg_hs6", ("hs6",), f"ln({PER_PACKAGE})", 10),
    *log_peers("net_ratio_hs6", ("hs6",), f"ln({NET_RATIO})", 10),
)


def _gap(
    name: str, left: str, right: str, words: Text, unit: Text, usual: str, prior: tuple[float, float], group: str
) -> tuple[Feature, Feature]:
    """How far `right` lies from what is declared (`left`): its size, which only raises the risk, and signed."""
    gap = f"round(try_divide({right} - {left}, {left}), 3)"
    reason = Text(
        f"{words.ko} {{shown:,.0f}}{unit.ko} — 신고 합계 {{norm:,.0f}}{unit.ko}의 {{ratio:.1%}}, 통상 ±{usual}. "
        "통상 사유: 팔레트·포장, 단수 처리",
        f"{words.en} {{shown:,.0f}} {unit.en}: {{ratio:.1%}} of the {{norm:,.0f}} {unit.en} declared in all, "
        f"usually within ±{usual}. Usual reasons: pallets, packing, rounding",
    )
    size = Text(f"신고 대비 {words.ko} 차이(크기)", f"{words.en} against the declared, size of the gap")
    signed = Text(f"신고 대비 {words.ko} 차이(부호)", f"{words.en} against the declared, signed gap")
    return (
        Feature(f"{name}_gap_size", "weight", f"abs({gap})", size, reason, monotone=1, checkable=True,
                shows=right, norm=left, group=group, prior=prior),
        Feature(f"{name}_gap", "weight", gap, signed, reason, checkable=True, shows=right, norm=left, group=group),
    )  # fmt: skip


_KG, _PACKAGES = Text("㎏", "kg"), Text("개", "packages")

FEATURES = (
    *_gap("manifest_kg", DECLARED_KG, "cargo_gross_kg", Text("적하목록 중량", "Weight in the manifest"), _KG, "3%",
          (0.1, 1.2), "weight_gap"),
    *_gap("carried_in_kg", DECLARED_KG, "carried_in_kg", Text("반입 중량", "Weight carried in"), _KG, "3%",
          (0.1, 1.4), "weight_gap"),
    *_gap("manifest_packages", DECLARED_PACKAGES, "cargo_packages",
          Text("적하목록 포장개수", "Number of packages in the manifest"), _PACKAGES, "0%", (0.02, 0.9), "package_gap"),
    *_gap("carried_in_packages", DECLARED_PACKAGES, "carried_in_packages",
          Text("반입 포장개수", "Number of packages carried in"), _PACKAGES, "0%", (0.02, 1.1), "package_gap"),
    Feature(
        "carried_in_manifest_kg_gap_size", "weight",
        "abs(round(try_divide(carried_in_kg - cargo_gross_kg, cargo_gross_kg), 3))",
        Text("적하목록 대비 반입 중량 차이", "Weight carried in against the manifest"),
        Text("반입 중량 {shown:,.0f}㎏ — 적하목록 {norm:,.0f}㎏의 {ratio:.1%}, 통상 ±3%",
             "Weight carried in {shown:,.0f} kg: {ratio:.1%} of the manifest's {norm:,.0f} kg, usually within ±3%"),
        monotone=1, checkable=True, shows="carried_in_kg", norm="cargo_gross_kg", group="weight_gap",
    ),
    Feature(
        "weight_gap_kg_log", "weight",
        f"round(ln(1 + abs(coalesce(carried_in_kg, cargo_gross_kg) - {DECLARED_KG})), 1)",
        Text("신고 대비 중량 차이(㎏, 로그)", "Gap in kg to the declared weight, log"),
        Text("확인된 중량 {shown:,.0f}㎏ — 신고 합계 {norm:,.0f}㎏과(와) 차이, 확인 필요",
             "Weight seen {shown:,.0f} kg against {norm:,.0f} kg declared in all: to be checked"),
        monotone=1, checkable=True, shows="coalesce(carried_in_kg, cargo_gross_kg)", norm=DECLARED_KG,
        group="weight_gap",
    ),
    Feature(
        "net_to_gross_ratio", "weight", f"round({NET_RATIO}, 2)",
        Text("총중량 대비 순중량", "Net mass as a share of gross"),
        Text("순중량 {net_mass_kg:,.1f}㎏, 총중량의 {value:.0%} — 동일 세번 평균 {norm:.0%}({peers:,.0f}건)",
             "Net mass {net_mass_kg:,.1f} kg is {value:.0%} of gross; the same HS6 has {norm:.0%} "
             "({peers:,.0f} declarations)"),
        checkable=True, norm="exp(net_ratio_hs6_mean)", peers="net_ratio_hs6_n", uses=("net_mass_kg",),
        group="net_mass",
    ),
    Feature(
        "net_above_gross", "weight", "CAST(net_mass_kg > gross_mass_kg * 1.001 AS INT)",
        Text("총중량을 넘는 순중량", "Net mass above gross"),
        Text("순중량 {net_mass_kg:,.1f}㎏ — 총중량 {gross_mass_kg:,.1f}㎏과(와) 대소 불일치 여부 {value:.0f}(1 해당)",
             "Net mass {net_mass_kg:,.1f} kg against gross {gross_mass_kg:,.1f} kg: net above gross {value:.0f} (1 yes)"),
        checkable=True, uses=("net_mass_kg", "gross_mass_kg"), group="net_mass", prior=(1.0, 0.7),
    ),
    Feature(
        "net_ratio_above_peers", "weight",
        spreads_above(f"ln({NET_RATIO})", "net_ratio_hs6_mean", "net_ratio_hs6_std"),
        Text("순중량 비율(동일 세번 대비)", "Net to gross against the same HS6"),
        Text("순중량이 총중량의 {shown:.0%} — 동일 세번 최근 12개월 평균 {norm:.0%}({peers:,.0f}건)",
             "Net mass is {shown:.0%} of gross; the same HS6 has {norm:.0%} over 12 months ({peers:,.0f} declarations)"),
        checkable=True, shows=NET_RATIO, norm="exp(net_ratio_hs6_mean)", peers="net_ratio_hs6_n", group="net_mass",
    ),
    Feature(
        "net_mass_log", "weight", coarse_log("net_mass_kg"),
        Text("순중량(로그)", "Net mass, log"),
        Text("순중량 {shown:,.1f}㎏ — 중량대별 과거 검사결과의 경향",
             "Net mass {shown:,.1f} kg: tendency of past inspections at such masses"),
        shows="net_mass_kg", group="mass",
    ),
    Feature(
        "mass_above_peers", "weight", spreads_above("ln(net_mass_kg)", "mass_hs6_mean", "mass_hs6_std"),
        Text("순중량(동일 세번 대비)", "Net mass against the same HS6"),
        Text("순중량 {shown:,.1f}㎏ — 동일 세번 최근 12개월 평균 {norm:,.1f}㎏({peers:,.0f}건)의 {ratio:.0%}",
             "Net mass {shown:,.1f} kg: {ratio:.0%} of the mean {norm:,.1f} kg of the same HS6 "
             "({peers:,.0f} declarations)"),
        shows="net_mass_kg", norm="exp(mass_hs6_mean)", peers="mass_hs6_n", group="mass",
    ),
    Feature(
        "package_kg_above_peers", "weight",
        spreads_above(f"ln({PER_PACKAGE})", "package_kg_hs6_mean", "package_kg_hs6_std"),
        Text("포장당 중량(동일 세번 대비)", "Mass per package against the same HS6"),
        Text("포장당 순중량 {shown:,.1f}㎏ — 동일 세번 최근 12개월 평균 {norm:,.1f}㎏({peers:,.0f}건)의 {ratio:.0%}",
             "Net mass per package {shown:,.1f} kg: {ratio:.0%} of the mean {norm:,.1f} kg of the same HS6 "
             "({peers:,.0f} declarations)"),
        checkable=True, shows=PER_PACKAGE, norm="exp(package_kg_hs6_mean)", peers="package_kg_hs6_n",
        group="package_mass",
    ),
    Feature(
        "package_kg", "weight", f"round({PER_PACKAGE}, 0)",
        Text("포장당 순중량", "Net mass per package"),
        Text("포장당 순중량 {value:,.0f}㎏ — 신고 포장 {package_count:,.0f}개 기준",
             "Net mass per package {value:,.0f} kg over {package_count:,.0f} packages declared"),
        checkable=True, uses=("package_count",), group="package_mass",
    ),
)  # fmt: skip
