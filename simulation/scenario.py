"""Scenarios: what kind of year the world has, as YAML files in conf/scenarios, checked key by key."""

from __future__ import annotations

from collections import Counter
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from lakehouse.errors import CallerError
from simulation.course import Learning, Marketplace, Part, Scheme, Share, Strike, Weight, Word, at_key, known
from simulation.draws import Floats
from simulation.typologies import BY_NAME
from simulation.typologies.typology import Kind, Typology

FOLDER = Path(str(resources.files("conf"))) / "scenarios"
Month = Annotated[int, Field(ge=1, le=12)]
Season = Annotated[float, Field(gt=0, le=10, strict=True)]
# More than any machine here would finish, and as far back as calendars of today go.
MOST_SHIPMENTS, MOST_DAYS = 100_000_000, 3_650


class Words(Part):
    """Its name in both languages."""

    ko: Word
    en: Word


class Kinds(Part):
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


class Mess(Part):
    """Shares of messages that go wrong on their way."""

    late: Share = 0.01
    twice: Share = 0.005
    corrected: Share = 0.010
    cut: Share = 0.003
    old_encoding: Share = 0.03
    nothing_found: Share = 0.0015
    key_refused: Share = 0.0005

    @model_validator(mode="after")
    def _at_most_all(self) -> Mess:
        # Each message has one fate, and each question one answer.
        for names in (("late", "twice", "corrected", "cut"), ("nothing_found", "key_refused")):
            if (whole := sum(getattr(self, name) for name in names)) > 1:
                raise ValueError(f"{' + '.join(names)} is {whole:g}, together they may be 1 at most")
        return self


class Scenario(Part):
    """What the world is like.

    `typologies` changes the usual weight of a way to cheat, 0 leaves it out. The last `half_hours` days land by the half hour.
    `shipments` and `days` are its size unless another is asked for; `seasons` weighs months, 1 where it says nothing.
    """

    name: Word
    text: Words
    shipments: Annotated[int, Field(ge=1, le=MOST_SHIPMENTS, strict=True)] = 20_000
    days: Annotated[int, Field(ge=1, le=MOST_DAYS, strict=True)] = 60
    kinds: Kinds = Kinds()
    illicit: Share = 0.04
    inspected: Share = 0.10
    half_hours: Annotated[int, Field(ge=0, le=MOST_DAYS, strict=True)] = 0
    typologies: dict[str, Weight] = Field(default_factory=dict)
    mess: Mess = Mess()
    schemes: tuple[Scheme, ...] = ()
    seasons: dict[Month, Season] = Field(default_factory=dict)
    strikes: tuple[Strike, ...] = ()
    marketplaces: tuple[Marketplace, ...] = ()
    learning: Learning = Learning()

    @field_validator("typologies")
    @classmethod
    def _known(cls, weights: dict[str, float]) -> dict[str, float]:
        return {known(name, tuple(BY_NAME)): weight for name, weight in weights.items()}

    @model_validator(mode="after")
    def _can_be_illicit(self) -> Scenario:
        for kind in ("cargo", "parcel", "baggage") if self.illicit else ():
            ways = [way for way in BY_NAME.values() if way.kind == kind]
            schemed = {scheme.typology for scheme in self.schemes if scheme.weight}
            if self.kinds.share(kind) and not any(self.typologies.get(way.name, way.usual) or way.name in schemed for way in ways):
                raise at_key("typologies", f"every way to cheat with {kind} weighs 0 while illicit is {self.illicit:g}; give one of "
                             f"{', '.join(way.name for way in ways)} a weight above 0, or set illicit to 0")
        if twice := [code for code, many in Counter(market.code for market in self.marketplaces).items() if many > 1]:
            raise at_key("marketplaces", f"{twice[0]} stands there twice, each code may stand once")
        return self

    def weights(self, typology: Typology, times: Floats) -> Floats:
        """How usual a typology is here at moments given as shares of the period."""
        weights = np.full(len(times), self.typologies.get(typology.name, typology.usual))
        for scheme in (scheme for scheme in self.schemes if scheme.typology == typology.name):
            weights[scheme.holds(times)] = scheme.weight
        return weights


def require_possible(shipments: int, days: int) -> None:
    """Refuse sizes that no world may have."""
    if shipments > MOST_SHIPMENTS or days > MOST_DAYS:
        raise CallerError("simulate.too_large", f"{shipments:,} shipments in {days:,} days are more than a world may have",
                          f"Ask for {MOST_SHIPMENTS:,} shipments and {MOST_DAYS:,} days at most.")


def scenarios() -> list[str]:
    """The names of the scenarios that are shipped."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load_scenario(name: str) -> Scenario:
    """A shipped scenario by name, or one from a file; CallerError names the wrong key and what is allowed."""
    path = FOLDER / f"{name}.yaml" if name in scenarios() else Path(name)
    try:
        told: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        known = ", ".join(scenarios())
        raise CallerError("scenario.missing", f"'{name}' is no scenario and no file", f"Scenarios: {known}; or give a YAML file.") from None
    except yaml.YAMLError as fault:
        raise CallerError("scenario.malformed", f"{path} is not YAML: {str(fault).splitlines()[0]}", "Mend the file.") from None
    try:
        return Scenario.model_validate(told)
    except ValidationError as faults:
        first = faults.errors()[0]
        key = ".".join(str(part) for part in first["loc"] if part != "[key]") or first.get("ctx", {}).get("key") or "the scenario"
        raise CallerError("scenario.wrong", f"{key}: {first['msg'].removeprefix('Value error, ')}", f"Change {key} in {path.name}.") from None
