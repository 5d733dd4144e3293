"""What test processes do: write entries to one vault, as Spark's workers do."""

import random
import sys
from collections.abc import Mapping

from feeds.pseudonym import Personal, pseudonym
from feeds.vault.store import Gathered, VaultAccess

PSEUDONYM_KEY = "pseudonyms"


def keep(access: VaultAccess, found: Mapping[str, Personal], known_seconds: int) -> None:
    """Write the values of one file, as a worker does."""
    gathered = Gathered()
    gathered.add(found, known_seconds)
    gathered.keep(access)


def values(count: int) -> dict[str, Personal]:
    """Phones under their pseudonyms, the same in every process."""
    phones = [f"010-{number // 10_000:04d}-{number % 10_000:04d}" for number in range(77_000_000, 77_000_000 + count)]
    return {pseudonym(PSEUDONYM_KEY, "phone", phone): Personal("phone", phone) for phone in phones}


def write(url: str, key: str, count: int, seed: int, turns: int = 1) -> int:
    """Keep all entries in small batches, each process in an order of its own; how many batches."""
    access, batches = VaultAccess(url, key, PSEUDONYM_KEY), 0
    entries = list(values(count).items())
    for turn in range(turns):
        random.Random(seed + turn).shuffle(entries)
        for start in range(0, count, 100):
            keep(access, dict(entries[start:start + 100]), 1_000_000 - seed - turn)
            batches += 1
    return batches


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), 10_000)
