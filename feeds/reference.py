"""Reference lists that values are held against: UN/LOCODE places, HS codes, SMDG terminals, from a configured folder or the project's own.

A folder holds `unlocode/*.csv` (columns country, location), `hs/*.csv` (hscode) and `smdg/*.csv` (Terminal Code), each as its
publisher sends it. What it lacks is taken from the project's own small lists, and what these lack is not judged.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

OWN = Path(str(resources.files("conf"))) / "reference"


@dataclass(frozen=True)
class Listing:
    """A list of codes: the columns of its files that make a code, and the length to which values are held against it."""

    columns: tuple[str, ...]
    lengths: tuple[int, ...] = ()


LISTINGS = {
    "unlocode": Listing(("country", "location")),
    "hs": Listing(("hscode",), (2, 4, 6)),
    "smdg": Listing(("Terminal Code",)),
}


@cache
def codes(folder: str, name: str) -> pa.Array:
    """The codes of a list in upper case, sorted; none where neither the folder nor the project holds it."""
    listing = LISTINGS[name]
    for place in (Path(folder) if folder else None, OWN):
        files = sorted((place / name).glob("*.csv")) if place else []
        if files:
            found = {code for path in files for code in _codes(path, listing.columns) if code}
            return pa.array(sorted(found), pa.string())
    return pa.array([], pa.string())


def _codes(path: Path, columns: tuple[str, ...]) -> Iterator[str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            yield "".join((row.get(column) or "").strip() for column in columns).upper()


def unlisted(folder: str) -> Callable[[str, pa.Array], pa.Array | None]:
    """A test of a column of values against a list: true where a value is none of it; None where there is no such list."""

    def test(name: str, values: pa.Array) -> pa.Array | None:
        known, lengths = codes(folder, name), LISTINGS[name].lengths
        if not len(known):
            return None
        plain = pc.utf8_upper(pc.replace_substring_regex(values, r"[.\s]", ""))
        if lengths:
            # As far down as the list goes: chapters alone judge the first two digits.
            longest = max(length for length in lengths if pc.any(pc.equal(pc.utf8_length(known), length)).as_py())
            plain = pc.utf8_slice_codeunits(plain, 0, longest)
        return pc.and_(pc.invert(pc.is_in(plain, known)), plain.is_valid())

    return test
