"""Models: which one ranks and since when, how good and how well calibrated it is, what drifts, what waits, and what was decided."""

from fastapi import APIRouter, Request, Response

from console import cards, charts
from console.guard import session_of
from console.rendering import Reader, render
from jobs import cards as keeping
from jobs.manifest import publications
from jobs.serving_models import OUTCOME_DAYS
from models.cells import DIMENSIONS, TRADERS
from models.versions import CHALLENGER, CHAMPION

router = APIRouter()
_RECORDS, _CARDS, _DRIFTING = 40, 12, 40


@router.get("/models", name="models")
def page(request: Request, record: str = "") -> Response:
    """The page; `record` opens one decision with all its figures."""
    served, state = request.state.served, request.app.state
    if served is None:
        return render(request, "unpublished.html")
    kept = keeping.kept(state.lake)
    if kept is None and keeping.keep(state.lake, state.settings):
        # A lake of an earlier version, or one brought back: made once, on first asking.
        kept = keeping.kept(state.lake)
    reader, known, decided = Reader(session_of(request).account.language), cards.cards(kept), cards.records(kept)
    ranks = cards.ranking(served)
    first, nights = cards.since(publications(state.lake), ranks)
    sides = [(alias, card) for alias in (CHAMPION, CHALLENGER) if (card := cards.holder(known, alias)) and card.measured.get("n")]
    tested, drifts = cards.bins(served, ranks), cards.drift(served)
    found = cards.found(served)
    stands, last = cards.standing(known, decided)
    chosen = next((one for one in decided if f"{one['version']} {one['at']}" == record), decided[0] if decided else None)
    return render(
        request, "models.html", kept=kept, cards=known[:_CARDS], ranks=ranks, card=next((one for one in known if one.version == ranks), None),
        first=first, nights=nights, sides=sides, tested=tested, found=found,
        hit_rates={row["selected_by"]: row["share"] for row in found}, weights=cards.weights(served), drift=drifts,
        drifting=drifts.drifting[:_DRIFTING], challenger=cards.holder(known, CHALLENGER), stands=stands, last=last, records=decided[:_RECORDS],
        chosen=chosen, CELLS=DIMENSIONS, TRADERS=TRADERS, outcome_days=OUTCOME_DAYS, outcomes_needed=state.settings["labels.outcomes_needed"],
        violations_needed=state.settings["labels.violations_needed"], needs_second=state.settings["promote.second_person"],
        lift_chart=charts.lift(sides, reader) if sides else None, tested_chart=charts.reliability(tested, reader) if tested else None,
        drift_chart=charts.by_night(drifts, reader) if len(drifts.nights) > 1 else None)
