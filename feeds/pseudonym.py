"""Personal codes, phones and e-mails leave the raw text before anything is written: keyed pseudonyms by pattern."""

import base64
import hmac
import re

# The first character leads each alternative, so that the search skips whatever cannot begin one, and what every one of
# them goes on with is looked for at once; the look-behind after it refuses to begin within a word or a number, or at the
# second of two plus signs, which in EDIFACT part elements. Firms' codes fit none of them.
_CODES = re.compile(
    r"[0-9+PpMSRODGmsrodg](?=\d[\d .-]{2})(?<![0-9A-Za-z].)(?<!\+\+)(?:"
    r"(?P<customs>(?<=[Pp])\d{12}(?!\d))"
    r"|(?P<resident>(?<=\d)\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-?[1-8]\d{6}(?![0-9A-Za-z]))"
    r"|(?P<passport>(?:(?<=[A-Za-z])\d{3}[A-Za-z]\d{4}|(?<=[MSR])\d{8})(?![0-9A-Za-z]))"
    r"|(?P<phone>(?<![.].)(?:(?:(?<=\+)82[- .]?|(?<=0))(?:1[016789]|2|[3-6][1-5]|70|50\d?)[- .]\d{3,4}[- .]\d{4}"
    r"|(?<=0)1[016789]\d{7,8}|(?<=\+)\d{1,3}[- .]?\d{6,12}|(?<=\d)\d{2}-\d{3,4}-\d{4})(?![0-9A-Za-z]))"
    r")")
_HOST = re.compile(r"@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){0,5}")
_MAILBOX = re.compile(r"[A-Za-z0-9._%+\-]{1,64}\Z")
_NO_PART_OF_IT = re.compile(r"[^0-9A-Za-z]+")
_LETTER = {"email": "E", "customs": "P", "resident": "R", "passport": "T", "phone": "H"}


def pseudonym(key: str, kind: str, value: str) -> str:
    """The stable stand-in of a personal value under a key: a letter of its kind and 16 characters."""
    plain = value.strip().lower() if kind == "email" else _NO_PART_OF_IT.sub("", value).upper()
    digest = hmac.digest(key.encode(), f"{kind}:{plain}".encode(), "sha256")
    return f"~{_LETTER[kind]}{base64.b32encode(digest[:10]).decode().lower()}"


def pseudonymise(text: str, key: str) -> str:
    """The text with every personal code, phone and e-mail replaced by its pseudonym."""
    def stand_in(found: re.Match[str]) -> str:
        return pseudonym(key, str(found.lastgroup), found.group())

    return _CODES.sub(stand_in, _without_emails(text, key) if "@" in text else text)


def _without_emails(text: str, key: str) -> str:
    """The text with e-mails replaced: each is looked for from its @ to both sides, as nearly any text could begin one."""
    parts, done = [], 0
    for host in _HOST.finditer(text):
        mailbox = _MAILBOX.search(text, max(done, host.start() - 64), host.start())
        if mailbox:
            parts += [text[done:mailbox.start()], pseudonym(key, "email", text[mailbox.start():host.end()])]
            done = host.end()
    return "".join([*parts, text[done:]])
