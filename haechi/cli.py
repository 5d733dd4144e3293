"""The `haechi` command: every command, and how faults are told."""

import atexit
import logging
import os
import sys
import traceback
from pathlib import Path

import typer

from haechi import (
    backtesting,
    benchmark,
    console,
    explanations,
    keeping,
    links,
    lookouts,
    parties,
    promoting,
    quality,
    quarantine,
    tracing,
    vault,
    views,
    watching,
    works,
)
from haechi.output import told
from lakehouse.clock import now
from lakehouse.errors import CallerError, HaechiError, InternalError

# Typer carries its own copy of Click and exports of its faults only this one: what it derives from is every wrong use.
_USAGE: type[Exception] = typer.BadParameter.__mro__[2]
app = typer.Typer(name="haechi", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
                  help="Haechi (해치) tells customs which shipments to look at, before they must be released, and why.")
for name, command in (
    ("doctor", views.doctor), ("demo", works.demo), ("simulate", works.simulate), ("ingest", works.ingest), ("nightly", works.nightly),
    ("refresh", works.refresh), ("train", works.train), ("promote", promoting.promote), ("backtest", backtesting.backtest),
    ("score", views.score), ("explain", explanations.explain), ("select", views.select),
    ("rescore", explanations.rescore), ("verify", explanations.verify), ("trace", tracing.trace),
    ("evaluate", benchmark.evaluate), ("sql", views.sql), ("list", views.list_), ("checks", quality.checks), ("console", console.console),
    ("maintain", keeping.maintain), ("backup", keeping.backup), ("restore", keeping.restore),
):
    app.command(name)(command)
app.add_typer(vault.app)
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(links.app, name="links")
app.add_typer(parties.app, name="parties")
app.add_typer(watching.app, name="watchlist")
app.add_typer(lookouts.app, name="lookouts")


def main() -> None:
    """Run a command; exit 0 done, 2 the caller's mistake, 3 another run holds the lease, 1 our failure."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    # Great Expectations and MLflow set levels of their own below it.
    logging.disable(logging.INFO)
    code = run(sys.argv[1:])
    # Arrow reads ahead on threads of its own; one still reading for a query that its LIMIT had ended crashes the
    # interpreter's teardown. Whatever cleans up is run, what is said is flushed, and the process ends there.
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def run(words: list[str]) -> int:
    """The exit code of a command given by its words."""
    as_json = "--json" in words
    try:
        outcome = app(words, standalone_mode=False)
        return int(outcome) if isinstance(outcome, int) else 0
    except HaechiError as fault:
        if isinstance(fault, InternalError):
            _log(words)
        return told(fault, as_json)
    except _USAGE as fault:
        where = getattr(fault, "ctx", None)
        hint = f"Run: {where.command_path if where else 'haechi'} --help"
        return told(CallerError("command.usage", _usage(fault), hint), as_json)
    except typer.Exit as left:
        return left.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return told(InternalError("stopped", "Stopped", "Run it again: it resumes where it was."), as_json)
    except Exception as fault:  # Whatever else is a failure of ours: one line, and the trace in the log.
        where = _log(words)
        first = str(fault).strip().split("\n", 1)[0][:200] or type(fault).__name__
        return told(InternalError("internal", f"{type(fault).__name__}: {first}", f"The trace is in {where}."), as_json)


def _usage(fault: Exception) -> str:
    """What is wrong with the call, on one line."""
    told = getattr(fault, "format_message", lambda: str(fault))()
    return " ".join(str(told).split()) or "the command is not complete"


def _log(words: list[str]) -> Path:
    """Write the trace under way to the log and tell where."""
    folder = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "haechi"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "haechi.log"
    with path.open("a", encoding="utf-8") as stream:
        # What follows a command on the vault may be what the vault is there to hide.
        said = words[:2] if words[:1] == ["vault"] else words
        stream.write(f"{now().isoformat()} haechi {' '.join(said)}\n{traceback.format_exc()}\n")
    return path


if __name__ == "__main__":
    main()
