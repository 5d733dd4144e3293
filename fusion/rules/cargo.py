"""Where the declaration and the cargo's progress disagree."""

from fusion.rules.rule import KG, PACKAGES, PERCENT, Rule
from lakehouse.text import Text

RULES: tuple[Rule, ...] = (
    Rule("carried_in_weight", "weight", "declaration", "cargo_progress",
         # Below a kilo and a few percent scales and rounding differ.
         where="abs(carried_in_kg - split_gross_kg) > greatest(2D, 0.05 * split_gross_kg)",
         severe="abs(carried_in_kg - split_gross_kg) > 0.15 * split_gross_kg",
         left=KG.format("split_gross_kg"), right=KG.format("carried_in_kg"), difference=PERCENT.format("carried_in_kg", "split_gross_kg"),
         text=Text("반입 중량 {right} — 신고 총중량 {left}, 차이 {difference}. 통상 ±5%. 출처: 화물진행정보 반입신고, 수입신고.",
                   "Weight carried in {right}, gross mass declared {left}, difference {difference}; usually within 5%. Sources: carry-in report, declaration."),
         usual=Text("팔레트·상자 무게, 용기 무게, 반올림", "Pallets or cartons, tare, rounding")),
    Rule("manifest_weight", "weight", "declaration", "cargo_progress",
         where="abs(cargo_gross_kg - split_gross_kg) > greatest(2D, 0.05 * split_gross_kg)",
         severe="abs(cargo_gross_kg - split_gross_kg) > 0.15 * split_gross_kg",
         left=KG.format("split_gross_kg"), right=KG.format("cargo_gross_kg"), difference=PERCENT.format("cargo_gross_kg", "split_gross_kg"),
         text=Text("적하목록 중량 {right} — 신고 총중량 {left}, 차이 {difference}. 통상 ±5%. 출처: 화물진행정보, 수입신고.",
                   "Weight in the manifest {right}, gross mass declared {left}, difference {difference}; usually within 5%. Sources: cargo progress, declaration."),
         usual=Text("팔레트·상자 무게, 용기 무게, 반올림", "Pallets or cartons, tare, rounding")),
    Rule("packages", "packages", "declaration", "cargo_progress",
         where="cargo_packages > 0 AND split_packages > 0 AND cargo_packages <> split_packages",
         severe="abs(cargo_packages - split_packages) > greatest(2D, 0.1 * split_packages)",
         left=PACKAGES.format("split_packages"), right=PACKAGES.format("cargo_packages"),
         text=Text("적하목록 포장 {right} — 신고 포장 {left} 불일치. 통상 같음. 출처: 화물진행정보, 수입신고.",
                   "Packages in the manifest {right}, packages declared {left}; usually equal. Sources: cargo progress, declaration."),
         usual=Text("팔레트와 상자의 단위 차이", "Pallets counted against cartons")),
    Rule("dispatch_country", "route", "declaration", "cargo_progress",
         where="export_country <> loading_country",
         severe="origin_country <> loading_country AND regime_code LIKE 'F%'",
         left="export_country", right="loading_country",
         text=Text("신고 적출국 {left} — 화물 적재국 {right} 불일치. 통상 같음. 출처: 수입신고, 화물진행정보.",
                   "Country of dispatch declared {left}, country of loading {right}; usually the same. Sources: declaration, cargo progress."),
         usual=Text("거점항 환적, 삼국 간 거래", "Transhipment at a hub, triangular trade")),
)
