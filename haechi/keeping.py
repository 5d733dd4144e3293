"""Commands that keep a lake: maintain, backup, restore."""

from pathlib import Path
from typing import Annotated, Any

import typer

from haechi import running
from haechi.output import Json, LakeOption, emit, grid, out
from lakehouse.lake import Lake
from lakehouse.settings import load_settings


def maintain(dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")] = False,
             lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Put small files together and remove what no kept night needs; nights of the last retention.days stay as they were."""
    from jobs.maintain import maintain as upkeep

    told = upkeep(running.readable_lake(lake), load_settings(), dry_run, running.show_progress)
    if emit(told, as_json):
        return
    busy = [t for t in told["tables"] if t["merged_files"] or t["removed_files"] or t["finding"]]
    heads = ("table", "files put together", "files then", "files removed", "MB removed", "finding")
    grid("Would be done" if dry_run else "Done", heads, [
        (t["table"], t["merged_files"], t["files"], t["removed_files"], f"{t['removed_bytes'] / 1e6:.1f}", t["finding"]) for t in busy])
    _line(f"Nights since {told['kept_since'][:10]} are kept as they were; {len(told['expired'])} older ones are no longer.")
    _line(f"Leftovers of runs and old serving files: {told['leftovers']['files']} files, {told['leftovers']['bytes'] / 1e6:.1f} MB.")


def backup(out_: Annotated[Path, typer.Option("--out", help="Folder that grows from backup to backup, or a file ending in .tar.")],
           verify: Annotated[bool, typer.Option("--verify", help="Read every saved file again afterwards and compare its hash.")] = False,
           lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Save the lake with its models, vault and decisions; keys and what senders landed are no part of it."""
    from jobs.backup import backup as save

    told = save(running.readable_lake(lake), load_settings(), out_, verify, running.show_progress)
    if not emit(told, as_json):
        _line(f"Saved as of {told['published']['date']}: {told['files']} files, {told['bytes'] / 1e6:.1f} MB, of which copied now "
              f"{told['copied_files']} files, {told['copied_bytes'] / 1e6:.1f} MB{'; every hash read again and right' if verify else ''}.")
        if told["unfinished"]:
            _line(f"The unfinished run of {told['unfinished']} is saved as it stands and resumes in a restored lake.")
        _outside(told)


def restore(from_: Annotated[Path, typer.Option("--from", help="The folder or .tar file that haechi backup wrote.")],
            force: Annotated[bool, typer.Option("--force", help="Put it in the place of a lake that is there; that one is kept beside it.")] = False,
            dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check every file of the backup.")] = False,
            lake: LakeOption = "./lake", as_json: Json = False) -> None:
    """Bring a saved lake back, once every file of it was found right."""
    from jobs.restore import restore as bring_back

    told = bring_back(Lake(lake), from_, force, dry_run, running.show_progress)
    if not emit(told, as_json):
        what = "Every file is as it was saved" if dry_run else f"Restored into {lake}"
        _line(f"{what}: {told['tables']} tables as of {told['published']['date']}, {told['files']} files, {told['bytes'] / 1e6:.1f} MB.")
        if told["replaced"]:
            _line(f"The lake before it lies in {told['replaced']}; remove it once this one is found right.")
        if told["erased_since"] != [] and told["replaced"]:
            since = " ".join(told["erased_since"] or ()) or "(the vault before cannot be read)"
            _line(f"Values erased from the vault since are back. Erase them again: haechi vault erase --reason … {since}")
        _outside(told)


def _outside(told: dict[str, Any]) -> None:
    """Databases that lie elsewhere, each with what saves it."""
    for one in told["outside"]:
        _line(f"Not in it: {one['what']} at {one['address']}. Run: {one['run']}")


def _line(text: str) -> None:
    out.print(text, markup=False, soft_wrap=True)
