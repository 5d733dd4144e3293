"""The API as an application of its own beside the pages: it shares their state and none of their sessions."""

from fastapi import FastAPI
from starlette.datastructures import State

from console.api import instructions, shipments
from console.api.entry import Pace
from console.api.told import ALWAYS, tell_faults
from console.scoring import Scorer

ADDRESS = "/api/v1"
ROUTERS = (shipments.router, instructions.router)


def create_api(state: State) -> FastAPI:
    """The API over the console's own lake, decisions database and shelf."""
    api = FastAPI(title="Haechi", version="1", docs_url=None, redoc_url=None, responses=ALWAYS, redirect_slashes=False,
                  description="Shipments of the published night, scored on the spot, decided on; and instructions for partners' own cargo.")
    api.state = state
    state.pace, state.scorer = Pace(), Scorer(state.lake, state.settings)
    for router in ROUTERS:
        api.include_router(router)
    tell_faults(api)
    return api
