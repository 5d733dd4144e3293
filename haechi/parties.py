"""The commands `haechi parties …`: whom a party holds and why, mentions cut and restored, everything linked anew."""

from typing import Annotated, Any

import typer

from haechi import running
from haechi.output import Json, LakeOption, emit, grid, out, shown
from haechi.quarantine import Why, who
from lakehouse.clock import parse_instant
from lakehouse.errors import CallerError

app = typer.Typer(no_args_is_help=True, help="Parties: whom one holds and why, mentions cut from it and restored, everything linked anew.")
Feed = Annotated[str, typer.Option("--feed", help="The record's feed.")]
Record = Annotated[str, typer.Option("--record", help="The record's key, as haechi parties show tells it.")]
Role = Annotated[str, typer.Option("--role", help="The role in which the record names it.")]
KnownAt = Annotated[str | None, typer.Option("--known-at", help="When it is known, after the last published run; now unless given.")]


def show(party: Annotated[str, typer.Argument(metavar="PARTY_ID", help="The party, also by an id it had before.")],
         limit: Annotated[int, typer.Option("--limit", min=1, help="Most mentions shown.")] = 50,
         lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """A party: its names, the mentions that it holds and what each rests on."""
    from jobs.parties import show as found

    told = found(running.readable_lake(lake), party, limit)
    if not emit(told, as_json):
        _line(f"{told['party_id']}  {', '.join(told['names'])}")
        grid("", ("feed", "record", "role", "name", "identifier", "weight"), [
            (*(m[name] for name in ("feed", "record_key", "role", "name", "identifier")), "" if m["weight"] is None else f"{m['weight']:.1f}")
            for m in told["mentions"]])
        for one in told["cuts"]:
            _line(f"cut: {one['feed']} {one['record_key']} {one['role']} — {one['who']}: {one['reason']}")
        _line(f"{len(told['mentions'])} of {told['total']}")


def cut(feed: Feed, record: Record, role: Role, reason: Why, known_at: KnownAt = None,
        lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Cut a mention from its party: from the next run on it is apart, and stays so."""
    from jobs.parties import Said
    from jobs.parties import cut as act

    at = parse_instant(known_at) if known_at else None
    _acted(act(running.readable_lake(lake), Said(feed, record, role), given(reason), who(), at), as_json)


def restore(feed: Feed, record: Record, role: Role, reason: Why, known_at: KnownAt = None,
            lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Take a cut back: the next run links the mention again."""
    from jobs.parties import Said
    from jobs.parties import restore as act

    at = parse_instant(known_at) if known_at else None
    _acted(act(running.readable_lake(lake), Said(feed, record, role), given(reason), who(), at), as_json)


def relink(known_at: KnownAt = None, lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Link everything anew under a new generation, and tell what moved; what was known before is left as it was."""
    from jobs.parties import lines

    settings = running.checked_settings()
    told = running.walk(running.readable_lake(lake), settings).relink(parse_instant(known_at) if known_at else None)
    if not emit(told, as_json):
        grid("", ("what", "how many or which"), lines(told))


def given(reason: str) -> str:
    """A reason; CallerError where none is given."""
    if not reason.strip():
        raise CallerError("reason.empty", "No reason is given", "Say why with --reason; it is kept.")
    return reason.strip()


def _acted(told: dict[str, Any], as_json: bool) -> None:
    if not emit(told, as_json):
        _line(f"{told['feed']} {told['record_key']} {told['role']}: {told['state']}; the next run takes it up")


def _line(text: str) -> None:
    out.print(shown(text), markup=False, soft_wrap=True)


for _name, _command in (("show", show), ("cut", cut), ("restore", restore), ("relink", relink)):
    app.command(_name)(_command)
