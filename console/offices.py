"""Offices by their codes: names and what each can inspect in a day, from offices.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lakehouse.text import Text


@dataclass(frozen=True)
class Office:
    """One office."""

    code: str
    text: Text
    capacity: int


class Offices:
    """Offices by code; one that is not declared has a number for a name and the default capacity."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        usual = int(given.get("default", {}).get("capacity", 0))
        self.declared = {
            str(code): Office(str(code), _name(str(code), one.get("name", {})), int(one.get("capacity", usual)))
            for code, one in given.get("offices", {}).items()}
        self._usual = usual

    def __getitem__(self, code: str) -> Office:
        return self.declared.get(code) or Office(code, _name(code, {}), self._usual)


def _name(code: str, given: Mapping[str, str]) -> Text:
    return Text(given.get("ko") or f"{code} 세관", given.get("en") or f"Customs office {code}")
