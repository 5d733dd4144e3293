"""Parties: what was found about them, how long they are known, and what is new to them."""

from features.feature import Feature, History
from features.rates import OVERALL, violation_rate
from lakehouse.text import Text

_IMPORTER_RATE, _IMPORTER = violation_rate("importer", ("importer_id",), Text("수입자", "importer"), "party", 5.0, prior=(0.3, 1.0))
_DECLARANT_RATE, _DECLARANT = violation_rate("declarant", ("declarant_id",), Text("신고인(관세사)", "declarant"), "party", 20.0)
_SELLER_RATE, _SELLER = violation_rate("seller", ("seller_id",), Text("해외거래처", "overseas seller"), "party", 5.0, prior=(0.3, 0.8))
_SUPPLIER_RATE, _SUPPLIER = violation_rate("supplier", ("supplier_id",), Text("해외공급자", "supplier"), "party", 5.0)
_FORWARDER_RATE, _FORWARDER = violation_rate("forwarder", ("forwarder_id",), Text("운송주선인", "forwarder"), "party", 20.0)
_COURIER_RATE, _COURIER = violation_rate("courier", ("courier_id",), Text("특송업체", "courier"), "party", 20.0)
_IMPORTER_HS4_RATE, _IMPORTER_HS4 = violation_rate(
    "importer_hs4", ("importer_id", "hs4"), Text("수입자·세번(4단위)", "importer and HS4"), "party", 3.0
)
_DECLARANT_HS2_RATE, _DECLARANT_HS2 = violation_rate(
    "declarant_hs2", ("declarant_id", "hs2"), Text("신고인·세번(2단위)", "declarant and HS chapter"), "party", 10.0
)
_SELLER_HS4_RATE, _SELLER_HS4 = violation_rate(
    "seller_hs4", ("seller_id", "hs4"), Text("해외거래처·세번(4단위)", "seller and HS4"), "party", 3.0)  # fmt: skip

_ENTITIES = (
    ("importer", Text("수입자", "importer")),
    ("seller", Text("해외거래처", "overseas seller")),
    ("declarant", Text("신고인(관세사)", "declarant")),
    ("supplier", Text("해외공급자", "supplier")),
)

HISTORIES = (
    OVERALL,
    *_IMPORTER_RATE, *_DECLARANT_RATE, *_SELLER_RATE, *_SUPPLIER_RATE, *_FORWARDER_RATE, *_COURIER_RATE,
    *_IMPORTER_HS4_RATE, *_DECLARANT_HS2_RATE, *_SELLER_HS4_RATE,
    *(History(f"{entity}_all", (f"{entity}_id",), "declarations") for entity, _ in _ENTITIES),
    *(History(f"{entity}_first_days", (f"{entity}_id",), "declarations", aggregate="days_since_first")
      for entity, _ in _ENTITIES),
    History("importer_month", ("importer_id",), "declarations", window_days=30),
    History("importer_hs4_all", ("importer_id", "hs4"), "declarations"),
    History("importer_seller_all", ("importer_id", "seller_id"), "declarations"),
    History("importer_declarant_all", ("importer_id", "declarant_id"), "declarations"),
)  # fmt: skip


def _known(entity: str, who: Text) -> tuple[Feature, Feature]:
    """How often and how long the entity is known; 0 days where this is its first declaration."""
    said = Text(
        f"{who.ko} 과거 신고 {{{entity}_all:,.0f}}건, 최초 신고 후 {{{entity}_first_days:,.0f}}일. 통상 사유: 신규 사업자",
        f"The {who.en} has {{{entity}_all:,.0f}} past declarations, the first {{{entity}_first_days:,.0f}} days ago. "
        "Usual reason: a start-up",
    )
    uses = (f"{entity}_all", f"{entity}_first_days")
    return (
        Feature(
            f"{entity}_declarations", "party", f"round(ln(1 + {entity}_all), 1)",
            Text(f"{who.ko} 과거 신고 건수(로그)", f"Past declarations of the {who.en}, log"),
            said, uses=uses, group=f"{entity}_age",
        ),
        Feature(
            f"{entity}_days_known", "party",
            f"CASE WHEN {entity}_id IS NOT NULL THEN coalesce(floor({entity}_first_days), 0) END",
            Text(f"{who.ko} 최초 신고 후 일수", f"Days since the first declaration of the {who.en}"),
            said, uses=uses, group=f"{entity}_age",
        ),
    )  # fmt: skip


def _pair(name: str, count: str, what: Text, group: str, prior: tuple[float, float] | None = None) -> Feature:
    """Whether a pairing is new to an importer who is not new."""
    return Feature(
        name, "party", f"CASE WHEN importer_all >= 3 THEN CAST({count} = 0 AS INT) END",
        Text(f"수입자의 첫 {what.ko}", f"{what.en} new to the importer"),
        Text(f"수입자 과거 신고 {{peers:,.0f}}건 중 같은 {what.ko} {{shown:,.0f}}건. 통상 사유: 거래선·품목 확대",
             f"Of the importer's {{peers:,.0f}} past declarations {{shown:,.0f}} had the same {what.en}. "
             "Usual reason: a growing trade"),
        checkable=True, shows=count, peers="importer_all", group=group, prior=prior,
    )  # fmt: skip


FEATURES = (
    _IMPORTER, _DECLARANT, _SELLER, _SUPPLIER, _FORWARDER, _COURIER, _IMPORTER_HS4, _DECLARANT_HS2, _SELLER_HS4,
    *(feature for entity, who in _ENTITIES for feature in _known(entity, who)),
    _pair("importer_new_hs4", "importer_hs4_all", Text("세번(4단위)", "HS4"), "new_goods"),
    _pair("importer_new_seller", "importer_seller_all", Text("해외거래처", "overseas seller"), "new_seller"),
    _pair("importer_new_declarant", "importer_declarant_all", Text("신고인", "declarant"), "new_declarant"),
    Feature(
        "importer_hs4_share", "party", "CASE WHEN importer_all >= 3 THEN round(importer_hs4_all / importer_all, 2) END",
        Text("수입자 신고 중 같은 세번 비중", "Share of the importer's declarations with that HS4"),
        Text("수입자 과거 신고 {peers:,.0f}건 중 같은 세번(4단위) {shown:,.0f}건({value:.0%})",
             "Of the importer's {peers:,.0f} past declarations {shown:,.0f} ({value:.0%}) had the same HS4"),
        checkable=True, shows="importer_hs4_all", peers="importer_all", group="new_goods",
    ),
    Feature(
        "importer_month_share", "party", "CASE WHEN importer_all >= 5 THEN round(importer_month / importer_all, 2) END",
        Text("수입자 신고 중 최근 30일 비중", "Share of the importer's declarations in the last 30 days"),
        Text("수입자 과거 신고 {peers:,.0f}건 중 최근 30일 {shown:,.0f}건({value:.0%}). 통상 사유: 계절 물품",
             "Of the importer's {peers:,.0f} past declarations {shown:,.0f} ({value:.0%}) came in the last 30 days. "
             "Usual reason: seasonal goods"),
        shows="importer_month", peers="importer_all", group="importer_pace",
    ),
    Feature(
        "payer_differs", "party", "CAST(payer_id <> importer_id AS INT)",
        Text("수입자·납세의무자 불일치", "Importer and payer differ"),
        Text("수입자·납세의무자 불일치 여부 {value:.0f}(1 해당, 0 일치). 통상 사유: 수입대행",
             "Importer and payer differ: {value:.0f} (1 yes, 0 no). Usual reason: import by an agent"),
        checkable=True,
    ),
    Feature(
        "supplier_differs", "party", "CAST(supplier_id <> seller_id AS INT)",
        Text("해외거래처·해외공급자 불일치", "Seller and supplier differ"),
        Text("해외거래처·해외공급자 불일치 여부 {value:.0f}(1 해당, 0 일치). 통상 사유: 중계무역",
             "Seller and supplier differ: {value:.0f} (1 yes, 0 no). Usual reason: triangular trade"),
        checkable=True,
    ),
)  # fmt: skip
