"""Documentation says what the code says: derived pages are fresh, twins agree, links lead somewhere, commands exist."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from house_tree import ROOT, files, packages, python_files

from haechi import docs, pages
from jobs.tables import TABLES
from lakehouse.settings import SETTINGS
from lakehouse.table import Table
from lakehouse.text import Text

TWINS = [("README.md", "README.ko.md"), *((name, name.replace(".md", ".ko.md")) for name in
                                          ("docs/data-dictionary.md", "docs/feature-catalogue.md", "docs/feeds.md", "docs/settings.md"))]
# A pattern in a rule's SQL may look like a link.
_CODE = re.compile(r"`[^`\n]+`")
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_derived_pages_are_fresh() -> None:
    assert docs.stale(ROOT / "docs") == [], "run: make docs"


def test_staleness_is_seen_and_mended(tmp_path: Path) -> None:
    assert docs.stale(tmp_path) == list(docs.pages())
    docs.write(tmp_path)
    (tmp_path / "feeds.ko.md").write_text("old", encoding="utf-8")
    assert docs.stale(tmp_path) == ["feeds.ko.md"]
    assert docs.write(tmp_path) == ["feeds.ko.md"]
    assert docs.stale(tmp_path) == []


def declared_tables() -> dict[str, Table]:
    """Every Table that some module holds, by full name, whether or not it is listed; two of one name must be one."""
    found: dict[str, Table] = {}
    for path in (path for path in python_files() if path.relative_to(ROOT).parts[0] in packages()):
        if "Table(" in path.read_text(encoding="utf-8"):
            held = vars(import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))).values()
            for table in (table for table in held if isinstance(table, Table)):
                assert found.setdefault(table.full_name, table) == table, f"{table.full_name} is declared twice, differently"
    return found


def test_every_declared_table_is_listed_once() -> None:
    declared, listed = declared_tables(), {table.full_name: table for table in TABLES}
    assert len(listed) == len(TABLES)
    assert len(declared) > 10
    assert {name: listed.get(name) for name in declared} == declared


def test_cells_cannot_break_a_table() -> None:
    heads = (Text("가", "a"), Text("나", "b"))
    assert pages.grid("en", heads, [("x | y", "one\ntwo")]).splitlines()[-1] == "| x \\| y | one two |"


def test_every_declared_table_and_column_is_in_the_dictionary() -> None:
    for page in (text_of("docs/data-dictionary.md"), text_of("docs/data-dictionary.ko.md")):
        parts = dict(part.split("\n", 1) for part in page.split("\n### ")[1:])
        for table in (table for table in TABLES if table.layer not in ("bronze", "quarantine")):
            assert not [name for name in table.columns if f"| `{name}` |" not in parts[table.full_name]], table.full_name


@pytest.mark.parametrize("name", ["docs/settings.md", "docs/settings.ko.md"])
def test_every_setting_and_variable_is_documented(name: str) -> None:
    page = text_of(name)
    assert not [setting.name for setting in SETTINGS if f"`{setting.name}`" not in page or f"`{setting.variable}`" not in page]
    read = {found for path in python_files() if path.relative_to(ROOT).parts[0] != "tests"
            for found in re.findall(r"\bHAECHI_[A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8"))}
    assert not [variable for variable in sorted(read) if f"`{variable}`" not in page]


@pytest.mark.parametrize(("one", "other"), TWINS)
def test_twins_have_the_same_shape(one: str, other: str) -> None:
    def shape(name: str) -> list[str]:
        bare = _FENCED.sub("```", text_of(name))
        return [line.split(" ")[0] for line in bare.splitlines() if re.match(r"#|\||```|\d\.", line)]
    assert shape(one) == shape(other)


def test_readme_twins_give_the_same_commands() -> None:
    def commands(name: str) -> list[list[str]]:
        return [line.split("#")[0].split()[:2] for block in _FENCED.findall(text_of(name)) for line in block.splitlines()[1:-1]]
    assert commands("README.md") == commands("README.ko.md") != []


def test_links_lead_somewhere() -> None:
    links = [(path, target) for path in files() if path.suffix == ".md"
             for target in re.findall(r"\]\(([^)#\s]+)", _CODE.sub("", path.read_text(encoding="utf-8"))) if "://" not in target]
    assert links
    assert not [f"{path.relative_to(ROOT)}: {target}" for path, target in links if not (path.parent / target).exists()]


def test_make_targets_that_pages_name_exist() -> None:
    known = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    named = {word for name in ("README.md", "README.ko.md", "CONTRIBUTING.md", "CHANGELOG.md")
             for found in re.findall(r"`make ([a-z ]+)`|^make ([a-z ]+?)\s+#", text_of(name), re.MULTILINE) for part in found
             for word in part.split()}
    assert named and named <= known


def test_commands_that_the_readme_names_exist() -> None:
    named = set(re.findall(r"^\| `haechi ([a-z]+)`", text_of("README.md"), re.MULTILINE))
    told = subprocess.run([sys.executable, "-c", "from haechi.cli import main; main()", "--help"], capture_output=True, text=True,
                          check=False, cwd=ROOT)
    assert named
    assert named <= set(re.findall(r"[a-z]+", told.stdout)), told.stderr[-500:]


def test_prose_speaks_of_the_thing_and_not_of_its_makers() -> None:
    written = [path for path in files() if path.suffix == ".md"]
    assert not [f"{path.relative_to(ROOT)}: {word}" for path in written
                for word in re.findall(r"\b(?:we|our|simply)\b", _FENCED.sub("", path.read_text(encoding="utf-8")), re.IGNORECASE)]
