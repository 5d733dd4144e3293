"""The walk on a small simulated world: one lake through history, two nights, a refresh, a fault and what readers see."""

import json
import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from feeds.registry import FEEDS
from jobs import explain
from jobs.backup import backup
from jobs.context import Counts
from jobs.dossier import dossier, resolve
from jobs.maintain import maintain
from jobs.manifest import Publication, latest, seen_by_readers
from jobs.query import query
from jobs.restore import restore
from jobs.walk import STAGES, STEPS, Walk
from lakehouse.clock import KOREA
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.ops import FILE
from lakehouse.settings import Settings, load_settings
from simulation.world import simulate

END = date(2026, 6, 30)
pytestmark = pytest.mark.spark


class World:
    """A lake after its history and two nights, and how it came about."""

    def __init__(self, spark: SparkSession, folder: Path) -> None:
        self.landing, self.lake = folder / "landing", Lake(str(folder / "lake"))
        simulate(self.landing, 700, 12, 22, END)
        self.said: list[str] = []
        self.settings = load_settings({}).replaced(labels__outcomes_needed=20, labels__violations_needed=2)
        self.walk = walk_on(self.lake, spark, self.settings, self.said.append)
        self.walk.night(END - timedelta(days=2), self.landing, "history")
        self.first, _ = self.walk.night(END - timedelta(days=1), self.landing)
        self.faults = self._break_once()
        self.second, self.status = self.walk.night(END, self.landing)

    def _break_once(self) -> list[str]:
        """Start the second night and let it fail in the middle, as a kill would leave it."""
        def fail(run: object) -> Counts:
            explain.run(run)  # type: ignore[arg-type]
            raise RuntimeError("planted")

        before = STEPS["nightly"]
        STEPS["nightly"] = tuple((name, fail if name == "explain" else step) for name, step in before)
        try:
            self.walk.night(END, self.landing)
        except RuntimeError as fault:
            return [str(fault)]
        finally:
            STEPS["nightly"] = before
        return []


def walk_on(lake: Lake, spark: SparkSession, settings: Settings, say: Callable[[str], None]) -> Walk:
    return Walk(lambda: spark, lake, settings, say)


@pytest.fixture(scope="module")
def world(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(spark, tmp_path_factory.mktemp("world"))


def rows(world: World, sql: str) -> list[list]:
    return query(seen_by_readers(world.lake), sql, 10_000).rows


def test_every_record_is_where_the_simulator_says(world: World) -> None:
    truth = json.loads((world.landing / "truth/counts.json").read_text(encoding="utf-8"))
    found = rows(world, "SELECT feed, sum(records_in), sum(accepted), sum(quarantined), sum(duplicate) FROM ops.file GROUP BY feed")
    assert {feed: (taken, kept, refused, twice) for feed, taken, kept, refused, twice in found} == {
        feed: tuple(counts.get(k, 0) for k in ("records", "accepted", "quarantined", "duplicate")) for feed, counts in truth.items()}


def test_all_stages_ran_in_order_and_a_broken_night_resumes(world: World) -> None:
    assert world.faults == ["planted"] and world.status == "resumed"
    assert [s["name"] for s in world.second.stages] == list(STAGES)
    states = rows(world, f"SELECT stage, status, attempt FROM ops.run WHERE run_id = '{world.second.run_id}' AND stage IN ('explain', 'publish') ORDER BY attempt, stage")
    assert states == [["explain", "failed", 1], ["explain", "done", 2], ["publish", "done", 2]]


def test_a_resumed_night_counts_nothing_twice(world: World) -> None:
    assert rows(world, "SELECT count(*) FROM (SELECT 1 FROM gold.explanation GROUP BY shipment_id, as_of HAVING count(*) > 1)") == [[0]]
    assert rows(world, "SELECT count(*) FROM (SELECT 1 FROM gold.score GROUP BY shipment_id, as_of HAVING count(*) > 1)") == [[0]]


def test_a_second_night_of_the_same_date_changes_nothing(world: World, spark: SparkSession) -> None:
    again, status = walk_on(world.lake, spark, world.settings, print).night(END, world.landing)
    assert status == "already_done" and again == world.second


def test_the_same_world_gives_the_same_night_in_another_lake_kept_up_saved_and_restored_between(world: World, spark: SparkSession, tmp_path: Path) -> None:
    other = walk_on(Lake(str(tmp_path / "lake")), spark, world.settings, print)
    other.night(END - timedelta(days=2), world.landing, "history")
    put_together = maintain(other.lake, world.settings.replaced(maintain__most_files=1, retention__unneeded_hours=0), False)
    assert sum(table["merged_files"] for table in put_together["tables"]) > 50
    backup(other.lake, world.settings, tmp_path / "saved", False)
    back = Lake(str(tmp_path / "back"))
    restore(back, tmp_path / "saved", False, False)
    night, _ = walk_on(back, spark, world.settings, print).night(END - timedelta(days=1), world.landing)
    assert night.content_hash == world.first.content_hash


def test_scores_add_up_and_carry_reasons_in_both_languages(world: World) -> None:
    [[shipment]] = rows(world, "SELECT shipment_id FROM gold.score ORDER BY score DESC LIMIT 1")
    told = dossier(seen_by_readers(world.lake), shipment)
    assert told["base_value"] + sum(c["contribution"] for c in told["contributions"]) == pytest.approx(told["score"], abs=1e-6)
    assert told["reasons"] and all(r["ko"] and r["en"] and r["features"] for r in told["reasons"])
    assert told["timeline"] == sorted(told["timeline"], key=lambda e: (e["event_at"] or "", e["known_at"] or "", e["feed"], e["ko"]))
    assert told["model_version"].startswith("haechi-")


def test_a_shipment_is_found_by_any_of_its_numbers(world: World) -> None:
    seen = seen_by_readers(world.lake)
    [[shipment, declaration, bill]] = rows(world, "SELECT h.shipment_id, declaration_no, house_bl FROM gold.shipment h JOIN gold.score USING (shipment_id) "
                                                  "WHERE declaration_no IS NOT NULL AND house_bl IS NOT NULL AND len(declaration_nos) = 1 LIMIT 1")
    assert {resolve(seen, number) for number in (shipment, declaration, bill)} == {shipment}
    with pytest.raises(CallerError, match="No published shipment"):
        resolve(seen, "no-such-shipment")


def test_declaration_and_cargo_are_one_shipment(world: World) -> None:
    [[both, papers]] = rows(world, "SELECT count(*) FILTER (cargo_control_no IS NOT NULL), count(*) FROM gold.shipment WHERE declaration_no IS NOT NULL")
    assert papers and both / papers > 0.99
    assert rows(world, "SELECT count(*) FROM (SELECT 1 FROM gold.shipment WHERE declaration_no IS NOT NULL GROUP BY declaration_no HAVING count(*) > 1)") == [[0]]


def test_no_list_is_longer_than_its_office_can_work(world: World) -> None:
    assert rows(world, "SELECT max(n) FROM (SELECT count(*) n FROM gold.selection GROUP BY business_date, office_code)")[0][0] <= 30


def test_nothing_is_known_before_it_was(world: World) -> None:
    late = rows(world, "SELECT count(*) FROM gold.event e JOIN gold.score s USING (shipment_id) WHERE e.known_at > TIMESTAMPTZ '2026-06-30 23:59:59+09:00'")
    assert late == [[0]]
    trained = rows(world, "SELECT count(*) FROM gold.feature f JOIN gold.label l USING (shipment_id) "
                          "WHERE f.as_of >= l.inspected_at AND f.as_of < (SELECT min(as_of) FROM gold.score)")
    assert trained == [[0]]


def test_truth_is_not_read(world: World, spark: SparkSession, tmp_path: Path) -> None:
    assert not world.lake.arrow(FILE, ("file",)).filter(expression_truth()).num_rows
    assert all("truth" not in feed.name for feed in FEEDS)


def expression_truth() -> object:
    import pyarrow.compute as pc

    return pc.match_substring(pc.field("file"), "truth")


def test_sql_only_reads(world: World) -> None:
    seen = seen_by_readers(world.lake)
    for wrong in ("DROP VIEW gold.score", "SELECT 1; SELECT 2", "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM gold.nowhere", "SELEC"):
        with pytest.raises(CallerError):
            query(seen, wrong, 10)
    assert query(seen, "SELECT shipment_id FROM gold.score", 3).truncated


def test_a_refresh_walks_on_within_the_day(world: World, spark: SparkSession, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    shutil.copytree(world.lake.root, lake)
    copied = Lake(str(lake))
    noon = datetime(2026, 7, 1, 12, tzinfo=KOREA)
    landing = tmp_path / "landing" / "2026-07-01T1130" / "cargo_progress"
    landing.mkdir(parents=True)
    source = sorted((world.landing / "2026-06-30/cargo_progress").iterdir())[0]
    shutil.copy(source, landing / "again.zip")
    published, status = walk_on(copied, spark, world.settings, print).refresh(noon, tmp_path / "landing")
    assert status == "done" and "train" not in [s["name"] for s in published.stages]
    taken = published.summary["feeds"]["cargo_progress"]
    assert taken["records_in"] == taken["duplicate"] + taken["quarantined"] > 0
    newest: Publication | None = latest(copied)
    assert newest == published


def test_the_notebook_runs_on_the_lake(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import jupytext
    from nbclient import NotebookClient

    monkeypatch.setenv("HAECHI_LAKE", world.lake.root)
    notebook = jupytext.read(Path(__file__).resolve().parents[2] / "notebooks/first_look.py")
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    pictures = [o for cell in notebook.cells if cell.cell_type == "code" for o in cell.outputs if "image/png" in o.get("data", {})]
    assert len(pictures) == 2
