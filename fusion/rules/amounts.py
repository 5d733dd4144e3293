"""Where weights, packages and values disagree: the declaration beside manifest, air waybill, cargo progress, tariff and its own parts."""

from fusion.rules.rule import KG, KRW, PACKAGES, PERCENT, RATE, Rule
from lakehouse.text import Text

# Below a kilo or two and a few percent scales, rounding and wet goods explain a gap.
WEIGHT_RATIO, WEIGHT_KG, SEVERE_RATIO = 0.04, 2, 0.15
_PALLETS = Text("팔레트·상자 무게, 용기 무게, 반올림", "Pallets or cartons, tare, rounding")
_UNITS = Text("팔레트와 상자의 단위 차이", "Pallets counted against cartons")
_PAYS_FREIGHT = "terms_code IN ('EXW', 'FCA', 'FAS', 'FOB')"
# A freight below this share of what the waybill charges is too little of it.
FREIGHT_SHARE = 0.7


def _weight(name: str, feed: str, column: str, told: Text, strength: float, fact: str) -> Rule:
    gap = f"abs({column} - split_gross_kg)"
    return Rule(
        name, "weight", "declaration", feed,
        where=f"{gap} > greatest({WEIGHT_KG}D, {WEIGHT_RATIO} * split_gross_kg) AND split_gross_kg > 0", severe=f"{gap} > {SEVERE_RATIO} * split_gross_kg",
        # Less than declared hides nothing of weight.
        mild=f"{column} < split_gross_kg AND {gap} <= {SEVERE_RATIO} * split_gross_kg",
        left=KG.format("split_gross_kg"), right=KG.format(column), difference=PERCENT.format(column, "split_gross_kg"),
        text=Text(f"{told.ko} {{right}} — 신고 총중량 {{left}}, 차이 {{difference}}. 통상 ±{WEIGHT_RATIO:.0%}. 확인 필요",
                  f"{told.en} {{right}}, gross mass declared {{left}}, difference {{difference}}; usually within {WEIGHT_RATIO:.0%}. To be checked."),
        usual=_PALLETS, strength=strength, fact=fact)


def _packages(name: str, feed: str, column: str, told: Text, strength: float) -> Rule:
    return Rule(
        name, "packages", "declaration", feed, where=f"{column} > 0 AND split_packages > 0 AND {column} <> split_packages",
        severe=f"{column} - split_packages > greatest(2D, 0.1 * split_packages)",
        # Whole dozens and more of them are cartons beside pallets.
        mild=f"{column} >= 12 * split_packages OR split_packages >= 12 * {column}",
        left=PACKAGES.format("split_packages"), right=PACKAGES.format(column), difference=PERCENT.format(column, "split_packages"),
        text=Text(f"{told.ko} {{right}} — 신고 포장 {{left}}, 차이 {{difference}}. 통상 같음. 확인 필요",
                  f"{told.en} {{right}}, packages declared {{left}}, difference {{difference}}; usually equal. To be checked."),
        usual=_UNITS, strength=strength, fact="packages")


RULES: tuple[Rule, ...] = (
    _weight("carried_in_weight", "cargo_progress", "carried_in_kg", Text("반입 중량(반입신고)", "Weight carried in"), 0.40, "weight"),
    _weight("bill_weight", "cargo_progress", "cargo_gross_kg", Text("적하목록 중량(화물진행정보)", "Weight in the cargo's progress"), 0.35, "weight"),
    _weight("manifest_weight", "manifest", "bill_gross_kg", Text("적하목록 중량(선사)", "Weight in the carrier's manifest"), 0.35, "weight"),
    _weight("waybill_weight", "air_waybill", "air_gross_kg", Text("항공화물운송장 중량", "Weight in the air waybill"), 0.35, "weight"),
    Rule("air_master_weight", "weight", "air_waybill", "air_waybill",
         where=f"abs(air_master_kg - air_whole_kg) > greatest({WEIGHT_KG}D, {WEIGHT_RATIO} * air_whole_kg)", severe="false",
         left=KG.format("air_whole_kg"), right=KG.format("air_master_kg"), difference=PERCENT.format("air_master_kg", "air_whole_kg"),
         text=Text(f"마스터 항공운송장 중량 {{right}} — 하우스 합계 {{left}}, 차이 {{difference}}. 통상 ±{WEIGHT_RATIO:.0%}. 확인 필요",
                   f"Master air waybill {{right}}, sum of its houses {{left}}, difference {{difference}}; usually within {WEIGHT_RATIO:.0%}. To be checked."),
         usual=Text("적재용기 자중, 운송주선인의 단수 처리", "Load units, the forwarder's rounding"), strength=0.10, fact="weight"),
    _packages("carried_in_packages", "cargo_progress", "carried_in_packages", Text("반입 포장(반입신고)", "Packages carried in"), 0.45),
    _packages("bill_packages", "cargo_progress", "cargo_packages", Text("적하목록 포장(화물진행정보)", "Packages in the cargo's progress"), 0.40),
    _packages("manifest_packages", "manifest", "bill_packages", Text("적하목록 포장(선사)", "Packages in the carrier's manifest"), 0.40),
    _packages("waybill_pieces", "air_waybill", "air_pieces", Text("항공화물운송장 포장", "Pieces in the air waybill"), 0.40),
    Rule("insured", "value", "declaration", "declaration",
         where="insured_krw > (1 + greatest(0.07D, 3 * premium_spread)) * invoice_krw", severe="insured_krw > 1.5 * invoice_krw", mild="insured_krw < 1.12 * invoice_krw",
         left=KRW.format("invoice_krw"), right=KRW.format("insured_krw"), difference=PERCENT.format("insured_krw", "invoice_krw"),
         text=Text("보험료 상당 물품가격 {right}(통상 보험료율 기준) — 결제금액 {left}, 차이 {difference}. 통상 +10% 이내. 확인 필요",
                   "The premium stands for goods of {right} at the usual rate, the invoice says {left}, difference {difference}; usually within 10%. To be checked."),
         usual=Text("희망이익 10% 부보, 고위험 화물 요율", "A tenth insured for expected profit, a rate for risky goods"), strength=0.30, fact="price"),
    Rule("freight_left_out", "value", "declaration", "air_waybill",
         where=f"{_PAYS_FREIGHT} AND air_charges_krw > 0 AND freight_krw < {FREIGHT_SHARE} * air_charges_krw", severe="freight_krw = 0 AND air_charges_krw > 0.1 * customs_value_krw",
         left=KRW.format("freight_krw"), right=KRW.format("air_charges_krw"), difference=PERCENT.format("freight_krw", "air_charges_krw"),
         text=Text("신고 운임 {left} — 항공화물운송장 운임 {right}의 차이 {difference}, 운임 별도 인도조건. 가산 여부 확인 필요",
                   "Freight declared {left}, the air waybill charges {right}, difference {difference}, under terms without freight. Check that it is added."),
         usual=Text("운임의 송장 포함, 간주운임 적용", "Freight in the invoice, deemed freight"), strength=0.15, fact="additions"),
    Rule("invoice_lines", "value", "declaration", "declaration",
         where="abs(items_invoiced - invoice_amount) > greatest(1D, 0.02 * invoice_amount)", severe="items_invoiced > 1.3 * invoice_amount",
         left="concat(format_number(invoice_amount, 2), ' ', coalesce(invoice_currency, ''))", right="concat(format_number(items_invoiced, 2), ' ', coalesce(invoice_currency, ''))",
         difference=PERCENT.format("items_invoiced", "invoice_amount"),
         text=Text("규격별 금액 합계 {right} — 결제금액 {left}, 차이 {difference}. 통상 ±2%. 확인 필요",
                   "Model lines sum to {right}, invoice {left}, difference {difference}; usually within 2%. To be checked."),
         usual=Text("할인, 운임·보험료 포함 결제", "Discounts, freight or insurance within the invoice"), strength=0.10, fact="price"),
    Rule("tariff_rate", "value", "declaration", "tariff",
         where="abs(duty_rate_percent - tariff_rate_percent) > 0.05", severe="tariff_rate_percent - duty_rate_percent > 5", mild="duty_rate_percent > tariff_rate_percent",
         left=RATE.format("duty_rate_percent"), right=RATE.format("tariff_rate_percent"),
         text=Text("신고 세율 {left} — 세율표의 같은 세번·관세율구분 세율 {right} 불일치. 통상 같음. 확인 필요",
                   "Duty rate declared {left}, the tariff has {right} for that line and regime; usually the same. To be checked."),
         usual=Text("할당관세·탄력세율, 감면", "Quota or flexible rates, relief"), strength=0.15, fact="rate"),
)
