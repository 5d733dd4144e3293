"""Bytes to text: the encoding an XML prolog or a byte order mark names, else UTF-8; EUC-KR is read as CP949."""

import re

from feeds.feed import RefusedError

_PROLOG = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._\-]{1,40})[\"']", re.ASCII)
_PROLOG_TEXT = re.compile(r"^\s*<\?xml[^>]*\?>")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_KOREAN = {"euc-kr", "ks_c_5601-1987", "ksc5601", "ms949", "windows-949", "cp949", "euckr"}


def encoding_of(beginning: bytes) -> str:
    """The encoding that a message's first bytes name."""
    marked = next((name for mark, name in _BOMS if beginning.startswith(mark)), "")
    if marked:
        return marked
    found = _PROLOG.match(beginning)
    named = found.group(1).decode("ascii").lower() if found else "utf-8"
    return "cp949" if named in _KOREAN else named


def decode(message: bytes) -> str:
    """The text of a message without byte order mark; RefusedError where the bytes do not fit the encoding."""
    try:
        return message.decode(encoding_of(message[:400]))
    except (UnicodeDecodeError, LookupError) as fault:
        raise RefusedError("text.encoding", str(fault)[:120]) from None


def without_prolog(text: str) -> str:
    """XML text without its prolog: it is text by now, and the encoding named there no longer holds."""
    return _PROLOG_TEXT.sub("", text, count=1)


def lossless(message: bytes) -> str:
    """Bytes that could not be decoded, as text with a half character for each byte that is none."""
    return message.decode("utf-8", errors="surrogateescape")


def readable(text: str) -> str:
    """Lossless text for people: bytes that are no characters as escapes."""
    return text.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="backslashreplace")
