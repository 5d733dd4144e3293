"""Lands files in a process of its own, one after another, and tells of each what became of it, how long it took and the most memory held.

Run as: measured.py FOLDER, whose files are named by feed and number; one line of JSON a file. What takes more than a minute or 4 GB ends it.
"""

import json
import re
import resource
import signal
import sys
import time
from pathlib import Path

from accounted import land, take


def peak_mb() -> float:
    """The most memory this process has held, from its start or since it was asked to forget."""
    return int(re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[0]) / 1024


def measure(feed: str, path: Path) -> dict[str, object]:
    Path("/proc/self/clear_refs").write_text("5")
    signal.alarm(60)
    began = time.monotonic()
    try:
        rows = land(feed, path)
        take(feed, rows)
        told = {"refusals": [row.get("refusal") for row in rows], "positions": [row.get("position") for row in rows]}
    except Exception as fault:
        told = {"fault": f"{type(fault).__name__}: {fault}"[:300]}
    return told | {"seconds": time.monotonic() - began, "peak_mb": peak_mb()}


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    for named in sorted(Path(sys.argv[1]).iterdir()):
        print(json.dumps({"file": named.name} | measure(named.name.split(" ")[0], named)), flush=True)
