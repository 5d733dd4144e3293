"""Where origin, route and goods disagree: the declaration beside certificate, manifest, carrier and tariff."""

from dataclasses import replace

from fusion.rules.rule import KG, PERCENT, Rule, of_papers
from lakehouse.text import Text

PREFERRED = "coalesce(regime_code LIKE 'F%', false)"
# Members of one agreement certify for each other.
_EU = "'AT','BE','BG','HR','CY','CZ','DK','EE','FI','FR','DE','GR','HU','IE','IT','LV','LT','LU','MT','NL','PL','PT','RO','SK','SI','ES','SE'"
_HUB = Text("거점항 환적, 중계무역", "Transhipment at a hub, triangular trade")

_LINE = Rule("bill_line", "goods", "declaration", "manifest",
             where="papers_points_to IS NOT NULL AND declaration_no IS NOT NULL", severe="declared_points_to = papers_points_to",
             # Papers that name another of the items declared tell less.
             mild="array_contains(item_headings, substr(papers_points_to, 1, 4)) AND substr(papers_points_to, 1, 4) <> hs4",
             left="concat(hs6, ' ', substr(coalesce(goods_text, items_text), 1, 80))", right="substr(transport_goods, 1, 80)", difference="papers_points_to",
             text=Text("신고 {left} — 운송서류 품명 {right}: 통상 세번 {difference}(6단위)로 신고되는 품명. 확인 필요",
                       "Declared {left}; goods in the transport papers {right}: words usually declared under HS {difference}. To be checked."),
             usual=Text("세트 물품, 포괄 품명, 새 품목", "Sets, a general description, new goods"), strength=0.45, fact="goods")

RULES: tuple[Rule, ...] = (
    Rule("no_certificate", "origin", "declaration", "declaration",
         where="preference_items > 0 AND NOT has_certificate_of_origin", severe="duty_rate_percent = 0 AND general_rate_percent >= 8", mild="customs_value_krw < 1300000",
         left="coalesce(regime_code, 'F')", right="'none'", right_ko="'없음'",
         text=Text("협정관세 {left} 신고 — 원산지증명서 {right}. 통상 있음. 제출 여부 확인 필요", "Agreement rate {left} claimed, certificate of origin {right}; usually given. To be checked."),
         usual=Text("면제 금액, 사후 제출", "Exempt value, a certificate to follow"), strength=0.35, fact="certificate"),
    Rule("certificate_country", "origin", "declaration", "declaration",
         where="certificate_country <> certified_origin", severe="false", mild=f"certificate_country IN ({_EU}) AND certified_origin IN ({_EU})",
         left="certified_origin", right="certificate_country",
         text=Text("신고 원산지 {left} — 원산지증명서 발행국 {right} 불일치. 통상 같음. 확인 필요",
                   "Origin declared {left}, certificate issued in {right}; usually the same. To be checked."),
         usual=Text("연결 원산지증명서, 제3국 발행", "Back-to-back certificate, issued in a third country"), strength=0.40, fact="certificate"),
    Rule("certificate_used", "origin", "declaration", "declaration",
         where="certificate_gap > 0.05", severe="certificate_used_kg > 1.2 * certificate_total_kg", mild="certificate_used_kg <= 1.01 * certificate_total_kg",
         left=KG.format("certificate_used_kg"), right=KG.format("certificate_total_kg"), difference=PERCENT.format("certificate_used_kg", "certificate_total_kg"),
         text=Text("원산지증명서 사용중량 {left} — 전체중량 {right}, 초과 {difference}. 통상 이내. 확인 필요",
                   "Used of the certificate {left}, it covers {right}, difference {difference}; usually within. To be checked."),
         usual=Text("순중량·총중량 기준 차이, 단위 차이", "Net against gross mass, another unit"), strength=0.35, fact="certificate"),
    Rule("preference_unlisted", "origin", "declaration", "tariff",
         where=f"{PREFERRED} AND general_rate_percent IS NOT NULL AND tariff_rate_percent IS NULL AND origin_country IS NOT NULL", severe="false",
         left="concat(regime_code, ' ', origin_country)", right="'none'", right_ko="'없음'",
         text=Text("협정관세 {left} 신고 — 세율표의 해당 세번·원산지 협정세율 {right}. 적용 대상 확인 필요",
                   "Agreement rate {left} claimed, rate for that line and origin in the tariff: {right}. To be checked."),
         usual=Text("세율표 갱신 지연, 원산지 기재 오류", "The tariff not yet renewed, an origin mistyped"), strength=0.25, fact="certificate"),
    Rule("dispatch", "origin", "declaration", "declaration", where="origin_country <> export_country", severe="false", mild=f"NOT {PREFERRED}",
         left="origin_country", right="export_country",
         text=Text("원산지 {left} — 적출국 {right} 불일치. 통상 같음. 확인 필요", "Origin {left}, country of dispatch {right}; usually the same. To be checked."),
         usual=_HUB, strength=0.08, fact="way"),
    Rule("loading", "origin", "declaration", "cargo_progress",
         where="origin_country <> paper_loading_country", severe=f"{PREFERRED} AND export_country = origin_country", mild=f"NOT {PREFERRED} AND coalesce(export_country = paper_loading_country, false)",
         left="origin_country", right="paper_loading_country",
         text=Text("원산지 {left} — 적재국 {right} 불일치. 통상 같음. 확인 필요", "Origin {left}, country of loading {right}; usually the same. To be checked."),
         usual=_HUB, strength=0.15, fact="way"),
    Rule("dispatch_loading", "route", "declaration", "cargo_progress",
         where="export_country <> paper_loading_country", severe=f"origin_country <> paper_loading_country AND {PREFERRED}", mild=f"NOT {PREFERRED} AND coalesce(origin_country = export_country, false)",
         left="export_country", right="paper_loading_country",
         text=Text("신고 적출국 {left} — 화물 적재국 {right} 불일치. 통상 같음. 확인 필요",
                   "Country of dispatch declared {left}, country of loading {right}; usually the same. To be checked."),
         usual=_HUB, strength=0.20, fact="way"),
    Rule("first_loading", "route", "manifest", "carrier_event",
         where="strange_load_country IS NOT NULL AND paper_loading_country IS NOT NULL", severe=f"{PREFERRED} OR origin_country <> strange_load_country",
         left="paper_loading_country", right="strange_load_country",
         text=Text("서류상 적재국 {left} — 컨테이너 최초 적재국 {right} 불일치. 통상 같음. 출처: 선사 이벤트. 확인 필요",
                   "Country of loading on paper {left}, the container was first loaded in {right}; usually the same. Source: carrier. To be checked."),
         usual=_HUB, strength=0.50, fact="way"),
    Rule("empty_pick_up", "route", "manifest", "carrier_event",
         where="strange_pick_up_country IS NOT NULL AND paper_loading_country IS NOT NULL", severe="false", mild="strange_load_country IS NULL",
         left="paper_loading_country", right="strange_pick_up_country",
         text=Text("서류상 적재국 {left} — 공컨테이너 인수국 {right} 불일치. 통상 같음. 출처: 선사 이벤트. 확인 필요",
                   "Country of loading on paper {left}, the empty container was picked up in {right}; usually the same. Source: carrier. To be checked."),
         usual=Text("인접국 공컨테이너 수급, 내륙 운송", "Empty containers from a neighbour, inland transport"), strength=0.25, fact="way"),
    Rule("words", "goods", "declaration", "declaration",
         where="declared_points_to IS NOT NULL AND declaration_no IS NOT NULL", severe="false",
         left="substr(goods_text, 1, 80)", right="declared_points_to", difference="hs6",
         text=Text("신고 품명 {left} — 통상 세번 {right}(6단위)로 신고되는 품명, 신고 세번 {difference} 불일치. 확인 필요",
                   "Goods declared {left}: words usually declared under HS {right}, here under {difference}. To be checked."),
         usual=Text("새 품목, 세트 물품, 품명의 넓은 표현", "New goods, sets, a broad description"), strength=0.25, fact="goods"),
    *(replace(_LINE, name=name, right_feed=feed, where=f"({_LINE.where}) AND transport_goods_feed = '{feed}'") for name, feed in (
        ("bill_line", "manifest"), ("bill_line_by_air", "air_waybill"), ("bill_line_by_progress", "cargo_progress"))),
    *of_papers(Rule("bill_words", "goods", "declaration", "manifest",
         where="shared_words = 0 AND transport_words > 0", severe="false",
               # Two names of one thing share no word either: nothing to stop goods for.
               mild="true",
         left="coalesce(substr(goods_text, 1, 80), items_text)", right="substr(transport_goods, 1, 80)",
         text=Text("신고 품명 {left} — 운송서류 품명 {right}, 공통 단어 없음. 확인 필요",
                   "Goods declared {left}, in the transport papers {right}: no word in common. To be checked."),
         usual=Text("동의어, 번역, 세트 물품, 포괄 품명", "Synonyms, translation, sets, a general description"), strength=0.10, fact="goods")),
    *of_papers(Rule("transport_line", "goods", "declaration", "air_waybill",
         where="strange_line IS NOT NULL", severe="duty_rate_percent < general_rate_percent",
         left="hs4", right="strange_line",
         text=Text("신고 세번 {left} — 운송서류 세번 {right} 불일치. 통상 같음. 확인 필요", "HS heading declared {left}, in the transport papers {right}; usually the same. To be checked."),
         usual=Text("판매자 세번, 세트 물품", "The seller's own code, sets"), strength=0.45, fact="goods")),
)
