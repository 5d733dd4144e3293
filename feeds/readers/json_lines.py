"""JSON Lines: one record a line, a blank one none."""

from collections.abc import Iterator


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Numbered lines that are not blank. Only line feeds part lines: JSON text may hold other separators."""
    start, number = 0, 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        number += 1
        line = text[start:end].strip()
        if line:
            yield number, line
        start = end + 1


def count(text: str) -> int:
    """Records of the raw text: lines that are not blank; a text of blank lines only has none."""
    return sum(1 for line in text.split("\n") if line.strip())
