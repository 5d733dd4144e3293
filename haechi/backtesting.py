"""The command `haechi backtest`: past nights again by several policies, as tables and as a page."""

from pathlib import Path
from typing import Annotated, Any

import typer

from haechi import running
from haechi.output import Json, LakeOption, emit, grid, out, say
from lakehouse.clock import parse_date
from lakehouse.errors import CallerError


def backtest(
    from_: Annotated[str, typer.Option("--from", help="The first night, YYYY-MM-DD.")],
    to: Annotated[str, typer.Option("--to", help="The last night, YYYY-MM-DD.")],
    capacity: Annotated[float | None, typer.Option("--capacity", help="What an office looks at: below 1 a share of its shipments, "
                                                   "from 1 a number a night; its own capacity unless given.")] = None,
    out_: Annotated[Path | None, typer.Option("--out", help="A folder for the tables as CSV and a page in each language.")] = None,
    lake: LakeOption = "./lake",
    as_json: Json = False,
) -> None:
    """What champion, challenger, prior, evidence, declared fields alone, chance and hindsight would have found on past nights."""
    from jobs import backtest as job
    from jobs.backtest_page import write

    if capacity is not None and capacity <= 0:
        raise CallerError("backtest.capacity", f"A capacity of {capacity:g} looks at nothing", "Give a share such as 0.05, or a number such as 20.")
    told = job.backtest(running.readable_lake(lake), running.checked_settings(), running.spark_of, say, parse_date(from_), parse_date(to), capacity)
    files = [str(path) for path in write(told, out_)] if out_ else []
    if not emit({**told, "files": files}, as_json):
        _tell(told, files)


def _tell(told: dict[str, Any], files: list[str]) -> None:
    from models.capacity import MEASURES, said

    title = f"{told['nights']} nights, {told['rows']} outcomes, {told['violations']} violations"
    for stratum, of in (("all", title), ("random", f"Random stratum: {told['random_rows']} outcomes, {told['random_violations']} violations")):
        grid(of, ("policy", "model", *(name.replace("_", " ") for name in MEASURES)),
             [(one["en"], one["model_version"] or "–", *(said(one[stratum], name) for name in MEASURES)) for one in told["policies"]])
    out.print(told["note"]["en"], markup=False)
    for one in told["policies"]:
        if one["has_learned"]:
            out.print(f"{one['en']}: {one['warning']['en']}", markup=False)
    for one in told["left_out"]:
        out.print(f"Left out: {one['policy'].replace('_', ' ')}, {one['en']}", markup=False)
    for path in files:
        out.print(f"Written: {path}", markup=False)
