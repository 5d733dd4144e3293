"""What the reading benchmarks read: made once into the work folder from fixed seeds, captured samples packed beside it at run time."""

import shutil
import zipfile
from pathlib import Path
from random import Random

from bench import senders
from feeds.landing import LandedFile, survey
from lakehouse.clock import now
from simulation.landing import write_archive, write_lines
from simulation.world import simulate

_SAMPLES = Path(__file__).resolve().parents[2] / "shared/samples"
_CAPTURED = {"declaration": "kcs-929/*.xml", "cargo_progress": "unipass/completed-*.xml"}
_SHIPMENTS, _DAYS, _MESSAGES, _CONTAINERS, _CONSIGNMENTS, _LINE_FILES, _PARCELS, _ORDERS, _COPIES = 2_000, 10, 20, 300, 150, 8, 2_500, 6_000, 400
_SEED = 1


def landing(work: Path) -> Path:
    """The landing folder of the benchmarks, made where it is not there yet."""
    made = work / "bench" / "landing"
    if made.is_dir():
        return made
    fresh = made.with_name("landing.part")
    shutil.rmtree(fresh, ignore_errors=True)
    simulate(fresh, _SHIPMENTS, _DAYS, _SEED)
    rng = Random(_SEED)
    for number in range(_MESSAGES):
        _write(fresh / "terminal_event" / f"coarri-{number}.edi", senders.coarri(rng, number, _CONTAINERS))
        _write(fresh / "manifest" / f"cuscar-{number}.edi", senders.cuscar(rng, number, _CONSIGNMENTS))
    for feed, lines in (("courier", list(senders.courier(rng, _LINE_FILES * _PARCELS))), ("order", list(senders.orders(rng, _LINE_FILES * _ORDERS)))):
        for number in range(_LINE_FILES):
            write_lines(fresh / feed / f"{feed}-{number}.jsonl", lines[number::_LINE_FILES])
    fresh.rename(made)
    return made


def landed(folder: Path, feed: str) -> list[LandedFile]:
    """The files of a feed in a landing folder."""
    moment = now()
    return list(survey(folder, [feed], moment, moment).files)


def captured(work: Path, feed: str) -> list[LandedFile]:
    """Captured samples of a feed, many copies in an archive under the work folder; none where the samples are not beside the project."""
    found = sorted(_SAMPLES.glob(_CAPTURED[feed]))
    if not found:
        return []
    folder = work / "bench" / "captured"
    shutil.rmtree(folder / feed, ignore_errors=True)
    write_archive(folder / feed / "copies.zip", ((f"{copy}-{path.name}", path.read_bytes()) for copy in range(_COPIES // len(found)) for path in found))
    return landed(folder, feed)


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


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
