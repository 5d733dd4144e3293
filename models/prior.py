"""The declared prior: what ranks before there are outcomes to learn from; log-odds declared beside each feature."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from features.feature import Feature
from models.bundle import Bundle, Term, read_plain, sha256
from models.calibration import Amount
from models.encoding import Encoding

Floats = npt.NDArray[np.float64]
VERSION = "prior-1"
BASE_RATE = 0.02
RECOVERED = 0.3  # Share of the duty and taxes at stake that a violation is taken to bring, before outcomes tell.


def prior_bundle(features: Sequence[Feature], base_rate: float = BASE_RATE) -> Bundle:
    """The prior over all features, in the shape of a trained model; ValueError where a category declares a term."""
    wrong = [feature.name for feature in features if feature.prior and feature.type == "category"]
    if wrong:
        raise ValueError(f"categories have no threshold, yet declare a prior: {wrong}")
    terms = tuple(Term(f.name, float(f.prior[0]), float(f.prior[1]), -1 if f.monotone == -1 else 1) for f in features if f.prior)
    encoding = Encoding(tuple(f.name for f in features), {f.name: () for f in features if f.type == "category"})
    return Bundle(VERSION, encoding, terms=terms, base=float(np.log(base_rate / (1 - base_rate))),
                  amount=Amount((0.0, 1.0), (0.0, RECOVERED)))


def keep_prior(folder: Path, as_of: datetime, bundle: Bundle) -> None:
    """Keep what the prior says from a run on, where it says other than before: the catalogue it rests on may change."""
    plain, home = bundle.to_json(), folder / VERSION
    before = _kept_files(home, as_of)
    if before and before[-1].stem.endswith(sha256(plain)):
        return
    home.mkdir(parents=True, exist_ok=True)
    path = home / f"{_stamp(as_of)}-{sha256(plain)}.json"
    fresh = path.with_suffix(".new")
    fresh.write_text(plain, encoding="utf-8")
    fresh.replace(path)


def kept_prior(folder: Path, as_of: datetime) -> Bundle | None:
    """The prior that scored as of then, verified by its hash; None where none was kept or its file is not as it was written."""
    for path in _kept_files(folder / VERSION, as_of)[-1:]:
        plain = path.read_text(encoding="utf-8")
        if path.stem.endswith(sha256(plain)):
            return read_plain(VERSION, "", plain)
    return None


def _kept_files(home: Path, as_of: datetime) -> list[Path]:
    """The kept files up to an instant, the newest last."""
    return sorted(path for path in home.glob("*.json") if path.name.split("-")[0] <= _stamp(as_of))


def _stamp(as_of: datetime) -> str:
    return as_of.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def prior_contributions(bundle: Bundle, matrix: Floats) -> Floats:
    """What each feature adds in log-odds, and the base last: rows x (features + 1); an unknown value adds nothing."""
    added = np.zeros((len(matrix), len(bundle.names) + 1))
    added[:, -1] = bundle.base
    for term in bundle.terms:
        column = bundle.names.index(term.feature)
        values = matrix[:, column]
        reached = values <= term.threshold if term.sign < 0 else values >= term.threshold
        added[reached, column] += term.log_odds
    return added
