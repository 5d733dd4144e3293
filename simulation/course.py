"""What happens in the course of a period: schemes, strikes, a new marketplace, offenders who learn. Times are shares of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from simulation.draws import Bools, Floats
from simulation.places import ENTRIES
from simulation.typologies import BY_NAME

# Strict: a yes, or a number between quotation marks, is no number.
Share = Annotated[float, Field(ge=0, le=1, strict=True)]
Weight = Annotated[float, Field(ge=0, le=1000, strict=True)]
Word = Annotated[str, Field(min_length=1)]
PORTS = tuple(entry.locode for entry in ENTRIES)


class Part(BaseModel):
    """A part of a scenario: its keys are known, and it stays as it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def at_key(key: str, said: str) -> PydanticCustomError:
    """What is wrong at a key that only several keys together show."""
    return PydanticCustomError("together", "{said}", {"key": key, "said": said})


def known(name: str, names: tuple[str, ...]) -> str:
    """A name that is one of those allowed."""
    if name not in names:
        raise ValueError(f"{name} is none of {', '.join(names)}")
    return name


class Span(Part):
    """A time within the period, as shares of it."""

    since: Share = 0.0
    until: Share = 1.0

    @field_validator("until")
    @classmethod
    def _after(cls, until: float, info: ValidationInfo) -> float:
        if until <= info.data.get("since", 0.0):
            raise ValueError(f"{until} is not after since, {info.data['since']}")
        return until

    def holds(self, times: Floats) -> Bools:
        """Whether moments, as shares of the period, fall into it."""
        return (times >= self.since) & (times < self.until)


class Scheme(Span):
    """A way to cheat that has a weight of its own for a time; its weight outside of that time is the usual one."""

    typology: str
    weight: Weight

    @field_validator("typology")
    @classmethod
    def _known(cls, name: str) -> str:
        return known(name, tuple(BY_NAME))


class Strike(Part):
    """A port that takes nothing in for some days from a share of the period on: what is due waits until it is over."""

    port: str
    since: Share
    days: Annotated[int, Field(ge=1, le=60, strict=True)]

    @field_validator("port")
    @classmethod
    def _known(cls, port: str) -> str:
        return known(port, PORTS)

    def first_day(self, days: int) -> int:
        """Its first day in a period of so many days."""
        return int(self.since * days)


class Marketplace(Span):
    """A marketplace that opens: from then on a share of what is imported is bought there, from sellers nobody knows yet."""

    code: Annotated[str, Field(pattern=r"^D\d{8}$")]
    name: Word
    share: Share


class Learning(Part):
    """Offenders who were inspected adapt: from a share of the period on, a share of their later cheats leaves no trace."""

    since: Share = 0.0
    ratio: Share = 0.0
