"""Where containers and papers disagree: seals, masses, times and places of terminals beside manifest, carrier and cargo progress."""

from fusion.rules.rule import HOURS, KG, PERCENT, Rule, of_papers
from lakehouse.text import Text

# Dunnage, pallets and lashing explain what is less, for each container and in all.
BOX_RATIO, BOX_KG, SEVERE_RATIO = 0.04, 300, 0.12
# Clocks differ by half an hour; the answer on a release may be a day late.
CLOCK_HOURS, UNTOLD_HOURS = 0.5, 24


def _mass(name: str, column: str, told: Text, note: Text, severe: str, strength: float) -> Rule:
    gap = f"abs({column} - houses_in_boxes_kg)"
    return Rule(
        name, "weight", "manifest", "terminal_event", where=f"{gap} > greatest({BOX_KG}D * box_count, {BOX_RATIO} * houses_in_boxes_kg) AND box_count > 0", severe=severe,
        left=KG.format("houses_in_boxes_kg"), right=KG.format(column), difference=PERCENT.format(column, "houses_in_boxes_kg"),
        text=Text(f"컨테이너 중량 {{right}}({told.ko}) — 하우스 신고 합계 {{left}}, 차이 {{difference}}. 통상 ±{BOX_RATIO:.0%}. {note.ko}",
                  f"Containers {{right}} ({told.en}), sum of the houses {{left}}, difference {{difference}}; usually within {BOX_RATIO:.0%}. {note.en}"),
        usual=Text("팔레트·고박재, 자중 편차, 반올림", "Pallets and dunnage, tare, rounding"), strength=strength, fact="box_mass")


RULES: tuple[Rule, ...] = (
    _mass("gate_weight", "box_weighed_net_kg", Text("계근−자중", "weighbridge less tare"), Text("계근값, 확인 필요", "Weighed. To be checked."),
          f"abs(box_weighed_net_kg - houses_in_boxes_kg) > {SEVERE_RATIO} * houses_in_boxes_kg", 0.30),
    _mass("verified_mass", "box_verified_net_kg", Text("VGM−자중", "verified gross mass less tare"), Text("계근값 아님, 확인 필요", "The shipper's figure, not a weighing. To be checked."),
          "false", 0.20),
    Rule("seal", "seal", "manifest", "terminal_event",
         where="seal_was IS NOT NULL AND seal_is IS NOT NULL", severe="size(hub_ports) = 0", mild="seal_is_shortened OR seal_was_replaced",
         left="seal_was", right="seal_is",
         text=Text("적재 봉인 {left} — 양하 봉인 {right} 불일치. 통상 같음. 확인 필요", "Seal at loading {left}, at discharge {right}; usually the same. To be checked."),
         usual=Text("접두어 생략, 환적지 검사 후 재봉인", "A prefix dropped, an inspection at transhipment"), strength=0.55),
    Rule("delivery", "route", "manifest", "terminal_event",
         where="strange_gate_place IS NOT NULL AND bill_delivery_place IS NOT NULL", severe="gate_hours_unreleased > 0.5 AND release_step_at IS NOT NULL",
         left="upper(bill_delivery_place)", right="strange_gate_place",
         text=Text("적하목록 인도지 {left} — 게이트 반출 목적지 {right} 불일치. 통상 같음. 확인 필요",
                   "Place of delivery in the manifest {left}, trucks left for {right}; usually the same. To be checked."),
         usual=Text("보세운송, 인도지 변경", "Bonded transport, another place of delivery agreed"), strength=0.40, fact="gate"),
    Rule("gate_before_release", "timing", "cargo_progress", "terminal_event",
         where=f"gate_hours_unreleased > IF(release_step_at IS NULL, {UNTOLD_HOURS}D, {CLOCK_HOURS}D)", severe="release_step_at IS NOT NULL AND gate_hours_unreleased > 3",
         left="coalesce(date_format(release_step_at, 'yyyy-MM-dd HH:mm'), 'none')", left_ko="coalesce(date_format(release_step_at, 'yyyy-MM-dd HH:mm'), '없음')",
         right="date_format(gate_out_at, 'yyyy-MM-dd HH:mm')", difference=HOURS.format("gate_hours_unreleased"),
         text=Text("수리 {left} — 게이트 반출 {right}, 수리 전 {difference}. 통상 수리 후. 확인 필요",
                   "Released {left}, out of the gate {right}, {difference} before; usually after. To be checked."),
         usual=Text("보세운송, 시스템 시각 차이, 수리 통보 지연", "Bonded transport, clocks that differ, a release told late"), strength=0.50, fact="gate"),
    *of_papers(Rule("amended_after_arrival", "timing", "cargo_progress", "manifest",
         where=f"changed IS NOT NULL AND changed_after_hours > {CLOCK_HOURS}", severe="false",
         mild="NOT contains(changed, 'consignee') AND coalesce(abs(coalesce(bill_after_kg, 0D) - coalesce(bill_before_kg, 0D)) <= 0.15 * bill_before_kg, true)",
         left="date_format(arrived_at, 'yyyy-MM-dd HH:mm')", right="changed",
         right_ko="replace(replace(replace(changed, 'consignee', '수하인'), 'goods', '품명'), 'weight', '중량')", difference=HOURS.format("changed_after_hours"),
         text=Text("입항 {left} — {difference} 후 운송서류 정정, 항목 {right}. 통상 입항 전. 확인 필요",
                   "Arrived {left}, the transport papers were changed {difference} later: {right}; usually before arrival. To be checked."),
         usual=Text("오기 정정, 혼재화물 정리", "Typing errors, sorting of consolidations"), strength=0.15)),
)
