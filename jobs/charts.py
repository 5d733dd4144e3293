"""Charts for pages that stand by themselves: SVG text whose letters stay letters."""

import io
import warnings
from collections.abc import Callable
from typing import Any


def svg(draw: Callable[[Any], Any]) -> str:
    """The SVG of the figure that `draw` makes with pyplot; the same bytes for the same figures."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    with plt.rc_context({"svg.fonttype": "none", "font.family": "sans-serif", "svg.hashsalt": "haechi"}), warnings.catch_warnings():
        # Letters stay letters, drawn by the reader's fonts: that ours has no Hangul does not matter.
        warnings.filterwarnings("ignore", "Glyph")
        figure = draw(plt)
        with io.StringIO() as text:
            figure.savefig(text, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
            plt.close(figure)
            return text.getvalue().partition("<svg")[1] + text.getvalue().partition("<svg")[2]
