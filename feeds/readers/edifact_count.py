"""Records of EDIFACT text counted apart from its reader: what is released is blotted out, each segment becomes a letter."""

import re
from dataclasses import dataclass

from feeds.feed import Counter
from feeds.readers.edifact import BLANK, Separators, chunks, released

# An e-mail's stand-in may have taken the place of a tag and what follows it.
TAG = re.compile(r"[A-Z][A-Z0-9]{2}\Z|~E[a-z2-7]{16}\Z")


@dataclass(frozen=True)
class Form:
    """What a feed takes: message types, the tag that begins a record, and whether stowage places may lead its segments."""

    types: frozenset[str]
    start: str
    is_located: bool = False


def counter(form: Form) -> Counter:
    """A counter of records by the order of tags alone."""

    def count(text: str) -> int:
        runs = (run for body, separators in chunks(text) for run in re.findall("B?[^BZ]*Z|B[^BZ]*|[^BZ]+", _letters(body, separators, form)))
        return max(1, sum(map(_counted, runs)))

    return count


def _letters(body: str, separators: Separators, form: Form) -> str:
    marks = (separators.component, separators.element, separators.terminator)
    plain = body.translate(separators.lines)
    if separators.release:
        plain = released(separators.release).sub(next(mark for mark in "\x01\x05\x06\x07" if mark not in marks), plain)
    *ended, tail = plain.split(separators.terminator)
    told_by_tag: dict[str, str] = {}
    letters = [told_by_tag.get(part[:4]) or _letter(part.strip(BLANK), separators, form, told_by_tag) for part in ended]
    return "".join(letters) + ("!" if tail.strip(BLANK) else "")


def _letter(part: str, separators: Separators, form: Form, told_by_tag: dict[str, str]) -> str:
    """The letter of a segment, '' of a blank one; kept for all that begin alike where the tag alone tells it."""
    if not part:
        return ""
    tag, *rest = (element.partition(separators.component)[0].strip(BLANK) for element in part.split(separators.element))
    if tag == "UNH":
        return "H" if len(rest) > 1 and rest[1] in form.types else "h"
    if form.is_located and tag == "LOC":
        return "L" if rest and rest[0] == "147" else "s"
    known = {"UNB": "B", "UNZ": "Z", "UNG": "E", "UNE": "E", "UNT": "T", form.start: "G"}
    letter = known.get(tag) or ("s" if TAG.match(tag) else "x")
    if len(tag) == 3 and part[:4] in (tag + separators.element, tag + separators.component):
        told_by_tag[part[:4]] = letter
    return letter


def _counted(run: str) -> int:
    """Records of one interchange: one in all where it is cut, one a broken message, else its groups."""
    if run[0] == "B" and run[-1] != "Z":
        return 1
    units = re.findall("T|[^ET][^EHhT]*T?", run.strip("BZ"))
    return max(1, sum(max(1, unit.count("G")) if re.fullmatch("H[^GLxT]*(?:[GL].*)?T", unit) else 1 for unit in units))
