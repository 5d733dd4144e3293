"""UN/EDIFACT text to segments: service characters, escapes, line ends and blanks; scanned by whole strings, not by character."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

Segment = list[list[str]]
# What may stand around a segment and says nothing: white space, and marks that lines and old mainframes leave.
BLANK = " \t\r\n\v\f\0\x02\x03\x04\x1a\ufeff"
# The reserved place before the terminator is left out by some; some end segments with a line feed.
_UNA = re.compile(r"UNA(.)(.)(.)(.)(?:(.)(\S)|(\S)|(.)(\s))\s*(?=UN[BGH])", re.DOTALL)
_STARTS_LEVEL_B = re.compile(rf"[{BLANK}]*UN[BGH]\x1d")


@dataclass(frozen=True)
class Separators:
    """The service characters of an interchange; without release character nothing is released."""

    component: str = ":"
    element: str = "+"
    release: str = "?"
    terminator: str = "'"

    @property
    def lines(self) -> dict[int, None]:
        """Line ends that are no data, as a translation that drops them."""
        return {ord(end): None for end in "\r\n" if end != self.terminator}


# Told by the text itself, which begins with them.
LEVEL_B = Separators("\x1f", "\x1d", "", "\x1c")


class Sent(NamedTuple):
    """A segment as sent: its tag ('' where it does not end), its text without line ends, and its raw text."""

    tag: str
    text: str
    raw: str


def chunks(text: str) -> Iterator[tuple[str, Separators]]:
    """Parts of a text that share service characters: a new one begins at each UNA."""
    separators, start = LEVEL_B if _STARTS_LEVEL_B.match(text) else Separators(), 0
    for found in _UNA.finditer(text):
        if _begins(text, found.start(), separators.terminator):
            if text[start:found.start()].strip(BLANK):
                yield text[start:found.start()], separators
            start, separators = found.end(), _declared(found)
    if text[start:].strip(BLANK):
        yield text[start:], separators


def _begins(text: str, at: int, terminator: str) -> bool:
    """Whether a segment may begin there: at the start, or after a terminator and blanks."""
    window = text[max(0, at - 64):at]
    before = window.rstrip(BLANK)
    return not before or before.endswith(terminator) or terminator in window[len(before):]


def _declared(una: re.Match[str]) -> Separators:
    """Service characters as declared, the usual ones where the declaration makes no sense."""
    component, element, release, terminator = una[1], una[2], una[4], una[6] or una[7] or una[9]
    release = "" if release in BLANK else release
    marks = [component, element, terminator, *release]
    sound = len(set(marks)) == len(marks) and not any(mark.isalnum() for mark in marks) and not {component, element} & set(BLANK)
    return Separators(component, element, release, terminator) if sound else Separators()


def cut(text: str, mark: str, release: str, lines: dict[int, None] | None = None) -> list[str]:
    """The text split at each mark that is not released; whatever is escaped stays so."""
    parts = text.split(mark)
    if not release or not any(release + end in text for end in (mark, "\r", "\n")):
        return parts
    whole: list[str] = []
    held: list[str] = []
    for part in parts:
        held.append(part)
        bare = part.rstrip("\r\n") if lines else part
        if bare.endswith(release):
            bare = bare.translate(lines) if lines else bare
            if (len(bare) - len(bare.rstrip(release))) % 2:
                continue
        whole.append(mark.join(held) if len(held) > 1 else part)
        held = []
    return [*whole, mark.join(held)] if held else whole


@cache
def released(release: str) -> re.Pattern[str]:
    """A release character and what it releases."""
    return re.compile(re.escape(release) + "(.)", re.DOTALL)


def elements(text: str, separators: Separators) -> Segment:
    """A segment as its elements, each a list of components; the first is the tag, blanks around it left out."""
    release = separators.release
    if not release or release not in text:
        mark = separators.component
        found = [element.split(mark) if mark in element else [element] for element in text.split(separators.element)]
    else:
        plain = released(release)
        found = [[plain.sub(r"\1", component) if release in component else component for component in cut(element, separators.component, release)]
                 for element in cut(text, separators.element, release)]
    found[0][0] = found[0][0].strip(BLANK)
    return found


def sent(body: str, separators: Separators) -> list[Sent]:
    """The segments of a chunk, blank ones left out; a tag that holds a release character is none."""
    lines, found = separators.lines, []
    raws = cut(body, separators.terminator, separators.release, lines)
    # A tag of three and the mark behind it: what begins so has that tag.
    tags: dict[str, str] = {}
    for raw in raws:
        text = raw.strip(BLANK)
        if "\n" in text or "\r" in text:
            text = text.translate(lines).strip(BLANK)
        if text:
            tag = tags.get(text[:4])
            if tag is None:
                tag = _tag(text, separators)
                if text[:4] in (tag + separators.element, tag + separators.component):
                    tags[text[:4]] = tag
            found.append(Sent(tag, text, raw))
    if raws[-1].strip(BLANK):
        found[-1] = found[-1]._replace(tag="")
    return found


def _tag(text: str, separators: Separators) -> str:
    tag = text.partition(separators.element)[0].partition(separators.component)[0].strip(BLANK)
    return "?" if separators.release and separators.release in tag else tag


def segments(text: str) -> list[Segment]:
    """Every segment of a text, in order, split into elements and components."""
    return [elements(one.text, separators) for body, separators in chunks(text) for one in sent(body, separators)]


def at(segment: Segment, element: int, component: int = 0) -> str | None:
    """The value at a place of a segment, without blanks around it; None where there is none."""
    if element < len(segment) and component < len(found := segment[element]):
        return found[component].strip() or None
    return None
