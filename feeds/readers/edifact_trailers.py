"""What interchanges and messages tell wrong about themselves: counts, totals and references of their trailers."""

import re

from feeds.readers.edifact import Segment, at

_NUMBER = re.compile(r"[0-9]{1,9}\Z")
_TOTALS = {"16": ("equipment", "EQD"), "10": ("consignments", "CNI")}


def envelope_faults(unb: Segment, unz: Segment, tags: list[str]) -> list[str]:
    """What an interchange lacks or tells wrong about itself."""
    faults = [] if unb else ["unb"]
    if unz:
        faults += _differs("messages", at(unz, 1), tags.count("UNG") or tags.count("UNH"))
        faults += ["reference UNZ"] if unb and at(unz, 2) != at(unb, 5) else []
    return faults


def message_faults(unh: Segment, unt: Segment, tail: list[Segment], tags: list[str]) -> list[str]:
    """What a message tells wrong about itself."""
    faults = _differs("segments", at(unt, 1), len(tags))
    faults += ["reference UNT"] if at(unt, 2) != at(unh, 1) else []
    for total in tail:
        name, tag = _TOTALS.get(at(total, 1) or "", ("", ""))
        if name and tags.count(tag):
            faults += _differs(name, at(total, 1, 1), tags.count(tag))
    return faults


def _differs(name: str, told: str | None, found: int) -> list[str]:
    same = told is not None and _NUMBER.match(told) and int(told) == found
    return [] if same else [f"{name} {(told or '-')[:20]}/{found}"]
