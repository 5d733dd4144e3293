"""The page on the simulated world tells of every feed and every way to cheat, in both languages, with charts that are the same each time."""

import re
from pathlib import Path

import pytest

from bench.world_facts import Facts, facts
from bench.world_page import write
from feeds.registry import FEEDS
from lakehouse.settings import load_settings
from simulation.scenario import load_scenario
from simulation.typologies import TYPOLOGIES
from simulation.world import simulate

_TITLE = {"name": "mixed", "shipments": "600", "days": "12", "seed": "3"}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    out = tmp_path_factory.mktemp("page") / "world"
    simulate(out, 600, 12, 3, scenario=load_scenario("mixed"))
    return facts(out, load_settings({}))


def test_every_feed_and_typology_is_told_of_in_both_languages(found: Facts, tmp_path: Path) -> None:
    for path in write(found, tmp_path, _TITLE):
        text, language = path.read_text(encoding="utf-8"), "ko" if path.name.endswith(".ko.md") else "en"
        assert not [feed.name for feed in FEEDS if f"| {feed.text.of(language)} |" not in text]
        assert not [way.name for way in TYPOLOGIES if f"| {way.text.of(language)} |" not in text]
        charts = re.findall(r"\((simulated-world/[^)]+\.svg)\)", text)
        assert len(charts) == 5
        assert all("<text" in (tmp_path / chart).read_text(encoding="utf-8") for chart in charts)


def test_records_read_are_those_tallied(found: Facts) -> None:
    late = found.tallies["records"] - found.daily.sum().astype(int)
    references = {"tariff", "party_registry", "exchange_rate", "watchlist", "declaration_open"}
    assert {str(feed) for feed, many in late.items() if many} <= references


def test_the_same_world_draws_the_same_bytes(found: Facts, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    write(found, first, _TITLE)
    write(found, second, _TITLE)
    drawn = sorted(path.relative_to(first) for path in first.rglob("*.*"))
    assert len(drawn) == 12
    assert [name for name in drawn if (first / name).read_bytes() != (second / name).read_bytes()] == []
