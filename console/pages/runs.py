"""Runs and data quality: nights with their stages, what feeds sent, and what was refused, with its source text for those who mend it."""

from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from console import runs
from console.guard import session_of
from console.rendering import render
from console.roles import may
from feeds.registry import BY_NAME as FEEDS
from jobs import quarantine
from jobs.manifest import publications
from jobs.quarantine import Asked
from lakehouse.errors import CallerError

router = APIRouter()
_RUNS, _REFUSALS, _CHARACTERS = 60, 100, 60_000


@router.get("/runs", name="runs")
def page(request: Request, run: str = "") -> Response:
    """The runs, and one of them in full: the newest unless named."""
    lake = request.app.state.lake
    told = list(reversed(publications(lake)))[:_RUNS]
    chosen = next((each for each in told if each.run_id == run), told[0] if told else None)
    if chosen is None:
        return render(request, "runs.html", runs=[], chosen=None, feeds=[], unfinished=runs.unfinished(lake), r=runs, unbalanced=[])
    feeds = runs.feed_rows(lake, chosen)
    return render(request, "runs.html", runs=told, chosen=chosen, feeds=feeds, unfinished=runs.unfinished(lake), r=runs,
                  unbalanced=[each.name for each in feeds if not each.is_balanced])


@router.get("/quarantine", name="quarantine")
def refused(request: Request, feed: str = "", code: str = "", all: str = "") -> Response:
    """Refusals, the newest first, by feed and code; open ones unless all are asked for."""
    asked = Asked((feed,) if feed in FEEDS else (), code[:60], all=bool(all))
    lake = request.app.state.lake
    counted = quarantine.counted(lake, Asked(all=True))
    of_feed = [row for row in counted if not asked.feeds or row["feed"] in asked.feeds]
    return render(request, "quarantine.html", found=quarantine.listed(lake, asked, _REFUSALS), by_feed=_summed(counted, "feed", all),
                  by_code=_summed(of_feed, "code", all), feed="".join(asked.feeds), code=asked.code, all=all,
                  can_read=may(session_of(request).account.role, "refusal"))


def _summed(counted: list[dict[str, Any]], name: str, all: str) -> dict[str, int]:
    """How many refusals there are by feed or code, the most first."""
    sums: dict[str, int] = {}
    for row in counted:
        sums[row[name]] = sums.get(row[name], 0) + row["open"] + (row["settled"] if all else 0)
    return {key: number for key, number in sorted(sums.items(), key=lambda item: (-item[1], item[0])) if number}


@router.get("/quarantine/{refusal_id}", name="refusal")
def refusal(request: Request, refusal_id: str) -> Response:
    """One refusal with its source text as it was sent, personal values replaced, and what was done about it."""
    try:
        found = quarantine.known(request.app.state.lake, refusal_id)
    except CallerError:
        raise HTTPException(404) from None
    text = str(found["raw"] or "")
    return render(request, "refusal.html", one=found, text=text[:_CHARACTERS], cut=_CHARACTERS if len(text) > _CHARACTERS else 0)
