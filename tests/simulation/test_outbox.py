"""The outbox delivers what is posted to where it lands, with the slips of a scenario, and counts it."""

import json
import zipfile
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from simulation.lots import Lot, lots_of
from simulation.outbox import CORRECTED, MISTAKEN, SLIPS, Batch, Post, deliver
from simulation.scenario import Mess, Scenario, load_scenario

START, DAYS, MANY = date(2026, 6, 1), 10, 4_000
ROUGH = Mess(late=0.05, twice=0.05, corrected=0.05, cut=0.05)


def lot_of(half_hours: int = 0, mess: Mess = ROUGH) -> Lot:
    scenario: Scenario = load_scenario("calm").model_copy(update={"half_hours": half_hours, "mess": mess})
    return lots_of(7, 100, DAYS, START, scenario)[0]


def post_of(name: str = "things", names: bool = False, records: int = 1, **more: object) -> Post:
    leaves = np.linspace(-90_000, DAYS * 86_400 + 90_000, MANY).astype(np.int64)

    def write(batch: Batch) -> list[str]:
        said = zip(batch.rows, batch.versions, batch.issued.tolist(), strict=True)
        return [json.dumps({"id": row, "version": version, "issued": issued, "filler": "가나다" * 9}) for row, version, issued in said]

    return Post("outcome", name, leaves, write, [f"m{row}" for row in range(MANY)] if names else None, ".json",
                np.full(MANY, records), **more)  # type: ignore[arg-type]


def landed(out: Path) -> list[tuple[str, str]]:
    """Folder and text of each message, in the order in which they are taken."""
    found = []
    for path in sorted(out.glob("*/outcome/*"), key=lambda p: (p.parts[-3].ljust(15, "Z"), p.name)):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                found += [(path.parts[-3], archive.read(name).decode(errors="replace")) for name in archive.namelist()]
        else:
            found += [(path.parts[-3], line) for line in path.read_text(encoding="utf-8").splitlines()]
    return found


@pytest.mark.parametrize("names", [False, True])
def test_what_lands_is_what_is_counted(tmp_path: Path, names: bool) -> None:
    tally = deliver(tmp_path, lot_of(), [post_of(names=names, records=3)])["outcome"]
    texts = [text for _, text in landed(tmp_path)]
    whole = [json.loads(text) for text in texts if text.endswith("}")]
    kept = len({(told["id"], told["version"]) for told in whole})
    assert tally == {"records": 3 * len(whole) + len(texts) - len(whole), "accepted": 3 * kept,
                     "duplicate": 3 * (len(whole) - kept), "quarantined": len(texts) - len(whole)}
    assert all(0.03 < share / MANY < 0.07 for share in (tally["duplicate"] / 3, tally["quarantined"]))


def test_a_correction_follows_the_mistake_and_is_issued_later(tmp_path: Path) -> None:
    deliver(tmp_path, lot_of(), [post_of()])
    told: dict[int, list[dict]] = {}
    for _, text in landed(tmp_path):
        if text.endswith("}"):
            told.setdefault(json.loads(text)["id"], []).append(json.loads(text))
    corrected = [versions for versions in told.values() if versions[-1]["version"] == CORRECTED]
    assert len(corrected) > 100
    assert all([v["version"] for v in versions] == [MISTAKEN, CORRECTED] and versions[0]["issued"] < versions[1]["issued"] for versions in corrected)


def test_nothing_lands_before_it_left_or_outside_of_the_period(tmp_path: Path) -> None:
    deliver(tmp_path, lot_of(half_hours=2), [post_of()])
    start, late = datetime.combine(START, datetime.min.time()), Counter()
    for folder, text in landed(tmp_path):
        known = datetime.fromisoformat(folder) + timedelta(days="T" not in folder)
        assert start <= known <= start + timedelta(days=DAYS)
        if text.endswith("}"):
            left = start + timedelta(seconds=json.loads(text)["issued"])
            assert left < known
            late[known - left > timedelta(days=1)] += 1
    assert late[True] > 100


def test_the_last_days_land_by_the_half_hour(tmp_path: Path) -> None:
    deliver(tmp_path, lot_of(half_hours=2, mess=Mess()), [post_of()])
    folders = sorted(path.name for path in tmp_path.iterdir())
    by_day = [(START + timedelta(days=n)).isoformat() for n in range(DAYS)]
    assert [name for name in folders if "T" not in name] == by_day
    assert [name for name in folders if "T" in name] == [
        f"{day}T{minute // 60:02d}{minute % 60:02d}" for day in by_day[-2:] for minute in range(30, 24 * 60, 30)]


def test_slips_that_a_sender_does_not_know_do_not_happen(tmp_path: Path) -> None:
    tally = deliver(tmp_path, lot_of(), [post_of(slips=frozenset())])["outcome"]
    assert tally["records"] == tally["accepted"] and set(tally) == {"records", "accepted"}
    assert all(json.loads(text)["version"] == 0 for _, text in landed(tmp_path))


def test_what_is_refused_whole_is_quarantined_however_often_it_comes(tmp_path: Path) -> None:
    tally = deliver(tmp_path, lot_of(), [post_of(slips=SLIPS, refused=np.ones(MANY, dtype=bool))])["outcome"]
    assert set(tally) == {"records", "quarantined"}


def test_posts_of_one_feed_lie_side_by_side(tmp_path: Path) -> None:
    one = deliver(tmp_path / "one", lot_of(), [post_of("some")])["outcome"]
    both = deliver(tmp_path / "both", lot_of(), [post_of("some"), post_of("others")])["outcome"]
    assert both["records"] > 1.9 * one["records"]
    assert {path.name.partition("-")[0] for path in tmp_path.glob("both/*/outcome/*")} == {"some", "others"}
