"""The page of benchmarks: each part writes its own section and leaves the others as they are."""

import re
from pathlib import Path

_SECTION = re.compile(r"^<!-- part: (\w+) -->\n(.*?)(?=^<!-- part: |\Z)", re.MULTILINE | re.DOTALL)
BENCHMARKS = "# Benchmarks\n\nWritten by `make bench`, each part by itself; a part says when it ran.\n\n"


def put(page: Path, part: str, section: str, title: str = BENCHMARKS) -> None:
    """Write the section of a part, in place of its former one."""
    kept = dict(_SECTION.findall(page.read_text(encoding="utf-8"))) if page.exists() else {}
    kept[part] = section.strip() + "\n\n"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(title + "".join(f"<!-- part: {name} -->\n{kept[name]}" for name in sorted(kept)).rstrip() + "\n", encoding="utf-8")


def table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table of texts."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, ("---",) * len(heads), *rows))
