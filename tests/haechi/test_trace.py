"""Tracing back through the command line, on a lake of a few published rows; no Spark is started here."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from schemas import NIGHT, assert_valid, publication

from fusion.tables import CONTACT, LABEL, RELATION, SHIPMENT
from haechi.cli import run
from jobs.manifest import publish
from jobs.trace import CROWDED
from lakehouse.lake import Lake

KNOWN = datetime(2026, 6, 1, tzinfo=UTC)
Told = Callable[..., dict[str, Any]]


def contact(shipment: str, kind: str, value: str, on: date = date(2026, 5, 1)) -> dict[str, Any]:
    return {"shipment_id": shipment, "kind": kind, "value": value, "role": "consignee", "feed": "courier", "record_key": shipment, "seen_on": on, "known_at": KNOWN}


def relation(shipment: str, kind: str, value: str, on: date) -> dict[str, Any]:
    return {"holder_id": shipment, "owner_kind": kind, "owner_id": value, "seen_on": on, "feed": "declaration", "known_at": KNOWN}


def shipment(name: str, released: datetime | None = KNOWN, **fields: Any) -> dict[str, Any]:
    return {"shipment_id": name, "kind": "parcel", "stage": "released" if released else "manifest", "office_code": "040", "tracking_no": f"T-{name}", "house_bl": f"H-{name}", "first_known_at": KNOWN,
            "arrived_at": KNOWN, "released_at": released, "is_bound_for_korea": True, "known_at": KNOWN, **fields}


@pytest.fixture
def lake(tmp_path: Path) -> str:
    made = Lake(str(tmp_path / "lake"))
    made.append_rows([shipment("find"), shipment("same-code"), shipment("at-sea", None), shipment("box", None, kind="cargo"), shipment("old"), shipment("stranger"), shipment("merged", is_superseded=True),
                      *(shipment(f"many{number}") for number in range(CROWDED + 2))], SHIPMENT)
    made.append_rows([
        contact("find", "customs_id", "P1"), contact("find", "address", "a-hash"), contact("find", "seller", "NIMBUS"), contact("find", "phone", "H-courier"), contact("find", "purchase", "p-hash"),
        contact("same-code", "customs_id", "P1"), contact("same-code", "seller", "NIMBUS"), contact("at-sea", "address", "a-hash"), contact("old", "customs_id", "P1", date(2025, 1, 1)), contact("merged", "customs_id", "P1"),
        contact("stranger", "customs_id", "P2"), contact("stranger", "purchase", "p-hash"), *(contact(f"many{number}", "phone", "H-courier") for number in range(CROWDED + 2))], CONTACT)
    made.append_rows([relation("find", "container", "C1", date(2026, 5, 1)), relation("box", "container", "C1", date(2026, 5, 4)), relation("stranger", "container", "C1", date(2026, 3, 1))], RELATION)
    made.append_rows([{"shipment_id": name, "known_at": KNOWN, "inspected_at": KNOWN, "illicit": illicit, "severity": "major" if illicit else None, "outcome_id": name} for name, illicit in (("find", True), ("same-code", False))], LABEL)
    publish(made, replace(publication(NIGHT), versions={table.full_name: made.version(table) or 0 for table in (CONTACT, RELATION, SHIPMENT, LABEL)}))
    return made.root


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str], lake: str) -> Told:
    def tell(*words: str) -> dict[str, Any]:
        capsys.readouterr()
        assert run(["trace", *words, "--lake", lake, "--json"]) == 0
        said: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert_valid("trace", said)
        return said

    return tell


def test_what_shares_something_open_ones_first(told: Told) -> None:
    said = told("T-find")
    assert said["shipment"] == {"kind": "parcel", "stage": "released", "illicit": True, "severity": "major", "inspected_at": "2026-06-01T09:00:00+09:00"}
    assert [row["shipment_id"] for row in said["shared"]] == ["box", "at-sea", "same-code"]
    box, at_sea, same = said["shared"]
    assert box["is_open"] and box["shares"] == [{"kind": "container", "value": "C1", "seen_on": "2026-05-04"}]
    assert at_sea["shares"][0]["value"] is None and at_sea["numbers"] == {"tracking_no": "T-at-sea", "house_bl": "H-at-sea"}
    assert [one["kind"] for one in same["shares"]] == ["customs_id", "seller"] and (same["illicit"], same["weight"]) == (False, 4)
    assert not said["truncated"]


def test_what_too_many_share_is_named_and_not_followed(told: Told) -> None:
    assert told("find")["crowded"] == [{"kind": "phone", "value": "H-courier", "shipments": CROWDED + 2}]


def test_months_say_how_far_back(told: Told) -> None:
    assert "old" in {row["shipment_id"] for row in told("find", "--months", "24")["shared"]}
    assert date.fromisoformat(told("find", "--months", "1")["since"]) == NIGHT - timedelta(days=30)
    assert {row["shipment_id"] for row in told("find", "--months", "1")["shared"]} == set()


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_table_on_a_terminal(lake: str, capsys: pytest.CaptureFixture[str], lang: str) -> None:
    assert run(["trace", "find", "--lang", lang, "--lake", lake]) == 0
    shown = capsys.readouterr().out
    assert "T-at-sea" in shown and "C1" in shown and f"{CROWDED + 2}" in shown and "a-hash" not in shown


def test_an_unknown_number_is_the_caller_s_mistake(lake: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["trace", "NOBODY", "--lake", lake, "--json"]) == 2
    assert_valid("error", json.loads(capsys.readouterr().out))
