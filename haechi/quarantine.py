"""The commands `haechi quarantine …`: browse refusals, correct, replay and dismiss them, tell senders, release held feeds."""

import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from haechi import running
from haechi.output import Json, LakeOption, emit, grid, out, shown
from haechi.views import Lang
from lakehouse.clock import KOREA, parse_date
from lakehouse.errors import CallerError

app = typer.Typer(no_args_is_help=True, help="Work with refused records and held feeds: browse, correct, replay, dismiss, report, release.")
OneFeed = Annotated[str | None, typer.Argument(metavar="[FEED]", help="One feed; none means all.")]
Code = Annotated[str, typer.Option("--code", help="Refusals of one code.")]
OfFile = Annotated[str, typer.Option("--file", help="Refusals of one file, as it is listed.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="The refusal's number, as it is listed.")]
Why = Annotated[str, typer.Option("--reason", help="Why; it is kept.")]
_LINES = ("open", "accepted", "duplicate", "refused", "unread")


def list_(feed: OneFeed = None, code: Code = "", file: OfFile = "", limit: Annotated[int, typer.Option("--limit", min=1)] = 50,
          all_: Annotated[bool, typer.Option("--all", help="Settled refusals too.")] = False,
          lang: Lang = "en", lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Open refusals, the newest first."""
    from jobs.quarantine import Asked, listed

    told = listed(running.readable_lake(lake), Asked(_feeds(feed), code, file, all=all_), limit)
    if not emit(told, as_json):
        for one in told["refusals"]:
            _line(f"{one['id']}  {one['known_at'][:16]}  {one['feed']}  {one['code']}" + (f"  ({one['state']})" if all_ else ""))
            for line in (f"{one['file']}, {one['position']}", one[f"message_{lang}"], " ".join((one["excerpt"] or "").split())):
                _line(f"    {line}")
        _line(f"{len(told['refusals'])} of {told['total']}")


def show(refusal: Id, lang: Lang = "en", lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Everything about one refusal: why, its text, the message around it, what was done."""
    from jobs.quarantine import known

    told = known(running.readable_lake(lake), refusal)
    if emit(told, as_json):
        return
    for name in ("id", "state", "known_at", "feed", "sender", "file", "position", "code"):
        _line(f"{name}: {told[name] or '–'}")
    _line(told[f"message_{lang}"])
    for act in told["history"]:
        outcome = " ".join(filter(None, (act["outcome"], act["found_code"])))
        _line(f"{act['done_at'][:16]} {act['action']}, {outcome} — {act['who']}: {act['reason'] or '–'}")
    envelope = told["envelope"]
    around = "not kept whole" if envelope is None else "none: a whole message" if not envelope else envelope[1:].replace(envelope[0], "<RECORD>")
    _line(f"--- around it: {around}\n--- text\n{told['raw'] or ''}")


def counts(feed: OneFeed = None, lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Refusals by feed and code, open and settled."""
    from jobs.quarantine import Asked, counted

    rows = counted(running.readable_lake(lake), Asked(_feeds(feed), all=True))
    if not emit({"counts": rows}, as_json):
        grid("", ("feed", "code", "open", "settled"), [(r["feed"], r["code"], r["open"], r["settled"]) for r in rows])


def replay(feed: OneFeed = None, code: Code = "", file: OfFile = "",
           ids: Annotated[list[str] | None, typer.Option("--id", help="One refusal; may be given again.")] = None,
           lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Read open refusals again by today's rules; what is no longer refused comes in."""
    from jobs.quarantine import Asked, known
    from jobs.replay import Wanted

    settings, target = running.checked_settings(), running.readable_lake(lake)
    for refusal in ids or ():
        known(target, refusal)
    wanted = Wanted(Asked(_feeds(feed), code, file, tuple(ids or ())), who=who())
    told = running.walk(target, settings).replay(wanted)
    if not emit({"feeds": told}, as_json):
        grid("", ("feed", *_LINES), [(name, *(one[line] for line in _LINES)) for name, one in told.items()])
        if any(one["unread"] for one in told.values()):
            _line("Unread: the text was not kept whole. Ask the sender to send it again, or give it with haechi quarantine correct.")


def correct(refusal: Id, raw: Annotated[str, typer.Option("--raw", help="File with the corrected text of the record; - reads it from stdin.")],
            reason: Why, lang: Lang = "en", lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Read one refusal again with its text corrected; exit 2 where it is refused again."""
    from jobs.quarantine import Asked, entrusted, open_one, pseudonymised
    from jobs.replay import Wanted

    settings, target = running.checked_settings(), running.readable_lake(lake)
    feed = open_one(target, refusal)["feed"]
    wanted = Wanted(Asked((feed,), ids=(refusal,)), pseudonymised(_given(reason), settings), who(), entrusted(_read(raw), target, settings))
    one = running.walk(target, settings).replay(wanted)[feed]
    outcome = next(name for name in ("accepted", "duplicate", "refused") if one[name])
    found = one.get("found") or dict.fromkeys(("code", "message_ko", "message_en"))
    if not emit({"id": refusal, "feed": feed, "outcome": outcome, **found}, as_json):
        _line(f"{refusal}: {outcome}" + (f" — {found['code']}: {found[f'message_{lang}']}" if found["code"] else ""))
    if outcome == "refused":
        raise typer.Exit(2)


def dismiss(refusals: Annotated[list[str], typer.Argument(metavar="ID...", help="Refusals that will not be corrected.")],
            reason: Why, lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Settle refusals that will not be corrected; they stay in history."""
    from jobs.quarantine import dismiss as settle
    from jobs.quarantine import pseudonymised

    settings = running.checked_settings()
    done = settle(running.readable_lake(lake), refusals, pseudonymised(_given(reason), settings), who())
    if not emit({"dismissed": [one["id"] for one in done]}, as_json):
        _line(f"{len(done)} dismissed")


def report(out_: Annotated[Path, typer.Option("--out", help="Folder for the CSV files, one a feed and sender.")],
           feeds: Annotated[list[str] | None, typer.Argument(metavar="[FEED]...", help="Feeds to tell of; none means all.")] = None,
           since: Annotated[str | None, typer.Option("--since", help="Refusals known from that day on, YYYY-MM-DD.")] = None,
           lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """What to tell each sender: its open refusals and why, in Korean and English, as CSV."""
    from datetime import datetime, time

    from jobs.quarantine import Asked
    from jobs.refusal_report import report as write

    known = datetime.combine(parse_date(since), time(), KOREA) if since else None
    told = write(running.readable_lake(lake), Asked(_feeds(*feeds or ()), since=known), out_)
    if not emit({"out": str(out_), "reports": told}, as_json):
        grid(str(out_), ("feed", "sender", "file", "rows"), [(r["feed"], r["sender"], r["file"], r["rows"]) for r in told])


def held(lang: Lang = "en", lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Feeds kept back for their quality: which batch, why, since when."""
    from jobs.holds import held as batches

    rows = batches(running.readable_lake(lake))
    numbers = ("files", "records_in", "accepted", "quarantined", "duplicate")
    kept = ("feed", "batch_id", "reason_ko", "reason_en", "known_at", "stated_at", *numbers)
    told = [{name: row[name].isoformat() if name.endswith("_at") else row[name] for name in kept} for row in rows]
    if not emit({"held": told}, as_json):
        for one in told:
            _line(f"{one['feed']}  batch {one['batch_id']}  since {one['known_at'][:16]}")
            _line(f"    {one[f'reason_{lang}']}")
            _line("    " + ", ".join(f"{name.replace('_', ' ')} {one[name]}" for name in numbers))
        _line(f"{len(told)} held")


def release(feed: Annotated[str, typer.Argument(metavar="FEED", help="The held feed.")], reason: Why,
            batch: Annotated[list[str] | None, typer.Option("--batch", help="One held batch; all of the feed unless given.")] = None,
            drop: Annotated[bool, typer.Option("--drop", help="Keep it out for good instead.")] = False,
            lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Let a held feed in, so that the next run takes it up; with --drop, keep it out for good."""
    from jobs.holds import release as let_in
    from jobs.quarantine import pseudonymised

    settings, [name] = running.checked_settings(), _feeds(feed)
    done = let_in(running.readable_lake(lake), name, batch or (), pseudonymised(_given(reason), settings), who(), drop)
    state = "dropped" if drop else "released"
    if not emit({"feed": name, "state": state, "batches": [row["batch_id"] for row in done]}, as_json):
        _line(f"{name}: {len(done)} batches {state}" + ("" if drop else "; the next run takes them up"))


def _line(text: str) -> None:
    out.print(shown(text), markup=False, soft_wrap=True)


def _feeds(*names: str | None) -> tuple[str, ...]:
    from feeds.registry import feed_named

    return tuple(feed_named(name).name for name in names if name)


def _given(reason: str) -> str:
    if not reason.strip():
        raise CallerError("reason.empty", "No reason is given", "Say why with --reason; it is kept.")
    return reason.strip()


def _read(path: str) -> str:
    """The text in a file or on stdin."""
    from feeds.feed import RefusedError
    from feeds.readers.decoding import decode

    try:
        return decode(sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes())
    except OSError as fault:
        raise CallerError("raw.unreadable", f"{path} cannot be read: {fault.strerror}", "Give a file, or - for stdin, as --raw.") from None
    except RefusedError as fault:
        raise CallerError("raw.encoding", f"{path} does not fit its encoding: {fault.detail}", "Write it as UTF-8.") from None


def who() -> str:
    """Who runs the command, as the system knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # A container may run under a number that has no name.
        return str(os.getuid())


_COMMANDS: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("list", list_), ("show", show), ("counts", counts), ("replay", replay), ("correct", correct), ("dismiss", dismiss), ("report", report),
    ("held", held), ("release", release))
for _name, _command in _COMMANDS:
    app.command(_name)(_command)
