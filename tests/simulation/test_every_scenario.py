"""Every scenario that is shipped writes every feed, and its readers count what the truth says was written."""

from pathlib import Path

import pytest
from read_back import counts, records, tally, unexpected

from feeds.registry import BY_NAME
from simulation.scenario import load_scenario, scenarios
from simulation.world import simulate

SHIPMENTS, DAYS, SEED = 100, 5, 17


@pytest.fixture(scope="module", params=scenarios())
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world of a scenario."""
    out = tmp_path_factory.mktemp(request.param)
    simulate(out, SHIPMENTS, DAYS, SEED, scenario=load_scenario(request.param))
    return out


def test_every_feed_is_written(world: Path) -> None:
    written = {path.parent.name for path in world.glob("*/*/*") if path.parts[-3] != "truth"}
    assert written == set(counts(world)) == set(BY_NAME)
    assert not [feed for feed, tally in counts(world).items() if not tally["accepted"]]


def test_what_is_read_is_what_was_counted(world: Path) -> None:
    told = counts(world)
    for feed in BY_NAME:
        found = records(world, feed)
        assert tally(found) == told[feed], feed
        assert not unexpected(found), feed
