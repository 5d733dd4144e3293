"""Labelled rows of a known world: what the tests of models train and score on."""

import numpy as np
import pandas as pd

from features.feature import Feature
from lakehouse.text import Text
from models.configuration import Configuration
from models.train import Examples

WORD = Text("특징", "feature")
NAMES = ("gap_ratio", "price_ratio", "noise", "age_days")
SMALL = Configuration(rounds=60, patience=10)


def feature(name: str, **given: object) -> Feature:
    return Feature(name, "value", "1", WORD, WORD, **given)  # type: ignore[arg-type]


def world(rows: int, rate: float = 0.15, seed: int = 7) -> pd.DataFrame:
    """Rows whose label depends on the gap (rising), the price (falling), the country; a later day is a later row."""
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(draw.normal(size=(rows, 4)), columns=list(NAMES))
    frame[frame.abs() > 2.2] = np.nan
    frame["country"] = draw.choice(["AA", "BB", "CC", "DD", None], rows, p=[0.4, 0.3, 0.2, 0.05, 0.05])
    frame["exposure_krw"] = np.exp(draw.normal(14, 1, rows))
    z = 1.4 * frame.gap_ratio.fillna(0) - frame.price_ratio.fillna(0) + 1.5 * (frame.country == "BB")
    frame["illicit"] = (draw.random(rows) < 1 / (1 + np.exp(-1.5 * (z - np.quantile(z, 1 - rate))))).astype(float)
    frame["revenue"] = np.where(frame.illicit > 0, 0.25 * frame.exposure_krw, np.nan)
    frame["as_of"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(rows) * 200 // rows, unit="D")
    return frame


def examples(frame: pd.DataFrame, **given: object) -> Examples:
    return Examples(frame, frame.illicit.to_numpy(), frame.as_of.to_numpy(), (frame.as_of + pd.Timedelta(days=5)).to_numpy(),
                    frame.revenue.to_numpy(), **given)  # type: ignore[arg-type]
