"""Fine features: values so exact that a model can know a single row by them. For benchmarks alone, never the catalogue."""

from features.feature import Feature
from lakehouse.text import Text

_AS_DECLARED = Text("신고값 {value} — 벤치마크 참고값", "Declared value {value}, used by benchmarks alone")


def _number(name: str, theme: str, sql: str, ko: str, en: str) -> Feature:
    return Feature(name, theme, sql, Text(ko, en), _AS_DECLARED)  # type: ignore[arg-type]


def _category(name: str, theme: str, sql: str, ko: str, en: str) -> Feature:
    return Feature(name, theme, sql, Text(ko, en), _AS_DECLARED, type="category")  # type: ignore[arg-type]


FINE: tuple[Feature, ...] = (
    _number("net_mass_exact", "weight", "net_mass_kg", "순중량(원값)", "Net mass as declared, kg"),
    _number("customs_value_exact", "value", "customs_value_krw", "과세가격(원값)", "Customs value as declared, KRW"),
    _number("net_mass_exact_log", "weight", "ln(net_mass_kg + 0.01)", "순중량(로그)", "Net mass, log"),
    _number("customs_value_exact_log", "value", "ln(customs_value_krw + 1)", "과세가격(로그)", "Customs value, log"),
    _number("value_per_kg_log", "value", "ln(customs_value_krw + 1) - ln(net_mass_kg + 0.01)", "㎏당 과세가격(로그)", "Value per kg, log"),
    _number("is_from_its_origin", "route", "CAST(export_country = origin_country AS DOUBLE)", "원산지 직송", "Dispatched from its origin"),
    _number("is_agreement_rate", "tax", "CAST(regime_code LIKE 'F%' AS DOUBLE)", "협정세율", "Duty of a free trade agreement"),
    _category("hs4", "goods", "hs4", "세번 4단위", "HS heading"),
    _category("hs6", "goods", "hs6", "세번 6단위", "HS subheading"),
)
