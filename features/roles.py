"""Roles: how much of a reason each reader is told. A reason teaches an officer what to check, and a trader nothing to hide."""

from collections.abc import Iterable
from enum import StrEnum

from features.catalogue import BY_NAME
from features.feature import Theme
from features.reasons import Reason
from lakehouse.text import Text


class Role(StrEnum):
    """Who reads."""

    OFFICER = "officer"
    TRADER = "trader"
    PARTNER = "partner"


_WHOLE = Text("신고 사항 전반", "The declaration as a whole")
# What a trader is told in a reason's place: which part of the papers is looked at, nothing of how it was found.
SUBJECTS: dict[Theme, Text] = {
    "value": Text("과세가격 신고 사항", "What was declared of the customs value"),
    "weight": Text("중량·포장 신고 사항", "What was declared of weight and packages"),
    "route": Text("원산지·운송 경로 신고 사항", "What was declared of origin and route"),
    "goods": Text("품명·세번 신고 사항", "What was declared of the goods and their HS code"),
    "party": _WHOLE,
    "documents": Text("신고서류 기재 사항", "What the papers say"),
    "timing": _WHOLE,
    "container": Text("중량·포장 신고 사항", "What was declared of weight and packages"),
    "tax": Text("세율·감면 신고 사항", "What was declared of rates and relief"),
    "contradiction": _WHOLE,
    "parcel": Text("물품가격·수량·중량 신고 사항", "What was declared of price, number and weight"),
    "identity": Text("수하인 신고 사항", "What was declared of the consignee"),
    "screening": _WHOLE,
    "baggage": Text("휴대품 신고 사항", "What the traveller declared"),
    "network": _WHOLE,
}


def told_to(role: Role, reasons: Iterable[Reason]) -> list[Text]:
    """The reasons as a role may read them: an officer all of them, a trader their subjects, a partner nothing."""
    if role == Role.PARTNER:
        return []
    if role == Role.OFFICER:
        return [Text(reason.ko, reason.en) for reason in reasons]
    themes = [BY_NAME[reason.features[0]].theme for reason in reasons if reason.direction == "raises" and reason.features[0] in BY_NAME]
    subjects = list(dict.fromkeys(SUBJECTS[theme] for theme in themes))
    return [subject for subject in subjects if subject != _WHOLE] or [_WHOLE]
