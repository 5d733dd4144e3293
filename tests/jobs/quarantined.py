"""A small landing whose senders err, each in its own way, and the lake that takes it."""

import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from edifact_sent import CUSCAR, sent
from every_feed import DECLARATION, EVENT, PARCEL, lines
from pyspark.sql import SparkSession

from feeds.registry import BY_NAME
from jobs.quarantine import Asked, listed
from jobs.replay import Wanted
from jobs.walk import Walk
from lakehouse.lake import Lake
from lakehouse.ops import FILE, REPLAY
from lakehouse.settings import load_settings

# After the clock of whoever runs this: what is done about a refusal is known after the last published run, and by the next.
DAY = date(2126, 6, 29)
RATES = "currency,valid_from,krw_per_unit\nUSD,2026-01-04,1412.35\nEUR,2026-01-04,0\nJPY,2026-01-04,0\n\"X,Y\",short\n"
PERSON = "P123456789012"
PARCELS = lines(PARCEL, PARCEL | {"tracking_no": "T-2", "created_at": "soon"}, PARCEL | {"tracking_no": "T-3", "note": PERSON, "weight_kg": "heavy"}) + '{"courier_code": "EX", \n{broken\n'
MANIFEST = sent(CUSCAR.replace("SALT", "DRIVER'S SALT"), CUSCAR.replace("M1", "M2").replace("BL777", "BL999").replace("KGM:900,5", "KGM:many"))
FEEDS = ("exchange_rate", "courier", "manifest", "carrier_event", "declaration")


def land(folder: Path) -> Path:
    for name, text in {"exchange_rate/r.csv": RATES, "courier/c.jsonl": PARCELS, "manifest/m.edi": MANIFEST, "carrier_event/e.json": json.dumps([EVENT])[:-9],
                       "declaration/d.xml": DECLARATION.format(number="4389417308012M", office="", issued="20260629")}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def land_declarations(folder: Path, good: int, bad: int) -> Path:
    """One zip of declarations, the bad ones without their office."""
    path = folder / str(DAY) / "declaration" / "d.zip"
    path.parent.mkdir(parents=True)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(good + bad):
            archive.writestr(f"{number:03}.xml", DECLARATION.format(number=f"43894173080{number:02}M", office="03010" if number < good else "", issued="20260629"))
    return folder


def copied(lake: Lake, folder: Path) -> Lake:
    shutil.copytree(lake.root, folder)
    return Lake(str(folder))


def walk(spark: SparkSession, lake: Lake, say: Callable[[str], None] = print) -> Walk:
    return Walk(lambda: spark, lake, load_settings({}), say)


def relax(monkeypatch: pytest.MonkeyPatch, feed: str, *fields: str) -> None:
    """Correct the rule: these fields no longer refuse."""
    before = BY_NAME[feed]
    laxer = tuple(replace(field, required=False, strict=False) if field.name in fields else field for field in before.fields)
    monkeypatch.setitem(BY_NAME, feed, replace(before, fields=laxer))


def opened(lake: Lake, **asked: Any) -> list[dict[str, Any]]:
    lake.reread()
    return sorted(listed(lake, Asked(**asked), 1000)["refusals"], key=lambda one: (one["file"], one["position"]))


def find(lake: Lake, feed: str, position: str) -> str:
    [one] = [one for one in opened(lake, feeds=(feed,)) if one["position"] == position]
    return str(one["id"])


def correction(lake: Lake, feed: str, position: str, text: str) -> Wanted:
    return Wanted(Asked((feed,), ids=(find(lake, feed, position),)), "typing error", "officer", text)


def silver(lake: Lake, feed: str, *columns: str) -> list[dict[str, Any]]:
    lake.reread()
    return list(lake.arrow(BY_NAME[feed].silver, columns or None).sort_by("record_key").to_pylist())


def books(lake: Lake) -> list[tuple[Any, ...]]:
    """Files of batches that a replay brought."""
    names = ("file", "finding", "records_in", "accepted", "quarantined", "duplicate")
    return sorted(tuple(row[name] for name in names) for row in lake.arrow(FILE).to_pylist() if row["finding"] in ("replayed", "corrected"))


def acts(lake: Lake) -> list[tuple[Any, ...]]:
    names = ("feed", "position", "action", "code", "outcome", "found_code")
    return sorted(tuple(row[name] for name in names) for row in lake.arrow(REPLAY).to_pylist())
