"""What firms call their trade: the words that Korean and Chinese names end in, by their meaning, and one spelling of each in Latin letters.

A firm's papers translate these words and transliterate the rest, so that 한빛무역 and HANBIT TRADING are one name.
"""

# The longest that fits ends the name.
ENDINGS = {
    "인터내셔널": "INTERNATIONAL", "인터내쇼날": "INTERNATIONAL", "인더스트리": "INDUSTRY", "엔터프라이즈": "ENTERPRISE", "엔지니어링": "ENGINEERING",
    "트레이딩": "TRADING", "코퍼레이션": "", "컴퍼니": "", "로지스틱스": "LOGISTICS", "로지스": "LOGISTICS", "글로벌": "GLOBAL", "코리아": "KOREA",
    "테크놀로지": "TECHNOLOGY", "테크": "TECHNOLOGY", "푸드": "FOOD", "푸드시스템": "FOOD", "케미칼": "CHEMICAL", "일렉트로닉스": "ELECTRONICS",
    "무역": "TRADING", "교역": "COMMERCE", "통상": "INTERNATIONAL", "상사": "", "상회": "", "산업": "INDUSTRY", "실업": "INDUSTRY", "공업": "INDUSTRY",
    "유통": "DISTRIBUTION", "물산": "PRODUCT", "물류": "LOGISTICS", "해운": "SHIPPING", "항공": "AIR", "특송": "EXPRESS", "익스프레스": "EXPRESS",
    "전자": "ELECTRONICS", "전기": "ELECTRIC", "기계": "MACHINERY", "정밀": "PRECISION", "화학": "CHEMICAL", "금속": "METAL", "철강": "STEEL",
    "섬유": "TEXTILE", "식품": "FOOD", "제약": "PHARMACEUTICAL", "건설": "CONSTRUCTION", "개발": "DEVELOPMENT", "자동차": "MOTOR", "관세법인": "CUSTOMS",
    "관세사무소": "CUSTOMS", "그룹": "GROUP", "홀딩스": "HOLDING",
}
HAN = {
    "进出口": " IMPORT EXPORT ", "進出口": " IMPORT EXPORT ", "国际": " INTERNATIONAL ", "國際": " INTERNATIONAL ", "贸易": " TRADING ", "貿易": " TRADING ",
    "实业": " INDUSTRY ", "實業": " INDUSTRY ", "工业": " INDUSTRY ", "工業": " INDUSTRY ", "科技": " TECHNOLOGY ", "电子": " ELECTRONICS ", "電子": " ELECTRONICS ",
    "机械": " MACHINERY ", "機械": " MACHINERY ", "化工": " CHEMICAL ", "物流": " LOGISTICS ", "食品": " FOOD ", "纺织": " TEXTILE ", "商事": " ", "商贸": " TRADING ",
    "集团": " GROUP ", "集團": " GROUP ", "股份": " ", "控股": " HOLDING ", "公司": " ",
}
SPELLED = {
    "TRDG": "TRADING", "TRADE": "TRADING", "TRD": "TRADING", "INTL": "INTERNATIONAL", "INT": "INTERNATIONAL", "MFG": "MANUFACTURING", "MANUF": "MANUFACTURING",
    "INDUSTRIES": "INDUSTRY", "INDUSTRIAL": "INDUSTRY", "IND": "INDUSTRY", "PRODUCTS": "PRODUCT", "FOODS": "FOOD", "TECH": "TECHNOLOGY",
    "TECHNOLOGIES": "TECHNOLOGY", "LOGIS": "LOGISTICS", "LOGISTIC": "LOGISTICS", "CHEMICALS": "CHEMICAL", "ELECTRONIC": "ELECTRONICS", "ELEC": "ELECTRONICS",
    "TEXTILES": "TEXTILE", "IMP": "IMPORT", "EXP": "EXPORT", "EXPORTS": "EXPORT", "IMPORTS": "IMPORT", "COMMERCIAL": "COMMERCE", "ENTERPRISES": "ENTERPRISE",
    "HOLDINGS": "HOLDING", "DIST": "DISTRIBUTION", "DISTRIBUTORS": "DISTRIBUTION", "ENG": "ENGINEERING", "PHARM": "PHARMACEUTICAL", "MACH": "MACHINERY",
    "MACHINES": "MACHINERY", "WORK": "WORKS", "SUPPLIES": "SUPPLY", "COMMODITY": "COMMODITIES",
}
