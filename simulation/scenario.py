"""Scenarios: what kind of year the world has, as YAML files in conf/scenarios, checked key by key."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from lakehouse.errors import CallerError
from simulation.typologies import BY_NAME
from simulation.typologies.typology import Kind, Typology

FOLDER = Path(str(resources.files("conf"))) / "scenarios"
Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Part):
    """Its name in both languages."""

    ko: str
    en: str


class Kinds(_Part):
    """Weights of the kinds of shipments."""

    cargo: Weight = 1.0
    parcel: Weight = 0.0
    baggage: Weight = 0.0

    @model_validator(mode="after")
    def _some(self) -> Kinds:
        if not self.cargo + self.parcel + self.baggage:
            raise ValueError("at least one kind needs a weight above 0")
        return self

    def share(self, kind: Kind) -> float:
        """What part of all shipments is of a kind."""
        return float(getattr(self, kind)) / (self.cargo + self.parcel + self.baggage)


class Mess(_Part):
    """Shares of messages that go wrong on their way."""

    late: Share = 0.01
    twice: Share = 0.005
    corrected: Share = 0.010
    cut: Share = 0.003
    old_encoding: Share = 0.03
    nothing_found: Share = 0.0015
    key_refused: Share = 0.0005


class Scenario(_Part):
    """What the world is like.

    `typologies` changes the usual weight of a way to cheat, 0 leaves it out. The last `half_hours` days land by the half hour.
    """

    name: str
    text: Words
    kinds: Kinds = Kinds()
    illicit: Share = 0.04
    inspected: Share = 0.10
    half_hours: Annotated[int, Field(ge=0)] = 0
    typologies: dict[str, Weight] = {}
    mess: Mess = Mess()

    @field_validator("typologies")
    @classmethod
    def _known(cls, weights: dict[str, float]) -> dict[str, float]:
        for name in weights:
            if name not in BY_NAME:
                raise ValueError(f"{name} is none of {', '.join(BY_NAME)}")
        return weights

    def weight(self, typology: Typology) -> float:
        """How usual a typology is here."""
        return self.typologies.get(typology.name, typology.usual)


def scenarios() -> list[str]:
    """The names of the scenarios that are shipped."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load_scenario(name: str) -> Scenario:
    """A shipped scenario by name, or one from a file; CallerError names the wrong key and what is allowed."""
    path = FOLDER / f"{name}.yaml" if name in scenarios() else Path(name)
    try:
        told: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError:
        known = ", ".join(scenarios())
        raise CallerError("scenario.missing", f"'{name}' is no scenario and no file", f"Scenarios: {known}; or give a YAML file.") from None
    except yaml.YAMLError as fault:
        raise CallerError("scenario.malformed", f"{path} is not YAML: {str(fault).splitlines()[0]}", "Mend the file.") from None
    try:
        return Scenario.model_validate(told)
    except ValidationError as faults:
        first = faults.errors()[0]
        key = ".".join(map(str, first["loc"])) or "the scenario"
        raise CallerError("scenario.wrong", f"{key}: {first['msg'].removeprefix('Value error, ')}", f"Change {key} in {path.name}.") from None
