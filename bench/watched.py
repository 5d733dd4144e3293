"""A command of Haechi run in a process of its own, with the time and the memory that it takes, seen from outside."""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS_BETWEEN = 0.5


@dataclass(frozen=True)
class Watched:
    """What a command took, and the object that it said."""

    seconds: float
    peak_bytes: int
    said: dict[str, Any]


def watched(*words: str) -> Watched:
    """Run `haechi` with some words; RuntimeError where it fails."""
    began, peak = time.monotonic(), 0
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        running = subprocess.Popen([sys.executable, "-m", "haechi.cli", *words, "--json"], stdout=out)
        while running.poll() is None:
            peak = max(peak, memory(running.pid))
            time.sleep(SECONDS_BETWEEN)
        out.seek(0)
        said = out.read()
    if running.returncode:
        raise RuntimeError(f"haechi {words[0]} ended with {running.returncode}: {said[:500]}")
    return Watched(time.monotonic() - began, peak, json.loads(said))


def memory(pid: int) -> int:
    """Bytes of a process and all it started, shared pages counted by share; those that end meanwhile count nothing."""
    total = 0
    for one in _family(pid):
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="utf-8")
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))
    return total


def processor_seconds(pid: int) -> float:
    """Processor time of a process and all it started, those included that have ended and were waited for."""
    # User and system time, its own and that of children it waited for.
    return sum(sum(map(int, said[11:15])) for said in _family(pid).values()) / os.sysconf("SC_CLK_TCK")


def _family(pid: int) -> dict[int, list[str]]:
    """A process and all it started, each with what the system tells of it from its state on."""
    below: dict[int, list[int]] = {}
    told: dict[int, list[str]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            said = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        told[int(stat.parent.name)] = said
        below.setdefault(int(said[1]), []).append(int(stat.parent.name))
    found: dict[int, list[str]] = {}
    left = [pid]
    while left:
        one = left.pop()
        left += below.get(one, [])
        if one in told:
            found[one] = told[one]
    return found
