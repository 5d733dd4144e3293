"""Feed `baggage`: bags of airlines, completed by the traveller's declaration (JSON Lines)."""

import re
from datetime import datetime
from typing import Any

from feeds.expressions import odd_year
from feeds.feed import Event, Feed
from feeds.readers import json_lines
from feeds.readers.json_objects import line_reader
from lakehouse.clock import KOREA
from lakehouse.field import Field, fields, string
from lakehouse.text import Text

_DIGITS = re.compile(r"\d{8}(\d{4}|\d{6})?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_UNIVERSAL = re.compile(r"\s*(?:UTC|GMT|Z)$")
_BLANK_BEFORE_OFFSET = re.compile(r"\s+(?=[+-]\d\d)")


FIELDS = fields(
    string("bag_tag", "bag_tag", "수하물표 번호", "Bag tag", required=True),
    string("flight", "flight", "편명", "Flight"),
    Field("arrived_at", "timestamp", Text("도착 시각", "When it arrived"), "arrived_at", required=True),
    Field("arrived_on", "date", Text("도착일(한국)", "Day of arrival, Korea time"), "arrived_at"),
    string("origin", "origin", "출발공항", "Airport of origin, IATA"),
    Field("weight_kg", "double", Text("중량(㎏)", "Weight, kg"), "weight_kg", strict=True, low=0, high=100),
    Field("declared", "boolean", Text("신고 여부", "Declared by the traveller"), "declared"),
    Field("declared_value_usd", "double", Text("신고금액(미화)", "Declared value, USD"), "declared_value_usd", strict=True, low=0, high=1e7),
    string("traveller_token", "traveller_token", "여행자 식별 토큰", "Token of the traveller"),
)


def korean_day(sent: str) -> str:
    """The day in Korea of a time as sent, yyyy-MM-dd; what cannot be read stays as it is."""
    text = sent.strip()
    if _DIGITS.fullmatch(text):
        return f"{text[:4]}-{text[4:6]}-{text[6:8]}"
    try:
        at = datetime.fromisoformat(_BLANK_BEFORE_OFFSET.sub("", _UNIVERSAL.sub("+00:00", text)))
        return (at.astimezone(KOREA) if at.tzinfo else at).date().isoformat()
    except (ValueError, OverflowError):
        return found[0] if (found := _DAY.match(text)) else text


def _finish(_: dict[str, Any], values: dict[str, Any]) -> str:
    values["arrived_on"] = korean_day(values["arrived_at"]) if values["arrived_at"] else None
    return ""


FEED = Feed(
    name="baggage",
    text=Text("여행자 수하물", "Baggage"),
    sender=Text("항공사", "Airline"),
    form="JSON Lines",
    key=("bag_tag", "arrived_on"),
    sent_by="nullif(regexp_extract(flight, '^([A-Z0-9]{2})[A-Z]?[0-9]', 1), '')",
    fields=FIELDS,
    read=line_reader(FIELDS, _finish),
    count=json_lines.count,
    parted="lines",
    findings=(
        ("bag_tag.form", "NOT bag_tag RLIKE '^([0-9]{10}|[0-9A-Z]{2,3}[0-9]{6})$'"),
        ("flight.form", "NOT flight RLIKE '^[A-Z0-9]{2}[A-Z]?[0-9]{1,4}[A-Z]?$'"),
        ("origin.unknown", "NOT origin RLIKE '^[A-Z]{3}$'"),
        ("arrived.year", odd_year("arrived_at")),
        ("arrived.future", "arrived_at > known_at"),
        ("weight.odd", "weight_kg = 0 OR weight_kg IS NULL"),
        ("declared.value", "NOT declared AND declared_value_usd > 0"),
    ),
    events=(
        Event("bag_arrived", "arrived_at", Text("수하물 도착 {flight} {origin} {weight} {said}", "Bag arrived {flight} {origin} {weight} {told}"), place="origin",
              uses=("flight=flight", "origin=origin", "weight=concat(format_number(weight_kg, 1), ' kg')",
                    "said=CASE declared WHEN true THEN '신고 있음' WHEN false THEN '신고 없음' END",
                    "told=CASE declared WHEN true THEN 'declared' WHEN false THEN 'not declared' END")),
    ),
)
