"""Forms in which phones, codes, addresses and sellers are compared: addresses of persons only as hashes."""

_NOISE = r"(CO|COMPANY|LTD|LIMITED|INC|CORP|CORPORATION|LLC|GMBH|SRL|SPA|PTE|SA|SAS)"


def plain(column: str) -> str:
    """Spark SQL of a code or phone, already a stand-in where it is a person's; NULL where nothing is left."""
    return f"nullif(regexp_replace({column}, '[\\\\s]', ''), '')"


def address(column: str) -> str:
    """Spark SQL of the hash of an address without punctuation and the words for house and door; NULL where it says too little."""
    bare = f"trim(regexp_replace(regexp_replace(lower({column}), '([0-9])(동|호|층|번지)', '$1 '), '[^0-9a-z가-힣]+', ' '))"
    return f"CASE WHEN length({bare}) >= 8 THEN sha2({bare}, 256) END"


def postcode(column: str) -> str:
    """Spark SQL of a postcode's digits and letters."""
    return f"nullif(upper(regexp_replace({column}, '[^0-9A-Za-z]', '')), '')"


def seller(column: str) -> str:
    """Spark SQL of a seller's name without legal form, marks and case; firms stay clear."""
    words = f"regexp_replace(upper({column}), '[^0-9A-Z가-힣\\u4e00-\\u9fff]+', ' ')"
    return f"nullif(regexp_replace(regexp_replace({words}, '\\\\b{_NOISE}\\\\b', ''), ' ', ''), '')"
