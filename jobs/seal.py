"""Seals: a line in a file by which any changed byte is found, and by which only who holds the key can have made it."""

import hashlib
import hmac
import re
from dataclasses import dataclass

from lakehouse.errors import CallerError
from lakehouse.settings import Settings

# Public, so that a fresh machine can try it; outside development a key of one's own is asked for.
_DEVELOPMENT = "haechi-development-seal"
_BLANK = "0" * 64
_LINE = re.compile(r"haechi-seal/1 edition=(?P<edition>\w+) shipment=(?P<shipment>\S+) as_of=(?P<as_of>\S+) "
                   r"explanation=(?P<explanation>[0-9a-f]{64}) key=(?P<key>[0-9a-f]{8}) sha256=(?P<sha256>[0-9a-f]{64}) hmac=(?P<hmac>[0-9a-f]{64})")
_HINT = "Ask who sent it for the file as it was made."


@dataclass(frozen=True)
class Seal:
    """What the seal of an intact file says."""

    edition: str
    shipment_id: str
    as_of: str
    explanation: str
    key: str


def key_of(settings: Settings) -> str:
    """The key of seals; CallerError where a profile other than development has none."""
    if settings["seal.key"]:
        return str(settings["seal.key"])
    if settings["profile"] == "development":
        return _DEVELOPMENT
    raise CallerError("seal.key", f"Profile {settings['profile']} has no seal key", "Set HAECHI_SEAL_KEY.")


def blank(seal: Seal) -> str:
    """The line to put into a file before `sealed` fills it in."""
    return (f"haechi-seal/1 edition={seal.edition} shipment={seal.shipment_id} as_of={seal.as_of} explanation={seal.explanation} "
            f"key={seal.key} sha256={_BLANK} hmac={_BLANK}")


def fingerprint(key: str) -> str:
    """By which a key is named without telling it."""
    return hashlib.sha256(f"haechi-seal|{key}".encode()).hexdigest()[:8]


def sealed(text: str, key: str) -> str:
    """The text with its one blank seal filled in."""
    content, keyed = _digests(text, key)
    return text.replace(f"sha256={_BLANK} hmac={_BLANK}", f"sha256={content} hmac={keyed}")


def opened(text: str, name: str, key: str) -> Seal:
    """The seal of a file's text; CallerError says in one line what is wrong with it."""
    found = list(_LINE.finditer(text))
    if len(found) != 1:
        raise CallerError("file.unsealed", f"{name} bears {len(found)} seals of Haechi, one is needed",
                          "Give a file that haechi explain --out wrote.")
    line = found[0]
    bare = text[: line.start("sha256")] + _BLANK + text[line.end("sha256") : line.start("hmac")] + _BLANK + text[line.end("hmac") :]
    content, keyed = _digests(bare, key)
    if content != line["sha256"]:
        raise CallerError("file.tampered", f"{name} is not as it was made: its content does not fit its seal", _HINT)
    if line["key"] != fingerprint(key):
        raise CallerError("file.key", f"{name} was sealed with key {line['key']}, this installation holds {fingerprint(key)}",
                          "Set HAECHI_SEAL_KEY to the key of the installation that made it.")
    if not hmac.compare_digest(keyed, line["hmac"]):
        raise CallerError("file.tampered", f"{name} is not as it was made: its seal was not made with the key it names", _HINT)
    return Seal(line["edition"], line["shipment"], line["as_of"], line["explanation"], line["key"])


def _digests(text: str, key: str) -> tuple[str, str]:
    raw = text.encode()
    return hashlib.sha256(raw).hexdigest(), hmac.new(key.encode(), raw, hashlib.sha256).hexdigest()
