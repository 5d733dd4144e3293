"""UN/EDIFACT as carriers and terminals send it: one message an interchange, texts released, trailers that add up."""

from __future__ import annotations

from collections.abc import Sequence

from simulation.vessels import Vessel

_RELEASED = str.maketrans({"'": "?'", "+": "?+", ":": "?:", "?": "??"})
# Lines that name their vessels by call sign, the others by IMO number.
_BY_CALL_SIGN = frozenset({"SONX", "TGAM", "OVQL"})
ORIGINAL, REPLACEMENT = "9", "5"


def released(text: str) -> str:
    """A text with the service characters in it released."""
    return text.translate(_RELEASED)


def interchange(kind: str, sender: str, recipient: str, at: str, reference: str, segments: Sequence[str]) -> str:
    """One message in its envelope; `segments` stand between UNH and UNT, each without its end. `at` is yyyyMMddHHmm."""
    body = "'\n".join(segments)
    return (
        f"UNB+UNOC:3+{sender}:ZZ+{recipient}:ZZ+{at[2:8]}:{at[8:]}+{reference}'\nUNH+1+{kind}'\n{body}'\n"
        f"UNT+{len(segments) + 2}+1'\nUNZ+1+{reference}'\n"
    )


def main_carriage(voyage: str, carrier: str, vessel: Vessel, flag: str) -> str:
    """The vessel and voyage of a message."""
    identity = f"{vessel.call_sign}:103:" if carrier in _BY_CALL_SIGN else f"{vessel.imo}:146:11"
    return f"TDT+20+{voyage}+1++{carrier}:172:20+++{identity}:{vessel.name}:{flag}"


def at_minute(qualifier: str, minute: str) -> str:
    """A time as yyyyMMddHHmm."""
    return f"DTM+{qualifier}:{minute}:203"
