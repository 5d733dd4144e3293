"""`make bench`: the benchmarks by their parts, each written into its section of docs/benchmarks.md; those that take long run when they are named."""

import argparse
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from bench import Asked
from bench.model_worlds import NAMES
from bench.page import BENCHMARKS, put
from haechi import running
from haechi.output import say
from lakehouse.settings import Settings

# A part is a module with `measured(settings, what is asked, say)`, which gives its section; those that take long are asked for by name.
PARTS = ("declarations", "reading")
LONG_PARTS = ("volume", "simulated", "fusion_links", "fusion_parties", "fusion_contradictions", "fusion_watchlists", "fusion_history",
              "explanations", "decisions", "gate", "models", "feed_worth", "fit", "console_load")
Part = Callable[[Settings, Asked, Callable[[str], None]], str]


def main() -> None:
    """Run the parts named, else all but the long ones, and write each as soon as it is done."""
    ask = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    ask.add_argument("parts", nargs="*", metavar="part", help=f"any of {', '.join((*PARTS, *LONG_PARTS))}; none means {' and '.join(PARTS)}")
    ask.add_argument("--out", type=Path, default=Path("docs/benchmarks.md"), help="the page; unless given docs/benchmarks.md, or a part's own")
    ask.add_argument("--work", type=Path, default=Path("build"))
    ask.add_argument("--files", type=int, default=100_000, help="small files of the part volume, 0 for none")
    ask.add_argument("--bytes", type=int, default=2_000_000_000, help="bytes of its large file, 0 for none")
    ask.add_argument("--shipments", type=int, default=1_000_000,
                     help="shipments of the largest world of the part simulated, and of the night of console_load")
    ask.add_argument("--worlds", nargs="+", default=[], metavar="world", choices=NAMES,
                     help=f"worlds of the part models, any of {', '.join(NAMES)}; {NAMES[0]} unless given")
    opts = ask.parse_args()
    unknown = sorted(set(opts.parts) - {*PARTS, *LONG_PARTS})
    if unknown:
        ask.error(f"{unknown[0]} is no part; parts are {', '.join((*PARTS, *LONG_PARTS))}")
    settings = running.checked_settings()
    for name in opts.parts or PARTS:
        say(f"part {name}")
        module = import_module(f"bench.{name}")
        part: Part = module.measured
        page = getattr(module, "PAGE", opts.out)
        asked = Asked(opts.work, opts.files, opts.bytes, opts.shipments, tuple(opts.worlds))
        put(page, name, part(settings, asked, say), getattr(module, "TITLE", BENCHMARKS))
        say(f"written: {page}")


if __name__ == "__main__":
    main()
