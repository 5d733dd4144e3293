"""The sheet of a shipment: few questions a page, the same facts as the tables it was made of, and many more shipments by copying."""

from pathlib import Path
from typing import Any

import pytest
import small_lake
from conftest import SignIn, signed_in
from databases import PASSWORD

from bench.console_world import copied
from console.app import create_app
from console.detail import detail
from console.serving import Served, Shelf
from console.store.database import Database
from features.catalogue import BY_NAME
from fusion.tables import CONTRADICTION, EVENT, LABEL
from lakehouse.lake import Lake
from lakehouse.settings import Settings
from models.tables import SCORE

SHOWN = "s00001"


def test_a_page_asks_the_published_night_few_questions(embedded: SignIn, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    officer, asked, really = embedded("officer"), [], Served.rows

    def counted(night: Served, sql: str, *values: Any) -> list[dict[str, Any]]:
        asked.append(sql)
        return really(night, sql, *values)

    officer.get(f"/shipments/{SHOWN}")
    monkeypatch.setattr(Served, "rows", counted)
    assert officer.get(f"/shipments/{SHOWN}").status_code == 200
    assert len(asked) == 2, asked


def test_a_sheet_tells_what_the_tables_hold(lake: Lake, served: Served) -> None:
    found = detail(served, SHOWN)
    assert found is not None
    for table, told, order in ((EVENT, found.events, "event_at"), (CONTRADICTION, found.contradictions, "rule"), (LABEL, found.labels, "inspected_at"),
                               (SCORE, found.history, "as_of")):
        kept = sorted((row for row in lake.arrow(table).to_pylist() if row["shipment_id"] == SHOWN), key=lambda row: str(row[order]))
        assert len(told) == len(kept), table.name
        for row, one in zip(kept, sorted(told, key=lambda row: str(row[order])), strict=True):
            same = set(row) & set(one)
            assert {name: one[name] for name in same} == {name: row[name] for name in same}, table.name
            assert order in same
    assert found.row["business_date"] == served.publication.at.date() and found.row["run_id"] == served.run_id
    assert [bar.text for bar in found.bars] == [BY_NAME[name].text for name in small_lake.SCORED_BY[:2]]
    assert found.base_value + sum(bar.added for bar in found.bars) == pytest.approx(found.row["score"])


def test_a_partys_other_shipments_leave_this_one_out(served: Served) -> None:
    found = detail(served, SHOWN)
    assert found is not None
    importer = found.parties[0]
    assert importer["roles"] == ["importer"] and importer["shipments"] > 1
    assert importer["others"] and SHOWN not in {other["shipment_id"] for other in importer["others"]}
    known = [party for party in found.parties if "seller" in party["roles"]]
    assert known[0]["identifier"] == "DE1234567"


def test_nobody_knows_a_shipment_that_is_not_there(served: Served) -> None:
    assert detail(served, "nowhere") is None


def test_a_night_is_copied_under_other_numbers(lake: Lake, sqlite: Database, tmp_path: Path) -> None:
    whole = len([row for row in lake.arrow(SCORE).to_pylist() if row["as_of"] == small_lake.night()])
    many = copied(lake, tmp_path / "many", 3 * whole)
    served = Shelf(many).current()
    assert served is not None
    assert sum(served.offices.values()) == 3 * whole
    [counted] = served.rows("SELECT count(DISTINCT shipment_id) AS shipments, count(DISTINCT (office_code, rank)) AS ranks FROM scored WHERE is_tonight")
    assert counted == {"shipments": 3 * whole, "ranks": 3 * whole}
    aboard = served.rows("SELECT voyage, count(*) AS n FROM aboard WHERE NOT contains(voyage, '~') GROUP BY 1")
    assert max(row["n"] for row in aboard) == len(small_lake.TOGETHER)
    officer = signed_in(create_app(many, Settings({}), sqlite), "officer")
    page = officer.get(f"/shipments/{SHOWN}~2")
    assert page.status_code == 200 and f"{small_lake.name_of(1)}~2" in page.text
    assert PASSWORD not in page.text
