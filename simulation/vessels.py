"""Vessels of the lines: names, IMO numbers with their check digit and call signs, all in ranges that are given to nobody."""

from __future__ import annotations

from dataclasses import dataclass

from simulation.places import SEA_CARRIERS


@dataclass(frozen=True)
class Vessel:
    """A vessel as documents name it."""

    name: str
    imo: str
    call_sign: str

    @property
    def party(self) -> str:
        """Who it truly is, wherever it is named."""
        return f"vessel-{self.imo}"


def _imo(serial: int) -> str:
    """A number of six digits with the check digit of the IMO scheme: digits weighted 7 to 2."""
    digits = f"{serial:06d}"
    return f"{digits}{sum(int(digit) * weight for digit, weight in zip(digits, range(7, 1, -1), strict=True)) % 10}"


# IMO numbers below 5000000 belong to no vessel, call signs never begin with Q.
VESSELS: dict[str, Vessel] = {
    name: Vessel(name, _imo(213_400 + 100 * line + place), f"Q{line + 2}{chr(65 + place)}{chr(75 + line)}{place + 3}")
    for line, carrier in enumerate(SEA_CARRIERS)
    for place, name in enumerate(carrier.craft)
}


def feeder(name: str) -> Vessel:
    """The vessel of the same line that brings a container to where the named one takes it over."""
    line = next(carrier for carrier in SEA_CARRIERS if name in carrier.craft)
    return VESSELS[line.craft[(line.craft.index(name) + 1) % len(line.craft)]]
