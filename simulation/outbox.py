"""The outbox: whatever leaves a sender is delivered to the slot where it lands, late, twice, cut or corrected now and then, and counted.

A sender says with a `Post` when each of its messages leaves and how it reads; everything else happens here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.draws import Bools, Ints, stream
from simulation.landing import write_archive, write_lines
from simulation.ledger import About, Ledger
from simulation.lots import Lot
from simulation.slots import DAY, Slots

# How a message reads: as its sender means it; with a mistake, to be corrected; right, issued anew after a mistake.
MEANT, MISTAKEN, CORRECTED = range(3)
# What may happen to a message on its way.
CUT, TWICE, CORRECTION, LATE = "cut", "twice", "corrected", "late"
SLIPS = frozenset({CUT, TWICE, CORRECTION, LATE})
# Days until the second copy, the correction, or the only copy comes.
_DELAYS = {CUT: (0.3, 1.5), TWICE: (0.2, 2.0), CORRECTION: (1.0, 3.0), LATE: (1.0, 4.0)}
_ACCEPTED, _QUARANTINED, _DUPLICATE = range(3)
Tally = dict[str, int]


class Batch(NamedTuple):
    """Messages to write, in order: their positions among the sender's, how each is to read, and when it is issued, in seconds."""

    rows: list[int]
    versions: list[int]
    issued: Ints


@dataclass(frozen=True)
class Post:
    """What one sender sends in a lot.

    `leaves` gives the second at which each message leaves; what leaves outside of the period does not land. `write`
    gives the texts of a batch in its order. `name` begins the file names and must be the feed's own. Messages with
    `names` go into zips under these names and the `suffix`, those without are lines of JSON. `records` counts the
    records of each message, one unless given. `slips` are those that may happen; one who sends what is CORRECTION must
    write it as MISTAKEN and as CORRECTED, every record of it different. `refused` marks what is sent whole and yet quarantined.
    `about` says what the records are truly about, for the truth alone.
    """

    feed: str
    name: str
    leaves: Ints
    write: Callable[[Batch], Sequence[str | bytes]]
    names: Sequence[str] | None = None
    suffix: str = ".xml"
    records: Ints | None = None
    slips: frozenset[str] = SLIPS
    refused: Bools | None = None
    about: About | None = None


# What arrives: message, version, when it is issued and arrives, the share that is left of it, which copy it is, and its fate.
_DELIVERY = np.dtype([("row", "i8"), ("version", "i8"), ("issued", "i8"), ("arrives", "i8"), ("left", "f8"), ("copy", "i8"), ("fate", "i8")])
_Deliveries = NDArray[np.void]


def deliver(out: Path, lot: Lot, posts: Iterable[Post], ledger: Ledger | None = None) -> dict[str, Tally]:
    """Write everything that lands of some posts into the landing `out` and note it in the ledger; the tally of each feed."""
    slots = Slots.of_lot(lot)
    tallies: dict[str, Counter[str]] = {}
    for post in posts:
        found = _deliveries(lot, post, slots)
        for slot, arrived in _by_slot(found, slots):
            _land(out / slots.folder(slot) / post.feed, f"{post.name}-{slots.folder(slot).replace('-', '')}-{lot.mark}", post, arrived)
        if ledger is not None:
            ledger.book(post, np.bincount(found["row"][found["fate"] != _QUARANTINED], minlength=len(post.leaves)))
        tally = _counted(post, found)
        if tally:
            tallies.setdefault(post.feed, Counter()).update(tally)
    return {feed: dict(tally) for feed, tally in tallies.items()}


def _deliveries(lot: Lot, post: Post, slots: Slots) -> _Deliveries:
    """Draw what happens to each message on its way; in order of arrival."""
    rng, count = stream(lot.seed, f"mess {post.feed} {post.name}"), len(post.leaves)
    draw, share, delay = rng.random(count), rng.uniform(0.2, 0.8, count), rng.random(count)
    slip = np.full(count, "", dtype="<U9")
    edge, told = 0.0, lot.scenario.mess.model_dump()
    for name in sorted(post.slips):
        slip[(draw >= edge) & (draw < edge + told[name])] = name
        edge += told[name]
    wait = np.zeros(count, dtype=np.int64)
    for name, (low, high) in _DELAYS.items():
        wait = np.where(slip == name, ((low + (high - low) * delay) * DAY).astype(np.int64), wait)
    refused = np.zeros(count, dtype=bool) if post.refused is None else post.refused
    first = np.zeros(count, dtype=_DELIVERY)
    first["row"], first["issued"] = np.arange(count), post.leaves
    first["version"] = np.where(slip == CORRECTION, MISTAKEN, MEANT)
    first["arrives"] = post.leaves + np.where(slip == LATE, wait, 0)
    first["left"] = np.where(slip == CUT, share, 1.0)
    first["fate"] = np.where(refused | (slip == CUT), _QUARANTINED, _ACCEPTED)
    again = np.isin(slip, (CUT, TWICE, CORRECTION))
    second, is_correction = first[again], (slip == CORRECTION)[again]
    second["copy"], second["left"] = 1, 1.0
    second["arrives"] += wait[again]
    second["version"] = np.where(is_correction, CORRECTED, MEANT)
    second["issued"] = np.where(is_correction, second["arrives"], second["issued"])
    second["fate"] = np.where(refused[again], _QUARANTINED, np.where((slip == TWICE)[again], _DUPLICATE, _ACCEPTED))
    both = np.concatenate([first, second])
    both = both[(post.leaves[both["row"]] >= 0) & (both["arrives"] < slots.seconds)]
    order = np.lexsort((both["copy"], both["row"], both["arrives"]))
    return np.asarray(both[order])


def _by_slot(found: _Deliveries, slots: Slots) -> Iterator[tuple[int, _Deliveries]]:
    slot = slots.at(found["arrives"])
    numbers, first = np.unique(slot, return_index=True)
    edges = [*first.tolist(), len(slot)]
    for number, low, high in zip(numbers.tolist(), edges[:-1], edges[1:], strict=True):
        yield number, found[low:high]


def _land(folder: Path, stem: str, post: Post, arrived: _Deliveries) -> None:
    rows = arrived["row"].tolist()
    texts = post.write(Batch(rows, arrived["version"].tolist(), arrived["issued"]))
    cut = [text if left == 1.0 else text[: int(len(text) * left)] for text, left in zip(texts, arrived["left"].tolist(), strict=True)]
    if post.names is None:
        write_lines(folder / f"{stem}.jsonl", [text if isinstance(text, str) else text.decode() for text in cut])
        return
    ends = (post.suffix, f"-2{post.suffix}")
    names = _apart([post.names[row] + ends[copy] for row, copy in zip(rows, arrived["copy"].tolist(), strict=True)], post.suffix)
    write_archive(folder / f"{stem}.zip", zip(names, (text.encode() if isinstance(text, str) else text for text in cut), strict=True))


def _apart(names: list[str], suffix: str) -> list[str]:
    """Names of one archive, no two alike: what bears the name of another gets a number."""
    seen: Counter[str] = Counter()
    apart = []
    for name in names:
        seen[name] += 1
        apart.append(name if seen[name] == 1 else f"{name.removesuffix(suffix)}-{seen[name]}{suffix}")
    return apart


def _counted(post: Post, found: _Deliveries) -> Tally:
    """Records as the pipeline will count them: a message that is cut is one."""
    held = np.ones(len(post.leaves), dtype=np.int64) if post.records is None else post.records
    many = np.where(found["left"] < 1.0, 1, held[found["row"]])
    said = {name: int(many[found["fate"] == fate].sum())
            for fate, name in ((_ACCEPTED, "accepted"), (_QUARANTINED, "quarantined"), (_DUPLICATE, "duplicate"))}
    told = {name: number for name, number in said.items() if number}
    return {"records": sum(told.values()), **told} if told else {}
