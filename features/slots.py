"""The running sums that a set of histories needs, grouped by key, and the formulas that read them."""

from dataclasses import dataclass

from features.feature import History

SCALE = 10_000
DAY_MICROS = 86_400_000_000
_CAP, _CAP_SQUARED = 1_000_000, 1_000
_WIDEST = 6


@dataclass(frozen=True)
class Slot:
    """One running sum: a measure to the power 0 (count), 1 or 2 over a window of days (0: all)."""

    measure: str
    window_days: int
    power: int


@dataclass(frozen=True)
class Group:
    """What one pass computes for one key of one source: its sums, and whether the first fact is looked for."""

    number: int
    source: str
    key: tuple[str, ...]
    slots: tuple[Slot, ...]
    wants_first: bool

    @property
    def windows(self) -> list[int]:
        """The windows after which facts leave again."""
        return sorted({slot.window_days for slot in self.slots if slot.window_days})

    @property
    def key_sql(self) -> str:
        """The key as one text; NULL where a part is NULL."""
        parts = ", '\\u001f', ".join(f"CAST({column} AS STRING)" for column in self.key)
        return f"concat({parts})"

    def column(self, place: int) -> str:
        """The column of sum `place` in the keyed pass; of a group without a key it holds what is the row's own."""
        return f"_g{self.number}_{place}"

    def overall(self, place: int) -> str:
        """The column of sum `place` of a group without a key, over every fact known by then."""
        return f"_o{self.number}_{place}"

    def total(self, place: int) -> str:
        """Spark SQL of sum `place` once the passes are joined."""
        own = self.column(place)
        return own if self.key else f"({self.overall(place)} + coalesce({own}, 0L))"

    @property
    def first(self) -> str:
        """The column that holds the instant of the first fact of another shipment."""
        return f"_g{self.number}_first"


def plan(histories: tuple[History, ...]) -> tuple[Group, ...]:
    """The groups that the histories need, by key and source; priors of shrunk means are groups without a key.

    A key with many sums makes several groups: rows of a pass are as wide as its widest group.
    """
    slots: dict[tuple[str, tuple[str, ...]], dict[Slot, None]] = {}
    firsts = set()
    for history in histories:
        place = (history.source, history.key)
        slots.setdefault(place, {}).update(dict.fromkeys(_slots(history)))
        if history.aggregate == "days_since_first":
            firsts.add(place)
        if history.shrinkage:
            slots.setdefault((history.source, ()), {}).update(dict.fromkeys(_slots(history)))
    parts = [
        (place, tuple(wanted)[start : start + _WIDEST], place in firsts and start == 0)
        for place, wanted in slots.items()
        for start in range(0, max(len(wanted), 1), _WIDEST)
    ]
    return tuple(Group(number, *place, wanted, first) for number, (place, wanted, first) in enumerate(parts))


def _slots(history: History) -> list[Slot]:
    powers = {"count": (0,), "sum": (1,), "mean": (0, 1), "std": (0, 1, 2), "days_since_first": ()}[history.aggregate]
    return [Slot(history.measure, history.window_days, power) for power in powers]


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
    if history.aggregate == "days_since_first":
        first = next(g.first for g in groups if g.wants_first and (g.source, g.key) == (history.source, history.key))
        return f"(unix_micros(as_of) - {first}) / {DAY_MICROS}D"
    n, total, squares = _sums(history, history.key, groups)
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
        if (group.source, group.key) == (history.source, key)
        for place, slot in enumerate(group.slots)
    }
    count, total, squares = (kept.get(Slot(history.measure, history.window_days, power), "") for power in (0, 1, 2))
    return count, total, squares
