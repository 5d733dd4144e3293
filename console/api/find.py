"""Finding what a request names: a shipment by its id or any identifier that names one, within what the key may see."""

from typing import Any

from fastapi import Request

from console.api.entry import ApiError
from console.detail import Detail, detail
from console.keys import Caller
from console.queue import folded
from console.serving import Served


def shipment(request: Request, caller: Caller, number: str) -> Detail:
    """A shipment of the publication; ApiError 404 with the next run where there is none one may see, 409 where there are several."""
    served: Served = request.state.served
    places = [place for place in _places(served, number) if caller.session.may_see(place["office_code"])]
    if not places:
        raise unknown(served, number)
    if len(places) > 1:
        raise ApiError(409, "shipment.several", f"{number[:60]} names {len(places)} shipments", "Give a number that names one.")
    found = detail(served, places[0]["shipment_id"])
    assert found is not None
    return found


def _places(served: Served, number: str) -> list[dict[str, Any]]:
    direct = served.rows("SELECT * FROM place WHERE shipment_id = ?", [number])
    return direct or served.rows("SELECT * FROM place WHERE shipment_id IN (SELECT shipment_id FROM identifier WHERE value = ?)", [folded(number)])


def unknown(served: Served, number: str) -> ApiError:
    """What is said of a number that no shipment of the publication has."""
    return ApiError(404, "shipment.unknown", f"No shipment of this publication is known by {number[:60]}", "Ask again after the next run.",
                    next_run_at=served.next_run)
