"""What shows of bags: the image beside what the traveller declared."""

from __future__ import annotations

from collections.abc import Iterator

from simulation.bags.made import Bags
from simulation.names import objects
from simulation.parcels.shown import scanned
from simulation.shown import Shown


def shown_by_bags(made: Bags) -> Iterator[Shown]:
    """Everything that shows of a lot's bags."""
    told = objects([f"declared {usd:.0f} USD" if is_declared else "nothing declared"
                    for is_declared, usd in zip(made.bags["is_declared"].tolist(), made.bags["declared_usd"].tolist(), strict=True)])
    yield scanned(made.scans, "baggage", told, ("baggage", "bags"))
