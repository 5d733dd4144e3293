"""Where the parties of a declaration do not fit the registry, each other, or the transport papers."""

from fusion.rules.rule import Rule, of_papers
from lakehouse.text import Text

YOUNG_DAYS, OLD_DAYS = 365, 730

RULES: tuple[Rule, ...] = (
    Rule("ties", "identity", "declaration", "party_registry",
         where="penalised_ties > 0", severe=f"penalised_head_ties > 0 AND penalised_address_ties > 0 OR importer_age_days < {YOUNG_DAYS}", mild=f"importer_age_days >= {OLD_DAYS}",
         left="importer_id", right="CAST(CAST(penalised_ties AS BIGINT) AS STRING)",
         text=Text("수입자 {left} — 대표자 또는 주소가 같은 정지·폐업·적발 이력 업체 {right}개. 통상 없음. 출처: 업체 등록부. 확인 필요",
                   "Importer {left} shares a head or an address with firms suspended, closed or found in violation: {right}; usually none. Source: registry. To be checked."),
         usual=Text("공유 사무실, 동명이인, 재창업", "A shared office, a namesake, a second start"), strength=0.25, fact="firm"),
    Rule("importer_status", "identity", "declaration", "party_registry",
         where="importer_status IN ('closed', 'suspended')", severe="importer_status = 'closed'", left="importer_id", right="importer_status",
         right_ko="IF(importer_status = 'closed', '폐업', '정지')",
         text=Text("수입자 {left} — 업체 등록부 상태 {right}. 통상 정상. 확인 필요", "Importer {left} stands as {right} in the registry; usually active. To be checked."),
         usual=Text("등록부 갱신 지연, 사업 승계", "The registry not yet renewed, a succession"), strength=0.35, fact="firm"),
    Rule("payer", "identity", "declaration", "declaration", where="payer_id <> importer_id", severe="false", mild="true", left="importer_id", right="payer_id",
         text=Text("수입자 {left} — 납세의무자 {right} 불일치. 통상 같음. 확인 필요", "Importer {left}, payer {right}; usually the same. To be checked."),
         usual=Text("수입대행, 실화주 납세", "Import by an agent, the owner pays"), strength=0.08, fact="payer"),
    Rule("relation", "identity", "declaration", "party_registry",
         where="seller_shares_head AND relation_code IS NULL", severe="false", left="'none'", left_ko="'없음'", right="seller_id",
         text=Text("신고한 거래관계 {left} — 해외거래처 {right} 대표자는 수입자 대표자와 동일. 거래관계 확인 필요",
                   "Relation told {left}, the seller {right} and the importer have the same head. Check the relation."),
         usual=Text("동명이인, 특수관계 해소", "A namesake, a relation that has ended"), strength=0.30, fact="relation"),
    *of_papers(Rule("seller_name", "identity", "declaration", "manifest",
         where="seller_likeness < 1", severe="seller_likeness < 0.5", mild="seller_likeness >= 0.95",
         left="seller_id", right="concat(format_number(100 * seller_likeness, 0), '% alike')", right_ko="concat(format_number(100 * seller_likeness, 0), '% 일치')",
         text=Text("신고 해외거래처 {left} — 운송서류 송하인 상호와 {right}. 통상 같음. 확인 필요",
                   "Seller declared {left}, the consignor of the transport papers is {right}; usually the same. To be checked."),
         usual=Text("표기 차이, 제3자 선적", "Spelling, shipped by a third party"), strength=0.20, fact="seller")),
)
