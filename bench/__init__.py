"""Benchmarks: figures beside bare tools in the same run."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Asked:
    """What a run is asked for: the folder to make things in, how large `volume` is, 0 leaving one of its two out, the largest world,
    and the worlds of the part models by name, its first where none is."""

    work: Path
    files: int
    size: int
    shipments: int
    worlds: tuple[str, ...] = ()
