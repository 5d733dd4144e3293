"""The running sums that a set of histories needs, grouped by key, and the formulas that read them."""

from dataclasses import dataclass

from features.feature import History

SCALE = 10_000
DAY_MICROS = 86_400_000_000
_CAP, _CAP_SQUARED = 1_000_000, 1_000
_WIDEST = 6
_BEYOND_DAYS = 1_000_000


@dataclass(frozen=True)
class Slot:
    """One sum: a measure to the power 0 (count), 1 or 2."""

    measure: str
    power: int


@dataclass(frozen=True)
class Group:
    """What the passes compute for one key of one source over one window of days (0: all): its sums."""

    number: int
    source: str
    key: tuple[str, ...]
    window_days: int
    slots: tuple[Slot, ...]

    @property
    def key_sql(self) -> str:
        """The key as a hash of 64 bits; NULL where a part is NULL, one for all facts where there is no key."""
        if not self.key:
            return "0L"
        present = " AND ".join(f"{column} IS NOT NULL" for column in self.key)
        return f"IF({present}, xxhash64({', '.join(self.key)}), NULL)"

    @property
    def window_micros(self) -> int:
        """The window in microseconds; one without an end reaches beyond any instant."""
        return (self.window_days or _BEYOND_DAYS) * DAY_MICROS

    def total(self, place: int) -> str:
        """Spark SQL of sum `place`: 0 where nothing was known, NULL where the row has no such key."""
        return f"sums[{self.number}].s{place}"

    @property
    def first(self) -> str:
        """Spark SQL of the instant, in microseconds, when a fact of the key was first known."""
        return f"sums[{self.number}].first_at"


def plan(histories: tuple[History, ...]) -> tuple[Group, ...]:
    """The groups that the histories need, by source, key and window; priors of shrunk means are groups without a key.

    A key with many sums makes several groups: rows of a pass are as wide as its widest group.
    """
    slots: dict[tuple[str, tuple[str, ...], int], dict[Slot, None]] = {}
    for history in histories:
        for key in (history.key, ()) if history.shrinkage else (history.key,):
            slots.setdefault((history.source, key, history.window_days), {}).update(dict.fromkeys(_slots(history)))
    parts = [(place, tuple(wanted)[start : start + _WIDEST]) for place, wanted in slots.items() for start in range(0, len(wanted), _WIDEST)]
    return tuple(Group(number, *place, wanted) for number, (place, wanted) in enumerate(parts))


def _slots(history: History) -> list[Slot]:
    powers = {"count": (0,), "sum": (1,), "mean": (0, 1), "std": (0, 1, 2), "days_since_first": (0,)}[history.aggregate]
    return [Slot(history.measure, power) for power in powers]


def measures(groups: tuple[Group, ...], source: str) -> dict[str, str]:
    """Measure to Spark SQL giving it as a whole number of 1/10,000: whole numbers add up the same in any order."""
    powers: dict[str, int] = {}
    for group in groups:
        for slot in group.slots if group.source == source else ():
            powers[slot.measure] = max(slot.power, powers.get(slot.measure, 0))
    return {measure: _whole(measure, _CAP_SQUARED if power == 2 else _CAP) for measure, power in powers.items()}


def _whole(measure: str, cap: int) -> str:
    number = f"nullif(CAST(({measure}) AS DOUBLE), double('NaN'))"
    # A CASE, because greatest and least skip NULL and would turn an absent measure into the cap.
    return f"CASE WHEN {number} IS NOT NULL THEN CAST(round({SCALE} * greatest(least({number}, {cap}D), -{cap}D)) AS BIGINT) END"


def contribution(slot: Slot, column: str) -> str:
    """Spark SQL of what one fact, its measure whole in `column`, adds to the sum."""
    if slot.power == 0:
        return f"IF({column} IS NULL, 0L, 1L)"
    return f"coalesce({column}, 0L)" if slot.power == 1 else f"coalesce({column} * {column}, 0L)"


def formula(history: History, groups: tuple[Group, ...]) -> str:
    """Spark SQL of the history's value over the joined sums and `as_of`."""
    n, total, squares = _sums(history, history.key, groups)
    if history.aggregate == "days_since_first":
        first = next(g.first for g in groups if (g.source, g.key, g.window_days) == (history.source, history.key, 0))
        return f"CASE WHEN {n} > 0 THEN (unix_micros(as_of) - {first}) / {DAY_MICROS}D END"
    if history.aggregate == "count":
        return f"CAST({n} AS DOUBLE)"
    if history.aggregate == "sum":
        return f"{total} / {SCALE}D"
    if history.aggregate == "std":
        spread = f"({squares} - CAST({total} AS DOUBLE) * {total} / {n}) / ({n} - 1)"
        return f"CASE WHEN {n} >= {max(history.minimum, 2)} THEN sqrt(greatest({spread}, 0D)) / {SCALE}D END"
    if not history.shrinkage:
        return f"CASE WHEN {n} >= {max(history.minimum, 1)} THEN {total} / {SCALE}D / {n} END"
    all_n, all_total, _ = _sums(history, (), groups)
    k, prior = f"{history.shrinkage}D", f"try_divide({all_total} / {SCALE}D, {all_n})"
    return f"CASE WHEN {n} >= {history.minimum} THEN ({total} / {SCALE}D + {k} * {prior}) / ({n} + {k}) END"


def _sums(history: History, key: tuple[str, ...], groups: tuple[Group, ...]) -> tuple[str, str, str]:
    """Spark SQL of count, sum and sum of squares; one that is not kept is empty text."""
    kept = {
        slot: group.total(place)
        for group in groups
        if (group.source, group.key, group.window_days) == (history.source, key, history.window_days)
        for place, slot in enumerate(group.slots)
    }
    count, total, squares = (kept.get(Slot(history.measure, power), "") for power in (0, 1, 2))
    return count, total, squares
