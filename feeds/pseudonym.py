"""Personal codes, phones and e-mails leave the raw text before anything is written: keyed pseudonyms by pattern."""

import base64
import hmac
import re
from hashlib import sha256

# One pass over the text; the first alternative that fits names the kind. Firms' codes fit none of them.
_PATTERN = re.compile(
    r"(?P<email>[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){0,5})"
    r"|(?<![A-Za-z0-9])(?P<customs>[Pp]\d{12})(?!\d)"
    r"|(?<![\dA-Za-z])(?P<resident>\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-?[1-8]\d{6})(?![\dA-Za-z])"
    r"|(?<![\dA-Za-z])(?P<passport>[MSRODGmsrodg]\d{3}[A-Za-z]\d{4}|[MSR]\d{8})(?![\dA-Za-z])"
    r"|(?<![\dA-Za-z.])(?P<phone>(?:\+82[- .]?|0)(?:1[016789]|2|[3-6][1-5]|70|50\d?)[- .]\d{3,4}[- .]\d{4}"
    r"|01[016789]\d{7,8}|\+\d{1,3}[- .]?\d{6,12}|\d{3}-\d{3,4}-\d{4})(?![\dA-Za-z])"
)
_LETTER = {"email": "E", "customs": "P", "resident": "R", "passport": "T", "phone": "H"}


def pseudonym(key: str, kind: str, value: str) -> str:
    """The stable stand-in of a personal value under a key: a letter of its kind and 16 characters."""
    plain = value.strip().lower() if kind == "email" else re.sub(r"[^0-9A-Za-z]", "", value).upper()
    digest = hmac.new(key.encode(), f"{kind}:{plain}".encode(), sha256).digest()
    return f"~{_LETTER[kind]}{base64.b32encode(digest[:10]).decode().lower()}"


def pseudonymise(text: str, key: str) -> str:
    """The text with every personal code, phone and e-mail replaced by its pseudonym."""
    return _PATTERN.sub(lambda found: pseudonym(key, str(found.lastgroup), found.group()), text)
