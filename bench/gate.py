"""Part `gate`: planted challengers before the gate of `haechi promote`, worse ones to be refused and better ones promoted."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date

from bench import Asked
from bench.gate_world import BAD, BETTER, SAME, Plant, later
from bench.page import table
from jobs.later import WEIGHT_CAP
from jobs.promotion import rules
from lakehouse.settings import Settings
from models.gate import PROMOTE, judge

_SEEDS, _NIGHTS = 20, 28
_TOLD = {"better": "better", "lower": "lower over all", "not_better": "not certain enough", "random_worse": "random stratum worse",
         "cell_worse": "a cell worse"}


def measured(settings: Settings, asked: Asked, say: Callable[[str], None]) -> str:
    """The section of the page."""
    rows = [row for plants, wanted in ((BETTER, "promoted ≥ 18"), (BAD, "refused 20"), (SAME, "–")) for row in _rows(plants, wanted, settings, say)]
    mixed = _mixed(settings, say)
    first = later(0, next(iter(BETTER.values())), _NIGHTS, WEIGHT_CAP).labelled
    today = date.today()  # noqa: DTZ011
    return "\n\n".join([
        f"## The gate\n\nRun on {today}. {_SEEDS} seeds of each planted challenger, {_NIGHTS} nights of five offices each; the champion had\n"
        f"inspected what it ranks highest, one tenth of the places drawn from the band below and one tenth from all the rest, and labels\n"
        f"are known of these alone (seed 0: {len(first):,} outcomes, {int(first.illicit.sum()):,} violations). The judging function and its\n"
        f"limits are those of the command. A reason counts each time it is given.",
        table(("planted challenger", "promoted", "refused", "asked for", "reasons"), [*mixed, *rows])])


def _rows(plants: Mapping[str, Plant], wanted: str, settings: Settings, say: Callable[[str], None]) -> list[tuple[str, ...]]:
    return [_row(name, [(seed, plant) for seed in range(_SEEDS)], wanted, settings, say) for name, plant in plants.items()]


def _mixed(settings: Settings, say: Callable[[str], None]) -> list[tuple[str, ...]]:
    """One bad challenger a seed, each of the kinds in turn, of seeds that no other row has."""
    kinds = list(BAD.values())
    return [_row("a bad one, of each kind in turn", [(100 + seed, kinds[seed % len(kinds)]) for seed in range(_SEEDS)], "refused 20", settings, say)]


def _row(name: str, planted: list[tuple[int, Plant]], wanted: str, settings: Settings, say: Callable[[str], None]) -> tuple[str, ...]:
    records = [judge(later(seed, plant, _NIGHTS, WEIGHT_CAP), rules(settings), seed) for seed, plant in planted]
    promoted = sum(record["decision"] == PROMOTE for record in records)
    given = Counter(_TOLD[reason["code"]] for record in records for reason in record["reasons"])
    say(f"{name}: {promoted} of {len(planted)} promoted")
    reasons = ", ".join(f"{what} {times}" for what, times in given.most_common())
    return name, f"{promoted} of {len(planted)}", f"{len(planted) - promoted} of {len(planted)}", wanted, reasons
