"""What the tests share: one Spark session, and the folder of messages that others sent."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from lakehouse.session import start_session
from lakehouse.settings import load_settings

# A process that pytest-xdist starts has a main module without a file, which PySpark takes for a run of its own doctests and ends.
if not hasattr(sys.modules["__main__"], "__file__"):
    sys.modules["__main__"].__file__ = __file__


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    session = start_session(load_settings({}), "haechi-tests", is_long=True)
    yield session
    session.stop()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of other people's messages beside the project; tests that need it skip where it is absent."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("the shared folder of sample messages is not beside the project")
    return folder
