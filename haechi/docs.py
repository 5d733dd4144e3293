"""Docs: the pages that derive from the declarations, written or checked for freshness in both languages.

    python -m haechi.docs --write | --check
"""

import argparse
import sys
from pathlib import Path

from features.catalogue import FEATURES, HISTORIES
from feeds.registry import FEEDS
from haechi.pages import data_dictionary, feature_catalogue, feed_pages, settings_page
from jobs.tables import TABLES
from lakehouse.text import LANGUAGES, Language

ROOT = Path(__file__).resolve().parent.parent


def pages() -> dict[str, str]:
    """File name under docs/ to its content, for both languages."""
    made: dict[str, str] = {}
    for language in LANGUAGES:
        made[_file("data-dictionary", language)] = data_dictionary(language, TABLES)
        made[_file("feature-catalogue", language)] = feature_catalogue(language, FEATURES, HISTORIES)
        made[_file("feeds", language)] = feed_pages(language, FEEDS)
        made[_file("settings", language)] = settings_page(language)
    return made


def _file(name: str, language: Language) -> str:
    return f"{name}.md" if language == "en" else f"{name}.{language}.md"


def stale(folder: Path) -> list[str]:
    """Names of the pages in the folder that are not what the declarations say."""
    return [name for name, content in pages().items() if _read(folder / name) != content]


def write(folder: Path) -> list[str]:
    """Write the pages that are not fresh; their names."""
    made, changed = pages(), stale(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name in changed:
        (folder / name).write_text(made[name], encoding="utf-8")
    return changed


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def main(words: list[str] | None = None) -> int:
    """0 where the pages are fresh or were written, 1 where --check found stale ones."""
    ask = argparse.ArgumentParser(prog="python -m haechi.docs", description="Pages that derive from the declarations.")
    what = ask.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true", help="write the pages")
    what.add_argument("--check", action="store_true", help="fail where a page is not what the declarations say")
    if ask.parse_args(words).write:
        print(f"docs: {len(write(ROOT / 'docs'))} of {len(pages())} pages written")
        return 0
    if found := stale(ROOT / "docs"):
        print(f"docs: not fresh: {', '.join(found)}. Run: make docs", file=sys.stderr)
        return 1
    print("docs: fresh")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
