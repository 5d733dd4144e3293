"""What the benchmarks read: a simulated world made once into the work folder, captured samples packed beside it at run time."""

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from feeds.landing import LandedFile, survey
from feeds.parsing import Parsing
from feeds.registry import BY_NAME
from lakehouse.clock import now
from lakehouse.settings import Settings
from simulation.landing import write_archive
from simulation.scenario import load_scenario
from simulation.world import simulate

_SAMPLES = Path(__file__).resolve().parents[2] / "shared/samples"
_CAPTURED = {"declaration": "kcs-929/*.xml", "cargo_progress": "unipass/completed-*.xml"}
_SCENARIO, _SHIPMENTS, _DAYS, _COPIES, _SEED = "mixed", 16_000, 10, 400, 1


def landing(work: Path) -> Path:
    """The landing folder of the benchmarks, made where it is not there yet."""
    made = work / "bench" / "landing"
    if made.is_dir():
        return made
    part = fresh(made.with_name("landing.part"))
    simulate(part, _SHIPMENTS, _DAYS, _SEED, scenario=load_scenario(_SCENARIO))
    part.rename(made)
    return made


def landed(folder: Path, feed: str) -> list[LandedFile]:
    """The files of a feed in a landing folder."""
    moment = now()
    return list(survey(folder, [feed], moment, moment, "bench").files)


def captured(work: Path, feed: str) -> list[LandedFile]:
    """Captured samples of a feed, many copies in an archive under the work folder; none where the samples are not beside the project."""
    found = sorted(_SAMPLES.glob(_CAPTURED[feed]))
    if not found:
        return []
    return packed(work / "bench" / "captured", feed, [path.read_bytes() for _ in range(_COPIES // len(found)) for path in found])


def packed(folder: Path, feed: str, kept: list[bytes]) -> list[LandedFile]:
    """Messages as one archive of a feed, in place of what its folder held."""
    write_archive(fresh(folder / feed) / "messages.zip", ((f"{number}.msg", message) for number, message in enumerate(kept)))
    return landed(folder, feed)


def reader(files: list[LandedFile], settings: Settings) -> Callable[[], list[pa.RecordBatch]]:
    """The reading of files as a worker does it."""
    parsing = Parsing.of(BY_NAME[files[0].feed], settings)
    paths = pa.RecordBatch.from_pylist([{"file": f.file, "path": f.path, "known_seconds": int(f.known_at.timestamp()), "finding": ""} for f in files])
    return lambda: list(parsing(iter([paths])))


def messages(files: list[LandedFile]) -> list[bytes]:
    """The messages in plain files and archives."""
    told: list[bytes] = []
    for file in files:
        if file.path.endswith(".zip"):
            with zipfile.ZipFile(file.path) as archive:
                told += [archive.read(name) for name in archive.namelist()]
        else:
            told.append(Path(file.path).read_bytes())
    return told


def fresh(folder: Path) -> Path:
    """A folder that holds nothing; what it held is removed."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def write(path: Path, text: str) -> None:
    """Write a text, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
