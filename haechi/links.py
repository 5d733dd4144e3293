"""The commands `haechi links …`: what records a shipment is made of, and cutting those that are another's."""

from typing import Annotated

import typer

from haechi import running
from haechi.output import Json, LakeOption, emit, grid, out
from haechi.quarantine import Why, who

app = typer.Typer(no_args_is_help=True, help="See which records a shipment is made of, and cut a wrong link: it stays cut.")
Feed = Annotated[str, typer.Option("--feed", help="The record's feed.")]
Record = Annotated[str, typer.Option("--record", help="The record's key, as haechi links show tells it.")]
Owner = Annotated[str, typer.Option("--owner", help="Only the link to this number; all of the record's unless given.")]


def show(shipment: Annotated[str, typer.Argument(metavar="ID", help="A shipment_id or any identifier that names one shipment.")],
         lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """The records of a shipment, each with the number that links it and how sure that is."""
    from jobs.linking import linked

    settings, target = running.checked_settings(), running.readable_lake(lake)
    told = linked(running.spark_of(settings), target, shipment)
    if not emit(told, as_json):
        grid(told["shipment_id"], ("feed", "record", "linked by", "confidence", "known"),
             [(r["feed"], r["record_key"], r["matched_on"], f"{r['confidence']:.2f}", f"{r['linked_at']:%Y-%m-%d %H:%M}") for r in told["links"]])


def cut(feed: Feed, record: Record, reason: Why, owner: Owner = "", lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Cut the links of a record that belongs to another shipment; the next run describes the shipment without it."""
    _change(feed, record, reason, owner, lake, as_json, withdraw=False)


def restore(feed: Feed, record: Record, reason: Why, owner: Owner = "", lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Take a cut back."""
    _change(feed, record, reason, owner, lake, as_json, withdraw=True)


def _change(feed: str, record: str, reason: str, owner: str, lake: str, as_json: bool, withdraw: bool) -> None:
    from jobs.linking import cut as cut_links

    found = cut_links(running.readable_lake(lake), feed, record, owner, reason, who(), withdraw)
    if not emit({"links": found, "is_withdrawn": withdraw}, as_json):
        for row in found:
            out.print(f"{'restored' if withdraw else 'cut'}: {row['feed']} {row['record_key']} — {row['owner_kind']} {row['owner_id']}", markup=False)


for _name, _command in (("show", show), ("cut", cut), ("restore", restore)):
    app.command(_name)(_command)
