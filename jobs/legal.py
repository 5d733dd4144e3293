"""The legal grounds that a decision rests on, in the words of the Customs Act, and what a trader may do against it."""

from lakehouse.text import Text
from models.select import Action

# Articles of the Customs Act (관세법).
GROUNDS: dict[str, Text] = {
    Action.DOCUMENTS: Text("관세법 제249조(신고사항의 보완)", "Customs Act, Article 249 (supplementing what was declared)"),
    Action.SCAN: Text("관세법 제246조(물품의 검사)", "Customs Act, Article 246 (inspection of goods)"),
    Action.OPEN: Text("관세법 제246조(물품의 검사)", "Customs Act, Article 246 (inspection of goods)"),
    "held": Text("관세법 제237조(통관의 보류)", "Customs Act, Article 237 (withholding of clearance)"),
    "released": Text("관세법 제248조(신고의 수리)", "Customs Act, Article 248 (acceptance of the declaration)"),
}
REMEDY = Text(
    "이 처분에 이의가 있는 때에는 처분을 안 날부터 90일 이내에 불복을 신청할 수 있음(관세법 제119조, 제121조).",
    "Who objects to this decision may apply for its review within 90 days of learning of it (Customs Act, Articles 119 and 121).")
