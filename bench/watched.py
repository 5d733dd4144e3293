"""A command of Haechi run in a process of its own, with the time and the memory that it takes, seen from outside."""

import json
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
    below: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
        except OSError:
            continue
        below.setdefault(parent, []).append(int(stat.parent.name))
    total, left = 0, [pid]
    while left:
        one = left.pop()
        left += below.get(one, [])
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="utf-8")
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))
    return total
