"""Envelopes: the text of a message around one record, so that the record can be read again by itself."""

from collections.abc import Sequence

# What may mark the place of the record, the one meant for it first; sound text holds hardly any of them.
_MARKS = [chr(code) for code in (0xFFFC, *range(0xE000, 0xE100))]
# A manifest tells all containers of a ship around each of its thousand consignments.
_SHORT = 4_000
_ROOM = 64_000_000


def around(before: str, after: str = "") -> str | None:
    """What stands around a record: its first character marks, here and in the text, where the record stood; None where no mark is free."""
    mark = next((mark for mark in _MARKS if mark not in before and mark not in after), None)
    return f"{mark}{before}{mark}{after}" if mark else None


def within(envelope: str | None, raw: str) -> str:
    """A record's text put back into its envelope; a whole message has none."""
    if not envelope:
        return raw
    before, _, after = envelope[1:].partition(envelope[0])
    return before + raw + after


def is_company(envelope: str | None, raw: str) -> bool:
    """Whether a record that was read is part of the envelope: some are told there, so that the one within is read as it was."""
    return bool(envelope and raw and raw in envelope)


def kept(envelopes: Sequence[str | None], may_be_refused: Sequence[bool]) -> list[str | None]:
    """The envelopes to keep of a batch of records: short ones all, a long one where its record may be refused and there is room."""
    found, room = list(envelopes), _ROOM
    for at, envelope in enumerate(envelopes):
        if envelope and len(envelope) > _SHORT:
            room -= len(envelope) if may_be_refused[at] else 0
            if not may_be_refused[at] or room < 0:
                found[at] = None
    return found

