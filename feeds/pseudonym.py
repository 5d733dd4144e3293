"""Personal codes, phones and e-mails leave the raw text before anything is written: keyed pseudonyms by pattern."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any

from feeds.disguises import is_edifact, narrowed, spelled_out, uncovered
from feeds.waybill_places import is_waybill
from lakehouse.settings import Settings

# What people write between the digits of a phone, and hyphens of other alphabets.
_HYPHEN = "\u2010-\u2015\u2212\uff0d"
_GAP = rf"[-. )\u00a0{_HYPHEN}]"
# What follows the trunk 0, or +82 or 0082. 010 begins every mobile in service, so its digits may be parted in any way.
_KOREAN = (rf"(?:10{_GAP}{{0,3}}\d{{3,4}}{_GAP}{{0,3}}\d{{4}}|1[16789](?:\d{{7,8}}|{_GAP}{{1,3}}\d{{3,4}}{_GAP}{{1,3}}\d{{4}})"
           rf"|(?:2|[3-6][1-5]|70|50\d?){_GAP}{{1,3}}\d{{3,4}}{_GAP}{{1,3}}\d{{4}})")
_AFTER_82 = rf"{_GAP}{{0,2}}(?:\(?0{_GAP}{{0,2}})?{_KOREAN}"
_ABROAD = rf"\d{{1,3}}(?:[- .]?\d{{6,12}}|(?={_GAP}?(?:\(?\d{_GAP}{{0,2}}){{7}}){_GAP}{{1,2}}\(?\d{{1,4}}(?:{_GAP}{{1,2}}\d{{2,8}}){{1,5}})"
_LETTERS = "PpMSRODGmsrodg"
# What goes on for less than seven characters is none of them: most numbers are passed by so.
_GOES_ON = rf"(?=[\dA-Za-z(.) \-\u00a0{_HYPHEN}]{{7}})"


def _codes(apart: Callable[[int], str], skipped: str) -> re.Pattern[str]:
    """The codes of people; `apart` refuses to begin within a word or a number, told how many characters of the code were read; `skipped` digits early.

    A search for digits and plus signs skips most of a text: a code that a letter leads is found by its first digit, and the parts
    go by what stands there. Firms' codes fit none of them. Of two plus signs the second parts elements of EDIFACT.
    """
    return re.compile(
        rf"[0-9+]{skipped}{_GOES_ON}(?:{apart(1)}(?:(?<=\d)(?=\d)(?:"
        rf"(?P<resident>\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?: ?[-{_HYPHEN}] ?)?[1-8]\d{{6}}(?![0-9A-Za-z]))"
        rf"|(?P<phone>(?<![.].)(?:(?<=0)(?:{_KOREAN}|082{_AFTER_82})|\d{{2}}[-{_HYPHEN}]\d{{3,4}}[-{_HYPHEN}]\d{{4}})(?![0-9A-Za-z])))"
        rf"|(?<=\+)(?<!\+\+)(?<![.].)(?P<phone_abroad>(?:82{_AFTER_82}|{_ABROAD})(?![0-9A-Za-z])))"
        rf"|(?<=[{_LETTERS}]\d){apart(2)}(?:(?P<customs>(?<=[Pp].)\d{{11}}(?!\d))"
        r"|(?P<passport>(?:\d{2}[A-Za-z]\d{4}|(?<=[MSR].)\d{7})(?![0-9A-Za-z])))"
        rf"|(?<=[Pp][- ]\d){apart(3)}(?P<customs_parted>\d{{11}}(?!\d)))")


_LED_BY = {"customs": 1, "passport": 1, "customs_parted": 2}
# Most digits are no first ones: one look behind them tells it.
_BARE = _codes(lambda read: rf"(?<![0-9A-Za-z].{{{read}}})", skipped="(?<![0-9].)")
# In JSON the letters and digits of an escape are no word that goes on, and none that begins.
_IN_JSON = _codes(lambda read: rf"(?<!\\r.{{{read - 1}}})(?:(?<![0-9A-Za-z].{{{read}}})|(?<=\\[bfnrt].{{{read}}})|(?<=\\u[0-9A-Fa-f]{{4}}.{{{read}}}))",
                  skipped=r"(?:(?<![0-9].)|(?<=\\u[0-9A-Fa-f]{4}.))")
# Looked for from the mark: most text before one is no mailbox.
_LABEL, _OTHER_LABEL = r"[A-Za-z0-9\-]{1,63}", r"[A-Za-z0-9\-\u0080-\uffff]{1,63}"
# A domain in letters of another alphabet begins with one: what follows a plain domain is the next word, in Korean without a blank.
_MAIL_DOMAINS = tuple((mark, re.compile(
    rf"{mark}(?:{_LABEL}(?:\.{_LABEL}){{0,5}}|(?=[\u0080-\uffff]){_OTHER_LABEL}(?:\.{_OTHER_LABEL}){{0,5}})")) for mark in ("@", "%40"))
# Read backwards from the mark, which may begin the next line. In EDIFACT a plus sign parts elements unless it is released.
_MAILBOX = re.compile(r"\n?[A-Za-z0-9._%+\-]{1,64}")
_EDIFACT_MAILBOX = re.compile(r"\n?(?:[A-Za-z0-9._%\-]|\+\?){1,64}")
_ESCAPED = re.compile(r"u[0-9A-Fa-f]{4}|[bfnrt]")
# Where a form keeps a phone, one of any country and without any mark is told by its place; looked for where the mark is there.
_NUMBER = r"(?P<phone>[+(]?\d[0-9 ().\-/]{5,22}\d)"
_PLACES = tuple((mark, re.compile(pattern)) for mark, pattern in (
    ('"phone"', rf'(?P<before>"phone"\s*:\s*"\s*){_NUMBER}(?=\s*")'),
    ("CompleteNumber>", rf"(?P<before>CompleteNumber>\s*){_NUMBER}(?=\s*</)"),
    (">TE<", rf"(?P<before>>TE</(?:[\w.\-]+:)?TypeID>\s*<(?:[\w.\-]+:)?ID>\s*){_NUMBER}(?=\s*</)"),
    (">CT<", r"(?P<before>>CT</(?:[\w.\-]+:)?ContentCode>\s*<(?:[\w.\-]+:)?Content>\s*)(?P<phone>[+(]?\d[^<>\n]{4,40}?)(?=\s*</)"),
    ("COM+", rf"(?P<before>COM\+\??){_NUMBER}(?=:(?:TE|FX|AL)\b)"),
))
_TRUNK, _MARKS = re.compile(r"^(?:\+|00)82[^0-9]*0?"), re.compile(r"[^0-9A-Za-z]")
# Base 32 of RFC 4648, two characters for each ten bits.
_PAIRS = [first + second for first in "abcdefghijklmnopqrstuvwxyz234567" for second in "abcdefghijklmnopqrstuvwxyz234567"]
_LETTER = {"email": "E", "customs": "P", "resident": "R", "passport": "T", "phone": "H"}
_FORM = re.compile(rf"~([{''.join(_LETTER.values())}])([a-z2-7]{{16}})", re.IGNORECASE)


@dataclass(frozen=True)
class Personal:
    """A personal value as it was sent, and its kind; its text is kept out of whatever prints it."""

    kind: str
    value: str = field(repr=False)


@dataclass(frozen=True)
class Hidden:
    """A text without its personal values, and those by the pseudonyms that stand for them."""

    text: str
    values: dict[str, Personal] = field(repr=False)


def pseudonym_key(settings: Settings) -> str:
    """The key of the pseudonyms, a public one where none is given."""
    return str(settings["pseudonym.key"] or "haechi-development")


def pseudonym(key: str, kind: str, value: str) -> str:
    """The stable stand-in of a personal value under a key, however it is written: a letter of its kind and 16 characters."""
    inner, outer = (half.copy() for half in _halves(key))
    inner.update(f"{kind}:{_plain(kind, value)}".encode(errors="surrogatepass"))
    outer.update(inner.digest())
    number = int.from_bytes(outer.digest()[:10], "big")
    return f"~{_LETTER[kind]}" + "".join([_PAIRS[number >> place & 1023] for place in range(70, -1, -10)])


@lru_cache(8)
def _halves(key: str) -> tuple[Any, Any]:
    """HMAC-SHA-256 (RFC 2104) as far as the key alone goes: both halves are copied for each value, which costs a third of a new one."""
    block = (key.encode() if len(key.encode()) <= 64 else sha256(key.encode()).digest()).ljust(64, b"\0")
    return sha256(bytes(byte ^ 0x36 for byte in block)), sha256(bytes(byte ^ 0x5C for byte in block))


def as_pseudonym(text: str) -> str | None:
    """A pseudonym as it was made, whatever case a join brought it to; None where the text is none."""
    found = _FORM.fullmatch(text.strip())
    return f"~{found[1].upper()}{found[2].lower()}" if found else None


def pseudonymise(text: str, key: str) -> str:
    """The text with every personal code, phone and e-mail replaced by its pseudonym."""
    return hide(text, key).text


def hide(text: str, key: str) -> Hidden:
    """The text with every personal value replaced, those included that are spelled in another way than plain digits."""
    hidden = _hidden(narrowed(spelled_out(text), lambda wide: bool(_hidden(wide, key).values)), key)
    for bare in uncovered(text):
        other = _hidden(spelled_out(bare), key)
        if other.values.keys() - hidden.values.keys():
            hidden = other
    return hidden


def _hidden(text: str, key: str) -> Hidden:
    """The text with what the patterns find replaced."""
    values: dict[str, Personal] = {}

    def stand_in(kind: str, value: str) -> str:
        made = pseudonym(key, kind, value)
        if made not in values:
            values[made] = Personal(kind, value)
        return made

    for mark, pattern in _PLACES:
        if mark in text:
            text = pattern.sub(lambda found: found["before"] + stand_in("phone", found["phone"]), text)
    # One character is found faster than two, and is mostly missing.
    domains = [found for mark, pattern in _MAIL_DOMAINS if mark[0] in text and mark in text for found in pattern.finditer(text)]
    if domains:
        text = "".join(_without_mail(text, sorted(domains, key=re.Match.start), stand_in))
    return Hidden("".join(_without_codes(text, stand_in)), values)


def _without_codes(text: str, stand_in: Callable[[str, str], str]) -> Iterator[str]:
    """The text in parts, each code replaced."""
    told = 0
    for found in (_IN_JSON if "\\" in text else _BARE).finditer(text):
        group = str(found.lastgroup)
        kind = group.partition("_")[0]
        if kind == "phone" and is_waybill(found):
            continue
        start = found.start() - _LED_BY.get(group, 0)
        yield text[told:start]
        yield stand_in(kind, text[start:found.end()])
        told = found.end()
    yield text[told:]


def _without_mail(text: str, domains: list[re.Match[str]], stand_in: Callable[[str, str], str]) -> Iterator[str]:
    """The text in parts, each e-mail replaced."""
    told, mailbox = 0, _EDIFACT_MAILBOX if is_edifact(text) else _MAILBOX
    for domain in domains:
        box = mailbox.match(text[max(told, domain.start() - 64):domain.start()][::-1])
        start = _after_escape(text, domain.start() - box.end()) if box else domain.start()
        if start < domain.start():
            yield text[told:start]
            yield stand_in("email", text[start:domain.end()])
            told = domain.end()
    yield text[told:]


def _after_escape(text: str, start: int) -> int:
    """Where a word begins whose first letters may be those of an escape, which a backslash without another before it tells."""
    slash = start
    while slash and text[slash - 1] == "\\":
        slash -= 1
    escape = _ESCAPED.match(text, start) if (start - slash) % 2 else None
    return escape.end() if escape else start


def _plain(kind: str, value: str) -> str:
    """A value in the one form that all its spellings share."""
    if kind == "email":
        return value.strip().lower().replace("%40", "@").replace("?+", "+")
    is_bare = value.isascii() and value.isalnum()
    if kind == "phone":
        digits = value if is_bare and value[:2] != "00" else _MARKS.sub("", _TRUNK.sub("0", value))
        return f"0{digits[2:]}" if digits.startswith("82") and len(digits) in (11, 12) else digits
    return (value if is_bare else _MARKS.sub("", value)).upper()
