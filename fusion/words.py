"""Words of goods: whether two descriptions speak of the same thing, as far as their words tell."""

# Words that name nothing, in any of the papers.
GENERIC = ("gift", "gifts", "goods", "daily", "sample", "samples", "accessories", "accessory", "personal", "item", "items", "other", "others", "parts",
           "general", "cargo", "product", "products", "set", "etc", "the", "and", "for", "with", "new", "of", "선물", "잡화", "견본", "샘플", "기타", "물품", "용품", "상품", "생활용품")
_GENERIC = f"array({', '.join(repr(word) for word in GENERIC)})"
# Words that begin alike are one word; shorter beginnings are alike by chance.
_LEAST, _STEM = 3, 4


def words(text: str) -> str:
    """Spark SQL of the words of a text that name something: lower case, two letters or more."""
    bare = f"lower(regexp_replace({text}, '[^0-9A-Za-z가-힣]+', ' '))"
    return f"array_except(array_distinct(filter(split({bare}, ' '), word -> length(word) > 1 AND NOT word RLIKE '^[0-9]+$')), {_GENERIC})"


def apart(one: str, other: str) -> str:
    """Spark SQL: two texts of one script name things and share no word, nor the beginning of one; NULL where one is missing."""
    begins = "(length({0}) >= {1} AND startswith({2}, substr({0}, 1, {3})))"
    alike = f"x = y OR {begins.format('x', _LEAST, 'y', _STEM)} OR {begins.format('y', _LEAST, 'x', _STEM)}"
    return (f"({one} RLIKE '[가-힣]') = ({other} RLIKE '[가-힣]') AND size({words(one)}) > 0 AND size({words(other)}) > 0 "
            f"AND NOT exists({words(one)}, x -> exists({words(other)}, y -> {alike}))")
