"""The commands `haechi watchlist …`: hits with why, cleared with a reason and an expiry, and clearances taken back."""

from typing import Annotated, Any

import typer

from haechi import running
from haechi.output import Json, LakeOption, emit, grid, out, shown
from haechi.parties import KnownAt, given
from haechi.quarantine import Why, who
from lakehouse.clock import parse_date, parse_instant

app = typer.Typer(no_args_is_help=True, help="Watchlist hits: browse them with why, clear those that are another's, take a clearance back.")
Listing = Annotated[str, typer.Option("--list", help="The list: OFAC, UN or LOCAL.")]
EntryId = Annotated[str, typer.Option("--entry", help="Number of the entry.")]
Party = Annotated[str, typer.Option("--party", help="The party, as haechi watchlist hits tells it.")]


def hits(status: Annotated[str, typer.Option("--status", help="Only those that are open, or cleared.")] = "", listing: Listing = "",
         limit: Annotated[int, typer.Option("--limit", min=1)] = 50, lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Hits, the most alike first, with the listed name and how alike each is, field by field."""
    from jobs.watching import hits as found

    told = found(running.readable_lake(lake), status, listing, limit)
    if not emit(told, as_json):
        heads = ("list", "entry_id", "listed_name", "name", "role", "status", "score", "letters", "found", "covered", "party_id")
        grid("", heads, [[f"{hit[name]:.3f}" if isinstance(hit[name], float) else hit[name] for name in heads] for hit in told["hits"]])
        out.print(f"{len(told['hits'])} of {told['total']}", markup=False)


def clear(listing: Listing, entry: EntryId, party: Party, reason: Why,
          until: Annotated[str | None, typer.Option("--until", help="Last day it holds, YYYY-MM-DD; until the entry changes unless given.")] = None,
          known_at: KnownAt = None, lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Clear a party's hits on an entry: they do not come back unless the entry changes or the day is past."""
    from jobs.watching import Entry
    from jobs.watching import clear as act

    last, at = parse_date(until) if until else None, parse_instant(known_at) if known_at else None
    _acted(act(running.readable_lake(lake), Entry(listing, entry, party), given(reason), who(), last, at), as_json)


def withdraw(listing: Listing, entry: EntryId, party: Party, reason: Why, known_at: KnownAt = None,
             lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Take a clearance back: the next run opens the hits again."""
    from jobs.watching import Entry
    from jobs.watching import withdraw as act

    at = parse_instant(known_at) if known_at else None
    _acted(act(running.readable_lake(lake), Entry(listing, entry, party), given(reason), who(), at), as_json)


def _acted(told: dict[str, Any], as_json: bool) -> None:
    if not emit(told, as_json):
        line = f"{told['list']} {told['entry_id']} {told['party_id']}: {told['state']}; the next run takes it up"
        out.print(shown(line), markup=False, soft_wrap=True)


for _name, _command in (("hits", hits), ("clear", clear), ("withdraw", withdraw)):
    app.command(_name)(_command)
