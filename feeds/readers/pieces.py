"""Messages as texts: a small one whole, a large one of lines in pieces, so that no file needs its size in memory."""

import codecs
from collections.abc import Iterator
from typing import Literal, NamedTuple

from feeds.feed import Bounds, RefusedError
from feeds.readers.decoding import decode, encoding_of
from feeds.readers.opening import Message

# How a form may be parted: not at all, between any two lines, or between rows under a heading that each piece repeats.
Parted = Literal["", "lines", "rows"]
_PIECE_CHARACTERS = 4_000_000
_HEAD_BYTES = 400
# A quoted cell may go on over some lines: so far back a line is sought at whose end none is open.
_LINES_BACK = 50
_SHOWN_BYTES = 4_000


class Piece(NamedTuple):
    """A text to read by itself, and how many lines of the message came before what it holds."""

    text: str
    lines_before: int = 0


class Unread(NamedTuple):
    """A message that cannot be taken: its bytes, or what it begins with, and why."""

    beginning: bytes
    refused: RefusedError
    is_whole: bool = True


def pieces(message: Message, parted: Parted, bounds: Bounds) -> Iterator[Piece | Unread]:
    """The texts of a message; where it cannot be taken, what it begins with and why, as the only one."""
    try:
        head = _up_to(message, _PIECE_CHARACTERS if parted else bounds.message_bytes)
        if head is not None:
            if not head:
                yield Unread(b"", RefusedError("file.empty"))
                return
            try:
                yield Piece(decode(head))
            except RefusedError as refused:
                yield Unread(head, refused)
        elif not parted:
            yield Unread(_beginning(message), RefusedError("record.bounds", f"a message of more than {bounds.message_bytes} bytes"), False)
        else:
            # What is refused is refused whole: a first reading finds out, and keeps nothing.
            for _ in _decoded(message):
                pass
            yield from _parts(message, parted, bounds)
    except RefusedError as refused:
        yield Unread(b"" if refused.code.startswith(("archive", "file")) else _beginning(message), refused, False)


def _up_to(message: Message, most: int) -> bytes | None:
    """The bytes of a message, None where they are more than so many."""
    blocks, size = [], 0
    for block in message.blocks():
        size += len(block)
        if size > most:
            return None
        blocks.append(block)
    return b"".join(blocks)


def _beginning(message: Message) -> bytes:
    """What a message begins with."""
    return next(message.blocks(), b"")[:_SHOWN_BYTES]


def _decoded(message: Message) -> Iterator[str]:
    """The text of a message in blocks; RefusedError where the bytes do not fit its encoding."""
    decoder = None
    for block in message.blocks():
        try:
            decoder = decoder or codecs.getincrementaldecoder(encoding_of(block[:_HEAD_BYTES]))()
            yield decoder.decode(block)
        except (UnicodeError, LookupError) as fault:
            raise RefusedError("text.encoding", str(fault)[:120]) from None
    if decoder:
        try:
            yield decoder.decode(b"", final=True)
        except UnicodeError as fault:
            raise RefusedError("text.encoding", str(fault)[:120]) from None


def _parts(message: Message, parted: Parted, bounds: Bounds) -> Iterator[Piece]:
    """Pieces that end where a line does; of a line beyond the bound of a record only as much as shows that it is."""
    heading, before, held = "", 0, ""
    skips = False
    for block in _decoded(message):
        text = block
        if skips:
            ended = text.find("\n")
            if ended < 0:
                continue
            text, skips = text[ended:], False
        held += text
        if len(held) < _PIECE_CHARACTERS:
            continue
        if parted == "rows" and not heading:
            heading = held[: held.find("\n") + 1]
        cut = _cut(held, parted)
        if cut:
            if held[:cut].strip():
                yield _piece(heading, held[:cut], before)
            before += held.count("\n", 0, cut)
            held = held[cut:]
        elif len(held) > bounds.record_bytes:
            held, skips = held[: bounds.record_bytes + 1], True
    if held.strip():
        yield _piece(heading, held, before)


def _cut(text: str, parted: Parted) -> int:
    """Where the last whole line ends, of rows one at whose end no quoted cell is open; 0 where no line does."""
    last = cut = text.rfind("\n") + 1
    if parted == "rows":
        for _ in range(_LINES_BACK):
            if not cut or text.count('"', 0, cut) % 2 == 0:
                return cut or last
            cut = text.rfind("\n", 0, cut - 1) + 1
    return last


def _piece(heading: str, text: str, before: int) -> Piece:
    return Piece(text, before) if not before else Piece(heading + text, before - bool(heading))
