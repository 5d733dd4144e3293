"""Bytes to text: the encoding that a byte order mark, zeros or an XML prolog tell, else UTF-8; EUC-KR is read as CP949."""

import codecs
import re

from feeds.feed import RefusedError

_PROLOG = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._\-]{1,40})[\"']", re.ASCII)
_PROLOG_TEXT = re.compile(r"^\s*<\?xml[^>]*\?>")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# Which of the first bytes are zero in ASCII of wider characters.
_ZEROS: dict[tuple[int, ...], str] = {(0, 1, 0, 1): "utf-16-le", (1, 0, 1, 0): "utf-16-be", (0, 1, 1, 1): "utf-32-le", (1, 1, 1, 0): "utf-32-be"}
_KOREAN = {"euc-kr", "euckr", "cseuckr", "ks-c-5601-1987", "ks-c-5601-1989", "ks-c-5601", "ksc5601", "ksc-5601", "ms949", "uhc", "windows-949", "x-windows-949", "cp949"}
# Codecs that no message is sent in: some take forever over a long text, some give half characters or hide a DTD.
_UNFIT = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"})


def _marked(message: bytes) -> str:
    """The encoding that the first bytes tell by a mark or by their zeros, '' where they tell none."""
    marked = (encoding for mark, encoding in _MARKS if message.startswith(mark))
    return next(marked, "") or _ZEROS.get(tuple(int(not byte) for byte in message[:4]), "")


def _named(message: bytes) -> str:
    """The encoding that an XML prolog names, else UTF-8; LookupError where the prolog itself cannot be in it."""
    found = _PROLOG.match(message[:400])
    encoding = found.group(1).decode("ascii").lower() if found else "utf-8"
    encoding = "cp949" if encoding.replace("_", "-") in _KOREAN else encoding
    if codecs.lookup(encoding).name in _UNFIT or b"<?xml".decode(encoding) != "<?xml":
        raise LookupError(f"{encoding} is not taken")
    return encoding


def encoding_of(beginning: bytes) -> str:
    """The encoding that a message's first bytes tell; LookupError where it is none that is taken."""
    return _marked(beginning) or _named(beginning)


def decode(message: bytes) -> str:
    """The text of a message without byte order mark; RefusedError where the bytes do not fit the encoding."""
    try:
        return message.decode(encoding_of(message[:400]))
    except (UnicodeError, LookupError) as fault:
        raise RefusedError("text.encoding", str(fault)[:120]) from None


def without_prolog(text: str) -> str:
    """XML text without its prolog: it is text by now, and the encoding named there no longer holds."""
    return _PROLOG_TEXT.sub("", text, count=1)


def lossless(message: bytes) -> str:
    """Bytes that could not be decoded, as text with a half character for each byte that is none."""
    return message.decode(_marked(message) or "utf-8", errors="surrogateescape" if not _marked(message) else "backslashreplace")


def readable(text: str) -> str:
    """Lossless text for people: bytes that are no characters as escapes."""
    return text.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="backslashreplace")
