"""The world stays as hard as it is meant to be: declared fields alone tell little, evidence of all feeds nearly all, on three scenarios."""

import pytest

from bench.difficulty import DECLARED_BAND, EVIDENCE_BAND, SCENARIOS, SMALL_BANDS, difficulty_of, measured
from bench.evidence import World, declared_fields, evidence, make_world
from bench.evidence_small import make_small
from simulation.scenario import load_scenario
from simulation.signs import SIGNS, signs
from simulation.typologies import TYPOLOGIES
from simulation.typologies.typology import Kind

SHIPMENTS, DAYS, SEED = 24_000, 90, 3


@pytest.fixture(scope="module", params=SCENARIOS)
def world(request: pytest.FixtureRequest) -> World:
    return make_world(load_scenario(request.param), SHIPMENTS, DAYS, SEED)


def test_declared_fields_tell_little_and_evidence_nearly_all(world: World) -> None:
    declared, _ = measured(world, declared_fields(world))
    seen, _ = measured(world, evidence(world))
    assert DECLARED_BAND[0] <= declared <= DECLARED_BAND[1]
    assert EVIDENCE_BAND[0] <= seen <= EVIDENCE_BAND[1]


def test_rates_are_as_in_the_field(world: World) -> None:
    assert 0.03 <= world.illicit.mean() <= 0.05
    assert 0.08 <= world.cargo["is_inspected"].mean() <= 0.12


def test_part_of_the_fraud_leaves_no_trace_and_every_trace_has_honest_look_alikes(world: World) -> None:
    seen = signs(world.agents, world.cargo, world.items)
    hidden = ~seen[world.illicit].any(axis=1)
    assert 0.03 < hidden.mean() < 0.25
    honest = seen[~world.illicit]
    assert not [sign.name for sign in SIGNS if not honest[sign.name].any()]
    assert 0.05 < honest.any(axis=1).mean() < 0.30


@pytest.mark.parametrize("kind", SMALL_BANDS)
def test_parcels_and_bags_are_neither_trivial_nor_hopeless(kind: Kind) -> None:
    told, (declared, seen) = difficulty_of(make_small(kind, load_scenario("calm"), SHIPMENTS, DAYS, SEED)), SMALL_BANDS[kind]
    assert declared[0] <= told["declared"] <= declared[1] and seen[0] <= told["evidence"] <= seen[1]
    assert 0.03 <= told["illicit"] <= 0.05 and 0.08 <= told["inspected"] <= 0.12


def test_every_way_to_cheat_occurs(world: World) -> None:
    assert {typology.name for typology in TYPOLOGIES if typology.kind == "cargo"} <= set(world.cargo["typology"])
