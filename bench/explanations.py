"""Part `explanations`: the ways to SHAP values beside one another, by the number of rows and the size of the model."""

from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from datetime import date
from io import StringIO
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd

from bench import Asked
from bench.page import table
from bench.sides import PROCESSOR, Beside, Spread, in_turn, seconds
from lakehouse.settings import Settings
from models.bundle import Bundle
from models.encoding import Encoding, Floats
from models.score import FAST_FROM, Method, contributions
from models.verify import read_forest

PAGE, TITLE = Path("docs/explanations.md"), "# Explanations\n\nWritten by `python -m bench explanations decisions`, each part by itself.\n\n"
_COLUMNS, _CODES, _LEARNED = 60, (3, 10, 30, 60, 200, 5), 30_000
# Leaves, trees, columns that hold codes.
_USUAL = 31
_MODELS = ((15, 100, 6), (_USUAL, 300, 6), (63, 400, 6))
_SIZES = ((100, 5), (300, 5), (600, 5), (1_000, 5), (1_500, 3), (2_000, 3), (5_000, 3), (20_000, 3), (100_000, 2))
_FEW = ((300, 3), (600, 3), (1_000, 3), (1_500, 3), (2_000, 3))
# From so many rows on a round takes minutes: none is spent on warming up.
_WARM_FROM = 20_000
# Least ratio asked for, by rows; below the crossover LightGBM's own way is taken, so that it is never below 1.
_ASKED = {20_000: 2.5, 100_000: 4.0}


def measured(settings: Settings, asked: Asked, say: Callable[[str], None]) -> str:
    """The section of the page."""
    return "\n\n".join([f"## Ways to SHAP values\n\nRun on {date.today()}, other work beside it; one thread each, by processor time.\n"  # noqa: DTZ011
                        "Asked for: 2.5 times the rows of pred_contrib at 20,000 rows, 4 times at 100,000, never fewer; what is asked for holds\n"
                        "where the least of the rounds reaches it. Below the crossover LightGBM's own way is taken.",
                        *_ways(say), _package(say)])


def _ways(say: Callable[[str], None]) -> Iterator[str]:
    """Patterns of conditions beside LightGBM's pred_contrib."""
    for leaves, trees, codes in _MODELS:
        bundle, rows = _model(leaves, trees, codes)
        told: list[tuple[str, ...]] = []
        crossover = 0
        for size, rounds in _SIZES if leaves == _USUAL else _FEW:
            say(f"{leaves} leaves, {trees} trees, {size:,} rows")
            got = _beside(bundle, rows[:size], rounds)
            crossover = crossover or (size if got.ratio.low >= 1 else 0)
            told.append((f"{size:,}", str(got.ours), str(got.bare), str(got.ratio), _asked(size, got.ratio),
                         "patterns" if size >= FAST_FROM else "pred_contrib"))
        few = rows[:500]
        apart = float(np.abs(contributions(bundle, few, 1, Method.WOODELF) - contributions(bundle, few, 1, Method.PRED_CONTRIB)).max())
        yield (f"### {leaves} leaves, {trees} trees, {_COLUMNS} features, {codes} of them categories\n\nRows a second of processor time, least / "
               f"middle / greatest. Both ways differ by {apart:.1e} at most. Patterns are quicker in every round from {crossover:,} rows; "
               f"they are taken from {FAST_FROM:,}.")
        yield table(("rows", "patterns", "pred_contrib", "ratio", "asked for", "taken"), told)


def _asked(rows: int, ratio: Spread) -> str:
    """What is asked of so many rows, and whether the least of the rounds reaches it."""
    least = 1.0 if rows >= FAST_FROM else 0.0
    asked = _ASKED.get(rows, least)
    return f"≥ {asked:g}: {'yes' if ratio.low >= asked else 'no'}" if asked else "–"


def _beside(bundle: Bundle, matrix: Floats, rounds: int) -> Beside:
    """Both ways, in turn."""
    def ours() -> object:
        return contributions(bundle, matrix, 1, Method.WOODELF)

    def bare() -> object:
        return contributions(bundle, matrix, 1, Method.PRED_CONTRIB)

    if len(matrix) < _WARM_FROM:
        return in_turn(len(matrix), ours, bare, rounds, PROCESSOR)
    told = [(seconds(ours, PROCESSOR), seconds(bare, PROCESSOR)) for _ in range(rounds)]
    return Beside(Spread.of([len(matrix) / took for took, _ in told]), Spread.of([len(matrix) / theirs for _, theirs in told]),
                  Spread.of([theirs / took for took, theirs in told]))


def _package(say: Callable[[str], None]) -> str:
    """The package woodelf-explainer, which takes no categories, on a model without any."""
    from woodelf import WoodelfExplainer

    bundle, rows = _model(_USUAL, 300, 0)
    matrix = rows[:20_000]
    say("woodelf-explainer, 20,000 rows")
    frame = pd.DataFrame(matrix, columns=list(bundle.names))
    own = contributions(bundle, matrix[:500], 1, Method.PRED_CONTRIB)[:, :-1]
    with redirect_stdout(StringIO()):
        explainer = WoodelfExplainer(lightgbm.Booster(model_str=bundle.text))
        explainer.shap_values(frame[:500], verbose=False)
        took = seconds(lambda: explainer.shap_values(frame, verbose=False), PROCESSOR)
        apart = float(np.abs(explainer.shap_values(frame, verbose=False)[:500] - own).max())
    ours = seconds(lambda: contributions(bundle, matrix, 1, Method.WOODELF), PROCESSOR)
    return (f"The package woodelf-explainer takes no categories. On 20,000 rows of a model of 31 leaves and 300 trees without any: "
            f"{20_000 / took:,.0f} rows a second, {apart:.1e} from LightGBM at most; patterns as written here {20_000 / ours:,.0f}.")


def _model(leaves: int, trees: int, codes: int) -> tuple[Bundle, np.ndarray]:
    """A model of that size and 100,000 rows to explain."""
    draw = np.random.default_rng(1)

    def rows(count: int) -> np.ndarray:
        made = draw.normal(size=(count, _COLUMNS))
        for i in range(codes):
            made[:, i] = draw.integers(0, _CODES[i], count)
        made[draw.random(made.shape) < 0.05] = np.nan
        return made

    matrix = rows(_LEARNED)
    known = np.nan_to_num(matrix)
    z = known[:, 10] + known[:, 11] * known[:, 12] + (known[:, 1] % 3 == 0) + 0.5 * np.sin(known[:, 20] * 2)
    label = (draw.random(_LEARNED) < 1 / (1 + np.exp(2 - z))).astype(float)
    names = tuple(f"x{i}" for i in range(_COLUMNS))
    parameters = {"objective": "binary", "num_leaves": leaves, "learning_rate": 0.05, "min_data_in_leaf": 40, "feature_fraction": 0.6,
                  "verbosity": -1, "max_bin": 127, "num_threads": 1, "seed": 1}
    data = lightgbm.Dataset(matrix, label, categorical_feature=list(range(codes)), feature_name=list(names), params=parameters)
    text = read_forest(lightgbm.train(parameters, data, trees).model_to_string(num_iteration=-1)).text
    return Bundle("haechi-1", Encoding(names, {names[i]: () for i in range(codes)}), text), rows(100_000)
