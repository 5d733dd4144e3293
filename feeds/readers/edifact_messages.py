"""EDIFACT messages to records: one a group of segments, one in all where a message or its envelope is broken."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from itertools import takewhile
from typing import Any, NamedTuple

from feeds.feed import Bounds, Reader, Record, Refusal, RefusedError
from feeds.readers.edifact import BLANK, Segment, Sent, Separators, chunks, cut, elements, sent
from feeds.readers.edifact_count import TAG, Form
from feeds.readers.edifact_envelope import Wrapping
from feeds.readers.edifact_trailers import envelope_faults, message_faults
from lakehouse.text import Text

REFUSALS = (
    Refusal("edifact.malformed", Text("EDIFACT 전자문서가 아닙니다.", "This is no EDIFACT text.")),
    Refusal("edifact.cut", Text("전자문서가 잘렸거나 봉투가 맞지 않습니다: {detail}", "The message or its envelope is cut: {detail}")),
    Refusal("edifact.form", Text("이 자료에서 받지 않는 전자문서입니다: {detail}", "The message is of a type not taken here: {detail}")),
    Refusal("edifact.segment", Text("세그먼트를 읽을 수 없습니다: {detail}", "A segment cannot be read: {detail}")),
    Refusal("edifact.none", Text("전자문서에 내역이 없습니다: {detail}", "The message holds nothing to take: {detail}")),
)


class Group(NamedTuple):
    """The segments that make one record, their raw text and what they say; `fault` says why they cannot be read."""

    segments: list[Segment]
    raw: str
    said: str = ""
    fault: tuple[str, str] | None = None
    envelope: str | None = ""


@dataclass(frozen=True)
class Message:
    """One whole message: envelope, what stands before its groups, the groups, what stands after, and what does not add up."""

    unb: Segment
    header: list[Segment]
    groups: list[Group]
    tail: list[Segment]
    faults: list[str]


Head = Callable[[Message], dict[str, Any]]
Take = Callable[[dict[str, Any], Message, Group], dict[str, Any]]


def reader(form: Form, head: Head, take: Take) -> Reader:
    """A reader of messages of a form: `head` gives what the records of a message share, `take` the values of each."""

    def read(text: str, bounds: Bounds) -> Iterator[Record]:
        reading = _Reading(form, head, take, bounds)
        records: list[Record] = []
        for body, separators in chunks(text):
            for run in _runs(sent(body, separators)):
                records += reading.interchange(run, separators)
        if not records or (len(records) == 1 and "UNH" not in text and "UNB" not in text):
            records = [Record("", text[:bounds.record_bytes], None, refusal="edifact.malformed")]
        # A lone refusal is the whole text's.
        yield from [replace(records[0], position="")] if len(records) == 1 and records[0].refusal else records

    return read


def _runs(found: list[Sent]) -> Iterator[list[Sent]]:
    """Interchanges: each from its UNB, or from the end of the one before, to its UNZ."""
    start = 0
    for place, one in enumerate(found):
        if one.tag == "UNB" and place > start:
            yield found[start:place]
            start = place
        elif one.tag == "UNZ":
            yield found[start:place + 1]
            start = place + 1
    if found[start:]:
        yield found[start:]


def _units(run: list[Sent]) -> Iterator[list[Sent]]:
    """Messages of an interchange, whole or broken: what stands outside of messages is a broken one."""
    unit: list[Sent] = []
    for one in run:
        if unit and one.tag in ("UNH", "UNG", "UNE"):
            yield unit
            unit = []
        if one.tag not in ("UNG", "UNE"):
            unit.append(one)
        if one.tag == "UNT":
            yield unit
            unit = []
    if unit:
        yield unit


@dataclass
class _Reading:
    """The reading of one text: what to take, within which bounds, and how many interchanges and messages came so far."""

    form: Form
    head: Head
    take: Take
    bounds: Bounds
    interchanges: int = 0
    messages: int = 0

    def interchange(self, run: list[Sent], separators: Separators) -> Iterator[Record]:
        """The records of one interchange, or the refusal of it as a whole."""
        self.interchanges += 1
        opened, closed = run[0].tag == "UNB", run[-1].tag == "UNZ"
        units = list(_units(run[opened:len(run) - closed]))
        if (opened and not closed) or not units:
            fault = RefusedError("edifact.cut", "UNB, no UNZ") if opened and not closed else RefusedError("edifact.none", "no message")
            yield self._refused(f"interchange {self.interchanges}", run, separators, fault, Wrapping(separators).of_text())
            return
        wrapping = Wrapping(separators, tuple(run[:opened]), tuple(run[-1:]) if opened and closed else ())
        unb = _read(run[0], separators) if opened else []
        unz = elements(run[-1].text, separators) if closed else []
        faults = envelope_faults(unb, unz, [one.tag for one in run])
        for unit in units:
            self.messages += 1
            try:
                yield from self._records(self._message(unit, wrapping, unb, faults))
            except RefusedError as refused:
                yield self._refused(f"message {self.messages}", unit, separators, refused, wrapping.of_message())

    def _refused(self, position: str, run: list[Sent], separators: Separators, fault: RefusedError, envelope: str | None) -> Record:
        raw = _raw(run, separators)[:self.bounds.record_bytes]
        return Record(position, raw, None, refusal=fault.code, detail=fault.detail, envelope=envelope)

    def _message(self, unit: list[Sent], wrapping: Wrapping, unb: Segment, faults: list[str]) -> Message:
        """The unit as a message; RefusedError where it is cut, of another type, unreadable before its groups, or without any."""
        separators = wrapping.separators
        if unit[0].tag != "UNH" or unit[-1].tag != "UNT":
            raise RefusedError("edifact.cut", f"{unit[0].text[:40]} … {unit[-1].text[:40]}")
        kind = _first(unit[0].text, 2, separators)
        if kind not in self.form.types:
            raise RefusedError("edifact.form", kind[:40] or "?")
        ahead = list(takewhile(lambda one: not self._begins(one, separators), unit))
        odd = next((one for one in ahead if not TAG.match(one.tag)), None)
        if odd:
            raise RefusedError("edifact.segment", odd.text[:80])
        body = unit[len(ahead):-1]
        behind = len(list(takewhile(lambda one: one.tag in ("CNT", "AUT"), reversed(body))))
        body, tail = body[:len(body) - behind], body[len(body) - behind:]
        if not any(one.tag == self.form.start for one in body):
            raise RefusedError("edifact.none", f"no {self.form.start}")
        sizes, parts = [len(one.text) for one in (*ahead, *tail)], list(self._groups(body, separators))
        # What is told once is kept with every record.
        too_long = sum(sizes) > self.bounds.record_bytes or max(sizes) * len(parts) > 10 * self.bounds.record_bytes
        groups = [self._group(part, separators, too_long or not is_whole) for part, is_whole in parts]
        start = (*((f"LOC{separators.element}147",) if self._leads(body[0], separators) else ()), self.form.start)
        envelopes = wrapping.of_groups(start, ahead, [group.segments for group in groups], (*tail, unit[-1]))
        groups = [group._replace(envelope=envelope) for group, envelope in zip(groups, envelopes, strict=True)]
        header, after = ([_read(one, separators) for one in part] for part in (ahead, tail))
        told = message_faults(header[0], elements(unit[-1].text, separators), after, [one.tag for one in unit])
        return Message(unb, header, groups, after, [*faults, *told][:20])

    def _begins(self, one: Sent, separators: Separators) -> bool:
        return one.tag == self.form.start or self._leads(one, separators)

    def _leads(self, one: Sent, separators: Separators) -> bool:
        """Whether a stowage place begins, which is told before its container."""
        return self.form.is_located and one.tag == "LOC" and _first(one.text, 1, separators) == "147"

    def _groups(self, body: list[Sent], separators: Separators) -> Iterator[tuple[list[Sent], bool]]:
        """The segments of each record, and whether they are all: a place that leads is told with each container in it, up to a field's bound."""
        leads, is_whole, room = self._leads(body[0], separators), True, self.bounds.field_bytes
        lead: list[Sent] = []
        own: list[Sent] = []
        for one in body:
            starts, is_lead = one.tag == self.form.start, leads and self._leads(one, separators)
            if own and (starts or is_lead):
                yield lead + own, is_whole
                room -= sum(len(told.text) for told in lead) if starts else 0
                is_whole = is_lead or (is_whole and room >= 0)
                lead, own = (lead if starts and is_whole else []), []
            elif is_lead:
                lead = []
            (own if own or starts else lead).append(one)
        if own:
            yield lead + own, is_whole

    def _group(self, group: list[Sent], separators: Separators, too_long: bool) -> Group:
        raw = _raw(group, separators)
        odd = next((one.text for one in group if not _is_tag(one.tag)), None)
        fault = ("edifact.segment", odd[:80]) if odd is not None else None
        if too_long or len(raw) > self.bounds.record_bytes:
            fault = ("record.bounds", f"{len(raw)} characters, {self.bounds.record_bytes} allowed")
        elif len(raw) > self.bounds.field_bytes and max(len(one.text) for one in group) > self.bounds.field_bytes:
            fault = ("record.bounds", f"a segment of more than {self.bounds.field_bytes} characters")
        if fault:
            return Group([], raw[:self.bounds.record_bytes], fault=fault)
        segments = [_read(one, separators) for one in group]
        return Group(segments, raw, "\x1c".join([_told(one.text, segment, separators) for one, segment in zip(group, segments, strict=True)]))

    def _records(self, message: Message) -> Iterator[Record]:
        shared = self.head(message)
        around = "\x1c".join(map(_said, (message.unb, *message.header, *message.tail)))
        around = sha256(around.encode("utf-8", "surrogatepass")).hexdigest()
        for number, group in enumerate(message.groups, 1):
            position = f"message {self.messages} {self.form.start} {number}"
            if group.fault:
                yield Record(position, group.raw, None, refusal=group.fault[0], detail=group.fault[1], envelope=group.envelope)
            else:
                content = sha256(f"{around}\x1c{group.said}".encode("utf-8", "surrogatepass")).hexdigest()
                yield Record(position, group.raw, self.take(shared, message, group), (content,), envelope=group.envelope)


def _raw(run: list[Sent], separators: Separators) -> str:
    ended = separators.terminator if run[-1].tag else ""
    return (separators.terminator.join(one.raw for one in run) + ended).strip(BLANK)


def _first(text: str, element: int, separators: Separators) -> str:
    """The first component of an element, still escaped."""
    found = cut(text, separators.element, separators.release)
    return cut(found[element], separators.component, separators.release)[0].strip(BLANK) if len(found) > element else ""


def _read(one: Sent, separators: Separators) -> Segment:
    """A segment as its elements, its tag without what stands around it."""
    found = elements(one.text, separators)
    found[0][0] = one.tag
    return found


@lru_cache(4096)
def _is_tag(tag: str) -> bool:
    return bool(TAG.match(tag))


def _said(segment: Segment) -> str:
    """What a segment says: service characters, blanks around values and empty places at an end aside."""
    return "\x1d".join([
        element[0].strip() if len(element) == 1 else "\x1f".join([value.strip() for value in element]).rstrip("\x1f") for element in segment
    ]).rstrip("\x1d")


def _told(text: str, segment: Segment, separators: Separators) -> str:
    """What a segment says, taken from its text where that holds no blank, nothing released and no empty place at an end."""
    component, element, release = separators.component, separators.element, separators.release
    if (" " in text or not release or release in text or text[-1] in (component, element) or component + element in text
            or not text.isprintable()):
        return _said(segment)
    return text.replace(component, "\x1f").replace(element, "\x1d")
