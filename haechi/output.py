"""What the command line shows: one JSON object with --json, else tables and lines for people."""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from lakehouse.errors import HaechiError

# Control characters but line feed and tab, and marks that turn the reading direction.
_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
err = Console(stderr=True, highlight=False)
# Where no terminal says how wide it is, tables are still to be read.
out = Console(highlight=False, width=None if sys.stdout.isatty() else 160)


@dataclass
class State:
    """What every command shares."""

    as_json: bool = False
    started: float = 0.0


state = State()
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout; logs go to stderr.")]
LakeOption = Annotated[str, typer.Option("--lake", envvar="HAECHI_LAKE", help="Folder or prefix of the lake.")]


def say(line: str) -> None:
    """A line of progress, on stderr."""
    err.print(line, markup=False)


def emit(payload: Mapping[str, Any], as_json: bool) -> bool:
    """Print the payload as JSON if asked; whether it was."""
    if as_json:
        sys.stdout.write(json.dumps(payload, ensure_ascii=False, default=str) + "\n")
    return as_json


def grid(title: str, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table for people."""
    table = Grid(title=title or None, title_justify="left")
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else shown(str(cell))) for cell in row))
    out.print(table)


def shown(text: str) -> str:
    """Text as it may be shown on a terminal: what would move or colour it stands as a sign."""
    return _UNSHOWN.sub("\ufffd", text)


def told(fault: HaechiError, as_json: bool) -> int:
    """Tell a fault in one line, or as JSON; its exit code."""
    if as_json:
        emit({"error": {"code": fault.code, "message": fault.message, "hint": fault.hint}}, True)
    err.print(f"haechi: {fault.message}. {fault.hint}" if not fault.message.endswith(".") else f"haechi: {fault.message} {fault.hint}",
              markup=False, soft_wrap=True)
    return fault.exit_code
