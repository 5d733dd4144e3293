"""Plots logged with a model."""

from pathlib import Path

from models.bundle import Bundle
from models.metrics import Floats
from models.score import contributions


def summary_plot(bundle: Bundle, sample: Floats, path: Path) -> None:
    """The SHAP summary plot of a sample as a PNG file."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    import shap

    shap.summary_plot(contributions(bundle, sample)[:, :-1], sample, feature_names=list(bundle.names), show=False, rng=0)
    plt.gcf().savefig(path, dpi=80, bbox_inches="tight")
    plt.close("all")
