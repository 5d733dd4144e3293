"""What a cargo's way shows beside its papers: traces that cheats and honest accidents leave on containers, none by default."""

from __future__ import annotations

import pandas as pd

# The seal at discharge beside the one at loading.
SEAL_SAME, SEAL_PREFIX_DROPPED, SEAL_INSPECTED, SEAL_OTHER = range(4)
# When and where to a container leaves the terminal.
GATE_USUAL, GATE_BONDED, GATE_EARLY, GATE_ELSEWHERE = range(4)
AS_LOADED = -1


def without_traces(cargo: pd.DataFrame) -> pd.DataFrame:
    """Add the columns of traces, all as usual.

    `first_country` is where the goods were first loaded and `empty_country` where their empty container was picked up,
    AS_LOADED for the papers' country of loading. `hidden_kg` lies with the cargo and is on no bill; `shown_kg` is what
    a shipper's verified gross mass says beyond the bill. `image` is what a scan shows beyond the goods. `hidden_usd` is
    the value of what is hidden or withheld.
    """
    return cargo.assign(
        first_country=AS_LOADED, empty_country=AS_LOADED, seal_trace=SEAL_SAME, gate_trace=GATE_USUAL,
        hidden_kg=0.0, shown_kg=0.0, hidden_usd=0.0, image="",
    )
