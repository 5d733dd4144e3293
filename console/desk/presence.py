"""Who is looking at a shipment now: a hint beside the claim, kept in memory for as long as a page stays open."""

from datetime import datetime, timedelta
from threading import Lock

from lakehouse.clock import now

_FOR = timedelta(minutes=2)


class Presence:
    """Who opened which shipment lately."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._seen: dict[str, dict[int, tuple[str, datetime]]] = {}

    def look(self, shipment_id: str, account_id: int, who: str) -> list[str]:
        """Say that someone looks; the names of the others who do."""
        moment = now()
        with self._turn:
            if len(self._seen) > 10_000:
                self._seen.clear()
            here = {one: told for one, told in self._seen.get(shipment_id, {}).items() if moment - told[1] < _FOR}
            here[account_id] = (who, moment)
            self._seen[shipment_id] = here
            return sorted(name for one, (name, _) in here.items() if one != account_id)
