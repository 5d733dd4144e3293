"""What befalls messages: changes to bytes, and to the segments, tags, keys and cells of each kind of form."""

import re
from collections.abc import Callable
from random import Random

# Draws, the message to change, and another good one of its form.
Change = Callable[[Random, bytes, bytes], bytes]
TOKENS = (b"\0", b"\xef\xbb\xbf", b"\xff\xfe", "\u200b\u202e".encode(), "\u2028\u0085".encode(), b"\x1a", b"\r", b"\n", b"\n\n", b"\x1c\x1d\x1f", b"\x1b[31m", b"\x80", b"\xc0\xaf", b"\xed\xa0\x80",
          b"\xf4\x90\x80\x80", "수입신고".encode("cp949"), "수입신고".encode(), "e\u0301\U0001f6a2".encode(), b'"', b"'", b"<", b"&", b"{", b"]", b"[N00]", b"\\", b",", b"<!--", b"-->", b"<![CDATA[",
          b"]]>", b"?>", b"<?x", b"%s%n", b"=cmd|' /C calc'!A0", b"P123456789012", b"a@b.example", b"../../etc/passwd")
NUMBERS = (b"9" * 400, b"-" + b"1" * 400 + b".5", b"NaN", b"Infinity", b"-Infinity", b"1e999", b"1e-999", b"9" * 19, b"-0", b"0x1F", b"1,5", b"1.2.3", "１２".encode(), "٣".encode(), b"00000000", b"20260230",
           b"99991231235959", b"00010101000000", b"2026-02-30T25:61:61Z", b"9999-12-31T23:59:59-18:00", b"0000-00-00", b"1e5", b"+7", b"")
ENCODINGS = (b"utf-7", b"utf-16", b"utf-32", b"EUC-KR", b"cp949", b"latin-1", b"idna", b"punycode", b"unicode_escape", b"raw_unicode_escape", b"undefined", b"hex", b"zlib", b"cp037", b"x-no", b"utf_8_sig", b"mbcs",
             b"iso-2022-kr", b"hz")
DTDS = (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd">', b'<!ENTITY x "y">', b"<!DOCTYPE html>", b"<! DOCTYPE a>", b"&x;", b"&#0;", b"&#xD800;", b"&#91;N00]",
        b'<?xml version="1.0"?>', b'<?xml version="1.1" encoding="utf-7"?>', b'<?xml-stylesheet href="x"?>')


def _slice(rng: Random, message: bytes) -> tuple[int, int]:
    """Where a part of the message begins and ends, mostly a short one."""
    start = rng.randrange(len(message) + 1)
    return start, min(len(message), start + rng.choice((0, 1, 2, 5, 20, 200, len(message))))


def _put(rng: Random, message: bytes, token: bytes) -> bytes:
    at = rng.randrange(len(message) + 1)
    return message[:at] + token + message[at:]


def flip(rng: Random, message: bytes, _: bytes) -> bytes:
    changed = bytearray(message)
    for _ in range(rng.randint(1, 8)):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def cut(rng: Random, message: bytes, _: bytes) -> bytes:
    start, end = _slice(rng, message)
    return rng.choice((message[:start], message[end:], message[:start] + message[end:]))


def repeat(rng: Random, message: bytes, _: bytes) -> bytes:
    start, end = _slice(rng, message)
    return message[:end] + message[start:end] * rng.choice((1, 1, 2, 30)) + message[end:]


def splice(rng: Random, message: bytes, other: bytes) -> bytes:
    return rng.choice((message + other, message + b"\n" + other, message[:_slice(rng, message)[0]] + other[_slice(rng, other)[0]:]))


def token(rng: Random, message: bytes, _: bytes) -> bytes:
    for _ in range(rng.randint(1, 3)):
        message = _put(rng, message, rng.choice(TOKENS))
    return message


def number(rng: Random, message: bytes, _: bytes) -> bytes:
    return _one(rng, rb"[0-9][0-9.,]*", message, lambda _: rng.choice(NUMBERS))


def marks(rng: Random, message: bytes, _: bytes) -> bytes:
    """Change quotes, separators and line ends, all of a kind or one of them."""
    old, new = rng.choice(((b"'", b'"'), (b'"', b"'"), (b'"', b""), (b",", b";"), (b",", b"\t"), (b"'", b"~"), (b"+", b"|"), (b":", b"="), (b"\n", b"\r"), (b"\n", b"\r\n"), (b"\n", b""), (b"?", b"??"), (b"'", b"?'"),
                           (b":", b"?"), (b'"', b'""'), (b"\\", b"\\\\"), (b"/", b"")))
    return message.replace(old, new) if rng.random() < 0.4 else _one(rng, re.escape(old), message, lambda _: new)


def recode(rng: Random, message: bytes, _: bytes) -> bytes:
    text = message.decode("utf-8", "replace")
    return text.encode(rng.choice(("cp949", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-7", "latin-1", "cp037", "utf-8")), "replace")


def prolog(rng: Random, message: bytes, _: bytes) -> bytes:
    named = b'<?xml version="1.0" encoding="' + rng.choice(ENCODINGS) + b'"?>'
    return named + re.sub(rb"^\s*<\?xml[^>]*\?>", b"", message, count=1)


def lines(rng: Random, message: bytes, _: bytes) -> bytes:
    return _parts(rng, message, rng.choice((b"\n", b"\n", b",")))


def _parts(rng: Random, message: bytes, mark: bytes) -> bytes:
    """Remove, repeat, swap, shuffle or empty some of the parts between marks."""
    parts = message.split(mark)
    one, other = rng.randrange(len(parts)), rng.randrange(len(parts))
    match rng.randrange(6):
        case 0:
            del parts[one]
        case 1:
            parts.insert(other, parts[one])
        case 2:
            parts[one], parts[other] = parts[other], parts[one]
        case 3:
            parts[one] = rng.choice((b"", b" ", b"\t\0", b'"'))
        case 4:
            rng.shuffle(parts)
        case _:
            parts[one] = cut(rng, parts[one], b"")
    return mark.join(parts)


def _one(rng: Random, pattern: bytes, message: bytes, made: Callable[[re.Match[bytes]], bytes]) -> bytes:
    """Replace one of the places where a pattern is found."""
    found = list(re.finditer(pattern, message, re.DOTALL))
    if not found:
        return message
    place = rng.choice(found)
    return message[:place.start()] + made(place) + message[place.end():]


def segments(rng: Random, message: bytes, _: bytes) -> bytes:
    return _parts(rng, message, rng.choice((b"'", b"'", b"'", b"+", b":")))


def edifact(rng: Random, message: bytes, other: bytes) -> bytes:
    """What befalls interchanges: service characters, releases, envelopes, totals, tags."""
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: rng.choice((b"UNA:+.? '", b"UNA:+.?'", b"UNA|*.! ~", b"UNA++++++", b"UNA:+,\\ \n", b"UNA")) + message,
        lambda: _put(rng, message, rng.choice((b"??'", b"?", b"?'", b"???'", b"?+", b"'", b"''", b"'\r\n'", b"UNA:+.? '", b"UNB+UNOA:2+A+B+260105:0930+1'", b"UNZ+1+1'", b"UNH+1+COARRI:D'", b"UNT+1+1'", b"UNG+X'", b"UNE+1'"))),
        lambda: re.sub(rb"UN[BZ][^']*'", b"", message, count=rng.choice((0, 1))),
        lambda: message + rng.choice((b"?", b"??", b"'", b"\x1a", b"junk", other)),
        lambda: _one(rng, rb"(UNT|UNZ|CNT)\+[^+']*", message, lambda found: found[1] + b"+" + rng.choice((b"0", b"-1", b"999999999999", b"x", b"16:9", b""))),
        lambda: _one(rng, rb"(?<=')[A-Z]{3}(?=\+)", message, lambda found: rng.choice((found[0].lower(), b"EQD", b"CNI", b"LOC", b"UNH", b"?QD", b"E D", "한".encode(), b""))),
        lambda: _one(rng, rb"(?<=')(EQD|CNI|LOC\+147)[^']*'", message, lambda found: found[0] * rng.choice((2, 50))),
        lambda: message.translate(bytes.maketrans(b"'+:", b"\x1c\x1d\x1f")),
    )
    return rng.choice(ways)()


def _told(rng: Random, message: bytes, dtd: bytes) -> bytes:
    """Put a declaration, a reference or a prolog where it does not belong."""
    return rng.choice((dtd + message, message + dtd, _one(rng, rb">", message, lambda _: b">" + dtd), re.sub(rb"\?>", b"?>" + dtd, message, count=1)))


def tags(rng: Random, message: bytes, _: bytes) -> bytes:
    """What befalls elements: removed, repeated, unclosed, renamed, nested, told in other words."""
    leaf, any_tag, whole = rb"<([\w:.-]+)[^<>]*>[^<>]*</\1>", rb"</?[\w:.-]+[^<>]*>", rb"<([\w:.-]+)[^<>]*>(?:(?!<\1[ >]).)*?</\1>"
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: _one(rng, rng.choice((leaf, any_tag, whole)), message, lambda _: b""),
        lambda: _one(rng, rng.choice((leaf, whole)), message, lambda found: found[0] * rng.choice((2, 3, 60))),
        lambda: _one(rng, rb"<(/?)([\w:.-]+)", message, lambda found: b"<" + found[1] + rng.choice((b"x", b"INDIVIDUAL", b"q:ID", b"1", b"", found[2].lower(), found[2] + b"x", b"cargCsclPrgsInfoQryVo"))),
        lambda: _one(rng, leaf, message, lambda found: b"<a>" * (depth := rng.choice((1, 60, 64, 70, 300))) + found[0] + b"</a>" * depth),
        lambda: _one(rng, leaf, message, lambda found: rng.choice((b"<!--" + found[0] + b"-->", b"<![CDATA[" + found[0] + b"]]>", b"<?pi " + found[0] + b"?>", b"<b " + found[0] + b"/>"))),
        lambda: _one(rng, rb'="[^"]*"', message, lambda found: rng.choice((b"=''", b"", b"=x", found[0][:-1], b'="urn:other"', b'="&lt;"', b'="\n\t"', b'="' + b"z" * 3000 + b'"'))),
        lambda: re.sub(rb'(xmlns[:\w]*)="[^"]*"', rb'\1="' + rng.choice((b"urn:other", b"", b"iata:waybill:1", b"iata:housewaybill:2.0")) + b'"', message, count=rng.choice((0, 1))),
        lambda: _told(rng, message, rng.choice(DTDS)),
        lambda: _told(rng, message, rng.choice(DTDS)),
        lambda: _one(rng, rb"(?<=>)[^<>]*(?=<)", message, lambda _: rng.choice((b"", b" ", b"-1", b"0", b"[N00]", b"x" * 5000, b"\n\t", b"&lt;INDIVIDUAL&gt;", b"&nbsp;", *NUMBERS))),
        lambda: _one(rng, leaf, message, lambda found: b'<x:' + found[1] + b' xmlns:x="u"/>'),
        lambda: b"\xef\xbb\xbf" + message if rng.random() < 0.5 else b"\n \t" + message,
    )
    return rng.choice(ways)()


def keys(rng: Random, message: bytes, _: bytes) -> bytes:
    """What befalls JSON: names twice, removed or swapped, values of another kind, brackets too many or too few."""
    scalar = rb'"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|true|false|null'
    values = (b"NaN", b"-Infinity", b"null", b"{}", b"[]", b'""', b'" "', b"true", b'"\\ud800"', b'"\\u0000"', b'"\\x"', b"'x'", b"1e400", b"01", b'"' + b"y" * 4000 + b'"', b"[" * 80 + b"]" * 80,
              b"{" + b'"a":{' * 100 + b"}" * 101, b"[" * 5000, b'[{"a":[1,{"b":null}]}]', b"undefined", *NUMBERS)
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: _one(rng, rb'"\w+"\s*:\s*(?:' + scalar + rb")\s*,?", message, lambda _: b""),
        lambda: _one(rng, rb'"\w+"\s*:\s*(?:' + scalar + rb")", message, lambda found: found[0] + b"," + found[0]),
        lambda: _one(rng, rb"(:\s*)(?:" + scalar + rb")", message, lambda found: found[1] + rng.choice(values)),
        lambda: _one(rng, rb"(:\s*)(?:" + scalar + rb")", message, lambda found: found[1] + rng.choice(values)),
        lambda: _one(rng, rb'"(\w+)"(?=\s*:)', message, lambda found: rng.choice((b'"events"', b'"eventID"', b'"\\u0065vents"', b'"' + found[1].upper() + b'"', found[1], b"1", b'""', b'"\\udfff"'))),
        lambda: _one(rng, rb"[][{}]", message, lambda found: rng.choice((b"", found[0] * 2, b"[", b"]", b"{", b"}", found[0] + b",", b"," + found[0]))),
        lambda: rng.choice((b"[" + message + b"]", b'{"events":' + message + b"}", b'{"errors":[{"message":' + message + b"}]}", message.strip() + b"}", b"\xef\xbb\xbf" + message, message.replace(b"\n", b" "))),
        lambda: _one(rng, rb",\s*", message, lambda found: rng.choice((b"", b",,", b"\n", b", // x\n", b";", found[0] + b"\n"))),
    )
    return rng.choice(ways)()


def cells(rng: Random, message: bytes, _: bytes) -> bytes:
    """What befalls rows: cells more or fewer, quotes that open and never close, headings changed or twice."""
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: _parts(rng, message, b","),
        lambda: _one(rng, rb"(?<=[,\n])[^,\n]*", message, lambda found: rng.choice((b'"' + found[0], found[0] + b'"', b'"' + found[0].replace(b'"', b"") + b'"', b'""', b'"""', b'"a\nb', b'"' + found[0] + b'"x', b" " + found[0]))),
        lambda: _one(rng, rb"\A[^\n]*", message, lambda found: _parts(rng, found[0], b",")),
        lambda: _one(rng, rb"\A[^\n]*", message, lambda found: rng.choice((b"", b"\xef\xbb\xbf" + found[0], found[0].upper(), found[0] + b"," + found[0], b'"' + found[0], found[0] + b"\n" + found[0], b"\n" + found[0], found[0].replace(b",", b";")))),
        lambda: _put(rng, message, rng.choice((b'"', b'""', b'\n"', b',"', b'",', b'"\n', b"\n,,,\n", b"\r", b"\n" * 25, b'"' + b"\n" * 25))),
        lambda: _one(rng, rb"\n[^\n]*", message, lambda found: found[0] * rng.choice((2, 30))),
        lambda: message + rng.choice((b"x", b"\x1a", b",", b'"', b'1,"', b"\n\n\n", b"\n \n")),
    )
    return rng.choice(ways)()


COMMON: tuple[Change, ...] = (flip, cut, repeat, splice, token, number, marks, recode, prolog)
OWN: dict[str, tuple[Change, ...]] = {"edifact": (segments, edifact, edifact), "xml": (tags, tags, tags, lines), "json": (keys, keys, keys, lines), "lines": (keys, keys, lines), "csv": (cells, cells, lines)}


def changed(rng: Random, kind: str, message: bytes, other: bytes) -> bytes:
    """The message after one to three changes, its form's own as likely as those of all."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        change = rng.choice(OWN[kind] if rng.random() < 0.5 else COMMON)
        message = change(rng, message, other)
    return message
