"""Names: the top folders collide with nothing installed, and no module is named after a library."""

import re
import sys
from importlib.metadata import packages_distributions

from house_tree import ROOT, packages, project, python_files


def test_top_names_collide_with_nothing() -> None:
    others = {name for name, distributions in packages_distributions().items() if set(distributions) - {"haechi"}}
    assert not set(packages()) & (others | set(sys.stdlib_module_names))


def test_a_collision_would_be_seen() -> None:
    others = packages_distributions()
    assert "numpy" in others and "json" in sys.stdlib_module_names


def test_no_module_is_named_after_a_library() -> None:
    needed = {re.split(r"[=<>~!\[ ]", line)[0].lower().replace("_", "-") for line in project()["project"]["dependencies"]}
    libraries = {name for name, distributions in packages_distributions().items()
                 if {distribution.lower().replace("_", "-") for distribution in distributions} & needed}
    stems = {path.stem: path for path in python_files() if path.relative_to(ROOT).parts[0] in packages()}
    assert "duckdb" in libraries
    assert not set(stems) & libraries
