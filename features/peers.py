"""A shipment's quantity against its peers: the histories and the score, made alike for every kind of peers."""

from features.feature import History

# Spreads below it are the luck of few alike peers, not agreement.
SMALLEST_SPREAD = 0.25


def log_peers(name: str, key: tuple[str, ...], measure: str, minimum: int, window_days: int = 365) -> tuple[History, ...]:
    """Mean, standard deviation and number of the log of a measure among declarations of the same key."""
    return (
        History(f"{name}_mean", key, "declarations", measure, "mean", window_days, minimum=minimum),
        History(f"{name}_std", key, "declarations", measure, "std", window_days, minimum=minimum),
        History(f"{name}_n", key, "declarations", measure, "count", window_days),
    )


def spreads_above(measure: str, mean: str, std: str) -> str:
    """Spark SQL of how many standard deviations the measure lies above its peers, in tenths.

    Tenths, because a finer score tells one shipment from another and a model would learn it by heart.
    """
    return f"round(({measure} - {mean}) / greatest({std}, {SMALLEST_SPREAD}D), 1)"


def coarse_log(quantity: str) -> str:
    """Spark SQL of the log of a quantity in quarters, too coarse to tell one shipment from another."""
    return f"round(4 * ln({quantity})) / 4"
