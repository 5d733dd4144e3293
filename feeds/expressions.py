"""Spark SQL that the declarations of several feeds share: words of codes, codes nobody lists, odd times, numbers and places."""

from collections.abc import Iterable, Mapping

from lakehouse.text import Language, Text

# Countries of UN/LOCODE: ISO 3166-1 alpha-2, and XZ for waters and installations of no country.
_COUNTRY_CODES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN "
    "CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM "
    "HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK "
    "ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW "
    "SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI "
    "VN VU WF WS XZ YE YT ZA ZM ZW")
COUNTRIES = frozenset(_COUNTRY_CODES.split())
# A letter's value in ISO 6346 is its place here: 11, 22 and 33 are nobody's.
_CONTAINER_VALUES = "0123456789A.BCDEFGHIJK.LMNOPQRSTU.VWXYZ"


def table(rows: str) -> dict[str, Text]:
    """Words by code from rows of `code=한국어=English`."""
    parted = (row.strip().split("=") for row in rows.strip().splitlines())
    return {code: Text(ko, en) for code, ko, en in parted}


def spoken(column: str, words: Mapping[str, Text], language: Language) -> str:
    """The words of a code, the code itself where it is none of them."""
    quoted = ((code, text.of(language).replace("'", "\\'")) for code, text in words.items())
    whens = " ".join(f"WHEN '{code}' THEN '{word}'" for code, word in quoted)
    return f"CASE {column} {whens} ELSE {column} END"


def unlisted(column: str, codes: Iterable[str]) -> str:
    """True where a code is given that is none of the list."""
    return f"{column} NOT IN ({', '.join(repr(code) for code in sorted(codes))})"


def odd_year(*columns: str) -> str:
    """True where a time lies outside 2000 and two years after it was known."""
    return " OR ".join(f"year({column}) NOT BETWEEN 2000 AND year(known_at) + 2" for column in columns)


def unknown_place(column: str) -> str:
    """True where a value is no UN/LOCODE by its form, or names a country that is none."""
    return f"NOT {column} RLIKE '^[A-Z]{{2}}[A-Z2-9]{{3}}$' OR {unknown_country(f'substr({column}, 1, 2)')}"


def unknown_country(column: str) -> str:
    """True where a value is no country code."""
    return unlisted(column, COUNTRIES)


def sender_in_json(column: str) -> str:
    """Who sent a JSON record, from its text too where that could not be read."""
    return f"coalesce({column}, nullif(regexp_extract(raw, '\"{column}\" *: *\"([^\"]{{1,40}})\"', 1), ''))"


def sender_in_edifact(column: str) -> str:
    """Who sent an EDIFACT record: the third element of `UNB`, which stands around it or, where all was refused, in it."""
    return f"coalesce({column}, nullif(regexp_extract(concat(coalesce(envelope, ''), raw), 'UNB[+][^+]*[+]([^+:]{{1,35}})[+:]', 1), ''))"


def wrong_check_digit(column: str) -> str:
    """True where the last digit of a container number is not the one that ISO 6346 computes from the ten before it."""
    value = f"instr('{_CONTAINER_VALUES}', substr({column}, i, 1)) - 1"
    total = f"aggregate(sequence(1, 10), 0, (s, i) -> s + ({value}) * shiftleft(1, i - 1))"
    return f"{column} RLIKE '^[A-Z]{{4}}[0-9]{{7}}$' AND {total} % 11 % 10 <> try_cast(substr({column}, 11, 1) AS INT)"


def wrong_imo_digit(column: str) -> str:
    """True where the last digit of a ship's IMO number is not the one computed from the six before it."""
    total = f"aggregate(sequence(1, 6), 0, (s, i) -> s + try_cast(substr({column}, i, 1) AS INT) * (8 - i))"
    return f"{column} RLIKE '^[0-9]{{7}}$' AND {total} % 10 <> try_cast(substr({column}, 7, 1) AS INT)"


def wrong_customs_id(column: str) -> str:
    """True where a value is neither a stand-in of a personal customs code nor a firm's code."""
    return f"NOT {column} RLIKE '^(~P.+|[가-힣]{{4}}[0-9]{{7}}|[0-9]{{10}})$'"
