"""`python -m bench.malformed`: malformed messages by the thousand and hostile files, what became of them, into docs/malformed-input.md."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from haechi.output import say

ROOT = Path(__file__).resolve().parents[1]
_TESTS = ROOT / "tests" / "feeds"
sys.path.insert(0, str(_TESTS))
_MANY, _AT_ONCE = 100_000, 200
_SAID = """\
Each mutant is a good message after one to three changes: bytes, parts, quotes, separators, encodings, numbers, tags, keys, cells, headers.
It is landed as a file, opened, decoded, pseudonymised, counted, read and cast. *Lost* is a file whose records, counted from its raw text,
are not the records read, or a refused record without code, position or raw text. *Taken* records may still be refused by a feed's rules.
"""
_HEAD = "| form | mutants | records | taken | refused | most frequent refusals | seconds | slowest, ms | grown by, MB | lost | crashed |"


@dataclass
class Swept:
    """The figures of one form: what was read, refused, lost, crashed, and what it cost."""

    name: str
    count: int
    records: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    crashed: list[str] = field(default_factory=list)
    slowest: float = 0
    seconds: float = 0
    grown_mb: float = 0

    def tried(self, number: int, what: Callable[[], Any]) -> Any:
        """What a step gives; None where it fails, which is noted under the mutant's number."""
        try:
            return what()
        except AssertionError as fault:
            self.lost.append(f"{self.name} {number}: {fault}")
        except Exception as fault:
            self.crashed.append(f"{self.name} {number}: {type(fault).__name__} {fault}")
        return None


def sweep(name: str, count: int) -> Swept:
    """The figures of one form, taken in a process of its own."""
    from accounted import land
    from good_messages import forms
    from measured import peak_mb
    from mutations import mutant

    form = next(form for form in forms() if form.name == name)
    done, began, held = Swept(name, count), time.monotonic(), peak_mb()
    found: list[tuple[int, str, list[dict[str, Any]]]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"m.{form.kind}"
        for number in range(count):
            feed, message = mutant(form, number)
            path.write_bytes(message)
            landed = time.monotonic()
            found.append((number, feed, done.tried(number, partial(land, feed, path)) or []))
            done.slowest = max(done.slowest, time.monotonic() - landed)
            if len(found) == _AT_ONCE or number == count - 1:
                _cast(found, done)
                found = []
    done.seconds, done.grown_mb = time.monotonic() - began, peak_mb() - held
    return done


def _cast(found: Sequence[tuple[int, str, list[dict[str, Any]]]], done: Swept) -> None:
    """Cast the rows of many files at once; where that fails, file by file, so that it is known which."""
    from accounted import take

    for feed in {feed for _, feed, _ in found}:
        files = [(number, rows) for number, of, rows in found if of == feed]
        read = [row["refusal"] for _, rows in files for row in rows if "ordinal" in row]
        done.records += len(read)
        done.codes.update(code for code in read if code)
        try:
            take(feed, [row for _, rows in files for row in rows])
        except Exception:
            for number, rows in files:
                done.tried(number, partial(take, feed, rows))


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


def _form_row(done: Swept) -> str:
    refused = sum(done.codes.values())
    frequent = ", ".join(f"`{code}` {number:,}" for code, number in done.codes.most_common(4))
    numbers = f"{done.count:,} | {done.records:,} | {done.records - refused:,} | {refused:,}"
    costs = f"{done.seconds:.0f} | {done.slowest * 1000:.0f} | {done.grown_mb:.0f}"
    return f"| {done.name} | {numbers} | {frequent} | {costs} | {len(done.lost)} | {len(done.crashed)} |"


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
    wrong = [told for done in swept for told in (*done.lost, *done.crashed)]
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
