"""The schemas of `docs/schemas`, whether what a command tells is as its schema says, and a lake that needs no Spark."""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import typer
from jsonschema import Draft202012Validator, FormatChecker

from haechi.cli import app
from haechi.listing import LISTINGS
from jobs.context import Kind
from jobs.manifest import Publication, publish
from jobs.walk import STEPS
from lakehouse.clock import end_of
from lakehouse.lake import Lake

NIGHT = date(2026, 6, 30)
FOLDER = Path(__file__).resolve().parents[2] / "docs" / "schemas"
# RFC 3339 asks for seconds and an offset; without the package that checks it, jsonschema lets every text pass.
_INSTANT = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")
FORMATS = FormatChecker()


@FORMATS.checks("date-time", raises=ValueError)
def is_instant(value: object) -> bool:
    """Whether a text is an instant with its offset; what is no text is left to `type`."""
    return not isinstance(value, str) or bool(_INSTANT.match(value) and datetime.fromisoformat(value))


def registered(app: typer.Typer) -> dict[str, Any]:
    """Every command by its name, one of a group under `group-name`."""
    top: Any = typer.main.get_command(app)
    groups = {name: command for name, command in top.commands.items() if hasattr(command, "commands")}
    alone = {name: command for name, command in top.commands.items() if name not in groups}
    return alone | {f"{name}-{inner}": command for name, group in groups.items() for inner, command in group.commands.items()}


def names() -> list[str]:
    """Every schema by its file's name."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


@cache
def schema(name: str) -> dict[str, Any]:
    """One schema."""
    return dict(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))


def faults(name: str, payload: dict[str, Any]) -> list[str]:
    """What is not as the schema says, by where it stands; the payload is taken as it is printed, numbers finite."""
    printed = json.loads(json.dumps(payload, ensure_ascii=False, default=str, allow_nan=False))
    validator = Draft202012Validator(schema(name), format_checker=FORMATS)
    return [line for fault in validator.iter_errors(printed) for line in _lines(fault)]


def _lines(fault: Any) -> list[str]:
    """A fault, and beneath an oneOf what each branch has against the payload."""
    return [f"{fault.json_path}: {fault.message[:300]}", *(line for inner in fault.context or () for line in _lines(inner))]


def assert_valid(name: str, payload: dict[str, Any]) -> None:
    """AssertionError with every fault where the payload is not as `docs/schemas/<name>.json` says."""
    found = faults(name, payload)
    assert not found, f"{name}.json:\n" + "\n".join(found)


def parts(node: Any) -> Iterator[dict[str, Any]]:
    """Every schema within a schema; what `properties` and `$defs` name is one, they themselves are not."""
    if isinstance(node, list):
        for inner in node:
            yield from parts(inner)
    elif isinstance(node, dict):
        yield node
        for key, inner in node.items():
            yield from parts(list(inner.values()) if key in ("properties", "$defs") else inner)


def row_of(name: str) -> dict[str, Any]:
    """The schema of each column of a table's rows."""
    found = schema(name)["properties"]
    return dict(zip(found["columns"]["const"], found["rows"]["items"]["prefixItems"], strict=True))


def order(night: dict[str, Any]) -> list[str]:
    """The stages of a night in the order its schema asks for."""
    return [stage["properties"]["name"]["const"] for stage in night["stages"]["prefixItems"]]


def publication(day: date, kind: Kind = "nightly", **summary: Any) -> Publication:
    """A publication as such a run leaves it, without a table."""
    stages = [{"name": name, "rows_in": 3, "rows_out": 2, "seconds": 0.25} for name in (*dict(STEPS[kind]), "publish")]
    hashes = {} if kind == "history" else dict.fromkeys(("gold.feature", "gold.score", "gold.selection"), "2:-7:00ff")
    counts = {"files": 1, "records_in": 4, "accepted": 2, "quarantined": 1, "duplicate": 1}
    scored = {} if kind == "history" else {
        "model": "prior-1", "scored_before_release": {"cargo": {"released": 4, "scored_before": 3, "share": 0.75}}}
    return Publication(f"{kind}-{day:%Y%m%d}-1", kind, str(day), end_of(day).isoformat(), "1", {}, hashes, stages, {},
                       {"feeds": {"outcome": counts}, **scored, **summary})


def published_lake(folder: Path) -> str:
    """A lake with three published runs, the last of `NIGHT`, and no row in any table."""
    made = Lake(str(folder))
    publish(made, publication(NIGHT - timedelta(days=2), "history"))
    publish(made, publication(NIGHT - timedelta(days=1), trained="haechi-1"))
    publish(made, publication(NIGHT, warning={"ko": "모델 저장소 연결 불가", "en": "The registry cannot be reached"},
                              retrain={"ko": "재학습 제안: 점수 변화", "en": "Training anew is proposed: scores drift"}))
    return made.root


def commands() -> dict[str, list[str]]:
    """Each registered command and the schemas it needs: one, or one for each thing that it tells of; those of a group by both names."""
    several = {"list": [f"list-{what}" for what in LISTINGS], "explain": ["explain", "explain-global"]}
    return {name: several.get(name) or [name.replace(" ", "-")] for name in registered(app)}


def without_json() -> list[str]:
    """Commands that do not take --json, all of which should."""
    return [name for name, command in registered(app).items() if not any("--json" in option.opts for option in command.params)]
