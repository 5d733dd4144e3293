"""Commands on the vault of clear values: unmask, erase, audit, rekey."""

import os
import pwd
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from haechi import running
from haechi.output import Json, LakeOption, emit, grid, out
from lakehouse.clock import KOREA
from lakehouse.errors import InternalError
from lakehouse.lake import Lake
from lakehouse.settings import Settings, load_settings

Pseudonyms = Annotated[list[str], typer.Argument(metavar="PSEUDONYM...", help="As tables show them, for example ~H2sg5unershbxvzle.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, such as the number of the case; kept in the audit.")]
app = typer.Typer(name="vault", no_args_is_help=True, help="The vault of clear values: open it by role and reason, erase, audit, change its key.")


@app.command()
def unmask(pseudonyms: Pseudonyms,
           role: Annotated[str, typer.Option("--role", help="Role in which it is asked; vault.roles names those that may.")],
           reason: Reason, lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """The clear values of pseudonyms; each attempt, also a refused one, is on the books first."""
    from feeds.vault.audit import Attempt
    from feeds.vault.opening import unmask as opened

    settings, access = _access(lake)
    roles = [name.strip() for name in str(settings["vault.roles"]).split(",") if name.strip()]
    entries = opened(access, Attempt(who(), "unmask", reason, role.strip()), roles, pseudonyms)
    rows = [{"pseudonym": e.pseudonym, "kind": e.kind, "value": e.value, "first_known_at": _instant(e.first_known_seconds), "erased_at": e.erased_at}
            for e in entries]
    if not emit({"values": rows}, as_json):
        _table(rows)


@app.command()
def erase(pseudonyms: Pseudonyms, reason: Reason, lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Take the clear values of pseudonyms away for good; later deliveries of the same values do not bring them back."""
    from feeds.vault.audit import Attempt
    from feeds.vault.opening import erase as erased

    _, access = _access(lake)
    rows = [{"pseudonym": e.pseudonym, "kind": e.kind, "erased_at": e.erased_at} for e in erased(access, Attempt(who(), "erase", reason), pseudonyms)]
    if not emit({"erased": rows}, as_json):
        _table(rows)


@app.command()
def audit(limit: Annotated[int, typer.Option("--limit", min=1, help="Most rows, the newest first.")] = 50,
          verify: Annotated[bool, typer.Option("--verify", help="Also check that no row was changed, taken out, moved or cut off.")] = False,
          noted: Annotated[str, typer.Option("--noted", help="With --verify: a head noted earlier, which must still be there.")] = "",
          lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Who asked for what, when, in which role and why, and whether it was allowed."""
    from feeds.vault.audit import read
    from feeds.vault.audit import verify as verified

    _, access = _access(lake)
    found = verified(access, noted) if verify or noted else None
    if found and not found.is_whole:
        told = "; ".join(f"row {row}: {what}" if row else what for row, what in found.faults[:5])
        raise InternalError("vault.audit", f"The audit of the vault is not as it was written ({told})",
                            "Keep the vault as it is, compare it with a backup, and find out who wrote to it.")
    rows = read(access, limit)
    if not emit({"rows": rows, "verified": {"rows": found.rows, "head": found.head} if found else None}, as_json):
        _table([{name: row[name] for name in ("number", "at", "who", "action", "role", "reason", "pseudonym", "outcome", "code")} for row in rows])
        if found:
            out.print(f"Whole: {found.rows} rows. Head to note elsewhere: {found.head or '(none yet)'}", markup=False, soft_wrap=True)


@app.command()
def rekey(reason: Reason, lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Encrypt the vault under HAECHI_VAULT_NEW_KEY, all of it or nothing; pseudonyms stay as they are."""
    from feeds.vault.audit import Attempt
    from feeds.vault.opening import rekey as changed
    from jobs.lease import lease

    settings, access = _access(lake)
    with lease(Lake(lake).folder, "vault rekey"):
        count = changed(access, Attempt(who(), "rekey", reason), str(settings["vault.new_key"]))
    if not emit({"entries": count}, as_json):
        out.print(f"{count} entries are under the new key. Set HAECHI_VAULT_KEY to it and unset HAECHI_VAULT_NEW_KEY.")


def who() -> str:
    """Who runs this process, by the system and not by what the environment says."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def _access(lake: str) -> tuple[Settings, Any]:
    """The settings and the vault that they name; CallerError where there is none."""
    from feeds.vault.store import VaultAccess, require

    settings = load_settings()
    folder = Lake(lake).folder if settings["vault.url"] else running.readable_lake(lake).folder
    access = VaultAccess.of(settings, Path(folder))
    require(access)
    return settings, access


def _instant(seconds: int | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, KOREA).isoformat()


def _table(rows: Sequence[dict[str, Any]]) -> None:
    heads = list(rows[0]) if rows else []
    # A reason may hold what Rich takes for markup.
    grid("", heads, [[escape(str(row[head])) if row[head] is not None else None for head in heads] for row in rows])
