"""`python -m bench.malformed`: malformed messages by the thousand and hostile files, what became of them, into docs/malformed-input.md."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from haechi.output import say

ROOT = Path(__file__).resolve().parents[1]
_TESTS = ROOT / "tests" / "feeds"
sys.path.insert(0, str(_TESTS))
_MANY = 100_000
_SAID = """\
Each mutant is a good message after one to three changes: bytes, parts, quotes, separators, encodings, numbers, tags, keys, cells, headers.
It is landed as a file, opened, decoded, pseudonymised, counted, read and cast. *Lost* is a file whose records, counted from its raw text,
are not the records read, or a refused record without code, position or raw text. *Taken* records may still be refused by a feed's rules.
"""
_HEAD = "| form | mutants | records | taken | refused | most frequent refusals | seconds | slowest, ms | grown by, MB | lost | crashed |"


def sweep(name: str, count: int) -> dict[str, Any]:
    """The figures of one form, taken in a process of its own."""
    from accounted import land, take
    from good_messages import forms
    from measured import peak_mb
    from mutations import mutant

    form = next(form for form in forms() if form.name == name)
    codes: Counter[str] = Counter()
    lost, crashed, slowest, records, began, held = [], [], 0.0, 0, time.monotonic(), peak_mb()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"m.{form.kind}"
        for number in range(count):
            feed, message = mutant(form, number)
            path.write_bytes(message)
            landed = time.monotonic()
            try:
                rows = land(feed, path)
                take(feed, rows)
                read = [row["refusal"] for row in rows if "ordinal" in row]
                records += len(read)
                codes.update(code for code in read if code)
            except AssertionError as fault:
                lost.append(f"{name} {number}: {fault}")
            except Exception as fault:
                crashed.append(f"{name} {number}: {type(fault).__name__} {fault}")
            slowest = max(slowest, time.monotonic() - landed)
    return {"name": name, "count": count, "records": records, "codes": codes, "lost": lost, "crashed": crashed,
            "slowest": slowest, "seconds": time.monotonic() - began, "grown_mb": peak_mb() - held}


def hostile() -> Iterator[tuple[str, dict[str, Any]]]:
    """What became of each hostile file, landed in a process of its own."""
    import hostile_files

    given = (*hostile_files.archives(), *hostile_files.bombs(), *hostile_files.labours(_MANY))
    for name, (feed, make) in given:
        with tempfile.TemporaryDirectory() as folder:
            make(Path(folder) / f"{feed} {name if '.' in name else 'm'}")
            done = subprocess.run([sys.executable, str(_TESTS / "measured.py"), folder], capture_output=True, text=True, check=False,
                                  env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(_TESTS)))})
        yield name, json.loads(done.stdout) if done.stdout else {"fault": f"ended by {done.returncode}", "seconds": 60, "peak_mb": 4096}


def _form_row(done: dict[str, Any]) -> str:
    refused = sum(done["codes"].values())
    frequent = ", ".join(f"`{code}` {number:,}" for code, number in done["codes"].most_common(4))
    numbers = f"{done['count']:,} | {done['records']:,} | {done['records'] - refused:,} | {refused:,}"
    costs = f"{done['seconds']:.0f} | {done['slowest'] * 1000:.0f} | {done['grown_mb']:.0f}"
    return f"| {done['name']} | {numbers} | {frequent} | {costs} | {len(done['lost'])} | {len(done['crashed'])} |"


def _hostile_row(name: str, done: dict[str, Any]) -> str:
    told = Counter(code or "taken" for code in done.get("refusals", []))
    said = ", ".join(f"`{code}` {number:,}" if code != "taken" else f"taken {number:,}" for code, number in told.most_common(2))
    return f"| {name} | {said or done['fault']} | {done['seconds']:.2f} | {done['peak_mb']:.0f} |"


def main() -> int:
    """Run and write the page; 1 where a message was lost or a reader crashed."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--count", type=int, default=10_000, help="mutants a form")
    ask.add_argument("--out", type=Path, default=ROOT / "docs" / "malformed-input.md")
    opts = ask.parse_args()
    from good_messages import forms

    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn"), max_tasks_per_child=1) as workers:
        names = [form.name for form in forms()]
        swept = list(workers.map(sweep, names, [opts.count] * len(names)))
    files = list(hostile())
    wrong = [told for done in swept for told in (*done["lost"], *done["crashed"])]
    wrong += [f"{name}: {done['fault']}" for name, done in files if "fault" in done]
    for told in wrong:
        say(told)
    lines = [f"# Malformed input\n\nRun on {date.today()} with Haechi {version('haechi')}, lxml {version('lxml')}, "  # noqa: DTZ011
             f"pyarrow {version('pyarrow')}, Python {sys.version.split()[0]}, {os.cpu_count()} processors: "
             f"`python -m bench.malformed --count {opts.count}`.\n", _SAID,
             _HEAD, "|" + "---|" * _HEAD.count(" | ") + "---|", *map(_form_row, swept),
             "\n## Hostile files\n\nEach in a process of its own, whose libraries alone take 120 MB.\n",
             "| file | became | seconds | peak, MB |", "|---|---|---|---|", *(_hostile_row(name, done) for name, done in files), ""]
    opts.out.write_text("\n".join(lines), encoding="utf-8")
    say(f"written: {opts.out}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
