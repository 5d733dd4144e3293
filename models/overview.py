"""Overview of one model: what it leans on, how each feature moves the score, and which features work together."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from features.catalogue import BY_NAME
from models.bundle import Bundle
from models.metrics import Floats
from models.score import contributions
from models.shapley import fits, interactions
from models.verify import read_forest

_MOST, _DRAWN, _BINS = 20, 6, 10


def overview(bundle: Bundle, sample: Floats, known: Floats | None = None, stands_for: Floats | None = None, paired: int = 0) -> dict[str, Any]:
    """Importance (mean absolute contribution), dependence (by value, in tenths of the sample) and interactions, weightiest first.

    `known` are the rows' contributions where they were worked out before, `stands_for` how many rows each of them stands for;
    interactions are of the first `paired` rows, of all where it is 0.
    """
    added = contributions(bundle, sample)[:, :-1] if known is None else known
    share = np.ones(len(sample)) if stands_for is None else stands_for
    weight = np.average(np.abs(added), axis=0, weights=share)
    order = [int(i) for i in np.argsort(-weight, kind="stable")[:_MOST] if weight[i] > 0]
    some = slice(paired or None)
    pairs = interactions(bundle.text, sample[some]) if bundle.text and fits(bundle.text) else {}
    sizes = {pair: float(2 * np.average(np.abs(values), weights=share[some])) for pair, values in pairs.items()}
    together = sorted(((size, pair) for pair, size in sizes.items()), key=lambda each: (-each[0], each[1]))[:_MOST]
    return {
        "version": bundle.version, "rows": len(sample),
        "importance": [{"feature": bundle.names[i], **_words(bundle.names[i]), "weight": float(weight[i])} for i in order],
        "dependence": {bundle.names[i]: _dependence(bundle, i, sample[:, i], added[:, i], share) for i in order},
        "interactions": [{"features": [bundle.names[i], bundle.names[j]], "weight": each} for each, (i, j) in together if each > 0]}


def gain_shares(bundle: Bundle) -> dict[str, float]:
    """By feature its share of all that the splits of the trees gained in training; none for a prior, which has no trees."""
    gains = dict.fromkeys(bundle.names, 0.0)
    for tree in read_forest(bundle.text).trees if bundle.text else ():
        for place, gain in zip(tree.lines["split_feature"], tree.lines["split_gain"], strict=True):
            gains[bundle.names[int(place)]] += float(gain)
    total = sum(gains.values())
    return {name: gain / total for name, gain in gains.items()} if total else {}


def write_overview(bundle: Bundle, sample: Floats, folder: Path) -> list[Path]:
    """The overview as numbers and as a picture; the files written."""
    told, pages = overview(bundle, sample), [folder / "overview.json", folder / "overview.png"]
    pages[0].write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    overview_plot(told, pages[1])
    return pages


def overview_plot(told: dict[str, Any], path: Path) -> None:
    """The overview as a picture: importance, the curves of the weightiest features, and pairs."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(17, 6), layout="constrained")
    bars = told["importance"][::-1]
    axes[0].barh([each["feature"] for each in bars], [each["weight"] for each in bars], color="#3b6ea5")
    axes[0].set(title="What the model leans on", xlabel="mean |contribution|, log-odds")
    for name in list(told["dependence"])[:_DRAWN]:
        points = [point for point in told["dependence"][name] if point["value"] is not None]
        axes[1].plot(np.linspace(0, 1, len(points)), [point["contribution"] for point in points], marker="o", label=name)
    axes[1].axhline(0, color="#999999", linewidth=0.8)
    axes[1].set(title="How a feature moves the score", xlabel="from the least value to the greatest", ylabel="mean contribution, log-odds")
    axes[1].legend(frameon=False, fontsize=8)
    pairs = told["interactions"][::-1]
    axes[2].barh([" × ".join(each["features"]) for each in pairs], [each["weight"] for each in pairs], color="#4c9f70")
    axes[2].set(title="Which features work together", xlabel="mean |interaction|, log-odds")
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=80)
    plt.close(figure)


def _words(name: str) -> dict[str, str]:
    text = BY_NAME[name].text if name in BY_NAME else None
    return {"ko": text.ko if text else name, "en": text.en if text else name}


def _dependence(bundle: Bundle, i: int, values: Floats, added: Floats, share: Floats) -> list[dict[str, Any]]:
    """The mean contribution by value: of each code of a category, else of each tenth of the sample; the unknown last, as null."""
    name, known = bundle.names[i], ~np.isnan(values)
    vocabulary = bundle.encoding.vocabularies.get(name)
    parts: list[tuple[Any, Any]]
    if vocabulary is not None:
        parts = [(vocabulary[int(code)] if code < len(vocabulary) else "other", values == code) for code in np.unique(values[known])]
    else:
        edges = np.unique(np.quantile(values[known], np.arange(1, _BINS) / _BINS)) if known.any() else np.zeros(0)
        place = np.searchsorted(edges, values, side="left")
        parts = [(float(np.median(values[known & (place == each)])), known & (place == each)) for each in np.unique(place[known])]
    if not known.all():
        parts.append((None, ~known))
    return [{"value": value, "rows": int(rows.sum()), "contribution": float(np.average(added[rows], weights=share[rows]))} for value, rows in parts]
