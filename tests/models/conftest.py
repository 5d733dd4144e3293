"""A model trained on the labelled world, shared by the tests of models."""

from collections.abc import Callable

import pandas as pd
import pytest
from labelled_world import SMALL, examples, feature, world

from features.feature import Feature
from models.train import Fitted, fit


@pytest.fixture(scope="session")
def features() -> tuple[Feature, ...]:
    return (feature("gap_ratio", monotone=1, prior=(1.0, 1.5)), feature("price_ratio", monotone=-1, prior=(-1.0, 0.7)),
            feature("noise"), feature("age_days"), feature("country", type="category"))


@pytest.fixture(scope="session")
def fitted(features: tuple[Feature, ...]) -> Fitted:
    return fit(examples(world(2500)), features, SMALL, seed=11)


@pytest.fixture(scope="session")
def rows() -> Callable[..., pd.DataFrame]:
    return world
