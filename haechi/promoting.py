"""The command `haechi promote`: the gate between challenger and champion, approval, rollback, and the records."""

from typing import Annotated, Any

import typer

from haechi import running
from haechi.output import Json, LakeOption, emit, grid, out, say, shown
from haechi.quarantine import who
from lakehouse.errors import CallerError

_SIDES = ("champion", "challenger", "difference")
_DECISIONS = {"promoted": "Promoted", "refused": "Refused", "waiting": "Waits for a second person: haechi promote --approve --by NAME",
              "rolled_back": "Rolled back", "held_back": "Held back"}


def promote(
    model: Annotated[str, typer.Option("--model", help="The version to judge, such as haechi-3; the challenger unless given.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what the gate says, and change and keep nothing.")] = False,
    approve: Annotated[bool, typer.Option("--approve", help="As a second person, promote what waits for approval.")] = False,
    rollback: Annotated[bool, typer.Option("--rollback", help="Go back to the former champion; takes --reason.")] = False,
    show: Annotated[bool, typer.Option("--show", help="The records kept, of every version or of --model.")] = False,
    by: Annotated[str, typer.Option("--by", help="Who decides; the account of the system unless given.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept.")] = "",
    lake: LakeOption = "./lake",
    as_json: Json = False,
) -> None:
    """Compare the challenger with the champion on later weeks; promote it where it is better and worse nowhere, else refuse."""
    from jobs import promotion

    if sum((dry_run, approve, rollback, show)) > 1:
        raise CallerError("promote.usage", "Only one of --dry-run, --approve, --rollback and --show can be asked for", "Leave the others out.")
    if rollback and not reason.strip():
        raise CallerError("promote.reason", "A rollback needs a reason", "Say why: --reason TEXT.")
    settings, target = running.checked_settings(), running.readable_lake(lake)
    asker = promotion.Who(by.strip() or who(), who(), reason.strip())
    if show:
        told = promotion.kept(target, settings, model)
        if not emit(told, as_json):
            for record in told["records"]:
                _tell(record)
        return
    if rollback:
        record = promotion.roll_back(target, settings, asker)
    elif approve:
        record = promotion.approve(target, settings, asker, model)
    else:
        record = promotion.promote(target, settings, running.spark_of, say, asker, model, dry_run)
    if not emit(record, as_json):
        _tell(record)


def _tell(record: dict[str, Any]) -> None:
    """A record for people."""
    from models.capacity import said

    dry = "Dry run, nothing changed: " if record.get("is_dry_run") else ""
    out.print(shown(f"{dry}{_DECISIONS[record['decision']]} — {record['challenger']} against {record['champion']}; {record['by']}, {record['at']}"
                    f"{', ' + record['why'] if record['why'] else ''}"), markup=False, soft_wrap=True)
    for reason in record.get("reasons", ()):
        out.print(f"  {reason['en']}\n  {reason['ko']}", markup=False, soft_wrap=True)
    if record.get("all"):
        rows = [("all", record["all"]), ("random", record["random"]), *((f"{c['dimension']} {', '.join(c['members'])}", c) for c in record["cells"])]
        grid(f"{record['rows']} outcomes, {record['violations']} violations of {record['nights']} nights", (
            "rows", "n", "violations", *(f"{what} {side}" for what in ("precision", "revenue recall") for side in _SIDES)),
             [(name, f["rows"], f["violations"], *(said(f[side], what) for what in ("precision", "revenue_recall") for side in _SIDES))
              for name, f in rows])
