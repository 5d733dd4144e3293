"""Jobs are tested with the messages of the feeds' tests, and held to the schemas of the commands' tests."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyspark.sql import SparkSession

if TYPE_CHECKING:
    from explained_world import World

sys.path += [str(Path(__file__).resolve().parents[1] / folder) for folder in ("feeds", "haechi")]


@pytest.fixture(scope="session")
def world(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> "World":
    """The lake made by hand for what explains; modules with a world of their own hide it."""
    from explained_world import World

    return World(spark, tmp_path_factory.mktemp("explained"))


@pytest.fixture(scope="session")
def shown(world: "World") -> str:
    """The shipment with the highest score of the last run, one with contradictions first."""
    [row] = world.rows("SELECT shipment_id FROM gold.score s LEFT JOIN gold.contradiction c USING (shipment_id) WHERE as_of = (SELECT max(as_of) FROM gold.score) "
                       "ORDER BY c.rule IS NOT NULL DESC, score DESC, shipment_id LIMIT 1")
    return str(row["shipment_id"])
