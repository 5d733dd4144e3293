"""Places of air waybills and bag tags, whose digits look like a phone's: by the place, not by the digits, they are told apart."""

import re

# An air waybill is 3 digits of the airline and 8 more, a bag tag or a courier's waybill 10. Today's mobiles begin with 010
# and have 11 digits: such a number is hidden wherever it stands. See docs/adr/0011-waybills-told-by-their-place.md.
_FORM = re.compile(r"(?!010)\d{3}[- ]?\d{4}[- ]?\d{4}|\d{10}")
_TAG = r"(?:[\w.\-]+:)?"
_COMMENTS = r"\s*(?:<!--[^<>]*-->\s*)*"
_BEFORE = {
    '"': re.compile(r'"(?:hawb_no|mawb_no|tracking_no|bag_tag|documentReferenceValue|reference|documentID)"\s*:\s*"$'),
    ">": re.compile(rf"<{_TAG}(?:hblNo|mblNo)>$"
                    rf"|<{_TAG}(?:TransportContractDocument|BusinessHeaderDocument)\b[^<>]*>{_COMMENTS}"
                    rf"(?:<(?P<tag>{_TAG}\w+)\b[^<>]*>[^<>]*</(?P=tag)>{_COMMENTS})*<{_TAG}ID\b[^<>]*>$"),
    ":": re.compile(r"\bRFF\+(?:BM|BH|MB|AWB|HWB|MWB) *: *$"),
    "+": re.compile(r"\bCNI\+\d* *\+$"),
}
_AFTER = {'"': re.compile(r'\s*"'), ">": re.compile(r"\s*</"), ":": re.compile(r"\s*['+:]"), "+": re.compile(r"\s*['+:]")}
_SUBJECT = re.compile(r'"subject"\s*:\s*\{([^{}]*)"ref"\s*:\s*"$')
_SUBJECT_KIND = re.compile(r'"kind"\s*:\s*"(?:parcel|baggage)"')
_REST_OF_OBJECT = re.compile(r"[^{}]{0,400}")
_WINDOW = 400


def is_waybill(found: re.Match[str]) -> bool:
    """Whether what looks like a phone is a whole value where a waybill's or a bag tag's number stands."""
    if not _FORM.fullmatch(found.group()):
        return False
    text, start, end = found.string, found.start(), found.end()
    before = text[max(0, start - _WINDOW):start].rstrip()
    mark = before[-1:]
    if mark not in _BEFORE or not _AFTER[mark].match(text, end):
        return False
    if _BEFORE[mark].search(before):
        return True
    subject = _SUBJECT.search(before) if mark == '"' else None
    rest = _REST_OF_OBJECT.match(text, end)
    return bool(subject and rest and _SUBJECT_KIND.search(subject[1] + rest[0]))
