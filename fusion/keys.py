"""Identifiers that join records, each brought to one form; what is no identifier becomes NULL."""

# Bills filled in because the form wanted something.
FILLERS = ("TOORDER", "NA", "N/A", "NONE", "UNKNOWN", "XXXXX", "00000", "11111", "TBA", "TBD")
SHORTEST_BILL = 5
# Bill, parcel and order numbers come back in later years; two uses of one number lie further apart than this.
ARRIVAL_WINDOW_DAYS = 120
# A container is on its next trip much sooner.
TRIP_WINDOW_DAYS = 75
# What is told of one trip agrees on its arrival within so many days.
SAME_TRIP_DAYS = 4
# What is ordered is sent within so many days.
DELIVERY_DAYS = 21
# A bag tag comes back on the next flights, a traveller is met on the day of arrival.
BAG_WINDOW_DAYS = 2


def bill(column: str) -> str:
    """Spark SQL of a bill number without blanks and dashes, upper case; NULL for fillers and stubs."""
    plain = f"upper(regexp_replace({column}, '[\\\\s\\\\-]', ''))"
    fillers = ", ".join(repr(filler) for filler in FILLERS)
    # One sign over and over fills a form in, whatever sign it is.
    return f"CASE WHEN length({plain}) >= {SHORTEST_BILL} AND {plain} NOT IN ({fillers}) AND NOT {plain} RLIKE '^(.)\\\\1*$' THEN {plain} END"


def cargo(column: str) -> str:
    """Spark SQL of a cargo control number in one form; NULL where it is no such number."""
    plain = f"upper(regexp_replace({column}, '[\\\\s\\\\-]', ''))"
    return f"CASE WHEN {plain} RLIKE '^[0-9]{{2}}[0-9A-Z]{{13,17}}$' THEN {plain} END"


def container(column: str) -> str:
    """Spark SQL of a container number in one form; NULL where nothing is left of it."""
    return f"nullif(upper(regexp_replace({column}, '[^0-9A-Za-z]', '')), '')"


def containers(column: str) -> str:
    """Spark SQL of an array of container numbers in one form."""
    return f"transform({column}, one -> {container('one')})"


def seal(column: str) -> str:
    """Spark SQL of a seal number in one form, that of container numbers."""
    return container(column)


def plain(column: str) -> str:
    """Spark SQL of an order number or bag tag: as sent, without blanks around it; NULL where empty."""
    return f"nullif(trim({column}), '')"


def hs6(column: str) -> str:
    """Spark SQL of the HS subheading of a tariff code as sent, its digits alone; shorter where it has fewer."""
    return f"substr(regexp_replace({column}, '[^0-9]', ''), 1, 6)"


def kilograms(amount: str, unit: str) -> str:
    """Spark SQL of a mass in kilograms by its unit code; a missing unit means kilograms, an unknown one NULL."""
    pound = 0.45359237
    factors = {"KG": 1, "KGM": 1, "KGS": 1, "G": 0.001, "GRM": 0.001, "T": 1000, "TNE": 1000, "TON": 1000, "LB": pound, "LBR": pound, "LBS": pound}
    whens = " ".join(f"WHEN '{code}' THEN {factor}D" for code, factor in factors.items())
    return f"{amount} * (CASE upper(coalesce(nullif(trim({unit}), ''), 'KG')) {whens} END)"


def opaque_id(kind: str, *values: str) -> str:
    """Spark SQL of the opaque id of a shipment born from numbers of some kind."""
    return f"substr(sha2(concat_ws('|', '{kind}', {', '.join(values)}), 256), 1, 20)"
