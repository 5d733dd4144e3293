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
    name: str, left: str, right: str, words: Text, unit: Text, usual: float, prior: tuple[float, float], group: str
) -> tuple[Feature, Feature]:
    """How far `right` lies from what is declared (`left`): its size, which only raises the risk, and signed."""
    ratio = f"round(try_divide({right} - {left}, {left}), 3)"
    reason = Text(
        f"{words.ko} {{shown:,.10g}}{unit.ko} — 신고 {{{name}_declared}}".replace(f"{{{name}_declared}}", "합계 대비")
        + f" 차이 {{value:+.1%}}, 통상 ±{{norm:.0%}}. 통상 사유: 팔레트·포장, 단수 처리",
        f"{words.en} {{shown:,.10g}}{unit.en} differs by {{value:+.1%}} from the declared sum, usually within ±{{norm:.0%}}. "
        "Usual reasons: pallets, packing, rounding",
    )
    size = Text(f"{words.ko}과(와) 신고의 차이(크기)", f"Gap between {words.en} and the declared, size")
    signed = Text(f"{words.ko}과(와) 신고의 차이(부호)", f"Gap between {words.en} and the declared, signed")
    return (
        Feature(f"{name}_gap_size", "weight", f"abs({ratio})", size, reason, monotone=1, checkable=True, shows=right,
                norm=f"{usual}D", group=group, prior=prior),
        Feature(f"{name}_gap", "weight", ratio, signed, reason, checkable=True, shows=right, norm=f"{usual}D", group=group),
    )  # fmt: skip
